//! `simbet predict`.

mod notes;
mod reasons;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::output::BetsFormat;
use super::settings::{self, ReplayLayers};
use super::{Console, apart, input, output, probabilities, signals};
use crate::backtest::{self, Predictions, Teachers};
use crate::config::{Purpose, RunConfig};
use crate::domain::{Forecast, LeagueId, Money, Names, Withheld};
use crate::engine::EngineConfig;
use crate::predict::ModelKind;
use crate::report::Format;
use crate::report::predictions::{bets_table, selections_table};
use crate::report::price_pool;
use crate::report::text_table::{TextTable, amount, counted};
use crate::results::Folder;
use crate::schema::{self, BetRow, Cell, FORECAST_COLUMNS, PredictionRow, SELECTION_COLUMNS};
use crate::sink::withheld;
use crate::source::{Offered, ReplayConfig, WantedPrices};

/// A bankroll of which less than this share is left is as good as staked whole.
const NEARLY_ALL: f64 = 0.05;

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
    /// Write bets, predictions, summary.json and run.json to a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Format of the bets and predictions in --out
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "out",
        help_heading = "Output"
    )]
    bets_format: BetsFormat,
}

impl Predict {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.bets_format.ensure_built()?;
        output::ensure_own(self.out.as_deref(), console)?;
        let inputs = [&self.history[..], &self.fixtures].concat();
        apart::ensure_folder(self.out.as_deref(), &inputs)?;
        let mut config = self.layers.resolve(Purpose::Predict, console)?;
        probabilities::ensure_apart(self.out.as_deref(), &config.engine)?;
        let least = config.engine.model.get_or_insert_default().min_matches;
        let read = |config: &_| {
            input::read_history_and_fixtures(&self.history, &self.fixtures, config, console)
        };
        let (files, mut matches) =
            probabilities::read_beside(&config.engine, &config.read, &inputs, console, read)?;
        let loaded = probabilities::load(files.as_ref(), &mut config, &mut matches, console)?;
        if let Some(loaded) = loaded {
            let fixtures = ReplayConfig {
                offered: Offered::Fixtures,
                ..config.replay
            };
            probabilities::note(
                &loaded.coverage(&matches, &fixtures, &config.engine.strategy.markets)?,
                console,
            );
        }
        matches.ensure_no_goals_are_overlooked()?;
        self.layers.ensure_matched(&config, &matches, console)?;
        self.layers
            .ensure_fixtures_priced(&config, &matches, console)?;
        let teachers = backtest::teachers(&config, &matches);
        let predictions = backtest::predict_fixtures(&config.engine, config.replay, matches)?;
        settings::remark([&config.engine], console);
        if let Some(note) = notes::on_past(&predictions) {
            console.note(note);
        }
        for warning in notes::on_age(&predictions) {
            console.warn(warning);
        }
        for warning in warnings(&predictions) {
            console.warn(warning);
        }
        if let Some(warning) = warning_of_undetermined(&predictions, &config.engine) {
            console.warn(warning);
        }
        if let Some(note) = note_on_newcomers(&predictions, least) {
            console.note(note);
        }
        if predictions.forecasts.is_empty() {
            anyhow::bail!(
                "nothing is predicted: {}",
                reason_of_no_predictions(&predictions, &self.fixtures)
            );
        }
        // the result is printed even if the folder cannot be written
        let written = self.out.as_ref().map_or(Ok(()), |folder| {
            self.write_folder(folder, &config, (&predictions, teachers.as_ref()), console)
        });
        let wanted = backtest::wanted_prices(&config.engine, &config.replay);
        let mut out = Vec::new();
        match self.format {
            Format::Json => writeln!(out, "{:#}", to_json(&predictions, teachers.as_ref()))?,
            Format::Csv => machine_table(&predictions).write(&mut out, Format::Csv)?,
            Format::Table | Format::Markdown => {
                print_tables(&mut out, &predictions, wanted, self.format)?;
            }
        }
        super::print(&out, self.format)?;
        written
    }

    /// Writes what is predicted as a folder of results.
    fn write_folder(
        &self,
        path: &Path,
        config: &RunConfig,
        (predictions, teachers): (&Predictions, Option<&Teachers>),
        console: Console,
    ) -> anyhow::Result<()> {
        let environment = self.layers.environment(&[&config.engine])?;
        let wait = signals::waiting(console);
        let mut folder = Folder::create(path, &wait)?;
        output::stage_bets(&mut folder, self.bets_format, bets(predictions))?;
        let model = output::model_name(&config.engine).unwrap_or_default();
        let rows = predictions.forecasts.iter().map(|forecast| PredictionRow {
            forecast,
            score: None,
            is_last: true,
            model: &model,
            names: &predictions.matches.names,
        });
        output::stage_predictions(&mut folder, self.bets_format, rows)?;
        folder.stage_summary(&to_json(predictions, teachers))?;
        let matches = &predictions.matches;
        let taught = teachers.map(|teachers| format!(", {}", teachers.sentence()));
        let taught = taught.unwrap_or_default();
        let headline = format!(
            "{} by {model}{taught}",
            counted(predictions.forecasts.len() as u64, "fixture", "fixtures")
        );
        let mut run = json!({ "headline": headline, "config": config, "inputs": matches.inputs, "counts": matches.counts });
        output::record_environment(&mut run, &environment);
        console.wrote(&folder.commit(&run)?);
        Ok(())
    }
}

