//! Lines that cannot be used: the first of them are reported, and all are kept in a file.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::Path;

use serde_json::json;

use super::notice::{Notice, Report};
use crate::source::stream::Refused;

/// Reports lines that cannot be used, and stores them in a file.
pub struct DeadLetterFile<'a> {
    report: Report<'a>,
    file: Option<BufWriter<File>>,
    failed: Option<io::Error>,
    refused: u64,
}

/// The most lines that are reported one by one; further ones are only stored.
const MOST_REPORTED: u64 = 20;

impl<'a> DeadLetterFile<'a> {
    /// Makes a writer of dead letters; without a path they are only reported.
    ///
    /// # Errors
    /// When the file cannot be created. An earlier one is replaced.
    ///
    /// ```
    /// use simbet::internals::trade::DeadLetterFile;
    ///
    /// let letters = DeadLetterFile::create(None, &|_| {}).unwrap();
    /// assert!(letters.finish().is_ok());
    /// ```
    pub fn create(path: Option<&Path>, report: Report<'a>) -> io::Result<Self> {
        Ok(Self {
            report,
            file: path.map(File::create).transpose()?.map(BufWriter::new),
            failed: None,
            refused: 0,
        })
    }

    /// Reports and stores a line. A file that cannot be written does not stop the trader: [`Self::finish`] returns the error.
    pub fn put(&mut self, refused: &Refused<'_>) {
        self.refused += 1;
        if self.refused <= MOST_REPORTED {
            (self.report)(Notice::Refused(refused));
        } else if self.refused == MOST_REPORTED + 1 {
            (self.report)(Notice::MoreRefused);
        }
        if let Some(file) = &mut self.file
            && let Err(error) = write_dead_letter(file, refused)
        {
            (self.file, self.failed) = (None, Some(error));
        }
    }

    /// Ends the file, and returns the error if a line could not be written.
    ///
    /// # Errors
    /// The first error of writing.
    pub fn finish(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

/// Whether dead letters may replace what is there: letters of an earlier run, a file with nothing to lose, or no file but a
/// pipe.
pub(crate) fn is_replaceable(path: &Path) -> bool {
    if !path.is_file() {
        return true;
    }
    let mut found = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut found));
    read.is_ok() && (found.is_empty() || begins_as_letter(&String::from_utf8_lossy(&found)))
}

/// Whether a text begins like `{"line":2,"reason":"`.
fn begins_as_letter(text: &str) -> bool {
    let number = text.strip_prefix("{\"line\":").unwrap_or_default();
    let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < number.len() && rest.starts_with(",\"reason\":\"")
}

fn write_dead_letter(out: &mut impl Write, refused: &Refused<'_>) -> io::Result<()> {
    let original = String::from_utf8_lossy(refused.original);
    let line = json!({ "line": refused.number, "reason": refused.reason.to_string(), "original": original });
    writeln!(out, "{line}")?;
    // flushed at once, so that the file has complete lines during the run
    out.flush()
}
