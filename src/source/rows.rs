//! One CSV file, row by row.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::cells;
use super::config::{OnBadRow, ReadConfig};
use super::counts::{ReadCounts, Remark};
use super::error::{BadCell, Place, SourceError};
use super::layout::Layout;
use super::prices::{Fault, Notes, read_group};
use super::season::{Seasons, days_since_epoch};
use super::teams::Teams;
use crate::domain::{Book, Quote, Score, Time};

/// A match or fixture of one file; teams and leagues are positions in [`Table::teams`].
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

/// What one file holds.
pub(super) struct Table {
    pub teams: Teams,
    pub rows: Vec<Row>,
    pub counts: ReadCounts,
}

/// Reads the bytes of a CSV file.
pub(super) fn read_csv(file: &str, bytes: &[u8], config: &ReadConfig) -> Result<Table, SourceError> {
    let decoded = from_utf16(bytes);
    let bytes = without_bom(decoded.as_deref().map_or(bytes, str::as_bytes));
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).buffer_capacity(1 << 16).from_reader(bytes);
    let mut record = ByteRecord::with_capacity(1024, 128);
    let mut lines = Lines { bytes, ..Lines::default() };
    let mut rows: Option<RowReader<'_>> = None;
    loop {
        let more = reader.read_byte_record(&mut record).map_err(|error| csv_error(file, error))?;
        let span = lines.advance(reader.position().byte(), &record);
        match &mut rows {
            Some(rows) => rows.take(&record, more, span)?,
            None if more && !cells::is_blank(record.as_slice()) => rows = Some(RowReader::new(file, &record, config)?),
            None => {}
        }
        if !more {
            break;
        }
    }
    rows.map(RowReader::finish).ok_or_else(|| empty(file))
}

/// Reads rows that have been cut into cells already: the header, then the rest.
pub(super) fn read_records(file: &str, records: &[ByteRecord], config: &ReadConfig) -> Result<Table, SourceError> {
    let (header, records) = records.split_first().ok_or_else(|| empty(file))?;
    let mut rows = RowReader::new(file, header, config)?;
    for (record, line) in records.iter().zip(2..) {
        rows.take(record, true, Span { empty: 0, line, broken: false })?;
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

fn csv_error(file: &str, error: csv::Error) -> SourceError {
    SourceError::Io { path: file.to_owned(), source: error.into() }
}

/// The text of a file that a byte order mark declares to be UTF-16, as spreadsheets save "Unicode text".
fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (encoding, _) =
        encoding_rs::Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != encoding_rs::UTF_8)?;
    Some(encoding.decode(bytes).0.into_owned())
}

/// The bytes after any byte order marks, also those that were encoded a second time.
fn without_bom(mut bytes: &[u8]) -> &[u8] {
    const TWICE: &str = "ï»¿";
    while let Some(rest) = bytes.strip_prefix("\u{feff}".as_bytes()).or_else(|| bytes.strip_prefix(TWICE.as_bytes())) {
        bytes = rest;
    }
    bytes
}

/// Where a record stands in its file.
struct Span {
    /// Empty lines before it.
    empty: u64,
    /// Its line, counted from 1.
    line: u64,
    /// Whether it runs over more than one line.
    broken: bool,
}

/// Counts lines, because the csv crate passes over empty ones.
#[derive(Default)]
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    /// The last record ended with a carriage return, to which a line feed may belong.
    after_return: bool,
}

