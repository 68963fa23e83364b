//! The predictions for a batch of rounds, made before any money moves.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fair::FairResult;
use super::pricer::PricedOffer;
use crate::domain::{Edge, Forecast, Match, Round};
use crate::match_index::Slot;
use crate::strategy::Slate;

/// Everything that decisions need beside the rounds: their matches, and the models' predictions.
///
/// Forecasts and edges stay where the pools wrote them: copying them into the order of the rounds would cost more than
/// looking them up.
#[derive(Default)]
pub struct Predictions {
    results: Vec<Option<ResultOf>>,
    offers: Vec<Option<PredictedOffer>>,
    closes: Vec<Option<Slot>>,
    lessons: Vec<Option<PredictedOffer>>,
    pools: Vec<PoolPredictions>,
}

/// What is remembered of a match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KnownMatch {
    /// Its last forecast before kick-off.
    pub forecast: Option<Arc<Forecast>>,
    /// What became of it, once that is known.
    pub result: Option<Match>,
    /// What it teaches the weights of a pool with the price.
    pub lesson: Option<Box<Lesson>>,
}

/// What is remembered of a match for the weights.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Lesson {
    /// What price and model said last, as logarithms of ratios.
    Priced([f64; 4]),
    /// Its number among the matches that teach.
    Taught(u64),
}

/// The match of a result, and what was known of it before: then this corrects it.
pub struct ResultOf {
    /// The match.
    pub slot: Slot,
    /// The result that is corrected.
    pub before: Option<Match>,
}

/// The matches of rounds, in the order of their results, offers and closing prices.
#[derive(Clone, Copy)]
pub struct RoundMatches<'a> {
    /// `None` for a result that is known already, which is ignored.
    pub results: &'a [Option<ResultOf>],
    /// `None` for prices of a match that is over, which are too late.
    pub offers: &'a [Option<PredictedOffer>],
    /// `None` for a match on which no bet can be open.
    pub closes: &'a [Option<Slot>],
    /// `None` for prices of a match that is over.
    pub lessons: &'a [Option<PredictedOffer>],
}

/// The match of an offer, and where its prediction is.
#[derive(Clone, Copy)]
pub struct PredictedOffer {
    /// The match.
    pub slot: Slot,
    pool: usize,
    /// How many offers, or lessons, the pool predicts before it in this batch.
    number: usize,
}

/// The work of one pool in a batch, and its results.
#[derive(Default)]
pub struct PoolPredictions {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How many of the steps were taken.
    pub taken: usize,
    /// How many of the steps are offers, and how many lessons.
    predicted: [usize; 2],
    /// Each offer with its forecast, in order.
    pub priced: Vec<PricedOffer>,
    /// The edges that pass the filters, a group for each offer.
    pub slate: Slate,
    /// A buffer for every edge of one offer.
    pub edges: Vec<Edge>,
    /// What price and model said in each lesson, in order.
    pub lessons: Vec<Option<[f64; 4]>>,
}

/// One step of a pool; the numbers are positions in the batch and in its round.
pub enum Step {
    /// The model learns from a result.
    Observe { round: usize, result: usize },
    /// A result turned out to be wrong; `result` is the right one.
    Revise {
        round: usize,
        result: usize,
        before: Match,
    },
    /// An offer is predicted, or what is only a lesson.
    Predict {
        round: usize,
        offer: usize,
        is_lesson: bool,
    },
}

impl Predictions {
    /// Adds the next result; `None` for one that is ignored.
    pub fn add_result(&mut self, result: Option<ResultOf>) {
        self.results.push(result);
    }

    /// Adds the next offer, which this pool predicts.
    pub fn add_offer(&mut self, slot: Slot, pool: usize, round: usize, offer: usize) {
        let added = self.add_step(slot, pool, [round, offer], false);
        self.offers.push(Some(added));
    }

    /// Adds the next offer, which comes too late.
    pub fn add_late_offer(&mut self) {
        self.offers.push(None);
    }

    /// Adds the next lesson, which this pool predicts.
    pub fn add_lesson(&mut self, slot: Slot, pool: usize, round: usize, offer: usize) {
        let added = self.add_step(slot, pool, [round, offer], true);
        self.lessons.push(Some(added));
    }

