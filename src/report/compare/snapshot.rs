//! The results of a run for a comparison: of a folder, a summary, a baseline, or a run of this process.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::error::CompareError;
use super::{figures, rows};
use crate::results::{Results, ResultsError, Table};
use crate::schema::{BET_COLUMNS, BetRow, rounded};
use crate::source::Input;

/// The form of baseline files that this version writes, and the newest that it reads.
const FORM: u64 = 1;

/// The results of a run: summary, settings, hashes of inputs, and bets.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The origin for messages: a path, or `this run`.
    pub origin: String,
    /// The version of simbet that made it, if known.
    pub version: Option<String>,
    /// The settings, if known.
    pub config: Option<Value>,
    /// The SHA-256 of every input, sorted, because names and order of files differ between machines. `None` if unknown.
    pub inputs: Option<Vec<String>>,
    /// The summary.
    pub summary: Value,
    /// The tables by name.
    tables: Vec<(&'static str, Table)>,
}

impl Snapshot {
    /// Reads a folder of results, a file with a summary, or a baseline.
    ///
    /// # Errors
    /// When it is none of these, or damaged.
    pub fn read(path: &Path) -> Result<Self, CompareError> {
        let results = Results::read(path).map_err(|error| match error {
            ResultsError::Damaged { .. } if path.is_file() => CompareError::NoResults(error),
            error => error.into(),
        })?;
        if results.run.is_none() && results.summary.get("baseline").is_some() {
            return of_baseline(&results.summary, path);
        }
        let mut tables = Vec::new();
        if results.run.is_some() {
            for (name, _) in rows::TABLES {
                tables.extend(results.table(name)?.map(|table| (name, table)));
            }
        }
        let run = results.run.unwrap_or_default();
        let snapshot = Self {
            tables,
            ..of_run(path.display().to_string(), &run, results.summary)
        };
        snapshot.checked(path)
    }

    /// The results of a run of this process.
    pub fn of_run<'a>(
        config: Value,
        inputs: &[Input],
        summary: Value,
        bets: impl Iterator<Item = BetRow<'a>>,
    ) -> Self {
        let bets = Table {
            file: "bets".to_owned(),
            header: BET_COLUMNS
                .iter()
                .map(|column| column.name.to_owned())
                .collect(),
            rows: bets
                .map(|row| {
                    row.cells()
                        .map(|cell| cell.to_string())
                        .collect::<Vec<String>>()
                        .into()
                })
                .collect(),
        };
        let run =
            json!({ "simbet": env!("CARGO_PKG_VERSION"), "config": config, "inputs": inputs });
        Self {
            tables: vec![("bets", bets)],
            ..of_run("this run".to_owned(), &run, summary)
        }
    }

    /// The table of this name, if there is one.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, table)| table)
    }

    /// The figures of the summary by name.
    pub(super) fn figures(&self) -> Vec<(String, Value)> {
        figures::flatten(&self.summary)
    }

    /// The kind of run, by the members of the summary.
    pub fn kind(&self) -> &'static str {
        let kinds = [
            (["turnover", "final_bankroll"], "a single run"),
            (["strategies", "runs"], "many simulated runs"),
            (["teams", "runs"], "seasons still to play"),
            (["ranked", "selection"], "a sweep"),
        ];
        kinds
            .into_iter()
            .find(|(names, _)| names.iter().all(|name| self.summary.get(name).is_some()))
            .map_or("something else", |(_, kind)| kind)
    }

    /// Writes a baseline: readable JSON with a line for each bet, so that a version control system shows changed bets.
    ///
    /// Figures have ten decimals, and there are no paths, so that two machines write the same file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_baseline(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = json!({
            "baseline": FORM,
            "simbet": self.version,
            "config": self.config,
            "inputs": self.inputs,
            "summary": with_ten_decimals(&self.summary),
        });
        let head = format!("{head:#}");
        let head = head.strip_suffix("\n}").unwrap_or(&head);
        let Some(bets) = self.table("bets") else {
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

    fn checked(self, path: &Path) -> Result<Self, CompareError> {
        if let Some(table) = self
            .tables
            .iter()
            .map(|(_, table)| table)
            .find(|table| repeats(&table.header))
        {
            return Err(damaged(
                Path::new(&table.file),
                "two columns have the same name",
            ));
        }
        if self.figures().is_empty() {
            return Err(damaged(path, "there is not one figure in it"));
        }
        Ok(self)
    }
}

