//! Drawdowns: how far and how long a bankroll was below its peak.

use serde::{Deserialize, Serialize};

use crate::domain::{Money, Time};

/// Follows a bankroll from round to round.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Drawdown {
    peak: Money,
    lowest: Money,
    deepest: f64,
    /// When the peak was first reached; `None` before the first entry.
    peak_time: Option<Time>,
    /// Rounds since the peak was first reached.
    rounds: u64,
    /// Whether the balance has been below the peak since.
    fell: bool,
    /// Whether the drawdown from this peak is the deepest so far.
    holds_deepest: bool,
    deepest_seconds: i64,
    longest_seconds: i64,
    longest_rounds: u64,
}

impl Drawdown {
    pub(super) const fn new(initial: Money) -> Self {
        Self {
            peak: initial,
            lowest: initial,
            deepest: 0.0,
            peak_time: None,
            rounds: 0,
            fell: false,
            holds_deepest: false,
            deepest_seconds: 0,
            longest_seconds: 0,
            longest_rounds: 0,
        }
    }

    /// The initial bankroll counts as reached at the time of the first entry.
    pub(super) fn begin(&mut self, time: Time) {
        self.peak_time.get_or_insert(time);
    }

    /// Takes in the balance at the end of a round.
    pub(super) fn add(&mut self, time: Time, balance: Money) {
        self.begin(time);
        self.rounds += 1;
        self.lowest = self.lowest.min(balance);
        if balance < self.peak {
            self.fall(balance);
        }
        // a round that ends above the peak still counts as part of the drawdown that it ends
        if self.fell {
            self.measure(time);
        }
        if balance > self.peak {
            self.rise(time, balance);
        }
    }

    fn fall(&mut self, balance: Money) {
        self.fell = true;
        let depth = (self.peak - balance).units() / self.peak.units();
        // a peak of 0, below which only credit leads, has no share
        if depth > self.deepest && self.peak > Money::ZERO {
            (self.deepest, self.holds_deepest) = (depth, true);
        }
    }

    fn measure(&mut self, time: Time) {
        let seconds = self.peak_time.map_or(0, |peak| time - peak);
        if self.holds_deepest {
            self.deepest_seconds = seconds;
        }
        self.longest_seconds = self.longest_seconds.max(seconds);
        self.longest_rounds = self.longest_rounds.max(self.rounds);
    }

    fn rise(&mut self, time: Time, balance: Money) {
        (self.peak, self.peak_time, self.rounds) = (balance, Some(time), 0);
        (self.fell, self.holds_deepest) = (false, false);
    }

    pub(super) const fn highest(&self) -> Money {
        self.peak
    }

    pub(super) const fn lowest(&self) -> Money {
        self.lowest
    }

    /// The deepest drawdown, as a fraction of its peak; above 1 where the balance fell below 0.
    pub(super) const fn deepest(&self) -> f64 {
        self.deepest
    }

    /// Days that the deepest drawdown lasted.
    pub(super) fn deepest_days(&self) -> f64 {
        self.deepest_seconds as f64 / Time::DAY as f64
    }

    pub(super) fn longest_days(&self) -> f64 {
        self.longest_seconds as f64 / Time::DAY as f64
    }

    pub(super) const fn longest_rounds(&self) -> u64 {
        self.longest_rounds
    }
}
