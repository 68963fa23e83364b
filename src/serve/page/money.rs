//! The bankroll: figures, and its curve.

use maud::{Markup, PreEscaped, html};

use super::snapshot::Snapshot;
use crate::domain::Money;
use crate::report::chart;
use crate::report::page::tile;
use crate::report::text_table::{decimals, percent, thousands};

/// The figures that are looked at first.
pub fn tiles(all: &Snapshot) -> Markup {
    let (bankroll, metrics) = (all.status.bankroll, &all.status.metrics);
    let (balance, reserved, profit) = (
        bankroll.balance(),
        bankroll.reserved(),
        bankroll.balance() - all.initial,
    );
    let of_balance = format!(
        "{} in {}",
        percent(share(reserved, balance), false),
        bets(metrics.open_bets)
    );
    let turnover = format!(
        "on a turnover of {}",
        thousands(&format!("{:.2}", metrics.total_staked))
    );
    let won = format!(
        "{} of {} settled",
        number(metrics.winning_bets),
        number(metrics.total_bets)
    );
    html! {
        (tile("bankroll", &amount(balance), &format!("from {}", amount(all.initial))))
        div class=(tone(profit)) { (tile("profit", &amount(profit), &format!("growth {}", percent(share(profit, all.initial), true)))) }
        (tile("at stake", &amount(reserved), &of_balance))
        (tile("yield", &percent(fraction(metrics.roi), true), &turnover))
        (tile("win rate", &percent(fraction(metrics.win_rate), false), &won))
        (tile("average odds", &decimals(metrics.average_odds, 2), "of the settled bets"))
    }
}

fn share(part: Money, whole: Money) -> Option<f64> {
    (whole > Money::ZERO).then(|| part.units() / whole.units())
}

/// A figure as a fraction: metrics have it in percent.
fn fraction(percent: Option<f64>) -> Option<f64> {
    percent.map(|percent| percent / 100.0)
}

fn tone(profit: Money) -> &'static str {
    match profit.cmp(&Money::ZERO) {
        std::cmp::Ordering::Less => "down",
        std::cmp::Ordering::Equal => "even",
        std::cmp::Ordering::Greater => "up",
    }
}

fn amount(money: Money) -> String {
    thousands(&money.to_string())
}

fn number(count: u64) -> String {
    thousands(&count.to_string())
}

fn bets(count: u64) -> String {
    format!(
        "{} open bet{}",
        number(count),
        if count == 1 { "" } else { "s" }
    )
}

/// The bankroll, change by change.
pub fn curve(all: &Snapshot) -> Markup {
    if all.stored.curve.is_empty() {
        return html! { p.title { "Bankroll" } p.nothing { "The curve begins with the first bet." } };
    }
    let chart = chart::balance(&all.stored.curve, all.initial.units());
    html! { (PreEscaped(chart.svg())) }
}
