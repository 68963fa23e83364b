//! A baseline: the results of a run as one file for version control, which shows its changes.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::error::ResultsError;
use super::form;
use super::names::FORM;
use super::tables::Table;
use crate::rounding::rounded;
use crate::schema::Column;

/// A baseline without its bets.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// The version that made it, where that is known.
    pub version: Option<String>,
    /// The settings, where they are known.
    pub config: Option<Value>,
    /// SHA-256 of every input; `None` where unknown.
    pub inputs: Option<Vec<String>>,
    /// The summary.
    pub summary: Value,
}

/// Reads a baseline, and the bets if it has any. `path` is for messages.
///
/// # Errors
/// When it has another form, or is damaged.
pub fn read(value: &Value, path: &Path) -> Result<(Baseline, Option<Table>), ResultsError> {
    let form = value["baseline"]
        .as_u64()
        .ok_or_else(|| damaged(path, "its \"baseline\" is not the number of a format"))?;
    form::ensure_current_baseline(path, form, value)?;
    let summary = object(value, "summary").ok_or_else(|| damaged(path, "it has no \"summary\""))?;
    let bets = value.get("bets");
    let bets = bets.map(|bets| table(bets, path)).transpose()?;
    let inputs = value.get("inputs").and_then(Value::as_array);
    let baseline = Baseline {
        version: text(value.get("simbet")),
        config: object(value, "config"),
        inputs: inputs.map(|inputs| texts(inputs)),
        summary,
    };
    Ok((baseline, bets))
}

fn object(value: &Value, name: &str) -> Option<Value> {
    value.get(name).filter(|member| member.is_object()).cloned()
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

fn texts(values: &[Value]) -> Vec<String> {
    values
        .iter()
        .filter_map(|value| text(Some(value)))
        .collect()
}

fn damaged(path: &Path, problem: &str) -> ResultsError {
    ResultsError::Damaged {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

fn table(bets: &Value, path: &Path) -> Result<Table, ResultsError> {
    let header: Vec<String> = list(bets, "columns", path)?.iter().map(cell_text).collect();
    let mut rows = Vec::new();
    for (place, row) in list(bets, "rows", path)?.iter().enumerate() {
        let cells = row
            .as_array()
            .filter(|cells| cells.len() == header.len())
            .ok_or_else(|| {
                damaged(
                    path,
                    &format!(
                        "row {} of its \"bets\" is not a list of {} cells",
                        place + 1,
                        header.len()
                    ),
                )
            })?;
        rows.push(cells.iter().map(cell_text).collect::<Vec<String>>().into());
    }
    Ok(Table {
        file: path.to_string_lossy().into_owned(),
        header,
        rows,
    })
}

/// Writes a baseline: readable JSON with a line for each bet, so that a version control system shows which moved.
/// Figures have ten decimals, and paths are left out, so that two machines write the same file.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(out: &mut dyn Write, baseline: &Baseline, bets: Option<&Table>) -> io::Result<()> {
    let head = json!({
        "baseline": FORM,
        "simbet": baseline.version,
        "config": baseline.config,
        "inputs": baseline.inputs,
        "summary": with_ten_decimals(&baseline.summary),
    });
    let head = format!("{head:#}");
    let head = head.strip_suffix("\n}").unwrap_or(&head);
    let Some(bets) = bets else {
        return writeln!(out, "{head}\n}}");
    };
    writeln!(
        out,
        "{head},\n  \"bets\": {{\n    \"columns\": {},\n    \"rows\": [",
        json!(bets.header)
    )?;
    for (place, row) in bets.rows.iter().enumerate() {
        let cells: Vec<String> = bets
            .header
            .iter()
            .zip(row)
            .map(|(column, cell)| cell_json(column, cell))
            .collect();
        let comma = if place + 1 < bets.rows.len() { "," } else { "" };
        writeln!(out, "      [{}]{comma}", cells.join(","))?;
    }
    writeln!(out, "    ]\n  }}\n}}")
}

/// A cell as a CSV file has it.
fn cell_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| rounded(number).to_string()),
        other => other.to_string(),
    }
}

/// A cell as JSON; numbers as they stand in CSV files, where 100 is not 100.0.
fn cell_json(column: &str, cell: &str) -> String {
    match cell {
        "" => "null".to_owned(),
        number
            if is_numeric(column) && serde_json::from_str::<serde_json::Number>(number).is_ok() =>
        {
            number.to_owned()
        }
        text => Value::from(text).to_string(),
    }
}

fn with_ten_decimals(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), with_ten_decimals(value)))
            .collect(),
        Value::Array(members) => members.iter().map(with_ten_decimals).collect(),
        Value::Number(number) if number.is_f64() => number
            .as_f64()
            .map_or(Value::Null, |number| rounded(number).into()),
        other => other.clone(),
    }
}

/// A list among the members of `bets`.
fn list<'a>(bets: &'a Value, name: &str, path: &Path) -> Result<&'a [Value], ResultsError> {
    bets.get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| damaged(path, &format!("its \"bets\" have no list of \"{name}\"")))
}

fn is_numeric(column: &str) -> bool {
    Column::named(column).is_some_and(Column::is_numeric)
}
