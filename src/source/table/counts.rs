//! The counts of rows and remarks of reading: no row is dropped silently.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::domain::MatchStatus;

/// A kind of problem in a file, and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Remark {
    /// A row had more cells than the header; the extra cells were ignored.
    ExtraCells,
    /// A non-breaking space in a number was ignored.
    OddBlanks,
    /// A handicap was written as two (`-1,-1.5`) and read as the line between them.
    SplitHandicap,
    /// A team was spelled another way and got its usual name.
    Respelled,
    /// A kick-off time could not be read, so the match has none.
    UnknownTime,
    /// The result letter contradicts the score; the score is used.
    ResultMismatch,
    /// A price was not a number and was dropped, with the others of its set.
    NotANumber,
    /// A price was 1 or less and was dropped, with the others of its set.
    NotAboveOne,
    /// The prices of one book and market gave a margin below −15 % or above 40 % and were dropped.
    Margin,
    /// Handicap or total prices without a believable line were dropped.
    NoLine,
    /// A row without a readable date was left out.
    SkippedDate,
    /// A row without two different teams was left out.
    SkippedTeams,
    /// A row with half a score, or with an invalid number of goals, was left out.
    SkippedScore,
    /// A row with an unreadable season, league or book was left out.
    SkippedLabel,
    /// A row with a quotation mark that is not closed at the end of its cell was left out.
    SkippedQuotation,
    /// A row that contradicts an earlier one about the same match was left out.
    SkippedConflict,
    /// A row lacked cells that the header has; what they would say is missing.
    MissingCells,
    /// A line was a header again, and what follows was read under it.
    SecondHeader,
    /// A row in the middle of which the file ends was left out.
    SkippedBroken,
    /// A row whose kick-off is far from its date was left out.
    SkippedKickoff,
    /// A cell of the column `neutral` says neither yes nor no, and was read as no.
    UnknownNeutral,
    /// A row with an unknown word in its status column was left out.
    SkippedStatus,
    /// A row of a match that was played by its status, and that has no score, was left out.
    SkippedUnscored,
    /// A score stood in the row of a match that is not over by its status; the match is still to be played.
    NotOver,
    /// A row of an abandoned match.
    Abandoned,
    /// A row of a postponed match.
    Postponed,
    /// A row of an awarded match.
    Awarded,
    /// A row of a cancelled match.
    Cancelled,
    /// Prices of after kick-off were dropped: nobody could bet at them before the match.
    LatePrices,
    /// A row whose season cannot hold its date was left out.
    SkippedSeason,
    /// A row with a name that has control characters, or more than 128 characters, was left out.
    SkippedName,
    /// A row with an unreadable time of its prices was left out.
    SkippedAsOf,
    /// A statistic was no whole number, or no name, and was dropped.
    NoCount,
    /// A score at half time had more goals than that at full time, and was dropped.
    HalfTimeScore,
    /// A row whose goals or weight to learn from cannot be true was left out.
    SkippedTaught,
    /// A match without the goals that were to be learned; its score is.
    NoTaughtGoals,
    /// A match without the weight that it was to have; it has 1.
    NoTaughtWeight,
}

impl Remark {
    /// Every kind.
    pub const ALL: [Self; 37] = [
        Self::ExtraCells,
        Self::OddBlanks,
        Self::SplitHandicap,
        Self::Respelled,
        Self::UnknownTime,
        Self::ResultMismatch,
        Self::NotANumber,
        Self::NotAboveOne,
        Self::Margin,
        Self::NoLine,
        Self::SkippedDate,
        Self::SkippedTeams,
        Self::SkippedScore,
        Self::SkippedLabel,
        Self::SkippedQuotation,
        Self::SkippedConflict,
        Self::MissingCells,
        Self::SecondHeader,
        Self::SkippedBroken,
        Self::SkippedKickoff,
        Self::UnknownNeutral,
        Self::SkippedStatus,
        Self::SkippedUnscored,
        Self::NotOver,
        Self::Abandoned,
        Self::Postponed,
        Self::Awarded,
        Self::Cancelled,
        Self::LatePrices,
        Self::SkippedSeason,
        Self::SkippedName,
        Self::SkippedAsOf,
        Self::NoCount,
        Self::HalfTimeScore,
        Self::SkippedTaught,
        Self::NoTaughtGoals,
        Self::NoTaughtWeight,
    ];

