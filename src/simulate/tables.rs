//! The results of many runs, as tables for people.

use super::figures::{Figure, Unit, defined_in_all, exact_percent, figures, share_text};
use super::{
    Difference, DistributionSummary, Fan, FanPoint, QUANTILES, SimulationReport, StrategyStats,
};
use crate::config::SimulationConfig;
use crate::report::text_table::{TextTable, counted, decimals};

/// Of one strategy every figure and the fan; of several what tells them apart.
pub(super) fn tables(config: &SimulationConfig, report: &SimulationReport) -> Vec<TextTable> {
    match report.strategies.as_slice() {
        [stats] => vec![figures_table(stats), fan_table(&stats.fan)],
        strategies => vec![
            comparison_table(config, strategies),
            differences_table(report),
            bankrolls_table(strategies),
        ],
    }
}

fn quantile_names() -> [String; QUANTILES.len()] {
    QUANTILES.map(|q| format!("{:.0} %", q * 100.0))
}

fn figures_table(stats: &StrategyStats) -> TextTable {
    let has_log_growth = stats.log_growth.mean().n == stats.runs();
    let mut rows: Vec<_> = figures(stats).map(figure_row).into();
    if let Some(log_growth) = rows.last_mut().filter(|_| !has_log_growth) {
        log_growth[1..].fill("–".to_owned());
    }
    distribution_table("over runs", rows)
}

/// The bankroll at the end, of several strategies.
fn bankrolls_table(strategies: &[StrategyStats]) -> TextTable {
    let rows = strategies
        .iter()
        .map(|stats| summary_row(&stats.name, stats.final_bankroll.summary(), Unit::Money));
    distribution_table("final bankroll", rows.collect())
}

/// A table of distributions. A narrow terminal leaves out the outermost quantiles first, then the quartiles, then the
/// standard error.
fn distribution_table(name: &str, rows: Vec<Vec<String>>) -> TextTable {
    let names = [name, "mean", "±"].map(str::to_owned);
    let header: Vec<String> = names.into_iter().chain(quantile_names()).collect();
    TextTable {
        numeric: (1..header.len()).collect(),
        header,
        rows,
        spare: vec![3, 9, 5, 7, 2],
        ..TextTable::default()
    }
}

fn figure_row(figure: Figure) -> Vec<String> {
    summary_row(figure.name, figure.summary, figure.unit)
}

fn summary_row(name: &str, summary: DistributionSummary, unit: Unit) -> Vec<String> {
    let mut row = vec![
        name.to_owned(),
        unit.text(summary.mean.mean),
        unit.text(summary.mean.standard_error),
    ];
    row.extend(summary.quantiles.map(|quantile| unit.text(quantile)));
    row
}

fn fan_table(fan: &Fan) -> TextTable {
    let mut header = vec!["bankroll after".to_owned(), "mean".to_owned()];
    header.extend(quantile_names());
    let points: Vec<FanPoint> = fan.points().collect();
    let step = points.len().div_ceil(11).max(1);
    TextTable {
        header,
        rows: points.iter().step_by(step).map(fan_row).collect(),
        numeric: (1..9).collect(),
        spare: vec![2, 8, 1, 4, 6],
        ..TextTable::default()
    }
}

fn fan_row(point: &FanPoint) -> Vec<String> {
    let mut row = vec![
        counted(point.matches, "match", "matches"),
        Unit::Money.text(Some(point.mean)),
    ];
    row.extend(point.quantiles.map(|units| Unit::Money.text(Some(units))));
    row
}

fn comparison_table(config: &SimulationConfig, strategies: &[StrategyStats]) -> TextTable {
    let ruin = format!("fell to {}", exact_percent(config.ruin));
    let header = [
        "strategy",
        "bets a run",
        "growth",
        "expected growth",
        "in profit",
        &ruin,
        "log growth",
    ];
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: strategies.iter().map(comparison_row).collect(),
        numeric: (1..7).collect(),
        spare: vec![1, 6, 5, 3],
        ..TextTable::default()
    }
}

fn comparison_row(stats: &StrategyStats) -> Vec<String> {
    let log_growth = defined_in_all(stats.log_growth.mean(), stats.runs());
    vec![
        stats.name.clone(),
        decimals(stats.mean_bets(), 1),
        Unit::Percent.with_error(stats.growth.mean()),
        Unit::Percent.with_error(stats.expected_growth.mean()),
        share_text(stats.profitable()),
        share_text(stats.ruined()),
        Unit::Decimals.with_error(log_growth),
    ]
}

fn differences_table(report: &SimulationReport) -> TextTable {
    let (first, others) = (&report.strategies[0].name, &report.strategies[1..]);
    let header = [
        &format!("less {first}, same matches"),
        "final bankroll",
        "yield",
        "log growth",
    ];
    let rows = others
        .iter()
        .zip(&report.differences)
        .map(|(stats, difference)| difference_row(stats, difference, report.runs()));
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        numeric: vec![1, 2, 3],
        ..TextTable::default()
    }
}

fn difference_row(stats: &StrategyStats, difference: &Difference, runs: u64) -> Vec<String> {
    let log_growth = defined_in_all(difference.log_growth(), runs);
    vec![
        stats.name.clone(),
        Unit::Money.with_error(difference.final_bankroll()),
        Unit::Percent.with_error(difference.yield_on_turnover()),
        Unit::Decimals.with_error(log_growth),
    ]
}
