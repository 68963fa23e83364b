//! What the rest of a season comes to, in every form in which it is printed.

use std::io::{self, Write as _};

use super::report::SeasonReport;
use super::tables;
use crate::report::Format;

/// Everything that is printed.
pub(crate) fn render(report: &SeasonReport<'_>, format: Format) -> io::Result<Vec<u8>> {
    // in memory first: stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", report.json())?,
        Format::Csv => report.teams_table().write(&mut out, format)?,
        Format::Table | Format::Markdown => {
            tables::teams_table(report).write(&mut out, format)?;
            writeln!(out, "\n{}", format.prose(&report.legend()))?;
        }
    }
    Ok(out)
}
