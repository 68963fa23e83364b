//! What the cells of a file mean where a cell alone does not say it: judged once for the whole of a column.
//!
//! A file is read under the conventions that are usual. What the cells say for or against them is collected on the way, and
//! where it speaks against them the file is read again under those that fit.

mod clocks;
mod dates;

use super::cells::FieldOrder;
use super::config::ReadConfig;
use crate::source::error::SourceError;
use clocks::ClockEvidence;
use dates::DateEvidence;

/// How the cells of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Conventions {
    /// The order of the fields of a date.
    pub dates: FieldOrder,
    /// Whether a kick-off at midnight means that it is not known.
    pub midnight_is_unknown: bool,
}

impl Conventions {
    /// Those that are usual, or that the settings name.
    pub fn assumed(config: &ReadConfig) -> Self {
        Self {
            dates: config.date_order.fields().unwrap_or_default(),
            midnight_is_unknown: false,
        }
    }
}

/// What the cells of a file say about its conventions.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub dates: DateEvidence,
    pub clocks: ClockEvidence,
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
        file: &str,
        config: &ReadConfig,
    ) -> Result<Judgement, SourceError> {
        let mut assumptions = Vec::new();
        let dates = match config.date_order.fields() {
            Some(order) => order,
            None => self.dates.judge(file, &mut assumptions)?,
        };
        let mut conventions = assumed;
        conventions.dates = dates;
        conventions.midnight_is_unknown = self.clocks.judge(&mut assumptions);
        Ok(Judgement {
            conventions,
            assumptions,
        })
    }
}
