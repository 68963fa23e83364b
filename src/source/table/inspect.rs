//! What was understood of files: columns, dates, seasons, leagues, teams and books.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::config::ReadConfig;
use super::counts::{ReadCounts, Remark};
use super::matches::{Assumption, MatchRecord, Matches};
use super::meaning::ColumnMeaning;
use super::merge::{self, ReadFile};
use super::reader::Table;
use super::row::Row;
use crate::calendar;
use crate::domain::{Book, MarketKind, Names, Quote, Statistic, TeamId};
use crate::look_alike::is_misspelling;
use crate::schema::statistic_names;
use crate::source::error::SourceError;

/// How many rows of a table are shown as they were read.
const FIRST_ROWS: usize = 3;

/// What was understood of files.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// Every file, sorted by path.
    pub files: Vec<InspectedFile>,
    /// Every league, by name.
    pub leagues: Vec<InspectedLeague>,
    /// Every book and market, by book and market.
    pub books: Vec<BookCoverage>,
    /// What is counted beside the goals of matches with a score.
    pub statistics: Vec<StatisticCoverage>,
    /// The counts of rows.
    pub counts: ReadCounts,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// Why the files do not go together, although each can be read.
    pub problem: Option<String>,
}

/// What was understood of one file.
#[derive(Debug, Serialize)]
pub struct InspectedFile {
    /// Its path.
    pub path: String,
    /// Its size in bytes; `None` where it cannot be read.
    pub bytes: Option<u64>,
    /// Its tables, without their bad rows where there is a problem.
    pub tables: Vec<InspectedTable>,
    /// Why it cannot be read.
    pub problem: Option<String>,
}

/// A table of a file.
#[derive(Debug, Serialize)]
pub struct InspectedTable {
    /// Its name: the file's, and its own where the file holds several.
    pub name: String,
    /// Rows after the header.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnMeaning>,
    /// The first rows as they were read.
    pub first: Vec<FirstRow>,
    /// What was repaired, dropped or left out.
    pub remarks: Vec<TableRemark>,
}

/// What was repaired, dropped or left out of one table.
#[derive(Debug, Serialize)]
pub struct TableRemark {
    /// The kind of it.
    #[serde(serialize_with = "code")]
    pub remark: Remark,
    /// How many there are.
    pub count: u64,
    /// The line of the first, counted from 1.
    pub first_line: u64,
}

fn code<S: serde::Serializer>(remark: &Remark, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(remark.code())
}

/// A row as it was read.
#[derive(Debug, Serialize)]
pub struct FirstRow {
    /// Its line, counted from 1.
    pub line: u64,
    /// The match day.
    pub date: String,
    /// Kick-off in UTC, where it is known.
    pub kickoff: Option<String>,
    /// The league.
    pub league: String,
    /// The home side.
    pub home_team: String,
    /// The away side.
    pub away_team: String,
    /// The score; `None` for a fixture.
    pub score: Option<String>,
    /// The first prices: book, market and odds.
    pub prices: Option<String>,
}

/// A league.
#[derive(Debug, Serialize)]
pub struct InspectedLeague {
    /// Its name.
    pub league: String,
    /// Matches with a score.
    pub matches: u64,
    /// Matches without one.
    pub fixtures: u64,
    /// The first match day.
    pub first_day: String,
    /// The last match day.
    pub last_day: String,
    /// Matches and fixtures of each season, named by the year in which it starts.
    pub seasons: BTreeMap<i16, u64>,
    /// Matches and fixtures of each team.
    pub teams: BTreeMap<String, u64>,
    /// Rare names that look like the slip of a pen, or such as no match with a score has, each with the team that was
    /// probably meant.
    pub look_alikes: BTreeMap<String, String>,
    #[serde(skip)]
    played: BTreeMap<TeamId, u64>,
}

/// The matches that a book prices.
#[derive(Debug, Serialize)]
pub struct BookCoverage {
    /// The book.
    pub book: String,
    /// The market.
    pub market: &'static str,
    /// Matches with a price before the match.
    pub before: u64,
    /// Matches with a closing price.
    pub closing: u64,
    /// The same by season.
    pub seasons: BTreeMap<i16, SeasonCoverage>,
}

/// The matches of a season that a book prices.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct SeasonCoverage {
    /// All matches of the season.
    pub matches: u64,
    /// Those with a price before the match.
    pub before: u64,
    /// Those with a closing price.
    pub closing: u64,
}

