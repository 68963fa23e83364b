//! Sentences on what was simulated, and what the figures mean.

use super::figures::exact_percent;
use super::{SimulationReport, StrategyStats};
use crate::config::{ResolvedStrategy, SimulationConfig, value_name};
use crate::report::text_table::{counted, percent, thousands};
use crate::source::synthetic::Teams;

/// The headline of a single run, in two lines.
pub(crate) fn headline_of_run(config: &SimulationConfig) -> String {
    let (run, seed) = (config.first_run, config.synthetic.seed);
    let (league, strategies) = (league(config), strategies(config));
    format!("{league}, run {run} of seed {seed}\n{strategies}")
}

/// The headline of many runs, in two lines.
pub(crate) fn headline(config: &SimulationConfig, report: &SimulationReport) -> String {
    let (runs, seed) = (runs(config, report), config.synthetic.seed);
    let (league, strategies) = (league(config), strategies(config));
    format!("{league} a run, {runs} of seed {seed}\n{strategies}")
}

/// The league and how much of it is played.
fn league(config: &SimulationConfig) -> String {
    let league = &config.synthetic.league;
    let matches = counted(
        config.synthetic.matches,
        "simulated match",
        "simulated matches",
    );
    let teams = match &league.teams {
        Teams::Drawn { count, .. } => format!("{count} invented teams"),
        Teams::Given(teams) => format!("{} teams as strong as the real ones", teams.len()),
    };
    format!("{}: {teams}, {matches}", league.name)
}

/// Model, strategies and prices.
fn strategies(config: &SimulationConfig) -> String {
    let bookmaker = &config.synthetic.bookmaker;
    format!(
        "{}, {} on {} against a margin of {} and noise of {}",
        model(config),
        names(config),
        markets(&config.strategies[0]),
        percent(Some(bookmaker.margin), false),
        bookmaker.noise
    )
}

fn model(config: &SimulationConfig) -> String {
    let mut models = config
        .strategies
        .iter()
        .filter_map(|strategy| strategy.engine.model.as_ref());
    let model = models
        .next()
        .map_or_else(|| "no model".to_owned(), |model| value_name(model.kind));
    if config.model_noise > 0.0 {
        format!("{model} with noise {}", config.model_noise)
    } else {
        model
    }
}

fn names(config: &SimulationConfig) -> String {
    let names: Vec<_> = config
        .strategies
        .iter()
        .map(|strategy| strategy.name.as_str())
        .collect();
    names.join(", ")
}

fn markets(strategy: &ResolvedStrategy) -> String {
    let markets = &strategy.engine.strategy.markets;
    let codes: Vec<_> = markets.iter().map(|market| market.code()).collect();
    codes.join(", ")
}

fn runs(config: &SimulationConfig, report: &SimulationReport) -> String {
    match report.runs() {
        1 => format!("run {}", config.first_run),
        runs => format!("{} runs", thousands(&runs.to_string())),
    }
}

/// What has to be known before any figure is read.
pub(super) fn first_sentences(report: &SimulationReport) -> Vec<String> {
    report.strategies.iter().filter_map(spent).collect()
}

/// Sentences on the meaning and the limits of the figures.
pub(super) fn later_sentences(config: &SimulationConfig, report: &SimulationReport) -> Vec<String> {
    let is_single = report.strategies.len() == 1;
    let strategies = report.strategies.iter();
    strategies
        .flat_map(|stats| {
            let verdict = is_single.then(|| verdict(config, stats));
            let reached = config
                .precision
                .and_then(|precision| convergence(stats, precision));
            [verdict, lost_everything(stats), reached]
        })
        .flatten()
        .chain(below_all(report))
        .chain([STANDARD_ERROR.to_owned()])
        .collect()
}

/// What the sign means in tables and sentences.
const STANDARD_ERROR: &str = "± is the standard error.";

/// Why more can be expected to be lost than there is.
fn below_all(report: &SimulationReport) -> Option<String> {
    let mut summaries = report
        .strategies
        .iter()
        .map(|stats| stats.expected_growth.summary());
    summaries
        .any(|summary| summary.quantiles[0].is_some_and(|lowest| lowest < -1.0))
        .then(|| {
            "Expected growth adds up what each bet was worth when it was placed. It may fall below -100 %, because money that \
             luck won is staked again."
                .to_owned()
        })
}

fn spent(stats: &StrategyStats) -> Option<String> {
    let share = stats.spent().share.filter(|share| *share > 0.0)?;
    Some(format!(
        "{}: in {} of the runs the bankroll was spent, or too small for the smallest stake, before the end and later bets \
         were left out, so that the figures are those of fewer bets.",
        stats.name,
        percent(Some(share), false)
    ))
}

fn lost_everything(stats: &StrategyStats) -> Option<String> {
    let lost = stats.runs() - stats.log_growth.mean().n;
    (lost > 0).then(|| {
        format!(
            "{} lost everything, so its log growth has no mean.",
            counted(
                lost,
                &format!("run of {}", stats.name),
                &format!("runs of {}", stats.name)
            )
        )
    })
}

/// Profit, ruin, and luck: the result less the expected profit of the bets.
fn verdict(config: &SimulationConfig, stats: &StrategyStats) -> String {
    let growth = stats.growth.mean();
    let expected = stats.expected_growth.mean();
    let unexpected = stats.unexpected_growth();
    format!(
        "{} of the runs made a profit, {} fell to {} of the start or below. The mean growth is {} ± {}; at the true \
         probabilities the bets were worth {} ± {}, and luck made the difference of {} ± {}.",
        percent(stats.profitable().share, false),
        percent(stats.ruined().share, false),
        exact_percent(config.ruin),
        percent(growth.mean, true),
        percent(growth.standard_error, false),
        percent(expected.mean, true),
        percent(expected.standard_error, false),
        percent(unexpected.mean, true),
        percent(unexpected.standard_error, false),
    )
}

fn convergence(stats: &StrategyStats, precision: f64) -> Option<String> {
    let error = stats.growth.mean().standard_error?;
    let text = format!(
        "{}: the standard error of the mean growth is {:.4} %, the target is {:.4} %",
        stats.name,
        error * 100.0,
        precision * 100.0
    );
    if error <= precision {
        return Some(format!("{text}: reached."));
    }
    let runs = counted(stats.runs_for(precision)?, "run", "runs");
    Some(format!("{text}: that takes about {runs}."))
}
