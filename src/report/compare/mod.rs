//! The comparison of two runs: which figures and bets differ, and whether that is allowed.
//!
//! It compares what a reader of the results sees: figures to ten decimals, amounts to the cent, bets by their cells. Every
//! difference fails unless a [`Tolerance`] allows it.

mod error;
mod figures;
mod junit;
mod rows;
mod snapshot;
mod text;
mod tolerance;

use serde::Serialize;
use serde_json::Value;

use super::summary;
use crate::metrics::Summary;
use crate::printable::is_unsafe;
use crate::results::names;

pub use error::CompareError;
pub use figures::{Figure, Verdict};
pub use junit::junit;
pub use rows::{CellChange, RowChange, Rows};
pub use snapshot::Snapshot;
pub use text::{plain_table, write_text};
pub use tolerance::{Tolerance, ToleranceError};

/// What counts as a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Anything that moved.
    #[default]
    Any,
    /// Figures of the summary; bets may move.
    Metrics,
    /// Bets, the bankroll and simulated runs; figures may move.
    Bets,
}

/// The changes that are allowed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// The tolerances; the last one that matches a figure applies.
    pub tolerances: Vec<Tolerance>,
    /// What counts as a failure.
    pub fail_on: FailOn,
    /// Whether the runs may have read different data.
    pub allow_input_change: bool,
}

/// A setting in both runs; `None` where a run has no such setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// The name, parts joined by dots.
    pub name: String,
    /// Its value in the base.
    pub base: Option<Value>,
    /// Its value in the new run.
    pub new: Option<Value>,
}

/// A comparison of two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Whether it fails: a change counts as a failure and no tolerance allows it.
    pub failed: bool,
    /// The verdict in a sentence.
    pub verdict: String,
    /// What counts as a failure.
    pub fail_on: FailOn,
    /// The origin of the base.
    pub base: String,
    /// The origin of the new run.
    pub new: String,
    /// What has to be known of either run before its figures are read: that its bankroll was spent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Notes on the two runs: other versions, other data, tables that only one has.
    pub notes: Vec<String>,
    /// The settings that differ; they may.
    pub settings: Vec<Setting>,
    /// Every figure.
    pub metrics: Vec<Figure>,
    /// The tables that both have.
    pub tables: Vec<Rows>,
}

impl Comparison {
    /// The figures with this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.metrics
            .iter()
            .filter(|figure| figure.verdict == verdict)
            .count()
    }

    /// The number of figures that changed, came or went.
    pub fn metrics_changed(&self) -> usize {
        self.metrics
            .iter()
            .filter(|figure| figure.verdict.is_change())
            .count()
    }

    /// Whether any row of any table changed, came or went.
    pub fn rows_changed(&self) -> bool {
        self.tables.iter().any(Rows::is_changed)
    }
}

/// Compares two runs.
///
/// # Errors
/// When they cannot be compared, or a tolerance matches no figure.
///
/// ```
/// use serde_json::json;
/// use simbet::internals::report::compare::{Rules, Snapshot, compare};
/// let run = |profit: f64| Snapshot::of_run(json!({}), &[], json!({ "profit": profit }), std::iter::empty());
/// let comparison = compare(&run(10.0), &run(12.5), &Rules::default()).unwrap();
/// assert_eq!(comparison.metrics[0].difference, Some(2.5));
/// assert_eq!(comparison.verdict, "1 of 1 metric moved");
/// let tolerances = vec!["profit=2.5".parse().unwrap()];
/// assert!(!compare(&run(10.0), &run(12.5), &Rules { tolerances, ..Rules::default() }).unwrap().failed);
/// ```
pub fn compare(base: &Snapshot, new: &Snapshot, rules: &Rules) -> Result<Comparison, CompareError> {
    check(base, new, rules)?;
    let metrics = compare_metrics(base, new, &rules.tolerances)?;
    let both = rows::TABLES
        .into_iter()
        .filter_map(|table| Some((table, base.table(table.0)?, new.table(table.0)?)));
    let tables = both
        .map(|(table, base, new)| rows::compare(table, base, new, &rules.tolerances))
        .collect();
    let mut comparison = Comparison {
        failed: false,
        verdict: String::new(),
        fail_on: rules.fail_on,
        base: base.origin.clone(),
        new: new.origin.clone(),
        warnings: [base, new].into_iter().flat_map(warnings).collect(),
        notes: notes(base, new),
        settings: settings(base, new),
        metrics,
        tables,
    };
    check_names(&comparison, base, new, &rules.tolerances)?;
    comparison.failed = match rules.fail_on {
        FailOn::Any => comparison.metrics_changed() > 0 || comparison.rows_changed(),
        FailOn::Metrics => comparison.metrics_changed() > 0,
        FailOn::Bets => comparison.rows_changed(),
    };
    comparison.verdict = text::verdict(&comparison);
    Ok(comparison)
}

fn compare_metrics(
    base: &Snapshot,
    new: &Snapshot,
    tolerances: &[Tolerance],
) -> Result<Vec<Figure>, CompareError> {
    let metrics = figures::compare(&base.figures(), &new.figures(), tolerances);
    if metrics
        .iter()
        .all(|figure| matches!(figure.verdict, Verdict::New | Verdict::Gone))
    {
        return Err(CompareError::NothingInCommon {
            base: base.origin.clone(),
            new: new.origin.clone(),
        });
    }
    Ok(metrics)
}