/// A sentence for each league and each name that the model does not know.
fn warnings(predictions: &Predictions) -> Vec<String> {
    let names = &predictions.matches.names;
    let mut fixtures: BTreeMap<String, u64> = BTreeMap::new();
    for (fixture, reason) in &predictions.withheld {
        if !reason.has_forecast() {
            let sentence = withheld::sentence(fixture, *reason, names, true);
            *fixtures.entry(sentence).or_default() += 1;
        }
    }
    fixtures
        .into_iter()
        .map(|(sentence, count)| match count {
            1 => format!("{sentence} (1 fixture)"),
            _ => format!("{sentence} ({count} fixtures)"),
        })
        .collect()
}

/// How many fixtures have no forecast because the results alone do not determine it.
fn warning_of_undetermined(predictions: &Predictions, config: &EngineConfig) -> Option<String> {
    let model = config.model.as_ref()?;
    let learns = matches!(model.kind, ModelKind::Poisson | ModelKind::DixonColes);
    if !learns || model.prior.is_some() {
        return None;
    }
    let forecasts = predictions
        .forecasts
        .iter()
        .map(|forecast| &forecast.fixture.id);
    let withheld = predictions.withheld.iter().map(|(fixture, _)| &fixture.id);
    let told: BTreeSet<_> = forecasts.chain(withheld).collect();
    let records = predictions.matches.records.iter();
    let untold = records
        .filter(|record| record.is_fixture() && !told.contains(&record.fixture.id))
        .count();
    let fixtures = if untold == 1 { "fixture" } else { "fixtures" };
    (untold > 0).then(|| {
        format!(
            "no forecast and no bet on {untold} {fixtures}: without a prior (--prior 0) the results do not determine the strengths of \
             both sides; simbet fit says which"
        )
    })
}

/// The teams that nothing is bet on because the model has seen too little of them.
fn note_on_newcomers(predictions: &Predictions, least: u32) -> Option<String> {
    let names = &predictions.matches.names;
    let mut teams: BTreeMap<&str, u32> = BTreeMap::new();
    for (fixture, reason) in &predictions.withheld {
        let Withheld::Newcomer { team, seen, other } = *reason else {
            continue;
        };
        teams.insert(names.team(team), seen);
        if let Some(seen) = other {
            let is_home = team == fixture.home;
            let team = if is_home { fixture.away } else { fixture.home };
            teams.insert(names.team(team), seen);
        }
    }
    let listed: Vec<_> = teams
        .iter()
        .map(|(team, seen)| format!("{team} {seen}"))
        .collect();
    (!listed.is_empty()).then(|| {
        format!(
            "no bets on teams of which the model has seen fewer than {least} matches (--min-matches): {}",
            listed.join(", ")
        )
    })
}

