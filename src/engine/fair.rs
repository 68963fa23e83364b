//! What a bet's own price says of its chances: the book's prices of the whole market, freed of their margin.

use crate::domain::{Market, Quote, Selection, Side};
use crate::predict::MarginMethod;
use crate::predict::margin::fair_of;

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
    match (market, sides) {
        (Market::MatchOdds, &[home, draw, away]) => {
            Some(fair_of([odds(home)?, odds(draw)?, odds(away)?], method).ok()?[place])
        }
        (_, &[first, second]) => Some(fair_of([odds(first)?, odds(second)?], method).ok()?[place]),
        _ => None,
    }
}