    /// The remark on a row of a match without a result; `None` where there is one.
    pub(super) const fn of_status(status: MatchStatus) -> Option<Self> {
        match status {
            MatchStatus::Played => None,
            MatchStatus::Abandoned => Some(Self::Abandoned),
            MatchStatus::Postponed => Some(Self::Postponed),
            MatchStatus::Awarded => Some(Self::Awarded),
            MatchStatus::Cancelled => Some(Self::Cancelled),
        }
    }

    /// The code in `run.json`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ExtraCells => "extra_cells",
            Self::OddBlanks => "odd_blanks",
            Self::SplitHandicap => "split_handicap",
            Self::Respelled => "respelled",
            Self::UnknownTime => "unknown_time",
            Self::ResultMismatch => "result_mismatch",
            Self::NotANumber => "not_a_number",
            Self::NotAboveOne => "not_above_one",
            Self::Margin => "margin",
            Self::NoLine => "no_line",
            Self::SkippedDate => "skipped_date",
            Self::SkippedTeams => "skipped_teams",
            Self::SkippedScore => "skipped_score",
            Self::SkippedLabel => "skipped_label",
            Self::SkippedQuotation => "skipped_quotation",
            Self::SkippedConflict => "skipped_conflict",
            Self::MissingCells => "missing_cells",
            Self::SecondHeader => "second_header",
            Self::SkippedBroken => "skipped_broken",
            Self::SkippedKickoff => "skipped_kickoff",
            Self::UnknownNeutral => "unknown_neutral",
            Self::SkippedStatus => "skipped_status",
            Self::SkippedUnscored => "skipped_unscored",
            Self::NotOver => "not_over",
            Self::Abandoned => "abandoned",
            Self::Postponed => "postponed",
            Self::Awarded => "awarded",
            Self::Cancelled => "cancelled",
            Self::LatePrices => "late_prices",
            Self::SkippedSeason => "skipped_season",
            Self::SkippedName => "skipped_name",
            Self::SkippedAsOf => "skipped_as_of",
            Self::NoCount => "no_count",
            Self::HalfTimeScore => "half_time_score",
            Self::SkippedTaught => "skipped_taught",
            Self::NoTaughtGoals => "no_taught_goals",
            Self::NoTaughtWeight => "no_taught_weight",
        }
    }

    /// The text that follows the count: `1 row wider than the header: ...`, `45 rows wider than the header: ...`.
    pub const fn sentence(self, count: u64) -> &'static str {
        if count == 1 {
            self.of_one()
        } else {
            self.of_several()
        }
    }

    /// The text of one.
    const fn of_one(self) -> &'static str {
        match self {
            Self::ExtraCells => "row wider than the header: the extra cells were ignored",
            Self::OddBlanks => "number with a non-breaking space: the space was ignored",
            Self::SplitHandicap => {
                "handicap or total written as two: read as the line between them"
            }
            Self::Respelled => "cell with a team spelled another way: given its usual name",
            Self::UnknownTime => "unreadable kick-off time: the match counts as having none",
            Self::ResultMismatch => "result that contradicts the score: the score is kept",
            Self::NotANumber => "price that is not a number: dropped with the others of its set",
            Self::NotAboveOne => "price of 1 or less: dropped with the others of its set",
            Self::Margin => "set of prices with a margin below -15 % or above 40 %: dropped",
            Self::NoLine => "handicap or total price without a believable line: dropped",
            Self::SkippedDate => "row without a readable date: left out",
            Self::SkippedTeams => "row without two different teams: left out",
            Self::SkippedScore => "row with an unreadable score: left out",
            Self::SkippedLabel => "row with an unreadable season or book: left out",
            Self::SkippedQuotation => "row with a quotation mark that is not closed: left out",
            Self::SkippedConflict => {
                "row that contradicts an earlier row about the same match: left out"
            }
            Self::MissingCells => {
                "row narrower than the header: what its missing cells would say is missing"
            }
            Self::SecondHeader => "header after the first: what follows it was read under it",
            Self::SkippedBroken => "row in the middle of which a file ends: left out",
            Self::SkippedKickoff => "row whose kick-off is far from its date: left out",
            Self::UnknownNeutral => "cell of neutral that says neither yes nor no: read as no",
            Self::SkippedStatus => "row with an unknown status: left out",
            Self::SkippedUnscored => "row of a match that was played, without a score: left out",
            Self::NotOver => "score of a match that is not over: no result",
            Self::Abandoned => "row of an abandoned match: no result, bets on it are void",
            Self::Postponed => "row of a postponed match: no result, bets on it are void",
            Self::Awarded => "row of an awarded match: no result, bets on it are void",
            Self::Cancelled => "row of a cancelled match: no result, bets on it are void",
            Self::LatePrices => "row whose prices are of after kick-off: these prices are dropped",
            Self::SkippedSeason => "row whose season cannot hold its date: left out",
            Self::SkippedName => {
                "row with a name that has control characters or is too long: left out"
            }
            Self::SkippedAsOf => "row with an unreadable time of its prices: left out",
            Self::NoCount => "cell of shots, corners, cards or the like that is no count: dropped",
            Self::HalfTimeScore => "half-time score above the score at full time: dropped",
            Self::SkippedTaught => "row with impossible goals or weights to learn: left out",
            Self::NoTaughtGoals => {
                "match without a number in the column of goals to learn: its score teaches"
            }
            Self::NoTaughtWeight => "match without a number in the column of weights: it weighs 1",
        }
    }

    /// The text of several.
    const fn of_several(self) -> &'static str {
        match self {
            Self::ExtraCells => "rows wider than the header: the extra cells were ignored",
            Self::OddBlanks => "numbers with a non-breaking space: the space was ignored",
            Self::SplitHandicap => {
                "handicaps or totals written as two: read as the line between them"
            }
            Self::Respelled => "cells with a team spelled another way: given its usual name",
            Self::UnknownTime => "unreadable kick-off times: the match counts as having none",
            Self::ResultMismatch => "results that contradict the score: the score is kept",
            Self::NotANumber => "prices that are not numbers: dropped with the others of their set",
            Self::NotAboveOne => "prices of 1 or less: dropped with the others of their set",
            Self::Margin => "sets of prices with a margin below -15 % or above 40 %: dropped",
            Self::NoLine => "handicap or total prices without a believable line: dropped",
            Self::SkippedDate => "rows without a readable date: left out",
            Self::SkippedTeams => "rows without two different teams: left out",
            Self::SkippedScore => "rows with an unreadable score: left out",
            Self::SkippedLabel => "rows with an unreadable season or book: left out",
            Self::SkippedQuotation => "rows with a quotation mark that is not closed: left out",
            Self::SkippedConflict => {
                "rows that contradict an earlier row about the same match: left out"
            }
            Self::MissingCells => {
                "rows narrower than the header: what their missing cells would say is missing"
            }
            Self::SecondHeader => "headers after the first: what follows each was read under it",
            Self::SkippedBroken => "rows in the middle of which a file ends: left out",
            Self::SkippedKickoff => "rows whose kick-off is far from their date: left out",
            Self::UnknownNeutral => "cells of neutral that say neither yes nor no: read as no",
            Self::SkippedStatus => "rows with an unknown status: left out",
            Self::SkippedUnscored => "rows of matches that were played, without a score: left out",
            Self::NotOver => "scores of matches that are not over: no results",
            Self::Abandoned => "rows of abandoned matches: no results, bets on them are void",
            Self::Postponed => "rows of postponed matches: no results, bets on them are void",
            Self::Awarded => "rows of awarded matches: no results, bets on them are void",
            Self::Cancelled => "rows of cancelled matches: no results, bets on them are void",
            Self::LatePrices => "rows whose prices are of after kick-off: these prices are dropped",
            Self::SkippedSeason => "rows whose season cannot hold their date: left out",
            Self::SkippedName => {
                "rows with a name that has control characters or is too long: left out"
            }
            Self::SkippedAsOf => "rows with an unreadable time of their prices: left out",
            Self::NoCount => {
                "cells of shots, corners, cards or the like that are no counts: dropped"
            }
            Self::HalfTimeScore => "half-time scores above the score at full time: dropped",
            Self::SkippedTaught => "rows with impossible goals or weights to learn: left out",
            Self::NoTaughtGoals => {
                "matches without a number in the column of goals to learn: their scores teach"
            }
            Self::NoTaughtWeight => {
                "matches without a number in the column of weights: each weighs 1"
            }
        }
    }

    /// What was expected of the cell, for an error.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::ExtraCells => "no more cells than the header has",
            Self::OddBlanks => "a number without blanks",
            Self::SplitHandicap => "one handicap, a multiple of 0.25",
            Self::Respelled => "the usual spelling of the team",
            Self::UnknownTime => "a time such as 20:00 or 7:30 pm",
            Self::ResultMismatch => "the letter H, D or A that the score gives",
            Self::NotANumber => "decimal odds",
            Self::NotAboveOne => "decimal odds above 1",
            Self::Margin => "prices whose margin is between -15 % and 40 %",
            Self::NoLine => "a line that is a multiple of 0.25",
            Self::SkippedDate => "a date such as 05/08/2023, 2023-08-05 or 5 Aug 2023",
            Self::SkippedTeams => "the names of two different teams",
            Self::SkippedScore => "a number of goals from 0 to 99, for both sides or for neither",
            Self::SkippedLabel => "a season such as 2012 or 2012/13, a book such as b365",
            Self::SkippedQuotation => "a quotation mark that is closed at the end of its cell",
            Self::SkippedConflict => "the same as the other row about this match",
            Self::MissingCells => "as many cells as the header has",
            Self::SecondHeader => "rows under the first header only",
            Self::SkippedBroken => "a whole row with a line end, or with all its cells",
            Self::SkippedKickoff => "a kick-off within a day and a half of the row's date",
            Self::UnknownNeutral => "yes or no, as TRUE and FALSE or 1 and 0",
            Self::SkippedStatus => {
                "a status such as played, abandoned, postponed, awarded, cancelled or scheduled, or a word that --status-word explains"
            }
            Self::SkippedUnscored => "goals, since the match was played by its status",
            Self::NotOver | Self::Abandoned | Self::Postponed | Self::Awarded | Self::Cancelled => {
                "a match that was played"
            }
            Self::LatePrices => "a time before kick-off",
            Self::SkippedSeason => {
                "a season that has its date: one of two years from the middle of May of the first to September of the second, another \
                 in its year and the next"
            }
            Self::SkippedName => {
                "a name of at most 128 characters, none of which is a control character"
            }
            Self::SkippedAsOf => "a time as HH:MM, or a date and a time",
            Self::NoCount => {
                "a whole number that a side can have in a match (at most 80 shots, 50 on target, 50 corners, 999 of \
                 others), expected goals from 0 to 20, or a name"
            }
            Self::HalfTimeScore => "no more goals at half time than at full time",
            Self::SkippedTaught => {
                "goals to learn from 0 to 99, or a weight from 0 to 1000; an empty cell where there are none"
            }
            Self::NoTaughtGoals => "goals to learn, from 0 to 99",
            Self::NoTaughtWeight => "a weight, from 0 to 1000",
        }
    }

    /// Whether the row was left out.
    pub const fn is_skip(self) -> bool {
        matches!(
            self,
            Self::SkippedDate
                | Self::SkippedTeams
                | Self::SkippedScore
                | Self::SkippedLabel
                | Self::SkippedQuotation
                | Self::SkippedConflict
                | Self::SkippedBroken
                | Self::SkippedKickoff
                | Self::SkippedStatus
                | Self::SkippedUnscored
                | Self::SkippedSeason
                | Self::SkippedName
                | Self::SkippedAsOf
                | Self::SkippedTaught
        )
    }

    /// What to do, for an error.
    pub(super) const fn advice(self) -> &'static str {
        if matches!(self, Self::SkippedBroken) {
            "the file ends in the middle of a row: download it again, or leave the row out with --on-bad-row skip"
        } else if self.is_skip() {
            "correct it, or leave such rows out with --on-bad-row skip"
        } else {
            "correct it, or have it repaired with --on-bad-row repair"
        }
    }
}

