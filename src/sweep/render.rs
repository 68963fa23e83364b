//! The results of a sweep, in every format.

use std::io::{self, Write as _};

use super::{SweepConfig, SweepResult, machine, sentences, tables};
use crate::report::{Format, summary};
use crate::results;

/// The printed results.
pub(crate) fn render(
    config: &SweepConfig,
    swept: &SweepResult,
    format: Format,
    top: usize,
) -> io::Result<Vec<u8>> {
    // rendered in memory, since stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", machine::json(config, swept, top))?,
        Format::Csv => write_csv(&mut out, config, swept, top)?,
        Format::Table | Format::Markdown => write_text(&mut out, config, swept, format, top)?,
    }
    Ok(out)
}

fn write_csv(
    out: &mut Vec<u8>,
    config: &SweepConfig,
    swept: &SweepResult,
    top: usize,
) -> io::Result<()> {
    let (header, rows) = (machine::header(config, swept), machine::rows(config, swept));
    results::csv::write_table(out, &header, rows.take(top))?;
    writeln!(out)?;
    machine::data_snooping_table(&swept.data_snooping).write(out, Format::Csv)
}

fn write_text(
    out: &mut Vec<u8>,
    config: &SweepConfig,
    swept: &SweepResult,
    format: Format,
    top: usize,
) -> io::Result<()> {
    let headline = sentences::headline(config, swept);
    writeln!(out, "{}\n", format.prose(&headline))?;
    summary::write_first(out, &sentences::first_sentences(swept))?;
    for table in tables::tables(config, swept, top) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    for sentence in sentences::later_sentences(config, swept) {
        writeln!(out, "{}", format.prose(&sentence))?;
    }
    Ok(())
}