/// A snapshot without tables, of a run.json and a summary.
fn of_run(origin: String, run: &Value, summary: Value) -> Snapshot {
    let inputs = run.get("inputs").and_then(Value::as_array);
    Snapshot {
        origin,
        version: text(run, "simbet"),
        config: run.get("config").cloned(),
        inputs: inputs.map(|inputs| {
            let hashes = inputs.iter().filter_map(|input| text(input, "sha256"));
            sorted(hashes.collect())
        }),
        summary,
        tables: Vec::new(),
    }
}

/// A member that is a text.
fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn sorted(mut hashes: Vec<String>) -> Vec<String> {
    hashes.sort();
    hashes
}

fn repeats(names: &[String]) -> bool {
    names
        .iter()
        .enumerate()
        .any(|(place, name)| names[..place].contains(name))
}

fn damaged(path: &Path, problem: &str) -> CompareError {
    ResultsError::Damaged {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
    .into()
}

fn of_baseline(value: &Value, path: &Path) -> Result<Snapshot, CompareError> {
    let form = value["baseline"]
        .as_u64()
        .ok_or_else(|| damaged(path, "its \"baseline\" is no number of a form"))?;
    if form > FORM {
        return Err(CompareError::NewerBaseline {
            path: path.to_owned(),
            form,
        });
    }
    let summary = object(value, "summary").ok_or_else(|| damaged(path, "it has no \"summary\""))?;
    let hashes = value.get("inputs").and_then(Value::as_array);
    let bets = value
        .get("bets")
        .map(|bets| table(bets, path))
        .transpose()?;
    let snapshot = Snapshot {
        origin: path.display().to_string(),
        version: text(value, "simbet"),
        config: object(value, "config"),
        inputs: hashes.map(|hashes| {
            sorted(
                hashes
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            )
        }),
        summary,
        tables: bets.map(|bets| ("bets", bets)).into_iter().collect(),
    };
    snapshot.checked(path)
}

/// A member that is an object.
fn object(value: &Value, name: &str) -> Option<Value> {
    value.get(name).filter(|member| member.is_object()).cloned()
}

/// A member of a baseline's bets that is a list.
fn list<'a>(bets: &'a Value, name: &str, path: &Path) -> Result<&'a [Value], CompareError> {
    bets.get(name)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| damaged(path, &format!("its \"bets\" have no list of \"{name}\"")))
}

fn table(bets: &Value, path: &Path) -> Result<Table, CompareError> {
    let header: Vec<String> = list(bets, "columns", path)?.iter().map(cell_text).collect();
    let mut rows = Vec::new();
    for (number, row) in (1..).zip(list(bets, "rows", path)?) {
        let cells = row
            .as_array()
            .filter(|cells| cells.len() == header.len())
            .ok_or_else(|| {
                let size = header.len();
                let problem = format!("row {number} of its \"bets\" is no list of {size} cells");
                damaged(path, &problem)
            })?;
        rows.push(cells.iter().map(cell_text).collect::<Vec<String>>().into());
    }
    Ok(Table {
        file: path.to_string_lossy().into_owned(),
        header,
        rows,
    })
}

/// A cell as in a CSV file.
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

/// A cell as JSON. Numbers remain as in CSV files, where 100 is not 100.0.
fn cell_json(column: &str, cell: &str) -> String {
    let is_numeric = BET_COLUMNS
        .iter()
        .any(|known| known.name == column && known.is_numeric());
    match cell {
        "" => "null".to_owned(),
        number if is_numeric && serde_json::from_str::<serde_json::Number>(number).is_ok() => {
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
