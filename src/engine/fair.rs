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
    method: MarginMethod,
) -> Option<f64> {
    let of = |books: &[Book]| {
        let asked = quotes
            .iter()
            .filter(|other| other.selection == quote.selection && books.contains(&other.book));
        mean(asked.filter_map(|other| probability(other, quotes, method)))
    };
    // the highest of all prices is the best of many as well, and the average is what these believe together
    let of_average = choice.has_choice(quote).then(|| of(&[Book::AVG])).flatten();
    of_average.or_else(|| match choice {
        BookChoice::Prefer(_) => probability(quote, quotes, method),
        BookChoice::Best(books) => of(books),
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// The probability that the quote implies beside the book's other quotes of the same market; `None` unless it prices
/// every side.
pub fn probability(quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    // the number of sides is known to the compiler, which unrolls the loops over them
    if quote.selection.market().kind().is_two_way() {
        among::<2>(quote, quotes, method)
    } else {
        among::<{ MarketKind::MOST_SIDES }>(quote, quotes, method)
    }
}

/// The probability of a quote in a market with so many sides.
fn among<const SIDES: usize>(quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    let sides = quote.selection.market().kind().sides();
    let position = sides
        .iter()
        .position(|side| *side == quote.selection.side())?;
    let mut odds = [0.0; SIDES];
    for (odds, &side) in odds.iter_mut().zip(sides) {
        *odds = decimal_odds(quote, quotes, side)?;
    }
    Some(fair_of(odds, method).ok()?[position])
}

/// The odds on another side of the quote's market, at the same book.
fn decimal_odds(quote: &Quote, quotes: &[Quote], side: Side) -> Option<f64> {
    let selection = Selection::new(quote.selection.market(), side)?;
    quotes
        .iter()
        .find(|other| other.selection == selection && other.book == quote.book)
        .map(|other| other.odds.decimal())
}