fn check(base: &Snapshot, new: &Snapshot, rules: &Rules) -> Result<(), CompareError> {
    if base.kind() != new.kind() {
        return Err(CompareError::OtherKind {
            base: base.origin.clone(),
            base_kind: base.kind(),
            new: new.origin.clone(),
            new_kind: new.kind(),
        });
    }
    if let Some(counts) = other_inputs(base, new).filter(|_| !rules.allow_input_change) {
        return Err(CompareError::OtherInputs {
            base: base.origin.clone(),
            new: new.origin.clone(),
            counts,
        });
    }
    for (one, other) in [(base, new), (new, base)] {
        let lacks = one.table(names::BETS).is_none();
        if lacks && rules.fail_on == FailOn::Bets && one.table(names::RUNS).is_none() {
            return Err(CompareError::NoBets {
                origin: one.origin.clone(),
            });
        }
        // a summary file has no settings, and need not have bets
        if lacks && one.config.is_some() && other.table(names::BETS).is_some() {
            return Err(CompareError::BetsMissing {
                origin: one.origin.clone(),
                other: other.origin.clone(),
            });
        }
    }
    Ok(())
}

/// The difference of the inputs in words; `None` where there is none, or where inputs of a run are unknown.
fn other_inputs(base: &Snapshot, new: &Snapshot) -> Option<String> {
    let (then, now) = (base.inputs.as_ref()?, new.inputs.as_ref()?);
    (then != now).then(|| {
        format!(
            "{} of {} files are gone, {} of {} are new",
            count_missing(then, now),
            then.len(),
            count_missing(now, then),
            now.len()
        )
    })
}

/// The hashes of one list that are not in the other.
fn count_missing(one: &[String], other: &[String]) -> usize {
    one.iter().filter(|hash| !other.contains(hash)).count()
}

/// What has to be known of a run before its figures are read.
fn warnings(side: &Snapshot) -> Vec<String> {
    let found: Option<Summary> = serde_json::from_value(side.summary.clone()).ok();
    let sentences = found.iter().flat_map(summary::first_sentences);
    sentences
        .map(|sentence| format!("{}: {sentence}", clean(&side.origin)))
        .collect()
}

fn notes(base: &Snapshot, new: &Snapshot) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(then), Some(now)) = (&base.version, &new.version)
        && then != now
    {
        notes.push(format!(
            "simbet {} wrote the base, and simbet {} the new results.",
            clean(then),
            clean(now)
        ));
    }
    notes.extend(
        other_inputs(base, new).map(|counts| format!("They did not read the same data: {counts}.")),
    );
    let unknown = [base, new].into_iter().filter(|side| side.inputs.is_none());
    notes.extend(
        unknown.map(|side| format!("{} does not say what data it read.", clean(&side.origin))),
    );
    // baselines have no bankroll, because it follows from the bets
    for name in [names::BETS, names::RUNS] {
        for (one, other) in [(base, new), (new, base)] {
            if one.table(name).is_some() && other.table(name).is_none() {
                notes.push(format!(
                    "{} has no {name}, so they were not compared.",
                    clean(&other.origin)
                ));
            }
        }
    }
    notes
}

/// The settings that differ; empty where those of a run are unknown.
fn settings(base: &Snapshot, new: &Snapshot) -> Vec<Setting> {
    let (Some(then), Some(now)) = (&base.config, &new.config) else {
        return Vec::new();
    };
    let differing = figures::compare(&figures::flatten(then), &figures::flatten(now), &[]);
    let differing = differing
        .into_iter()
        .filter(|figure| figure.verdict != Verdict::Same);
    differing
        .map(|figure| Setting {
            name: figure.name,
            base: figure.base,
            new: figure.new,
        })
        .collect()
}

/// Checks that every tolerance matches a figure. A misspelt name would let a build fail, or worse, pass.
fn check_names(
    comparison: &Comparison,
    base: &Snapshot,
    new: &Snapshot,
    tolerances: &[Tolerance],
) -> Result<(), CompareError> {
    let mut known: Vec<String> = comparison
        .metrics
        .iter()
        .map(|figure| figure.name.clone())
        .collect();
    for (table, _) in rows::TABLES {
        let columns = [base, new]
            .into_iter()
            .filter_map(|side| side.table(table))
            .flat_map(|table| &table.header);
        known.extend(columns.map(|column| format!("{table}.{column}")));
    }
    match tolerances
        .iter()
        .find(|tolerance| !known.iter().any(|name| tolerance.is_for(name)))
    {
        None => Ok(()),
        Some(unknown) => {
            let name = clean(unknown.name());
            Err(CompareError::UnknownFigure {
                near: nearest(&name, &known),
                name,
            })
        }
    }
}

/// The most similar name, as a whole or by its last part, if one is similar enough.
fn nearest(name: &str, names: &[String]) -> Option<String> {
    let last_parts = names.iter().filter_map(|name| name.rsplit('.').next());
    let mut best = (0.6, None);
    for known in names.iter().map(String::as_str).chain(last_parts) {
        let likeness = strsim::normalized_damerau_levenshtein(name, known);
        if likeness > best.0 {
            best = (likeness, Some(known.to_owned()));
        }
    }
    best.1
}

/// Text of a file for a terminal or XML: what a terminal may obey or XML does not allow is replaced.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { '\u{fffd}' } else { c })
        .collect()
}
