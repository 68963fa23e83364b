//! Writing of simbet's plain form: the matches that [`read`](super::read) returns, one row each.

use crate::domain::{Book, Market, Names, Quote, Side};
use crate::schema;
use crate::source::matches::{Matches, Record};

/// The columns of the plain form, in order. `--map` accepts each of them.
pub const CANONICAL_COLUMNS: [&str; 28] = [
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
    "odds_home",
    "odds_draw",
    "odds_away",
    "ou_line",
    "odds_over",
    "odds_under",
    "ah_line",
    "odds_ah_home",
    "odds_ah_away",
    "close_home",
    "close_draw",
    "close_away",
    "close_ou_line",
    "close_over",
    "close_under",
    "close_ah_line",
    "close_ah_home",
    "close_ah_away",
];

/// Whether a column of the plain form holds odds or a line: a number, with decimals.
pub fn is_price(column: &str) -> bool {
    column.starts_with("odds_") || column.starts_with("close_") || column.ends_with("_line")
}

/// The rows of the plain form with the prices of one book. Cells of prices that the book lacks are empty.
pub fn canonical_rows(matches: &Matches, book: Book) -> impl Iterator<Item = Vec<String>> + '_ {
    matches
        .records
        .iter()
        .map(move |record| plain_row(record, &matches.names, book))
}

fn plain_row(record: &Record, names: &Names, book: Book) -> Vec<String> {
    let fixture = &record.fixture;
    let goals = |side: fn(crate::domain::Score) -> u8| {
        record
            .score
            .map_or_else(String::new, |s| side(s).to_string())
    };
    let kickoff = fixture.kickoff.map_or_else(String::new, |time| {
        schema::civil(time).time().strftime("%H:%M").to_string()
    });
    let mut row = vec![
        fixture.id.to_string(),
        names.league(fixture.league).to_owned(),
        fixture.season.to_string(),
        schema::format_date(fixture.day),
        kickoff,
        names.team(fixture.home).to_owned(),
        names.team(fixture.away).to_owned(),
        goals(|score| score.home),
        goals(|score| score.away),
        book.to_string(),
    ];
    for quotes in [&record.pre, &record.close] {
        row.extend(prices(quotes, book));
    }
    row
}

/// The nine cells of a book's prices at one time.
fn prices(quotes: &[Quote], book: Book) -> [String; 9] {
    let odds = |kind: fn(Market) -> bool, side: Side| {
        let wanted = |quote: &&Quote| {
            quote.book == book && kind(quote.selection.market()) && quote.selection.side() == side
        };
        quotes.iter().find(wanted)
    };
    let price = |quote: Option<&Quote>| {
        quote.map_or_else(String::new, |quote| quote.odds.decimal().to_string())
    };
    let line = |quote: Option<&Quote>| {
        quote
            .and_then(|quote| quote.selection.market().line())
            .map_or_else(String::new, |line| line.to_string())
    };
    let (match_odds, totals, handicap) = (
        (|market| market == Market::MatchOdds) as fn(Market) -> bool,
        (|market| matches!(market, Market::OverUnder(_))) as fn(Market) -> bool,
        (|market| matches!(market, Market::AsianHandicap(_))) as fn(Market) -> bool,
    );
    [
        price(odds(match_odds, Side::Home)),
        price(odds(match_odds, Side::Draw)),
        price(odds(match_odds, Side::Away)),
        line(odds(totals, Side::Over)),
        price(odds(totals, Side::Over)),
        price(odds(totals, Side::Under)),
        line(odds(handicap, Side::Home)),
        price(odds(handicap, Side::Home)),
        price(odds(handicap, Side::Away)),
    ]
}
