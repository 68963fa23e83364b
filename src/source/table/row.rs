//! One row: its cells turned into a match.

use super::cells;
use super::counts::Remark;
use super::lines::{Cells, Line};
use super::prices::{Fault, read_group};
use super::reader::RowReader;
use super::season::days_since_epoch;
use crate::domain::{Book, MatchStatus, Quote, Score, StatusWord, Time};

/// A match or fixture of one file. Teams and leagues are indices into [`Table::teams`].
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
}

impl Row {
    /// Whether the match is still to be played.
    pub fn is_fixture(&self) -> bool {
        self.status.has_result() && self.score.is_none()
    }
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
        let status = self.status(row);
        let (day, clock) = self.date(row)?;
        let league = self.league(row);
        let (home, away) = self.fixture(row, league)?;
        let score = self.score(row)?;
        let (status, score) = self.result(status?, score)?;
        let season = self.season(row.find(self.layout.season))?;
        let book = self.book(row.find(self.layout.book))?;
        let kickoff = self
            .kickoff(row.find(self.layout.time), clock)?
            .map(|seconds| day + i64::from(seconds));
        let id = Some(cells::name(row.find(self.layout.match_id))).filter(|id| !id.is_empty());
        self.check(row, score)?;
        self.quotes(row, book, day, kickoff)?;
        let (pre, close) = (self.pre.as_slice().into(), self.close.as_slice().into());
        let id = id.map(String::into_boxed_str);
        Ok(Row {
            league,
            home,
            away,
            day,
            kickoff,
            season,
            id,
            score,
            status,
            neutral: false,
            line: line.number,
            pre,
            close,
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
            let named = self
                .teams
                .team(league, row.get(column), self.config)
                .ok_or(Fault::at(Remark::SkippedTeams, column))?;
            if named.respelled {
                self.notes.note(Remark::Respelled, Some(column))?;
            }
            *team = named.index;
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

    /// What the row says of the match; `None` without such a column, or where the cell is empty.
    fn status(&mut self, row: Cells<'_>) -> Result<Option<StatusWord>, Fault> {
        let Some(column) = self.layout.status.filter(|_| self.conventions.has_status) else {
            return Ok(None);
        };
        let cell = row.get(column);
        let status = cells::status(cell, &self.config.status_words);
        self.evidence.status.add(cell, status);
        status.map_err(|()| Fault::at(Remark::SkippedStatus, column))
    }

    /// What became of the match. Only what was played is a result, whatever goals stand there.
    fn result(
        &mut self,
        status: Option<StatusWord>,
        score: Option<Score>,
    ) -> Result<(MatchStatus, Option<Score>), Fault> {
        let status = match status {
            None => return Ok((MatchStatus::Played, score)),
            Some(StatusWord::NotOver) => {
                if score.is_some() {
                    self.notes.counts.add(Remark::NotOver);
                }
                return Ok((MatchStatus::Played, None));
            }
            Some(StatusWord::Over(status)) => status,
        };
        match Remark::of_status(status) {
            Some(remark) => self.notes.counts.add(remark),
            None if score.is_none() => {
                let column = self.layout.goals.map(|(home, _)| home);
                let remark = Remark::SkippedUnscored;
                return Err(Fault { remark, column });
            }
            None => {}
        }
        Ok((status, score))
    }

    fn season(&self, cell: &[u8]) -> Result<Option<i16>, Fault> {
        if cell.trim_ascii().is_empty() {
            return Ok(None);
        }
        cells::season(cell).map(Some).ok_or(Fault {
            remark: Remark::SkippedLabel,
            column: self.layout.season,
        })
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

    fn quotes(
        &mut self,
        row: Cells<'_>,
        unnamed: Book,
        day: Time,
        kickoff: Option<Time>,
    ) -> Result<(), Fault> {
        self.pre.clear();
        self.close.clear();
        for group in &self.layout.groups {
            let book = group.book.unwrap_or(unnamed);
            if !self.config.keeps(book, group.kind) {
                continue;
            }
            let (as_of, quotes) = if group.closing {
                (kickoff.unwrap_or(day), &mut self.close)
            } else {
                (day, &mut self.pre)
            };
            read_group(group, row, (book, as_of), &mut self.notes, quotes)?;
        }
        Ok(())
    }
}

fn goals(row: Cells<'_>, column: usize) -> Result<Option<u8>, Fault> {
    cells::goals(row.get(column)).map_err(|()| Fault::at(Remark::SkippedScore, column))
}
