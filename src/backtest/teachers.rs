//! What taught the model of a backtest, and how many matches have it.

use serde::Serialize;

use crate::config::RunConfig;
use crate::domain::Statistics;
use crate::predict::{self, Learn};
use crate::report::text_table::count;
use crate::source::Matches;

/// What a model was asked to learn from, and in how many of the matches it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Teachers {
    /// What it was asked to learn from.
    pub learn: Learn,
    /// Matches with a result.
    pub matches: u64,
    /// Those with shots on target, shots and corners that can be true; `None` where it was not asked to learn from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_shots: Option<u64>,
    /// Those with prices after which nobody could bet any more, or else prices before them; `None` likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_prices: Option<u64>,
}

/// What taught the model; `None` where that was goals alone, as asked.
pub(crate) fn teachers(config: &RunConfig, matches: &Matches) -> Option<Teachers> {
    let learn = config.engine.model.as_ref()?.teachers()?;
    let played = || {
        matches
            .records
            .iter()
            .filter(|record| record.result().is_some())
    };
    let with = |has: fn(&Statistics) -> bool| {
        let known = played().filter_map(|record| record.statistics.as_deref());
        known.filter(|statistics| has(statistics)).count() as u64
    };
    Some(Teachers {
        learn,
        matches: played().count() as u64,
        with_shots: learn.shots.then(|| with(predict::has_shots)),
        with_prices: learn.prices.then(|| with(predict::has_prices)),
    })
}

impl Teachers {
    /// What a reader of the forecasts has to know, in a line.
    pub(crate) fn sentence(&self) -> String {
        let asked = [
            (self.with_prices, "closing prices"),
            (self.with_shots, "shots"),
        ];
        let asked = || {
            asked
                .iter()
                .filter_map(|(matches, name)| Some(((*matches)?, *name)))
        };
        let named = |has: &dyn Fn(u64) -> bool| {
            let names = asked().filter(|(matches, _)| has(*matches));
            names.map(|(_, name)| name).collect::<Vec<_>>().join(" or ")
        };
        let seen = Learn {
            goals: true,
            shots: self.with_shots > Some(0),
            prices: self.with_prices > Some(0),
        };
        let mut sentence = seen.sentence().to_owned();
        if seen.prices {
            sentence.push_str(", so it remembers the market");
        }
        let missing = named(&|matches| matches == 0);
        if !missing.is_empty() {
            sentence.push_str(&format!("; no match has {missing}"));
        }
        for (matches, name) in asked() {
            if (1..self.matches).contains(&matches) {
                let (some, all) = (count(matches), count(self.matches));
                sentence.push_str(&format!("; {some} of {all} matches have {name}"));
            }
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_taught_and_what_was_missing() {
        let sentence = |learn: Learn, with_shots: u64, with_prices: u64| {
            Teachers {
                learn,
                matches: 1000,
                with_shots: learn.shots.then_some(with_shots),
                with_prices: learn.prices.then_some(with_prices),
            }
            .sentence()
        };
        assert_eq!(
            sentence(Learn::GOALS_AND_SHOTS, 1000, 0),
            "taught by goals and shots"
        );
        assert_eq!(
            sentence(Learn::GOALS_AND_SHOTS, 0, 1000),
            "taught by goals; no match has shots"
        );
        assert_eq!(
            sentence(Learn::ALL, 400, 1000),
            "taught by past closing prices, goals and shots, so it remembers the market; 400 of 1,000 matches have shots"
        );
        assert_eq!(
            sentence(Learn::ALL, 0, 0),
            "taught by goals; no match has closing prices or shots"
        );
    }
}
