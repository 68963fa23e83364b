//! Tables of bets: the rows, which change, of tables that stay.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::text::instant;
use crate::report::text_table::{decimals, percent, thousands};
use crate::schema::selection_name;
use crate::serve::views::{Bet, Bets};

/// A column: its name, and whether it holds numbers.
pub type Column = (&'static str, bool);

/// Columns of open bets; what matters most comes first, because a phone has no room for all.
pub const OPEN: [Column; 7] = [
    ("match", false),
    ("bet", false),
    ("stake", true),
    ("odds", true),
    ("EV", true),
    ("minute", true),
    ("placed (UTC)", false),
];
/// Columns of settled bets.
pub const SETTLED: [Column; 7] = [
    ("match", false),
    ("bet", false),
    ("result", false),
    ("profit", true),
    ("stake", true),
    ("odds", true),
    ("settled (UTC)", false),
];

/// Open bets, a row each.
pub fn open(bets: &[Bet]) -> Markup {
    html! {
        @if bets.is_empty() { (nothing("No bet is open.")) }
        @for bet in bets { tr {
            th scope="row" { (bet.home_team) " – " (bet.away_team) }
            td.whole { (name(bet)) }
            td.number { (amount(bet.stake)) }
            td.number { (decimals(Some(bet.odds_taken), 2)) }
            td.number { (percent(bet.expected_value, true)) }
            td.number { (bet.minute) "'" }
            td { (instant(&bet.timestamp)) }
        } }
    }
}

/// Settled bets, a row each.
pub fn settled(bets: &[Bet], scores: &BTreeMap<String, [u8; 2]>) -> Markup {
    html! {
        @if bets.is_empty() { (nothing("No bet was settled yet.")) }
        @for bet in bets {
            @let result = bet.result.as_deref().unwrap_or_default();
            tr class=(result) {
                th scope="row" { (played(bet, scores.get(&bet.match_id))) }
                td.whole { (name(bet)) }
                td.result { (result.replace('_', " ")) }
                td.number { @if let Some(payout) = bet.payout { (amount(payout - bet.stake)) } }
                td.number { (amount(bet.stake)) }
                td.number { (decimals(Some(bet.odds_taken), 2)) }
                td { @if let Some(settled_at) = &bet.settled_at { (instant(settled_at)) } }
            }
        }
    }
}

fn played(bet: &Bet, score: Option<&[u8; 2]>) -> Markup {
    html! {
        (bet.home_team) " "
        @if let Some([home, away]) = score { span.whole { (home) "–" (away) } } @else { "–" }
        " " (bet.away_team)
    }
}

/// What a bet is on.
fn name(bet: &Bet) -> String {
    let teams = [&bet.home_team, &bet.away_team].map(String::as_str);
    selection_name(&bet.market, &bet.selection, bet.line, teams)
}

fn nothing(why: &str) -> Markup {
    html! { tr { td.nothing colspan=(OPEN.len()) { (why) } } }
}

fn amount(amount: f64) -> String {
    thousands(&format!("{amount:.2}"))
}

/// The count of all bets, and of those that are shown.
pub fn count(shown: &Bets, all: u64) -> Markup {
    let all = thousands(&all.to_string());
    html! {
        @if shown.next_cursor.is_some() { "the last " (thousands(&shown.bets.len().to_string())) " of " (all) }
        @else { (all) }
    }
}