    /// Adds the next lesson, which comes too late.
    pub fn add_late_lesson(&mut self) {
        self.lessons.push(None);
    }

    fn add_step(
        &mut self,
        slot: Slot,
        pool: usize,
        [round, offer]: [usize; 2],
        is_lesson: bool,
    ) -> PredictedOffer {
        let batch = self.pool(pool);
        batch.steps.push(Step::Predict {
            round,
            offer,
            is_lesson,
        });
        let count = &mut batch.predicted[usize::from(is_lesson)];
        let number = *count;
        *count += 1;
        PredictedOffer { slot, pool, number }
    }

    /// Adds the next closing prices; `None` for a match on which no bet can be open.
    pub fn add_close(&mut self, slot: Option<Slot>) {
        self.closes.push(slot);
    }

    /// The part of one pool.
    pub fn pool(&mut self, pool: usize) -> &mut PoolPredictions {
        if self.pools.len() <= pool {
            self.pools.resize_with(pool + 1, PoolPredictions::default);
        }
        &mut self.pools[pool]
    }

    /// The parts of all pools, as far as they have any.
    pub fn pools(&mut self) -> &mut [PoolPredictions] {
        &mut self.pools
    }

    /// The matches of the whole batch, and the pools' predictions.
    pub fn parts(&mut self) -> (RoundMatches<'_>, &mut [PoolPredictions]) {
        let matches = RoundMatches {
            results: &self.results,
            offers: &self.offers,
            closes: &self.closes,
            lessons: &self.lessons,
        };
        (matches, &mut self.pools)
    }

    /// The matches of the rounds after these, and the pools' predictions.
    pub fn known(&self, earlier: &[Round]) -> (RoundMatches<'_>, &[PoolPredictions]) {
        (self.after(earlier), &self.pools)
    }

    /// The matches of the rounds after these.
    pub fn after(&self, earlier: &[Round]) -> RoundMatches<'_> {
        let mut rest = RoundMatches {
            results: &self.results,
            offers: &self.offers,
            closes: &self.closes,
            lessons: &self.lessons,
        };
        for round in earlier {
            rest.split_off(round);
        }
        rest
    }

    /// The same value emptied: its buffers serve the next batch.
    pub fn cleared(mut self) -> Self {
        self.results.clear();
        self.offers.clear();
        self.closes.clear();
        self.lessons.clear();
        self.pools.iter_mut().for_each(PoolPredictions::clear);
        self
    }
}

impl<'a> RoundMatches<'a> {
    /// Splits off the matches of the next round.
    pub fn split_off(&mut self, round: &Round) -> Self {
        Self {
            results: split_off(&mut self.results, round.results.len()),
            offers: split_off(&mut self.offers, round.offers.len()),
            closes: split_off(&mut self.closes, round.closes.len()),
            lessons: split_off(&mut self.lessons, round.lessons.len()),
        }
    }
}

fn split_off<'a, T>(rest: &mut &'a [T], count: usize) -> &'a [T] {
    rest.split_off(..count)
        .expect("predictions of the same rounds")
}

impl PredictedOffer {
    /// The offer with its forecast, which can be taken, and the edges that pass the filters.
    pub fn find(self, pools: &mut [PoolPredictions]) -> (&mut PricedOffer, &[Edge]) {
        let PoolPredictions { priced, slate, .. } = &mut pools[self.pool];
        (&mut priced[self.number], slate.of_match(self.number))
    }

    /// The prices of home win, draw and away win beside its forecast, without their margin.
    pub fn market(self, pools: &[PoolPredictions]) -> Option<FairResult> {
        pools[self.pool].priced[self.number].market
    }

    /// What price and model said of the offer.
    pub fn priced(self, pools: &[PoolPredictions]) -> Option<[f64; 4]> {
        pools[self.pool].priced[self.number]
            .ratios
            .as_deref()
            .copied()
    }

    /// What price and model said of the lesson.
    pub fn lesson(self, pools: &[PoolPredictions]) -> Option<[f64; 4]> {
        pools[self.pool].lessons[self.number]
    }
}

impl PoolPredictions {
    fn clear(&mut self) {
        self.steps.clear();
        self.taken = 0;
        self.predicted = [0; 2];
        self.priced.clear();
        self.slate.clear();
        self.lessons.clear();
    }
}
