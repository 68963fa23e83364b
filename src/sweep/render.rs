//! What a sweep came to, in every form in which it is printed.

use std::io::{self, Write as _};

use super::{SweepConfig, Swept, machine, sentences, tables};
use crate::report::Format;
use crate::results;

/// Everything that is printed.
pub(crate) fn render(
    config: &SweepConfig,
    swept: &Swept,
    format: Format,
    top: usize,
) -> io::Result<Vec<u8>> {
    // in memory first: stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", machine::json(config, swept, top))?,
        Format::Csv => write_csv(&mut out, config, swept, top)?,
        Format::Table | Format::Markdown => write_text(&mut out, config, swept, format, top)?,
    }
    Ok(out)
}

fn write_csv(out: &mut Vec<u8>, config: &SweepConfig, swept: &Swept, top: usize) -> io::Result<()> {
    let (header, mut rows) = machine::table(config, swept);
    rows.truncate(top);
    results::csv::write_table(out, &header, &rows)?;
    writeln!(out)?;
    machine::data_snooping_table(&swept.data_snooping).write(out, Format::Csv)
}

fn write_text(
    out: &mut Vec<u8>,
    config: &SweepConfig,
    swept: &Swept,
    format: Format,
    top: usize,
) -> io::Result<()> {
    writeln!(out, "{}\n", sentences::headline(config, swept))?;
    for table in tables::tables(config, swept, top) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    for sentence in sentences::sentences(config, swept) {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}