fn bets(predictions: &Predictions) -> impl ExactSizeIterator<Item = BetRow<'_>> {
    predictions.bets.bets(&predictions.matches.names)
}

/// The sum of the stakes.
fn staked(predictions: &Predictions) -> Money {
    let stakes = predictions.selections.iter().filter_map(|row| row.stake);
    stakes.sum()
}

fn to_json(predictions: &Predictions, teachers: Option<&Teachers>) -> Value {
    let names = &predictions.matches.names;
    let forecasts = predictions.forecasts.iter();
    let selections = predictions.selections.iter();
    let mut json = json!({
        "predictions": forecasts
            .map(|forecast| object(&FORECAST_COLUMNS, &schema::forecast_cells(forecast, names)))
            .collect::<Vec<_>>(),
        "selections": selections
            .map(|row| object(&SELECTION_COLUMNS, &schema::selection_cells(row, names)))
            .collect::<Vec<_>>(),
        "bets": bets(predictions).map(|row| bet_json(&row)).collect::<Vec<_>>(),
        "bankroll": predictions.bankroll.units(),
        "staked": staked(predictions).units(),
        "against_market": predictions.against_market.to_json(),
        "pool_with": predictions.price_pool,
    });
    if let Some(teachers) = teachers {
        json["taught_by"] = json!(teachers);
    }
    json
}

/// A bet, with what is backed as a bettor says it.
fn bet_json(row: &BetRow<'_>) -> Value {
    let (bet, names) = (row.bet, row.names);
    let [home, away] = [bet.fixture.home, bet.fixture.away].map(|team| names.team(team));
    let mut json = output::bet_json(row);
    json["backed"] = bet.edge.quote.selection.as_backed(home, away).into();
    json
}

