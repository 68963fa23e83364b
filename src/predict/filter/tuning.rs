//! The constants of the filter.

use super::super::learn::Learn;
use super::covariance::{Block, times};

/// How strengths move, how surely a newcomer is known, and how much each teacher counts.
///
/// Variances are those of log goals. They matter by their ratios: all of them times the same number would move strengths in
/// the same way, and only be less sure of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tuning {
    /// What a day adds to the variance of a strength.
    pub drift: f64,
    /// The correlation of what is added to attack and to defence.
    pub correlation: f64,
    /// What a new season adds to the variance of a strength.
    pub season_drift: f64,
    /// How much of what sets a team apart from its division lasts until the next season.
    pub carry: f64,
    /// What a day adds to the variances of level and home advantage.
    pub level_drift: [f64; 2],
    /// How much weaker a team is that is new to a known division.
    pub newcomer: f64,
    /// How surely its strength is known.
    pub newcomer_sd: f64,
    /// How surely the strengths of a division's first season are known.
    pub founder_sd: f64,
    /// What the goals of a side count.
    pub goals: f64,
    /// What its shots count, and how far strengths show in them.
    pub shots: Option<[f64; 2]>,
    /// The standard deviation of the logs of the rates behind prices, and their correlation.
    pub prices: Option<[f64; 2]>,
}

/// The most seasons that a break counts for: after more of them nothing of a strength is left.
pub(super) const MOST_SEASONS: i32 = 4;
/// Days without a match after which a team is forgotten.
pub(super) const SILENCE: i64 = 500;
/// Correlation of attack and defence of a team of which nothing is known.
const FIRST_CORRELATION: f64 = 0.55;
/// How much weaker the teams of each division are in its first season than those of the next higher one.
pub(super) const STEP_DOWN: f64 = -0.15;
/// The variance of level and home advantage of a division of which nothing is known.
pub(super) const LEVEL_VARIANCE: f64 = 0.01;
/// The correction of low scores.
pub(super) const RHO: f64 = -0.08;

/// Past prices, and what is learned beside them.
const WITH_PRICES: Tuning = Tuning {
    drift: 3.54e-5,
    correlation: 0.875,
    season_drift: 0.0041,
    carry: 0.77,
    level_drift: [2.26e-5, 2e-6],
    newcomer: -0.15,
    newcomer_sd: 0.048,
    founder_sd: 0.1,
    goals: 22.6,
    shots: Some([128.0, 0.65]),
    prices: Some([0.0354, -0.2]),
};

/// Goals and shots, which owe the market nothing.
const WITH_SHOTS: Tuning = Tuning {
    drift: 4.5e-5,
    season_drift: 0.009,
    level_drift: [1e-6, 3e-7],
    newcomer: -0.1,
    newcomer_sd: 0.15,
    founder_sd: 0.3,
    goals: 1.0,
    shots: Some([2.5, 0.5]),
    prices: None,
    ..WITH_PRICES
};

/// Goals alone.
const WITH_GOALS: Tuning = Tuning {
    shots: None,
    ..WITH_SHOTS
};

/// The constants of what is to teach, and of what teaches where prices do not, by the rule of goal models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tunings {
    all: Tuning,
    without_prices: Tuning,
}

impl Tunings {
    pub(super) const fn of(learn: Learn) -> Self {
        Self {
            all: Tuning::of(learn),
            without_prices: Tuning::of(learn.seen(true, false)),
        }
    }

    /// The constants where prices are usual, or are not.
    pub(super) const fn with(&self, are_prices_usual: bool) -> &Tuning {
        if are_prices_usual {
            &self.all
        } else {
            &self.without_prices
        }
    }
}

impl Tuning {
    /// The constants that suit what teaches.
    const fn of(learn: Learn) -> Self {
        match (learn.shots, learn.prices) {
            (true, true) => WITH_PRICES,
            (false, true) => Self {
                shots: None,
                ..WITH_PRICES
            },
            (true, false) => WITH_SHOTS,
            (false, false) => WITH_GOALS,
        }
    }

    /// What so many days add to the covariance of attack and defence.
    pub(super) fn drift(&self, days: i64) -> Block {
        times(correlated(1.0, self.correlation), self.drift * days as f64)
    }

    /// What so many days add to the covariance of level and home advantage.
    pub(super) fn level_drift(&self, days: i64) -> Block {
        let [level, advantage] = self.level_drift.map(|variance| variance * days as f64);
        [[level, 0.0], [0.0, advantage]]
    }

    /// What so many new seasons add to the covariance of attack and defence.
    pub(super) fn season_drift(&self, seasons: i32) -> Block {
        let variance = self.season_drift * f64::from(seasons);
        times(correlated(1.0, self.correlation), variance)
    }

    /// The covariance of attack and defence of a team of which nothing is known.
    pub(super) fn unknown(&self, is_founder: bool) -> Block {
        let sd = if is_founder {
            self.founder_sd
        } else {
            self.newcomer_sd
        };
        correlated(sd * sd, FIRST_CORRELATION)
    }

    /// The covariance of the logs of the rates behind prices.
    pub(super) fn price_noise(&self) -> Option<Block> {
        let [sd, correlation] = self.prices?;
        Some(correlated(sd * sd, correlation))
    }
}

fn correlated(variance: f64, correlation: f64) -> Block {
    let shared = variance * correlation;
    [[variance, shared], [shared, variance]]
}