/// The counts of the rows of all files, by what they were used for.
///
/// Every row is counted in exactly one of matches, fixtures, void, more prices, duplicates, blank, unlisted and skipped:
/// [`ReadCounts::accounted`] equals `rows`. A row is a line after the header, empty lines included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadCounts {
    /// Rows after the headers.
    pub rows: u64,
    /// Rows of matches that were played.
    pub matches: u64,
    /// Rows of matches that are still to be played.
    pub fixtures: u64,
    /// Rows of matches that have no result: abandoned, postponed, awarded, cancelled.
    pub void: u64,
    /// Rows that add to a match or fixture: prices of another book, line or time.
    pub more_prices: u64,
    /// Rows that repeat a match or fixture.
    pub duplicates: u64,
    /// Empty rows.
    pub blank: u64,
    /// Rows without a score that were left out, since they stand in none of the files that were named for fixtures.
    pub unlisted: u64,
    remarks: PerRemark,
    /// The line that is being read.
    line: u64,
    /// The line of the first of each remark, within one table; 0 without one.
    first: PerRemark,
}

/// A number for each kind of remark.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PerRemark([u64; Remark::ALL.len()]);

impl Default for PerRemark {
    fn default() -> Self {
        Self([0; Remark::ALL.len()])
    }
}

impl ReadCounts {
    /// The count of a remark.
    pub fn remark(&self, remark: Remark) -> u64 {
        self.remarks.0[remark as usize]
    }

