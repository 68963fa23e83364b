//! What is wrong with a text that names nothing.

use std::fmt;

/// A text that is no code of a market or of a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    what: &'static str,
    known: String,
    text: String,
}

impl CodeError {
    pub(super) fn new(what: &'static str, known: String, text: &str) -> Self {
        Self {
            what,
            known,
            text: text.to_owned(),
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a {} must be one of {}, not {:?}",
            self.what, self.known, self.text
        )
    }
}

impl std::error::Error for CodeError {}
