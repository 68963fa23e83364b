//! What input may come to at most, judged before anything is made of it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::config::ReadConfig;
use crate::source::error::SourceError;

/// The most bytes of a file.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// The most bytes of a line. A row of five hundred prices has four thousand.
const MOST_OF_LINE: usize = 1 << 20;

/// The most columns of a table, as of a sheet of a spreadsheet.
pub(super) const MOST_COLUMNS: usize = 1 << 14;

/// The rows that the files of one read may have together.
#[derive(Debug)]
pub(super) struct RowAllowance {
    most: u64,
    taken: AtomicU64,
}

impl RowAllowance {
    /// So many as the settings allow.
    pub fn of(config: &ReadConfig) -> Self {
        Self::new(config.max_rows)
    }

    /// This many.
    pub const fn new(most: u64) -> Self {
        Self {
            most,
            taken: AtomicU64::new(0),
        }
    }

    /// Takes the rows of a table; an error where all tables have too many.
    pub fn take(&self, rows: u64) -> Result<(), SourceError> {
        let before = self
            .taken
            .fetch_add(rows.min(u64::MAX / 2), Ordering::Relaxed);
        if before.saturating_add(rows) > self.most {
            // what follows is refused as well, and the sum does not wrap
            self.taken.store(u64::MAX / 2, Ordering::Relaxed);
            return Err(SourceError::TooManyRows { most: self.most });
        }
        Ok(())
    }

    /// The error of too many rows. Of which file they are depends on the order in which files are read, so that it is asked
    /// for before the errors of single files.
    pub fn ensure_kept(&self) -> Result<(), SourceError> {
        if self.taken.load(Ordering::Relaxed) > self.most {
            return Err(SourceError::TooManyRows { most: self.most });
        }
        Ok(())
    }
}

/// The number of lines of a text; an error where one is too long.
pub(super) fn count_lines(file: &str, text: &[u8], feed: u8) -> Result<u64, SourceError> {
    let (mut lines, mut start) = (0, 0);
    let ends = memchr::memchr_iter(feed, text).chain([text.len()]);
    for end in ends {
        if end - start > MOST_OF_LINE {
            return Err(SourceError::TooBig {
                file: file.to_owned(),
                what: format!("line {} has more than {MOST_OF_LINE} bytes", lines + 1),
                advice: "this is no table of matches, or its line ends were lost",
            });
        }
        lines += u64::from(end > start || end < text.len());
        start = end + 1;
    }
    Ok(lines)
}

/// Checks the number of columns of a header.
pub(super) fn ensure_columns(file: &str, columns: usize) -> Result<(), SourceError> {
    if columns <= MOST_COLUMNS {
        return Ok(());
    }
    Err(SourceError::TooBig {
        file: file.to_owned(),
        what: format!("a line has {columns} cells, more than {MOST_COLUMNS}"),
        advice: "this is no table of matches, or its line ends were lost",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whether_the_last_one_ends_or_not() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\nb", 2)] {
            assert_eq!(count_lines("a", text.as_bytes(), b'\n').unwrap(), lines);
        }
        let long = [b"a\n", &[b'x'; MOST_OF_LINE + 1][..]].concat();
        let error = count_lines("a.csv", &long, b'\n').unwrap_err().to_string();
        assert!(error.starts_with("a.csv: line 2 has more than"), "{error}");
    }

    #[test]
    fn all_tables_share_one_allowance() {
        let allowance = RowAllowance::new(10);
        assert!(allowance.take(4).is_ok() && allowance.take(6).is_ok());
        assert!(allowance.ensure_kept().is_ok());
        assert!(allowance.take(1).is_err() && allowance.ensure_kept().is_err());
        for rows in [11, u64::MAX] {
            let allowance = RowAllowance::new(10);
            assert!(allowance.take(rows).is_err());
            assert!(allowance.take(1).is_err() && allowance.take(u64::MAX).is_err());
        }
    }
}
