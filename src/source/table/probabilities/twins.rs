//! Columns of one name, of which only the first is read.

use super::super::cells;
use super::super::lines::{Cells, Line};
use super::layout::Layout;
use crate::source::error::SourceError;

/// Columns that are read, each with another one of its name.
#[derive(Debug, Default)]
pub(super) struct Twins(Vec<(usize, usize)>);

impl Twins {
    pub fn of(layout: &Layout) -> Self {
        let same = |first: usize| {
            let headers = layout.headers.iter().enumerate();
            headers
                .filter(move |(at, header)| *at > first && **header == layout.headers[first])
                .map(move |(at, _)| (first, at))
        };
        Self(layout.columns().flat_map(same).collect())
    }

    /// The error of a line in which two columns of one name contradict each other.
    pub fn contradiction(
        &self,
        layout: &Layout,
        file: &str,
        line: &Line<'_>,
    ) -> Option<SourceError> {
        let cell = |column| trimmed(line.cells, column);
        let Self(twins) = self;
        let &(first, second) = twins
            .iter()
            .find(|(first, second)| !say_the_same(cell(*first), cell(*second)))?;
        let shown = |column| -> String { cells::text(cell(column)).chars().take(24).collect() };
        Some(SourceError::Undecided {
            place: Box::new(layout.place(file, line.number, Some(second))),
            problem: format!(
                "this column has the name of another one and says {:?} where that says {:?}; delete or rename one of the two",
                shown(second),
                shown(first)
            ),
        })
    }
}

/// Whether two cells have the same text, or the same number: 0.5 and 0.50.
fn say_the_same(one: &[u8], other: &[u8]) -> bool {
    let number = |cell| cells::text(cell).parse::<f64>().ok();
    one == other || number(one).is_some_and(|one| number(other) == Some(one))
}

fn trimmed(cells: Cells<'_>, column: usize) -> &[u8] {
    cells.get(column).trim_ascii()
}