impl Lines<'_> {
    /// The place of the record that ends at byte `end`.
    fn advance(&mut self, end: u64, record: &ByteRecord) -> Span {
        let end = usize::try_from(end).map_or(self.bytes.len(), |end| end.min(self.bytes.len()));
        let span = &self.bytes[self.at..end];
        let split = span.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(span.len());
        let (lead, body) = span.split_at(split);
        let empty = self.count_ends(lead);
        let line = self.line + empty + 1;
        // Without quotation marks a record is its cells and the separators between them.
        let text = body.strip_suffix(b"\n").unwrap_or(body);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let quoted = text.len() + 1 != record.as_slice().len() + record.len().max(1);
        let within = if quoted { self.count_ends(text) } else { 0 };
        self.line = line + within - u64::from(body.is_empty());
        self.after_return = span.last().map_or(self.after_return, |byte| *byte == b'\r');
        self.at = end;
        Span { empty, line, broken: within > 0 }
    }

    /// Line ends in `text`: line feeds, and carriage returns without one.
    fn count_ends(&mut self, text: &[u8]) -> u64 {
        let mut ends = 0;
        for &byte in text {
            ends += u64::from(byte == b'\r' || byte == b'\n' && !self.after_return);
            self.after_return = byte == b'\r';
        }
        ends
    }
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
    fn new(file: &'a str, header: &ByteRecord, config: &'a ReadConfig) -> Result<Self, SourceError> {
        Ok(Self {
            file,
            config,
            layout: Layout::new(file, header, config)?,
            unnamed_book: config.unnamed_book(),
            notes: Notes { strict: config.on_bad_row == OnBadRow::Error, counts: ReadCounts::default() },
            teams: Teams::default(),
            rows: Vec::new(),
            last_date: Default::default(),
            pre: Vec::new(),
            close: Vec::new(),
        })
    }

    /// Takes a row, and the empty lines before it; at the end there are only those.
    fn take(&mut self, row: &ByteRecord, more: bool, span: Span) -> Result<(), SourceError> {
        let counts = &mut self.notes.counts;
        counts.rows += span.empty + u64::from(more);
        counts.blank += span.empty;
        if !more {
            return Ok(());
        }
        if cells::is_blank(row.as_slice()) {
            counts.blank += 1;
            return Ok(());
        }
        match self.row(row, &span) {
            Ok(row) => self.rows.push(row),
            Err(fault) if fault.remark.is_skip() && self.config.on_bad_row == OnBadRow::Skip => {
                self.notes.counts.add(fault.remark);
            }
            Err(fault) => return Err(self.bad_cell(row, span.line, fault)),
        }
        Ok(())
    }

    fn row(&mut self, row: &ByteRecord, span: &Span) -> Result<Row, Fault> {
        let cell = |column: Option<usize>| column.and_then(|column| row.get(column)).unwrap_or_default();
        if span.broken {
            return Err(Fault { remark: Remark::SkippedQuotation, column: None });
        }
        let (day, clock) = self.date(row)?;
        let league = self.league(row);
        let (home, away) = self.fixture(row, league)?;
        let score = self.score(row)?;
        let season = self.season(cell(self.layout.season))?;
        let book = self.book(cell(self.layout.book))?;
        let kickoff = self.kickoff(cell(self.layout.time), clock)?.map(|seconds| day + i64::from(seconds));
        let id = self.layout.match_id.map(|_| cells::name(cell(self.layout.match_id))).filter(|id| !id.is_empty());
        self.check(row, score)?;
        self.quotes(row, book, day, kickoff)?;
        let (pre, close) = (self.pre.as_slice().into(), self.close.as_slice().into());
        let id = id.map(String::into_boxed_str);
        Ok(Row { league, home, away, day, kickoff, season, id, score, line: span.line, pre, close })
    }

    /// The day, and the time of day where the cell goes on with one.
    fn date(&mut self, row: &ByteRecord) -> Result<(Time, Option<u32>), Fault> {
        let column = self.layout.date;
        let cell = row.get(column).unwrap_or_default();
        if self.last_date.0 != cell || cell.is_empty() {
            let fault = Fault { remark: Remark::SkippedDate, column: Some(column) };
            let (date, clock) = cells::date(cell).ok_or(fault)?;
            self.last_date = (cell.to_vec(), Time::from_days(days_since_epoch(date)), clock);
        }
        Ok((self.last_date.1, self.last_date.2))
    }

    fn league(&mut self, row: &ByteRecord) -> u32 {
        let cell = |column: Option<usize>| column.and_then(|column| row.get(column)).unwrap_or_default();
        let league = cell(self.layout.league).trim_ascii();
        if league.is_empty() {
            let (file, cut) = (self.file, self.layout.football_data);
            return self.teams.league(b"", || league_of_file(file, cut));
        }
        let country = cell(self.layout.country).trim_ascii();
        if country.is_empty() {
            return self.teams.league(league, || cells::name(league));
        }
        let both = [country, b" ", league].concat();
        self.teams.league(&both, || cells::name(&both))
    }

    fn fixture(&mut self, row: &ByteRecord, league: u32) -> Result<(u32, u32), Fault> {
        let columns = [self.layout.home_team, self.layout.away_team];
        let fault = |column| Fault { remark: Remark::SkippedTeams, column: Some(column) };
        let mut teams = [0; 2];
        for (team, column) in teams.iter_mut().zip(columns) {
            let raw = row.get(column).unwrap_or_default();
            let named = self.teams.team(league, raw, self.config).ok_or(fault(column))?;
            if named.respelled {
                self.notes.note(Remark::Respelled, Some(column))?;
            }
            *team = named.index;
        }
        if teams[0] == teams[1] { Err(fault(columns[1])) } else { Ok((teams[0], teams[1])) }
    }

    fn score(&self, row: &ByteRecord) -> Result<Option<Score>, Fault> {
        let Some((home, away)) = self.layout.goals else { return Ok(None) };
        let fault = |column| Fault { remark: Remark::SkippedScore, column: Some(column) };
        let goals = |column| cells::goals(row.get(column).unwrap_or_default()).map_err(|()| fault(column));
        match (goals(home)?, goals(away)?) {
            (Some(home), Some(away)) => Ok(Some(Score { home, away })),
            (None, None) => Ok(None),
            (None, _) => Err(fault(home)),
            (_, None) => Err(fault(away)),
        }
    }

    fn season(&self, cell: &[u8]) -> Result<Option<i16>, Fault> {
        if cell.trim_ascii().is_empty() {
            return Ok(None);
        }
        cells::season(cell).map(Some).ok_or(Fault { remark: Remark::SkippedLabel, column: self.layout.season })
    }

    /// The book of the row's unnamed prices.
    fn book(&self, cell: &[u8]) -> Result<Book, Fault> {
        let code = cell.trim_ascii();
        if code.is_empty() {
            return Ok(self.unnamed_book);
        }
        let fault = Fault { remark: Remark::SkippedLabel, column: self.layout.book };
        std::str::from_utf8(code).ok().and_then(|code| Book::new(code).ok()).ok_or(fault)
    }

    /// Seconds after midnight; a date that goes on with midnight has no time of day.
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

    /// Notes what is odd about a row that is otherwise sound.
    fn check(&mut self, row: &ByteRecord, score: Option<Score>) -> Result<(), Fault> {
        if row.len() > self.layout.headers.len() {
            self.notes.note(Remark::ExtraCells, Some(self.layout.headers.len()))?;
        }
        let said = self.layout.result.and_then(|column| row.get(column)?.trim_ascii().first());
        let (Some(said @ (b'H' | b'D' | b'A')), Some(score)) = (said, score) else { return Ok(()) };
        let letter = match score.home.cmp(&score.away) {
            std::cmp::Ordering::Greater => b'H',
            std::cmp::Ordering::Equal => b'D',
            std::cmp::Ordering::Less => b'A',
        };
        if *said == letter { Ok(()) } else { self.notes.note(Remark::ResultMismatch, self.layout.result) }
    }

    fn quotes(&mut self, row: &ByteRecord, unnamed: Book, day: Time, kickoff: Option<Time>) -> Result<(), Fault> {
        self.pre.clear();
        self.close.clear();
        for group in &self.layout.groups {
            let book = group.book.unwrap_or(unnamed);
            if !self.config.keeps(book, group.kind) {
                continue;
            }
            let (as_of, quotes) =
                if group.closing { (kickoff.unwrap_or(day), &mut self.close) } else { (day, &mut self.pre) };
            read_group(group, row, (book, as_of), &mut self.notes, quotes)?;
        }
        Ok(())
    }

    fn bad_cell(&self, row: &ByteRecord, line: u64, fault: Fault) -> SourceError {
        let column = fault.column.map(|column| (column + 1, self.layout.header(column)));
        let cell = fault.column.map_or_else(|| row.as_slice(), |column| row.get(column).unwrap_or_default());
        let advice = if fault.remark.is_skip() {
            "correct it, or leave such rows out with --on-bad-row skip"
        } else {
            "correct it, or have it repaired with --on-bad-row repair"
        };
        SourceError::Cell(Box::new(BadCell {
            place: Place { file: self.file.to_owned(), line, column },
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
        Table { teams: self.teams, rows: self.rows, counts: self.notes.counts }
    }
}

/// The league of a file that does not say: `E0` for football-data's `E0_2023-24.csv`, else the file's name.
fn league_of_file(file: &str, football_data: bool) -> String {
    let stem = Path::new(file).file_stem().map_or(file, |stem| stem.to_str().unwrap_or(file));
    let stem = stem.trim_matches(['<', '>']);
    match stem.split_once('_') {
        Some((league, _)) if football_data && !league.is_empty() => league.to_owned(),
        _ => stem.to_owned(),
    }
}
