//! What files hold, whether it was asked for or not: for the error where nothing of it fits.

use std::collections::BTreeSet;

use super::config::ReadConfig;
use super::lines::Cells;
use crate::domain::{Book, MarketKind};
use crate::source::error::SourceError;

/// The prices that a file has of a book on a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeldPrices {
    /// `None`: it is in a column.
    pub book: Option<Book>,
    pub kind: MarketKind,
    pub closing: bool,
    /// Columns in the order of the market's sides.
    pub cells: [Option<usize>; MarketKind::MOST_SIDES],
}

impl HeldPrices {
    /// The columns with a price.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.cells.into_iter().flatten()
    }

    /// Whether a row has none of these prices.
    pub fn are_missing_in(&self, row: Cells<'_>) -> bool {
        self.columns()
            .all(|column| row.get(column).trim_ascii().is_empty())
    }
}

/// A header that `--map` names and that a file does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unmapped {
    pub target: String,
    /// The nearest header, as a clause.
    pub suggestion: String,
    /// The header of the file.
    pub headers: String,
}

impl Unmapped {
    /// The error about a file that cannot do without.
    pub fn error(self, file: &str, config: &ReadConfig) -> SourceError {
        SourceError::MappedHeader {
            file: file.to_owned(),
            header: config.map.get(&self.target).cloned().unwrap_or_default(),
            target: self.target,
            suggestion: self.suggestion,
            headers: self.headers,
        }
    }
}

/// Checks that every header that `--map` names is in some table.
pub(super) fn ensure_mapped<'a>(
    tables: impl Iterator<Item = &'a Contents> + Clone,
    config: &ReadConfig,
) -> Result<(), SourceError> {
    for target in config.map.keys() {
        let lacks = |table: &'a Contents| table.unmapped.iter().find(|map| map.target == *target);
        let Some(first) = tables.clone().next() else {
            return Ok(());
        };
        if tables.clone().all(|table| lacks(table).is_some()) {
            let unmapped = lacks(first).cloned();
            return unmapped.map_or(Ok(()), |map| Err(map.error(&first.file, config)));
        }
    }
    Ok(())
}

/// What a table holds.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub(super) file: String,
    pub(super) rows: u64,
    /// Whether a row is a match still to be played.
    pub(super) has_fixtures: bool,
    /// Whether there are columns for goals or a score.
    pub(super) has_goals: bool,
    /// Whether a column has the league of each match.
    pub(crate) has_league: bool,
    /// Whether the column that might have scores has letters of results instead.
    pub(super) has_letters: bool,
    /// Where there are none: the columns that look like it, each with its `--map`.
    pub(super) like_goals: Vec<String>,
    pub(super) prices: Vec<HeldPrices>,
    /// The columns that look like prices and are not read.
    pub(super) like_prices: Vec<String>,
    /// The columns that are not read as prices and name a side.
    pub(super) with_side: Vec<String>,
    /// The columns of `--map` that it does not have.
    pub(super) unmapped: Vec<Unmapped>,
    /// The books that rows name.
    pub(super) books: BTreeSet<Book>,
}
