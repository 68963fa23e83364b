//! Reading and checking of the prices of one row.

use super::cells::{self, DecimalMark, Number};
use super::conventions::numbers::{NumberEvidence, Numbers};
use super::counts::{ReadCounts, Remark};
use super::groups::{Group, LineFrom};
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

/// How prices are judged while they are read.
pub(super) struct Judging<'a> {
    pub numbers: Numbers,
    pub evidence: &'a mut NumberEvidence,
    pub notes: &'a mut Notes,
}

/// Reads the prices of one group into `quotes`: all that there are, or none where one of them is no price. Prices are made
/// together, so that a wrong one says that the others are wrong as well, or in the wrong columns.
pub(super) fn read_group(
    group: &Group,
    row: Cells<'_>,
    (book, as_of): (Book, Time),
    judging: &mut Judging<'_>,
    quotes: &mut Vec<Quote>,
) -> Result<(), Fault> {
    let mut odds = [None; MarketKind::MOST_SIDES];
    let mut condemned = false;
    for (price, column) in odds.iter_mut().zip(group.cells) {
        match judging.price(row, column)? {
            Price::Odds(odds) => *price = Some(odds),
            Price::Missing => {}
            Price::Bad => condemned = true,
        }
    }
    if condemned || odds.iter().all(Option::is_none) {
        return Ok(());
    }
    let sides = group.kind.sides().len();
    if price_set::impossible_sum(&odds[..sides], false).is_some() {
        judging.evidence.impossible += 1;
        return judging.notes.note(Remark::Margin, group.cells[0]);
    }
    let Some(market) = judging.market(group, row)? else {
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

impl Judging<'_> {
    fn price(&mut self, row: Cells<'_>, column: Option<usize>) -> Result<Price, Fault> {
        let cell = row.find(column);
        if cell.is_empty() {
            return Ok(Price::Missing);
        }
        let decimal = match self.numbers.odds.read(cell, self.numbers.mark) {
            Number::Missing => return Ok(Price::Missing),
            Number::Value(decimal) => decimal,
            Number::Spaced(decimal) => {
                self.notes.note(Remark::OddBlanks, column)?;
                decimal
            }
            Number::Not => {
                self.evidence.note_price(cell);
                self.notes.note(Remark::NotANumber, column)?;
                return Ok(Price::Bad);
            }
        };
        if let Ok(odds) = Odds::new(decimal) {
            return Ok(Price::Odds(odds));
        }
        self.evidence.note_price(cell);
        self.notes.note(Remark::NotAboveOne, column)?;
        Ok(Price::Bad)
    }

    /// The market of a group of prices.
    fn market(&mut self, group: &Group, row: Cells<'_>) -> Result<Option<Market>, Fault> {
        let kind = group.kind;
        if !kind.has_line() {
            return Ok(Market::new(kind, None));
        }
        let (line, column) = match group.line {
            LineFrom::Nowhere => (None, group.cells[0]),
            LineFrom::Name(line) => (Some(line), None),
            LineFrom::Column(column, usual) => (self.line(row, column, usual)?, Some(column)),
        };
        let market = line
            .filter(|line| kind.is_plausible_line(*line))
            .and_then(|line| Market::new(kind, Some(line)));
        if market.is_none() {
            self.notes.note(Remark::NoLine, column)?;
        }
        Ok(market)
    }

    fn line(
        &mut self,
        row: Cells<'_>,
        column: usize,
        usual: Option<Line>,
    ) -> Result<Option<Line>, Fault> {
        let cell = row.get(column);
        match cells::number_in(cell, self.numbers.mark) {
            Number::Missing => Ok(usual),
            Number::Value(goals) => Ok(Line::from_goals(goals)),
            Number::Spaced(goals) => {
                self.notes.note(Remark::OddBlanks, Some(column))?;
                Ok(Line::from_goals(goals))
            }
            Number::Not => match split_line(cell, mark_of_parts(cell, self.numbers.mark)) {
                Some(line) => {
                    self.notes.note(Remark::SplitHandicap, Some(column))?;
                    Ok(Some(line))
                }
                None => {
                    self.evidence.note_number(cell);
                    Ok(None)
                }
            },
        }
    }
}

/// The mark of the halves of a line: with a point in them the comma is between them.
fn mark_of_parts(cell: &[u8], mark: DecimalMark) -> DecimalMark {
    if cell.contains(&b'.') {
        DecimalMark::Point
    } else {
        mark
    }
}

/// The quarter line between two half lines: `-1,-1.5`, `-1.5/-2`, `0.5 & 1`. A sign before the first holds for both unless
/// the second has its own: `-0/0.5` is -0.25, and `-0.5/1` is -0.75.
fn split_line(cell: &[u8], mark: DecimalMark) -> Option<Line> {
    let is_between = |byte: &u8| match byte {
        b',' => mark == DecimalMark::Point,
        byte => matches!(byte, b'/' | b'&'),
    };
    let mut parts = cell.split(is_between).map(<[u8]>::trim_ascii);
    let (first, second, None) = (parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let (Number::Value(low), Number::Value(high)) = (
        cells::number_in(first, mark),
        cells::number_in(second, mark),
    ) else {
        return None;
    };
    let takes_sign = second.first().is_some_and(u8::is_ascii_digit);
    // a sign is kept by minus nought as well
    let high = if takes_sign && low.is_sign_negative() {
        -high
    } else {
        high
    };
    let neighbours = (low - high).abs() == 0.5 && (low * 2.0).fract() == 0.0;
    if neighbours {
        Line::from_goals((low + high) / 2.0)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_of_a_split_handicap_holds_for_both_halves() {
        let line = |text: &str| split_line(text.as_bytes(), DecimalMark::Point).map(Line::goals);
        for (text, goals) in [
            ("-0/0.5", -0.25),
            ("-0.5/1", -0.75),
            ("-1/1.5", -1.25),
            ("-0,0.5", -0.25),
            ("-1,-1.5", -1.25),
            ("-1.5/-2", -1.75),
            ("0/0.5", 0.25),
            ("0/-0.5", -0.25),
            ("+0.5/1", 0.75),
            ("0.5 & 1", 0.75),
            ("\u{2212}0.5 / 1", -0.75),
            ("-0.5/0", -0.25),
            ("2.5,3", 2.75),
        ] {
            assert_eq!(line(text), Some(goals), "{text}");
        }
        for none in ["-1,-2", "-0.5/+1", "0.2/0.7", "1", "0/0.5/1", "/", "a/b"] {
            assert_eq!(line(none), None, "{none}");
        }
    }

    #[test]
    fn a_decimal_comma_does_not_split_a_handicap() {
        let line = |text: &str| split_line(text.as_bytes(), DecimalMark::Comma).map(Line::goals);
        assert_eq!(line("-0/0,5"), Some(-0.25));
        assert_eq!(line("-0,5/1"), Some(-0.75));
        assert_eq!(line("1,1,5"), None);
    }
}
