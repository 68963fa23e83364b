//! What goes between the service and the process of a backtest.
//!
//! A job is a line of JSON ([`Header`]) and then, where it has matches, so many bytes of them. What comes back are lines of
//! JSON ([`Message`]): the rounds so far, and in the end the summary or an error.

use std::path::PathBuf;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A backtest to be run.
#[derive(Debug)]
pub struct Work {
    /// The settings, as they stand in a file for `--config`, and known to go together.
    pub settings: Map<String, Value>,
    /// The matches.
    pub input: Input,
}

/// Where the matches of a backtest are.
#[derive(Debug)]
pub enum Input {
    /// Here, as CSV.
    Csv(Bytes),
    /// In a file.
    Dataset(PathBuf),
}

impl Input {
    /// The matches that are handed over.
    pub(super) fn csv(&self) -> &[u8] {
        match self {
            Self::Csv(csv) => csv,
            Self::Dataset(_) => b"",
        }
    }
}

/// The first line of a job.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub settings: Map<String, Value>,
    pub threads: usize,
    /// The most bytes of data.
    pub memory: u64,
    /// How many bytes of CSV follow.
    pub csv: u64,
}

/// A line that comes back.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Message {
    /// How many rounds are done.
    Rounds(u64),
    /// What came out.
    Summary(Value),
    /// Why nothing did.
    Error(String),
    /// There was no memory for the matches.
    OutOfMemory,
}

/// The most bytes of a line that comes back.
pub(super) const MAX_MESSAGE: u64 = 1 << 20;
/// The most characters of an error.
pub(super) const MAX_ERROR: usize = 2_000;
