//! The section on the run itself: its version, inputs and settings.

use maud::{Markup, html};
use serde_json::Value;

use super::{section, tables};
use crate::report::summary;
use crate::report::text_table::TextTable;
use crate::results::Results;

/// The most files that are listed without being folded.
const MAX_UNFOLDED: usize = 6;

/// Version, inputs by their hashes, and every setting.
pub fn content(results: &Results) -> Markup {
    let Some(run) = &results.run else {
        return Markup::default();
    };
    let version = run["simbet"].as_str().unwrap_or("unknown");
    let inputs = inputs(&run["inputs"]);
    let settings = TextTable {
        header: vec!["setting".to_owned(), "value".to_owned()],
        rows: settings(run),
        ..TextTable::default()
    };
    section(
        "The run",
        &html! {
            p { "simbet " (version) ". The same input, settings and version give the same bytes." }
            @if inputs.rows.len() > MAX_UNFOLDED {
                (tables::folded(&format!("All {} files", inputs.rows.len()), &tables::table(&inputs)))
            } @else if !inputs.rows.is_empty() { (tables::table(&inputs)) }
            (tables::folded("All settings", &tables::table(&settings)))
        },
    )
}

/// Every setting; of a season those of bets are left out, since none is placed.
fn settings(run: &Value) -> Vec<Vec<String>> {
    let mut config = run["config"].clone();
    if run["season"].is_object()
        && let Some(members) = config.as_object_mut()
    {
        members.retain(|name, _| ["read", "model", "pools"].contains(&name.as_str()));
    }
    summary::flat(&config)
}

fn inputs(inputs: &Value) -> TextTable {
    TextTable {
        header: ["file", "SHA-256", "rows"].map(str::to_owned).to_vec(),
        rows: inputs
            .as_array()
            .map(|all| all.iter().map(input_row).collect())
            .unwrap_or_default(),
        numeric: vec![2],
        ..TextTable::default()
    }
}

fn input_row(input: &Value) -> Vec<String> {
    ["path", "sha256", "rows"]
        .map(|name| text(&input[name]))
        .to_vec()
}

/// A JSON value as text, strings without quotes.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
