//! The summary of a run as tables and sentences.

use std::io::{self, Write};

use clap::ValueEnum as _;
use serde_json::Value;

use super::profit_verdict::{LEVEL, ONE_TRY};
use super::text_table::{
    TextTable, amount, count, counted, decimals, percent, probability, thousands,
};
use super::{closing_line, forecasts, price_pool, significance};
use crate::calendar;
use crate::domain::Money;
use crate::metrics::{Scores, Summary};
use crate::significance::lacking;

/// The tables of the summary: bets and bankroll, then the forecast, then skill or luck.
///
/// `coverage` is the note on the number of matches.
pub fn tables(summary: &Summary, coverage: &str) -> Vec<TextTable> {
    let mut tables = vec![overview(summary, coverage)];
    tables.extend(forecast(summary));
    tables.extend(price_pool::table(summary));
    tables.extend(forecasts::table(summary));
    tables.extend(
        summary
            .significance
            .as_deref()
            .map(|tests| significance::table(summary, tests)),
    );
    tables
}

fn overview(summary: &Summary, coverage: &str) -> TextTable {
    let mut rows = vec![
        [
            "matches".to_owned(),
            count(summary.matches),
            coverage.to_owned(),
        ],
        ["bets".to_owned(), count(summary.bets), results(summary)],
    ];
    rows.extend(withheld_rows(summary));
    rows.extend(profit_rows(summary));
    rows.extend(bankroll_rows(summary));
    rows.extend(closing_line::rows(summary));
    TextTable {
        header: vec!["summary".into(), "".into(), "".into()],
        rows: rows.into_iter().map(Vec::from).collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// A row of the summary: name, value and note.
type SummaryRow = [String; 3];

/// What was not bet on because the model knew too little, or for want of money.
fn withheld_rows(summary: &Summary) -> impl Iterator<Item = SummaryRow> {
    let bets = (summary.newcomer_bets > 0).then(|| {
        [
            "bets left out".to_owned(),
            count(summary.newcomer_bets),
            "on teams of which too few matches were seen".to_owned(),
        ]
    });
    let matches = (summary.unknown_matches > 0).then(|| {
        [
            "not forecast".to_owned(),
            count(summary.unknown_matches),
            "no result of the league yet, or a name it does not know".to_owned(),
        ]
    });
    bets.into_iter().chain(matches).chain(money_rows(summary))
}

/// What was not bet on for want of money, or because the stake came out too small.
fn money_rows(summary: &Summary) -> impl Iterator<Item = SummaryRow> {
    let unaffordable = (summary.unaffordable > 0).then(|| {
        [
            "bets not afforded".to_owned(),
            count(summary.unaffordable),
            unaffordable_note(summary),
        ]
    });
    let small = (summary.below_minimum > 0).then(|| {
        [
            "bets too small".to_owned(),
            count(summary.below_minimum),
            "stakes came out below the smallest".to_owned(),
        ]
    });
    unaffordable.into_iter().chain(small)
}

fn unaffordable_note(summary: &Summary) -> String {
    let day = summary.spent_on.map(calendar::format_date);
    match (day, summary.bankroll_too_small) {
        (Some(day), _) if is_gone(summary) => format!("bankroll spent on {day}"),
        (Some(day), _) => format!("stakes below the smallest from {day} on"),
        (None, 0) => "too little of the bankroll was free".to_owned(),
        (None, small) if small < summary.unaffordable => {
            "bankroll too small, or too little of it free".to_owned()
        }
        (None, _) => "the bankroll was too small for them".to_owned(),
    }
}

fn profit_rows(summary: &Summary) -> Vec<SummaryRow> {
    let mut refused = format!(
        "{} refused, {} open",
        count(summary.refused),
        count(summary.open)
    );
    if summary.corrected > 0 {
        refused.push_str(&format!(", {} corrected", count(summary.corrected)));
    }
    let ratios = format!(
        "yield {}, growth {}",
        percent(summary.yield_on_turnover, true),
        percent(summary.growth, true)
    );
    let mut rows = vec![
        ["turnover".to_owned(), amount(summary.turnover), refused],
        ["profit".to_owned(), amount(summary.profit), ratios],
    ];
    rows.extend(summary.expected_profit.map(|expected| {
        let luck = amount(summary.profit - expected);
        [
            "expected profit".to_owned(),
            amount(expected),
            format!("at the true probabilities; luck made {luck}"),
        ]
    }));
    rows
}

fn bankroll_rows(summary: &Summary) -> [SummaryRow; 3] {
    let odds = format!("average odds {}", decimals(summary.average_odds, 2));
    let range = format!(
        "from {}, between {} and {}",
        amount(summary.initial_bankroll),
        amount(summary.min_bankroll),
        amount(summary.max_bankroll)
    );
    [
        [
            "win rate".to_owned(),
            percent(summary.win_rate, false),
            odds,
        ],
        ["bankroll".to_owned(), amount(summary.final_bankroll), range],
        [
            "drawdown".to_owned(),
            percent(Some(summary.max_drawdown), false),
            format!("greatest fall from a peak, {}", drawdown_days(summary)),
        ],
    ]
}

/// How long the deepest drawdown lasted, as `over 12 days`.
pub fn drawdown_days(summary: &Summary) -> String {
    match thousands(&format!("{:.0}", summary.max_drawdown_days)).as_str() {
        "1" => "over 1 day".to_owned(),
        days => format!("over {days} days"),
    }
}

/// How the bets ended, as `12 won, 3 void, 9 lost`.
pub fn results(summary: &Summary) -> String {
    let parts = [
        (summary.won, "won"),
        (summary.half_won, "half won"),
        (summary.void, "void"),
        (summary.half_lost, "half lost"),
        (summary.lost, "lost"),
    ];
    parts
        .into_iter()
        .filter(|(bets, name)| *bets > 0 || ["won", "lost"].contains(name))
        .map(|(bets, name)| format!("{} {name}", count(bets)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The scores of model and market; `None` without a forecast.
pub fn forecast(summary: &Summary) -> Option<TextTable> {
    (summary.model.n > 0).then(|| TextTable {
        header: ["forecast", "n", "log loss", "Brier", "RPS"]
            .map(str::to_owned)
            .to_vec(),
        rows: forecasters(summary),
        numeric: vec![1, 2, 3, 4],
        ..TextTable::default()
    })
}

/// The model, alone and pooled with the price where it is, and the market.
fn forecasters(summary: &Summary) -> Vec<Vec<String>> {
    let own = summary.unpooled.as_ref();
    let first = if own.is_some() {
        "pool with the price"
    } else {
        "model"
    };
    let mut rows = vec![score_row(first, &summary.model)];
    rows.extend(own.map(|own| score_row("model alone", own)));
    rows.push(score_row(&market(summary), &summary.market));
    rows
}

/// The market, and how its margin was removed.
fn market(summary: &Summary) -> String {
    let method = summary.margin_method.and_then(|method| {
        let value = method.to_possible_value()?;
        Some(value.get_name().to_owned())
    });
    method.map_or_else(
        || "market".to_owned(),
        |method| format!("market, margin by {method}"),
    )
}

fn score_row(name: &str, scores: &Scores) -> Vec<String> {
    vec![
        name.to_owned(),
        count(scores.n),
        decimals(scores.log_loss, 5),
        decimals(scores.brier, 5),
        decimals(scores.rps, 5),
    ]
}

/// The verdict in sentences: on the forecast, the closing line and the money.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let mut sentences = first_sentences(summary);
    sentences.extend(later_sentences(summary));
    sentences
}

/// The verdict without what has to be known first.
pub fn later_sentences(summary: &Summary) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(price_pool::sentence(summary));
    sentences.extend(forecast_verdict(summary));
    sentences.extend(forecasts::sentences(summary));
    sentences.extend(without_bet(summary));
    sentences.extend(closing_line::comparison(summary));
    sentences.extend(significance::verdict(summary));
    sentences.extend(closing_line::skill(summary));
    sentences.extend(too_small(summary));
    sentences.extend(tied_up(summary));
    sentences.extend(below_minimum(summary));
    sentences
}

/// What has to be known before any figure is read: that the bankroll was spent before the end, or fell below zero.
pub fn first_sentences(summary: &Summary) -> Vec<String> {
    let debt = (summary.min_bankroll < Money::ZERO).then(|| {
        format!(
            "The bankroll fell below zero, to {}: more was lost than there was.",
            amount(summary.min_bankroll)
        )
    });
    spent(summary).into_iter().chain(debt).collect()
}

/// Writes sentences above the tables, each a paragraph: Markdown would run lines together.
pub fn write_first(out: &mut dyn Write, sentences: &[String]) -> io::Result<()> {
    sentences
        .iter()
        .try_for_each(|sentence| writeln!(out, "{sentence}\n"))
}

fn spent(summary: &Summary) -> Option<String> {
    let day = calendar::format_date(summary.spent_on?);
    let left_out = left_out(summary, summary.unaffordable);
    let what = if is_gone(summary) {
        format!("The bankroll was spent on {day}: {left_out} for want of money")
    } else {
        format!("From {day} on stakes came out below --min-stake or --round-stake: {left_out}")
    };
    Some(format!(
        "{what}, so these figures are those of the {} placed before.",
        count(summary.bets)
    ))
}

/// Whether less is left than was staked on a bet on average: else stakes, which are shares of the bankroll, came out below the
/// smallest while much of it was left.
fn is_gone(summary: &Summary) -> bool {
    let settled = i128::from(summary.bets - summary.open);
    i128::from(summary.final_bankroll.minor()) * settled < i128::from(summary.turnover.minor())
}

/// The sentence on bets that a bankroll which goes on was too small for.
fn too_small(summary: &Summary) -> Option<String> {
    (summary.spent_on.is_none() && summary.bankroll_too_small > 0).then(|| {
        format!(
            "{} because the bankroll had become too small for them.",
            left_out(summary, summary.bankroll_too_small)
        )
    })
}

/// The sentence on bets that were left out although the bankroll paid for them.
fn tied_up(summary: &Summary) -> Option<String> {
    let tied_up = summary
        .unaffordable
        .saturating_sub(summary.bankroll_too_small);
    (summary.spent_on.is_none() && tied_up > 0).then(|| {
        format!(
            "{} because too little of the bankroll was free.",
            left_out(summary, tied_up)
        )
    })
}

/// The sentence on bets whose stakes came out too small.
fn below_minimum(summary: &Summary) -> Option<String> {
    (summary.below_minimum > 0).then(|| {
        let bets = counted(summary.below_minimum, "bet was", "bets were");
        format!("{bets} left out because the stake came out below --min-stake or --round-stake.")
    })
}

/// `1,234 of 2,000 bets were left out`: of those that were placed or would have been with money.
fn left_out(summary: &Summary, number: u64) -> String {
    let all = counted(summary.bets + summary.unaffordable, "bet", "bets");
    counted(
        number,
        &format!("of {all} was left out"),
        &format!("of {all} were left out"),
    )
}

/// The sentence on a run without a bet: why there is none. What was refused has sentences of its own.
fn without_bet(summary: &Summary) -> Option<String> {
    let is_without = summary.bets + summary.refused == 0 && summary.matches > 0;
    // where no match at all could be forecast, that is the reason, and the table has it
    let is_forecast = summary.predicted > 0 || summary.unknown_matches == 0;
    if !(is_without && is_forecast) {
        return None;
    }
    let unseen = "too few matches were seen (--min-matches).";
    Some(match summary.newcomer_bets {
        0 => "No bet was placed: no price passed the settings.".to_owned(),
        1 => format!(
            "No bet was placed: the only one that passed the settings is on a team of which {unseen}"
        ),
        bets => format!(
            "No bet was placed: the {} that passed the settings are on teams of which {unseen}",
            count(bets)
        ),
    })
}

fn forecast_verdict(summary: &Summary) -> Option<String> {
    let (model, market) = (summary.model.log_loss?, summary.market.log_loss?);
    let n = counted(summary.market.n, "match", "matches");
    let own = if summary.unpooled.is_some() {
        "pool"
    } else {
        "model"
    };
    let margin = (model - market).abs();
    if margin < significance::NEGLIGIBLE {
        return Some(format!(
            "Over {n} the {own} forecast as the market did: the same log loss."
        ));
    }
    let (better, than) = if model > market {
        ("market", format!("the {own}'s"))
    } else {
        (own, "that of these prices".to_owned())
    };
    let fact = format!("the {better}'s log loss was {margin:.5} lower than {than}");
    let tests = summary.significance.as_deref();
    let days = tests.map_or(0, |tests| tests.forecast_days);
    if let Some((least, [one, several])) = lacking(summary.market.n, days) {
        let p = tests
            .and_then(|tests| tests.log_loss.as_ref())
            .map_or_else(String::new, |test| format!(" (p {})", probability(test.p)));
        let few = counted(least, one, several);
        return Some(format!(
            "Over {n} {fact}{p}; no verdict from fewer than {few}."
        ));
    }
    let Some(test) = tests.and_then(|tests| tests.log_loss.as_ref()) else {
        return Some(format!(
            "Over {n} {fact}, which no test can tell from chance."
        ));
    };
    let p = probability(test.p);
    Some(match (test.p < LEVEL, model > market) {
        (false, _) => format!("Over {n} {fact}, which may be chance (p {p})."),
        (true, true) => format!("The market knew better: over {n} {fact}."),
        (true, false) => {
            format!("The {own} forecast better than these prices: over {n} {fact}. {ONE_TRY}")
        }
    })
}

/// Every figure of the summary by its JSON name.
pub fn plain_table(summary: &Summary) -> TextTable {
    let mut value = serde_json::to_value(summary).unwrap_or_default();
    if let Some(forecasts) = value.get_mut("forecasts") {
        // a table of groups is no list of figures: it has a file of its own
        *forecasts = forecasts["all"].take();
    }
    let rows = flat(&value);
    TextTable {
        header: vec!["metric".to_owned(), "value".to_owned()],
        rows,
        ..TextTable::default()
    }
}

/// Every value of a JSON object by its path, as rows of two cells.
pub fn flat(value: &Value) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if let Value::Object(members) = value {
        members
            .iter()
            .for_each(|(name, value)| flatten(name, value, &mut rows));
    }
    rows
}

/// The members of a value, and those of their members, as rows of name and text; `null` as an empty one.
pub fn flatten(name: &str, value: &Value, rows: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                flatten(&format!("{name}.{member}"), value, rows);
            }
        }
        Value::Array(members) => {
            for (index, value) in members.iter().enumerate() {
                flatten(&format!("{name}.{index}"), value, rows);
            }
        }
        Value::Null => rows.push(vec![name.to_owned(), String::new()]),
        Value::String(text) => rows.push(vec![name.to_owned(), text.clone()]),
        other => rows.push(vec![name.to_owned(), other.to_string()]),
    }
}
