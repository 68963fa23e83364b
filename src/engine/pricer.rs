//! The edges and the forecast of one offer, from its prices and a score grid.

use std::sync::Arc;

use super::config::EngineConfig;
use crate::domain::{Book, Edge, Forecast, Offer, Quote, ScoreGrid, Selection, Time};
use crate::predict::{MarginMethod, margin};
use crate::strategy::{Slate, Strategy};

/// The forecast and the edges of one offer, without a bet.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The model's forecast; `None` when it has none for this match, or when there is no model.
    pub forecast: Option<Forecast>,
    /// The edge at each price that may be bet at, and whether it passes the filters.
    pub edges: Vec<(Edge, bool)>,
}

/// Prices offers by the settings of an engine.
pub struct Pricer<'a> {
    strategy: &'a Strategy,
    margin_method: MarginMethod,
    market_book: Option<Book>,
}

impl<'a> Pricer<'a> {
    pub fn new(strategy: &'a Strategy, config: &EngineConfig) -> Self {
        Self {
            strategy,
            margin_method: config.margin_method,
            market_book: config.market_book,
        }
    }

    /// Replaces `edges` by those of the offer, and adds a group with those that pass the filters to the slate. Returns
    /// the forecast if there is a grid.
    pub fn price(
        &self,
        offer: &Offer,
        grid: Option<&ScoreGrid>,
        time: Time,
        edges: &mut Vec<Edge>,
        slate: &mut Slate,
    ) -> Option<Forecast> {
        edges.clear();
        self.strategy.edges(offer, grid, edges);
        self.strategy.select(edges, slate);
        grid.map(|grid| Forecast {
            fixture: Arc::clone(&offer.fixture),
            time,
            state: offer.state,
            model: grid.outcomes(),
            expected_goals: grid.expected_goals(),
            market: self.market_forecast(offer, edges),
        })
    }

    /// Prices an offer that is not part of a batch.
    pub fn assess(&self, offer: &Offer, grid: Option<&ScoreGrid>, time: Time) -> Assessment {
        let (mut edges, mut slate) = (Vec::new(), Slate::default());
        let forecast = self.price(offer, grid, time, &mut edges, &mut slate);
        let selected = slate.edges();
        let edges = edges
            .iter()
            .map(|edge| (*edge, selected.contains(edge)))
            .collect();
        Assessment { forecast, edges }
    }

    /// The market's probabilities of home win, draw and away win, freed of the margin.
    fn market_forecast(&self, offer: &Offer, edges: &[Edge]) -> Option<[f64; 3]> {
        let quotes = [
            self.market_quote(Selection::HOME, offer, edges)?,
            self.market_quote(Selection::DRAW, offer, edges)?,
            self.market_quote(Selection::AWAY, offer, edges)?,
        ];
        margin::fair_of(quotes.map(|quote| quote.odds.decimal()), self.margin_method).ok()
    }

    /// The price of the market book; without one, the price at which a bet would be placed.
    fn market_quote<'o>(
        &self,
        selection: Selection,
        offer: &'o Offer,
        edges: &'o [Edge],
    ) -> Option<&'o Quote> {
        match self.market_book {
            Some(book) => offer
                .quotes
                .iter()
                .find(|quote| quote.book == book && quote.selection == selection),
            None => edges
                .iter()
                .map(|edge| &edge.quote)
                .find(|quote| quote.selection == selection),
        }
    }
}
