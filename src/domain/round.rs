//! Rounds: everything that becomes known at one instant.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fixture::{Fixture, Match};
use super::quote::Quote;
use super::score::MatchState;
use super::time::Time;

/// The prices of one fixture that become known at one instant.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Book, Fixture, LeagueId, MatchState, Odds, Offer, Quote, Selection, TeamId, Time};
/// let day = Time::from_days(19_580);
/// let fixture = Fixture {
///     id: Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"),
///     league: LeagueId(0),
///     home: TeamId(0),
///     away: TeamId(1),
///     season: 2023,
///     day,
///     kickoff: None,
///     neutral: false,
/// };
/// let prices = [(Selection::HOME, 9.02), (Selection::DRAW, 5.35), (Selection::AWAY, 1.35)];
/// let quote = |(selection, odds)| Quote { selection, odds: Odds::new(odds).unwrap(), book: Book::AVG, as_of: day };
/// let offer = Offer {
///     fixture: Arc::new(fixture),
///     state: MatchState::default(),
///     quotes: prices.map(quote).to_vec(),
/// };
/// let sum: f64 = offer.quotes.iter().map(|quote| quote.odds.implied()).sum();
/// assert!((sum - 1.0385).abs() < 1e-4); // a margin of 3.85 %
/// ```
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
/// The engine takes the parts in this order: results, lessons, offers, closing prices. A source orders each part
/// by [`Fixture::id`], so that nothing depends on the order of rows in a file.
///
/// ```
/// use simbet::{Round, Time};
/// let mut round = Round { time: Time::from_days(1), ..Round::default() };
/// round.reset(Time::from_days(2));
/// assert_eq!(round.time, Time::from_days(2));
/// assert!(round.results.is_empty() && round.offers.is_empty() && round.closes.is_empty() && round.lessons.is_empty());
/// ```
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
    /// Prices that can be learned from and not bet at, because their matches are not of the period: only where forecasts are pooled
    /// with prices.
    pub lessons: Vec<Offer>,
}

impl Round {
    /// Empties the round and gives it a new instant, keeping its buffers.
    pub fn reset(&mut self, time: Time) {
        self.time = time;
        self.results.clear();
        self.offers.clear();
        self.closes.clear();
        self.lessons.clear();
    }
}
