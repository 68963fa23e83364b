//! What a run came to, as far as two runs can be compared: of a folder, a summary, a baseline, or just done.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::error::CompareError;
use super::{figures, rows};
use crate::results::{Results, ResultsError, Table, names};
use crate::rounding::rounded;
use crate::schema::{BET_COLUMNS, BetRow, Column};
use crate::source::Input;

/// The form of baseline files that this version writes, and the newest it reads.
const FORM: u64 = 1;

/// What a run came to: its summary, its settings, the hashes of what it read, its bets.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Where it is from, for messages: a path, or `this run`.
    pub origin: String,
    /// The version that made it, where that is known.
    pub version: Option<String>,
    /// The settings, where they are known.
    pub config: Option<Value>,
    /// SHA-256 of every input, sorted: names and order of files differ from machine to machine. `None` where unknown.
    pub inputs: Option<Vec<String>>,
    /// The summary.
    pub summary: Value,
    /// The tables that there are, by name.
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
        let said = results.run.unwrap_or_default();
        let snapshot = Self {
            tables,
            ..of_run(path.display().to_string(), &said, results.summary)
        };
        snapshot.checked(path)
    }

    /// What a run that is just done came to.
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
        let said =
            json!({ "simbet": env!("CARGO_PKG_VERSION"), "config": config, "inputs": inputs });
        Self {
            tables: vec![(names::BETS, bets)],
            ..of_run("this run".to_owned(), &said, summary)
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

    /// What the run was, as far as the summary shows it.
    pub fn kind(&self) -> &'static str {
        let has = |name: &str| self.summary.get(name).is_some();
        match () {
            () if has("turnover") && has("final_bankroll") => "a single run",
            () if has("strategies") && has("runs") => "many simulated runs",
            () if has("teams") && has("runs") => "seasons still to play",
            () if has("ranked") && has("selection") => "a sweep",
            () => "something else",
        }
    }

    /// Writes a baseline: readable JSON with a line for each bet, so that a version control system shows which moved.
    /// Figures have ten decimals, and paths are left out, so that two machines write the same file.
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
        let Some(bets) = self.table(names::BETS) else {
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

/// What a run.json says, and the summary.
fn of_run(origin: String, said: &Value, summary: Value) -> Snapshot {
    let hash = |input: &Value| {
        input
            .get("sha256")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let inputs = said.get("inputs").and_then(Value::as_array);
    Snapshot {
        origin,
        version: said
            .get("simbet")
            .and_then(Value::as_str)
            .map(str::to_owned),
        config: said.get("config").cloned(),
        inputs: inputs.map(|inputs| sorted(inputs.iter().filter_map(hash).collect())),
        summary,
        tables: Vec::new(),
    }
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
    let object = |name: &str| value.get(name).filter(|member| member.is_object()).cloned();
    let summary = object("summary").ok_or_else(|| damaged(path, "it has no \"summary\""))?;
    let hashes = value.get("inputs").and_then(Value::as_array);
    let bets = value
        .get("bets")
        .map(|bets| table(bets, path))
        .transpose()?;
    let snapshot = Snapshot {
        origin: path.display().to_string(),
        version: value
            .get("simbet")
            .and_then(Value::as_str)
            .map(str::to_owned),
        config: object("config"),
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
        tables: bets.map(|bets| (names::BETS, bets)).into_iter().collect(),
    };
    snapshot.checked(path)
}

fn table(bets: &Value, path: &Path) -> Result<Table, CompareError> {
    let list = |name: &str| {
        let list = bets.get(name).and_then(Value::as_array);
        list.ok_or_else(|| damaged(path, &format!("its \"bets\" have no list of \"{name}\"")))
    };
    let header: Vec<String> = list("columns")?.iter().map(cell_text).collect();
    let mut rows = Vec::new();
    for (place, row) in list("rows")?.iter().enumerate() {
        let cells = row
            .as_array()
            .filter(|cells| cells.len() == header.len())
            .ok_or_else(|| {
                damaged(
                    path,
                    &format!(
                        "row {} of its \"bets\" is no list of {} cells",
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
    let is_number = || Column::named(column).is_some_and(Column::is_numeric);
    match cell {
        "" => "null".to_owned(),
        number if is_number() && serde_json::from_str::<serde_json::Number>(number).is_ok() => {
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
