//! The column that says whether a bet is on its selection or against it, whatever it is called.

use super::super::sheet::Sheet;
use super::columns::Columns;
use super::conventions::for_each_row;
use super::names::Target;
use super::words;

/// Takes the column of which every cell says back or lay, and some lay, where none has a name that says so. A column of the
/// kinds of bets keeps its place.
pub(super) fn take(
    sheet: &Sheet<'_>,
    columns: &mut Columns,
    header_line: u64,
    assumptions: &mut Vec<String>,
) {
    if columns.get(Target::BackLay).is_some() {
        return;
    }
    let width = columns.headers.len();
    let mut lays = vec![0_u64; width];
    let mut says_else = vec![false; width];
    for_each_row(sheet, header_line, width, |line| {
        for (at, cell) in line.cells.iter().enumerate().take(width) {
            if says_else[at] || cell.trim_ascii().is_empty() {
                continue;
            }
            lays[at] += u64::from(words::is_lay(cell));
            says_else[at] = !words::is_lay(cell) && !words::is_back(cell);
        }
    });
    let kind = columns.get(Target::Kind);
    let found = (0..width).find(|at| lays[*at] > 0 && !says_else[*at] && kind != Some(*at));
    if let Some(at) = found {
        columns.take(Target::BackLay, at);
        assumptions.push(format!(
            "{} is read as whether a bet was laid",
            columns.header(at)
        ));
    }
}
