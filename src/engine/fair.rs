//! What a bet's own price says of its chances: the book's prices of the whole market, freed of their margin.

use crate::domain::{MarketKind, Quote, Selection, Side};
use crate::predict::MarginMethod;
use crate::predict::margin::remove;

/// The probability that the quote implies beside the book's other quotes of the same market; `None` unless it prices
/// every side.
pub fn probability(quote: &Quote, quotes: &[Quote], method: MarginMethod) -> Option<f64> {
    let market = quote.selection.market();
    let odds = |side: Side| {
        let other = Selection::new(market, side)?;
        let same =
            |candidate: &&Quote| candidate.selection == other && candidate.book == quote.book;
        quotes.iter().find(same).map(|quote| quote.odds.decimal())
    };
    let sides = market.kind().sides();
    let place = sides
        .iter()
        .position(|side| *side == quote.selection.side())?;
    let mut prices = [0.0; MarketKind::MOST_SIDES];
    for (price, &side) in prices.iter_mut().zip(sides) {
        *price = odds(side)?;
    }
    let prices = &mut prices[..sides.len()];
    remove(prices, method).ok()?;
    Some(prices[place])
}
