//! The outcome of one setting, in memory and as a line of the journal.

use std::collections::BTreeSet;

use super::packed;
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
        let summary = serde_json::to_value(&self.summary).ok()?;
        let days = self.days.iter();
        packed::pack(summary, days.map(|(day, profit)| (*day, profit.minor())))
    }

    /// `None` for a text that is no outcome of this version.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let (summary, days) = packed::unpack(line)?;
        let days = days.into_iter();
        Some(Self {
            summary: serde_json::from_value(summary).ok()?,
            days: days
                .map(|(day, profit)| (day, Money::from_minor(profit)))
                .collect(),
        })
    }
}
