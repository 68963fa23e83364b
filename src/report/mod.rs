//! Results as tables, charts and pages, for people and programs.

use std::borrow::Cow;

use crate::printable;

pub mod breakdown;
pub mod chart;
pub mod closing_line;
pub mod compare;
pub mod figures;
pub mod forecasts;
pub mod inspection;
pub mod look_ahead;
pub mod page;
pub mod predictions;
pub mod price_pool;
pub mod profit_verdict;
pub mod significance;
pub mod summary;
pub mod text_table;

/// In what form results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Tables to read.
    #[default]
    Table,
    /// One JSON object.
    Json,
    /// Comma-separated values.
    Csv,
    /// Tables for a pull request or a page.
    Markdown,
}

impl Format {
    /// Sentences, as this format has them: Markdown shows them as they are, whatever a name in them looks like.
    pub fn prose(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Markdown => printable::markdown(text).into(),
            Self::Table | Self::Json | Self::Csv => printable::lines(text),
        }
    }

    /// What is printed in this format, without anything that a terminal would obey.
    pub fn printable(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Json => printable::json(text),
            Self::Table | Self::Csv | Self::Markdown => printable::lines(text),
        }
    }
}
