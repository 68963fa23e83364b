//! `simbet inspect`.

use std::io::Write;

use clap::Args;

use super::settings::ReplayLayers;
use super::{Console, progress};
use crate::config::Purpose;
use crate::domain::MarketKind;
use crate::report::{Format, inspection};
use crate::source::{self, ReadConfig};

/// The arguments of `inspect`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet inspect datasets/epl.csv
  simbet inspect scraped/ --format json

Exits with 1 when a file cannot be read, or the files contradict each other.")]
pub struct Inspect {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

impl Inspect {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        // every book and market, whatever would be bet on
        let read = ReadConfig {
            books: None,
            markets: MarketKind::ALL.to_vec(),
            ..self.layers.resolve(Purpose::Inspect, console)?.read
        };
        let bar = progress::bar(console, "reading");
        let inspection = source::inspect(&self.inputs, &read, &|done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        });
        bar.finish_and_clear();
        let inspection = inspection?;
        let mut out = Vec::new();
        if self.format == Format::Json {
            serde_json::to_writer_pretty(&mut out, &inspection)?;
            writeln!(out)?;
        } else {
            inspection::write(&mut out, &inspection, self.format)?;
        }
        super::print(&out, self.format)?;
        anyhow::ensure!(
            !inspection.has_problem(),
            "not everything could be read: see above"
        );
        Ok(())
    }
}
