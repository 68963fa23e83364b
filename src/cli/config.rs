//! `simbet config`.

use std::io::Write as _;

use clap::Args;
use serde::Serialize;
use toml::Value;

use super::layers::{UsedVariables, engine_of};
use super::settings::ReplayLayers;
use super::{Console, usage};
use crate::config::{InForce, Purpose, RunConfig, Settings, flag};
use crate::report::Format;
use crate::report::text_table::TextTable;

/// The arguments of `config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet config
  simbet config --config simbet.toml --strategy kelly
  simbet config --config simbet.toml --format json

It takes the settings of `simbet backtest`, and reads no matches. A flag goes before the environment, that before the file,
that before the default.")]
pub struct Config {
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

/// A setting and where it comes from.
#[derive(Debug, Serialize)]
struct Row {
    setting: String,
    value: Option<Value>,
    /// `flag`, `environment`, `file` or `default`; none without a value.
    source: Option<&'static str>,
    /// The flag, the variable, or the path of the file.
    from: Option<String>,
}

/// A setting that nothing looks at.
#[derive(Debug, Serialize)]
struct Unused {
    setting: String,
    because: String,
}

#[derive(Debug, Serialize)]
struct Report {
    settings: Vec<Row>,
    unused: Vec<Unused>,
}

impl Config {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let report = self.report(console)?;
        let mut out = Vec::new();
        if self.format == Format::Json {
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        } else {
            report.table(self.format).write(&mut out, self.format)?;
        }
        if self.format == Format::Table {
            writeln!(out, "{}", report.last_sentence())?;
        }
        super::print(&out, self.format)
    }

    fn report(&self, console: Console) -> anyhow::Result<Report> {
        let purpose = Purpose::Backtest;
        // what has no effect is refused or warned of as before a backtest
        let settings = self.layers.settings(purpose, console)?;
        let sources = self.sources(&settings)?;
        let found = RunConfig::in_force(&settings, purpose).map_err(usage)?;
        let (used, idle): (Vec<InForce>, Vec<InForce>) = found
            .into_iter()
            .partition(|setting| setting.idle.is_none());
        Ok(Report {
            settings: used.into_iter().map(|it| sources.row(it)).collect(),
            unused: idle
                .into_iter()
                .filter_map(|InForce { setting, idle, .. }| {
                    let because = idle?;
                    Some(Unused { setting, because })
                })
                .collect(),
        })
    }

    fn sources(&self, settings: &Settings) -> anyhow::Result<Sources> {
        let lower = self.layers.lower_layers()?;
        let engines = engine_of(settings).map_err(usage)?;
        let engines: Vec<_> = engines.iter().collect();
        Ok(Sources {
            flags: self.layers.flags().given(),
            has_alias_file: !lower.aliases.is_empty(),
            environment: self.layers.environment(&engines)?,
            variables: lower
                .environment
                .variables
                .iter()
                .map(|variable| (variable.setting, variable.name))
                .collect(),
            file: lower.file.given(),
            path: lower.path.map(|path| path.display().to_string()),
        })
    }
}

/// What sets what.
struct Sources {
    flags: Vec<String>,
    /// The spellings of an alias file count as flags.
    has_alias_file: bool,
    environment: UsedVariables,
    /// The variables of the environment by what they set.
    variables: Vec<(&'static str, &'static str)>,
    file: Vec<String>,
    path: Option<String>,
}

impl Sources {
    fn row(&self, InForce { setting, value, .. }: InForce) -> Row {
        let (source, from) = match &value {
            None => (None, None),
            Some(_) => {
                let (source, from) = self.of(&setting);
                (Some(source), from)
            }
        };
        Row {
            setting,
            value,
            source,
            from,
        }
    }

    fn of(&self, setting: &str) -> (&'static str, Option<String>) {
        let is_among = |names: &[String]| names.iter().any(|name| name == setting);
        let mut variables = self.variables.iter();
        let variable =
            variables.find(|(sets, name)| *sets == setting && self.environment.contains_key(name));
        if is_among(&self.flags) {
            ("flag", Some(flag(setting)))
        } else if setting == "alias" && self.has_alias_file {
            ("flag", Some("--alias-file".to_owned()))
        } else if let Some((_, name)) = variable {
            ("environment", Some((*name).to_owned()))
        } else if is_among(&self.file) {
            ("file", self.path.clone())
        } else {
            ("default", None)
        }
    }
}

impl Report {
    fn table(&self, format: Format) -> TextTable {
        // a program reads an empty cell, a person a dash
        let nothing = if format == Format::Csv { "" } else { "–" };
        let cells = |row: &Row| {
            let value = row.value.as_ref().map(typed);
            let from = row.from.as_deref().or(row.source);
            let value = value.unwrap_or_else(|| nothing.to_owned());
            vec![
                row.setting.clone(),
                value,
                from.unwrap_or(nothing).to_owned(),
            ]
        };
        TextTable {
            header: ["setting", "value", "from"].map(str::to_owned).to_vec(),
            rows: self.settings.iter().map(cells).collect(),
            ..TextTable::default()
        }
    }

    /// What the table leaves out.
    fn last_sentence(&self) -> String {
        let names: Vec<&str> = self.unused.iter().map(|it| it.setting.as_str()).collect();
        format!(
            "– is not set. Nothing looks at these here: {}.",
            names.join(", ")
        )
    }
}

/// A value as it would be typed after its flag.
fn typed(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Float(number) => number.to_string(),
        Value::Array(members) => members.iter().map(typed).collect::<Vec<_>>().join(","),
        Value::Table(table) => {
            let pairs = table
                .iter()
                .map(|(key, value)| format!("{key}={}", typed(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Value::Integer(_) | Value::Boolean(_) | Value::Datetime(_) => value.to_string(),
    }
}
