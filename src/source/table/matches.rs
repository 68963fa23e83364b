//! Matches in memory: what reading gives and what a replay takes.

use std::sync::Arc;

use super::counts::ReadCounts;
use super::inputs::Input;
use crate::domain::{Fixture, Names, Quote, Score};

/// A match, or a fixture yet to be played, with its prices.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What is played.
    pub fixture: Arc<Fixture>,
    /// Goals at full time; `None` for a fixture.
    pub score: Option<Score>,
    /// Prices known at the start of the match day, by market, book and side.
    pub pre: Box<[Quote]>,
    /// Closing prices, known at kick-off, by market, book and side.
    pub close: Box<[Quote]>,
}

/// Everything that was read.
///
/// Nothing here depends on the order of files, of rows or of columns, nor on the number of threads.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// The names of teams and leagues, interned in alphabetical order.
    pub names: Names,
    /// Matches and fixtures by day, then by fixture id.
    pub records: Vec<Record>,
    /// What became of every row.
    pub counts: ReadCounts,
    /// The files, sorted by path.
    pub inputs: Vec<Input>,
}

impl Matches {
    /// The fixtures: what has no score yet.
    pub fn fixtures(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| record.score.is_none())
    }
}
