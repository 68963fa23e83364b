//! Reading of one table: its header, then its rows, under conventions that are judged by column.

use super::cells;
use super::config::{OnBadRow, ReadConfig};
use super::conventions::{Conventions, Evidence};
use super::counts::{ReadCounts, Remark};
use super::layout::Layout;
use super::lines::{Cells, Line};
use super::prices::{Fault, Notes};
use super::row::Row;
use super::season_label::{RowSeason, Style, Styles};
use super::sheet::Sheet;
use super::teams::Teams;
use crate::domain::{Book, Quote, Time};
use crate::source::error::{BadCell, Place, SourceError};

/// The rows, teams and counts of one table.
pub(super) struct Table {
    pub name: String,
    pub teams: Teams,
    pub rows: Vec<Row>,
    pub counts: ReadCounts,
    /// What was assumed about its cells.
    pub assumptions: Vec<String>,
    /// The columns of both teams, counted from 1, and their headers.
    pub team_columns: [(usize, String); 2],
    /// What date and teams are called in the header: files of one form call them the same.
    pub form: [String; 3],
}

/// Reads a table. Where its cells speak against the conventions that were assumed, it is read again under those that fit.
pub(super) fn read_sheet(sheet: &Sheet<'_>, config: &ReadConfig) -> Result<Table, SourceError> {
    let assumed = Conventions::assumed(config);
    let first = read_under(assumed, sheet, config)?;
    let judgement = first.evidence.judge(assumed, &sheet.name, config)?;
    let rows = if judgement.conventions == assumed {
        first
    } else {
        read_under(judgement.conventions, sheet, config)?
    };
    rows.finish(judgement.assumptions)
}

fn read_under<'a>(
    conventions: Conventions,
    sheet: &'a Sheet<'_>,
    config: &'a ReadConfig,
) -> Result<RowReader<'a>, SourceError> {
    let mut lines = sheet.lines();
    let mut rows: Option<RowReader<'_>> = None;
    while let Some(line) = lines.next() {
        match &mut rows {
            Some(rows) => rows.take(&line),
            None if !line.cells.is_blank() => {
                rows = Some(RowReader::new(
                    &sheet.name,
                    line.cells,
                    conventions,
                    config,
                )?);
            }
            None => {}
        }
    }
    rows.ok_or_else(|| empty(&sheet.name))
}

fn empty(file: &str) -> SourceError {
    SourceError::NothingToRead {
        input: file.to_owned(),
        problem: "the file is empty",
        advice: "expected a header such as Div,Date,HomeTeam,AwayTeam,FTHG,FTAG",
    }
}

/// Turns the rows of one table into matches.
pub(super) struct RowReader<'a> {
    pub file: &'a str,
    pub config: &'a ReadConfig,
    pub conventions: Conventions,
    pub evidence: Evidence,
    pub layout: Layout,
    pub unnamed_book: Book,
    pub notes: Notes,
    pub teams: Teams,
    rows: Vec<Row>,
    /// The season that each row names.
    pub row_seasons: Vec<RowSeason>,
    pub season_styles: Styles,
    /// The first row beyond repair. Reading goes on after it, since the rows that follow may show that it was read under the
    /// wrong conventions.
    error: Option<SourceError>,
    pub last_date: (Vec<u8>, Time, Option<u32>),
    pub pre: Vec<Quote>,
    pub close: Vec<Quote>,
}

impl<'a> RowReader<'a> {
    fn new(
        file: &'a str,
        header: Cells<'_>,
        conventions: Conventions,
        config: &'a ReadConfig,
    ) -> Result<Self, SourceError> {
        Ok(Self {
            file,
            config,
            conventions,
            evidence: Evidence::default(),
            layout: Layout::new(file, header, config)?,
            unnamed_book: config.unnamed_book(),
            notes: Notes {
                strict: config.on_bad_row == OnBadRow::Error,
                counts: ReadCounts::default(),
            },
            teams: Teams::default(),
            rows: Vec::new(),
            row_seasons: Vec::new(),
            season_styles: Styles::default(),
            error: None,
            last_date: Default::default(),
            pre: Vec::new(),
            close: Vec::new(),
        })
    }

    fn take(&mut self, line: &Line<'_>) {
        self.notes.counts.rows += 1;
        if line.cells.is_blank() {
            self.notes.counts.blank += 1;
            return;
        }
        match self.row(line) {
            Ok(row) => self.rows.push(row),
            Err(fault) if fault.remark.is_skip() && self.config.on_bad_row == OnBadRow::Skip => {
                self.notes.counts.add(fault.remark);
            }
            Err(fault) if self.error.is_none() => self.error = Some(self.bad_cell(line, fault)),
            Err(_) => {}
        }
    }

    fn bad_cell(&self, line: &Line<'_>, fault: Fault) -> SourceError {
        let column = fault
            .column
            .map(|column| (column + 1, self.layout.header(column)));
        let cell = fault
            .column
            .map_or(line.cells.text(), |column| line.cells.get(column));
        let advice = fault.remark.advice();
        SourceError::Cell(Box::new(BadCell {
            place: Place {
                file: self.file.to_owned(),
                line: line.number,
                column,
            },
            value: cells::text(cell).chars().take(80).collect(),
            expected: fault.remark.expected(),
            advice,
        }))
    }

    fn finish(mut self, mut assumptions: Vec<String>) -> Result<Table, SourceError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.name_seasons(&mut assumptions)?;
        let Layout {
            date,
            home_team,
            away_team,
            ..
        } = self.layout;
        let header = |column| self.layout.header(column);
        Ok(Table {
            name: self.file.to_owned(),
            team_columns: [home_team, away_team].map(|column| (column + 1, header(column))),
            form: [date, home_team, away_team].map(header),
            teams: self.teams,
            rows: self.rows,
            counts: self.notes.counts,
            assumptions,
        })
    }

    /// Gives the rows the seasons that their cells name, as the whole column is to be read.
    fn name_seasons(&mut self, assumptions: &mut Vec<String>) -> Result<(), SourceError> {
        let style = self.season_styles.judge();
        if style == Style::End {
            assumptions.push(
                "seasons are named by the year in which they end, since their dates allow nothing else".to_owned(),
            );
        }
        let seasons = std::mem::take(&mut self.row_seasons);
        let mut unreadable = Vec::new();
        for (row, season) in self.rows.iter_mut().zip(seasons) {
            match season.resolve(style, row.day) {
                Ok(season) => row.season = season,
                Err(number) => unreadable.push((row.line, number)),
            }
        }
        match unreadable.first() {
            Some(&(line, number)) if self.config.on_bad_row != OnBadRow::Skip => {
                Err(self.bad_season(line, number))
            }
            _ => {
                self.leave_out(&unreadable);
                Ok(())
            }
        }
    }

    fn leave_out(&mut self, unreadable: &[(u64, i16)]) {
        let is_bad = |row: &Row| unreadable.iter().any(|(line, _)| *line == row.line);
        if !unreadable.is_empty() {
            self.rows.retain(|row| !is_bad(row));
            for _ in unreadable {
                self.notes.counts.add(Remark::SkippedSeason);
            }
        }
    }

    fn bad_season(&self, line: u64, number: i16) -> SourceError {
        let column = self.layout.season;
        SourceError::Cell(Box::new(BadCell {
            place: Place {
                file: self.file.to_owned(),
                line,
                column: column.map(|column| (column + 1, self.layout.header(column))),
            },
            value: number.to_string(),
            expected: Remark::SkippedSeason.expected(),
            advice: Remark::SkippedSeason.advice(),
        }))
    }
}
