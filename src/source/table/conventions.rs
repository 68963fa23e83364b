//! What the cells of a file mean where a cell alone does not say it: judged once for the whole of a column.
//!
//! A file is read under the conventions that are usual. What the cells say for or against them is collected on the way, and
//! where it speaks against them the file is read again under those that fit.

use std::collections::BTreeSet;

use super::cells;
use super::config::ReadConfig;
use crate::domain::StatusWord;
use crate::source::error::SourceError;

/// How the cells of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conventions {
    /// Whether the column called status says what became of a match.
    pub has_status: bool,
}

impl Conventions {
    /// Those that are usual, or that the settings name.
    pub fn assumed(_config: &ReadConfig) -> Self {
        Self { has_status: true }
    }
}

/// What the cells of a file say about its conventions.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub status: StatusWords,
}

/// The words of a column called status.
#[derive(Debug, Clone, Default)]
pub(super) struct StatusWords {
    /// How many cells have a word that is known.
    known: u64,
    /// Of the words that are not known the first few in alphabetical order.
    unknown: BTreeSet<String>,
}

/// How many unknown words a sentence shows.
const SHOWN_WORDS: usize = 3;

impl StatusWords {
    /// Takes in a cell, and what it was read as.
    pub fn add(&mut self, cell: &[u8], status: Result<Option<StatusWord>, ()>) {
        match status {
            Ok(Some(_)) => self.known += 1,
            Ok(None) => {}
            Err(()) if self.known > 0 => {}
            Err(()) => {
                let word = cells::text(cell.trim_ascii()).chars().take(40).collect();
                self.unknown.insert(word);
                if self.unknown.len() > SHOWN_WORDS {
                    self.unknown.pop_last();
                }
            }
        }
    }

    /// A sentence, where none of the words is known: the column is of another kind.
    fn says_nothing(&self) -> Option<String> {
        if self.known > 0 || self.unknown.is_empty() {
            return None;
        }
        let words: Vec<String> = self
            .unknown
            .iter()
            .map(|word| format!("{word:?}"))
            .collect();
        Some(format!(
            "the status column is not looked at, since it names no status of a match (it has {})",
            words.join(", ")
        ))
    }
}

/// The conventions of a file, and what had to be assumed.
#[derive(Debug, Clone)]
pub(super) struct Judgement {
    pub conventions: Conventions,
    /// Sentences, each without the file's name: `dates are read month first, since 08/19/2023 allows nothing else`.
    pub assumptions: Vec<String>,
}

impl Evidence {
    /// The conventions that fit these cells, which were read under `assumed`.
    ///
    /// # Errors
    /// When they cannot be decided.
    pub fn judge(
        &self,
        assumed: Conventions,
        _file: &str,
        _config: &ReadConfig,
    ) -> Result<Judgement, SourceError> {
        let mut judgement = Judgement {
            conventions: assumed,
            assumptions: Vec::new(),
        };
        if let Some(sentence) = self.status.says_nothing() {
            judgement.conventions.has_status = false;
            judgement.assumptions.push(sentence);
        }
        Ok(judgement)
    }
}
