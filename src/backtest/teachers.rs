//! What taught the model of a backtest, and how many matches have it.

use serde::Serialize;

use crate::config::RunConfig;
use crate::domain::Statistics;
use crate::predict::{self, Learn, ModelSetting};
use crate::report::text_table::{count, counted};
use crate::schema::{TAUGHT_GOALS, TAUGHT_WEIGHT};
use crate::source::{MatchRecord, Matches};

/// The columns that teach in place of goals, or how much a match teaches, and in how many of the matches there is a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TaughtColumns {
    /// Their headers.
    pub columns: Vec<String>,
    /// Matches with a number in each.
    pub matches: u64,
}

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
    /// Those of them whose prices are closing prices; `None` likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_closing_prices: Option<u64>,
    /// What was learned in place of goals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goals_column: Option<TaughtColumns>,
    /// The weights of matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_column: Option<TaughtColumns>,
}

/// What taught the model; `None` where that was the goals of scores alone, as asked.
pub(crate) fn teachers(config: &RunConfig, matches: &Matches) -> Option<Teachers> {
    let model = config.engine.model.as_ref()?;
    if !model.uses(ModelSetting::Learn) {
        return None;
    }
    let learn = model.learn;
    let with = |has: fn(&Statistics) -> bool| {
        let statistics = statistics(matches);
        statistics.filter(|counted| has(counted)).count() as u64
    };
    let taught = |names: &[&str], has: fn(&Statistics) -> bool| {
        let columns = names
            .iter()
            .map(|name| config.read.map.get(*name).map_or(*name, String::as_str));
        let (columns, matches) = (columns.map(str::to_owned).collect(), with(has));
        (matches > 0).then_some(TaughtColumns { columns, matches })
    };
    let goals_column = taught(&TAUGHT_GOALS, |known| known.taught_goals.is_some());
    let weight_column = taught(&[TAUGHT_WEIGHT], |known| known.taught_weight.is_some());
    if learn.is_goals() && goals_column.is_none() && weight_column.is_none() {
        return None;
    }
    Some(Teachers {
        learn,
        matches: played(matches).count() as u64,
        with_shots: learn.shots.then(|| with(predict::has_shots)),
        with_prices: learn.prices.then(|| with(predict::has_prices)),
        with_closing_prices: learn.prices.then(|| with(predict::has_closing_prices)),
        goals_column,
        weight_column,
    })
}

fn played(matches: &Matches) -> impl Iterator<Item = &MatchRecord> {
    let records = matches.records.iter();
    records.filter(|record| record.result().is_some())
}

/// What was counted in the matches with a result.
fn statistics(matches: &Matches) -> impl Iterator<Item = &Statistics> {
    played(matches).filter_map(|record| record.statistics.as_deref())
}

/// What the settings of a run name to learn from, and what no match has: each with its setting and a sentence.
pub(crate) fn untaught(config: &RunConfig, matches: &Matches) -> Vec<(&'static str, String)> {
    if played(matches).next().is_none() {
        return Vec::new();
    }
    let is_missing = |has: fn(&Statistics) -> bool| !statistics(matches).any(has);
    let model = config.engine.model.as_ref();
    let learn = model.and_then(|model| model.teachers());
    let mut missing = Vec::new();
    if learn.is_some_and(|learn| learn.prices) && is_missing(predict::has_prices) {
        missing.push((
            "learn",
            "--learn names prices, and no match has last prices of Pinnacle, of the average or of Bet365; leave prices out"
                .to_owned(),
        ));
    }
    if learn.is_some_and(|learn| learn.shots) && is_missing(predict::has_shots) {
        missing.push((
            "learn",
            "--learn names shots, and no match has shots, shots on target and corners, or expected goals; leave shots out"
                .to_owned(),
        ));
    }
    let map = &config.read.map;
    if let [Some(home), Some(away)] = TAUGHT_GOALS.map(|name| map.get(name))
        && is_missing(|known| known.taught_goals.is_some())
    {
        let sentence =
            format!("no match has numbers in {home} and {away}, which --goals-column names");
        missing.push(("goals_column", sentence));
    }
    if let Some(column) = map.get(TAUGHT_WEIGHT)
        && is_missing(|known| known.taught_weight.is_some())
    {
        let sentence = format!("no match has a number in {column}, which --weight-column names");
        missing.push(("weight_column", sentence));
    }
    missing
}

