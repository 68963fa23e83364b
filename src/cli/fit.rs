//! `simbet fit`.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::settings::ReplayLayers;
use super::{Console, input, usage};
use crate::backtest::{self, Fitted};
use crate::calendar;
use crate::domain::Names;
use crate::predict::ModelKind;
use crate::report::Format;
use crate::report::text_table::TextTable;
use crate::rounding;

/// The arguments of `fit`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  simbet fit datasets/epl.csv --model dixon-coles --half-life 0 --window 0 --prior 0

Attack and defence are in log goals against an average side: a team scores e^(attack) times as many.")]
pub struct Fit {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

impl Fit {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let config = self.layers.resolve()?;
        let matches = input::read(&self.inputs, &config.read, console)?;
        let fitted = backtest::fit(&config.engine, config.replay.to, &matches)?;
        if fitted.is_empty() {
            let kind = config
                .engine
                .model
                .map_or(ModelKind::default(), |model| model.kind);
            anyhow::ensure!(
                !kind.has_strengths(),
                "nothing to fit: no match with a score was read"
            );
            return Err(usage(format!(
                "--model must be {}: the other models have no table of teams",
                ModelKind::those_with_strengths()
            )));
        }
        let mut out = Vec::new();
        if self.format == Format::Csv {
            machine_table(&fitted, &matches.names).write(&mut out, Format::Csv)?;
        } else if self.format == Format::Json {
            let all: Vec<_> = fitted
                .iter()
                .map(|fitted| to_json(fitted, &matches.names))
                .collect();
            writeln!(out, "{:#}", Value::from(all))?;
        } else {
            for fitted in &fitted {
                print(&mut out, fitted, &matches.names, self.format)?;
            }
        }
        super::print(&out)
    }
}

/// The teams, strongest first.
fn teams<'a>(fitted: &Fitted, names: &'a Names) -> Vec<(&'a str, f64, f64)> {
    let strengths = fitted.fit.attack.iter().zip(&fitted.fit.defence);
    let mut teams: Vec<_> = fitted
        .teams
        .iter()
        .zip(strengths)
        .map(|(&team, (&attack, &defence))| (names.team(team), attack, defence))
        .collect();
    teams.sort_by(|a, b| (b.1 + b.2).total_cmp(&(a.1 + a.2)).then(a.0.cmp(b.0)));
    teams
}

fn to_json(fitted: &Fitted, names: &Names) -> Value {
    let fit = &fitted.fit;
    let teams: Vec<_> = teams(fitted, names)
        .into_iter()
        .map(
            |(name, attack, defence)| json!({ "team": name, "attack": attack, "defence": defence }),
        )
        .collect();
    json!({
        "pool": fitted.pool,
        "as_of": calendar::format_date(fitted.as_of),
        "matches": fit.matches,
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic(),
        "intercept": fit.intercept,
        "home_advantage": fit.home_advantage,
        "rho": fit.rho,
        "teams": teams,
    })
}

/// Every team of every pool, with the parameters of its pool.
fn machine_table(fitted: &[Fitted], names: &Names) -> TextTable {
    let header = [
        "pool",
        "team",
        "attack",
        "defence",
        "intercept",
        "home_advantage",
        "rho",
    ];
    let rows = fitted.iter().flat_map(|fitted| {
        let fit = &fitted.fit;
        let numbers =
            move |attack, defence| [attack, defence, fit.intercept, fit.home_advantage, fit.rho];
        teams(fitted, names)
            .into_iter()
            .map(move |(name, attack, defence)| {
                let numbers =
                    numbers(attack, defence).map(|number| rounding::rounded(number).to_string());
                [fitted.pool.clone(), name.to_owned()]
                    .into_iter()
                    .chain(numbers)
                    .collect()
            })
    });
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        ..TextTable::default()
    }
}

fn print(out: &mut dyn Write, fitted: &Fitted, names: &Names, format: Format) -> io::Result<()> {
    let fit = &fitted.fit;
    let title = format!(
        "{} as of {}: {} matches, log-likelihood {:.3}, AIC {:.3}\nintercept {:+.4}, home advantage {:+.4}, rho {:+.4}",
        fitted.pool,
        calendar::format_date(fitted.as_of),
        fit.matches,
        fit.log_likelihood,
        fit.aic(),
        fit.intercept,
        fit.home_advantage,
        fit.rho,
    );
    let table = TextTable {
        title,
        header: ["team", "attack", "defence", "sum"]
            .map(str::to_owned)
            .to_vec(),
        rows: teams(fitted, names).into_iter().map(row).collect(),
        numeric: vec![1, 2, 3],
        ..TextTable::default()
    };
    table.write(out, format)?;
    writeln!(out)
}

fn row((name, attack, defence): (&str, f64, f64)) -> Vec<String> {
    vec![
        name.to_owned(),
        format!("{attack:+.4}"),
        format!("{defence:+.4}"),
        format!("{:+.4}", attack + defence),
    ]
}
