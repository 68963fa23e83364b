//! The results of a run for a comparison: of a folder, a summary, a baseline, or a run of this process.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::error::CompareError;
use super::{figures, rows};
use crate::results::baseline::{self, Baseline};
use crate::results::form;
use crate::results::{Results, ResultsError, Table, Wait, names};
use crate::schema::{BET_COLUMNS, BetRow};
use crate::source::Input;

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
    /// Reads a folder of results, a file with a summary, or a baseline. A run that writes the folder is waited for.
    ///
    /// # Errors
    /// When it is none of these, or damaged.
    pub fn read(path: &Path, wait: Wait<'_>) -> Result<Self, CompareError> {
        let results = Results::read(path, wait).map_err(|error| match error {
            ResultsError::Damaged { .. } if path.is_file() => CompareError::NoResults(error),
            error => error.into(),
        })?;
        if results.run.is_none() && form::is_baseline(&results.summary) {
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
            tables: vec![(names::BETS, bets)],
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
            return Err(damaged(path, "it holds no figures"));
        }
        Ok(self)
    }
}

/// A snapshot without tables, of a run.json and a summary.
fn of_run(origin: String, run: &Value, mut summary: Value) -> Snapshot {
    // scores of groups are a table, not figures; those of the model and the market are members of their own
    if let Some(members) = summary.as_object_mut() {
        members.remove("forecasts");
    }
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
