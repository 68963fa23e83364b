//! The only loop: rounds from a source, through the engine, to the metrics and the sinks.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use crate::checkpoint::{self, CheckpointError};
use crate::domain::Round;
use crate::engine::{Engine, EngineError, Predictions};
use crate::error::Error;
use crate::metrics::{Metrics, Summary};
use crate::predict::PredictError;
use crate::sink::Sink;
use crate::source::{NextRound, Source, SourceError, Stage};

/// Results and offers handed to the engine at once, for each pool of leagues: enough for pools that predict in parallel
/// to be worth it, few enough to stay in the processor's cache.
const BATCH: usize = 256;

/// Folds every round of a source. `progress` gets the number of rounds that are done.
///
/// # Errors
/// When the source, the engine or a sink fails; what earlier batches of rounds wrote stays written.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Engine, Replay, RunConfig, Settings, read_bytes, run};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let mut source = Replay::new(Arc::new(matches), config.replay);
/// let mut engine = Engine::new(&config.engine).unwrap();
/// let summary = run(&mut source, &mut engine, &mut [], &mut |_| {}).unwrap();
/// assert_eq!((summary.bets, summary.profit.units()), (1, 60.0));
/// ```
pub fn run(
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let metrics = Metrics::new(engine.ledger().bankroll().balance());
    fold(source, engine, sinks, metrics, progress)
}

/// Continues another run from the state that its source was given
/// ([`Source::commit`]). Engine and sinks must be made as they were there, and the source must continue from the same point.
///
/// # Errors
/// When the bytes are no such state, were damaged, or are of a run with other settings or sinks; and as [`run()`].
///
/// ```
/// use std::sync::Arc;
/// use simbet::{CheckpointError, Engine, Error, Replay, RunConfig, Settings, read_bytes, resume};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let settings = Settings::from_toml("strategy = 'flat'\nselections = ['home']").unwrap();
/// let config = RunConfig::resolve(&settings).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let mut source = Replay::new(Arc::new(matches), config.replay);
/// let mut engine = Engine::new(&config.engine).unwrap();
/// let error = resume(b"not a state", &mut source, &mut engine, &mut [], &mut |_| {}).unwrap_err();
/// assert!(matches!(error, Error::State(CheckpointError::Damaged { .. })));
/// ```
pub fn resume(
    state: &[u8],
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let checkpoint: Checkpoint = checkpoint::open(STATE, state)?;
    ensure_same_outputs(&checkpoint.sinks, sinks)?;
    engine.restore(&checkpoint.engine)?;
    for (sink, saved) in sinks.iter_mut().zip(&checkpoint.sinks) {
        sink.restore(&saved.state)?;
    }
    fold(source, engine, sinks, checkpoint.metrics, progress)
}

/// The kind of a run's saved state.
const STATE: &str = "checkpoint of a run";

/// The state of a run without its source.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    engine: Vec<u8>,
    metrics: Metrics,
    sinks: Vec<SavedSink>,
}

/// The state of an output, under its name.
#[derive(Serialize, Deserialize)]
struct SavedSink {
    name: String,
    state: Vec<u8>,
}

impl SavedSink {
    fn of(sink: &dyn Sink) -> Result<Self, CheckpointError> {
        Ok(Self {
            name: sink.name().to_owned(),
            state: sink.save()?,
        })
    }
}

/// Checks that a run continues with the outputs that it began with.
fn ensure_same_outputs(
    saved: &[SavedSink],
    sinks: &[&mut dyn Sink],
) -> Result<(), CheckpointError> {
    let before: Vec<&str> = saved.iter().map(|sink| sink.name.as_str()).collect();
    let now: Vec<&str> = sinks.iter().map(|sink| sink.name()).collect();
    if before == now {
        return Ok(());
    }
    let difference = format!("other outputs: {}, not {}", joined(&before), joined(&now));
    Err(CheckpointError::OtherRun {
        what: STATE.to_owned(),
        difference,
    })
}

fn joined(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// The state of everything in a run except its source.
fn state(
    engine: &Engine,
    sinks: &[&mut dyn Sink],
    metrics: &Metrics,
) -> Result<Vec<u8>, CheckpointError> {
    let sinks: Result<_, CheckpointError> = sinks.iter().map(|sink| SavedSink::of(*sink)).collect();
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
    engine.keep_prices(sinks.iter().any(|sink| sink.wants_prices()));
    engine.keep_details(sinks.iter().any(|sink| sink.wants_details()));
    loop {
        let (filled, last) = fill(source, &mut batch, BATCH * engine.pools().max(1))?;
        let rounds = &batch[..filled];
        if rounds.is_empty() {
            // stream entries that make no round, such as repeated ones, are committed too
            source.commit(&|| state(engine, sinks, &metrics))?;
            if last == NextRound::End {
                return Ok(engine.complete(metrics.summary()));
            }
            continue;
        }
        entries.clear();
        source.reached(Stage::Started);
        let predictions = match predict(source, engine, rounds) {
            // nothing of these rounds was done or committed: whoever goes on begins with them
            Err(Error::Source(SourceError::Stopped)) if source.is_endless() => {
                return Ok(engine.complete(metrics.summary()));
            }
            predictions => predictions?,
        };
        source.reached(Stage::Predicted);
        engine.decide(rounds, predictions, &mut entries);
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

/// The models' predictions; a fit that was stopped ends the run as the source itself would.
fn predict(
    source: &dyn Source,
    engine: &mut Engine,
    rounds: &[Round],
) -> Result<Predictions, Error> {
    let never = AtomicBool::new(false);
    let stop = source.stop().unwrap_or(&never);
    engine
        .predict(rounds, source.names(), stop)
        .map_err(|error| match error {
            EngineError::Predict {
                source: PredictError::Stopped,
                ..
            } => SourceError::Stopped.into(),
            error => error.into(),
        })
}

/// Fetches rounds into reused buffers, until they hold `enough` results and offers or the source has no more for now.
/// Returns their number, and what the source returned last.
fn fill(
    source: &mut dyn Source,
    batch: &mut Vec<Round>,
    enough: usize,
) -> Result<(usize, NextRound), Error> {
    let (mut filled, mut events) = (0, 0);
    while events < enough {
        if filled == batch.len() {
            batch.push(Round::default());
        }
        let next = source.next_round(&mut batch[filled])?;
        if next != NextRound::Round {
            return Ok((filled, next));
        }
        // an empty round counts as one, so that a batch of empty rounds ends
        let round = &batch[filled];
        events += 1 + round.results.len() + round.offers.len() + round.lessons.len();
        filled += 1;
    }
    Ok((filled, NextRound::Round))
}
