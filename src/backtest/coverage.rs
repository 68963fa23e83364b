//! The headline and the coverage of a backtest, a line each.

use std::collections::BTreeMap;

use super::BacktestResult;
use super::teachers::teachers;
use crate::calendar;
use crate::config::RunConfig;
use crate::metrics::Summary;
use crate::report::look_ahead;
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
    let teachers = teachers(config, &done.matches);
    let taught = teachers.map_or_else(String::new, |teachers| format!("\n{}", teachers.sentence()));
    let lead = too_good(config, &done.summary);
    let lead = lead.map_or_else(String::new, |lead| format!("\n{lead}"));
    let pools = pools(config, done);
    format!(
        "{leagues}{days}\n{}{taught}{pools}{lead}",
        config.describe()
    )
}

/// The divisions that a filter follows teams between; empty where each league stands alone.
fn pools(config: &RunConfig, done: &BacktestResult) -> String {
    let engine = &config.engine;
    if !engine.model.as_ref().is_some_and(|it| it.kind.is_filter()) {
        return String::new();
    }
    let mut pools: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for league in done.leagues() {
        pools
            .entry(engine.pool_of(league))
            .or_default()
            .push(league);
    }
    let pools = pools.into_values().filter(|leagues| leagues.len() > 1);
    let pools: Vec<String> = pools.map(|leagues| leagues.join("+")).collect();
    if pools.is_empty() {
        return String::new();
    }
    format!(
        "\none filter follows teams between the divisions of {}",
        pools.join(", and of ")
    )
}

/// The sentence on a model from outside that forecasts better than one that has not seen the results can.
fn too_good(config: &RunConfig, summary: &Summary) -> Option<String> {
    let model = config.engine.model.as_ref()?;
    let test = summary.significance.as_deref()?.log_loss.as_ref()?;
    if !model.kind.is_from_outside() || test.p >= 0.001 {
        return None;
    }
    look_ahead::sentence("The model's", -test.difference, test.n)
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
