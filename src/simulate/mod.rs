//! Many seeded runs, and what they come to together.
//!
//! A run is a backtest of an invented league: the same engine, the same ledger. Its matches are a function of the seed
//! and the run's number alone, so that every strategy meets the same ones, and runs may be played in any order, on any
//! number of threads.

mod distribution;
mod fan;
mod like;
mod moments;
mod play;
mod simulation_report;
pub(crate) mod tables;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

use crate::config::SimulationConfig;
use crate::error::Error;
use crate::source::SourceError;

pub use distribution::{Distribution, QUANTILES, Spread};
pub use fan::{Fan, FanPoint, points as fan_points};
pub use like::league_like;
pub use moments::{Mean, Moments};
pub use play::{Player, RunResult};
pub use simulation_report::{Difference, Share, SimulationReport, StrategyStats};

/// Runs that each thread plays before what they came to is added up.
const RUNS_PER_THREAD: u64 = 64;

/// Plays every run with every strategy. `each` is handed the results in order of the runs, one for each strategy;
/// `progress` is told how many runs have been played and may be called from any thread.
///
/// Once `stop` is raised no further run is begun or finished: what is returned are the runs up to there.
///
/// # Errors
/// When a setting is out of range, a model fails, or `each` does.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use simbet::config::{Settings, SimulationConfig, SimulationSettings};
/// let settings = Settings::from_toml("model = 'truth'").unwrap();
/// let simulation = SimulationSettings { runs: Some(20), seed: 1, ruin: 0.5, ..SimulationSettings::default() };
/// let config = SimulationConfig::resolve(&settings, &simulation, None).unwrap();
/// let compared = simbet::simulate::simulate(&config, &AtomicBool::new(false), &mut |_| Ok(()), &|_| {}).unwrap();
/// assert_eq!(compared.tallies[0].runs(), 20);
/// ```
pub fn simulate(
    config: &SimulationConfig,
    stop: &AtomicBool,
    each: &mut dyn FnMut(&[RunResult]) -> Result<(), Error>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SimulationReport, Error> {
    let mut compared = SimulationReport::new(config);
    let mut players = players(config)?;
    let done = AtomicU64::new(0);
    let (mut first, end) = (config.first_run, config.first_run + config.runs);
    while first < end {
        let last = end.min(first + players.len() as u64 * RUNS_PER_THREAD);
        for results in play(&mut players, first..last, stop, &|| {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1)
        }) {
            match results {
                Err(Error::Source(SourceError::Stopped)) => return Ok(compared),
                results => {
                    let results = results?;
                    compared.add(&results);
                    each(&results)?;
                }
            }
        }
        first = last;
    }
    Ok(compared)
}

/// Plays the runs, each player taking the next one as soon as it is free; the results come in order of the runs.
fn play(
    players: &mut [Player],
    runs: Range<u64>,
    stop: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Vec<Result<Vec<RunResult>, Error>> {
    let next = AtomicU64::new(runs.start);
    let play_on = |player: &mut Player| {
        let mut played = Vec::new();
        loop {
            let run = next.fetch_add(1, Ordering::Relaxed);
            if run >= runs.end {
                return played;
            }
            let results = player.play(run, stop);
            done();
            played.push((run, results));
        }
    };
    let mut played: Vec<_> = players
        .par_iter_mut()
        .with_max_len(1)
        .flat_map_iter(play_on)
        .collect();
    played.sort_unstable_by_key(|(run, _)| *run);
    played.into_iter().map(|(_, results)| results).collect()
}

/// A player for each thread.
fn players(config: &SimulationConfig) -> Result<Vec<Player>, Error> {
    (0..rayon::current_num_threads())
        .map(|_| Player::new(config))
        .collect()
}
