//! The ranking of settings.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::metrics::Summary;
use crate::significance::mean_test;

/// What settings are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum RankBy {
    /// Mean return of a match day / its standard deviation.
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
    /// The model's log loss, the smallest first.
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
}

impl RankBy {
    /// The figure, negated where a low one is good; a setting without one comes last.
    fn rank_value(self, ranked: &Ranked) -> f64 {
        let figure = self.figure(ranked);
        let figure = figure.map(|figure| if self.low_is_good() { -figure } else { figure });
        figure.unwrap_or(f64::NEG_INFINITY)
    }

    /// The figure of a setting; `None` where it has none, or no bets.
    pub fn figure(self, ranked: &Ranked) -> Option<f64> {
        let summary = &ranked.summary;
        let figure = match self {
            Self::Sharpe => ranked.sharpe,
            Self::Yield => summary.yield_on_turnover,
            Self::Growth => summary.growth,
            Self::LogGrowth => ranked.log_growth,
            Self::Clv => summary.clv_mean,
            Self::Drawdown => Some(summary.max_drawdown),
            Self::LogLoss => summary.model.log_loss,
        };
        figure.filter(|_| summary.bets > 0)
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

/// The settings, the best first; those without the figure last; of equal ones the first in the grid.
pub(super) fn ranked(by: RankBy, outcomes: &[Outcome], returns: &[Vec<f64>]) -> Vec<Ranked> {
    let each = outcomes.iter().zip(returns).enumerate();
    let mut ranked: Vec<Ranked> = each
        .map(|(place, (outcome, returns))| ranked_setting(place, outcome, returns))
        .collect();
    // the sort is stable, so that equal settings stay in the order of the grid
    ranked.sort_by(|one, other| by.rank_value(other).total_cmp(&by.rank_value(one)));
    ranked
}

fn ranked_setting(place: usize, outcome: &Outcome, returns: &[f64]) -> Ranked {
    let summary = outcome.summary.clone();
    let (first, last) = (
        summary.initial_bankroll.units(),
        summary.final_bankroll.units(),
    );
    let log_growth = (last / first).ln();
    Ranked {
        place,
        sharpe: sharpe(returns),
        log_growth: Some(log_growth).filter(|growth| summary.bets > 0 && growth.is_finite()),
        summary,
    }
}

/// Mean / standard deviation with divisor n − 1.
fn sharpe(returns: &[f64]) -> Option<f64> {
    mean_test(returns).map(|test| test.t / (test.n as f64).sqrt())
}
