//! Writing of simbet's plain form: the matches that [`read`](super::read) returns, one row each.

use std::collections::BTreeSet;

use super::matches::{MatchRecord, Matches};
use crate::calendar;
use crate::domain::{Book, Market, MarketKind, Names, Quote, Selection, Side, Time};

/// The columns of the plain form that say which match it is, and whose prices follow.
const FIELDS: [&str; 10] = [
    "match_id",
    "league",
    "season",
    "date",
    "time",
    "home_team",
    "away_team",
    "home_goals",
    "away_goals",
    "book",
];

/// The columns of the plain form with these markets, in order; each is a name that `--map` knows.
///
/// Those of the markets that football-data.co.uk has are always there.
///
/// ```
/// use simbet::internals::source::canonical_columns;
/// let columns = canonical_columns(&[]);
/// assert_eq!((columns.len(), columns[10], columns[28]), (29, "odds_home", "status"));
/// ```
pub fn canonical_columns(markets: &[MarketKind]) -> Vec<&'static str> {
    let prices = [false, true].into_iter().flat_map(|closing| {
        MarketKind::written(markets).flat_map(move |kind| {
            let odds = kind.odds_columns(closing).iter().copied();
            kind.line_column(closing).into_iter().chain(odds)
        })
    });
    FIELDS.into_iter().chain(prices).chain(["status"]).collect()
}

/// Whether a column of the plain form holds odds or a line: a number, with decimals.
pub fn is_price(column: &str) -> bool {
    column.starts_with("odds_") || column.starts_with("close_") || column.ends_with("_line")
}

/// The markets of which the matches have a price of one of these books, in order.
pub fn held_markets(matches: &Matches, books: &[Book]) -> Vec<MarketKind> {
    let held: BTreeSet<MarketKind> = matches
        .records
        .iter()
        .flat_map(|record| record.pre.iter().chain(&record.close))
        .filter(|quote| books.contains(&quote.book))
        .map(|quote| quote.selection.market().kind())
        .collect();
    held.into_iter().collect()
}

/// The rows of the plain form, in the order of [`canonical_columns`]: one for each match with the prices of the first book,
/// and one for each other book that has prices of it. Cells of prices that the book lacks are empty. Where a book has several
/// lines of a market, the further ones are in further rows.
pub fn canonical_rows<'a>(
    matches: &'a Matches,
    books: &'a [Book],
    markets: &'a [MarketKind],
) -> impl Iterator<Item = Vec<String>> + 'a {
    matches.records.iter().flat_map(move |record| {
        books.iter().enumerate().flat_map(move |(place, &book)| {
            let rows = lines_needed(record, book, markets).max(usize::from(place == 0));
            (0..rows).map(move |line| plain_row(record, &matches.names, book, markets, line))
        })
    })
}

/// How many rows the prices of a book need: as many as it has lines of a market, and none without a price.
fn lines_needed(record: &MatchRecord, book: Book, markets: &[MarketKind]) -> usize {
    let sets = [&record.pre, &record.close];
    let lines = sets.into_iter().flat_map(|quotes| {
        MarketKind::written(markets).map(|kind| markets_of(kind, quotes, book).count())
    });
    lines.max().unwrap_or_default()
}

/// The markets of a kind that a book has prices of, one for each line.
fn markets_of(kind: MarketKind, quotes: &[Quote], book: Book) -> impl Iterator<Item = Market> {
    let of_book = quotes
        .iter()
        .map(|quote| (quote.book, quote.selection.market()))
        .filter(move |(other, market)| (*other, market.kind()) == (book, kind));
    let markets: BTreeSet<Market> = of_book.map(|(_, market)| market).collect();
    markets.into_iter()
}

fn plain_row(
    record: &MatchRecord,
    names: &Names,
    book: Book,
    markets: &[MarketKind],
    line: usize,
) -> Vec<String> {
    let fixture = &record.fixture;
    let goals = |side: fn(crate::domain::Score) -> u8| {
        record
            .score
            .map_or_else(String::new, |s| side(s).to_string())
    };
    let kickoff = fixture
        .kickoff
        .map_or_else(String::new, |time| kickoff(fixture.day, time));
    let mut row = vec![
        fixture.id.to_string(),
        names.league(fixture.league).to_owned(),
        fixture.season.to_string(),
        calendar::format_date(fixture.day),
        kickoff,
        names.team(fixture.home).to_owned(),
        names.team(fixture.away).to_owned(),
        goals(|score| score.home),
        goals(|score| score.away),
        book.to_string(),
    ];
    for quotes in [&record.pre, &record.close] {
        row.extend(MarketKind::written(markets).flat_map(|kind| {
            let market = markets_of(kind, quotes, book).nth(line);
            prices(kind, market, quotes, book)
        }));
    }
    row.push(status(record).to_owned());
    row
}

/// A kick-off: `HH:MM` of UTC where that is on the match day, else the whole instant.
fn kickoff(day: Time, time: Time) -> String {
    if time == time.start_of_day() {
        // 00:00 may be read as unknown
        return format!("{}+01:00", calendar::format_time(time + 3600));
    }
    let is_short = time.start_of_day() == day && time.seconds() % 60 == 0;
    if is_short {
        calendar::civil(time).strftime("%H:%M").to_string()
    } else {
        format!("{}Z", calendar::format_time(time))
    }
}

/// The status of a match that is over; empty for a fixture.
fn status(record: &MatchRecord) -> &'static str {
    if record.is_fixture() {
        ""
    } else {
        record.status.code()
    }
}

/// The cells of a book's prices of a market at one time: the line where the kind has one, and the odds of each side.
fn prices(
    kind: MarketKind,
    market: Option<Market>,
    quotes: &[Quote],
    book: Book,
) -> impl Iterator<Item = String> {
    let of = move |side: Side| {
        let selection = Selection::new(market?, side)?;
        quotes
            .iter()
            .find(|quote| (quote.book, quote.selection) == (book, selection))
    };
    let line = kind.has_line().then(|| {
        market
            .and_then(Market::line)
            .map_or_else(String::new, |line| line.to_string())
    });
    let odds = kind.sides().iter().map(move |&side| {
        of(side).map_or_else(String::new, |quote| quote.odds.decimal().to_string())
    });
    line.into_iter().chain(odds)
}
