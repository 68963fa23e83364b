//! The results of many runs, as JSON and as tables for programs.

use serde_json::{Value, json};

use super::figures::{figures, quantile_columns};
use super::{
    Difference, DistributionSummary, Mean, QUANTILES, Share, SimulationReport, StrategyStats,
};
use crate::config::SimulationConfig;
use crate::report::text_table::TextTable;

/// Every figure as one JSON object.
pub(crate) fn json(config: &SimulationConfig, report: &SimulationReport) -> Value {
    let strategies: Vec<_> = report
        .strategies
        .iter()
        .map(|stats| strategy_json(config, stats))
        .collect();
    let differences: Vec<_> = compared(report)
        .map(|(stats, difference)| difference_json(report, stats, difference))
        .collect();
    json!({
        "seed": config.synthetic.seed,
        "matches": config.synthetic.matches,
        "runs": report.runs(),
        "quantiles": QUANTILES,
        "strategies": strategies,
        "differences": differences,
    })
}

/// Every strategy but the first, and how it differs from that.
fn compared(report: &SimulationReport) -> impl Iterator<Item = (&StrategyStats, &Difference)> {
    report.strategies.iter().skip(1).zip(&report.differences)
}

fn difference_json(
    report: &SimulationReport,
    stats: &StrategyStats,
    difference: &Difference,
) -> Value {
    json!({
        "strategy": stats.name,
        "less": report.strategies[0].name,
        "final_bankroll": difference.final_bankroll(),
        "yield": difference.yield_on_turnover(),
        "log_growth": difference.log_growth(),
    })
}

fn strategy_json(config: &SimulationConfig, stats: &StrategyStats) -> Value {
    let mut value = json!({
        "strategy": stats.name,
        "initial_bankroll": stats.initial(),
        "bets": stats.mean_bets(),
        "profitable": stats.profitable(),
        "ruined": stats.ruined(),
        "spent": stats.spent(),
        "ruin": config.ruin,
    });
    for figure in figures(stats) {
        value[figure.member()] = json!(figure.summary);
    }
    if let Some(precision) = config.precision {
        value["precision"] = json!({ "wanted": precision, "runs": stats.runs_for(precision) });
    }
    value["luck"] = json!(stats.unexpected_growth());
    value["fan"] = fan_json(stats);
    value
}

fn fan_json(stats: &StrategyStats) -> Value {
    stats
        .fan
        .points()
        .map(|point| json!({ "matches": point.matches, "mean": point.mean, "quantiles": point.quantiles }))
        .collect()
}

/// The figures of every strategy as one table.
pub(super) fn figures_table(report: &SimulationReport) -> TextTable {
    let mut header = ["strategy", "figure", "n", "mean", "standard_error"]
        .map(str::to_owned)
        .to_vec();
    header.extend(quantile_columns());
    TextTable {
        header,
        rows: report.strategies.iter().flat_map(strategy_rows).collect(),
        ..TextTable::default()
    }
}

fn strategy_rows(stats: &StrategyStats) -> Vec<Vec<String>> {
    let spreads = figures(stats)
        .into_iter()
        .map(|figure| summary_row(stats, figure.member(), &figure.summary));
    let shares = [
        share_row(stats, "profitable", stats.profitable()),
        share_row(stats, "ruined", stats.ruined()),
        share_row(stats, "spent", stats.spent()),
    ];
    spreads.chain(shares).collect()
}

fn summary_row(
    stats: &StrategyStats,
    figure: String,
    summary: &DistributionSummary,
) -> Vec<String> {
    let mut row = vec![stats.name.clone(), figure];
    row.extend(mean_cells(summary.mean));
    row.extend(summary.quantiles.map(number));
    row
}

fn share_row(stats: &StrategyStats, figure: &str, share: Share) -> Vec<String> {
    let mut row = vec![
        stats.name.clone(),
        figure.to_owned(),
        stats.runs().to_string(),
    ];
    row.extend([share.share, share.standard_error].map(number));
    row.resize(5 + QUANTILES.len(), String::new());
    row
}

/// How the strategies differ from the first, as one table.
pub(super) fn differences_table(report: &SimulationReport) -> TextTable {
    let header = ["strategy", "less", "figure", "n", "mean", "standard_error"];
    let rows = compared(report)
        .flat_map(|(stats, difference)| difference_rows(report, stats, difference))
        .collect();
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows,
        ..TextTable::default()
    }
}

fn difference_rows(
    report: &SimulationReport,
    stats: &StrategyStats,
    difference: &Difference,
) -> [Vec<String>; 3] {
    [
        ("final_bankroll", difference.final_bankroll()),
        ("yield", difference.yield_on_turnover()),
        ("log_growth", difference.log_growth()),
    ]
    .map(|(figure, mean)| {
        let mut row = vec![
            stats.name.clone(),
            report.strategies[0].name.clone(),
            figure.to_owned(),
        ];
        row.extend(mean_cells(mean));
        row
    })
}

/// The number of runs in which it is defined, the mean, and its standard error.
fn mean_cells(mean: Mean) -> [String; 3] {
    [
        mean.n.to_string(),
        number(mean.mean),
        number(mean.standard_error),
    ]
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
