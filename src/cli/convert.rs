//! `simbet convert`.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::settings::ReplayLayers;
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
        self.is_parquet()?;
        let inputs = [&self.inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--output", Some(&self.output), &inputs)?;
        let matches = input::read(&self.inputs, &config.read, console)?;
        let books = config.engine.strategy.books.books();
        ensure_prices(&matches, books, &config.read.markets)?;
        self.write(&matches, books)?;
        left_out::note(console, &left_out::prices(&matches.left_out));
        Ok(())
    }

    fn write(&self, matches: &Matches, books: &[Book]) -> anyhow::Result<()> {
        let form = PlainForm::of(matches, books);
        let columns = form.columns();
        let rows = form.rows(matches, books);
        if self.is_parquet()? {
            let rows: Vec<_> = rows.collect();
            write("--output", &self.output, |out| {
                results::parquet::write_table(out, &columns, &rows, is_price)
            })
        } else {
            write("--output", &self.output, |out| {
                results::csv::write_table(out, columns, rows)
            })
        }
    }

    fn is_parquet(&self) -> anyhow::Result<bool> {
        let extension = self.output.extension();
        match extension.and_then(|extension| extension.to_str()) {
            Some("csv") => Ok(false),
            Some("parquet") => Ok(true),
            _ => Err(usage(format!(
                "--output must end in .csv or .parquet, not {:?}",
                self.output
            ))),
        }
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

/// Checks that a file which is there already is of the kind that would replace it, by how it begins.
pub fn ensure_replaceable(option: &str, path: &Path, beginning: &[u8]) -> anyhow::Result<()> {
    if !path.exists() || is_replaceable(path, beginning) {
        return Ok(());
    }
    Err(another_kind(option, path))
}

/// The error of a file that would be replaced by one of another kind.
pub fn another_kind(option: &str, path: &Path) -> anyhow::Error {
    usage(format!(
        "{option} would replace {}, which is another kind of file: choose another name",
        path.display()
    ))
}

/// Whether a file begins like this; an empty one has nothing to lose.
pub fn is_replaceable(path: &Path, beginning: &[u8]) -> bool {
    let mut found = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(beginning.len() as u64).read_to_end(&mut found));
    path.is_file() && read.is_ok() && (found.is_empty() || found == beginning)
}

/// Writes the file that an option names whole, and the folder it lies in where that is not there.
pub fn write(
    option: &str,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let (folder, name) = place(option, path)?;
    results::make_folder(&folder)?;
    Ok(results::write_file(&folder.join(name), write)?)
}

/// The folder and the name of a file that an option names, symbolic links followed; nothing but a file is replaced.
pub fn place(option: &str, path: &Path) -> anyhow::Result<(PathBuf, String)> {
    if path.as_os_str() == "-" {
        return Err(usage(format!(
            "{option} must name a file: it does not write to stdout"
        )));
    }
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(usage(format!(
            "{option} must name a file, but {} is not one",
            path.display()
        )));
    }
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| usage(format!("{option} must name a file, not {path:?}")))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok((folder.to_owned(), name.to_owned()))
}
