//! The page of a projected season.

use csv::StringRecord;
use maud::{Markup, html};
use serde_json::Value;

use super::tables::table;
use super::{run, section};
use crate::report::text_table::{TextTable, chance, decimals, thousands};
use crate::results::{Results, Table};

/// Columns of the season's table that are probabilities.
const SHARES: [&str; 4] = ["title", "top_four", "top_half", "relegated"];

pub fn body(results: &Results, season: &Table) -> Markup {
    let [played, as_of, left, runs] = ["played", "as_of", "left", "runs"].map(|name| {
        let value = results.summary[name].to_string();
        value.trim_matches('"').to_owned()
    });
    let what = if played == "1" {
        "match was"
    } else {
        "matches were"
    };
    let runs = format!(
        "{} {what} played by {as_of}; the remaining {left} were simulated {}.",
        thousands(&played),
        if runs == "1" {
            "once".to_owned()
        } else {
            format!("{} times", thousands(&runs))
        }
    );
    let legend = results.run_text("legend").unwrap_or_default();
    html! {
        (section("The final table", &html! {
            p { (runs) }
            (table(&final_table(results, season)))
            @for line in legend.lines() { p.note { (line) } }
        }))
        (run::content(results))
    }
}

fn final_table(results: &Results, season: &Table) -> TextTable {
    TextTable {
        header: season
            .header
            .iter()
            .map(|name| name.replace('_', " "))
            .collect(),
        rows: season
            .rows
            .iter()
            .zip(0..)
            .map(|(row, place)| display_row(&results.summary, place, &season.header, row))
            .collect(),
        numeric: (1..season.header.len()).collect(),
        ..TextTable::default()
    }
}

fn display_row(
    summary: &Value,
    place: usize,
    header: &[String],
    row: &StringRecord,
) -> Vec<String> {
    let runs = summary["runs"].as_u64().unwrap_or(1);
    let settled = |name: &str| summary["teams"][place][name]["settled"].as_bool();
    header
        .iter()
        .zip(row)
        .map(|(name, cell)| display(name, cell, settled(name), runs))
        .collect()
}

/// A cell of the table as the page displays it.
fn display(name: &str, cell: &str, settled: Option<bool>, runs: u64) -> String {
    match cell.parse::<f64>() {
        Ok(share) if SHARES.contains(&name) => chance(share, settled, runs),
        Ok(number) if cell.contains('.') => decimals(Some(number), 1),
        _ => cell.to_owned(),
    }
}
