//! `simbet demo`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Console;
use super::target::{Kind, Target};
use crate::config::count_of;
use crate::results;
use crate::source::synthetic::Pyramid;

/// The arguments of `demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  simbet demo
  simbet backtest demo.csv --pool SIM1+SIM2")]
pub struct Demo {
    /// The file to write; an earlier demo is replaced, any other file is not
    #[arg(default_value = "demo.csv")]
    file: PathBuf,
    /// Seasons of both divisions
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    seasons: u8,
    /// The seed of everything random
    #[arg(long, value_parser = count_of::<u64>, default_value_t = 1)]
    seed: u64,
}

impl Demo {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let target = Target {
            option: "demo",
            path: &self.file,
            kind: Kind::Emitted,
        };
        target.check()?;
        let mut pyramid = Pyramid::new(self.seed, self.seasons);
        let mut rows = Vec::new();
        while let Some(season) = pyramid.next_season()? {
            rows.extend(season);
        }
        let (header, count) = (Pyramid::header(), rows.len());
        target.write(console, |out| results::csv::write_table(out, header, rows))?;
        console.note(written(&self.file, count));
        Ok(())
    }
}

/// What was written, and what can be done with it.
fn written(file: &Path, rows: usize) -> String {
    let file = file.display();
    format!(
        "{file}: {rows} invented matches of two divisions\ntry: simbet backtest {file} --pool SIM1+SIM2"
    )
}
