//! What becomes known, and when: instants, the state of a match, and the rounds the engine folds over.

use std::ops::{Add, Sub};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fixture::{Fixture, Match};
use super::odds::Quote;

/// An instant: whole seconds since 1970-01-01T00:00:00 on the data's own clock.
///
/// Files that give no zone are taken as they are; a day is 86,400 seconds long, so that a replay needs
/// no table of time zones.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// Seconds in a day.
    pub const DAY: i64 = 86_400;

    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Start of the day that is `days` after 1970-01-01.
    pub const fn from_days(days: i64) -> Self {
        Self(days * Self::DAY)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Whole days since 1970-01-01.
    ///
    /// ```
    /// use simbet::domain::Time;
    /// assert_eq!(Time::from_seconds(86_399).day(), 0);
    /// assert_eq!(Time::from_seconds(-1).day(), -1);
    /// ```
    pub const fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY)
    }

    /// Start of this instant's day.
    pub const fn start_of_day(self) -> Self {
        Self::from_days(self.day())
    }
}

impl Add<i64> for Time {
    type Output = Self;
    fn add(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }
}

impl Sub for Time {
    type Output = i64;
    fn sub(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

/// Minute and score of a match so far; the default is kick-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct MatchState {
    /// Minutes played, 0 at kick-off; stoppage time runs on past 90.
    pub minute: u8,
    /// Goals of the home side so far.
    pub home_goals: u8,
    /// Goals of the away side so far.
    pub away_goals: u8,
}

/// The prices of one fixture that become known at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What is priced.
    pub fixture: Arc<Fixture>,
    /// Minute and score when the prices were taken.
    pub state: MatchState,
    /// Every price known now, of every book that matters to the run.
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
