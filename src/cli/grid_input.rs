//! What the settings of a grid read.

use std::sync::Arc;

use super::{Console, input, probabilities, usage};
use crate::backtest::{LoadedProbabilities, untaught};
use crate::config::GridPoint;
use crate::predict::{ModelKind, Outside};
use crate::source::{Matches, ReadConfig, SourceError};

/// Reads the inputs as each setting wants them. Settings that read them in the same way share the matches.
pub struct InputReader<'a> {
    inputs: &'a [String],
    console: Console,
    last: Option<(ReadConfig, Arc<Matches>)>,
}

impl<'a> InputReader<'a> {
    pub const fn new(inputs: &'a [String], console: Console) -> Self {
        Self {
            inputs,
            console,
            last: None,
        }
    }

    pub fn read(&mut self, config: &ReadConfig) -> Result<Arc<Matches>, SourceError> {
        if let Some((_, matches)) = self.last.as_ref().filter(|(same, _)| same == config) {
            return Ok(Arc::clone(matches));
        }
        // dropped before the next ones are read, so that memory holds one set at a time
        self.last = None;
        let console = self.console;
        // notes on the files are shown for the first reading only
        self.console.quiet = true;
        let matches = Arc::new(input::read(self.inputs, config, console)?);
        self.last = Some((config.clone(), Arc::clone(&matches)));
        Ok(matches)
    }
}

/// Gives the models of files their probabilities. Settings that read them in the same way share them.
pub fn load_probabilities(
    inputs: &[String],
    points: &mut [GridPoint],
    reader: &mut InputReader<'_>,
    console: Console,
) -> anyhow::Result<()> {
    let mut known: Vec<(Option<Outside>, ReadConfig, LoadedProbabilities)> = Vec::new();
    let mut markets: Vec<_> = points
        .iter()
        .flat_map(|point| point.config.engine.strategy.markets.iter().copied())
        .collect();
    markets.sort_unstable();
    markets.dedup();
    for GridPoint { config, .. } in points {
        let of_files = config.engine.model.as_ref();
        let Some(model) = of_files.filter(|model| model.kind == ModelKind::File) else {
            continue;
        };
        let (wanted, read) = (model.outside.clone(), config.read.clone());
        let same = known
            .iter()
            .find(|known| (&known.0, &known.1) == (&wanted, &read));
        if let Some((.., loaded)) = same {
            loaded.install(&mut config.engine);
            continue;
        }
        let (files, matches) =
            probabilities::read_beside(&config.engine, &read, inputs, console, |read| {
                reader.read(read)
            })?;
        if let Some(files) = files {
            let loaded = LoadedProbabilities::of(&files, Some(&matches))?;
            let coverage = loaded.coverage(&matches, &config.replay, &markets)?;
            probabilities::note(&coverage, console);
            loaded.install(&mut config.engine);
            known.push((wanted, read, loaded));
        }
    }
    Ok(())
}

/// Checks that what the settings of a grid name to learn from is in the files.
pub fn ensure_taught(
    points: &[GridPoint],
    asked: &[String],
    reader: &mut InputReader<'_>,
) -> anyhow::Result<()> {
    const TEACHING: [&str; 3] = ["learn", "goals_column", "weight_column"];
    if !asked.iter().any(|name| TEACHING.contains(&name.as_str())) {
        return Ok(());
    }
    for point in points {
        let matches = reader.read(&point.config.read)?;
        let mut missing = untaught(&point.config, &matches).into_iter();
        if let Some((_, sentence)) = missing.find(|(name, _)| asked.iter().any(|it| it == name)) {
            return Err(usage(sentence));
        }
    }
    Ok(())
}
