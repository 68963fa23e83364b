//! The profile in every format.

use std::io::{self, Write as _};

use super::{TuneConfig, TuneResult, machine, sentences, tables};
use crate::report::Format;
use crate::results;

/// The printed profile.
pub(crate) fn render(
    config: &TuneConfig,
    tuned: &TuneResult,
    format: Format,
    top: usize,
) -> io::Result<Vec<u8>> {
    // rendered in memory, since stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", machine::json(config, tuned))?,
        Format::Csv => {
            let (header, rows) = machine::table(config, tuned);
            results::csv::write_table(&mut out, &header, &rows)?;
        }
        Format::Table | Format::Markdown => {
            let headline = sentences::headline(config, tuned);
            writeln!(out, "{}\n", format.prose(&headline))?;
            for table in tables::tables(config, tuned, top) {
                table.write(&mut out, format)?;
                writeln!(out)?;
            }
            for sentence in sentences::sentences(config, tuned) {
                writeln!(out, "{}", format.prose(&sentence))?;
            }
        }
    }
    Ok(out)
}
