//! What a run came to, as far as two runs can be compared: of a folder, a summary, a baseline, or just done.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::error::CompareError;
use super::{figures, rows};
use crate::results::baseline::{self, Baseline};
use crate::results::{Results, ResultsError, Table, names};
use crate::schema::{BET_COLUMNS, BetRow};
use crate::source::Input;

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
        if results.run.is_none() && baseline::is_baseline(&results.summary) {
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

    /// Writes a baseline of it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_baseline(&self, out: &mut dyn Write) -> io::Result<()> {
        baseline::write(out, &self.baseline(), self.table(names::BETS))
    }

    /// What a baseline says of it, beside the bets.
    fn baseline(&self) -> Baseline {
        Baseline {
            version: self.version.clone(),
            config: self.config.clone(),
            inputs: self.inputs.clone(),
            summary: self.summary.clone(),
        }
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
    let (baseline, bets) = baseline::read(value, path)?;
    let snapshot = Snapshot {
        origin: path.display().to_string(),
        version: baseline.version,
        config: baseline.config,
        inputs: baseline.inputs.map(sorted),
        summary: baseline.summary,
        tables: bets.map(|bets| (names::BETS, bets)).into_iter().collect(),
    };
    snapshot.checked(path)
}
