//! The page of many simulated runs: how results spread.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::tables::table;
use super::{at, figure, run, section};
use crate::report::chart::{self, FanQuantiles, Labels, Marker, Scale, Unit};
use crate::report::sheet::{Sheet, percent, thousands};
use crate::results::{Results, ResultsError, Table, names};
use crate::significance::quantile;

/// A row of fan.csv.
#[derive(Debug, Deserialize)]
struct FanRow {
    strategy: String,
    matches: u64,
    p1: f64,
    p5: f64,
    p25: f64,
    p50: f64,
    p75: f64,
    p95: f64,
    p99: f64,
}

/// What of a row of runs.csv is drawn.
#[derive(Debug, Deserialize)]
struct RunRow {
    strategy: String,
    initial_bankroll: f64,
    final_bankroll: f64,
    max_drawdown: f64,
}

const LEVELS: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

pub fn body(results: &Results, fan: &Table) -> Result<Markup, ResultsError> {
    let fan: Vec<FanRow> = fan.records()?;
    let runs: Vec<RunRow> = results.table(names::RUNS)?.unwrap_or_default().records()?;
    let strategies = results.summary["strategies"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let names = strategies
        .iter()
        .filter_map(|strategy| strategy["strategy"].as_str());
    Ok(html! {
        (section("The strategies", &html! {
            (table(&overview(&strategies)))
            p.note { "Mean over the runs with its standard error; the middle half of all runs lies between the quartiles." }
        }))
        @for name in names { (section(name, &strategy(name, &fan, &runs))) }
        (run::content(results))
    })
}

fn overview(strategies: &[Value]) -> Sheet {
    let header = [
        "strategy",
        "runs",
        "ROI",
        "middle half",
        "in profit",
        "yield",
        "drawdown",
        "ruin",
    ];
    Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows: strategies.iter().map(row).collect(),
        numeric: (1..header.len()).collect(),
        ..Sheet::default()
    }
}

fn row(strategy: &Value) -> Vec<String> {
    let number = |path: &str| at(strategy, path).as_f64();
    let with_error = |mean: &str, error: &str| match (number(mean), number(error)) {
        (Some(mean), Some(error)) => format!(
            "{} ± {}",
            percent(Some(mean), false),
            percent(Some(error), false)
        ),
        (mean, _) => percent(mean, false),
    };
    let quantile = |place: usize| percent(strategy["roi"]["quantiles"][place].as_f64(), true);
    vec![
        strategy["strategy"].as_str().unwrap_or_default().to_owned(),
        number("roi.n").map_or_else(|| "–".to_owned(), |n| thousands(&n.to_string())),
        with_error("roi.mean", "roi.standard_error"),
        format!("{} to {}", quantile(2), quantile(4)),
        with_error("profitable.share", "profitable.standard_error"),
        with_error("yield.mean", "yield.standard_error"),
        percent(number("drawdown.mean"), false),
        with_error("ruined.share", "ruined.standard_error"),
    ]
}

fn strategy(name: &str, fan: &[FanRow], runs: &[RunRow]) -> Markup {
    let points: Vec<FanQuantiles> = fan
        .iter()
        .filter(|row| row.strategy == name)
        .map(quantiles)
        .collect();
    let runs: Vec<&RunRow> = runs.iter().filter(|row| row.strategy == name).collect();
    let start = runs.first().map_or(0.0, |row| row.initial_bankroll);
    let finals: Vec<f64> = runs.iter().map(|row| row.final_bankroll).collect();
    let falls: Vec<f64> = runs.iter().map(|row| row.max_drawdown).collect();
    let labels = |title, axis, unit| Labels {
        title,
        axis,
        unit,
        counted: "runs",
    };
    let bankroll = labels(
        "Final bankroll",
        "bankroll after the last match",
        Unit::Money,
    );
    let drawdown = labels(
        "Greatest fall from a peak",
        "share of the peak",
        Unit::Percent,
    );
    let marks = [
        Marker {
            name: "start",
            value: start,
        },
        Marker {
            name: "median",
            value: median(&finals),
        },
    ];
    html! {
        (figure(&chart::fan("Bankroll over the matches", &LEVELS, &points, start, Scale::default())))
        (figure(&chart::histogram(&finals, bankroll, &marks)))
        (figure(&chart::histogram(&falls, drawdown, &[Marker { name: "median", value: median(&falls) }])))
    }
}

fn quantiles(row: &FanRow) -> FanQuantiles {
    FanQuantiles {
        matches: row.matches,
        quantiles: vec![row.p1, row.p5, row.p25, row.p50, row.p75, row.p95, row.p99],
    }
}

/// The value in the middle, the lower of two; what is no number is not drawn.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        f64::NAN
    } else {
        quantile::of_rank(&sorted, 0.5)
    }
}
