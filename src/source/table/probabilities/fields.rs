//! The cells of a row: whose probabilities they are, and since when they are known.

use super::super::cells::{self, Clock, WrittenDay};
use super::super::lines::{Cells, Line};
use super::super::probability_columns::Field;
use super::super::season::days_since_epoch;
use super::cell;
use super::faults::{self, Fault};
use super::rows::{Row, RowFixture, RowReader};
use crate::domain::{Basis, Time};

impl RowReader<'_> {
    /// A row; `None` for one without probabilities.
    pub(super) fn row(&mut self, line: &Line<'_>) -> Result<Option<Row>, Fault> {
        let first = self.claims.len();
        let row = self.claimed(line, first);
        if !matches!(row, Ok(Some(_))) {
            self.claims.truncate(first);
        }
        row
    }

    fn claimed(&mut self, line: &Line<'_>, first: usize) -> Result<Option<Row>, Fault> {
        let rates = if self.layout.is_long() {
            let claim = self.long_claim(line.cells)?;
            self.claims.extend(claim);
            None
        } else {
            self.wide_claims(line.cells)?;
            self.rates(line.cells)?
        };
        let claims = first as u32..self.claims.len() as u32;
        if claims.is_empty() && rates.is_none() {
            return Ok(None);
        }
        let id = self.id(line.cells)?;
        let fixture = self.fixture(line, id.is_some())?;
        let known_at = self.known_at(line, fixture.map(|(.., day)| day))?;
        let basis = self.basis(line.cells)?;
        Ok(Some(Row {
            line: line.number,
            id,
            fixture,
            known_at,
            rates,
            basis,
            claims,
        }))
    }

    /// What the model of a row had seen, as predictions say it; nothing without the counts of both sides.
    fn basis(&self, cells: Cells<'_>) -> Result<Option<Basis>, Fault> {
        let mut seen = [0; 2];
        for (seen, field) in seen.iter_mut().zip([Field::SeenHome, Field::SeenAway]) {
            let Some(column) = self.layout.column(field) else {
                return Ok(None);
            };
            let text = str::from_utf8(cells.get(column).trim_ascii()).unwrap_or("?");
            if text.is_empty() {
                return Ok(None);
            }
            // other programs write whole numbers with a point
            let whole = text.strip_suffix(".0").unwrap_or(text).parse();
            let fault = Fault::at(column, "a whole number of matches", faults::EMPTY);
            *seen = whole.map_err(|_| fault)?;
        }
        let newcomer = self.layout.column(Field::Newcomer);
        let newcomer = newcomer.is_some_and(|column| {
            let cell = cells.get(column).trim_ascii();
            let yes = [&b"true"[..], b"1", b"1.0", b"yes"];
            yes.iter().any(|yes| cell.eq_ignore_ascii_case(yes))
        });
        Ok(Some(Basis { seen, newcomer }))
    }

    fn id(&self, cells: Cells<'_>) -> Result<Option<Box<str>>, Fault> {
        let Some(column) = self.layout.match_id else {
            return Ok(None);
        };
        cells::id(cells.get(column)).map_err(|()| {
            let expected = "an id of 1 to 128 characters without control or invisible ones";
            Fault::at(column, expected, "write the match_id as in the match file")
        })
    }

    /// League, teams and day. A row that has an id may leave them empty.
    fn fixture(&mut self, line: &Line<'_>, has_id: bool) -> Result<Option<RowFixture>, Fault> {
        let (Some(date), [Some(home), Some(away)]) = (self.layout.date, self.layout.teams) else {
            return if has_id {
                Ok(None)
            } else {
                Err(Fault {
                    column: self.layout.match_id,
                    expected: "a match_id",
                    advice: "every row needs the id of its match, or the columns date, home_team and away_team",
                    allowed: None,
                })
            };
        };
        let is_blank = |column: usize| line.cells.get(column).trim_ascii().is_empty();
        if has_id && is_blank(date) && is_blank(home) && is_blank(away) {
            return Ok(None);
        }
        let day = self.day(line, date)?;
        let league = self.league(line.cells)?;
        // spellings are those of a league; without one they are of the table
        let number = league.unwrap_or_else(|| self.teams.unnamed_league());
        let mut teams = [0; 2];
        for (team, column) in teams.iter_mut().zip([home, away]) {
            let named = self.teams.team(number, line.cells.get(column));
            *team = named.map_err(|_| {
                Fault::at(
                    column,
                    "the name of a team",
                    "correct the name, or delete the row",
                )
            })?;
        }
        if teams[0] == teams[1] {
            return Err(Fault::at(
                away,
                "another team than the home side",
                "correct the row",
            ));
        }
        Ok(Some((league, teams, day)))
    }

    fn day(&mut self, line: &Line<'_>, column: usize) -> Result<Time, Fault> {
        let cell = line.cells.get(column);
        if self.last_day.0 != cell || cell.is_empty() {
            let expected = self.config.date_order.expected();
            let fault = Fault::at(column, expected, "correct the date, or delete the row");
            let (day, _) = self.moment(cell, line.number).ok_or(fault)?;
            self.last_day = (cell.to_vec(), day);
        }
        Ok(self.last_day.1)
    }

    fn league(&mut self, cells: Cells<'_>) -> Result<Option<u32>, Fault> {
        let Some(column) = self.layout.league else {
            return Ok(None);
        };
        let league = cells.get(column);
        if league.trim_ascii().is_empty() {
            return Ok(None);
        }
        let fault = Fault::at(column, "the name of a league", "correct the name");
        let country = cells.find(self.layout.country);
        if country.trim_ascii().is_empty() {
            return self.teams.league(league).map(Some).ok_or(fault);
        }
        let both = [country.trim_ascii_end(), b" ", league.trim_ascii_start()].concat();
        self.teams.league(&both).map(Some).ok_or(fault)
    }

    /// The day of a cell, and the time of day beside it.
    fn moment(&mut self, cell: &[u8], line: u64) -> Option<(Time, Option<Clock>)> {
        let moment = cells::moment(cell)?;
        if let WrittenDay::Fields(fields) = moment.day {
            self.dates.note(fields, cell, line);
        }
        let (date, clock) = moment.read(self.conventions.dates)?;
        Some((Time::from_days(days_since_epoch(date)), clock))
    }

    /// When the row's probabilities were known: at the end of the day where there is no time of day.
    fn known_at(&mut self, line: &Line<'_>, day: Option<Time>) -> Result<Option<Time>, Fault> {
        let Some(column) = self.layout.column(Field::KnownAt) else {
            return Ok(None);
        };
        let cell = line.cells.get(column).trim_ascii();
        let fault = Fault::at(
            column,
            "a time such as 2024-08-16T12:00Z, or a day",
            "correct it; the column says of every row when its probabilities were known",
        );
        if self.last_known.0 == cell && !cell.is_empty() {
            return Ok(Some(self.last_known.1));
        }
        if let Some(time) = cell::epoch(cell) {
            self.known_at_midnight[1] = true;
            return Ok(Some(time));
        }
        // known a moment later is known then, and not before
        let part = i64::from(cell::has_part_of_second(cell));
        // a time of day is one of the day of the match
        if let (Some(clock), Some(day)) = (cells::clock(cell), day) {
            self.known_at_midnight[1] = true;
            return Ok(Some(self.instant(day, Some(clock)) + part));
        }
        let (day, clock) = self.moment(cell, line.number).ok_or(fault)?;
        let is_midnight = clock.is_some_and(|clock| clock.seconds == 0 && clock.offset.is_none());
        self.known_at_midnight[usize::from(!is_midnight || part > 0)] = true;
        let time = self.instant(day, clock) + part;
        self.last_known = (cell.to_vec(), time);
        Ok(Some(time))
    }

    /// The instant of a time of day, or the end of the day.
    fn instant(&mut self, day: Time, clock: Option<Clock>) -> Time {
        match clock {
            Some(Clock {
                seconds,
                offset: Some(east),
            }) => day + (i64::from(seconds) - i64::from(east)),
            Some(Clock { seconds, .. }) => {
                self.zone_is_assumed |= self.config.time_zone.is_none() && !self.layout.is_uk;
                self.clock.instant(day, seconds)
            }
            None => {
                self.known_by_day = true;
                self.clock.instant(day + Time::DAY, 0)
            }
        }
    }
}
