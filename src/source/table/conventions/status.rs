//! The words of a status column: whether they say what became of a match.

use std::collections::BTreeSet;

use crate::domain::StatusWord;
use crate::source::table::cells;

/// The words of a column called status, or something like it.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct StatusWords {
    /// What the column is called.
    pub header: String,
    /// How many cells have a word that is known.
    known: u64,
    /// How many cells have another.
    others: u64,
    /// Of the words that are not known the first few in alphabetical order.
    unknown: BTreeSet<String>,
}

/// How many unknown words a sentence shows.
const SHOWN_WORDS: usize = 3;

impl StatusWords {
    /// No words yet of the column of this name.
    pub fn of(header: &str) -> Self {
        Self {
            header: header.to_owned(),
            ..Self::default()
        }
    }

    /// Takes in a cell, and what it was read as.
    pub fn add(&mut self, cell: &[u8], status: Result<Option<StatusWord>, ()>) {
        match status {
            Ok(Some(_)) => self.known += 1,
            Ok(None) => {}
            Err(()) => self.add_unknown(cell),
        }
    }

    fn add_unknown(&mut self, cell: &[u8]) {
        self.others += 1;
        let word = cells::text(cell.trim_ascii()).chars().take(40).collect();
        self.unknown.insert(word);
        if self.unknown.len() > SHOWN_WORDS {
            self.unknown.pop_last();
        }
    }

    /// Whether most words are known, so that a column of another name is one of statuses.
    pub fn are_mostly_known(&self) -> bool {
        self.known > self.others
    }

    /// A sentence, where none of the words is known: the column is of another kind.
    pub fn says_nothing(&self) -> Option<String> {
        if self.known > 0 || self.unknown.is_empty() {
            return None;
        }
        let problem = "no word of it is known as the status of a match";
        Some(self.not_looked_at(problem))
    }

    /// A sentence about a column of another name that is not one of statuses, but may be meant as one.
    pub fn is_other(&self) -> Option<String> {
        if self.unknown.is_empty() {
            return None;
        }
        let problem = "most of its words are not known as the status of a match";
        let sentence = self.not_looked_at(problem);
        Some(format!(
            "{sentence}, --map status={:?} has it read",
            self.header
        ))
    }

    fn not_looked_at(&self, problem: &str) -> String {
        let words: Vec<String> = self
            .unknown
            .iter()
            .map(|word| format!("{word:?}"))
            .collect();
        format!(
            "the column {} is not looked at, so that its rows count by their goals alone: {problem} (it has {}); \
             --status-word WORD=STATUS says what a word means",
            self.header,
            words.join(", ")
        )
    }
}
