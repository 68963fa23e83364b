//! Invented matches in the columns of football-data.co.uk, to be read again.

use super::Synthetic;
use super::calendar::FIRST_YEAR;
use crate::calendar;
use crate::domain::{Book, MarketKind, Quote, Score};
use crate::source::SourceError;
use crate::source::table::columns::BOOKS;

/// Seasons that can be written: later ones are beyond the dates that a reader takes for one.
pub const FOOTBALL_DATA_SEASONS: u64 = 2099 - FIRST_YEAR as u64;

/// The columns of a file with the prices of one book; `None` when football-data has no name for the book.
///
/// ```
/// use simbet::domain::Book;
/// use simbet::source::synthetic::football_data_header;
/// assert_eq!(football_data_header(Book::AVG).unwrap()[8], "AvgH");
/// ```
pub fn football_data_header(book: Book) -> Option<Vec<String>> {
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
    for (line, closing) in [("AHh", ""), ("AHCh", "C")] {
        header.extend(
            ["H", "D", "A", ">2.5", "<2.5"].map(|price| format!("{prefix}{closing}{price}")),
        );
        header.push(line.to_owned());
        header.extend(["AHH", "AHA"].map(|price| format!("{prefix}{closing}{price}")));
    }
    Some(header)
}

/// The rows of the next round of matches, in the order of [`football_data_header`]; none at the end.
///
/// # Errors
/// When a rate is beyond what a grid is made for.
pub fn football_data_row(source: &mut Synthetic) -> Result<Vec<Vec<String>>, SourceError> {
    source.generator.next_round(&mut source.matches)?;
    let names = source.world().calendar.names();
    let row = |one: &super::Drawn| {
        let fixture = &one.fixture;
        let kickoff = calendar::civil(fixture.kickoff.unwrap_or(fixture.day));
        let mut row = vec![
            names.league(fixture.league).to_owned(),
            kickoff.strftime("%d/%m/%Y").to_string(),
            kickoff.strftime("%H:%M").to_string(),
            names.team(fixture.home).to_owned(),
            names.team(fixture.away).to_owned(),
            one.score.home.to_string(),
            one.score.away.to_string(),
            result(one.score).to_owned(),
        ];
        row.extend(prices(&one.opening));
        row.extend(prices(&one.closing));
        row
    };
    Ok(source.matches.iter().map(row).collect())
}

fn result(score: Score) -> &'static str {
    match score.home.cmp(&score.away) {
        std::cmp::Ordering::Greater => "H",
        std::cmp::Ordering::Equal => "D",
        std::cmp::Ordering::Less => "A",
    }
}

/// The prices of a match by market, the handicap's line before its prices; empty where a market was not priced.
fn prices(quotes: &[Quote]) -> Vec<String> {
    let mut cells = Vec::with_capacity(8);
    for kind in MarketKind::ALL {
        let of_kind: Vec<_> = quotes
            .iter()
            .filter(|quote| quote.selection.market().kind() == kind)
            .collect();
        if kind == MarketKind::AsianHandicap {
            let line = of_kind
                .first()
                .and_then(|quote| quote.selection.market().line());
            cells.push(line.map_or_else(String::new, |line| line.to_string()));
        }
        for &side in kind.sides() {
            let quote = of_kind.iter().find(|quote| quote.selection.side() == side);
            cells.push(quote.map_or_else(String::new, |quote| quote.odds.decimal().to_string()));
        }
    }
    cells
}