fn object(names: &[&str], cells: &[Cell<'_>]) -> Value {
    names
        .iter()
        .zip(cells)
        .map(|(name, cell)| ((*name).to_owned(), cell.to_json()))
        .collect()
}

/// Every selection with every member, and those of the forecast of its match that it does not have itself.
fn machine_table(predictions: &Predictions) -> TextTable {
    let names = &predictions.matches.names;
    let forecasts: HashMap<&str, &Forecast> = predictions
        .forecasts
        .iter()
        .map(|forecast| (&*forecast.fixture.id, forecast))
        .collect();
    let more = FORECAST_COLUMNS
        .iter()
        .filter(|name| !SELECTION_COLUMNS.contains(name));
    let header = SELECTION_COLUMNS.iter().chain(more.clone());
    let rows = predictions.selections.iter().map(|row| {
        let mut cells: Vec<String> = schema::selection_cells(row, names)
            .iter()
            .map(Cell::to_string)
            .collect();
        match forecasts.get(&*row.fixture.id) {
            None => cells.extend(more.clone().map(|_| String::new())),
            Some(forecast) => {
                let of_match = schema::forecast_cells(forecast, names);
                let of_match = FORECAST_COLUMNS.iter().zip(&of_match);
                let of_match = of_match.filter(|(name, _)| !SELECTION_COLUMNS.contains(name));
                cells.extend(of_match.map(|(_, cell)| cell.to_string()));
            }
        }
        cells
    });
    TextTable {
        rows: rows.collect(),
        header: header.map(|name| (*name).to_owned()).collect(),
        ..TextTable::default()
    }
}

fn print_tables(
    out: &mut dyn Write,
    predictions: &Predictions,
    wanted: WantedPrices<'_>,
    format: Format,
) -> io::Result<()> {
    let (names, selections) = (&predictions.matches.names, &predictions.selections);
    selections_table(selections, &predictions.forecasts, names).write(out, format)?;
    writeln!(out)?;
    let count = selections.iter().filter(|row| row.stake.is_some()).count();
    if count == 0 {
        let reason = reason_of_no_bets(predictions, wanted);
        writeln!(out, "No bets: {}.", format.prose(&reason))?;
    } else {
        bets_table(selections, names).write(out, format)?;
        writeln!(out)?;
        let stakes = sentence_on_stakes(predictions, count);
        writeln!(out, "{}", format.prose(&stakes))?;
    }
    if let Some(weights) = price_pool::weights(predictions.price_pool.as_ref()) {
        writeln!(out, "{}", format.prose(&weights))?;
    }
    let against_market = predictions.against_market.sentence();
    writeln!(out, "{}", format.prose(&against_market))?;
    if let Some(limit) = notes::on_other_markets(predictions, wanted.markets) {
        writeln!(out, "{}", format.prose(&limit))?;
    }
    if let Some(explained) = notes::on_probabilities(selections) {
        writeln!(out, "{}", format.prose(&explained))?;
    }
    Ok(())
}

fn sentence_on_stakes(predictions: &Predictions, count: usize) -> String {
    let bets = if count == 1 { "bet" } else { "bets" };
    let (staked, bankroll) = (staked(predictions), predictions.bankroll);
    let left = bankroll - staked;
    let rest = if left < bankroll.share(NEARLY_ALL) {
        format!(", of which {} is left", amount(left))
    } else {
        String::new()
    };
    let refused = reasons::of_refused(&predictions.selections);
    format!(
        "{} staked on {count} {bets}, from a bankroll of {}{rest}.{refused}",
        amount(staked),
        amount(bankroll)
    )
}

/// Why there is not one forecast, the names of the files of fixtures at hand.
fn reason_of_no_predictions(predictions: &Predictions, files: &[String]) -> String {
    let matches = &predictions.matches;
    if matches.fixtures().next().is_none() {
        if !predictions.past.is_empty() {
            return "what has no score in --fixtures is of days before the last result of its league"
                .to_owned();
        }
        let files: Vec<&str> = files.iter().map(|file| named(file)).collect();
        return format!(
            "{} has no match still to be played, which is one without a score",
            files.join(", ")
        );
    }
    if predictions.withheld.is_empty() && !predictions.selections.is_empty() {
        return "the model has no opinion on any of the fixtures".to_owned();
    }
    if predictions.withheld.is_empty() {
        return "no fixture is in the period of --from and --to".to_owned();
    }
    let mut reasons = predictions.withheld.iter();
    if !reasons.all(|(_, reason)| *reason == Withheld::UnknownLeague) {
        return "the model does not know the leagues or the names of the fixtures, see above"
            .to_owned();
    }
    let played = matches.records.iter();
    let played = played.filter(|record| record.result().is_some());
    let results = leagues(&matches.names, played.map(|record| record.fixture.league));
    if results.is_empty() {
        return "no match with a score was read".to_owned();
    }
    let fixtures = matches.fixtures().map(|record| record.fixture.league);
    let fixtures = leagues(&matches.names, fixtures);
    format!("the fixtures are of {fixtures}, and the results of {results}")
}

/// The name of an input in messages.
fn named(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// The names of leagues, each once.
fn leagues(names: &Names, leagues: impl Iterator<Item = LeagueId>) -> String {
    let leagues: BTreeSet<&str> = leagues.map(|league| names.league(league)).collect();
    Vec::from_iter(leagues).join(", ")
}

fn reason_of_no_bets(predictions: &Predictions, wanted: WantedPrices<'_>) -> String {
    let known = predictions.forecasts.iter();
    let known: BTreeSet<&str> = known
        .filter(|forecast| !forecast.newcomer)
        .map(|forecast| &*forecast.fixture.id)
        .collect();
    let priced = predictions.matches.fixtures();
    let priced: Vec<&str> = priced
        .filter(|record| wanted.has_price(record))
        .map(|record| &*record.fixture.id)
        .collect();
    if priced.is_empty() {
        format!("no fixture has a price of {wanted}")
    } else if known.is_empty() {
        "the model has seen too few matches of these teams".to_owned()
    } else if priced.iter().any(|id| known.contains(id)) {
        reasons::of_no_bets(&predictions.selections)
    } else {
        format!("no fixture of teams that the model has seen enough of has a price of {wanted}")
    }
}
