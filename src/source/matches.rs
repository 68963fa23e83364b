//! Matches in memory: what reading gives and what a replay takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::config::ReadConfig;
use super::counts::ReadCounts;
use super::error::SourceError;
use super::inputs::{self, Input, Location};
use super::merge;
use super::parquet;
use super::rows::{Table, read_csv, read_records};
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

/// Reads matches from files, folders, globs and `-` for standard input.
///
/// `progress` is told how many files are done, and of how many; it may be called from any thread.
///
/// # Errors
/// When there is nothing to read, a file cannot be read, its header lacks a column, a row is beyond repair
/// (see [`OnBadRow`](super::OnBadRow)), or two rows contradict each other.
pub fn read(
    inputs: &[String],
    config: &ReadConfig,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Matches, SourceError> {
    let locations = inputs::expand(inputs)?;
    let done = AtomicUsize::new(0);
    let read_one = |location: &Location| {
        let table = read_location(location, config);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, locations.len());
        table
    };
    // Collected in order before looking for errors, so that the same file is named whoever came first.
    let tables: Vec<_> = locations.par_iter().map(read_one).collect();
    merge::merge(tables.into_iter().collect::<Result<_, _>>()?, config)
}

/// Reads matches from the bytes of one CSV file; `name` stands for its path.
///
/// # Errors
/// As for [`read`].
///
/// ```
/// use simbet::source::{ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let matches = read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap();
/// assert_eq!(matches.records[0].pre[0].odds.decimal(), 1.60);
/// assert_eq!(&*matches.records[0].fixture.id, "mine:2024-08-16:Man United:Fulham");
/// ```
pub fn read_bytes(name: &str, bytes: &[u8], config: &ReadConfig) -> Result<Matches, SourceError> {
    let table = read_csv(name, bytes, config)?;
    merge::merge(vec![(Input::new(name, bytes), table)], config)
}

fn read_location(location: &Location, config: &ReadConfig) -> Result<(Input, Table), SourceError> {
    let (name, bytes) = (location.name(), location.load()?);
    let table = if location.is_parquet() {
        read_records(&name, &parquet::records(&name, &bytes)?, config)?
    } else {
        read_csv(&name, &bytes, config)?
    };
    Ok((Input::new(&name, &bytes), table))
}
