//! The rows of a table of probabilities, read under conventions that are judged by column.

use std::ops::Range;

use super::super::cells::{self, Clock, DecimalMark, FieldOrder, WrittenDay};
use super::super::config::{OnBadRow, ReadConfig};
use super::super::conventions::dates::DateEvidence;
use super::super::lines::{Cells, Line};
use super::super::local_clock::LocalClock;
use super::super::probability_columns::Field;
use super::super::season::days_since_epoch;
use super::super::sheet::Sheet;
use super::super::teams::Teams;
use super::ProbabilityTables;
use super::cell::{self, Content};
use super::claims::{Claim, LineFault, Part, WIDE, market_at, market_of, part_of};
use super::faults::{self, Fault};
use super::layout::Layout;
use crate::calendar::Zone;
use crate::domain::{Market, MarketKind, Rates, ScoreGrid, Time};
use crate::source::error::{BadCell, SourceError};

/// A row: whose probabilities it has, and which.
#[derive(Debug)]
pub(super) struct Row {
    pub line: u64,
    pub id: Option<Box<str>>,
    /// League, home and away team, by their numbers in the table, and the day.
    pub fixture: Option<(Option<u32>, [u32; 2], Time)>,
    /// `None`: always.
    pub known_at: Option<Time>,
    pub rates: Option<Rates>,
    /// Which of the table's claims are its own.
    pub claims: Range<u32>,
}

/// A table that was read.
pub(super) struct ReadTable {
    pub name: String,
    pub layout: Layout,
    pub teams: Teams,
    pub rows: Vec<Row>,
    claims: Vec<Claim>,
    /// The rows after the header, empty ones included.
    pub lines: u64,
    /// Rows beyond repair that were left out.
    pub skipped: u64,
    pub assumptions: Vec<String>,
}

impl ReadTable {
    /// What the cells of a row claim.
    pub fn claims(&self, row: &Row) -> &[Claim] {
        &self.claims[row.claims.start as usize..row.claims.end as usize]
    }
}

/// How the cells of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Conventions {
    dates: FieldOrder,
    mark: DecimalMark,
}

/// Reads a table. Where its cells speak against the conventions that were assumed, it is read again under those that fit.
/// `None`: a match file without columns of probabilities.
pub(super) fn read_sheet(
    sheet: &Sheet<'_>,
    kind: &ProbabilityTables<'_>,
) -> Result<Option<ReadTable>, SourceError> {
    let assumed = Conventions {
        dates: kind.config.date_order.fields().unwrap_or_default(),
        mark: DecimalMark::Point,
    };
    let Some(first) = read_under(assumed, sheet, kind)? else {
        return Ok(None);
    };
    let mut assumptions = sheet.assumptions.clone();
    let judged = first.judged(&mut assumptions)?;
    let rows = if judged == assumed {
        Some(first)
    } else {
        read_under(judged, sheet, kind)?
    };
    rows.map(|rows| rows.finish(assumptions)).transpose()
}

fn read_under<'a>(
    conventions: Conventions,
    sheet: &'a Sheet<'_>,
    kind: &ProbabilityTables<'a>,
) -> Result<Option<RowReader<'a>>, SourceError> {
    let mut lines = sheet.lines();
    let mut rows: Option<RowReader<'_>> = None;
    while let Some(line) = lines.next() {
        match &mut rows {
            Some(rows) => rows.take(&line),
            None if line.cells.is_blank() => {}
            None => match kind.layout(&sheet.name, line.cells)? {
                Some(layout) => {
                    rows = Some(RowReader::new(sheet, layout, conventions, kind.config));
                }
                None => return Ok(None),
            },
        }
        lines.expect_width(rows.as_ref().map_or(0, |rows| rows.layout.headers.len()));
    }
    match rows {
        Some(rows) => Ok(Some(rows)),
        None => Err(SourceError::NothingToRead {
            input: sheet.name.clone(),
            problem: "the file is empty",
            advice: "expected a header such as date,home_team,away_team,p_home,p_draw,p_away",
        }),
    }
}

