//! Writing of simbet's plain form: the matches that [`read`](super::read) returns, one row each.

use super::matches::{MatchRecord, Matches};
use crate::calendar;
use crate::domain::{Book, MarketKind, Names, Quote, Side};

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

/// The rows of the plain form, in the order of [`canonical_columns`], with the prices of one book. Cells of prices that the
/// book lacks are empty.
pub fn canonical_rows<'a>(
    matches: &'a Matches,
    book: Book,
    markets: &'a [MarketKind],
) -> impl Iterator<Item = Vec<String>> + 'a {
    matches
        .records
        .iter()
        .map(move |record| plain_row(record, &matches.names, book, markets))
}

fn plain_row(
    record: &MatchRecord,
    names: &Names,
    book: Book,
    markets: &[MarketKind],
) -> Vec<String> {
    let fixture = &record.fixture;
    let goals = |side: fn(crate::domain::Score) -> u8| {
        record
            .score
            .map_or_else(String::new, |s| side(s).to_string())
    };
    let kickoff = fixture.kickoff.map_or_else(String::new, |time| {
        calendar::civil(time).time().strftime("%H:%M").to_string()
    });
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
        row.extend(MarketKind::written(markets).flat_map(|kind| prices(kind, quotes, book)));
    }
    row.push(status(record).to_owned());
    row
}

/// The status of a match that is over; empty for a fixture.
fn status(record: &MatchRecord) -> &'static str {
    if record.is_fixture() {
        ""
    } else {
        record.status.code()
    }
}

/// The cells of a book's prices of a market at one time: the line where the market has one, and the odds of each side.
fn prices(kind: MarketKind, quotes: &[Quote], book: Book) -> impl Iterator<Item = String> {
    let of = move |side: Side| {
        quotes.iter().find(|quote| {
            let selection = quote.selection;
            quote.book == book && (selection.market().kind(), selection.side()) == (kind, side)
        })
    };
    let first = of(kind.sides()[0]).and_then(|quote| quote.selection.market().line());
    let line = kind
        .has_line()
        .then(|| first.map_or_else(String::new, |line| line.to_string()));
    let odds = kind.sides().iter().map(move |&side| {
        of(side).map_or_else(String::new, |quote| quote.odds.decimal().to_string())
    });
    line.into_iter().chain(odds)
}
