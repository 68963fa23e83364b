//! The ranking of settings.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::metrics::Summary;
use crate::report::closing_line;
use crate::significance::mean_test;

/// The fewest match days with bets from which a ratio tells settings apart.
///
/// One lucky bet has the highest yield of all and no standard deviation to speak of.
pub(super) const MIN_BET_DAYS: u64 = 30;

/// What settings are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum RankBy {
    /// Mean return of a match day / its standard deviation. Settings that made no money follow those that did, by
    /// their yield: among losers the noisiest has the best ratio.
    #[default]
    Sharpe,
    /// Profit / turnover.
    Yield,
    /// Profit / initial bankroll.
    Growth,
    /// ln(final / initial bankroll).
    #[value(alias = "log_growth")]
    LogGrowth,
    /// Mean closing-line value.
    Clv,
    /// The largest fall from a peak, the smallest first.
    Drawdown,
    /// The model's log loss, the smallest first, whether or not it bet.
    #[value(alias = "log_loss")]
    LogLoss,
}

/// A setting and how it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place in the grid.
    pub place: usize,
    /// The summary.
    pub summary: Summary,
    /// Mean return of a match day / standard deviation; `None` when every day was the same.
    pub sharpe: Option<f64>,
    /// ln(final / initial bankroll); `None` without bets, or when everything was lost.
    pub log_growth: Option<f64>,
    /// The match days on which bets were settled.
    pub bet_days: u64,
}

impl Ranked {
    /// Whether it bet and made no money of it.
    pub fn has_lost(&self) -> bool {
        self.summary.bets > 0 && self.summary.profit.minor() <= 0
    }

    /// Whether it bet on too few match days for a ratio of its returns to mean much.
    pub fn has_too_few_days(&self) -> bool {
        self.summary.bets > 0 && self.bet_days < MIN_BET_DAYS
    }
}

impl RankBy {
    /// The class of a setting, the highest first, and its figure within it, negated where a low one is good. A setting
    /// without the figure comes last.
    fn rank_value(self, ranked: &Ranked) -> (u8, f64) {
        let by = self.within(ranked);
        match by.figure(ranked) {
            None => (0, 0.0),
            Some(figure) if by.low_is_good() => (self.class(ranked), -figure),
            Some(figure) => (self.class(ranked), figure),
        }
    }

    /// Which of two settings is before the other: the better one; those without the figure are last; of equal ones the first
    /// in the grid.
    pub(super) fn order(self, one: &Ranked, other: &Ranked) -> Ordering {
        let ((class, figure), (other_class, other_figure)) =
            (self.rank_value(one), self.rank_value(other));
        other_class
            .cmp(&class)
            .then(other_figure.total_cmp(&figure))
            .then(one.place.cmp(&other.place))
    }

    /// The figure that tells a setting from those of its class.
    pub(super) fn within(self, ranked: &Ranked) -> Self {
        match self {
            Self::Sharpe if ranked.has_lost() => Self::Yield,
            Self::Sharpe
            | Self::Yield
            | Self::Growth
            | Self::LogGrowth
            | Self::Clv
            | Self::Drawdown
            | Self::LogLoss => self,
        }
    }

    fn class(self, ranked: &Ranked) -> u8 {
        let has_enough = !(self.is_ratio() && ranked.has_too_few_days());
        let is_above = !matches!(self, Self::Sharpe) || !ranked.has_lost();
        1 + 2 * u8::from(has_enough) + u8::from(is_above)
    }

    /// Whether few bets suffice for an extreme figure.
    pub(super) const fn is_ratio(self) -> bool {
        match self {
            Self::Sharpe | Self::Yield | Self::Clv => true,
            Self::Growth | Self::LogGrowth | Self::Drawdown | Self::LogLoss => false,
        }
    }

    /// The figure of a setting; `None` where it has none, or, but for its forecasts, no bets.
    pub fn figure(self, ranked: &Ranked) -> Option<f64> {
        let summary = &ranked.summary;
        let figure = match self {
            Self::Sharpe => ranked.sharpe,
            Self::Yield => summary.yield_on_turnover,
            Self::Growth => summary.growth,
            Self::LogGrowth => ranked.log_growth,
            // of bets at the close it is the margin
            Self::Clv => summary
                .clv_mean
                .filter(|_| !closing_line::is_placed_at_close(summary)),
            Self::Drawdown => Some(summary.max_drawdown),
            Self::LogLoss => return summary.model.log_loss,
        };
        figure.filter(|_| summary.bets > 0)
    }

    /// Whether a setting has the figure that places it.
    pub(super) fn has_figure(self, ranked: &Ranked) -> bool {
        self.within(ranked).figure(ranked).is_some()
    }

    /// Its name in sentences.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Sharpe => "Sharpe ratio",
            Self::Yield => "yield",
            Self::Growth => "growth",
            Self::LogGrowth => "log growth",
            Self::Clv => "closing-line value",
            Self::Drawdown => "drawdown",
            Self::LogLoss => "log loss",
        }
    }

    const fn low_is_good(self) -> bool {
        matches!(self, Self::Drawdown | Self::LogLoss)
    }
}

/// The figures of a setting by its returns.
pub(super) fn ranked_setting(place: usize, outcome: &Outcome, returns: &[f64]) -> Ranked {
    let summary = outcome.summary.clone();
    let (first, last) = (
        summary.initial_bankroll.units(),
        summary.final_bankroll.units(),
    );
    let log_growth = (last / first).ln();
    Ranked {
        place,
        bet_days: outcome.days.len() as u64,
        sharpe: sharpe(returns),
        log_growth: Some(log_growth).filter(|growth| summary.bets > 0 && growth.is_finite()),
        summary,
    }
}

/// Mean / standard deviation with divisor n − 1.
fn sharpe(returns: &[f64]) -> Option<f64> {
    mean_test(returns).map(|test| test.t / (test.n as f64).sqrt())
}
