//! The probability that a bet's own price implies, from the book's prices of the whole market without their margin.

use crate::domain::{Book, MarketKind, Quote, Selection, Side};
use crate::predict::MarginMethod;
use crate::predict::margin::fair_of;
use crate::strategy::BookChoice;

/// The probability that the price of a bet implies: by the quote's book, and where the best of several was chosen, the mean of
/// those that price every side. The best price is mostly that of the book that errs most, and what this book believes
/// would make a profit of every bet.
pub fn of_choice(
    quote: &Quote,
    quotes: &[Quote],
    choice: &BookChoice,
    fair: &mut FairPrices,
) -> Option<f64> {
    // the highest of all prices is the best of many as well, and the average is what these believe together
    if choice.has_choice(quote)
        && let Some(of_average) = fair.of_books(&[Book::AVG], quote, quotes)
    {
        return Some(of_average);
    }
    match choice {
        BookChoice::Prefer(_) => fair.probability(quote, quotes),
        BookChoice::Best(books) => fair.of_books(books, quote, quotes),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// The probability that the quote implies beside the book's other quotes of the same market; `None` unless it prices
/// every side.
pub fn probability(quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    FairPrices::new(method).probability(quote, quotes)
}

/// Prices without their margin. The last market is remembered, since bets on its other sides mostly follow, and removing a
/// margin takes longer than anything else that is done for a bet.
#[derive(Debug)]
pub struct FairPrices {
    method: MarginMethod,
    of_two: Fair<2>,
    of_all: FairResult,
}

impl FairPrices {
    pub fn new(method: MarginMethod) -> Self {
        Self {
            method,
            of_two: Fair::default(),
            of_all: Fair::default(),
        }
    }

    /// Takes over what the prices of home win, draw and away win were found to say, so that a bet on one of them need not find
    /// it again.
    pub const fn remember(&mut self, known: FairResult) {
        self.of_all = known;
    }

    /// The mean probability of the quote's selection by these books.
    fn of_books(&mut self, books: &[Book], quote: &Quote, quotes: &[Quote]) -> Option<f64> {
        let asked = quotes
            .iter()
            .filter(|other| other.selection == quote.selection && books.contains(&other.book));
        mean(asked.filter_map(|other| self.probability(other, quotes)))
    }

    /// As [`probability`].
    pub fn probability(&mut self, quote: &Quote, quotes: &[Quote]) -> Option<f64> {
        // the number of sides is known to the compiler, which unrolls the loops over them
        if quote.selection.market().kind().is_two_way() {
            self.of_two.among(quote, quotes, self.method)
        } else {
            self.of_all.among(quote, quotes, self.method)
        }
    }
}

/// The prices of home win, draw and away win.
pub type FairResult = Fair<{ MarketKind::MOST_SIDES }>;

/// The prices of a market with so many sides, and the probabilities behind them.
#[derive(Debug, Clone, Copy)]
pub struct Fair<const SIDES: usize> {
    odds: [f64; SIDES],
    probabilities: Option<[f64; SIDES]>,
}

impl<const SIDES: usize> Default for Fair<SIDES> {
    fn default() -> Self {
        Self {
            odds: [0.0; SIDES],
            probabilities: None,
        }
    }
}

impl<const SIDES: usize> Fair<SIDES> {
    /// Removes the margin of these prices.
    pub fn of(odds: [f64; SIDES], method: MarginMethod) -> Self {
        Self {
            odds,
            probabilities: fair_of(odds, method).ok(),
        }
    }

    /// The probability of each side; `None` where the method gives none.
    pub const fn probabilities(&self) -> Option<[f64; SIDES]> {
        self.probabilities
    }

    /// The probability of a quote in its market.
    fn among(&mut self, quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
        let sides = quote.selection.market().kind().sides();
        let position = sides
            .iter()
            .position(|side| *side == quote.selection.side())?;
        let mut odds = [0.0; SIDES];
        for (odds, &side) in odds.iter_mut().zip(sides) {
            *odds = decimal_odds(quote, quotes, side)?;
        }
        if self.odds != odds {
            *self = Self::of(odds, method);
        }
        Some(self.probabilities?[position])
    }
}

/// The odds on another side of the quote's market, at the same book.
fn decimal_odds(quote: &Quote, quotes: &[Quote], side: Side) -> Option<f64> {
    let selection = Selection::new(quote.selection.market(), side)?;
    quotes
        .iter()
        .find(|other| other.selection == selection && other.book == quote.book)
        .map(|other| other.odds.decimal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Line, Market, Odds, Time};

    fn quotes(market: Market, book: &str, odds: &[f64]) -> Vec<Quote> {
        let sides = market.kind().sides().iter().zip(odds);
        let quotes = sides.map(|(&side, &odds)| Quote {
            selection: Selection::new(market, side).unwrap(),
            odds: Odds::new(odds).unwrap(),
            book: Book::new(book).unwrap(),
            as_of: Time::default(),
        });
        quotes.collect()
    }

    /// Each side of a market, in any order of markets, has the probability that it has alone.
    #[test]
    fn a_remembered_market_is_that_of_the_same_prices_only() {
        let total = Market::OverUnder(Line::TWO_AND_A_HALF);
        let all = [
            quotes(Market::MatchOdds, "avg", &[2.1, 3.4, 3.6]),
            quotes(total, "avg", &[1.9, 1.95]),
            quotes(Market::MatchOdds, "ps", &[2.1, 3.4, 3.7]),
            quotes(total, "ps", &[1.9, 1.96]),
        ]
        .concat();
        let mut remembered = FairPrices::new(MarginMethod::Power);
        for number in 0..40 {
            let quote = &all[number * 7 % all.len()];
            let alone = probability(quote, &all, MarginMethod::Power);
            assert!(alone.is_some());
            if number % 3 == 0 {
                // what was found of the prices of a match may be of another book than the bet's
                remembered.remember(Fair::of([2.1, 3.4, 3.6], MarginMethod::Power));
            }
            assert_eq!(remembered.probability(quote, &all), alone, "{quote:?}");
        }
        let lone = &all[..1];
        assert_eq!(remembered.probability(&lone[0], lone), None);
    }
}
