//! The rows of a table of probabilities, read under conventions that are judged by column.

use std::ops::Range;

use super::super::cells::{self, DecimalMark, FieldOrder};
use super::super::config::{OnBadRow, ReadConfig};
use super::super::conventions::dates::DateEvidence;
use super::super::counts::Remark;
use super::super::lines::Line;
use super::super::local_clock::LocalClock;
use super::super::sheet::Sheet;
use super::super::teams::Teams;
use super::ProbabilityTables;
use super::claims::Claim;
use super::faults::Fault;
use super::layout::Layout;
use super::percent::{PercentSigns, SeenSigns};
use super::twins::Twins;
use crate::calendar::Zone;
use crate::domain::{Basis, Rates, Time};
use crate::source::error::{BadCell, SourceError};

/// League, home and away team, by their numbers in the table, and the day.
pub(super) type RowFixture = (Option<u32>, [u32; 2], Time);

/// A row: whose probabilities it has, and which.
#[derive(Debug)]
pub(super) struct Row {
    pub line: u64,
    pub id: Option<Box<str>>,
    /// Its match by names.
    pub fixture: Option<RowFixture>,
    /// `None`: always.
    pub known_at: Option<Time>,
    pub rates: Option<Rates>,
    /// What the model of the row had seen.
    pub basis: Option<Basis>,
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
    /// Whether a row was known on a day without a time.
    pub known_by_day: bool,
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
pub(super) struct Conventions {
    pub dates: FieldOrder,
    pub mark: DecimalMark,
    pub signs: PercentSigns,
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
        signs: PercentSigns::default(),
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

pub(super) struct RowReader<'a> {
    pub file: &'a str,
    pub config: &'a ReadConfig,
    pub conventions: Conventions,
    pub layout: Layout,
    pub clock: LocalClock,
    pub dates: DateEvidence,
    /// Cells with a decimal comma, and with a point.
    pub marks: [u64; 2],
    /// Which columns of probabilities have cells with a percent sign, and which have some without.
    pub signs: SeenSigns,
    /// Whether a time without a zone was read as UTC.
    pub zone_is_assumed: bool,
    /// Whether a row was known on a day without a time.
    pub known_by_day: bool,
    /// Whether a row was known at midnight without a zone, and whether one was at another time.
    pub known_at_midnight: [bool; 2],
    /// Whether the table is one of Parquet.
    is_grid: bool,
    pub teams: Teams,
    pub rows: Vec<Row>,
    pub claims: Vec<Claim>,
    /// The last date that was read, since rows of one day follow each other.
    pub last_day: (Vec<u8>, Time),
    /// The last time at which a row was known.
    pub last_known: (Vec<u8>, Time),
    pub lines: u64,
    pub skipped: u64,
    twins: Twins,
    /// The cells that a row needs.
    width: usize,
    /// Rows wider than the header, and narrower ones.
    misfits: [u64; 2],
    pub error: Option<SourceError>,
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
            signs: SeenSigns::default(),
            zone_is_assumed: false,
            known_by_day: false,
            known_at_midnight: [false; 2],
            is_grid: sheet.is_grid(),
            teams: Teams::default(),
            rows: Vec::new(),
            claims: Vec::new(),
            last_day: Default::default(),
            last_known: Default::default(),
            lines: 0,
            skipped: 0,
            twins: Twins::of(&layout),
            width: layout.columns().max().map_or(0, |last| last + 1),
            misfits: [0; 2],
            error: None,
            layout,
        }
    }

    /// A column of Parquet with times that are all midnight is one of days: data frames have no other type for them. At the end of
    /// its day a row was known for certain.
    fn read_midnights_as_days(&mut self, assumptions: &mut Vec<String>) {
        if !self.is_grid || self.known_at_midnight != [true, false] {
            return;
        }
        let known = self.rows.iter_mut().filter_map(|row| row.known_at.as_mut());
        known.for_each(|time| *time = *time + Time::DAY);
        (self.known_by_day, self.zone_is_assumed) = (true, false);
        assumptions.push(
            "known_at is midnight in every row: read as days, at whose end each was known"
                .to_owned(),
        );
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
        Ok(Conventions {
            dates,
            mark,
            signs: self.signs.judged(),
        })
    }

    fn finish(mut self, mut assumptions: Vec<String>) -> Result<ReadTable, SourceError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.read_midnights_as_days(&mut assumptions);
        if self.conventions.mark == DecimalMark::Comma {
            assumptions.push("numbers are read with a decimal comma".to_owned());
        }
        if self.signs.are_read_under(self.conventions.signs) {
            assumptions.push("probabilities in percent: read as shares".to_owned());
        }
        if self.zone_is_assumed {
            assumptions.push(
                "known_at without a zone is read as UTC; --time-zone names another".to_owned(),
            );
        }
        let remarks = [Remark::ExtraCells, Remark::MissingCells];
        for (count, remark) in self.misfits.into_iter().zip(remarks) {
            if count > 0 {
                assumptions.push(format!("{count} {}", remark.sentence(count)));
            }
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
            known_by_day: self.known_by_day,
            assumptions,
        })
    }

    fn take(&mut self, line: &Line<'_>) {
        self.lines += 1;
        if line.cells.is_blank() || self.is_header(line) {
            return;
        }
        if self.error.is_none() {
            self.error = self.twins.contradiction(&self.layout, self.file, line);
        }
        let read = if line.open {
            Err(Fault {
                column: None,
                expected: "cells whose quotation marks are closed",
                advice: "close the quotation mark",
                allowed: None,
            })
        } else {
            self.fit(line).and_then(|()| self.row(line))
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

    /// Judges the number of cells of a row as that of a row of matches is.
    fn fit(&mut self, line: &Line<'_>) -> Result<(), Fault> {
        let (cells, headers) = (line.cells.len(), self.layout.headers.len());
        let misfits = [
            (cells > headers, Remark::ExtraCells, headers),
            (cells < self.width, Remark::MissingCells, cells),
        ];
        for (count, (is_one, remark, column)) in self.misfits.iter_mut().zip(misfits) {
            if is_one && self.config.on_bad_row == OnBadRow::Error {
                return Err(Fault::at(column, remark.expected(), remark.advice()));
            }
            *count += u64::from(is_one);
        }
        Ok(())
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
            Some(column) => line.cells.shown(column),
            None => line.text(),
        };
        let mut value: String = cells::text(&cell).trim().chars().take(80).collect();
        if let Some([lowest, highest]) = fault.allowed {
            value.push_str(&format!(
                " where it may be from {lowest:.4} to {highest:.4}"
            ));
        }
        SourceError::Cell(Box::new(BadCell {
            place: self.layout.place(self.file, line.number, fault.column),
            value,
            expected: fault.expected,
            advice: fault.advice,
        }))
    }
}
