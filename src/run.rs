//! The only loop: rounds from a source, through the engine, to the metrics and the sinks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Entry, Forecast, Match, Names, Round, TeamId, Time};
use crate::engine::{Engine, EngineConfig, EngineError, pool_name};
use crate::error::Error;
use crate::metrics::{Metrics, Summary};
use crate::predict::{self, Fit, GoalModel};
use crate::schema;
use crate::sink::memory::Memory;
use crate::sink::significance::SignificanceSink;
use crate::sink::{Sink, SinkError};
use crate::source::{
    Matches, Next, Offered, Record, Replay, ReplayConfig, ReplayCounts, Source, Stage, Stoppable,
};

/// Results and offers handed to the engine at once, for each pool of leagues: enough for pools that predict in parallel
/// to be worth it, few enough to stay in the processor's cache.
const BATCH: usize = 256;

/// Folds every round of a source; `progress` is told how many rounds are done.
///
/// # Errors
/// When the source, the engine or a sink fails; what earlier batches of rounds wrote stays written.
pub fn run(
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let metrics = Metrics::new(engine.ledger().bankroll().balance());
    fold(source, engine, sinks, metrics, progress)
}

/// The same from where another run was when its source was given this state
/// ([`Source::commit`]): engine and sinks, made as they were there, go on from it, and so must the source.
///
/// # Errors
/// When the bytes are no such state, were damaged, or are of a run with other settings or sinks; and as [`run()`].
pub fn resume(
    state: &[u8],
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let checkpoint: Checkpoint = checkpoint::open(STATE, state)?;
    if checkpoint.sinks.len() != sinks.len() {
        let (what, difference) = (
            STATE.to_owned(),
            format!("{} outputs, not {}", checkpoint.sinks.len(), sinks.len()),
        );
        return Err(CheckpointError::OtherRun { what, difference }.into());
    }
    engine.restore(&checkpoint.engine)?;
    for (sink, state) in sinks.iter_mut().zip(&checkpoint.sinks) {
        sink.restore(state)?;
    }
    fold(source, engine, sinks, checkpoint.metrics, progress)
}

/// What bytes of a run's state are.
const STATE: &str = "checkpoint of a run";

/// What a run knows beside its source.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    engine: Vec<u8>,
    metrics: Metrics,
    sinks: Vec<Vec<u8>>,
}

/// What everything in a run but its source has to know to go on.
fn state(
    engine: &Engine,
    sinks: &[&mut dyn Sink],
    metrics: &Metrics,
) -> Result<Vec<u8>, CheckpointError> {
    let sinks: Result<_, CheckpointError> = sinks.iter().map(|sink| sink.save()).collect();
    let checkpoint = Checkpoint {
        engine: engine.save()?,
        metrics: metrics.clone(),
        sinks: sinks?,
    };
    checkpoint::seal(STATE, &checkpoint)
}

fn fold(
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    mut metrics: Metrics,
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let mut batch: Vec<Round> = Vec::new();
    let (mut entries, mut done) = (Vec::new(), 0);
    loop {
        let (filled, last) = fill(source, &mut batch, BATCH * engine.pools().max(1))?;
        let rounds = &batch[..filled];
        if rounds.is_empty() {
            // there may be entries that lead to nothing
            source.commit(&|| state(engine, sinks, &metrics))?;
            if last == Next::End {
                return Ok(metrics.summary());
            }
            continue;
        }
        entries.clear();
        source.reached(Stage::Begun);
        engine.predict(rounds, source.names())?;
        source.reached(Stage::Predicted);
        engine.decide(rounds, &mut entries);
        source.reached(Stage::Decided);
        for entry in &entries {
            metrics.record(entry);
            for sink in &mut *sinks {
                sink.write(entry, source.names())?;
            }
        }
        for sink in &mut *sinks {
            sink.flush()?;
        }
        source.commit(&|| state(engine, sinks, &metrics))?;
        done += filled;
        progress(done);
    }
}

/// Fetches rounds into buffers that are used again, until they hold `enough` results and offers or the source has none;
/// how many there are, and what the source had last.
fn fill(
    source: &mut dyn Source,
    batch: &mut Vec<Round>,
    enough: usize,
) -> Result<(usize, Next), Error> {
    let (mut filled, mut events) = (0, 0);
    while events < enough {
        if filled == batch.len() {
            batch.push(Round::default());
        }
        let next = source.next_round(&mut batch[filled])?;
        if next != Next::Round {
            return Ok((filled, next));
        }
        // a round without either counts as well, or a batch of such rounds would have no end
        events += 1 + batch[filled].results.len() + batch[filled].offers.len();
        filled += 1;
    }
    Ok((filled, Next::Round))
}

/// What a backtest did.
#[derive(Debug, Clone)]
pub struct Done {
    /// What came out.
    pub summary: Summary,
    /// Matches played, of those in the period, and of those with a price.
    pub replayed: ReplayCounts,
    /// What was read.
    pub matches: Arc<Matches>,
}

impl Done {
    /// The names of teams and leagues.
    pub fn names(&self) -> &Names {
        &self.matches.names
    }

    /// First and last day of what was read.
    pub fn days(&self) -> Option<(Time, Time)> {
        let records = &self.matches.records;
        Some((records.first()?.fixture.day, records.last()?.fixture.day))
    }

