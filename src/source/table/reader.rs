//! Reading of one table: its header, then its rows, under conventions that are judged by column.

use std::collections::BTreeSet;

use super::cells;
use super::config::{OnBadRow, ReadConfig};
use super::contents::{Contents, HeldPrices};
use super::conventions::numbers::Tally;
use super::conventions::{Conventions, Evidence};
use super::counts::ReadCounts;
use super::layout::Layout;
use super::lines::{Cells, Line};
use super::prices::{Fault, Notes};
use super::row::Row;
use super::season::Seasons;
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
    pub contents: Contents,
}

/// Reads a table. Where its cells speak against the conventions that were assumed, it is read again under those that fit.
pub(super) fn read_sheet(sheet: &Sheet<'_>, config: &ReadConfig) -> Result<Table, SourceError> {
    let assumed = Conventions::assumed(config);
    let mut first = read_under(assumed, sheet, config)?;
    first.count_numbers(sheet);
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
    /// The books that rows name.
    pub books: BTreeSet<Book>,
    /// Prices whose columns have been empty so far.
    unseen: Vec<HeldPrices>,
    rows: Vec<Row>,
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
        let layout = Layout::new(file, header, config)?;
        Ok(Self {
            file,
            config,
            conventions,
            evidence: Evidence::default(),
            unseen: layout.contents.prices.clone(),
            layout,
            unnamed_book: config.unnamed_book(),
            notes: Notes {
                strict: config.on_bad_row == OnBadRow::Error,
                counts: ReadCounts::default(),
            },
            teams: Teams::default(),
            books: BTreeSet::new(),
            rows: Vec::new(),
            error: None,
            last_date: Default::default(),
            pre: Vec::new(),
            close: Vec::new(),
        })
    }

    /// Counts the numbers of the table by their form, where those that were met give cause.
    fn count_numbers(&mut self, sheet: &Sheet<'_>) {
        if !self.evidence.numbers.gives_cause(self.notes.counts.rows) {
            return;
        }
        let mut lines = sheet.lines();
        let mut tally: Option<Tally> = None;
        while let Some(line) = lines.next() {
            match &mut tally {
                _ if line.cells.is_blank() => {}
                None => tally = Some(Tally::default()),
                Some(tally) => tally.add(&line, &self.layout),
            }
        }
        self.evidence.numbers.tally = tally;
    }

    fn take(&mut self, line: &Line<'_>) {
        self.notes.counts.rows += 1;
        if line.cells.is_blank() {
            self.notes.counts.blank += 1;
            return;
        }
        if !self.unseen.is_empty() {
            self.unseen
                .retain(|held| line.cells.get(held.column).trim_ascii().is_empty());
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
        let advice = if fault.remark.is_skip() {
            "correct it, or leave such rows out with --on-bad-row skip"
        } else {
            "correct it, or have it repaired with --on-bad-row repair"
        };
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

    fn finish(mut self, assumptions: Vec<String>) -> Result<Table, SourceError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let held = &mut self.layout.contents.prices;
        held.retain(|held| !self.unseen.contains(held));
        let mut rows: Vec<&mut Row> = self.rows.iter_mut().collect();
        rows.sort_by_key(|row| row.league);
        for league in rows.chunk_by_mut(|a, b| a.league == b.league) {
            let mut seasons = Seasons::new(league.iter().map(|row| row.day.day()).collect());
            for row in league.iter_mut().filter(|row| row.season.is_none()) {
                row.season = Some(seasons.of(row.day.day()));
            }
        }
        Ok(Table {
            name: self.file.to_owned(),
            teams: self.teams,
            rows: self.rows,
            assumptions: [self.layout.assumptions, assumptions].concat(),
            contents: Contents {
                rows: self.notes.counts.rows - self.notes.counts.blank,
                books: self.books,
                ..self.layout.contents
            },
            counts: self.notes.counts,
        })
    }
}
