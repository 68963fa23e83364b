//! Runs on files of matches: backtests, predictions of fixtures, and fits.

mod against_market;
mod coverage;
mod features;
mod fit;
mod fit_filter;
mod fit_logistic;
mod fit_sides;
mod misspellings;
mod predict;
mod probabilities;
mod slate;
mod teachers;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use coverage::{coverage, headline};
pub use features::{FeatureRow, FeatureTable, features};
pub use fit::{Fitted, fit};
pub(crate) use fit_filter::{FittedFilter, fit_filter};
pub(crate) use fit_logistic::{FittedLogistic, fit_logistic};
pub(crate) use fit_sides::{FittedSides, fit_sides};
pub use misspellings::{Misspelling, misspellings};
pub(crate) use predict::last_results;
pub use predict::{Predictions, predict_fixtures};
pub use probabilities::use_probabilities;
pub(crate) use probabilities::{LoadedProbabilities, ProbabilityCoverage};
pub(crate) use teachers::{Teachers, teachers, untaught};

use crate::domain::{Names, Time};
use crate::engine::{Engine, EngineConfig};
use crate::error::Error;
use crate::metrics::Summary;
use crate::run::run;
use crate::sink::forecast_scores::ForecastScoreSink;
use crate::sink::significance::SignificanceSink;
use crate::sink::{Outputs, Sink};
use crate::source::{
    MatchRecord, Matches, PriceTime, Replay, ReplayConfig, ReplayCounts, SourceError, Stoppable,
    WantedPrices,
};

/// The result of a backtest.
///
/// ```
/// use simbet::{RunConfig, Settings, backtest, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
/// assert_eq!(done.leagues(), ["mine"]);
/// assert_eq!((done.replayed.played, done.replayed.offered), (1, 1));
/// ```
#[derive(Debug, Clone)]
pub struct BacktestResult {
    /// The summary.
    pub summary: Summary,
    /// How many matches were played, in the period, and with a price.
    pub replayed: ReplayCounts,
    /// The matches.
    pub matches: Arc<Matches>,
}

impl BacktestResult {
    /// The names of teams and leagues.
    pub fn names(&self) -> &Names {
        &self.matches.names
    }

    /// First and last day of the matches that are over.
    pub fn days(&self) -> Option<(Time, Time)> {
        let mut days = self.over().map(|record| record.fixture.day);
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first)))
    }

    /// What a backtest replays: fixtures are still to be played.
    fn over(&self) -> impl DoubleEndedIterator<Item = &MatchRecord> {
        let records = self.matches.records.iter();
        records.filter(|record| !record.is_fixture())
    }

    /// The leagues of the matches that are over, in alphabetical order.
    pub fn leagues(&self) -> Vec<&str> {
        let mut leagues: Vec<_> = self.over().map(|record| record.fixture.league).collect();
        leagues.sort_unstable();
        leagues.dedup();
        let mut names: Vec<_> = leagues
            .into_iter()
            .map(|league| self.names().league(league))
            .collect();
        names.sort_unstable();
        names
    }
}

/// Replays matches through models, strategy and ledger. `progress` gets the number of rounds that are done.
///
/// # Errors
/// When no match has a result, is in the period, or has a price that is bet at; when a setting is out of range, a model fails,
/// or the sink does.
///
/// ```
/// use simbet::{RunConfig, Settings};
/// use simbet::backtest;
/// use simbet::read_bytes;
///
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
/// assert_eq!(done.summary.profit.units(), 60.0);
/// ```
pub fn backtest(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
    sink: Option<&mut dyn Sink>,
    progress: &mut dyn FnMut(usize),
) -> Result<BacktestResult, Error> {
    backtest_until(
        &AtomicBool::new(false),
        config,
        replay,
        matches,
        sink,
        progress,
    )
}

/// Checks that there are results, matches in the period, and prices that can be bet at.
///
/// # Errors
/// When there are none; the error says what there is.
pub(crate) fn ensure_something_fits(
    config: &EngineConfig,
    replay: &ReplayConfig,
    matches: &Matches,
) -> Result<(), SourceError> {
    matches.ensure_results()?;
    matches.ensure_period((replay.from, replay.to))?;
    matches.ensure_prices(wanted_prices(config, replay))
}

/// The prices that would be bet at.
pub(crate) fn wanted_prices<'a>(
    config: &'a EngineConfig,
    replay: &ReplayConfig,
) -> WantedPrices<'a> {
    WantedPrices {
        books: config.strategy.books.books(),
        markets: &config.strategy.markets,
        closing: replay.price == PriceTime::Close,
        period: (replay.from, replay.to),
    }
}

/// A backtest that ends when `stop` is raised.
///
/// # Errors
/// As [`backtest`], and [`SourceError::Stopped`](crate::source::SourceError::Stopped) once the flag is raised.
pub fn backtest_until(
    stop: &AtomicBool,
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
    sink: Option<&mut dyn Sink>,
    progress: &mut dyn FnMut(usize),
) -> Result<BacktestResult, Error> {
    ensure_something_fits(config, &replay, &matches)?;
    let matches = Arc::new(matches);
    let scores = config
        .model
        .is_some()
        .then(|| ForecastScoreSink::new(config, replay.price, &matches));
    let mut replay = Replay::new(Arc::clone(&matches), replay);
    let mut engine = Engine::new(config)?;
    let mut outputs = Outputs {
        forecast_scores: scores,
        significance: Some(SignificanceSink::default()),
        own: sink,
        ..Outputs::default()
    };
    let mut summary = run(
        &mut Stoppable::new(&mut replay, stop),
        &mut engine,
        &mut outputs.sinks(),
        progress,
    )?;
    summary.significance = outputs.significance.map(|sink| Box::new(sink.assess()));
    summary.forecasts = outputs
        .forecast_scores
        .and_then(|sink| sink.report())
        .map(Box::new);
    let counts = replay.counts();
    summary.unpriced = counts.in_period - counts.offered;
    Ok(BacktestResult {
        summary,
        replayed: counts,
        matches,
    })
}
