//! The words of a status column: whether they say what became of a match.

use std::collections::BTreeSet;

use crate::domain::StatusWord;
use crate::source::table::cells;

/// The words of a column called status.
#[derive(Debug, Clone, Default)]
pub struct StatusWords {
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
    pub fn says_nothing(&self) -> Option<String> {
        if self.known > 0 || self.unknown.is_empty() {
            return None;
        }
        let words: Vec<String> = self
            .unknown
            .iter()
            .map(|word| format!("{word:?}"))
            .collect();
        Some(format!(
            "the status column is not looked at, since it names no status of a match that is known (it has {}); \
             --status-word says what a word means",
            words.join(", ")
        ))
    }
}
