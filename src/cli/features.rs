//! `simbet features`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use serde_json::{Map, Value};

use super::settings::ReplayLayers;
use super::target::{Kind, Target};
use super::{Console, apart, input, usage};
use crate::backtest::{self, FeatureRow, FeatureTable};
use crate::config::{Purpose, RunConfig, value_name};
use crate::domain::MarketKind;
use crate::predict::FeatureGroup;
use crate::report::Format;
use crate::report::text_table::{TextTable, counted};
use crate::results;
use crate::schema::{
    FEATURE_KEYS, FEATURE_TARGETS, feature_key_cells, feature_target_cells, is_feature_number,
};
use crate::source::Matches;

/// The arguments of `features`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet features data/ --output features.parquet
  simbet features datasets/epl.csv --features elo,form,market --from 2023-01-01 | head

Each row has what was known of a match at the time of its price, and in the columns target_... what became of it.
A cell is empty where something was not known. Without --features it is all groups but strengths, which cost most.")]
pub struct Features {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// The file to write, which ends in .csv or .parquet [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed [default: csv]
    #[arg(long, value_enum, help_heading = "Output", conflicts_with = "output")]
    format: Option<Format>,
}

impl Features {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let (config, groups) = self.config(console)?;
        let output = self
            .output
            .as_deref()
            .filter(|path| *path != Path::new("-"));
        let target = output.map(target).transpose()?;
        let inputs = [&self.inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--output", output, &inputs)?;
        target.map_or(Ok(()), |target| target.check())?;
        let matches = Arc::new(input::read_with_fixtures(
            &self.inputs,
            &config.read,
            console,
        )?);
        self.ensure_known(&config, &matches, console)?;
        let never = AtomicBool::new(false);
        let table = backtest::features(&config.engine, &groups, config.replay, &matches, &never)?;
        if table.rows.is_empty() {
            matches.ensure_period((config.replay.from, config.replay.to))?;
        }
        note_unknown(&table, &groups, console);
        let written = Written {
            table: &table,
            matches: &matches,
        };
        match target {
            Some(target) => written.write(target, console),
            None => written.print(self.format.unwrap_or(Format::Csv)),
        }
    }

    /// The settings, and the groups of features that are asked for.
    fn config(&self, console: Console) -> anyhow::Result<(RunConfig, Vec<FeatureGroup>)> {
        let mut settings = self.layers.settings(Purpose::Features, console)?;
        settings.markets = vec![MarketKind::MatchOdds, MarketKind::OverUnder];
        let config = super::settings::resolve(&settings).map_err(usage)?;
        let groups = if settings.features.is_empty() {
            FeatureGroup::usual()
        } else {
            settings.features
        };
        Ok((config, groups))
    }

    /// Says what was asked for and is not in the files.
    fn ensure_known(
        &self,
        config: &RunConfig,
        matches: &Matches,
        console: Console,
    ) -> anyhow::Result<()> {
        matches.ensure_results()?;
        self.layers.ensure_matched(config, matches, console)?;
        let typed = self.layers.flags();
        if typed.features.iter().any(|group| group.is_of_market()) || typed.book.is_some() {
            let mut config = config.clone();
            config.engine.strategy.markets = vec![MarketKind::MatchOdds];
            self.layers.ensure_priced(&config, matches, console)?;
        }
        Ok(())
    }
}

/// Says which groups have no value in any row.
fn note_unknown(table: &FeatureTable, groups: &[FeatureGroup], console: Console) {
    let is_unknown = |name: &&str| {
        let place = table.names.iter().position(|known| known == name);
        let mut rows = table.rows.iter();
        place.is_some_and(|place| rows.all(|row| row.values[place].is_none()))
    };
    for group in groups {
        if group.columns().iter().all(is_unknown) {
            console.note(format!(
                "the files have nothing for the features {}: their cells are empty",
                value_name(*group)
            ));
        }
    }
}

fn target(path: &Path) -> anyhow::Result<Target<'_>> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let kind = match extension {
        Some("csv") => Kind::FeaturesCsv,
        Some("parquet") if cfg!(feature = "parquet") => Kind::FeaturesParquet,
        Some("parquet") => {
            return Err(usage(
                "--output to .parquet needs a simbet that was built with its default features",
            ));
        }
        _ => {
            return Err(usage(format!(
                "--output must end in .csv or .parquet, not {path:?}"
            )));
        }
    };
    Ok(Target {
        option: "--output",
        path,
        kind,
    })
}

/// A table of features, and the matches that it is of.
struct Written<'a> {
    table: &'a FeatureTable,
    matches: &'a Matches,
}

impl Written<'_> {
    fn header(&self) -> Vec<&'static str> {
        let mut header = FEATURE_KEYS.to_vec();
        header.extend(&self.table.names);
        header.extend(FEATURE_TARGETS);
        header
    }

    fn rows(&self) -> impl Iterator<Item = Vec<String>> {
        self.table.rows.iter().map(|row| self.row(row))
    }

    fn row(&self, row: &FeatureRow) -> Vec<String> {
        let record = &self.matches.records[row.record];
        let keys = feature_key_cells(&record.fixture, &self.matches.names, row.known_at);
        let values = row.values.iter().map(|value| cell(*value));
        keys.into_iter()
            .chain(values)
            .chain(feature_target_cells(record.result()))
            .collect()
    }

    fn write(&self, target: Target<'_>, console: Console) -> anyhow::Result<()> {
        let header = self.header();
        if target.kind == Kind::FeaturesParquet {
            let rows: Vec<_> = self.rows().collect();
            target.write(console, |out| {
                results::parquet::write_table(out, &header, &rows, is_feature_number)
            })?;
        } else {
            target.write(console, |out| {
                results::csv::write_table(out, &header, self.rows())
            })?;
        }
        console.note(format!(
            "{} of {} written to {}",
            counted(self.table.names.len() as u64, "feature", "features"),
            counted(self.table.rows.len() as u64, "match", "matches"),
            target.path.display()
        ));
        Ok(())
    }

    fn print(&self, format: Format) -> anyhow::Result<()> {
        let mut out = Vec::new();
        match format {
            Format::Csv => results::csv::write_table(&mut out, self.header(), self.rows())?,
            Format::Json => self.print_json(&mut out)?,
            Format::Table | Format::Markdown => self.as_text().write(&mut out, format)?,
        }
        super::print(&out, format)
    }

    fn print_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let header = self.header();
        let rows = self.rows().map(|row| {
            let cells = header.iter().zip(row);
            let members = cells.map(|(name, cell)| ((*name).to_owned(), json(name, cell)));
            Value::Object(members.collect::<Map<_, _>>())
        });
        writeln!(out, "{:#}", Value::Array(rows.collect()))
    }

    fn as_text(&self) -> TextTable {
        let header = self.header();
        TextTable {
            numeric: (0..header.len())
                .filter(|&column| is_feature_number(header[column]))
                .collect(),
            header: header.into_iter().map(str::to_owned).collect(),
            rows: self.rows().collect(),
            ..TextTable::default()
        }
    }
}

/// A number as it reads back to the same bits; empty where it is not known.
fn cell(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn json(name: &str, cell: String) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    if is_feature_number(name) {
        return serde_json::from_str(&cell).unwrap_or(Value::Null);
    }
    Value::String(cell)
}