    /// Rows that were left out.
    pub fn skipped(&self) -> u64 {
        Remark::ALL
            .into_iter()
            .filter(|remark| remark.is_skip())
            .map(|remark| self.remark(remark))
            .sum()
    }

    /// The sum of all counts, which equals `rows`.
    pub fn accounted(&self) -> u64 {
        self.matches
            + self.fixtures
            + self.void
            + self.more_prices
            + self.duplicates
            + self.blank
            + self.unlisted
            + self.skipped()
    }

    /// What was repaired, dropped or left out: counts, each with the text that follows it; empty when there is none.
    ///
    /// ```
    /// use simbet::{ReadConfig, read_bytes};
    /// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR\nE0,01/02/20,Leeds,Hull,2,0,A\n";
    /// let counts = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap().counts;
    /// assert_eq!(counts.sentences(), [(1, "result that contradicts the score: the score is kept")]);
    /// ```
    pub fn sentences(&self) -> Vec<(u64, &'static str)> {
        let more = match self.more_prices {
            1 => "row with more prices of a match: added to it",
            _ => "rows with more prices of a match: added to it",
        };
        let repeats = match self.duplicates {
            1 => "row that repeats a match: counted once",
            _ => "rows that repeat a match: counted once",
        };
        let more = (self.more_prices, more);
        let repeats = (self.duplicates, repeats);
        let unlisted = match self.unlisted {
            1 => "row without a score that is in no file of --fixtures: left out",
            _ => "rows without a score that are in no file of --fixtures: left out",
        };
        let unlisted = (self.unlisted, unlisted);
        let remarks = Remark::ALL.into_iter().map(|remark| {
            let count = self.remark(remark);
            (count, remark.sentence(count))
        });
        remarks
            .chain([more, repeats, unlisted])
            .filter(|(count, _)| *count > 0)
            .collect()
    }

