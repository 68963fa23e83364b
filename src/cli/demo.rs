//! `simbet demo`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::target::{Kind, Target, USUAL_SEED};
use super::{Console, usage};
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
    /// The CSV file to write. A demo of this seed or of seed 1 is replaced, unless it was edited
    #[arg(default_value = "demo.csv")]
    file: PathBuf,
    /// Seasons of both divisions
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    seasons: u8,
    /// The seed of everything random
    #[arg(long, value_parser = count_of::<u64>, default_value_t = USUAL_SEED)]
    seed: u64,
}

impl Demo {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let target = Target {
            option: "demo",
            path: &self.file,
            kind: Kind::Demo { seed: self.seed },
        };
        ensure_csv(&self.file)?;
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

/// Checks that nobody takes the file for another kind by its name.
fn ensure_csv(file: &Path) -> anyhow::Result<()> {
    let extension = file.extension();
    if extension.is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        return Ok(());
    }
    Err(usage(format!(
        "demo writes CSV, so its file must end in .csv, not {file:?}; simbet convert makes Parquet of it"
    )))
}

/// What was written, and what can be done with it.
fn written(file: &Path, rows: usize) -> String {
    let file = file.display();
    format!(
        "{file}: {rows} invented matches of two divisions\ntry: simbet backtest {file} --pool SIM1+SIM2"
    )
}
