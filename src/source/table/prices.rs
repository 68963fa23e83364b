//! Reading and checking of the prices of one row.

use super::cells::{self, Number};
use super::counts::{ReadCounts, Remark};
use super::layout::{Group, LineFrom};
use super::lines::Cells;
use crate::domain::{Book, Line, Market, MarketKind, Odds, Quote, Selection, Time, price_set};

/// A problem of a row, and its column, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub remark: Remark,
    pub column: Option<usize>,
}

impl Fault {
    pub(super) const fn at(remark: Remark, column: usize) -> Self {
        Self {
            remark,
            column: Some(column),
        }
    }
}

/// Counts repairs and dropped prices, or refuses them.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Whether repairs are refused.
    pub strict: bool,
    pub counts: ReadCounts,
}

impl Notes {
    /// Counts a repair; a fault where repairs are refused.
    pub fn note(&mut self, remark: Remark, column: Option<usize>) -> Result<(), Fault> {
        if self.strict {
            return Err(Fault { remark, column });
        }
        self.counts.add(remark);
        Ok(())
    }
}

/// Reads the prices of one group into `quotes`.
pub(super) fn read_group(
    group: &Group,
    row: Cells<'_>,
    (book, as_of): (Book, Time),
    notes: &mut Notes,
    quotes: &mut Vec<Quote>,
) -> Result<(), Fault> {
    let mut odds = [None; MarketKind::MOST_SIDES];
    let mut doubtful = false;
    for (price, column) in odds.iter_mut().zip(group.cells) {
        *price = match read_price(row, column, notes)? {
            Price::Odds(odds) => Some(odds),
            Price::Missing => None,
            Price::Bad => {
                doubtful = true;
                None
            }
        };
    }
    if odds.iter().all(Option::is_none) {
        return Ok(());
    }
    let sides = group.kind.sides().len();
    if price_set::impossible_sum(&odds[..sides], false).is_some() {
        return notes.note(Remark::Margin, group.cells[0]);
    }
    let Some(market) = read_market(group, row, doubtful, notes)? else {
        return Ok(());
    };
    for (&side, odds) in group.kind.sides().iter().zip(odds) {
        if let Some((selection, odds)) = Selection::new(market, side).zip(odds) {
            quotes.push(Quote {
                selection,
                odds,
                book,
                as_of,
            });
        }
    }
    Ok(())
}

enum Price {
    Missing,
    Odds(Odds),
    Bad,
}

fn read_price(row: Cells<'_>, column: Option<usize>, notes: &mut Notes) -> Result<Price, Fault> {
    let cell = row.find(column);
    if cell.is_empty() {
        return Ok(Price::Missing);
    }
    let decimal = match cells::number(cell) {
        Number::Missing => return Ok(Price::Missing),
        Number::Value(decimal) => decimal,
        Number::Spaced(decimal) => {
            notes.note(Remark::OddBlanks, column)?;
            decimal
        }
        Number::Not => {
            notes.note(Remark::NotANumber, column)?;
            return Ok(Price::Bad);
        }
    };
    match Odds::new(decimal) {
        Ok(odds) => Ok(Price::Odds(odds)),
        Err(_) => notes.note(Remark::NotAboveOne, column).map(|()| Price::Bad),
    }
}

/// The market of a group of prices.
///
/// In some rows of 2004-05 the handicap and a price are interchanged, so a line beside a `doubtful` price is doubtful as
/// well.
fn read_market(
    group: &Group,
    row: Cells<'_>,
    doubtful: bool,
    notes: &mut Notes,
) -> Result<Option<Market>, Fault> {
    let kind = group.kind;
    if !kind.has_line() {
        return Ok(Market::new(kind, None));
    }
    let (line, column) = match group.line {
        LineFrom::Nowhere => (None, group.cells[0]),
        LineFrom::Name(line) => (Some(line), None),
        LineFrom::Column(column, usual) => (read_line(row, column, usual, notes)?, Some(column)),
    };
    let may_have_swapped = doubtful && kind.usual_line().is_none();
    let market = line
        .filter(|line| kind.is_plausible_line(*line) && !may_have_swapped)
        .and_then(|line| Market::new(kind, Some(line)));
    if market.is_none() {
        notes.note(Remark::NoLine, column)?;
    }
    Ok(market)
}

fn read_line(
    row: Cells<'_>,
    column: usize,
    usual: Option<Line>,
    notes: &mut Notes,
) -> Result<Option<Line>, Fault> {
    let cell = row.get(column);
    match cells::number(cell) {
        Number::Missing => Ok(usual),
        Number::Value(goals) => Ok(Line::from_goals(goals)),
        Number::Spaced(goals) => {
            notes.note(Remark::OddBlanks, Some(column))?;
            Ok(Line::from_goals(goals))
        }
        Number::Not => match split_line(cell) {
            Some(line) => notes
                .note(Remark::SplitHandicap, Some(column))
                .map(|()| Some(line)),
            None => Ok(None),
        },
    }
}

/// The quarter line between two half lines: `-1,-1.5` or `-1.5/-2`.
fn split_line(cell: &[u8]) -> Option<Line> {
    let mut parts = cell
        .split(|byte| matches!(byte, b',' | b'/'))
        .map(cells::number);
    let (Number::Value(low), Number::Value(high), None) =
        (parts.next()?, parts.next()?, parts.next())
    else {
        return None;
    };
    let neighbours = (low - high).abs() == 0.5 && (low * 2.0).fract() == 0.0;
    if neighbours {
        Line::from_goals((low + high) / 2.0)
    } else {
        None
    }
}
