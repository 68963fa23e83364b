//! A part of the runs of a simulation, played for others to put together.

use std::ops::Range;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::{Simulate, stage_first_predictions, unwritable};
use crate::checkpoint;
use crate::cli::{Console, Typed, progress, signals, usage};
use crate::config::{Shard, SimulationConfig};
use crate::error::Error;
use crate::report::text_table::{count, counted};
use crate::results::{Committed, Folder, Span, ensure_no_other_part, names};
use crate::simulate::{self, RunTable, SimulationReport};
use crate::source::synthetic::LeagueConfig;
use crate::source::{Input, SourceError};

/// The name of the command in its parts.
pub const COMMAND: &str = "simulate";

/// What a part belongs to.
pub struct PartOf<'a> {
    pub league: Option<LeagueConfig>,
    pub inputs: Vec<Input>,
    pub typed: &'a Typed,
}

impl Simulate {
    /// What a part cannot do.
    pub(super) fn check_shard(&self, is_single: bool, typed: &Typed) -> anyhow::Result<()> {
        if self.shard.is_none() {
            return Ok(());
        }
        if is_single {
            return Err(usage(
                "--shard shares out many runs: say how many with --runs",
            ));
        }
        typed.refuse(
            &["format"],
            "a part prints no results; give it to simbet merge",
        )
    }

    /// Plays the runs of a part, and writes them to a folder.
    pub(super) fn part(
        &self,
        shard: Shard,
        config: &SimulationConfig,
        whole: &PartOf<'_>,
        console: Console,
    ) -> anyhow::Result<()> {
        let places = shard.of(config.runs);
        let runs = config.first_run + places.start..config.first_run + places.end;
        let out = self.out.as_deref().unwrap_or_else(|| Path::new("."));
        let mut run = json!({
            "command": self.layers.record(&whole.typed.arguments)?,
            "league": whole.league,
            "inputs": whole.inputs,
            "config": config,
        });
        Span::new(COMMAND, shard, places, config.runs).mark(&mut run);
        ensure_no_other_part(out, COMMAND, shard)?;
        let committed = write_part(out, config, &runs, &run, console)?;
        console.note(written(shard, &runs, config.runs, &committed));
        Ok(())
    }
}

/// Plays runs and writes them, all or nothing.
fn write_part(
    out: &Path,
    config: &SimulationConfig,
    runs: &Range<u64>,
    run: &Value,
    console: Console,
) -> anyhow::Result<Committed> {
    let stop = signals::stop_on_signals();
    let wait = signals::waiting(console);
    let mut folder = Folder::create(out, &wait)?;
    let report = stage_runs(&mut folder, config, runs, &stop, console)?;
    let wanted = runs.end - runs.start;
    anyhow::ensure!(
        report.runs() == wanted,
        "stopped after {} of {}: no part was written; repeat the command",
        count(report.runs()),
        counted(wanted, "run", "runs")
    );
    let bytes = checkpoint::encode(&report)?;
    folder.stage(names::BLOCKS, |out| out.write_all(&bytes))?;
    if runs.contains(&config.first_run) {
        stage_first_predictions(&mut folder, config, &stop)?;
    }
    Ok(folder.commit(run)?)
}

fn stage_runs(
    folder: &mut Folder<'_>,
    config: &SimulationConfig,
    runs: &Range<u64>,
    stop: &AtomicBool,
    console: Console,
) -> anyhow::Result<SimulationReport> {
    let bar = progress::runs(console, "simulating", runs.end - runs.start);
    let mut report = Err(Error::Source(SourceError::Stopped));
    folder.stage(&names::csv_file(names::RUNS), |out| {
        let mut table = RunTable::new(out, config);
        report = simulate::simulate_runs(
            config,
            runs.clone(),
            stop,
            &mut |results| table.write(results).map_err(unwritable),
            &|done| bar.set_position(done),
        );
        table.finish()
    })?;
    bar.finish_and_clear();
    Ok(report?)
}

/// What was written, and what to do when all parts are there.
fn written(shard: Shard, runs: &Range<u64>, all: u64, committed: &Committed) -> String {
    let (out, in_place) = (committed.path.display(), committed.in_place());
    let of = match runs.end - runs.start {
        0 => format!("no run, as there are only {}", count(all)),
        1 => format!("run {} of {}", count(runs.start), count(all)),
        _ => {
            let (first, last) = (count(runs.start), count(runs.end - 1));
            format!("runs {first} to {last} of {}", count(all))
        }
    };
    format!("{out} has part {shard}{in_place}: {of}; simbet merge puts the parts together")
}
