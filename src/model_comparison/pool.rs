//! The log-linear pool of forecasts, fitted walk-forward: no forecast rests on a match of its own day or later.

use serde::Serialize;

use super::{Column, ModelScores, Pair, PlayedMatch, pair, scores};
use crate::calendar;
use crate::domain::Time;
use crate::significance::{PoolWeights, PooledMatches};

/// From how many earlier matches on the weights of a pool are fitted: of fewer their errors are larger than what they gain.
pub const DEFAULT_POOL_FROM: usize = 300;

/// A pool, and how it did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolResult {
    /// The forecasts that are pooled.
    pub of: Vec<String>,
    /// Its scores, with equal weights until the first fit.
    pub scores: ModelScores,
    /// How many of the matches were forecast with weights that were fitted to earlier ones.
    pub fitted_matches: u64,
    /// Every fit, in order of time.
    pub refits: Vec<Refit>,
    /// The weights for what comes next: those that all matches give, in the order of `of`; `None` of too few matches.
    pub last: Option<PoolWeights>,
    /// The pool against each of its forecasts.
    pub against: Vec<Pair>,
}

/// The weights from some day on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refit {
    /// The first day on which they are used.
    #[serde(serialize_with = "as_date")]
    pub day: i64,
    /// The weights, in the order of the pool.
    pub weights: PoolWeights,
}

fn as_date<S: serde::Serializer>(day: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&calendar::format_date(Time::from_days(*day)))
}

/// The pool of the models where there are several, and that of the models and the market where there is one.
pub(super) fn pools(
    matches: &[PlayedMatch],
    models: &[Column],
    markets: &[Column],
    pool_from: usize,
) -> Vec<PoolResult> {
    let models: Vec<&Column> = models.iter().collect();
    let mut pools = Vec::new();
    if models.len() > 1 {
        pools.extend(pooled("pool", matches, &models, pool_from));
    }
    if let [market] = markets {
        let all: Vec<&Column> = models.iter().copied().chain([market]).collect();
        pools.extend(pooled("pool with market", matches, &all, pool_from));
    }
    pools
}

/// A pool on the matches of which all have a forecast.
fn pooled(
    name: &str,
    matches: &[PlayedMatch],
    columns: &[&Column],
    pool_from: usize,
) -> Option<PoolResult> {
    // in an order of its own, so that the last bits of the sums do not depend on that of the arguments
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by(|a, b| columns[*a].name.cmp(&columns[*b].name));
    let forecasts: Vec<Option<Vec<[f64; 3]>>> = (0..matches.len())
        .map(|place| {
            let in_order = order.iter();
            in_order
                .map(|column| columns[*column].forecasts[place])
                .collect()
        })
        .collect();
    let mut walk = WalkForward::new(columns.len(), pool_from);
    let mut column = Column {
        name: name.to_owned(),
        own: 0,
        forecasts: Vec::with_capacity(matches.len()),
    };
    for (one, forecasts) in matches.iter().zip(&forecasts) {
        let pool = forecasts.as_ref().map(|all| walk.forecast(one, all));
        column.own += u64::from(pool.is_some());
        column.forecasts.push(pool);
    }
    if walk.matches.is_empty() {
        return None;
    }
    let last = walk.fit(walk.matches.len());
    let refits = walk.refits.into_iter();
    Some(PoolResult {
        of: columns.iter().map(|column| column.name.clone()).collect(),
        scores: scores(matches, &column),
        fitted_matches: walk.fitted,
        refits: refits
            .map(|refit| Refit {
                weights: reordered(&refit.weights, &order),
                ..refit
            })
            .collect(),
        last: last.map(|last| reordered(&last, &order)),
        against: columns
            .iter()
            .map(|other| pair(matches, &column, other))
            .collect(),
    })
}

/// Weights in the order of the columns.
fn reordered(weights: &PoolWeights, order: &[usize]) -> PoolWeights {
    let mut own = weights.clone();
    for (place, column) in order.iter().enumerate() {
        own.weights[*column] = weights.weights[place];
        own.std_errors[*column] = weights.std_errors[place];
    }
    own
}

/// The matches so far, and the weights that they gave.
struct WalkForward {
    matches: PooledMatches,
    weights: PoolWeights,
    refits: Vec<Refit>,
    pool_from: usize,
    /// How many forecasts were made with fitted weights.
    fitted: u64,
    /// The day at hand, how many matches were before it, and the half-year of the last fit.
    day: Option<i64>,
    before: usize,
    half_year: Option<i32>,
}

impl WalkForward {
    fn new(forecasters: usize, pool_from: usize) -> Self {
        Self {
            matches: PooledMatches::new(forecasters),
            weights: PoolWeights::equal(forecasters),
            refits: Vec::new(),
            pool_from: pool_from.max(1),
            fitted: 0,
            day: None,
            before: 0,
            half_year: None,
        }
    }

    /// The pooled forecast of a match, which is then one of the earlier ones from the next day on.
    fn forecast(&mut self, one: &PlayedMatch, forecasts: &[[f64; 3]]) -> [f64; 3] {
        if self.day != Some(one.day) {
            self.day = Some(one.day);
            self.before = self.matches.len();
            self.refit(one.day);
        }
        self.matches.push(one.day, forecasts, one.score);
        self.fitted += u64::from(self.weights.n > 0);
        self.weights.pool(forecasts)
    }

    /// Fits as soon as there are enough matches, and then each 1 January and 1 August.
    fn refit(&mut self, day: i64) {
        let half_year = half_year(day);
        if self.before < self.pool_from || self.half_year == Some(half_year) {
            return;
        }
        self.half_year = Some(half_year);
        if let Some(weights) = self.fit(self.before) {
            self.weights = weights.clone();
            self.refits.push(Refit { day, weights });
        }
    }

    /// The weights that the first matches give; `None` of too few.
    fn fit(&self, n: usize) -> Option<PoolWeights> {
        if n < self.pool_from {
            return None;
        }
        self.matches.fit(n)
    }
}

/// The number of the part of a year that begins on 1 January or 1 August.
fn half_year(day: i64) -> i32 {
    let date = calendar::civil(Time::from_days(day));
    2 * i32::from(date.year()) + i32::from(date.month() >= 8)
}