impl Teachers {
    /// What a reader of the forecasts has to know, in a line.
    pub(crate) fn sentence(&self) -> String {
        let asked = [(self.with_prices, "prices"), (self.with_shots, "shots")];
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
        let mut sentence = match self.with_closing_prices {
            // what was never at the close is not called so
            Some(0) => seen.sentence_with("past prices before the match"),
            Some(_) | None => seen.sentence(),
        };
        if seen.prices {
            sentence.push_str(", so it remembers the market");
        }
        if let Some(goals) = &self.goals_column {
            let (columns, some) = (goals.columns.join(" and "), self.of_all(goals.matches));
            sentence.push_str(&format!("; its goals are those of {columns}{some}"));
        }
        if let Some(weight) = &self.weight_column {
            let (columns, some) = (weight.columns.join(""), self.of_all(weight.matches));
            sentence.push_str(&format!("; matches weigh by {columns}{some}"));
        }
        let missing = named(&|matches| matches == 0);
        if !missing.is_empty() {
            sentence.push_str(&format!("; no match has {missing}"));
        }
        sentence.push_str(&self.closing_and_other());
        for (matches, name) in asked() {
            if (1..self.matches).contains(&matches) {
                let (some, all) = (count(matches), count(self.matches));
                sentence.push_str(&format!("; {some} of {all} matches have {name}"));
            }
        }
        sentence
    }

    /// How many matches have closing prices, where others have only earlier ones.
    fn closing_and_other(&self) -> String {
        let all = self.with_prices.unwrap_or(0);
        let closing = self.with_closing_prices.unwrap_or(0);
        if closing == 0 || closing == all {
            return String::new();
        }
        let (has, other) = (
            counted(closing, "match has", "matches have"),
            count(all - closing),
        );
        format!("; {has} closing prices, {other} only prices before the match")
    }

    /// Whether columns of the files taught in place of goals, or weighed matches.
    pub(crate) const fn has_columns(&self) -> bool {
        self.goals_column.is_some() || self.weight_column.is_some()
    }

    /// How many matches these are, where they are not all.
    fn of_all(&self, matches: u64) -> String {
        if matches == self.matches {
            return String::new();
        }
        format!(" in {} of {} matches", count(matches), count(self.matches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_taught_and_what_was_missing() {
        let sentence = |learn: Learn, with_shots: u64, with_prices: u64, closing: u64| {
            Teachers {
                learn,
                matches: 1000,
                with_shots: learn.shots.then_some(with_shots),
                with_prices: learn.prices.then_some(with_prices),
                with_closing_prices: learn.prices.then_some(closing),
                goals_column: None,
                weight_column: None,
            }
            .sentence()
        };
        assert_eq!(
            sentence(Learn::GOALS_AND_SHOTS, 1000, 0, 0),
            "taught by goals and shots"
        );
        assert_eq!(
            sentence(Learn::GOALS_AND_SHOTS, 0, 1000, 0),
            "taught by goals; no match has shots"
        );
        assert_eq!(
            sentence(Learn::ALL, 400, 1000, 1000),
            "taught by past closing prices, goals and shots, so it remembers the market; 400 of 1,000 matches have shots"
        );
        assert_eq!(
            sentence(Learn::ALL, 0, 0, 0),
            "taught by goals; no match has prices or shots"
        );
        assert_eq!(
            sentence(Learn::ALL, 1000, 900, 1),
            "taught by past closing prices, goals and shots, so it remembers the market; 1 match has closing prices, 899 only \
             prices before the match; 900 of 1,000 matches have prices"
        );
        assert_eq!(
            sentence(Learn::ALL, 1000, 1000, 0),
            "taught by past prices before the match, goals and shots, so it remembers the market"
        );
        let columns = |names: &[&str], matches| TaughtColumns {
            columns: names.iter().map(|name| (*name).to_owned()).collect(),
            matches,
        };
        let teachers = Teachers {
            learn: Learn::GOALS,
            matches: 1000,
            with_shots: None,
            with_prices: None,
            with_closing_prices: None,
            goals_column: Some(columns(&["hx", "ax"], 990)),
            weight_column: Some(columns(&["w"], 1000)),
        };
        assert_eq!(
            teachers.sentence(),
            "taught by goals; its goals are those of hx and ax in 990 of 1,000 matches; matches weigh by w"
        );
    }
}
