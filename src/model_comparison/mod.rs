//! Forecasts of several models on the same matches: which is better, by how much, whether chance explains it, and what they are
//! worth together.

mod gather;
mod groups;
mod market;
mod pool;
mod sentences;
mod tables;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::calendar;
use crate::domain::{Score, Time};
use crate::significance::{
    Reliability, ScoreTest, brier, diebold_mariano_by_day, holm, log_loss, reliability, result, rps,
};

pub(crate) use gather::{ModelFile, gather, model_files};
pub use groups::GroupScores;
pub use pool::{DEFAULT_POOL_FROM, PoolResult, Refit};
pub(crate) use sentences::sentences;
pub(crate) use tables::{plain_table, write_text};

/// Differences of scores below this are rounding errors.
const ROUNDING: f64 = 1e-9;

/// A match that was played, as far as forecasts of it are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedMatch {
    /// The day, in days since 1970-01-01.
    pub day: i64,
    /// The league.
    pub league: String,
    /// The year in which its season starts.
    pub season: i16,
    /// The final score.
    pub score: Score,
}

/// The forecasts of one model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forecaster {
    /// Its name.
    pub name: String,
    /// How many matches it has usable forecasts of, compared or not.
    pub own: u64,
    /// Its probabilities of home win, draw and away win in each match; `None` where it has none.
    pub forecasts: Vec<Option<[f64; 3]>>,
    /// Those of the market at the same time, where it says them.
    pub market: Vec<Option<[f64; 3]>>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contest {
    /// The matches, by day.
    pub matches: Vec<PlayedMatch>,
    /// The models, in the order in which they are shown.
    pub models: Vec<Forecaster>,
}

/// How well forecasts did by one rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanScore {
    /// The mean of a match; `None` where it is infinite.
    pub mean: Option<f64>,
    /// Its standard error, with matches of one day allowed to depend on each other; `None` of fewer than two days.
    pub std_error: Option<f64>,
}

/// How well one model did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelScores {
    /// The name of the model.
    pub model: String,
    /// How many matches it has forecasts of.
    pub own_matches: u64,
    /// The matches that it was scored on.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// Log loss, in nats.
    pub log_loss: MeanScore,
    /// Brier score over all three outcomes.
    pub brier: MeanScore,
    /// Ranked probability score.
    pub rps: MeanScore,
    /// Matches whose result it gave a probability of 0, which makes its log loss infinite.
    pub ruled_out: u64,
    /// How often what it forecast happened: each match gives three forecasts.
    pub calibration: Option<Reliability>,
}

/// Two models on the matches that both have: the first less the second, below zero where the first forecast better.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The first.
    pub model: String,
    /// The second.
    pub against: String,
    /// The matches that both have.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// Whether both forecast the same of every match, so that there is nothing to test.
    pub same: bool,
    /// By log loss; `None` where it is not defined, and where both forecast the same.
    pub log_loss: Option<ScoreTest>,
    /// By Brier score.
    pub brier: Option<ScoreTest>,
    /// By ranked probability score.
    pub rps: Option<ScoreTest>,
    /// The p-value of the log loss, corrected for the number of pairs (Holm).
    pub p_corrected: Option<f64>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelComparison {
    /// The matches that every model has.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// The first and the last of those days, in days since 1970-01-01.
    #[serde(serialize_with = "as_dates")]
    pub days: Option<(i64, i64)>,
    /// The models.
    pub models: Vec<ModelScores>,
    /// The market, on those of the matches that it priced; several where the models say different things of it.
    pub market: Vec<ModelScores>,
    /// Every model against every other, and against the market.
    pub pairs: Vec<Pair>,
    /// The pool of the models, and that of the models and the market on the matches that it priced.
    pub pools: Vec<PoolResult>,
    /// The scores in each league.
    pub by_league: Vec<GroupScores>,
    /// The scores in each season.
    pub by_season: Vec<GroupScores>,
}

