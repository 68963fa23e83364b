//! Rounds: everything that becomes known at one instant.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fixture::{Fixture, Match};
use super::quote::Quote;
use super::score::MatchState;
use super::time::Time;

/// The prices of one fixture that become known at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The fixture.
    pub fixture: Arc<Fixture>,
    /// Minute and score when the prices were taken.
    pub state: MatchState,
    /// Every price known now, of every book that the run uses.
    pub quotes: Vec<Quote>,
}

/// Everything that becomes known at one instant.
///
/// The engine takes the parts in this order: results, offers, closing prices. A source orders each part
/// by [`Fixture::id`], so that nothing depends on the order of rows in a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Round {
    /// The instant.
    pub time: Time,
    /// Final scores.
    pub results: Vec<Match>,
    /// Prices that can be bet at.
    pub offers: Vec<Offer>,
    /// Closing prices: kept for closing-line value, never shown to a model or a strategy.
    pub closes: Vec<Offer>,
}

impl Round {
    /// Empties the round and gives it a new instant, keeping its buffers.
    pub fn reset(&mut self, time: Time) {
        self.time = time;
        self.results.clear();
        self.offers.clear();
        self.closes.clear();
    }
}
