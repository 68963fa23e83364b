//! An assessment as it is printed.

use std::io::{self, Write};

use super::{Assessment, sentences, tables};
use crate::report::Format;
use crate::report::text_table::counted;

/// What was assessed, in one line.
pub fn headline(found: &Assessment, files: &[String]) -> String {
    let named = match files {
        [one] => one.clone(),
        [first, rest @ ..] => format!(
            "{first} and {}",
            counted(rest.len() as u64, "other file", "other files")
        ),
        [] => String::new(),
    };
    let bets = counted(found.counts.settled, "settled bet", "settled bets");
    format!("{bets} of {named}")
}

/// Writes the tables and the sentences.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    out: &mut dyn Write,
    found: &Assessment,
    files: &[String],
    format: Format,
) -> io::Result<()> {
    writeln!(out, "{}\n", format.prose(&headline(found, files)))?;
    for table in tables::all(found) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    let sentences = sentences::all(found);
    for (place, sentence) in sentences.iter().enumerate() {
        // Markdown would run lines together
        if place > 0 && format == Format::Markdown {
            writeln!(out)?;
        }
        writeln!(out, "{}", format.prose(sentence))?;
    }
    Ok(())
}