/// The matches of which something is counted.
#[derive(Debug, Serialize)]
pub struct StatisticCoverage {
    /// What is counted, for people.
    pub statistic: &'static str,
    /// Its columns in simbet's plain form.
    pub columns: [&'static str; 2],
    /// Matches of which it is known.
    pub matches: u64,
    /// Of those, matches whose counts cannot be true, which no feature uses.
    pub doubtful: u64,
}

/// A file that was read, or why it was not and what is understood of it without its bad rows.
pub(super) struct Attempt {
    pub path: String,
    pub file: Result<ReadFile, SourceError>,
    pub without_bad_rows: Option<ReadFile>,
}

impl Attempt {
    /// A file of which nothing is understood.
    pub fn failed(path: String, error: SourceError) -> Self {
        Self {
            path,
            file: Err(error),
            without_bad_rows: None,
        }
    }
}

/// What was understood of files that were read one by one.
pub(super) fn inspect(attempts: Vec<Attempt>, config: &ReadConfig) -> Inspection {
    let mut files = Vec::with_capacity(attempts.len());
    let mut sound = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        files.push(inspected_file(&attempt));
        sound.extend(attempt.file);
    }
    let together = merge::judge(sound, config).and_then(|judged| {
        let read = files.iter_mut().filter(|file| file.problem.is_none());
        let tables = read.flat_map(|file| &mut file.tables);
        for (inspected, table) in tables.zip(&judged.tables) {
            // now its leagues and teams have the names that they are given beside the other files
            *inspected = inspected_table(table);
        }
        judged.matches(config)
    });
    let (mut matches, problem) = match together {
        Ok(matches) => (matches, None),
        Err(error) => (Matches::default(), Some(error.with_reasons())),
    };
    matches.assumptions.append(&mut matches.unused_aliases);
    matches.assumptions.extend(assumed_book(&files, config));
    Inspection {
        files,
        leagues: leagues(&matches),
        books: books(&matches),
        statistics: statistics(&matches),
        counts: matches.counts,
        assumptions: matches.assumptions,
        problem,
    }
}

impl Inspection {
    /// Whether a file cannot be read, or the files do not go together.
    pub fn has_problem(&self) -> bool {
        self.problem.is_some() || self.files.iter().any(|file| file.problem.is_some())
    }
}

fn inspected_file(attempt: &Attempt) -> InspectedFile {
    let (understood, problem) = match &attempt.file {
        Ok(file) => (Some(file), None),
        Err(error) => (
            attempt.without_bad_rows.as_ref(),
            Some(error.with_reasons()),
        ),
    };
    let tables = understood.map_or(&[][..], |file| &file.tables);
    InspectedFile {
        path: attempt.path.clone(),
        bytes: understood.map(|file| file.input.bytes),
        tables: tables.iter().map(inspected_table).collect(),
        problem,
    }
}

/// What is said of prices that name no book.
fn assumed_book(files: &[InspectedFile], config: &ReadConfig) -> Option<Assumption> {
    let book = config.unnamed_book();
    let tables = files.iter().flat_map(|file| &file.tables);
    let without_book = tables.filter(|table| {
        let mut columns = table.columns.iter();
        columns.any(|column| column.is_price_without_book(book))
    });
    let files: Vec<String> = without_book.map(|table| table.name.clone()).collect();
    (!files.is_empty()).then(|| Assumption {
        sentence: format!(
            "no column of books: prices that name none count as those of the first --book, which is {book} by default"
        ),
        files,
    })
}

fn inspected_table(table: &Table) -> InspectedTable {
    let first = table.rows.iter().take(FIRST_ROWS);
    InspectedTable {
        name: table.name.clone(),
        rows: table.counts.rows,
        columns: table.columns.clone(),
        first: first.map(|row| first_row(row, table)).collect(),
        remarks: table
            .counts
            .remarks_of_table()
            .map(|(remark, count, first_line)| TableRemark {
                remark,
                count,
                first_line,
            })
            .collect(),
    }
}

fn first_row(row: &Row, table: &Table) -> FirstRow {
    let team = |index: u32| table.teams.named[index as usize].1.clone();
    FirstRow {
        line: row.line,
        date: calendar::format_date(row.day),
        kickoff: row.kickoff.map(calendar::format_time),
        league: table.teams.leagues[row.league as usize].clone(),
        home_team: team(row.home),
        away_team: team(row.away),
        score: row
            .score
            .map(|score| format!("{}-{}", score.home, score.away)),
        prices: first_prices(&row.pre).or_else(|| first_prices(&row.close)),
    }
}

/// The prices of the first book and market.
fn first_prices(quotes: &[Quote]) -> Option<String> {
    let first = quotes.first()?;
    let market = first.selection.market();
    let same = |quote: &&Quote| quote.book == first.book && quote.selection.market() == market;
    let odds: Vec<String> = quotes
        .iter()
        .take_while(same)
        .map(|quote| quote.odds.decimal().to_string())
        .collect();
    Some(format!(
        "{} {} {}",
        first.book,
        market.kind().code(),
        odds.join(" / ")
    ))
}

