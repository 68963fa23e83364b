//! `simbet backtest`.

use std::path::PathBuf;

use clap::Args;

use super::output::{self, BetsFormat, Printed};
use super::settings::Layers;
use super::{Talk, input, progress};
use crate::report::Format;
use crate::report::breakdown::By;
use crate::run;
use crate::sink::Sink;
use crate::sink::memory::Memory;

/// What was typed after `backtest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet backtest datasets/epl.csv
  simbet backtest data/ --book ps --price close --strategy kelly --kelly-fraction 0.25 --by league
  simbet backtest E0.csv --strategy flat --selections home --format json --out results/")]
pub struct Backtest {
    /// Files, folders, globs, or - for stdin: CSV as football-data.co.uk publishes it, simbet's plain form, or Parquet
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    #[command(flatten)]
    layers: Layers,
    /// Form of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// List the bets
    #[arg(long, help_heading = "Output")]
    bets: bool,
    /// Group the bets
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Output")]
    by: Vec<By>,
    /// Write bets, bankroll.csv, summary.json and run.json to a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Form of the bets in --out
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    bets_format: BetsFormat,
}

impl Backtest {
    pub fn run(self, talk: Talk) -> anyhow::Result<()> {
        let config = self.layers.resolve()?;
        let matches = input::read(&self.inputs, &config.read, talk)?;
        let wants_rows = self.bets || !self.by.is_empty() || self.out.is_some();
        let mut memory = Memory::default();
        let sink: Option<&mut dyn Sink> = if wants_rows { Some(&mut memory) } else { None };
        let bar = progress::spinner(talk, "predicting and betting");
        let done =
            run::backtest(&config.engine, config.replay, matches, sink, &mut |rounds| bar.set_position(rounds as u64))?;
        bar.finish_and_clear();
        if let Some(folder) = &self.out {
            output::write_folder(folder, &config, &done, &memory, self.bets_format)?;
        }
        let printed = Printed { config: &config, done: &done, memory: &memory, by: &self.by, bets: self.bets };
        printed.print(self.format)?;
        // the system takes hundreds of thousands of matches back faster than they can be freed one by one
        std::mem::forget((done, memory));
        Ok(())
    }
}
