//! The cells of one row turned into a match.

use std::sync::Arc;

use jiff::civil::Date;

use super::cells::{self, Clock, Number, ScoreCell, WrittenDay};
use super::counts::Remark;
use super::lines::{Cells, Line};
use super::prices::{Fault, Judging, read_group};
use super::row::{DateCell, Row};
use super::row_reader::RowReader;
use super::season::days_since_epoch;
use super::season_label::RowSeason;
use crate::domain::{Book, MatchStatus, Score, StatusWord, Time};
use crate::source::error::Place;

/// How far a kick-off may be from noon of the match day, in seconds: zones differ by less than a day.
const AT_MOST_FROM_NOON: i64 = 36 * 3600;

impl RowReader<'_> {
    pub(super) fn row(&mut self, line: &Line<'_>) -> Result<Row, Fault> {
        let row = line.cells;
        if line.unended && self.widths.breaks_off(line, &self.layout) {
            return Err(Fault {
                remark: Remark::SkippedBroken,
                column: None,
            });
        }
        if line.open {
            return Err(Fault {
                remark: Remark::SkippedQuotation,
                column: None,
            });
        }
        self.note_repeated(line);
        let status = self.status(row);
        let date = self.date(line)?;
        let day = date.day;
        let league = self.league(row)?;
        let (home, away) = self.fixture(line, league)?;
        let score = self.score(line)?;
        let (status, score) = self.result(status?, score)?;
        let mut statistics = self.statistics(row, status, score)?;
        let season = self.season(row, day)?;
        let book = self.book(row.find(self.layout.book))?;
        if self.layout.book.is_some() {
            self.books.insert(book);
        }
        if score.is_some()
            && status.has_result()
            && let Some(prices) = self.last_prices(row, book)
        {
            let known = statistics.get_or_insert_default();
            Arc::make_mut(known).last_prices = Some(prices);
        }
        let kickoff = self.kickoff(line, date)?;
        let neutral = self.neutral(row.find(self.layout.neutral))?;
        let id = cells::id(row.find(self.layout.match_id)).map_err(|()| Fault {
            remark: Remark::SkippedName,
            column: self.layout.match_id,
        })?;
        self.check(row, score)?;
        let as_of = self.as_of(line, day)?;
        self.quotes(row, book, (day, kickoff, as_of))?;
        let (pre, close) = (self.pre.as_slice().into(), self.close.as_slice().into());
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
            status,
            statistics,
            neutral,
            line: line.number,
            pre,
            close,
            offers: offers.unwrap_or_default(),
        })
    }

    /// The date, and the time of day if the cell has one as well.
    fn date(&mut self, line: &Line<'_>) -> Result<DateCell, Fault> {
        let column = self.layout.date;
        let cell = line.cells.get(column);
        if self.last_date.0 != cell || cell.is_empty() {
            let read = self.moment(cell, line.number);
            let (date, mut clock) = read.ok_or(Fault::at(Remark::SkippedDate, column))?;
            if let Some(clock) = clock.as_mut().filter(|_| self.layout.date_is_gmt) {
                clock.offset.get_or_insert(0);
            }
            let day = Time::from_days(days_since_epoch(date));
            self.last_date = (cell.to_vec(), DateCell { day, clock });
        }
        Ok(self.last_date.1)
    }

    /// A date in the order that the file's dates have.
    fn moment(&mut self, cell: &[u8], line: u64) -> Option<(Date, Option<Clock>)> {
        let moment = cells::moment(cell)?;
        if let WrittenDay::Fields(fields) = moment.day {
            self.evidence.dates.note(fields, cell, line);
        }
        moment.read(self.conventions.dates)
    }

    /// The day and the time of day of a cell that holds a time, on the row's day, or a date with a time if there is one.
    pub(super) fn timed(&mut self, cell: &[u8], day: Time, line: u64) -> Option<DateCell> {
        if let Some(clock) = cells::clock(cell) {
            let clock = Some(clock);
            return Some(DateCell { day, clock });
        }
        let (date, clock) = self.moment(cell, line)?;
        let day = Time::from_days(days_since_epoch(date));
        Some(DateCell { day, clock })
    }

    /// The instant of a time of day: by the offset beside it, else by the clock of the file's zone.
    pub(super) fn instant(&mut self, day: Time, clock: Clock) -> Time {
        match clock.offset {
            Some(east) => day + i64::from(clock.seconds) + -i64::from(east),
            None => self.clock.instant(day, clock.seconds),
        }
    }

    /// The column of the kick-off: of two the one whose cell says its offset.
    fn time_column(&self, line: &Line<'_>) -> Option<usize> {
        let says_offset = |column: &usize| {
            let cell = line.cells.get(*column);
            let clock = cells::clock(cell).or_else(|| cells::moment(cell)?.clock);
            clock.is_some_and(|clock| clock.offset.is_some())
        };
        self.layout
            .second_time
            .filter(says_offset)
            .or(self.layout.time)
    }

    /// The kick-off: by its own cell, else by the time of day beside the date, which counts too where it alone says its
    /// offset.
    fn kickoff(&mut self, line: &Line<'_>, date: DateCell) -> Result<Option<Time>, Fault> {
        let column = self.time_column(line);
        let cell = line.cells.find(column);
        if cell.trim_ascii().is_empty() {
            return Ok(self.kickoff_at(date, false));
        }
        let timed = self.timed(cell, date.day, line.number);
        let has_offset = |at: DateCell| at.clock.is_some_and(|clock| clock.offset.is_some());
        let is_timed = date.clock.is_some_and(|clock| clock.seconds > 0);
        if is_timed && has_offset(date) && !timed.is_some_and(has_offset) {
            return Ok(self.kickoff_at(date, false));
        }
        let kickoff = timed.and_then(|timed| self.kickoff_at(timed, true));
        let day = timed.map_or(date.day, |timed| timed.day);
        if !is_near(kickoff.unwrap_or(day + Time::DAY / 2), date.day) {
            return Err(Fault {
                remark: Remark::SkippedKickoff,
                column,
            });
        }
        if timed.is_none_or(|timed| timed.clock.is_none()) {
            self.notes.note(Remark::UnknownTime, column)?;
        }
        Ok(kickoff)
    }

    /// The instant of a kick-off; `None` where midnight means that it is not known.
    fn kickoff_at(&mut self, at: DateCell, in_time_column: bool) -> Option<Time> {
        let clock = at.clock?;
        let is_midnight = clock.seconds == 0;
        self.evidence.clocks.note(is_midnight, in_time_column);
        if is_midnight && self.conventions.midnight_is_unknown {
            return None;
        }
        let is_canonical = in_time_column && self.layout.has_canonical_time;
        if self.zone_is_assumed && clock.offset.is_none() && !is_midnight && !is_canonical {
            self.evidence.clocks.note_assumed_zone();
        }
        Some(self.instant(at.day, clock))
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

    /// Two columns of one name must not contradict each other.
    fn note_repeated(&mut self, line: &Line<'_>) {
        let differ = |&&(first, second): &&(usize, usize)| {
            line.cells.get(first).trim_ascii() != line.cells.get(second).trim_ascii()
        };
        if self.evidence.repeated.is_some() {
            return;
        }
        if let Some(&(first, second)) = self.layout.repeated.iter().find(differ) {
            let other = self.example(line, first).1;
            let (place, text) = self.example(line, second);
            self.evidence.repeated = Some((place, [other, text]));
        }
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
            let named = self.teams.team(league, row.get(column));
            *team = named.map_err(|remark| Fault::at(remark, column))?;
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
                self.layout.contents.has_letters = true;
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

    /// What the row says of the match; `None` without such a column, or where the cell is empty.
    fn status(&mut self, row: Cells<'_>) -> Result<Option<StatusWord>, Fault> {
        let Some(column) = self.layout.status.filter(|_| self.conventions.has_status) else {
            self.note_like_status(row);
            return Ok(None);
        };
        let cell = row.get(column);
        let status = cells::status(cell, &self.config.status_words);
        self.evidence.status.add(cell, status);
        status.map_err(|()| Fault::at(Remark::SkippedStatus, column))
    }

    /// Takes note of the words of columns whose names are like status.
    fn note_like_status(&mut self, row: Cells<'_>) {
        for &column in &self.layout.like_status {
            let cell = row.get(column);
            let status = cells::status(cell, &self.config.status_words);
            self.evidence
                .note_like_status(&self.layout.headers[column], cell, status);
        }
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

    /// Whether the grounds are neutral; `None` where the row does not say it.
    fn neutral(&mut self, cell: &[u8]) -> Result<Option<bool>, Fault> {
        if cell.trim_ascii().is_empty() {
            return Ok(None);
        }
        let flag = cells::flag(cell);
        if flag.is_none() {
            self.notes
                .note(Remark::UnknownNeutral, self.layout.neutral)?;
        }
        Ok(flag)
    }

    /// Adds remarks on a valid row.
    fn check(&mut self, row: Cells<'_>, score: Option<Score>) -> Result<(), Fault> {
        if row.len() > self.layout.headers.len() {
            self.evidence.numbers.wide += 1;
            self.notes
                .note(Remark::ExtraCells, Some(self.layout.headers.len()))?;
        }
        if row.len() < self.layout.width {
            self.notes.note(Remark::MissingCells, Some(row.len()))?;
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
    fn as_of(&mut self, line: &Line<'_>, day: Time) -> Result<Option<Time>, Fault> {
        let cell = line.cells.find(self.layout.as_of).trim_ascii();
        if cell.is_empty() {
            return Ok(None);
        }
        let fault = Fault {
            remark: Remark::SkippedAsOf,
            column: self.layout.as_of,
        };
        let known = self.timed(cell, day, line.number).ok_or(fault)?;
        Ok(Some(match known.clock {
            Some(clock) => self.instant(known.day, clock),
            None => known.day,
        }))
    }

    fn quotes(
        &mut self,
        row: Cells<'_>,
        unnamed: Book,
        (day, kickoff, as_of): (Time, Option<Time>, Option<Time>),
    ) -> Result<(), Fault> {
        self.pre.clear();
        self.close.clear();
        let opening = kickoff.map_or(day, |kickoff| kickoff.min(day));
        let over = kickoff.unwrap_or(day + (Time::DAY - 1));
        let is_late = as_of.is_some_and(|as_of| as_of > over);
        if is_late {
            self.notes.note(Remark::LatePrices, self.layout.as_of)?;
        }
        for group in &self.layout.groups {
            let book = group.book.unwrap_or(unnamed);
            if !self.config.keeps(book, group.kind) {
                if group.cells.iter().any(|&cell| !row.find(cell).is_empty()) {
                    self.left_out.books.insert(book);
                }
                continue;
            }
            if is_late && !group.closing {
                continue;
            }
            if group.book.is_none() && self.layout.names_prices(group, book, row) {
                continue;
            }
            let (as_of, quotes) = if group.closing {
                (kickoff.unwrap_or(day), &mut self.close)
            } else {
                (as_of.unwrap_or(opening), &mut self.pre)
            };
            let judging = &mut Judging {
                numbers: self.conventions.numbers.of(group.book),
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

/// Whether a kick-off can belong to a match day.
fn is_near(kickoff: Time, day: Time) -> bool {
    (kickoff - (day + Time::DAY / 2)).abs() <= AT_MOST_FROM_NOON
}
