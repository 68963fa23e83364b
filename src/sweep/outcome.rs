//! The outcome of one setting, in memory and as a line of the journal.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::domain::Money;
use crate::metrics::Summary;

/// The outcome of one setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The summary of a backtest with these settings.
    pub summary: Summary,
    /// The profit of each day on which bets were settled: days since 1970-01-01, in order.
    pub days: Vec<(i64, Money)>,
}

impl Outcome {
    /// The return on each day of a calendar: profit / balance at its start, 0 where nothing was settled or left.
    pub fn returns(&self, calendar: &BTreeSet<i64>) -> Vec<f64> {
        let mut days = self.days.iter().peekable();
        let mut balance = self.summary.initial_bankroll;
        let mut returns = Vec::with_capacity(calendar.len());
        for day in calendar {
            let settled = days.next_if(|(settled, _)| settled == day);
            let profit = settled.map_or(Money::ZERO, |(_, profit)| *profit);
            returns.push(if balance > Money::ZERO {
                profit.minor() as f64 / balance.minor() as f64
            } else {
                0.0
            });
            balance += profit;
        }
        returns
    }

    /// As a line of text that gives back every bit.
    pub(super) fn to_line(&self) -> Option<String> {
        let summary = frozen(serde_json::to_value(&self.summary).ok()?);
        let days = self
            .days
            .iter()
            .map(|(day, profit)| (*day, profit.minor()))
            .collect();
        serde_json::to_string(&JournalLine { summary, days }).ok()
    }

    /// `None` for a text that is no outcome of this version.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let JournalLine { summary, days } = serde_json::from_str(line).ok()?;
        let summary = serde_json::from_value(thawed(summary)).ok()?;
        Some(Self {
            summary,
            days: days
                .into_iter()
                .map(|(day, profit)| (day, Money::from_minor(profit)))
                .collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct JournalLine {
    summary: Value,
    days: Vec<(i64, i64)>,
}

/// Replaces every fraction by its text, because serde_json may read a fraction back with another last digit.
fn frozen(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::String(number.to_string()),
        Value::Array(values) => values.into_iter().map(frozen).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, frozen(value)))
            .collect(),
        other => other,
    }
}

/// Replaces texts that are fractions by fractions.
fn thawed(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map_or(Value::String(text), Value::Number)
        }
        Value::Array(values) => values.into_iter().map(thawed).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, thawed(value)))
            .collect(),
        other => other,
    }
}
