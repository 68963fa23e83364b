//! How a match was priced last, whatever the books and markets that a run bets on.

use super::cells::{self, Number};
use super::groups::{Group, LineFrom};
use super::lines::Cells;
use super::row_reader::RowReader;
use crate::domain::{Book, LastPrices, Line, MarketKind, Odds, PriceSource, price_set};

impl RowReader<'_> {
    /// The last prices of a row, of which those without a book are of `unnamed`. A set that cannot be read teaches nothing: where
    /// it is bet on, reading it for that has something to say.
    pub(super) fn last_prices(&self, row: Cells<'_>, unnamed: Book) -> Option<LastPrices> {
        let mut prices = LastPrices::default();
        for group in &self.layout.last_prices {
            let book = group.book.unwrap_or(unnamed);
            let Some(source) = PriceSource::of(book, group.closing) else {
                continue;
            };
            match group.kind {
                MarketKind::MatchOdds => {
                    if let Some(odds) = self.complete_set(group, row) {
                        prices.add_result(source, odds);
                    }
                }
                MarketKind::OverUnder if self.is_two_and_a_half(group, row) => {
                    if let Some(odds) = self.complete_set(group, row) {
                        prices.add_totals(source, odds);
                    }
                }
                MarketKind::OverUnder
                | MarketKind::AsianHandicap
                | MarketKind::BothTeamsToScore => {}
            }
        }
        Some(prices).filter(|prices| !prices.is_empty())
    }

    /// The prices of every side; `None` unless all are there, with a margin that a book can have.
    fn complete_set<const SIDES: usize>(
        &self,
        group: &Group,
        row: Cells<'_>,
    ) -> Option<[Odds; SIDES]> {
        let mut set = [None; SIDES];
        for (odds, column) in set.iter_mut().zip(group.cells) {
            *odds = Some(self.odds_of(group.book, row.find(column))?);
        }
        let is_possible = price_set::impossible_sum(&set, false).is_none();
        let odds = set.map(|odds| odds.unwrap_or(Odds::LIMITS[0]));
        is_possible.then_some(odds)
    }

    fn odds_of(&self, book: Option<Book>, cell: &[u8]) -> Option<Odds> {
        let numbers = self.conventions.numbers.of(book);
        match numbers.odds.read(cell, numbers.mark) {
            Number::Value(decimal) | Number::Spaced(decimal) => Odds::new(decimal).ok(),
            Number::Missing | Number::Not => None,
        }
    }

    fn is_two_and_a_half(&self, group: &Group, row: Cells<'_>) -> bool {
        let line = match group.line {
            LineFrom::Nowhere => None,
            LineFrom::Name(line) => Some(line),
            LineFrom::Column(column, usual) => {
                match cells::number_in(
                    row.get(column),
                    self.conventions.numbers.of(group.book).mark,
                ) {
                    Number::Missing => usual,
                    Number::Value(goals) | Number::Spaced(goals) => Line::from_goals(goals),
                    Number::Not => None,
                }
            }
        };
        line == MarketKind::OverUnder.usual_line()
    }
}
