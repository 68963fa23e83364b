//! Predictions as people read them: a row for each selection, the match beside its first rows.

use std::collections::BTreeSet;

use super::text_table::{TextTable, decimals, thousands};
use crate::calendar::{format_date, format_time};
use crate::domain::{Forecast, Names, Refusal, Time, Withheld};
use crate::schema::{NoBet, PricedSelection};
use crate::strategy::Rejection;

const HEADER: [&str; 8] = ["match", "bet", "book", "odds", "fair", "P", "EV", "stake"];

/// Every selection, with price, fair odds, expected value and stake.
pub fn selections_table(
    selections: &[PricedSelection],
    forecasts: &[Forecast],
    names: &Names,
) -> TextTable {
    let of_match =
        |one: &PricedSelection, other: &PricedSelection| one.fixture.id == other.fixture.id;
    let mut rows = Vec::new();
    for of_match in selections.chunk_by(of_match) {
        let fixture = &of_match[0].fixture;
        let forecast = forecasts
            .iter()
            .find(|forecast| forecast.fixture.id == fixture.id);
        let lines = lines_of_match(&of_match[0], forecast, names);
        for row in 0..of_match.len().max(lines.len()) {
            let line = lines.get(row).cloned().unwrap_or_default();
            rows.push(cells(line, of_match.get(row), names));
        }
    }
    TextTable {
        title: "Predictions".to_owned(),
        header: HEADER.map(str::to_owned).to_vec(),
        rows,
        numeric: vec![3, 4, 5, 6, 7],
        spare: vec![2, 5],
    }
}

/// What stands beside the selections of a match: the sides, league and day, and the goals that are expected.
fn lines_of_match(
    first: &PricedSelection,
    forecast: Option<&Forecast>,
    names: &Names,
) -> Vec<String> {
    let fixture = &first.fixture;
    let mut lines = vec![
        format!(
            "{} – {}",
            names.team(fixture.home),
            names.team(fixture.away)
        ),
        format!(
            "{}, {}",
            names.league(fixture.league),
            fixture
                .kickoff
                .map_or_else(|| format_date(fixture.day), minute)
        ),
    ];
    let goals = forecast.and_then(|forecast| forecast.expected_goals);
    lines.extend(goals.map(|[home, away]| format!("goals {home:.2} – {away:.2}")));
    lines
}

/// A time in UTC, to the minute.
fn minute(time: Time) -> String {
    let text = format_time(time).replace('T', " ");
    text.get(..16)
        .map_or_else(|| text.clone(), |minute| format!("{minute} UTC"))
}

fn cells(line: String, row: Option<&PricedSelection>, names: &Names) -> Vec<String> {
    let mut cells = vec![line];
    match row {
        None => cells.resize(HEADER.len(), String::new()),
        Some(row) => cells.extend([
            backed(row, names),
            row.quote
                .map_or_else(|| "–".to_owned(), |quote| quote.book.to_string()),
            decimals(row.quote.map(|quote| quote.odds.decimal()), 2),
            decimals(row.fair_odds(), 2),
            percent(row.distribution.map(|outcomes| outcomes.probability())),
            signed_percent(row.expected_value),
            stake(row),
        ]),
    }
    cells
}

fn backed(row: &PricedSelection, names: &Names) -> String {
    let (home, away) = (row.fixture.home, row.fixture.away);
    row.selection.as_backed(names.team(home), names.team(away))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn signed_percent(share: Option<f64>) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |share| format!("{:+.1} %", share * 100.0),
    )
}

/// The stake, or in a word or two why there is none.
fn stake(row: &PricedSelection) -> String {
    match (row.stake, row.reason) {
        (Some(stake), _) => thousands(&stake.to_string()),
        (None, Some(reason)) => in_short(reason).to_owned(),
        (None, None) => "–".to_owned(),
    }
}

const fn in_short(reason: NoBet) -> &'static str {
    match reason {
        NoBet::Unpriced => "–",
        NoBet::NoForecast => "– no forecast",
        NoBet::Withheld(Withheld::UnknownLeague) => "– unknown",
        NoBet::Withheld(Withheld::Misspelt { .. }) => "– misspelt",
        NoBet::Withheld(Withheld::Newcomer { .. }) => "– newcomer",
        NoBet::Rejected(Rejection::Side) => "– side",
        NoBet::Rejected(Rejection::Odds) => "– odds",
        NoBet::Rejected(Rejection::Probability) => "– low P",
        NoBet::Rejected(Rejection::ExpectedValue) => "– low EV",
        NoBet::Rejected(Rejection::Advantage) => "– low edge",
        NoBet::Rejected(Rejection::OtherSelection) => "– not best",
        NoBet::Refused(refusal) => refused(refusal),
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoFreeBankroll => "– not free",
        Refusal::BankrollTooSmall => "– no money",
        Refusal::BelowMinimum => "– too small",
        Refusal::RoundCap => "– round cap",
        Refusal::Exposure => "– exposure",
        Refusal::DrawdownStop => "– drawdown",
        Refusal::Duplicate => "– duplicate",
        Refusal::MatchOver => "– over",
        Refusal::TooLarge => "– too large",
    }
}

/// The bets alone, to be placed one by one.
pub fn bets_table(selections: &[PricedSelection], names: &Names) -> TextTable {
    let header = ["date", "match", "bet", "book", "odds", "EV", "stake"];
    let bets = selections.iter().filter(|row| row.stake.is_some());
    let books: BTreeSet<_> = bets
        .clone()
        .filter_map(|row| row.quote.map(|quote| quote.book))
        .collect();
    // who places the bets needs the book where there are several, and the day always
    let spare = if books.len() > 1 { vec![5] } else { vec![3, 5] };
    TextTable {
        title: "Bets".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: bets
            .map(|row| {
                let (home, away) = (row.fixture.home, row.fixture.away);
                vec![
                    format_date(row.fixture.day),
                    format!("{} – {}", names.team(home), names.team(away)),
                    backed(row, names),
                    row.quote
                        .map_or_else(|| "–".to_owned(), |quote| quote.book.to_string()),
                    decimals(row.quote.map(|quote| quote.odds.decimal()), 2),
                    signed_percent(row.expected_value),
                    stake(row),
                ]
            })
            .collect(),
        numeric: vec![4, 5, 6],
        spare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_that_another_beats_is_not_the_best() {
        let reason = NoBet::Rejected(Rejection::OtherSelection);
        assert_eq!(in_short(reason), "– not best");
    }
}
