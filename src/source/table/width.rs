//! The number of cells of rows, judged against their header.

use super::layout::Layout;
use super::lines::{Cells, Line};
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
    /// Whether rows end in two filled cells.
    has_both: bool,
    /// Whether a row has the last cell but one and not the last.
    has_one: bool,
}

impl Widths {
    /// Whether the file ends in the middle of this row, as where a download broke off: it has no line end, and neither all cells
    /// that are needed nor those of the row before, or its last cell is no whole one.
    pub fn breaks_off(&self, line: &Line<'_>, layout: &Layout) -> bool {
        let cells = line.cells.len();
        let is_short = cells < layout.width && (self.last == 0 || cells < self.last);
        line.unended && (line.open || is_short || self.is_cut(line.cells, layout))
    }

    /// Whether the last cell is cut: in the middle of a character, after the mark of decimals, or before its content, which all
    /// other rows have beside the cell before.
    fn is_cut(&self, cells: Cells<'_>, layout: &Layout) -> bool {
        let [before, last] = last_two(cells);
        if last.ends_with("\u{fffd}".as_bytes()) {
            return true;
        }
        let is_read = cells.len() == layout.width;
        let is_missing = last.is_empty() && !before.is_empty();
        is_read && (ends_in_mark(last) || is_missing && self.has_both && !self.has_one)
    }

    /// Takes note of a row.
    pub fn add(&mut self, line: &Line<'_>, layout: &Layout) {
        self.last = line.cells.len();
        self.first.get_or_insert(line.number);
        let [before, last] = last_two(line.cells).map(|cell| !cell.is_empty());
        self.has_both |= before && last;
        self.has_one |= before && !last;
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

/// The last cell but one, and the last.
fn last_two(cells: Cells<'_>) -> [&[u8]; 2] {
    let cell = |back| {
        let column = cells.len().checked_sub(back);
        column.map_or(&b""[..], |column| cells.get(column).trim_ascii())
    };
    [cell(2), cell(1)]
}

/// Whether a number ends in the mark of its decimals.
fn ends_in_mark(cell: &[u8]) -> bool {
    match cell {
        [digits @ .., b'.' | b','] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}
