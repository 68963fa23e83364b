//! Metrics as the text of Prometheus.

use std::fmt::Write as _;

use crate::serve::views::{MetricsAnswer, Quantiles};

/// The metrics, a gauge or counter each, and a summary for each latency.
pub fn text(metrics: &MetricsAnswer) -> String {
    let mut text = String::new();
    for (name, kind, help, value) in figures(metrics) {
        // an undefined figure is left out
        if let Some(value) = value {
            write(
                &mut text,
                format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"),
            );
        }
    }
    let latency = &metrics.latency;
    let steps = [
        ("ingestion", &latency.ingestion),
        ("decision", &latency.decision),
        ("end_to_end", &latency.end_to_end),
    ];
    steps
        .into_iter()
        .for_each(|(step, quantiles)| summary(&mut text, step, quantiles));
    text
}

/// A figure: its name, kind, help and value.
type Figure = (&'static str, &'static str, &'static str, Option<f64>);

fn figures(metrics: &MetricsAnswer) -> [Figure; 9] {
    [
        (
            "simbet_bets_settled_total",
            "counter",
            "Settled bets",
            Some(metrics.total_bets as f64),
        ),
        (
            "simbet_bets_won_total",
            // a corrected result can take it back
            "gauge",
            "Settled bets that won in full or by half",
            Some(metrics.winning_bets as f64),
        ),
        (
            "simbet_staked_total",
            "counter",
            "Staked on settled bets, in units of currency",
            Some(metrics.total_staked),
        ),
        (
            "simbet_payout_total",
            // a corrected result can take it back
            "gauge",
            "Payout of settled bets, in units of currency",
            Some(metrics.total_payout),
        ),
        (
            "simbet_roi_percent",
            "gauge",
            "(payout - stake) / stake, in percent",
            metrics.roi,
        ),
        (
            "simbet_win_rate_percent",
            "gauge",
            "Winning bets / settled bets, in percent",
            metrics.win_rate,
        ),
        (
            "simbet_average_odds",
            "gauge",
            "Mean decimal odds of the settled bets",
            metrics.average_odds,
        ),
        (
            "simbet_bets_open",
            "gauge",
            "Bets without a result yet",
            Some(metrics.open_bets as f64),
        ),
        (
            "simbet_bankroll",
            "gauge",
            "The balance, in units of currency",
            Some(metrics.bankroll),
        ),
    ]
}

fn summary(text: &mut String, step: &str, quantiles: &Quantiles) {
    let name = format!("simbet_{step}_milliseconds");
    write(
        text,
        format_args!("# HELP {name} How long the step takes\n# TYPE {name} summary\n"),
    );
    for (share, value) in [
        ("0.5", quantiles.p50),
        ("0.99", quantiles.p99),
        ("0.999", quantiles.p999),
    ] {
        if let Some(value) = value {
            write(
                text,
                format_args!("{name}{{quantile=\"{share}\"}} {value}\n"),
            );
        }
    }
    write(text, format_args!("{name}_count {}\n", quantiles.count));
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // a string takes everything
    let _ = text.write_fmt(arguments);
}
