//! One row: its cells turned into a match.

use super::cells::{self, Number, ScoreCell};
use super::counts::Remark;
use super::lines::{Cells, Line};
use super::prices::{Fault, Judging, read_group};
use super::reader::RowReader;
use super::season::days_since_epoch;
use crate::domain::{Book, MatchStatus, Quote, Score, Time};
use crate::source::error::Place;

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
        let league = self.league(row);
        let (home, away) = self.fixture(line, league)?;
        let score = self.score(line)?;
        let season = self.season(row.find(self.layout.season))?;
        let book = self.book(row.find(self.layout.book))?;
        if self.layout.book.is_some() {
            self.books.insert(book);
        }
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
            status: MatchStatus::Played,
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

    /// The cell of a line, to be named in an error.
    fn example(&self, line: &Line<'_>, column: usize) -> (Place, String) {
        let place = Place {
            file: self.file.to_owned(),
            line: line.number,
            column: Some((column + 1, self.layout.header(column))),
        };
        let text = cells::text(line.cells.get(column));
        (place, text.trim().chars().take(24).collect())
    }

    /// `HT` and `AT` are teams in some files, and goals or scores at half-time in others.
    fn note_half_time(&mut self, line: &Line<'_>) {
        let columns = [self.layout.home_team, self.layout.away_team];
        let is_half_time = |column: &usize| {
            let cell = line.cells.get(*column);
            let is_score = matches!(cells::score(cell), ScoreCell::Score(_));
            self.layout.has_initials(*column)
                && (is_score || matches!(cells::number(cell), Number::Value(_)))
        };
        if let Some(&column) = columns.iter().find(|column| is_half_time(column)) {
            self.evidence
                .half_time
                .get_or_insert(self.example(line, column));
        }
    }

    fn fixture(&mut self, line: &Line<'_>, league: u32) -> Result<(u32, u32), Fault> {
        let row = line.cells;
        let columns = [self.layout.home_team, self.layout.away_team];
        if self.layout.initials {
            self.note_half_time(line);
        }
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

    fn score(&mut self, line: &Line<'_>) -> Result<Option<Score>, Fault> {
        let row = line.cells;
        let Some((home, away)) = self.layout.goals else {
            let column = self.layout.score;
            return column.map_or(Ok(None), |column| self.score_cell(line, column));
        };
        match (self.goals(row, home)?, self.goals(row, away)?) {
            (Some(home), Some(away)) => Ok(Some(Score { home, away })),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Fault::at(Remark::SkippedScore, home)),
            (Some(_), None) => Err(Fault::at(Remark::SkippedScore, away)),
        }
    }

    fn goals(&mut self, row: Cells<'_>, column: usize) -> Result<Option<u8>, Fault> {
        let cell = row.get(column);
        cells::goals(cell, self.conventions.numbers.mark).map_err(|()| {
            self.evidence.numbers.note_number(cell);
            Fault::at(Remark::SkippedScore, column)
        })
    }

    /// A score in one cell. A column that may hold letters of results instead has no score where it does.
    fn score_cell(&mut self, line: &Line<'_>, column: usize) -> Result<Option<Score>, Fault> {
        let cell = line.cells.get(column);
        match cells::score(cell) {
            ScoreCell::Missing => Ok(None),
            ScoreCell::Score(score) => Ok(Some(score)),
            ScoreCell::Not if self.layout.result == Some(column) && is_result_letter(cell) => {
                Ok(None)
            }
            ScoreCell::Not => Err(Fault::at(Remark::SkippedScore, column)),
            ScoreCell::Day => {
                if self.evidence.dated_score.is_none() {
                    self.evidence.dated_score = Some(self.example(line, column));
                }
                Err(Fault::at(Remark::SkippedScore, column))
            }
        }
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
            self.evidence.numbers.wide += 1;
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
            let judging = &mut Judging {
                numbers: self.conventions.numbers,
                evidence: &mut self.evidence.numbers,
                notes: &mut self.notes,
            };
            read_group(group, row, (book, as_of), judging, quotes)?;
        }
        Ok(())
    }
}

/// Whether a cell has the letter of a result: `H`, `D`, `A`.
fn is_result_letter(cell: &[u8]) -> bool {
    matches!(cell.trim_ascii(), [b'H' | b'D' | b'A' | b'h' | b'd' | b'a'])
}
