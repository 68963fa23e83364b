//! One row as it was read.

use std::sync::Arc;

use super::cells::Clock;
use crate::domain::{Book, MatchStatus, Quote, Score, Statistics, Time};

/// A match or fixture of one file. Teams and leagues are indices into [`Table::teams`].
#[derive(Debug, Default)]
pub(super) struct Row {
    pub league: u32,
    pub home: u32,
    pub away: u32,
    pub day: Time,
    pub kickoff: Option<Time>,
    pub season: Option<i16>,
    pub id: Option<Box<str>>,
    pub score: Option<Score>,
    pub status: MatchStatus,
    pub statistics: Option<Arc<Statistics>>,
    /// `None`: the row does not say it.
    pub neutral: Option<bool>,
    pub line: u64,
    pub pre: Box<[Quote]>,
    pub close: Box<[Quote]>,
    /// Whose prices the row has, and of what time, where a column says it; then those of further rows on the match.
    pub offers: Vec<(Book, Time)>,
}

/// The day of a cell, and the time of day if it has one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DateCell {
    pub day: Time,
    pub clock: Option<Clock>,
}