    /// The leagues, in alphabetical order.
    pub fn leagues(&self) -> Vec<&str> {
        let mut leagues: Vec<_> = self
            .matches
            .records
            .iter()
            .map(|record| record.fixture.league)
            .collect();
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

/// Replays matches through models, strategy and ledger; `progress` is told how many rounds are done.
///
/// # Errors
/// When a setting is out of range, a model fails, or the sink does.
///
/// ```
/// use simbet::config::{RunConfig, Settings};
/// use simbet::run::backtest;
/// use simbet::source::read_bytes;
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
) -> Result<Done, Error> {
    backtest_until(
        &AtomicBool::new(false),
        config,
        replay,
        matches,
        sink,
        progress,
    )
}

/// The same until a flag is raised.
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
) -> Result<Done, Error> {
    let matches = Arc::new(matches);
    let mut replay = Replay::new(Arc::clone(&matches), replay);
    let mut engine = Engine::new(config)?;
    let mut witness = SignificanceSink::default();
    let mut sinks: Vec<&mut dyn Sink> = vec![&mut witness];
    if let Some(sink) = sink {
        sinks.push(&mut *sink);
    }
    let mut summary = run(
        &mut Stoppable::new(&mut replay, stop),
        &mut engine,
        &mut sinks,
        progress,
    )?;
    summary.luck = Some(witness.assess());
    let counts = replay.counts();
    summary.unpriced = counts.in_period - counts.offered;
    Ok(Done {
        summary,
        replayed: counts,
        matches,
    })
}

/// What is thought of fixtures, and what would be bet on them.
#[derive(Debug)]
pub struct Predictions {
    /// The forecasts, in order of time.
    pub forecasts: Vec<Forecast>,
    /// The bets, placed and refused.
    pub bets: Memory,
    /// What was read.
    pub matches: Arc<Matches>,
}

/// Learns from the matches that were played, then predicts the fixtures that were not, and stakes them.
///
/// # Errors
/// When a setting is out of range or a model fails.
pub fn predict_fixtures(
    config: &EngineConfig,
    replay: ReplayConfig,
    matches: Matches,
) -> Result<Predictions, Error> {
    let matches = Arc::new(matches);
    let fixtures = ReplayConfig {
        offered: Offered::Fixtures,
        ..replay
    };
    let mut replay = Replay::new(Arc::clone(&matches), fixtures);
    let mut engine = Engine::new(config)?;
    let (mut forecasts, mut bets) = (Forecasts::default(), Memory::default());
    run(
        &mut replay,
        &mut engine,
        &mut [&mut forecasts, &mut bets],
        &mut |_| {},
    )?;
    Ok(Predictions {
        forecasts: forecasts.0,
        bets,
        matches,
    })
}

/// Keeps the forecasts.
#[derive(Default)]
struct Forecasts(Vec<Forecast>);

impl Sink for Forecasts {
    fn write(&mut self, entry: &Entry, _names: &Names) -> Result<(), SinkError> {
        if let Entry::Predicted(forecast) = entry {
            self.0.push(forecast.clone());
        }
        Ok(())
    }
}

/// A goal model fitted to a pool of leagues.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The leagues, joined by `+`.
    pub pool: String,
    /// The day it was fitted for: weights fade from there into the past.
    pub as_of: Time,
    /// The parameters.
    pub fit: Fit,
    /// The teams, in the order of the parameters.
    pub teams: Vec<TeamId>,
}

/// Fits the model to what was played up to the day `to`, a fit for each pool of leagues, as of the day
/// after the pool's last match.
///
/// Empty when the model has no teams (`average`, `market`).
///
/// # Errors
/// When a setting is out of range or a fit does not converge.
pub fn fit(
    config: &EngineConfig,
    to: Option<Time>,
    matches: &Matches,
) -> Result<Vec<Fitted>, Error> {
    let model = config.model.clone().unwrap_or_default();
    let mut fitted = Vec::new();
    for (pool, played) in pools(&config.pools, to, matches) {
        let Some(goal_model) = predict::goal_model(&model).map_err(EngineError::from)? else {
            break;
        };
        fitted.push(fit_pool(pool, goal_model, &played)?);
    }
    Ok(fitted)
}

fn fit_pool(pool: String, mut model: GoalModel, played: &[&Record]) -> Result<Fitted, Error> {
    use crate::predict::Predictor as _;
    for record in played {
        if let Some(score) = record.score {
            model.observe(&Match {
                fixture: Arc::clone(&record.fixture),
                score,
            });
        }
    }
    let as_of = played
        .last()
        .map_or(Time::default(), |record| record.fixture.day)
        + Time::DAY;
    let (fit, teams) = model.fit_at(as_of).map_err(|source| EngineError::Predict {
        league: pool.clone(),
        day: schema::format_date(as_of),
        source,
    })?;
    Ok(Fitted {
        pool,
        as_of,
        fit,
        teams,
    })
}

/// The played matches up to the last day asked for, by pool.
fn pools<'a>(
    shared: &[Vec<String>],
    to: Option<Time>,
    matches: &'a Matches,
) -> BTreeMap<String, Vec<&'a Record>> {
    let mut pools: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    let within = |record: &&Record| to.is_none_or(|to| record.fixture.day <= to);
    for record in matches
        .records
        .iter()
        .filter(|record| record.score.is_some())
        .filter(within)
    {
        let pool = pool_name(matches.names.league(record.fixture.league), shared);
        pools.entry(pool).or_default().push(record);
    }
    pools
}
