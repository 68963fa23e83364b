//! Matches in memory: what reading gives and what a replay takes.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::contents::Contents;
use super::counts::ReadCounts;
use super::inputs::Input;
use super::left_out::LeftOut;
use crate::domain::{Fixture, Match, MatchStatus, Names, Quote, Score, Statistics};

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
    /// The goals that the file has, which are a result only where the match was played: see [`MatchRecord::result`].
    pub score: Option<Score>,
    /// What became of it; of a fixture, [`MatchStatus::Played`] without a score.
    pub status: MatchStatus,
    /// What else was counted in the match, where the file has it.
    pub statistics: Option<Arc<Statistics>>,
    /// Prices before the match, by market, book and side: known at the start of the match day, or at a time of their own.
    pub pre: Box<[Quote]>,
    /// Closing prices, known at kick-off, by market, book and side.
    pub close: Box<[Quote]>,
}

impl MatchRecord {
    /// Goals at full time of a match that was played.
    pub fn result(&self) -> Option<Score> {
        self.score.filter(|_| self.status.has_result())
    }

    /// Whether it is still to be played.
    pub fn is_fixture(&self) -> bool {
        self.status.has_result() && self.score.is_none()
    }

    /// What becomes known of a match that is over: its result, or that it has none.
    pub fn ended(&self) -> Option<Match> {
        (!self.is_fixture()).then(|| Match {
            fixture: Arc::clone(&self.fixture),
            score: self.score.unwrap_or_default(),
            status: self.status,
            statistics: self.statistics.clone(),
        })
    }
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
    /// What was assumed about files that do not say it, each once.
    pub assumptions: Vec<Assumption>,
    /// The aliases that no team of the files has; entries of a stream may need them.
    pub unused_aliases: Vec<Assumption>,
    /// What each table holds.
    pub contents: Vec<Contents>,
    /// What the files have of prices that were not asked for.
    pub left_out: LeftOut,
}

/// Something that files do not say and that was assumed, or judged by the whole of a column.
///
/// ```
/// use simbet::internals::source::Assumption;
/// let sentence = "dates are read day first".to_owned();
/// let assumption = Assumption { sentence, files: vec!["a.csv".to_owned(), "b.csv".to_owned()] };
/// assert_eq!(assumption.to_string(), "a.csv and 1 other file: dates are read day first");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// A sentence without the name of the file.
    pub sentence: String,
    /// The files of which it holds, in the order in which they were read; none where it is not about files.
    pub files: Vec<String>,
}

impl Assumption {
    /// The assumptions of tables, each once.
    pub(super) fn of_tables<'a>(
        tables: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (file, sentences) in tables {
            for sentence in sentences {
                match all.iter_mut().find(|known| known.sentence == *sentence) {
                    Some(known) => known.files.push(file.to_owned()),
                    None => all.push(Self {
                        sentence: sentence.clone(),
                        files: vec![file.to_owned()],
                    }),
                }
            }
        }
        all
    }
}

/// `a.csv: dates are ...`, `a.csv and 2 other files: dates are ...`.
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, others) = self
            .files
            .split_first()
            .map_or(("", 0), |(first, others)| (first.as_str(), others.len()));
        match others {
            0 if self.files.is_empty() => f.write_str(&self.sentence),
            0 => write!(f, "{first}: {}", self.sentence),
            1 => write!(f, "{first} and 1 other file: {}", self.sentence),
            _ => write!(f, "{first} and {others} other files: {}", self.sentence),
        }
    }
}

impl Matches {
    /// The fixtures: what is still to be played.
    pub fn fixtures(&self) -> impl Iterator<Item = &MatchRecord> {
        self.records.iter().filter(|record| record.is_fixture())
    }
}
