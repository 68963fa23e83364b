//! Invented matches in the columns of football-data.co.uk, to be read again.

use super::Synthetic;
use super::calendar::FIRST_YEAR;
use super::generator::SimulatedMatch;
use crate::calendar::{self, Zone};
use crate::domain::{Book, MarketKind, Names, Quote, Score};
use crate::source::SourceError;
use crate::source::table::columns::BOOKS;

/// Seasons that can be written: later ones are beyond the dates that a reader takes for one.
pub const FOOTBALL_DATA_SEASONS: u64 = 2099 - FIRST_YEAR as u64;

/// The columns of a file with the prices of one book on these markets; `None` when football-data has no name for the book.
///
/// ```
/// use simbet::Book;
/// use simbet::internals::source::synthetic::football_data_header;
/// assert_eq!(football_data_header(Book::AVG, &[]).unwrap()[8], "AvgH");
/// ```
pub fn football_data_header(book: Book, markets: &[MarketKind]) -> Option<Vec<String>> {
    // Betbrain's prefixes are those of older files
    let named = BOOKS
        .iter()
        .find(|(prefix, code)| *code == book.as_str() && !prefix.starts_with("Bb"));
    let prefix = named?.0;
    let mut header: Vec<String> = [
        "Div", "Date", "Time", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "FTR",
    ]
    .map(String::from)
    .to_vec();
    for closing in [false, true] {
        header.extend(MarketKind::written(markets).flat_map(|kind| columns(kind, prefix, closing)));
    }
    Some(header)
}

/// The columns of a market: its line where that has one, and its sides; in simbet's own names where football-data has none.
fn columns(kind: MarketKind, prefix: &str, closing: bool) -> Vec<String> {
    let mark = if closing { "C" } else { "" };
    let (line, odds): (_, Vec<String>) = match kind.football_data() {
        Some(data) => (
            data.line.map(|line| line[usize::from(closing)]),
            data.suffixes
                .iter()
                .map(|suffix| format!("{prefix}{mark}{suffix}"))
                .collect(),
        ),
        None => (
            kind.line_column(closing),
            kind.odds_columns(closing)
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
        ),
    };
    line.into_iter().map(str::to_owned).chain(odds).collect()
}

/// The rows of the next round of matches, in the order of [`football_data_header`]; none at the end.
///
/// # Errors
/// When a rate is out of range of a score grid.
pub fn football_data_row(source: &mut Synthetic) -> Result<Vec<Vec<String>>, SourceError> {
    source.generator.next_round(&mut source.matches)?;
    let names = source.world().calendar.names();
    let markets = &source.world().config.markets;
    let matches = source.matches.iter();
    Ok(matches
        .map(|one| match_cells(one, names, markets))
        .collect())
}

/// A match in the order of [`football_data_header`].
pub(super) fn match_cells(
    one: &SimulatedMatch,
    names: &Names,
    markets: &[MarketKind],
) -> Vec<String> {
    let fixture = &one.fixture;
    // files in these columns are read as UK time
    let kickoff = Zone::london().local(fixture.kickoff.unwrap_or(fixture.day));
    let mut row = vec![
        names.league(fixture.league).to_owned(),
        calendar::civil(fixture.day)
            .strftime("%d/%m/%Y")
            .to_string(),
        calendar::civil(kickoff).strftime("%H:%M").to_string(),
        names.team(fixture.home).to_owned(),
        names.team(fixture.away).to_owned(),
        one.score.home.to_string(),
        one.score.away.to_string(),
        result(one.score).to_owned(),
    ];
    for quotes in [&one.opening, &one.closing] {
        row.extend(MarketKind::written(markets).flat_map(|kind| prices(kind, quotes)));
    }
    row
}

fn result(score: Score) -> &'static str {
    match score.home.cmp(&score.away) {
        std::cmp::Ordering::Greater => "H",
        std::cmp::Ordering::Equal => "D",
        std::cmp::Ordering::Less => "A",
    }
}

/// The prices of a match in a market, in the order of [`columns`]; empty where it was not priced.
fn prices(kind: MarketKind, quotes: &[Quote]) -> Vec<String> {
    let quotes: Vec<&Quote> = quotes
        .iter()
        .filter(|quote| quote.selection.market().kind() == kind)
        .collect();
    let first = quotes.first();
    let line = first.and_then(|quote| quote.selection.market().line());
    let has_line_column = match kind.football_data() {
        Some(data) => data.line.is_some(),
        None => kind.has_line(),
    };
    let line = has_line_column.then(|| line.map_or_else(String::new, |line| line.to_string()));
    let odds = kind.sides().iter().map(|&side| {
        let quote = quotes.iter().find(|quote| quote.selection.side() == side);
        quote.map_or_else(String::new, |quote| quote.odds.decimal().to_string())
    });
    line.into_iter().chain(odds).collect()
}
