//! What taught the model of a backtest, and how many matches have it.

use serde::Serialize;

use crate::config::RunConfig;
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
    /// Those with shots on target, shots and corners that can be true.
    pub with_shots: u64,
    /// Those with prices after which nobody could bet any more, or else prices before them.
    pub with_prices: u64,
}

/// What taught the model; `None` where that was goals alone, as asked.
pub(crate) fn teachers(config: &RunConfig, matches: &Matches) -> Option<Teachers> {
    let learn = config.engine.model.as_ref()?.teachers()?;
    let mut teachers = Teachers {
        learn,
        matches: 0,
        with_shots: 0,
        with_prices: 0,
    };
    for record in &matches.records {
        if record.result().is_none() {
            continue;
        }
        teachers.matches += 1;
        if let Some(statistics) = &record.statistics {
            teachers.with_shots += u64::from(predict::has_shots(statistics));
            teachers.with_prices += u64::from(predict::has_prices(statistics));
        }
    }
    Some(teachers)
}

impl Teachers {
    /// What a reader of the forecasts has to know, in a line.
    pub(crate) fn sentence(&self) -> String {
        let learn = self.learn;
        let asked = [
            (learn.prices, self.with_prices, "closing prices"),
            (learn.shots, self.with_shots, "shots"),
        ];
        let asked = || asked.iter().filter(|(is_asked, ..)| *is_asked);
        let named = |has: &dyn Fn(u64) -> bool| {
            let names = asked().filter(|(_, matches, _)| has(*matches));
            names
                .map(|(_, _, name)| *name)
                .collect::<Vec<_>>()
                .join(" or ")
        };
        let seen = Learn {
            goals: true,
            shots: learn.shots && self.with_shots > 0,
            prices: learn.prices && self.with_prices > 0,
        };
        let mut sentence = seen.sentence().to_owned();
        if seen.prices {
            sentence.push_str(", so it remembers the market");
        }
        let missing = named(&|matches| matches == 0);
        if !missing.is_empty() {
            sentence.push_str(&format!("; no match has {missing}"));
        }
        for (_, matches, name) in asked() {
            if (1..self.matches).contains(matches) {
                let (some, all) = (count(*matches), count(self.matches));
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
                with_shots,
                with_prices,
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
