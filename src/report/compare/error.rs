//! Why two runs cannot be compared.

use super::clean;
use crate::results::ResultsError;

/// Why two runs cannot be compared; what to do stands in the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// One of them cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ResultsError),
    /// A file that is none of those that can be compared.
    #[error("{0}; what can be compared is a folder of --out, its summary.json, or a baseline")]
    NoResults(ResultsError),
    /// They are not of one kind.
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
    /// They have no figure in common.
    #[error("{base} and {new} have no figure in common; is one of them no summary?")]
    NothingInCommon {
        /// The base.
        base: String,
        /// What is new.
        new: String,
    },
    /// They read different files.
    #[error(
        "{base} and {new} did not read the same data ({counts}), so their results differ by right; --allow-input-change compares them all the same"
    )]
    OtherInputs {
        /// The base.
        base: String,
        /// What is new.
        new: String,
        /// How many inputs are only in one.
        counts: String,
    },
    /// The bets were asked for and are not there.
    #[error(
        "--fail-on bets needs the bets of both, and {origin} has none; compare folders of --out, or baselines"
    )]
    NoBets {
        /// Which has none.
        origin: String,
    },
    /// A folder of a single run that lacks its bets.
    #[error(
        "{origin} holds a single run and no bets, although {other} does: a file of it is missing; write it again"
    )]
    BetsMissing {
        /// The folder.
        origin: String,
        /// The other.
        other: String,
    },
    /// A tolerance for nothing that is there.
    #[error("--tolerance {name}: there is no such figure{}", suggestion(.near))]
    UnknownFigure {
        /// What was named.
        name: String,
        /// The nearest name that there is.
        near: Option<String>,
    },
}

fn suggestion(near: &Option<String>) -> String {
    match near {
        Some(near) => format!("; did you mean {}?", clean(near)),
        None => "; simbet compare BASE NEW --all lists them all".to_owned(),
    }
}
