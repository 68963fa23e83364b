//! What the cells of a file mean where a cell alone does not say it: judged once for the whole of a column.
//!
//! A file is read under the conventions that are usual. What the cells say for or against them is collected on the way, and
//! where it speaks against them the file is read again under those that fit.

mod status;

use super::config::ReadConfig;
use crate::source::error::SourceError;
use status::StatusWords;

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