struct RowReader<'a> {
    file: &'a str,
    config: &'a ReadConfig,
    conventions: Conventions,
    layout: Layout,
    clock: LocalClock,
    dates: DateEvidence,
    /// Cells with a decimal comma, and with a point.
    marks: [u64; 2],
    /// Whether a time without a zone was read as UTC.
    zone_is_assumed: bool,
    teams: Teams,
    rows: Vec<Row>,
    claims: Vec<Claim>,
    /// The last date that was read, since rows of one day follow each other.
    last_day: (Vec<u8>, Time),
    /// The last time at which a row was known.
    last_known: (Vec<u8>, Time),
    lines: u64,
    skipped: u64,
    error: Option<SourceError>,
}

impl<'a> RowReader<'a> {
    fn new(
        sheet: &'a Sheet<'_>,
        layout: Layout,
        conventions: Conventions,
        config: &'a ReadConfig,
    ) -> Self {
        let of_uk = layout.is_uk.then(Zone::london);
        let zone = config.time_zone.clone().or(of_uk).unwrap_or(Zone::UTC);
        let mut dates = DateEvidence::default();
        dates.is_day_first = layout.is_uk;
        Self {
            file: &sheet.name,
            config,
            conventions,
            clock: LocalClock::new(zone),
            dates,
            marks: [0; 2],
            zone_is_assumed: false,
            teams: Teams::default(),
            rows: Vec::new(),
            claims: Vec::new(),
            last_day: Default::default(),
            last_known: Default::default(),
            lines: 0,
            skipped: 0,
            error: None,
            layout,
        }
    }

    /// The conventions that fit what was read.
    fn judged(&self, assumptions: &mut Vec<String>) -> Result<Conventions, SourceError> {
        let dates = match self.config.date_order.fields() {
            Some(order) => order,
            None => self.dates.judge(self.file, assumptions)?,
        };
        let [commas, points] = self.marks;
        let mark = if commas > 0 && points == 0 {
            DecimalMark::Comma
        } else {
            DecimalMark::Point
        };
        Ok(Conventions { dates, mark })
    }

