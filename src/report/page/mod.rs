//! Results as one HTML file, which needs no network, no server and no other file.
//!
//! maud writes the page and escapes everything that comes from data. Charts are those of [`chart`].

mod agreement;
mod bets;
mod many;
mod run;
mod season;
mod sweep;
mod tables;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::chart::{self, Chart};
use super::text_table::TextTable;
use crate::printable;
use crate::results::{self, Results, ResultsError, names};

pub use tables::tile;

/// The CSS of pages, without that of charts.
pub const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The content security policy, by which a browser lets the page load nothing from anywhere, and runs no script and uses no
/// style but the page's own, known by their digests.
fn policy(style: &str) -> String {
    let [style, script] = [style, SCRIPT].map(|text| STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The page of a folder of results: of a backtest, of one simulated run, of many, of a season, or of a sweep.
///
/// # Errors
/// When the folder is of none of these, or a file of it is damaged.
pub fn render(results: &Results) -> Result<String, ResultsError> {
    // a record that was assessed has its page already
    if let Some(page) = results.own_page() {
        return Ok(page);
    }
    let body = if let Some(bets) = results.table(names::BETS)? {
        bets::body(results, &bets)?
    } else if let Some(fan) = results.table(names::FAN)? {
        many::body(results, &fan)?
    } else if let Some(season) = results.table(names::SEASON)? {
        season::body(results, &season)
    } else if let Some(sweep) = results.table(names::SWEEP)? {
        sweep::body(results, &sweep)
    } else {
        let missing = "bets.csv, bets.parquet, fan.csv, season.csv or sweep.csv";
        return Err(ResultsError::Incomplete {
            path: results.path.clone(),
            missing,
        });
    };
    let page = shell(&headline(results), &body).into_string();
    Ok(results::sealed_page(printable::lines(&page).into_owned()))
}

/// A part of a page that is made of what is printed.
pub enum Part {
    /// Sentences at the top.
    Verdict(Vec<String>),
    /// Pictures.
    Charts(Vec<Chart>),
    /// Tables, each a section of its own.
    Tables(Vec<TextTable>),
}

/// A page of parts.
pub fn of_parts(headline: &[String], parts: &[Part]) -> String {
    let body = html! { @for part in parts { (of_part(part)) } };
    printable::lines(&shell(headline, &body).into_string()).into_owned()
}

fn of_part(part: &Part) -> Markup {
    match part {
        Part::Verdict(sentences) => {
            html! { @if !sentences.is_empty() { div.verdict { @for sentence in sentences { p { (sentence) } } } } }
        }
        Part::Charts(charts) => {
            html! { @if !charts.is_empty() { (section("In pictures", &html! { @for chart in charts { (figure(chart)) } })) } }
        }
        Part::Tables(all) => {
            html! { @for one in all { section { (tables::table(one)) } } }
        }
    }
}

/// The lines of the headline that the run wrote.
fn headline(results: &Results) -> Vec<String> {
    results
        .run_text("headline")
        .unwrap_or("Results of simbet")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn shell(headline: &[String], body: &Markup) -> Markup {
    let title = headline.first().map_or("Results", String::as_str);
    let style = [STYLE, &chart::style()].concat();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="generator" content="simbet";
                meta http-equiv="Content-Security-Policy" content=(policy(&style));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (title) " – simbet" }
                style { (PreEscaped(&style)) }
            }
            body {
                main {
                    header {
                        h1 { (title) }
                        @for line in headline.iter().skip(1) { p.what { (line) } }
                    }
                    (body)
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// A section with its heading.
fn section(title: &str, content: &Markup) -> Markup {
    html! { section { h2 { (title) } (content) } }
}

/// A chart as wide as its container.
fn figure(chart: &Chart) -> Markup {
    html! { figure { (PreEscaped(chart.svg())) } }
}

/// A member of a JSON value by its path; null where there is none.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, part| &value[part])
}
