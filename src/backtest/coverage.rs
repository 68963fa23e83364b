//! The headline and the coverage of a backtest, a line each.

use super::BacktestResult;
use crate::calendar;
use crate::config::RunConfig;
use crate::report::text_table::count;

/// The headline: what was run.
pub fn headline(config: &RunConfig, done: &BacktestResult) -> String {
    let days = done.days().map_or_else(String::new, |(first, last)| {
        format!(
            ", {} to {}",
            calendar::format_date(first),
            calendar::format_date(last)
        )
    });
    let leagues = done.leagues();
    let leagues = if leagues.len() > 8 {
        format!("{} leagues", leagues.len())
    } else {
        leagues.join(", ")
    };
    format!("{leagues}{days}\n{}", config.describe())
}

/// The coverage: how many matches are in the period, predicted, and without a price.
pub fn coverage(config: &RunConfig, done: &BacktestResult) -> String {
    let (summary, replayed) = (&done.summary, done.replayed);
    let mut parts = Vec::new();
    if replayed.in_period < replayed.played {
        parts.push(format!("{} in the period", count(replayed.in_period)));
    }
    if config.engine.model.is_some() {
        parts.push(format!("{} predicted", count(summary.predicted)));
    } else {
        parts.push("no model".to_owned());
    }
    parts.push(format!("{} without the price", count(summary.unpriced)));
    parts.join(", ")
}