fn leagues(matches: &Matches) -> Vec<InspectedLeague> {
    let mut leagues: BTreeMap<&str, InspectedLeague> = BTreeMap::new();
    for record in &matches.records {
        let name = matches.names.league(record.fixture.league);
        let league = leagues
            .entry(name)
            .or_insert_with(|| empty_league(name, record));
        add_match(league, record, matches);
    }
    let mut leagues: Vec<InspectedLeague> = leagues.into_values().collect();
    for league in &mut leagues {
        league.look_alikes = look_alikes(league, &matches.names);
    }
    leagues
}

/// A league that begins with this match; records are in order of days.
fn empty_league(name: &str, first: &MatchRecord) -> InspectedLeague {
    let day = calendar::format_date(first.fixture.day);
    InspectedLeague {
        league: name.to_owned(),
        matches: 0,
        fixtures: 0,
        first_day: day.clone(),
        last_day: day,
        seasons: BTreeMap::new(),
        teams: BTreeMap::new(),
        look_alikes: BTreeMap::new(),
        played: BTreeMap::new(),
    }
}

fn add_match(league: &mut InspectedLeague, record: &MatchRecord, matches: &Matches) {
    let fixture = &record.fixture;
    if record.score.is_some() {
        league.matches += 1;
    } else {
        league.fixtures += 1;
    }
    league.last_day = calendar::format_date(fixture.day);
    *league.seasons.entry(fixture.season).or_default() += 1;
    for team in [fixture.home, fixture.away] {
        let name = matches.names.team(team).to_owned();
        *league.teams.entry(name).or_default() += 1;
        *league.played.entry(team).or_default() += u64::from(record.score.is_some());
    }
}

/// The most matches of a name that may be a slip.
const RARE: u64 = 2;

/// Rare names, each with the most frequent of the names that it looks like.
fn look_alikes(league: &InspectedLeague, names: &Names) -> BTreeMap<String, String> {
    let played = league.played.iter();
    let named: Vec<(&str, u64)> = played
        .map(|(&team, &rows)| (names.team(team), rows))
        .collect();
    let rare = named.iter().filter(|(_, rows)| *rows <= RARE);
    let meant = |&(name, rows): &(&str, u64)| {
        let more = named.iter().filter(|(_, others)| *others > rows);
        let alike = more.filter(|(other, _)| is_misspelling(name, other));
        let (meant, _) = alike.max_by_key(|(other, rows)| (*rows, Reverse(*other)))?;
        Some((name.to_owned(), (*meant).to_owned()))
    };
    rare.filter_map(meant).collect()
}

/// What is counted in one match or more.
fn statistics(matches: &Matches) -> Vec<StatisticCoverage> {
    let all = Statistic::ALL.into_iter();
    all.map(|statistic| statistic_coverage(statistic, matches))
        .filter(|coverage| coverage.matches > 0)
        .collect()
}

fn statistic_coverage(statistic: Statistic, matches: &Matches) -> StatisticCoverage {
    let counted = matches.records.iter();
    let counted = counted
        .filter_map(|record| record.statistics.as_deref())
        .filter(|counts| statistic.of(counts).is_some());
    StatisticCoverage {
        statistic: statistic.name(),
        columns: statistic_names(statistic),
        matches: counted.clone().count() as u64,
        doubtful: counted
            .filter(|counts| statistic.is_doubtful(counts))
            .count() as u64,
    }
}

fn books(matches: &Matches) -> Vec<BookCoverage> {
    let mut priced: BTreeMap<(Book, MarketKind), BTreeMap<i16, SeasonCoverage>> = BTreeMap::new();
    let mut played: BTreeMap<i16, u64> = BTreeMap::new();
    for record in &matches.records {
        *played.entry(record.fixture.season).or_default() += 1;
        for (quotes, is_closing) in [(&record.pre, false), (&record.close, true)] {
            for key in books_and_markets(quotes) {
                let seasons = priced.entry(key).or_default();
                let season = seasons.entry(record.fixture.season).or_default();
                season.before += u64::from(!is_closing);
                season.closing += u64::from(is_closing);
            }
        }
    }
    let covered = priced.into_iter();
    covered
        .map(|((book, market), seasons)| coverage(book, market, seasons, &played))
        .collect()
}

/// The books and markets of a match's prices, each once.
fn books_and_markets(quotes: &[Quote]) -> Vec<(Book, MarketKind)> {
    let mut keys: Vec<_> = quotes
        .iter()
        .map(|quote| (quote.book, quote.selection.market().kind()))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn coverage(
    book: Book,
    market: MarketKind,
    mut seasons: BTreeMap<i16, SeasonCoverage>,
    played: &BTreeMap<i16, u64>,
) -> BookCoverage {
    for (season, matches) in played {
        seasons.entry(*season).or_default().matches = *matches;
    }
    BookCoverage {
        book: book.to_string(),
        market: market.code(),
        before: seasons.values().map(|season| season.before).sum(),
        closing: seasons.values().map(|season| season.closing).sum(),
        seasons,
    }
}
