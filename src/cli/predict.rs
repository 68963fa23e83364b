//! `simbet predict`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::settings::ReplayLayers;
use super::{Console, input, output};
use crate::backtest::{self, Predictions};
use crate::domain::{Forecast, Names};
use crate::report::Format;
use crate::report::text_table::TextTable;
use crate::schema::{self, BetRow, Cell};
use crate::source::Matches;

/// The arguments of `predict`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  simbet predict E0_2023-24.csv E0_2024-25.csv --fixtures fixtures.csv --book b365")]
pub struct Predict {
    /// Matches already played: files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "HISTORY")]
    history: Vec<String>,
    /// Matches to come, in the same columns without a score; rows with a score teach the model too
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    fixtures: Vec<String>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

impl Predict {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let mut config = self.layers.resolve()?;
        let model = config.engine.model.get_or_insert_default().kind;
        let inputs = [self.history, self.fixtures].concat();
        let mut matches = input::read(&inputs, &config.read, console)?;
        if model.learns_from_results() {
            leave_out_leagues_without_history(console, &mut matches);
        }
        let predictions = backtest::predict_fixtures(&config.engine, config.replay, matches)?;
        let mut out = Vec::new();
        match self.format {
            Format::Json => writeln!(out, "{:#}", to_json(&predictions))?,
            Format::Csv => machine_table(&predictions).write(&mut out, Format::Csv)?,
            Format::Table | Format::Markdown => print_tables(&mut out, &predictions, self.format)?,
        }
        super::print(&out)
    }
}

/// Without a match played a model has nothing but its base rates, which are no reason to bet.
fn leave_out_leagues_without_history(console: Console, matches: &mut Matches) {
    let played: BTreeSet<_> = matches
        .records
        .iter()
        .filter(|record| record.result().is_some())
        .map(|record| record.fixture.league)
        .collect();
    let mut unknown = BTreeMap::new();
    for record in matches
        .fixtures()
        .filter(|record| !played.contains(&record.fixture.league))
    {
        *unknown
            .entry(matches.names.league(record.fixture.league))
            .or_insert(0) += 1;
    }
    for (league, fixtures) in unknown {
        console.note(format!(
            "fixtures left out because {league} has no played matches: {fixtures}"
        ));
    }
    matches
        .records
        .retain(|record| played.contains(&record.fixture.league));
}

fn bets(predictions: &Predictions) -> impl ExactSizeIterator<Item = BetRow<'_>> {
    predictions.bets.bets(&predictions.matches.names)
}

fn to_json(predictions: &Predictions) -> Value {
    let names = &predictions.matches.names;
    let forecasts = predictions.forecasts.iter();
    json!({
        "predictions": forecasts.map(|forecast| forecast_json(forecast, names)).collect::<Vec<_>>(),
        "bets": bets(predictions).map(|row| output::bet_json(&row)).collect::<Vec<_>>(),
    })
}

fn forecast_json(forecast: &Forecast, names: &Names) -> Value {
    named_cells(forecast, names)
        .map(|(name, cell)| (name.to_owned(), cell.to_json()))
        .collect()
}

/// The members of a forecast with their names.
fn named_cells<'a>(
    forecast: &'a Forecast,
    names: &'a Names,
) -> impl Iterator<Item = (&'static str, Cell<'a>)> {
    schema::FORECAST_COLUMNS
        .into_iter()
        .zip(schema::forecast_cells(forecast, names))
}

/// Every forecast with every member.
fn machine_table(predictions: &Predictions) -> TextTable {
    let rows: Vec<_> = predictions
        .forecasts
        .iter()
        .map(|forecast| schema::forecast_cells(forecast, &predictions.matches.names))
        .collect();
    TextTable {
        header: schema::FORECAST_COLUMNS.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .map(|row| row.iter().map(Cell::to_string).collect())
            .collect(),
        ..TextTable::default()
    }
}

fn print_tables(out: &mut dyn Write, predictions: &Predictions, format: Format) -> io::Result<()> {
    if predictions.forecasts.is_empty() {
        return writeln!(
            out,
            "No predictions: there is no fixture without a score whose league and teams the model knows."
        );
    }
    readable_table(predictions).write(out, format)?;
    writeln!(out)?;
    if bets(predictions).len() == 0 {
        return writeln!(
            out,
            "No bets: no odds were far enough above the model's fair odds."
        );
    }
    output::bets_table(bets(predictions)).write(out, format)
}

/// Every forecast as people read it.
fn readable_table(predictions: &Predictions) -> TextTable {
    let names = &predictions.matches.names;
    let forecasts = predictions.forecasts.iter();
    let header = [
        "league",
        "date",
        "home",
        "away",
        "xG home",
        "xG away",
        "P home",
        "P draw",
        "P away",
        "fair home",
        "fair draw",
        "fair away",
    ];
    TextTable {
        title: "Predictions".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: forecasts
            .map(|forecast| readable_row(forecast, names))
            .collect(),
        numeric: (4..header.len()).collect(),
        spare: vec![0, 4, 5, 1],
    }
}

fn readable_row(forecast: &Forecast, names: &Names) -> Vec<String> {
    named_cells(forecast, names)
        .filter(|(name, _)| !["match_id", "kickoff"].contains(name))
        .map(|(name, cell)| shown(name, &cell))
        .collect()
}

fn shown(name: &str, cell: &Cell<'_>) -> String {
    match cell {
        Cell::Number(number) if name.starts_with("win") || name.starts_with("draw") => {
            format!("{:.1} %", number * 100.0)
        }
        Cell::Number(number) => format!("{number:.2}"),
        cell => cell.to_string(),
    }
}