    fn finish(self, mut assumptions: Vec<String>) -> Result<ReadTable, SourceError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.conventions.mark == DecimalMark::Comma {
            assumptions.push("numbers are read with a decimal comma".to_owned());
        }
        if self.zone_is_assumed {
            assumptions.push(
                "known_at without a zone is read as UTC; --time-zone names another".to_owned(),
            );
        }
        assumptions.extend(self.layout.assumptions.iter().cloned());
        Ok(ReadTable {
            name: self.file.to_owned(),
            layout: self.layout,
            teams: self.teams,
            rows: self.rows,
            claims: self.claims,
            lines: self.lines,
            skipped: self.skipped,
            assumptions,
        })
    }

    fn take(&mut self, line: &Line<'_>) {
        self.lines += 1;
        if line.cells.is_blank() || self.is_header(line) {
            return;
        }
        let read = if line.open {
            Err(Fault {
                column: None,
                expected: "cells whose quotation marks are closed",
                advice: "close the quotation mark",
            })
        } else {
            self.row(line)
        };
        match read {
            Ok(Some(row)) => self.rows.push(row),
            Ok(None) => {}
            Err(_) if self.config.on_bad_row == OnBadRow::Skip => self.skipped += 1,
            Err(fault) => {
                let error = self.bad_cell(line, fault);
                self.error.get_or_insert(error);
            }
        }
    }

    /// Whether a line repeats the header, as where files were joined.
    fn is_header(&self, line: &Line<'_>) -> bool {
        let first = self.layout.headers.first().map(String::as_bytes);
        first == Some(line.cells.get(0).trim_ascii())
            && self
                .layout
                .headers
                .iter()
                .zip(line.cells.iter())
                .all(|(header, cell)| header.as_bytes() == cell.trim_ascii())
    }

    fn bad_cell(&self, line: &Line<'_>, fault: Fault) -> SourceError {
        let cell = match fault.column {
            Some(column) => line.cells.get(column).into(),
            None => line.text(),
        };
        SourceError::Cell(Box::new(BadCell {
            place: self.layout.place(self.file, line.number, fault.column),
            value: cells::text(&cell).trim().chars().take(80).collect(),
            expected: fault.expected,
            advice: fault.advice,
        }))
    }

    /// A row; `None` for one without probabilities.
    fn row(&mut self, line: &Line<'_>) -> Result<Option<Row>, Fault> {
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
        Ok(Some(Row {
            line: line.number,
            id,
            fixture,
            known_at,
            rates,
            claims,
        }))
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
    fn fixture(
        &mut self,
        line: &Line<'_>,
        has_id: bool,
    ) -> Result<Option<(Option<u32>, [u32; 2], Time)>, Fault> {
        let (Some(date), [Some(home), Some(away)]) = (self.layout.date, self.layout.teams) else {
            return if has_id {
                Ok(None)
            } else {
                Err(Fault {
                    column: self.layout.match_id,
                    expected: "a match_id",
                    advice: "every row needs the id of its match, or the columns date, home_team and away_team",
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
            return Ok(Some(time));
        }
        // a time of day is one of the day of the match
        if let (Some(clock), Some(day)) = (cells::clock(cell), day) {
            return Ok(Some(self.instant(day, Some(clock))));
        }
        let (day, clock) = self.moment(cell, line.number).ok_or(fault)?;
        let time = self.instant(day, clock);
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
            None => self.clock.instant(day + Time::DAY, 0),
        }
    }

    fn content(&mut self, cells: Cells<'_>, column: usize) -> Content {
        let cell = cells.get(column);
        if cell.contains(&b',') {
            self.marks[0] += u64::from(cells::has_decimal_comma(cell));
        } else if cell.contains(&b'.') {
            self.marks[1] += 1;
        }
        cell::number(cell, self.conventions.mark)
    }

    /// A number that is no probability: a line, expected goals, ρ.
    fn number(
        &mut self,
        cells: Cells<'_>,
        field: Field,
        expected: &'static str,
    ) -> Result<Option<(f64, usize)>, Fault> {
        let Some(column) = self.layout.column(field) else {
            return Ok(None);
        };
        match self.content(cells, column) {
            Content::Missing => Ok(None),
            // programs write so that a market has no line
            Content::NotFinite if matches!(field, Field::Line | Field::HandicapLine) => Ok(None),
            Content::Value(value) => Ok(Some((value, column))),
            Content::Percent | Content::NotFinite | Content::Not => {
                Err(Fault::at(column, expected, faults::EMPTY))
            }
        }
    }

    fn wide_claims(&mut self, cells: Cells<'_>) -> Result<(), Fault> {
        for (kind, sides, push, line) in WIDE {
            let parts = sides
                .iter()
                .zip(0..)
                .map(|(field, place)| (*field, Part::Side(place)));
            let parts = parts.chain(push.map(|field| (field, Part::Push)));
            let before = self.claims.len();
            let mut market = None;
            for (field, part) in parts {
                let Some(column) = self.layout.column(field) else {
                    continue;
                };
                let content = self.content(cells, column);
                if content == Content::Missing {
                    continue;
                }
                let probability = self.probability(cells, content, column, sides)?;
                let market = match market {
                    Some(market) => market,
                    None => *market.insert(self.wide_market(cells, kind, line, column)?),
                };
                self.claims.push(Claim {
                    market,
                    part,
                    probability,
                    column: column as u32,
                });
            }
            if let [
                lone @ Claim {
                    part: Part::Push, ..
                },
            ] = self.claims[before..]
            {
                let expected = "the probabilities of the two sides beside that of a push";
                return Err(Fault::at(
                    lone.column as usize,
                    expected,
                    "give them, or leave the push out",
                ));
            }
        }
        Ok(())
    }

    fn wide_market(
        &mut self,
        cells: Cells<'_>,
        kind: MarketKind,
        line: Option<Field>,
        column: usize,
    ) -> Result<Market, Fault> {
        let number = match line {
            Some(field) => self.number(cells, field, LINE)?,
            None => None,
        };
        let at = number.map_or(column, |(_, column)| column);
        let at = line
            .and_then(|field| self.layout.column(field))
            .unwrap_or(at);
        market_at(kind, number.map(|(goals, _)| goals)).map_err(|fault| bad_line(fault, at))
    }

    /// The probability of a cell of a market.
    fn probability(
        &mut self,
        cells: Cells<'_>,
        content: Content,
        column: usize,
        sides: &[Field],
    ) -> Result<f64, Fault> {
        match content {
            Content::Value(value) if (0.0..=1.0).contains(&value) => Ok(value),
            content => {
                let beside = self.beside(cells, sides);
                let advice = faults::advice(content, &beside);
                Err(Fault::at(column, faults::PROBABILITY, advice))
            }
        }
    }

    fn beside(&mut self, cells: Cells<'_>, sides: &[Field]) -> Vec<f64> {
        let columns: Vec<usize> = sides
            .iter()
            .filter_map(|field| self.layout.column(*field))
            .collect();
        let contents = columns
            .into_iter()
            .map(|column| self.content(cells, column));
        let numbers = contents.filter_map(|content| match content {
            Content::Value(value) => Some(value),
            Content::Missing | Content::Percent | Content::NotFinite | Content::Not => None,
        });
        numbers.collect()
    }

    fn long_claim(&mut self, cells: Cells<'_>) -> Result<Option<Claim>, Fault> {
        let column = |field| self.layout.column(field).unwrap_or_default();
        let [market, selection, probability] =
            [Field::Market, Field::Selection, Field::Probability].map(column);
        let content = self.content(cells, probability);
        if content == Content::Missing {
            return Ok(None);
        }
        let value = self.probability(cells, content, probability, &[])?;
        let kind = market_of(&cells::text(cells.get(market))).ok_or(Fault::at(
            market,
            "a market: 1x2, ou, ah or btts",
            "leave out the rows of others",
        ))?;
        let part = part_of(kind, &cells::text(cells.get(selection))).ok_or(Fault::at(
            selection,
            sides_of(kind),
            "correct it, or the market beside it",
        ))?;
        let line = self.number(cells, Field::Line, LINE)?;
        let at = self.layout.column(Field::Line).unwrap_or(market);
        let market = market_at(kind, line.map(|(goals, _)| goals));
        Ok(Some(Claim {
            market: market.map_err(|fault| bad_line(fault, at))?,
            part,
            probability: value,
            column: probability as u32,
        }))
    }

    fn rates(&mut self, cells: Cells<'_>) -> Result<Option<Rates>, Fault> {
        let home = self.number(cells, Field::GoalsHome, GOALS)?;
        let away = self.number(cells, Field::GoalsAway, GOALS)?;
        let rho = self.number(cells, Field::Rho, RHO)?;
        for (rate, column) in [home, away].into_iter().flatten() {
            if !(rate > 0.0 && rate <= ScoreGrid::MAX_RATE) {
                return Err(Fault::at(
                    column,
                    GOALS,
                    "correct it, or leave the cells of both sides empty",
                ));
            }
        }
        if let Some((rho, column)) = rho
            && rho.abs() > 1.0
        {
            return Err(Fault::at(
                column,
                RHO,
                "correct it, or leave the cell empty",
            ));
        }
        match (home, away, rho) {
            (Some((home, _)), Some((away, _)), rho) => Ok(Some(Rates {
                home,
                away,
                rho: rho.map_or(0.0, |(rho, _)| rho),
            })),
            (None, None, None) => Ok(None),
            (Some(_), None, _) | (None, None, Some(_)) => Err(self.lacks_goals(Field::GoalsAway)),
            (None, Some(_), _) => Err(self.lacks_goals(Field::GoalsHome)),
        }
    }

    fn lacks_goals(&self, field: Field) -> Fault {
        Fault {
            column: self.layout.column(field),
            expected: "expected goals of both sides, or of none",
            advice: "a grid of scores needs both",
        }
    }
}

const LINE: &str = "a line in quarters of a goal, such as 2.5 or -0.75";
const GOALS: &str = "expected goals above 0 and at most 20";
const RHO: &str = "a correction of low scores between -1 and 1, such as -0.1";

const fn sides_of(kind: MarketKind) -> &'static str {
    match kind {
        MarketKind::MatchOdds => "home, draw or away",
        MarketKind::OverUnder => "over, under or push",
        MarketKind::AsianHandicap => "home, away or push",
        MarketKind::BothTeamsToScore => "yes or no",
    }
}

const fn bad_line(fault: LineFault, column: usize) -> Fault {
    match fault {
        LineFault::Needless => Fault::at(
            column,
            "no line for a market that has none",
            "leave the cell empty",
        ),
        LineFault::Missing => Fault::at(
            column,
            "a line beside the probabilities of a handicap",
            "give the home side's, such as -0.5",
        ),
        LineFault::NoLine => Fault::at(
            column,
            LINE,
            "totals have lines from 0.25 to 20, handicaps from -10 to 10",
        ),
    }
}
