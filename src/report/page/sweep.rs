//! The page of a sweep: its settings by rank, and the tests for data snooping.

use csv::StringRecord;
use maud::{Markup, html};

use super::tables::table;
use super::{at, figure, run, section};
use crate::report::chart::{self, Labels, Marker, Unit};
use crate::report::text_table::{TextTable, decimals, percent, probability, thousands};
use crate::results::{Results, Table};

/// The most settings that are listed.
const MAX_LISTED: usize = 500;
/// The figures of a setting that are displayed: column and title.
const FIGURES: [(&str, &str); 8] = [
    ("sharpe", "Sharpe"),
    ("bets", "bets"),
    ("yield", "yield"),
    ("growth", "growth"),
    ("max_drawdown", "drawdown"),
    ("log_growth", "log growth"),
    ("clv_mean", "CLV"),
    ("profit", "profit"),
];
const SHARES: [&str; 4] = ["yield", "growth", "max_drawdown", "clv_mean"];

pub fn body(results: &Results, sweep: &Table) -> Markup {
    let sentences = results.summary["verdict"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let ranking = ranking_table(sweep);
    html! {
        @if !sentences.is_empty() {
            div.verdict { @for sentence in sentences.iter().filter_map(|one| one.as_str()) { p { (sentence) } } }
        }
        (section("The Sharpe ratios of all settings", &html! {
            (figure(&distribution(results, sweep)))
            p.note {
                "Computed from the returns of match days. “Luck alone” is what the best of this many settings would \
                 show if none had skill."
            }
        }))
        (section("The settings by rank", &html! {
            @if ranking.rows.len() < sweep.rows.len() {
                p.note {
                    "The first " (thousands(&MAX_LISTED.to_string())) " of " (thousands(&sweep.rows.len().to_string()))
                    "; all of them are in sweep.csv."
                }
            }
            div.tall { (table(&ranking)) }
        }))
        (section("Could the best be luck", &table(&data_snooping(results))))
        (run::content(results))
    }
}

/// The histogram of Sharpe ratios, with markers at the setting ranked first and at the expected best without skill.
fn distribution(results: &Results, sweep: &Table) -> chart::Chart {
    let column = column(sweep, "sharpe");
    let values: Vec<f64> = sweep
        .rows
        .iter()
        .filter_map(|row| row.get(column?)?.parse().ok())
        .collect();
    let labels = Labels {
        title: "Sharpe ratio",
        axis: "Sharpe ratio of a match day",
        unit: Unit::Number,
        counted: "settings",
    };
    let markers = [
        ("first", "selection.sharpe"),
        ("luck alone", "selection.expected_best_sharpe"),
    ]
    .map(|(name, path)| Marker {
        name,
        // NaN is not drawn
        value: at(&results.summary, path).as_f64().unwrap_or(f64::NAN),
    });
    chart::histogram(&values, labels, &markers)
}

fn column(sweep: &Table, name: &str) -> Option<usize> {
    sweep.header.iter().position(|column| column == name)
}

/// A displayed figure: the index of its column, the name of the column, the title.
type FigureColumn = (usize, &'static str, &'static str);

fn ranking_table(sweep: &Table) -> TextTable {
    // the varied settings come before the figures
    let axes = column(sweep, "sharpe").unwrap_or(0);
    let figures: Vec<FigureColumn> = FIGURES
        .iter()
        .filter_map(|&(name, title)| Some((column(sweep, name)?, name, title)))
        .collect();
    let titles = figures.iter().map(|(.., title)| (*title).to_owned());
    TextTable {
        header: sweep
            .header
            .iter()
            .take(axes)
            .cloned()
            .chain(titles)
            .collect(),
        rows: sweep
            .rows
            .iter()
            .take(MAX_LISTED)
            .map(|row| ranking_row(row, axes, &figures))
            .collect(),
        numeric: [0].into_iter().chain(axes..axes + figures.len()).collect(),
        ..TextTable::default()
    }
}

fn ranking_row(row: &StringRecord, axes: usize, figures: &[FigureColumn]) -> Vec<String> {
    let settings = row.iter().take(axes).map(str::to_owned);
    let figures = figures
        .iter()
        .map(|&(column, name, _)| display(name, row.get(column).unwrap_or_default()));
    settings.chain(figures).collect()
}

/// A figure of a setting as the page displays it.
fn display(name: &str, cell: &str) -> String {
    match cell.parse::<f64>() {
        Err(_) => "–".to_owned(),
        Ok(share) if SHARES.contains(&name) => percent(Some(share), name != "max_drawdown"),
        Ok(_) if name == "bets" => thousands(cell),
        Ok(amount) if name == "profit" => thousands(&format!("{amount:.2}")),
        Ok(number) => decimals(Some(number), 4),
    }
}

/// The tests for data snooping under the names that the terminal gives them; what is unknown is left out.
fn data_snooping(results: &Results) -> TextTable {
    let rows = SNOOPING.into_iter().filter_map(|(path, name, kind)| {
        let value = at(&results.summary["selection"], path).as_f64()?;
        Some(vec![name.to_owned(), kind.text(value)])
    });
    TextTable {
        header: vec!["figure".to_owned(), "value".to_owned()],
        rows: rows.collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// How a figure of these tests is written.
#[derive(Clone, Copy)]
enum Written {
    Count,
    Probability,
    Share,
    Number,
}

impl Written {
    fn text(self, value: f64) -> String {
        match self {
            Self::Count => thousands(&value.to_string()),
            Self::Probability => probability(value),
            Self::Share => percent(Some(value), false),
            Self::Number => decimals(Some(value), 4),
        }
    }
}

const SNOOPING: [(&str, &str, Written); 13] = [
    ("trials", "settings that bet", Written::Count),
    ("days", "match days", Written::Count),
    ("sharpe", "Sharpe ratio of the first", Written::Number),
    (
        "expected_best_sharpe",
        "best Sharpe ratio by luck alone",
        Written::Number,
    ),
    (
        "deflated_sharpe",
        "deflated Sharpe ratio",
        Written::Probability,
    ),
    (
        "reality_check.p",
        "reality check (White): p",
        Written::Probability,
    ),
    ("spa.p", "SPA (Hansen): p", Written::Probability),
    ("spa.p_lower", "SPA: lower bound of p", Written::Probability),
    ("spa.p_upper", "SPA: upper bound of p", Written::Probability),
    (
        "overfitting.splits",
        "splits of the time into halves",
        Written::Count,
    ),
    (
        "overfitting.probability",
        "best of one half not above the median of the other",
        Written::Share,
    ),
    (
        "overfitting.loss_probability",
        "best of one half lost in the other",
        Written::Share,
    ),
    (
        "overfitting.slope",
        "slope of the Sharpe ratio in one half on that in the other",
        Written::Number,
    ),
];
