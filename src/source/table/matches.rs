//! Matches in memory: what reading gives and what a replay takes.

use std::sync::Arc;

use super::counts::ReadCounts;
use super::inputs::Input;
use crate::domain::{Fixture, Names, Quote, Score};

/// A match, or a fixture yet to be played, with its prices.
///
/// ```
/// use simbet::{ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let matches = read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap();
/// let record = &matches.records[0];
/// assert_eq!(record.score.map(|score| (score.home, score.away)), Some((1, 0)));
/// assert_eq!((record.pre.len(), record.close.len()), (3, 0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MatchRecord {
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
///
/// ```
/// use simbet::{ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Man United,Fulham,1,0\n2024-08-17,Leeds,Hull,,\n";
/// let matches = read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap();
/// assert_eq!((matches.counts.matches, matches.counts.fixtures), (1, 1));
/// let fixture = &matches.fixtures().next().unwrap().fixture;
/// assert_eq!(matches.names.team(fixture.home), "Leeds");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// The names of teams and leagues, interned in alphabetical order.
    pub names: Names,
    /// Matches and fixtures by day, then by fixture id.
    pub records: Vec<MatchRecord>,
    /// What became of every row.
    pub counts: ReadCounts,
    /// The files, sorted by path.
    pub inputs: Vec<Input>,
}

impl Matches {
    /// The fixtures: what has no score yet.
    pub fn fixtures(&self) -> impl Iterator<Item = &MatchRecord> {
        self.records.iter().filter(|record| record.score.is_none())
    }
}
