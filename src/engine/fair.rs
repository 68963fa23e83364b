//! The probability that a bet's own price implies, from the book's prices of the whole market without their margin.

use crate::domain::{MarketKind, Quote, Selection, Side};
use crate::predict::MarginMethod;
use crate::predict::margin::remove;

/// The probability that the quote implies beside the book's other quotes of the same market; `None` unless it prices
/// every side.
pub fn probability(quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    let market = quote.selection.market();
    let sides = market.kind().sides();
    let place = sides
        .iter()
        .position(|side| *side == quote.selection.side())?;
    let mut prices = [0.0; MarketKind::MOST_SIDES];
    for (price, &side) in prices.iter_mut().zip(sides) {
        *price = decimal_odds(quote, quotes, side)?;
    }
    let prices = &mut prices[..sides.len()];
    remove(prices, method).ok()?;
    Some(prices[place])
}

/// The odds on another side of the quote's market, at the same book.
fn decimal_odds(quote: &Quote, quotes: &[Quote], side: Side) -> Option<f64> {
    let selection = Selection::new(quote.selection.market(), side)?;
    quotes
        .iter()
        .find(|other| other.selection == selection && other.book == quote.book)
        .map(|other| other.odds.decimal())
}
