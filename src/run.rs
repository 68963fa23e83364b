//! The only loop: rounds from a source, through the engine, to the metrics and the sinks.

use crate::config::RunConfig;
use crate::domain::{Names, Round};
use crate::engine::Engine;
use crate::error::Error;
use crate::metrics::{Metrics, Summary};
use crate::sink::Sink;
use crate::source::{self, Matches, Replay, Source};

/// How far a run has come: rounds done, and rounds in all where that is known.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize);

/// Rounds handed to the engine at once in a replay: enough to keep the pools of leagues busy, few enough to
/// stay small.
const BATCH: usize = 1024;

/// Folds every round of a source.
///
/// # Errors
/// When the source, the engine or a sink fails; what was written before stays written.
pub fn run(
    source: &mut dyn Source,
    engine: &mut Engine,
    sinks: &mut [&mut dyn Sink],
    mut progress: impl FnMut(usize),
) -> Result<Summary, Error> {
    let mut metrics = Metrics::new(engine.ledger().bankroll().balance());
    let mut batch: Vec<Round> = Vec::new();
    let (mut entries, mut done) = (Vec::new(), 0);
    loop {
        let filled = fill(source, &mut batch)?;
        if filled == 0 {
            return Ok(metrics.summary());
        }
        entries.clear();
        engine.process(&batch[..filled], source.names(), &mut entries)?;
        for entry in &entries {
            metrics.observe(entry);
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
