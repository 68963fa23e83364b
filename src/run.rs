//! The only loop: rounds from a source, through the engine, to the metrics and the sinks.

use std::sync::Arc;

use crate::config::RunConfig;
use crate::domain::{Names, Round, Time};
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::{Metrics, Summary};
use crate::sink::Sink;
use crate::source::{Matches, Replay, ReplayCounts, Source};

/// Rounds handed to the engine at once in a replay: enough to keep the pools of leagues busy, few enough to
/// stay small.
const BATCH: usize = 1024;

/// Folds every round of a source; `progress` is told how many rounds are done.
///
/// # Errors
/// When the source, the engine or a sink fails; what was written before stays written.
pub fn run(
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    progress: &mut dyn FnMut(usize),
) -> Result<Summary, Error> {
    let mut metrics = Metrics::new(engine.ledger().bankroll().balance());
    let mut batch: Vec<Round> = Vec::new();
    let (mut entries, mut done) = (Vec::new(), 0);
    loop {
        let filled = fill(source, &mut batch)?;
        let rounds = &batch[..filled];
        if rounds.is_empty() {
            return Ok(metrics.summary());
        }
        entries.clear();
        engine.process(rounds, source.names(), &mut entries)?;
        rounds.iter().flat_map(|round| &round.results).for_each(|_| metrics.count_match());
        for entry in &entries {
            metrics.record(entry);
            for sink in &mut *sinks {
                sink.write(entry, source.names())?;
            }
        }
        source.commit()?;
        done += filled;
        progress(done);
    }
}

/// Fetches up to [`BATCH`] rounds into buffers that are used again.
fn fill(source: &mut dyn Source, batch: &mut Vec<Round>) -> Result<usize, Error> {
    for filled in 0..BATCH {
        if filled == batch.len() {
            batch.push(Round::default());
        }
        if !source.next_round(&mut batch[filled])? {
            return Ok(filled);
        }
    }
    Ok(BATCH)
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
        let mut leagues: Vec<_> = self.matches.records.iter().map(|record| record.fixture.league).collect();
        leagues.sort_unstable();
        leagues.dedup();
        let mut names: Vec<_> = leagues.into_iter().map(|league| self.names().league(league)).collect();
        names.sort_unstable();
        names
    }
}

/// Replays matches through models, strategy and ledger; `progress` is told how many matches' rounds are done.
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
/// let done = backtest(&config, matches, None, &mut |_| {}).unwrap();
/// assert_eq!(done.summary.profit.units(), 60.0);
/// ```
pub fn backtest(
    config: &RunConfig,
    matches: Matches,
    sink: Option<&mut dyn Sink>,
    progress: &mut dyn FnMut(usize),
) -> Result<Done, Error> {
    let matches = Arc::new(matches);
    let mut replay = Replay::new(Arc::clone(&matches), config.replay);
    let mut engine = Engine::new(&config.engine)?;
    let mut sinks: Vec<&mut dyn Sink> = sink.into_iter().collect();
    let summary = run(&mut replay, &mut engine, &mut sinks, progress)?;
    Ok(Done { summary, replayed: replay.counts(), matches })
}
