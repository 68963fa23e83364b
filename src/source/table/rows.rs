//! The rows of one file.

use std::path::Path;

use csv::ByteRecord;

use super::cells;
use super::config::{OnBadRow, ReadConfig};
use super::counts::{ReadCounts, Remark};
use super::layout::Layout;
use super::lines::{Cells, Line, Lines, cells_of};
use super::prices::{Fault, Notes, read_group};
use super::season::{Seasons, days_since_epoch};
use super::teams::Teams;
use crate::domain::{Book, Quote, Score, Time};
use crate::source::error::{BadCell, Place, SourceError};

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
    pub line: u64,
    pub pre: Box<[Quote]>,
    pub close: Box<[Quote]>,
}

/// The rows, teams and counts of one file.
pub(super) struct Table {
    pub teams: Teams,
    pub rows: Vec<Row>,
    pub counts: ReadCounts,
}

/// Reads the bytes of a CSV file.
pub(super) fn read_csv(
    file: &str,
    bytes: &[u8],
    config: &ReadConfig,
) -> Result<Table, SourceError> {
    let decoded = from_utf16(bytes);
    let mut lines = Lines::new(without_bom(decoded.as_deref().map_or(bytes, str::as_bytes)));
    let mut rows: Option<RowReader<'_>> = None;
    while let Some(line) = lines.next() {
        match &mut rows {
            Some(rows) => rows.take(&line)?,
            None if !line.cells.is_blank() => {
                rows = Some(RowReader::new(file, line.cells, config)?)
            }
            None => {}
        }
    }
    rows.map(RowReader::finish).ok_or_else(|| empty(file))
}

/// Reads rows that are already split into cells: the header, then the others.
pub(super) fn read_records(
    file: &str,
    records: &[ByteRecord],
    config: &ReadConfig,
) -> Result<Table, SourceError> {
    let (header, records) = records.split_first().ok_or_else(|| empty(file))?;
    let mut ends = Vec::new();
    let mut rows = RowReader::new(file, cells_of(header, &mut ends), config)?;
    for (record, number) in records.iter().zip(2..) {
        rows.take(&Line {
            number,
            cells: cells_of(record, &mut ends),
            open: false,
        })?;
    }
    Ok(rows.finish())
}

fn empty(file: &str) -> SourceError {
    SourceError::NothingToRead {
        input: file.to_owned(),
        problem: "the file is empty",
        advice: "expected a header such as Div,Date,HomeTeam,AwayTeam,FTHG,FTAG",
    }
}

/// The text of a file that a byte order mark declares to be UTF-16, as spreadsheets save "Unicode text".
fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (encoding, _) = encoding_rs::Encoding::for_bom(bytes)
        .filter(|(encoding, _)| *encoding != encoding_rs::UTF_8)?;
    Some(encoding.decode(bytes).0.into_owned())
}

/// The bytes after byte order marks, including those that were encoded twice.
fn without_bom(mut bytes: &[u8]) -> &[u8] {
    const TWICE: &str = "ï»¿";
    while let Some(rest) = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .or_else(|| bytes.strip_prefix(TWICE.as_bytes()))
    {
        bytes = rest;
    }
    bytes
}

/// Turns the rows of one file into matches.
struct RowReader<'a> {
    file: &'a str,
    config: &'a ReadConfig,
    layout: Layout,
    unnamed_book: Book,
    notes: Notes,
    teams: Teams,
    rows: Vec<Row>,
    last_date: (Vec<u8>, Time, Option<u32>),
    pre: Vec<Quote>,
    close: Vec<Quote>,
}

impl<'a> RowReader<'a> {
    fn new(file: &'a str, header: Cells<'_>, config: &'a ReadConfig) -> Result<Self, SourceError> {
        Ok(Self {
            file,
            config,
            layout: Layout::new(file, header, config)?,
            unnamed_book: config.unnamed_book(),
            notes: Notes {
                strict: config.on_bad_row == OnBadRow::Error,
                counts: ReadCounts::default(),
            },
            teams: Teams::default(),
            rows: Vec::new(),
            last_date: Default::default(),
            pre: Vec::new(),
            close: Vec::new(),
        })
    }

    fn take(&mut self, line: &Line<'_>) -> Result<(), SourceError> {
        self.notes.counts.rows += 1;
        if line.cells.is_blank() {
            self.notes.counts.blank += 1;
            return Ok(());
        }
        match self.row(line) {
            Ok(row) => self.rows.push(row),
            Err(fault) if fault.remark.is_skip() && self.config.on_bad_row == OnBadRow::Skip => {
                self.notes.counts.add(fault.remark);
            }
            Err(fault) => return Err(self.bad_cell(line, fault)),
        }
        Ok(())
    }

    fn row(&mut self, line: &Line<'_>) -> Result<Row, Fault> {
        let row = line.cells;
        if line.open {
            return Err(Fault {
                remark: Remark::SkippedQuotation,
                column: None,
            });
        }
        let (day, clock) = self.date(row)?;
        let league = self.league(row);
        let (home, away) = self.fixture(row, league)?;
        let score = self.score(row)?;
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

    fn league(&mut self, row: Cells<'_>) -> u32 {
        let league = row.find(self.layout.league).trim_ascii();
        if league.is_empty() {
            let (file, cut) = (self.file, self.layout.football_data);
            return self.teams.league(b"", || league_of_file(file, cut));
        }
        let country = row.find(self.layout.country).trim_ascii();
        if country.is_empty() {
            return self.teams.league(league, || cells::name(league));
        }
        let both = [country, b" ", league].concat();
        self.teams.league(&both, || cells::name(&both))
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

    fn finish(mut self) -> Table {
        let mut rows: Vec<&mut Row> = self.rows.iter_mut().collect();
        rows.sort_by_key(|row| row.league);
        for league in rows.chunk_by_mut(|a, b| a.league == b.league) {
            let mut seasons = Seasons::new(league.iter().map(|row| row.day.day()).collect());
            for row in league.iter_mut().filter(|row| row.season.is_none()) {
                row.season = Some(seasons.of(row.day.day()));
            }
        }
        Table {
            teams: self.teams,
            rows: self.rows,
            counts: self.notes.counts,
        }
    }
}

/// The league of a file without a league column: `E0` for football-data's `E0_2023-24.csv`, else the file's name.
fn league_of_file(file: &str, football_data: bool) -> String {
    let stem = Path::new(file)
        .file_stem()
        .map_or(file, |stem| stem.to_str().unwrap_or(file));
    let stem = stem.trim_matches(['<', '>']);
    match stem.split_once('_') {
        Some((league, _)) if football_data && !league.is_empty() => league.to_owned(),
        _ => stem.to_owned(),
    }
}

fn goals(row: Cells<'_>, column: usize) -> Result<Option<u8>, Fault> {
    cells::goals(row.get(column)).map_err(|()| Fault::at(Remark::SkippedScore, column))
}
