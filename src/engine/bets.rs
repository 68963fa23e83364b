//! The bets of one round, made of their edges and stakes.

use std::sync::Arc;

use super::config::EngineConfig;
use super::fair::{self, FairPrices, FairResult};
use crate::domain::{Bet, BetIds, Edge, Money, Offer, Time};
use crate::strategy::Strategy;

/// Makes the bets of one round.
pub struct RoundBets<'a> {
    time: Time,
    strategy: &'a Strategy,
    config: &'a EngineConfig,
    fair: FairPrices,
}

impl<'a> RoundBets<'a> {
    pub fn new(time: Time, strategy: &'a Strategy, config: &'a EngineConfig) -> Self {
        Self {
            time,
            strategy,
            config,
            fair: FairPrices::new(config.margin_method),
        }
    }

    /// Takes over what was found of the prices of the next match.
    pub const fn remember(&mut self, known: FairResult) {
        self.fair.remember(known);
    }

    /// A bet on a match, whose bets are named by `ids`.
    pub fn bet(&mut self, offer: &Offer, ids: &BetIds, edge: &Edge, stake: Money) -> Bet {
        let (quote, books) = (&edge.quote, &self.config.strategy.books);
        Bet {
            id: ids.of(quote.selection, self.time, self.strategy.name()),
            fixture: Arc::clone(&offer.fixture),
            state: offer.state,
            edge: *edge,
            stake,
            placed_at: self.time,
            price_probability: fair::of_choice(quote, &offer.quotes, books, &mut self.fair),
            mean_odds: books.mean_odds(quote, &offer.quotes),
        }
    }
}
