//! An assessment as one JSON object: the members of a backtest's summary under their names there, and its own beside them.

use serde_json::{Map, Value, json};

use super::Assessment;

/// The members of a summary that need a bankroll.
const OF_BANKROLL: [&str; 9] = [
    "growth",
    "initial_bankroll",
    "final_bankroll",
    "max_bankroll",
    "min_bankroll",
    "max_drawdown",
    "max_drawdown_days",
    "longest_drawdown_days",
    "longest_drawdown_rounds",
];
/// Those that need dates besides.
const OF_DATES: [&str; 2] = ["max_drawdown_days", "longest_drawdown_days"];
/// Those that a record of bets knows nothing of.
const OF_MATCHES: [&str; 13] = [
    "matches",
    "predicted",
    "unpriced",
    "newcomer_bets",
    "unknown_matches",
    "corrected",
    "expected_profit",
    "unaffordable",
    "spent_on",
    "bankroll_too_small",
    "below_minimum",
    "model",
    "market",
];

/// The whole assessment.
///
/// # Errors
/// When a part cannot be serialised.
pub fn json(found: &Assessment) -> serde_json::Result<Value> {
    let mut members = match serde_json::to_value(&found.summary)? {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for name in OF_MATCHES.iter().filter(|_| !found.of_run) {
        members.shift_remove(*name);
    }
    amounts(found, &mut members);
    if found.bankroll.is_none() {
        OF_BANKROLL.iter().for_each(|name| null(&mut members, name));
    }
    if found.days.is_none() {
        OF_DATES.iter().for_each(|name| null(&mut members, name));
    }
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    add(
        "from",
        found.days.as_ref().map(|days| days[0].clone()).into(),
    );
    add("to", found.days.as_ref().map(|days| days[1].clone()).into());
    add("rows", serde_json::to_value(&found.counts)?);
    add("free_bets", serde_json::to_value(found.free_bets)?);
    add("at_odds", serde_json::to_value(&found.at_odds)?);
    add("by_own_probabilities", serde_json::to_value(&found.own)?);
    add("streaks", serde_json::to_value(found.streaks)?);
    add("drawdown", serde_json::to_value(&found.drawdown)?);
    add(
        "drawdown_at_odds",
        serde_json::to_value(found.expected_drawdown)?,
    );
    add("ratios", serde_json::to_value(found.ratios)?);
    add("power", serde_json::to_value(found.power)?);
    add("ruin", serde_json::to_value(&found.ruin)?);
    let by: Map<String, Value> = found
        .groups
        .iter()
        .map(|(by, groups)| Ok((by.name(), serde_json::to_value(groups)?)))
        .collect::<serde_json::Result<_>>()?;
    add("by", Value::Object(by));
    add("verdict", json!(super::sentences::all(found)));
    Ok(Value::Object(members))
}

fn null(members: &mut Map<String, Value>, name: &str) {
    members.insert(name.to_owned(), Value::Null);
}

/// The amounts of the summary in the units of the record.
fn amounts(found: &Assessment, members: &mut Map<String, Value>) {
    let summary = &found.summary;
    if found.of_run {
        return;
    }
    for (name, money) in [
        ("turnover", summary.turnover),
        ("profit", summary.profit),
        ("initial_bankroll", summary.initial_bankroll),
        ("final_bankroll", summary.final_bankroll),
        ("max_bankroll", summary.max_bankroll),
        ("min_bankroll", summary.min_bankroll),
    ] {
        members.insert(name.to_owned(), json!(found.scale.amount(money)));
    }
}
