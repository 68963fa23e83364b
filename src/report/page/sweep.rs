//! The page of a sweep: its settings by rank, and the tests for data snooping.

use csv::StringRecord;
use maud::{Markup, html};

use super::tables::table;
use super::{at, figure, run, section};
use crate::report::chart::{self, Labels, Marker, Unit};
use crate::report::summary;
use crate::report::text_table::{TextTable, decimals, percent, thousands};
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

/// The tests for data snooping, figure by figure.
fn data_snooping(results: &Results) -> TextTable {
    let rows = summary::flat(&results.summary["selection"]).into_iter();
    TextTable {
        header: vec!["figure".to_owned(), "value".to_owned()],
        rows: rows
            .map(|row| vec![row[0].replace(['_', '.'], " "), four_decimals(&row[1])])
            .collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// A number with at most four decimals, or a bound on one that would round to 0 or 1; other texts unchanged.
fn four_decimals(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) if number > 0.0 && number < 0.00005 => "<0.0001".to_owned(),
        Ok(number) if number > 0.99995 && number < 1.0 => ">0.9999".to_owned(),
        Ok(number) if value.contains('.') => decimals(Some(number), 4),
        Ok(_) | Err(_) => value.to_owned(),
    }
}
