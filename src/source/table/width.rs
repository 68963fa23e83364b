//! The number of cells of rows, judged against their header.

use super::layout::Layout;
use super::lines::Line;
use crate::source::error::{Place, SourceError};

/// What is known of the rows under one header.
#[derive(Debug, Default)]
pub(super) struct Widths {
    /// The cells of the row before.
    last: usize,
    /// The first row.
    first: Option<u64>,
    /// Whether there is a row without content beyond the header.
    fits: bool,
    /// The line in which another header starts.
    joined: Option<u64>,
}

impl Widths {
    /// Whether the file ends in the middle of this row, as where a download broke off: it has no line end, and neither all cells
    /// that are needed nor those of the row before.
    pub fn breaks_off(&self, line: &Line<'_>, layout: &Layout) -> bool {
        let cells = line.cells.len();
        let is_short = cells < layout.width && (self.last == 0 || cells < self.last);
        line.unended && (line.open || is_short)
    }

    /// Takes note of a row.
    pub fn add(&mut self, line: &Line<'_>, layout: &Layout) {
        self.last = line.cells.len();
        self.first.get_or_insert(line.number);
        let beyond = layout.headers.len()..self.last;
        let mut beyond = beyond.map(|column| line.cells.get(column).trim_ascii());
        if beyond.clone().all(<[u8]>::is_empty) {
            self.fits = true;
        } else if beyond.any(|cell| cell == layout.header(layout.away_team).as_bytes()) {
            self.joined.get_or_insert(line.number);
        }
    }

    /// The error of rows that do not belong to their header.
    pub fn error(&self, file: &str) -> Option<SourceError> {
        let place = |line| Place {
            file: file.to_owned(),
            line,
            column: None,
        };
        if let Some(line) = self.joined {
            return Some(SourceError::JoinedHeader { place: place(line) });
        }
        let first = self.first.filter(|_| !self.fits)?;
        Some(SourceError::WideRows {
            place: place(first),
        })
    }
}
