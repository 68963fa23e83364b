//! The page of a sweep: its settings in order of rank, and what the best of them may owe to luck.

use csv::StringRecord;
use maud::{Markup, html};

use super::tables::table;
use super::{at, figure, run, section};
use crate::report::chart::{self, Labels, Marker, Unit};
use crate::report::sheet::{Sheet, decimals, percent, thousands};
use crate::report::summary;
use crate::results::{Results, Table};

/// Settings that are listed, at most.
const LISTED: usize = 500;
/// The figures shown of a setting, by their columns.
const FIGURES: [(&str, &str); 8] = [
    ("sharpe", "Sharpe"),
    ("bets", "bets"),
    ("yield", "yield"),
    ("roi", "ROI"),
    ("max_drawdown", "drawdown"),
    ("log_growth", "log growth"),
    ("clv_mean", "CLV"),
    ("profit", "profit"),
];
const SHARES: [&str; 4] = ["yield", "roi", "max_drawdown", "clv_mean"];

pub fn body(results: &Results, sweep: &Table) -> Markup {
    let said = results.summary["verdict"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let sheet = ranking(sweep);
    html! {
        @if !said.is_empty() {
            div.verdict { @for sentence in said.iter().filter_map(|one| one.as_str()) { p { (sentence) } } }
        }
        (section("All settings by their Sharpe ratio", &html! {
            (figure(&distribution(results, sweep)))
            p.note {
                "Of the returns of match days. “Luck alone” is what the best of as many settings would show if none had skill."
            }
        }))
        (section("The best settings", &html! {
            @if sheet.rows.len() < sweep.rows.len() {
                p.note {
                    "The first " (thousands(&LISTED.to_string())) " of " (thousands(&sweep.rows.len().to_string()))
                    "; all of them are in sweep.csv."
                }
            }
            div.tall { (table(&sheet)) }
        }))
        (section("Could the best be luck", &table(&selection(results))))
        (run::content(results))
    }
}

/// Where all Sharpe ratios lie, with the best and what luck alone would show.
fn distribution(results: &Results, sweep: &Table) -> chart::Chart {
    let place = sweep.header.iter().position(|name| name == "sharpe");
    let values: Vec<f64> = sweep
        .rows
        .iter()
        .filter_map(|row| row.get(place?)?.parse().ok())
        .collect();
    let labels = Labels {
        title: "Sharpe ratio",
        axis: "Sharpe ratio of a match day",
        unit: Unit::Number,
        counted: "settings",
    };
    let number = |path: &str| at(&results.summary, path).as_f64().unwrap_or(f64::NAN);
    let best = Marker {
        name: "best",
        value: number("selection.sharpe"),
    };
    let luck = Marker {
        name: "luck alone",
        value: number("selection.expected_best_sharpe"),
    };
    chart::histogram(&values, labels, &[best, luck])
}

fn ranking(sweep: &Table) -> Sheet {
    let place = |name: &str| sweep.header.iter().position(|column| column == name);
    // what was varied stands before the figures
    let axes = place("sharpe").unwrap_or(0);
    let figures: Vec<(usize, &str, &str)> = FIGURES
        .iter()
        .filter_map(|&(name, title)| Some((place(name)?, name, title)))
        .collect();
    let row = |row: &StringRecord| {
        let said = row.iter().take(axes).map(str::to_owned);
        let shown = figures
            .iter()
            .map(|&(place, name, _)| shown(name, row.get(place).unwrap_or_default()));
        said.chain(shown).collect()
    };
    let titles = figures.iter().map(|(.., title)| (*title).to_owned());
    Sheet {
        header: sweep
            .header
            .iter()
            .take(axes)
            .cloned()
            .chain(titles)
            .collect(),
        rows: sweep.rows.iter().take(LISTED).map(row).collect(),
        numeric: [0].into_iter().chain(axes..axes + figures.len()).collect(),
        ..Sheet::default()
    }
}

fn shown(name: &str, cell: &str) -> String {
    match cell.parse::<f64>() {
        Err(_) => "–".to_owned(),
        Ok(share) if SHARES.contains(&name) => percent(Some(share), name != "max_drawdown"),
        Ok(_) if name == "bets" => thousands(cell),
        Ok(amount) if name == "profit" => thousands(&format!("{amount:.2}")),
        Ok(number) => decimals(Some(number), 4),
    }
}

/// The corrections for having chosen, figure by figure.
fn selection(results: &Results) -> Sheet {
    let short = |value: &str| match value.parse::<f64>() {
        Ok(number) if value.contains('.') => decimals(Some(number), 4),
        _ => value.to_owned(),
    };
    let rows = summary::flat(&results.summary["selection"]).into_iter();
    Sheet {
        header: vec!["figure".to_owned(), "value".to_owned()],
        rows: rows
            .map(|row| vec![row[0].replace(['_', '.'], " "), short(&row[1])])
            .collect(),
        numeric: vec![1],
        ..Sheet::default()
    }
}
