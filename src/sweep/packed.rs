//! An outcome as a line of the journal: every bit of it, in about a third of the bytes that JSON takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::checkpoint;

/// The names of members that lines need not spell out. A name is known by its place: new ones go to the end, and one that is
/// not here takes a few bytes more.
const NAMES: [&str; 48] = [
    "matches",
    "predicted",
    "unpriced",
    "bets",
    "won",
    "half_won",
    "void",
    "half_lost",
    "lost",
    "open",
    "refused",
    "newcomer_bets",
    "unknown_matches",
    "turnover",
    "profit",
    "expected_profit",
    "yield",
    "growth",
    "win_rate",
    "average_odds",
    "initial_bankroll",
    "final_bankroll",
    "max_bankroll",
    "min_bankroll",
    "max_drawdown",
    "max_drawdown_days",
    "longest_drawdown_days",
    "longest_drawdown_rounds",
    "clv_n",
    "clv_mean",
    "clv_beat_share",
    "clv_raw_n",
    "clv_raw_mean",
    "clv_raw_beat_share",
    "clv_moved_for",
    "clv_moved_against",
    "model",
    "market",
    "n",
    "log_loss",
    "brier",
    "rps",
    "margin_method",
    "unaffordable",
    "spent_on",
    "bankroll_too_small",
    "below_minimum",
    "corrected",
];

/// The values of a summary and the profits of its days.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// Names that are not among [`NAMES`]; they are numbered after those.
    others: Vec<String>,
    summary: Node,
    /// Days, each counted from the one before, with their profits in minor units.
    days: Vec<(i64, i64)>,
}

/// A JSON value.
#[derive(Debug, Serialize, Deserialize)]
enum Node {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Fraction(f64),
    Text(String),
    List(Vec<Node>),
    Members(Vec<(u16, Node)>),
}

/// The text of a summary and its days; `None` where that cannot be.
pub(super) fn pack(summary: Value, days: impl Iterator<Item = (i64, i64)>) -> Option<String> {
    let mut others = Vec::new();
    let summary = node(summary, &mut others)?;
    let mut last = 0;
    let days = days.map(|(day, profit)| {
        let step = day - last;
        last = day;
        (step, profit)
    });
    let line = Line {
        others,
        summary,
        days: days.collect(),
    };
    let bytes = checkpoint::encode(&line).ok()?;
    Some(STANDARD_NO_PAD.encode(bytes))
}

/// The summary and its days; `None` for a text that is none.
pub(super) fn unpack(text: &str) -> Option<(Value, Vec<(i64, i64)>)> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let Line {
        others,
        summary,
        mut days,
    } = checkpoint::decode("line", &bytes).ok()?;
    let mut last = 0_i64;
    for (day, _) in &mut days {
        last = last.checked_add(*day)?;
        *day = last;
    }
    Some((value(summary, &others)?, days))
}

fn node(value: Value, others: &mut Vec<String>) -> Option<Node> {
    Some(match value {
        Value::Null => Node::Null,
        Value::Bool(flag) => Node::Bool(flag),
        Value::Number(number) => of_number(&number)?,
        Value::String(text) => Node::Text(text),
        Value::Array(values) => {
            let nodes = values.into_iter().map(|value| node(value, others));
            Node::List(nodes.collect::<Option<_>>()?)
        }
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let name = number_of(name, others)?;
                Some((name, node(value, others)?))
            });
            Node::Members(members.collect::<Option<_>>()?)
        }
    })
}

fn of_number(number: &Number) -> Option<Node> {
    let whole = number.as_u64().map(Node::Unsigned);
    let whole = whole.or_else(|| number.as_i64().map(Node::Signed));
    whole.or_else(|| number.as_f64().map(Node::Fraction))
}

/// The number of a name.
fn number_of(name: String, others: &mut Vec<String>) -> Option<u16> {
    let known = NAMES.iter().position(|known| *known == name);
    let place = known.unwrap_or_else(|| {
        let place = others.iter().position(|other| *other == name);
        let place = place.unwrap_or_else(|| {
            others.push(name);
            others.len() - 1
        });
        NAMES.len() + place
    });
    u16::try_from(place).ok()
}

fn value(node: Node, others: &[String]) -> Option<Value> {
    Some(match node {
        Node::Null => Value::Null,
        Node::Bool(flag) => Value::Bool(flag),
        Node::Unsigned(number) => number.into(),
        Node::Signed(number) => number.into(),
        Node::Fraction(number) => Value::Number(Number::from_f64(number)?),
        Node::Text(text) => Value::String(text),
        Node::List(nodes) => {
            let values = nodes.into_iter().map(|node| value(node, others));
            Value::Array(values.collect::<Option<_>>()?)
        }
        Node::Members(members) => {
            let members = members.into_iter().map(|(name, node)| {
                let place = usize::from(name);
                let known = NAMES.get(place).map(|name| (*name).to_owned());
                let name = known.or_else(|| others.get(place.checked_sub(NAMES.len())?).cloned());
                Some((name?, value(node, others)?))
            });
            Value::Object(members.collect::<Option<Map<_, _>>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_packed_comes_back_in_less_room() {
        let summary = json!({
            "matches": 3800, "bets": 12, "profit": "-12.34", "yield": -0.123_456_789_012_345_68, "growth": null,
            "model": { "n": 7, "log_loss": 1e-300, "a new figure": [true, -3, 0.1 + 0.2, u64::MAX] }, "market": {},
        });
        let days = [(15_000, -1_234), (15_003, i64::MAX), (15_004, 0)];
        let text = pack(summary.clone(), days.into_iter()).unwrap();
        assert!(!text.contains([' ', '\n']));
        assert!(text.len() < summary.to_string().len(), "{text}");
        assert_eq!(unpack(&text), Some((summary, days.to_vec())));
        for wrong in [
            "",
            "x",
            &text[..text.len() - 2],
            "{\"summary\":{},\"days\":[]}",
        ] {
            assert_eq!(unpack(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[A-Za-z0-9+/]{0,80}") {
            let _ = unpack(&text);
        }

        #[test]
        fn every_bit_of_a_fraction_stays(number in any::<f64>().prop_filter("JSON has none", |number| number.is_finite())) {
            let text = pack(json!([number]), std::iter::empty()).unwrap();
            let (summary, _) = unpack(&text).unwrap();
            prop_assert_eq!(summary[0].as_f64().map(f64::to_bits), Some(number.to_bits()));
        }
    }
}
