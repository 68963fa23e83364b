//! Whether books can have offered the prices of an entry together.

use super::EventError;
use super::raw_value::{RawValue, shown};
use crate::domain::price_set::impossible_sum;
use crate::domain::{MarketKind, MatchState, Odds, Quote, Side};

/// Checks the members of match odds, in the order home, draw, away.
///
/// Beside `quotes` an exchange's limit stands for a price that is absent: such members say nothing.
pub(super) fn check_match_odds(
    odds: [Option<Odds>; 3],
    state: MatchState,
    has_quotes: bool,
) -> Result<(), EventError> {
    let [home, _, away] = odds;
    let has_limit = [home, away]
        .into_iter()
        .flatten()
        .any(|odds| Odds::LIMITS.contains(&odds));
    if has_quotes && has_limit {
        return Ok(());
    }
    match impossible_sum(&odds, is_in_play(state)) {
        Some(sum) => Err(refused("market_odds_home", named(odds), &odds, sum)),
        None => Ok(()),
    }
}

/// The members that have odds: `market_odds_home, _draw, _away`.
fn named(odds: [Option<Odds>; 3]) -> String {
    let sides = ["_home", "_draw", "_away"].into_iter().zip(odds);
    let priced: Vec<_> = sides
        .filter(|(_, odds)| odds.is_some())
        .map(|(side, _)| side)
        .collect();
    format!("market_odds{}", priced.join(", "))
}

/// Checks prices before kick-off of every side of a market, in the members of these names.
pub(super) fn check_set(members: &[&'static str], odds: &[Option<Odds>]) -> Result<(), EventError> {
    let first = members.first().copied().unwrap_or_default();
    impossible_sum(odds, false).map_or(Ok(()), |sum| {
        Err(refused(first, members.join(", "), odds, sum))
    })
}

/// Checks the prices of `quotes`: each book's of each market.
pub(super) fn check_quotes(quotes: &[Quote], state: MatchState) -> Result<(), EventError> {
    check_lines(quotes)?;
    let is_in_play = is_in_play(state);
    for (place, quote) in quotes.iter().enumerate() {
        let is_of_set = |other: &&Quote| is_same_set(other, quote);
        if quotes[..place].iter().any(|other| is_of_set(&other)) {
            continue;
        }
        let market = quote.selection.market();
        let mut odds = [None; MarketKind::MOST_SIDES];
        let sides = market.kind().sides();
        for (odds, &side) in odds.iter_mut().zip(sides) {
            let priced = quotes
                .iter()
                .filter(is_of_set)
                .find(|other| other.selection.side() == side);
            *odds = priced.map(|priced| priced.odds);
        }
        let odds = &odds[..sides.len()];
        if let Some(sum) = impossible_sum(odds, is_in_play) {
            let line = market
                .line()
                .map_or_else(String::new, |line| format!(" {line}"));
            let set = format!("{}{line} of {}", market.kind(), quote.book);
            return Err(refused("quotes", format!("quotes: {set}"), odds, sum));
        }
    }
    Ok(())
}

/// Refuses handicaps with each side's own line: a book's home alone at a line, and its away alone at the opposite one. They
/// would be read as two markets that nobody offered.
fn check_lines(quotes: &[Quote]) -> Result<(), EventError> {
    for home in quotes {
        let is_other_side = |away: &&Quote| {
            is_opposite(home, away) && is_alone(home, quotes) && is_alone(away, quotes)
        };
        if let Some(away) = quotes.iter().find(is_other_side) {
            let (book, [home, away]) = (home.book, [home, away].map(|quote| quote.selection));
            return RawValue::Text(format!("{home} and {away} of {book}").into()).refused(
                "quotes",
                "the home side's line of a handicap for both sides",
            );
        }
    }
    Ok(())
}

/// Whether these are a book's handicaps of home and away, at lines that differ in their sign alone.
fn is_opposite(home: &Quote, away: &Quote) -> bool {
    let side = |quote: &Quote| quote.selection.side();
    let line = |quote: &Quote| {
        let market = quote.selection.market();
        let is_handicap = market.kind() == MarketKind::AsianHandicap;
        market
            .line()
            .filter(|_| is_handicap)
            .map(|line| line.goals())
    };
    home.book == away.book
        && (side(home), side(away)) == (Side::Home, Side::Away)
        && line(home)
            .zip(line(away))
            .is_some_and(|(home, away)| home == -away && home != 0.0)
}

/// Whether its set has no other price.
fn is_alone(quote: &Quote, quotes: &[Quote]) -> bool {
    quotes
        .iter()
        .filter(|other| is_same_set(other, quote))
        .count()
        == 1
}

fn is_in_play(state: MatchState) -> bool {
    state != MatchState::default()
}

fn is_same_set(a: &Quote, b: &Quote) -> bool {
    (a.book, a.selection.market()) == (b.book, b.selection.market())
}

fn refused(member: &'static str, set: String, odds: &[Option<Odds>], sum: f64) -> EventError {
    let odds: Vec<_> = odds
        .iter()
        .flatten()
        .map(|odds| shown(odds.decimal()))
        .collect();
    EventError::Prices {
        member,
        set,
        odds: odds.join(", "),
        margin: (100.0 * (sum - 1.0)).round() as i64,
    }
}
