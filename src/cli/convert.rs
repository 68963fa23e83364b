//! `simbet convert`.

use std::path::PathBuf;

use clap::Args;

use super::settings::ReplayLayers;
use super::target::{Kind, Target};
use super::{Console, apart, input, left_out, usage};
use crate::domain::{Book, MarketKind};
use crate::results;
use crate::source::{Matches, PlainForm, SourceError, WantedPrices, is_price};

/// The arguments of `convert`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  simbet convert data/ --book ps --output matches.parquet")]
pub struct Convert {
    /// Files, folders, globs, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// The file to write: its name ends in .csv or .parquet; a folder that is not there is made
    #[arg(short, long, value_name = "FILE", required = true)]
    output: PathBuf,
    #[command(flatten)]
    layers: ReplayLayers,
}

impl Convert {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        let mut config = self.layers.resolve_for_convert(console)?;
        config.read.books = Some(config.engine.strategy.books.books().to_vec());
        let target = self.target()?;
        let inputs = [&self.inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--output", Some(&self.output), &inputs)?;
        target.check()?;
        let matches = input::read(&self.inputs, &config.read, console)?;
        let books = config.engine.strategy.books.books();
        ensure_prices(&matches, books, &config.read.markets)?;
        write(&matches, books, target, console)?;
        left_out::note(console, &left_out::prices(&matches.left_out));
        Ok(())
    }

    fn target(&self) -> anyhow::Result<Target<'_>> {
        let extension = self.output.extension();
        let kind = match extension.and_then(|extension| extension.to_str()) {
            Some("csv") => Kind::PlainCsv,
            Some("parquet") => Kind::PlainParquet,
            _ => {
                return Err(usage(format!(
                    "--output must end in .csv or .parquet, not {:?}",
                    self.output
                )));
            }
        };
        Ok(Target {
            option: "--output",
            path: &self.output,
            kind,
        })
    }
}

fn write(
    matches: &Matches,
    books: &[Book],
    target: Target<'_>,
    console: Console,
) -> anyhow::Result<()> {
    let form = PlainForm::of(matches, books);
    let columns = form.columns();
    let rows = form.rows(matches, books);
    if target.kind == Kind::PlainParquet {
        let rows: Vec<_> = rows.collect();
        target.write(console, |out| {
            results::parquet::write_table(out, &columns, &rows, is_price)
        })
    } else {
        target.write(console, |out| results::csv::write_table(out, columns, rows))
    }
}

/// Checks that files with prices have some of the books that are written; files of results alone have none to lose.
fn ensure_prices(
    matches: &Matches,
    books: &[Book],
    markets: &[MarketKind],
) -> Result<(), SourceError> {
    if !matches.mention_prices() {
        return Ok(());
    }
    let wanted = |closing| WantedPrices {
        books,
        markets,
        closing,
        period: (None, None),
    };
    let before = matches.ensure_prices(wanted(false));
    before.or_else(|error| matches.ensure_prices(wanted(true)).map_err(|_| error))
}
