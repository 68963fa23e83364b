//! Runs that cannot be compared.

use super::clean;
use crate::results::ResultsError;

/// Two runs that cannot be compared. The message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// One of them cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ResultsError),
    /// A file of a kind that cannot be compared.
    #[error("{0}; compare a folder of --out, its summary.json, or a baseline")]
    NoResults(ResultsError),
    /// The runs are of different kinds.
    #[error("{base} holds {base_kind}, {new} holds {new_kind}; compare two runs of one kind")]
    OtherKind {
        /// The base.
        base: String,
        /// What it holds.
        base_kind: &'static str,
        /// What is new.
        new: String,
        /// What that holds.
        new_kind: &'static str,
    },
    /// The runs have no figure in common.
    #[error("{base} and {new} have no figure in common; is one of them not a summary?")]
    NothingInCommon {
        /// The base.
        base: String,
        /// What is new.
        new: String,
    },
    /// The runs read different files.
    #[error(
        "{base} and {new} did not read the same data ({counts}), so their results are bound to differ; \
         --allow-input-change compares them anyway"
    )]
    OtherInputs {
        /// The base.
        base: String,
        /// What is new.
        new: String,
        /// The numbers of inputs that only one run read.
        counts: String,
    },
    /// Bets are to be compared and a run has none.
    #[error(
        "--fail-on bets needs the bets of both, but {origin} has none; compare folders of --out, or baselines"
    )]
    NoBets {
        /// The run without bets.
        origin: String,
    },
    /// A folder of a single run that lacks its bets.
    #[error(
        "{origin} holds a single run without bets, but {other} has bets: a file is missing; write it again"
    )]
    BetsMissing {
        /// The folder.
        origin: String,
        /// The other.
        other: String,
    },
    /// A tolerance that matches no figure.
    #[error("--tolerance {name}: there is no such figure{}", suggestion(.near))]
    UnknownFigure {
        /// The name in the tolerance.
        name: String,
        /// The most similar name of a figure.
        near: Option<String>,
    },
}

fn suggestion(near: &Option<String>) -> String {
    match near {
        Some(near) => format!("; did you mean {}?", clean(near)),
        None => "; simbet compare BASE NEW --all lists them all".to_owned(),
    }
}
