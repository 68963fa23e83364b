//! One row: its cells turned into a match.

use super::cells;
use super::counts::Remark;
use super::lines::{Cells, Line};
use super::prices::{Fault, read_group};
use super::reader::RowReader;
use super::season::days_since_epoch;
use super::season_label::RowSeason;
use crate::domain::{Book, MatchStatus, Quote, Score, Time};

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
    pub neutral: bool,
    pub line: u64,
    pub pre: Box<[Quote]>,
    pub close: Box<[Quote]>,
    /// Whose prices the row has, and of what time, where a column says it; then those of further rows on the match.
    pub offers: Vec<(Book, Time)>,
}

impl RowReader<'_> {
    pub(super) fn row(&mut self, line: &Line<'_>) -> Result<Row, Fault> {
        let row = line.cells;
        if line.open {
            return Err(Fault {
                remark: Remark::SkippedQuotation,
                column: None,
            });
        }
        let (day, clock) = self.date(row)?;
        let league = self.league(row)?;
        let (home, away) = self.fixture(row, league)?;
        let score = self.score(row)?;
        let season = self.season(row, day)?;
        let book = self.book(row.find(self.layout.book))?;
        let kickoff = self
            .kickoff(row.find(self.layout.time), clock)?
            .map(|seconds| day + i64::from(seconds));
        let id = Some(cells::name(row.find(self.layout.match_id))).filter(|id| !id.is_empty());
        self.check(row, score)?;
        let as_of = self.as_of(row, day)?;
        self.quotes(row, book, (day, kickoff, as_of))?;
        let (pre, close) = (self.pre.as_slice().into(), self.close.as_slice().into());
        let id = id.map(String::into_boxed_str);
        let has_offers = self.layout.book.is_some() || self.layout.as_of.is_some();
        let offers = has_offers.then(|| vec![(book, as_of.unwrap_or(day))]);
        self.row_seasons.push(season);
        Ok(Row {
            league,
            home,
            away,
            day,
            kickoff,
            season: None,
            id,
            score,
            status: MatchStatus::Played,
            neutral: false,
            line: line.number,
            pre,
            close,
            offers: offers.unwrap_or_default(),
        })
    }

    /// The day, and the time of day if the cell has one as well.
    fn date(&mut self, row: Cells<'_>) -> Result<(Time, Option<u32>), Fault> {
        let column = self.layout.date;
        let cell = row.get(column);
        if self.last_date.0 != cell || cell.is_empty() {
            let fault = Fault {
                remark: Remark::SkippedDate,
                column: Some(column),
            };
            let (date, clock) = cells::date(cell).ok_or(fault)?;
            self.last_date = (
                cell.to_vec(),
                Time::from_days(days_since_epoch(date)),
                clock,
            );
        }
        Ok((self.last_date.1, self.last_date.2))
    }

    fn fixture(&mut self, row: Cells<'_>, league: u32) -> Result<(u32, u32), Fault> {
        let columns = [self.layout.home_team, self.layout.away_team];
        let mut teams = [0; 2];
        for (team, column) in teams.iter_mut().zip(columns) {
            let named = self.teams.team(league, row.get(column));
            *team = named.map_err(|remark| Fault::at(remark, column))?;
        }
        if teams[0] == teams[1] {
            Err(Fault::at(Remark::SkippedTeams, columns[1]))
        } else {
            Ok((teams[0], teams[1]))
        }
    }

    fn score(&self, row: Cells<'_>) -> Result<Option<Score>, Fault> {
        let Some((home, away)) = self.layout.goals else {
            return Ok(None);
        };
        match (goals(row, home)?, goals(row, away)?) {
            (Some(home), Some(away)) => Ok(Some(Score { home, away })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Fault::at(Remark::SkippedScore, home)),
            (Some(_), None) => Err(Fault::at(Remark::SkippedScore, away)),
        }
    }

    /// The season that the row's cell names.
    fn season(&mut self, row: Cells<'_>, day: Time) -> Result<RowSeason, Fault> {
        let column = self.layout.season;
        let cell = row.find(column).trim_ascii();
        if cell.is_empty() {
            return Ok(RowSeason::Untold);
        }
        let fault = |remark| Fault { remark, column };
        let season = RowSeason::parse(&cells::text(cell)).ok_or(fault(Remark::SkippedLabel))?;
        if season.holds(day, &mut self.season_styles) {
            Ok(season)
        } else {
            Err(fault(Remark::SkippedSeason))
        }
    }

    /// The book of the row's unnamed prices.
    fn book(&self, cell: &[u8]) -> Result<Book, Fault> {
        let code = cell.trim_ascii();
        if code.is_empty() {
            return Ok(self.unnamed_book);
        }
        let fault = Fault {
            remark: Remark::SkippedLabel,
            column: self.layout.book,
        };
        std::str::from_utf8(code)
            .ok()
            .and_then(|code| Book::new(code).ok())
            .ok_or(fault)
    }

    /// Seconds after midnight. Midnight after a date counts as no time of day.
    fn kickoff(&mut self, cell: &[u8], clock: Option<u32>) -> Result<Option<u32>, Fault> {
        if cell.trim_ascii().is_empty() {
            return Ok(clock.filter(|&seconds| seconds > 0));
        }
        let kickoff = cells::kickoff(cell);
        if kickoff.is_none() {
            self.notes.note(Remark::UnknownTime, self.layout.time)?;
        }
        Ok(kickoff)
    }

    /// Adds remarks on a valid row.
    fn check(&mut self, row: Cells<'_>, score: Option<Score>) -> Result<(), Fault> {
        if row.len() > self.layout.headers.len() {
            self.notes
                .note(Remark::ExtraCells, Some(self.layout.headers.len()))?;
        }
        let cell = row.find(self.layout.result).trim_ascii().first();
        let (Some(letter @ (b'H' | b'D' | b'A')), Some(score)) = (cell, score) else {
            return Ok(());
        };
        let expected = match score.home.cmp(&score.away) {
            std::cmp::Ordering::Greater => b'H',
            std::cmp::Ordering::Equal => b'D',
            std::cmp::Ordering::Less => b'A',
        };
        if *letter == expected {
            Ok(())
        } else {
            self.notes.note(Remark::ResultMismatch, self.layout.result)
        }
    }

    /// When the row's prices before the match were known, where a column says it: a time of the match day, or a day and
    /// a time.
    fn as_of(&self, row: Cells<'_>, day: Time) -> Result<Option<Time>, Fault> {
        let cell = row.find(self.layout.as_of).trim_ascii();
        if cell.is_empty() {
            return Ok(None);
        }
        if let Some((date, clock)) = cells::date(cell) {
            let start = Time::from_days(days_since_epoch(date));
            return Ok(Some(start + i64::from(clock.unwrap_or(0))));
        }
        let fault = Fault {
            remark: Remark::SkippedAsOf,
            column: self.layout.as_of,
        };
        let clock = cells::kickoff(cell).ok_or(fault)?;
        Ok(Some(day + i64::from(clock)))
    }

    fn quotes(
        &mut self,
        row: Cells<'_>,
        unnamed: Book,
        (day, kickoff, as_of): (Time, Option<Time>, Option<Time>),
    ) -> Result<(), Fault> {
        self.pre.clear();
        self.close.clear();
        let over = kickoff.unwrap_or(day + (Time::DAY - 1));
        let is_late = as_of.is_some_and(|as_of| as_of > over);
        if is_late {
            self.notes.note(Remark::LatePrices, self.layout.as_of)?;
        }
        for group in &self.layout.groups {
            let book = group.book.unwrap_or(unnamed);
            if !self.config.keeps(book, group.kind) || is_late && !group.closing {
                continue;
            }
            let (as_of, quotes) = if group.closing {
                (kickoff.unwrap_or(day), &mut self.close)
            } else {
                (as_of.unwrap_or(day), &mut self.pre)
            };
            read_group(group, row, (book, as_of), &mut self.notes, quotes)?;
        }
        Ok(())
    }
}

fn goals(row: Cells<'_>, column: usize) -> Result<Option<u8>, Fault> {
    cells::goals(row.get(column)).map_err(|()| Fault::at(Remark::SkippedScore, column))
}
