//! The parts of a simulation, put together.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{Simulate, finish};
use crate::checkpoint;
use crate::cli::recorded::Recorded;
use crate::cli::{Console, signals, usage};
use crate::config::SimulationConfig;
use crate::predict::Outside;
use crate::report::Format;
use crate::results::{Folder, Part, names};
use crate::simulate::{self, SimulationReport};

/// Writes and prints what one command would have, from all parts in the order of their runs.
pub fn merge(
    mut command: Simulate,
    recorded: Recorded,
    parts: &[Part],
    out: &Path,
    format: Format,
    console: Console,
) -> anyhow::Result<()> {
    let first = &parts[0];
    command.layers.take_from(recorded);
    let config = command.config_of(&first.run)?;
    if json!(config) != first.run["config"] {
        return Err(first.of_other_build().into());
    }
    let report = report(&config, parts)?;
    // what is damaged is found before anything is written
    let predictions = predictions(parts)?;
    let wait = signals::waiting(console);
    let mut folder = Folder::create(out, &wait)?;
    folder.stage(&names::csv_file(names::RUNS), |out| {
        parts.iter().try_fold(false, |has_header, part| {
            append_runs(out, &part.path, has_header)
        })?;
        Ok(())
    })?;
    if let Some(bytes) = predictions {
        let name = names::csv_file(names::PREDICTIONS);
        folder.stage(&name, |out| out.write_all(&bytes))?;
    }
    let run = json!({ "inputs": first.run["inputs"] });
    let environment = command.environment(&config)?;
    let written = finish(folder, &config, &report, (run, &environment))?;
    console.wrote(&written);
    crate::cli::print(&simulate::render(&config, &report, format)?, format)
}

impl Simulate {
    /// The settings, with the league and the models as the part found them.
    fn config_of(&self, run: &Value) -> anyhow::Result<SimulationConfig> {
        let silent = Console { quiet: true };
        let settings = self.settings(silent)?;
        let league = Option::deserialize(&run["league"])?;
        let config = SimulationConfig::resolve(&settings, &self.simulation(), league);
        let mut config = config.map_err(usage)?;
        let recorded = run["config"]["contenders"].as_array().into_iter().flatten();
        for (strategy, recorded) in config.strategies.iter_mut().zip(recorded) {
            if let Some(model) = &mut strategy.engine.model {
                let outside = &recorded["model"]["outside"];
                model.outside = Option::<Outside>::deserialize(outside)?;
            }
        }
        Ok(config)
    }
}

/// The report on the runs of all parts.
fn report(config: &SimulationConfig, parts: &[Part]) -> anyhow::Result<SimulationReport> {
    let mut report = SimulationReport::new(config);
    for part in parts {
        let bytes = part.bytes(names::BLOCKS)?;
        let of_part = checkpoint::decode::<SimulationReport>("part", &bytes);
        let of_part = of_part.map_err(anyhow::Error::new);
        let joined = of_part.map(|of_part| report.join(&of_part));
        if !matches!(joined, Ok(true)) {
            let problem = "it does not have the runs that its run.json says";
            return Err(part.damaged(names::BLOCKS, problem).into());
        }
        part.check(&names::csv_file(names::RUNS))?;
    }
    Ok(report)
}

/// Copies the rows of a part, and the header of the first one that has rows; whether there is a header now.
fn append_runs(out: &mut dyn Write, part: &Path, has_header: bool) -> io::Result<bool> {
    let mut rows = BufReader::new(File::open(part.join(names::csv_file(names::RUNS)))?);
    let mut header = Vec::new();
    rows.read_until(b'\n', &mut header)?;
    if !has_header {
        out.write_all(&header)?;
    }
    io::copy(&mut rows, out)?;
    Ok(has_header || !header.is_empty())
}

/// The predictions of the first run, which are in the part that has it.
fn predictions(parts: &[Part]) -> anyhow::Result<Option<Vec<u8>>> {
    let name = names::csv_file(names::PREDICTIONS);
    let with_first = parts.iter().find(|part| part.has(&name));
    Ok(with_first.map(|part| part.bytes(&name)).transpose()?)
}
