//! The market's probabilities.

use crate::domain::{Book, Line, Market, Offer, Selection, Side};
use crate::predict::ModelConfig;
use crate::predict::margin::{self, MarginMethod};

/// Whose prices are the market's, and how they are freed of the margin.
#[derive(Debug, Clone)]
pub(super) struct MarketPrices {
    book: Option<Book>,
    method: MarginMethod,
}

impl MarketPrices {
    pub const fn new(config: &ModelConfig) -> Self {
        Self {
            book: config.market_book,
            method: config.margin_method,
        }
    }

    /// The probabilities of home win, draw, away win and more than 2.5 goals.
    pub fn of(&self, offer: &Offer) -> [Option<f64>; 4] {
        let outcomes = self.fair(
            Market::MatchOdds,
            [Side::Home, Side::Draw, Side::Away],
            offer,
        );
        let line = Line::from_quarters(10);
        let total = self.fair(Market::OverUnder(line), [Side::Over, Side::Under], offer);
        [
            outcomes.map(|[home, _, _]| home),
            outcomes.map(|[_, draw, _]| draw),
            outcomes.map(|[_, _, away]| away),
            total.map(|[over, _]| over),
        ]
    }

    /// The probabilities of the sides of a market by the chosen book, or by the first one that prices them all.
    fn fair<const N: usize>(
        &self,
        market: Market,
        sides: [Side; N],
        offer: &Offer,
    ) -> Option<[f64; N]> {
        let odds = match self.book {
            Some(book) => odds(book, market, sides, offer),
            None => offer
                .quotes
                .iter()
                .filter(|quote| quote.selection.market() == market)
                .find_map(|quote| odds(quote.book, market, sides, offer)),
        };
        margin::fair_of(odds?, self.method).ok()
    }
}

/// A book's prices of all sides of a market.
fn odds<const N: usize>(
    book: Book,
    market: Market,
    sides: [Side; N],
    offer: &Offer,
) -> Option<[f64; N]> {
    let mut all = [0.0; N];
    for (odds, side) in all.iter_mut().zip(sides) {
        let selection = Selection::new(market, side)?;
        let mut quotes = offer.quotes.iter();
        let quote = quotes.find(|quote| quote.book == book && quote.selection == selection)?;
        *odds = quote.odds.decimal();
    }
    Some(all)
}
