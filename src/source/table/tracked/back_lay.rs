//! The column that says whether a bet is on its selection or against it, whatever it is called.

use super::super::lines::Line;
use super::columns::Columns;
use super::names::Target;
use super::words;

/// What the cells of each column say of that.
#[derive(Debug, Default)]
pub(super) struct SideCells {
    /// By column: how many lay, and whether one says anything but back or lay.
    columns: Vec<(u64, bool)>,
}

impl SideCells {
    /// Takes note of the cells of a row.
    pub fn add(&mut self, line: &Line<'_>) {
        if self.columns.len() < line.cells.len() {
            self.columns.resize(line.cells.len(), (0, false));
        }
        for ((lays, says_else), cell) in self.columns.iter_mut().zip(line.cells.iter()) {
            if !*says_else && !cell.trim_ascii().is_empty() {
                let is_lay = words::is_lay(cell);
                *lays += u64::from(is_lay);
                *says_else = !is_lay && !words::is_back(cell);
            }
        }
    }

    /// Takes the column of which every cell says back or lay, and some lay, where none has a name that says so. A column of the
    /// kinds of bets keeps its place.
    pub fn take(&self, columns: &mut Columns, assumptions: &mut Vec<String>) {
        if columns.get(Target::BackLay).is_some() {
            return;
        }
        let kind = columns.get(Target::Kind);
        let mut found = self.columns.iter().take(columns.headers.len()).enumerate();
        let found =
            found.find(|(at, (lays, says_else))| *lays > 0 && !says_else && kind != Some(*at));
        if let Some((at, _)) = found {
            columns.take(Target::BackLay, at);
            assumptions.push(format!(
                "{} is read as whether a bet was laid",
                columns.header(at)
            ));
        }
    }
}