/// Writes the first and the last day, ISO 8601.
fn as_dates<S: serde::Serializer>(
    days: &Option<(i64, i64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let dates = days
        .map(|(first, last)| [first, last].map(|day| calendar::format_date(Time::from_days(day))));
    dates.serialize(serializer)
}

/// Forecasts of one model or of the market on the common matches.
#[derive(Debug, Clone)]
struct Column {
    name: String,
    own: u64,
    forecasts: Vec<Option<[f64; 3]>>,
}

/// Compares models on the matches of which all have a forecast. Pools begin with weights that are fitted to this many matches.
///
/// The order of the models changes nothing but the order of the result.
pub fn compare_models(contest: &Contest, pool_from: usize) -> ModelComparison {
    let common = contest.common();
    let models: Vec<Column> = common.models.iter().map(Column::of_model).collect();
    let markets = market::columns(&common);
    let matches = &common.matches[..];
    let all: Vec<&Column> = models.iter().chain(&markets).collect();
    let mut pairs = Vec::new();
    for (place, first) in models.iter().enumerate() {
        let others = all[place + 1..].iter();
        pairs.extend(others.map(|second| pair(matches, first, second)));
    }
    correct(&mut pairs);
    ModelComparison {
        matches: matches.len() as u64,
        match_days: distinct_days(matches.iter()),
        days: matches
            .iter()
            .map(|one| one.day)
            .min()
            .zip(matches.iter().map(|one| one.day).max()),
        pools: pool::pools(matches, &models, &markets, pool_from),
        by_league: groups::by_league(matches, &all),
        by_season: groups::by_season(matches, &all),
        models: models
            .iter()
            .map(|column| scores(matches, column))
            .collect(),
        market: markets
            .iter()
            .map(|column| scores(matches, column))
            .collect(),
        pairs,
    }
}

impl Contest {
    /// Leaves out the matches before the first day and after the last one.
    pub fn keep(&mut self, from: Option<Time>, to: Option<Time>) {
        let is_kept = |one: &PlayedMatch| {
            from.is_none_or(|from| one.day >= from.day()) && to.is_none_or(|to| one.day <= to.day())
        };
        let kept: Vec<bool> = self.matches.iter().map(is_kept).collect();
        retain(&mut self.matches, &kept);
        for model in &mut self.models {
            retain(&mut model.forecasts, &kept);
            retain(&mut model.market, &kept);
        }
    }

    /// The matches of which every model has a forecast.
    fn common(&self) -> Self {
        let has = |place: &usize| {
            let mut models = self.models.iter();
            models.all(|model| model.forecasts[*place].is_some())
        };
        let mut places: Vec<usize> = (0..self.matches.len()).filter(has).collect();
        places.sort_by_key(|place| self.matches[*place].day);
        let kept = |all: &[Option<[f64; 3]>]| places.iter().map(|place| all[*place]).collect();
        Self {
            matches: places
                .iter()
                .map(|place| self.matches[*place].clone())
                .collect(),
            models: self
                .models
                .iter()
                .map(|model| Forecaster {
                    name: model.name.clone(),
                    own: model.own,
                    forecasts: kept(&model.forecasts),
                    market: kept(&model.market),
                })
                .collect(),
        }
    }
}

fn retain<T>(all: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    all.retain(|_| kept.next() == Some(&true));
}

impl Column {
    fn of_model(model: &Forecaster) -> Self {
        Self {
            name: model.name.clone(),
            own: model.own,
            forecasts: model.forecasts.clone(),
        }
    }

    /// The matches with a forecast.
    fn with<'a>(
        &'a self,
        matches: &'a [PlayedMatch],
    ) -> impl Iterator<Item = (&'a PlayedMatch, [f64; 3])> {
        matches
            .iter()
            .zip(&self.forecasts)
            .filter_map(|(one, forecast)| Some((one, (*forecast)?)))
    }
}

/// How well a model did on the matches of which it has a forecast.
fn scores(matches: &[PlayedMatch], column: &Column) -> ModelScores {
    let forecasts = || column.with(matches);
    let outcomes: Vec<(f64, bool)> = forecasts()
        .flat_map(|(one, forecast)| {
            let happened = result(one.score);
            std::array::from_fn::<_, 3, _>(|i| (forecast[i].clamp(0.0, 1.0), i == happened))
        })
        .collect();
    ModelScores {
        model: column.name.clone(),
        own_matches: column.own,
        matches: forecasts().count() as u64,
        match_days: distinct_days(forecasts().map(|(one, _)| one)),
        log_loss: mean(forecasts(), log_loss),
        brier: mean(forecasts(), brier),
        rps: mean(forecasts(), rps),
        ruled_out: forecasts()
            .filter(|(one, forecast)| forecast[result(one.score)] <= 0.0)
            .count() as u64,
        calibration: reliability(&outcomes),
    }
}

/// The mean score by a rule.
fn mean<'a>(
    forecasts: impl Iterator<Item = (&'a PlayedMatch, [f64; 3])>,
    rule: fn([f64; 3], Score) -> f64,
) -> MeanScore {
    let scores: Vec<(i64, f64)> = forecasts
        .map(|(one, forecast)| (one.day, rule(forecast, one.score)))
        .collect();
    let sum: f64 = scores.iter().map(|(_, score)| score).sum();
    let mean = sum / scores.len() as f64;
    MeanScore {
        mean: Some(mean).filter(|mean| mean.is_finite()),
        std_error: diebold_mariano_by_day(&scores).map(|test| test.std_error),
    }
}

/// Two models on the matches that both have.
fn pair(matches: &[PlayedMatch], first: &Column, second: &Column) -> Pair {
    let both: Vec<(&PlayedMatch, [f64; 3], [f64; 3])> = matches
        .iter()
        .zip(first.forecasts.iter().zip(&second.forecasts))
        .filter_map(|(one, (first, second))| Some((one, (*first)?, (*second)?)))
        .collect();
    let is_same = |(_, first, second): &(&PlayedMatch, [f64; 3], [f64; 3])| {
        let mut parts = first.iter().zip(second);
        parts.all(|(first, second)| (first - second).abs() < ROUNDING)
    };
    let same = !both.is_empty() && both.iter().all(is_same);
    let test = |rule: fn([f64; 3], Score) -> f64| {
        let differences: Vec<(i64, f64)> = both
            .iter()
            .map(|(one, first, second)| {
                let difference = rule(*first, one.score) - rule(*second, one.score);
                let is_rounding = difference.abs() < ROUNDING;
                (one.day, if is_rounding { 0.0 } else { difference })
            })
            .collect();
        diebold_mariano_by_day(&differences).filter(|_| !same)
    };
    Pair {
        model: first.name.clone(),
        against: second.name.clone(),
        matches: both.len() as u64,
        match_days: distinct_days(both.iter().map(|(one, ..)| *one)),
        same,
        log_loss: test(log_loss),
        brier: test(brier),
        rps: test(rps),
        p_corrected: None,
    }
}

/// Corrects the p-values of log losses for their number.
fn correct(pairs: &mut [Pair]) {
    let tests = pairs.iter().filter_map(|pair| pair.log_loss);
    let mut corrected = holm(&tests.map(|test| test.p).collect::<Vec<f64>>()).into_iter();
    for pair in pairs.iter_mut().filter(|pair| pair.log_loss.is_some()) {
        pair.p_corrected = corrected.next();
    }
}

fn distinct_days<'a>(matches: impl Iterator<Item = &'a PlayedMatch>) -> u64 {
    matches.map(|one| one.day).collect::<BTreeSet<i64>>().len() as u64
}