    pub(super) fn add(&mut self, remark: Remark) {
        self.remarks.0[remark as usize] += 1;
        let first = &mut self.first.0[remark as usize];
        if *first == 0 {
            *first = self.line;
        }
    }

    /// Says which line is read from now on.
    pub(super) const fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// The remarks of a table, each with the line of the first.
    pub(super) fn remarks_of_table(&self) -> impl Iterator<Item = (Remark, u64, u64)> {
        let all = Remark::ALL.into_iter();
        all.filter(|&remark| self.remark(remark) > 0)
            .map(|remark| (remark, self.remark(remark), self.first.0[remark as usize]))
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.matches += other.matches;
        self.fixtures += other.fixtures;
        self.void += other.void;
        self.more_prices += other.more_prices;
        self.duplicates += other.duplicates;
        self.blank += other.blank;
        self.unlisted += other.unlisted;
        for (sum, count) in self.remarks.0.iter_mut().zip(other.remarks.0) {
            *sum += count;
        }
    }
}

/// A flat map of the counts, without remarks whose count is 0.
impl Serialize for ReadCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rows", &self.rows)?;
        map.serialize_entry("matches", &self.matches)?;
        map.serialize_entry("fixtures", &self.fixtures)?;
        if self.void > 0 {
            map.serialize_entry("void", &self.void)?;
        }
        if self.more_prices > 0 {
            map.serialize_entry("more_prices", &self.more_prices)?;
        }
        map.serialize_entry("duplicates", &self.duplicates)?;
        map.serialize_entry("blank", &self.blank)?;
        if self.unlisted > 0 {
            map.serialize_entry("unlisted", &self.unlisted)?;
        }
        map.serialize_entry("skipped", &self.skipped())?;
        for remark in Remark::ALL
            .into_iter()
            .filter(|&remark| self.remark(remark) > 0)
        {
            map.serialize_entry(remark.code(), &self.remark(remark))?;
        }
        map.end()
    }
}
