//! Many seeded runs, and their results together.
//!
//! A run is a backtest of an invented league: the same engine, the same ledger. Its matches are a function of the seed
//! and the run's number alone, so that every strategy meets the same ones, and runs may be played in any order, on any
//! number of threads.

mod bins;
mod blocks;
mod distribution;
mod emit;
mod fan;
mod figures;
mod files;
mod like;
mod machine;
mod moments;
mod play;
mod render;
mod sentences;
mod simulation_report;
mod tables;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

use crate::config::SimulationConfig;
use crate::error::Error;
use crate::source::SourceError;

pub use distribution::{Distribution, DistributionSummary, QUANTILES};
pub(crate) use emit::{EmitError, EmittedMatches};
pub use fan::{Fan, FanPoint, points as fan_points};
pub(crate) use files::{RunTable, write_fan};
pub use like::league_like;
pub(crate) use machine::json;
pub use moments::{Mean, Moments};
pub use play::{RunResult, RunSimulator};
pub(crate) use render::{fan_chart, render};
pub(crate) use sentences::{headline, headline_of_run};
pub use simulation_report::{Difference, Share, SimulationReport, StrategyStats};

/// Runs that each thread plays before their results are added up.
const RUNS_PER_THREAD: u64 = 64;

/// Plays every run with every strategy. `each` is handed the results in order of the runs, one for each strategy;
/// `progress` gets the number of runs played, and may be called from any thread.
///
/// Once `stop` is raised, no further run begins or ends: the report then has the runs so far.
///
/// # Errors
/// When a setting is out of range, a model fails, or `each` does.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use simbet::{Settings, SimulationConfig, SimulationSettings};
/// let settings = Settings::from_toml("model = 'truth'").unwrap();
/// let simulation = SimulationSettings { runs: Some(20), seed: 1, ruin: 0.5, ..SimulationSettings::default() };
/// let config = SimulationConfig::resolve(&settings, &simulation, None).unwrap();
/// let report = simbet::simulate(&config, &AtomicBool::new(false), &mut |_| Ok(()), &|_| {}).unwrap();
/// assert_eq!(report.strategies[0].runs(), 20);
/// ```
pub fn simulate(
    config: &SimulationConfig,
    stop: &AtomicBool,
    each: &mut dyn FnMut(&[RunResult]) -> Result<(), Error>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SimulationReport, Error> {
    let runs = config.first_run..config.first_run + config.runs;
    simulate_runs(config, runs, stop, each, progress)
}

/// The same for some of the runs. Reports of neighbours are joined to that of all.
///
/// # Errors
/// As for [`simulate`].
pub(crate) fn simulate_runs(
    config: &SimulationConfig,
    runs: Range<u64>,
    stop: &AtomicBool,
    each: &mut dyn FnMut(&[RunResult]) -> Result<(), Error>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SimulationReport, Error> {
    let mut report = SimulationReport::from(config, runs.start);
    let mut simulators = simulators(config)?;
    let done = AtomicU64::new(0);
    let (mut first, end) = (runs.start, runs.end);
    while first < end {
        let last = end.min(first + simulators.len() as u64 * RUNS_PER_THREAD);
        for results in play(&mut simulators, first..last, stop, &|| {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1)
        }) {
            match results {
                Err(Error::Source(SourceError::Stopped)) => return Ok(report),
                results => {
                    let results = results?;
                    report.add(&results);
                    each(&results)?;
                }
            }
        }
        first = last;
    }
    Ok(report)
}

/// Plays the runs, each simulator taking the next one as soon as it is free; the results come in order of the runs.
fn play(
    simulators: &mut [RunSimulator],
    runs: Range<u64>,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Vec<Result<Vec<RunResult>, Error>> {
    let next = AtomicU64::new(runs.start);
    let mut played: Vec<_> = simulators
        .par_iter_mut()
        .with_max_len(1)
        .flat_map_iter(|simulator| play_until(simulator, &next, runs.end, stop, done))
        .collect();
    // threads take runs in any order; the order of the results must not depend on that
    played.sort_unstable_by_key(|(run, _)| *run);
    played.into_iter().map(|(_, results)| results).collect()
}

/// A simulator for each thread.
fn simulators(config: &SimulationConfig) -> Result<Vec<RunSimulator>, Error> {
    (0..rayon::current_num_threads())
        .map(|_| RunSimulator::new(config))
        .collect()
}

/// The number of a run, and its result for each strategy.
type PlayedRun = (u64, Result<Vec<RunResult>, Error>);

/// Plays the next run that no thread has begun, until there is none before `end`.
fn play_until(
    simulator: &mut RunSimulator,
    next: &AtomicU64,
    end: u64,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Vec<PlayedRun> {
    let mut played = Vec::new();
    loop {
        let run = next.fetch_add(1, Ordering::Relaxed);
        if run >= end {
            return played;
        }
        let results = simulator.play(run, stop);
        done();
        played.push((run, results));
    }
}
