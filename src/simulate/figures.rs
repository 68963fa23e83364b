//! The figures of a strategy over many runs: names and units.

use super::{DistributionSummary, Mean, QUANTILES, Share, StrategyStats};
use crate::report::text_table::{decimals, percent, thousands};
use crate::rounding::rounded;

/// A figure: its distribution over the runs, and its unit.
pub(super) struct Figure {
    pub name: &'static str,
    pub summary: DistributionSummary,
    pub unit: Unit,
}

impl Figure {
    /// The name in machine forms.
    pub(super) fn member(&self) -> String {
        self.name.to_lowercase().replace(' ', "_")
    }
}

/// Every figure, in the order of the tables; log growth comes last.
pub(super) fn figures(stats: &StrategyStats) -> [Figure; 7] {
    [
        ("final bankroll", &stats.final_bankroll, Unit::Money),
        ("growth", &stats.growth, Unit::Percent),
        ("expected growth", &stats.expected_growth, Unit::Percent),
        ("yield", &stats.yield_on_turnover, Unit::Percent),
        ("drawdown", &stats.max_drawdown, Unit::Percent),
        ("days under water", &stats.days_under_water, Unit::Days),
        ("log growth", &stats.log_growth, Unit::Decimals),
    ]
    .map(|(name, distribution, unit)| Figure {
        name,
        summary: distribution.summary(),
        unit,
    })
}

/// How a value is written for people.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Money,
    Percent,
    Days,
    Decimals,
}

impl Unit {
    pub(super) fn text(self, value: Option<f64>) -> String {
        match self {
            Self::Money => grouped(value, 2),
            Self::Percent => percent(value, false),
            Self::Days => grouped(value, 0),
            Self::Decimals => decimals(value, 4),
        }
    }

    /// A mean and its standard error.
    pub(super) fn with_error(self, mean: Mean) -> String {
        let (mean, error) = (self.text(mean.mean), self.text(mean.standard_error));
        format!("{mean} ± {error}")
    }
}

fn grouped(value: Option<f64>, places: usize) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |value| thousands(&format!("{value:.places$}")),
    )
}

/// A share of the runs and its standard error, which is left out for shares of 0 and 1, where it would be 0.
pub(super) fn share_text(share: Share) -> String {
    if share.standard_error == Some(0.0) {
        let all = if share.share == Some(0.0) {
            "none"
        } else {
            "all"
        };
        return all.to_owned();
    }
    format!(
        "{} ± {}",
        percent(share.share, false),
        percent(share.standard_error, false)
    )
}

/// A share that was asked for, in percent with every decimal that it has.
pub(super) fn exact_percent(share: f64) -> String {
    format!("{} %", rounded(100.0 * share))
}

/// A mean, if it is defined in every run. Without the runs that lost everything the mean log growth would be too high.
pub(super) fn defined_in_all(mean: Mean, runs: u64) -> Mean {
    if mean.n == runs {
        return mean;
    }
    Mean {
        mean: None,
        standard_error: None,
        ..mean
    }
}

/// The quantiles as headings of machine forms.
pub(super) fn quantile_columns() -> [String; QUANTILES.len()] {
    QUANTILES.map(|q| format!("p{:.0}", q * 100.0))
}
