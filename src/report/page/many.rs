//! The page of many simulated runs: the distribution of their results.

use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::tables::table;
use super::{at, figure, run, section};
use crate::report::chart::{self, FanQuantiles, Labels, Marker, Scale, Unit};
use crate::report::text_table::{TextTable, percent, thousands};
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

/// The columns of runs.csv that are drawn.
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
            p.note { "Mean over the runs with its standard error (±); the middle half of all runs lies between the quartiles." }
        }))
        @for name in names { (section(name, &strategy(name, &fan, &runs))) }
        (run::content(results))
    })
}

fn overview(strategies: &[Value]) -> TextTable {
    let header = [
        "strategy",
        "runs",
        "growth",
        "middle half",
        "in profit",
        "yield",
        "drawdown",
        "ruin",
    ];
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: strategies.iter().map(row).collect(),
        numeric: (1..header.len()).collect(),
        ..TextTable::default()
    }
}

fn row(strategy: &Value) -> Vec<String> {
    let runs = at(strategy, "growth.n").as_f64();
    let [lower, upper] =
        [2, 4].map(|quantile| percent(strategy["growth"]["quantiles"][quantile].as_f64(), true));
    vec![
        strategy["strategy"].as_str().unwrap_or_default().to_owned(),
        runs.map_or_else(|| "–".to_owned(), |n| thousands(&n.to_string())),
        with_error(&strategy["growth"], "mean"),
        format!("{} to {upper}", lower.trim_end_matches(" %")),
        with_error(&strategy["profitable"], "share"),
        with_error(&strategy["yield"], "mean"),
        percent(at(strategy, "drawdown.mean").as_f64(), false),
        with_error(&strategy["ruined"], "share"),
    ]
}

/// A figure in percent with its standard error, and one sign for both: the table is wide.
fn with_error(estimate: &Value, name: &str) -> String {
    let figure = percent(estimate[name].as_f64(), false);
    match (estimate[name].as_f64(), estimate["standard_error"].as_f64()) {
        (Some(_), Some(error)) => {
            let figure = figure.trim_end_matches(" %");
            format!("{figure} ± {}", percent(Some(error), false))
        }
        _ => figure,
    }
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
    let drawdowns: Vec<f64> = runs.iter().map(|row| row.max_drawdown).collect();
    let start_marker = Marker {
        name: "start",
        value: start,
    };
    html! {
        (figure(&chart::fan("Bankroll over the matches", &LEVELS, &points, start, Scale::default())))
        (figure(&chart::histogram(&finals, FINAL_BANKROLL, &[start_marker, median_marker(&finals)])))
        (figure(&chart::histogram(&drawdowns, MAX_DRAWDOWN, &[median_marker(&drawdowns)])))
    }
}

const FINAL_BANKROLL: Labels<'_> = Labels {
    title: "Final bankroll",
    axis: "bankroll after the last match",
    unit: Unit::Money,
    counted: "runs",
};

const MAX_DRAWDOWN: Labels<'_> = Labels {
    title: "Greatest fall from a peak",
    axis: "share of the peak",
    unit: Unit::Percent,
    counted: "runs",
};

fn median_marker(values: &[f64]) -> Marker<'static> {
    Marker {
        name: "median",
        value: median(values),
    }
}

fn quantiles(row: &FanRow) -> FanQuantiles {
    FanQuantiles {
        matches: row.matches,
        quantiles: vec![row.p1, row.p5, row.p25, row.p50, row.p75, row.p95, row.p99],
    }
}

/// The median, of an even number of values the lower of the middle two; NaN, which is not drawn, without values.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        f64::NAN
    } else {
        quantile::of_rank(&sorted, 0.5)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_figure_and_its_error_share_a_sign() {
        let estimate = json!({ "mean": 14.3333, "standard_error": 0.2361 });
        assert_eq!(with_error(&estimate, "mean"), "1,433.33 ± 23.61 %");
        assert_eq!(with_error(&json!({ "mean": null }), "mean"), "–");
    }
}
