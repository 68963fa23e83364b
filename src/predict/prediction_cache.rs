//! Predictions that are made once and reused by runs that differ only in staking.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use super::{PredictError, Predictor};
use crate::domain::{Fixture, Match, Offer, ScoreGrid, Time};

/// The predictions of a model, in the order in which they were made, with the matches that each rests on.
type Grids = Vec<(Option<ScoreGrid>, Option<[u32; 2]>)>;

/// Records the predictions of a run's models, one model for each pool of leagues.
#[derive(Debug, Default)]
pub struct Recorder {
    pools: Mutex<BTreeMap<String, Grids>>,
}

/// The predictions of a run's models, for other runs over the same rounds.
///
/// A prediction depends on results and prices and never on bets, so it would be the same in each of them.
#[derive(Debug, Clone, Default)]
pub struct PredictionCache {
    pools: BTreeMap<String, Arc<Grids>>,
}

impl Recorder {
    /// The model of a pool, wrapped so that its predictions are recorded.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use simbet::{Match, Offer, ScoreGrid, Time};
    /// use simbet::{PredictError, Predictor};
    /// use simbet::internals::predict::Recorder;
    ///
    /// struct Always;
    /// impl Predictor for Always {
    ///     fn observe(&mut self, _: &Match) {}
    ///     fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<ScoreGrid>, PredictError> { Ok(None) }
    /// }
    /// let recorder = Arc::new(Recorder::default());
    /// let model = recorder.record("E0", Box::new(Always));
    /// drop(model);
    /// assert_eq!(recorder.finish().predictions(), 0);
    /// ```
    pub fn record(self: &Arc<Self>, pool: &str, model: Box<dyn Predictor>) -> Box<dyn Predictor> {
        Box::new(Recording {
            model,
            pool: pool.to_owned(),
            recorder: Arc::clone(self),
        })
    }

    /// Takes the predictions recorded so far.
    pub fn finish(&self) -> PredictionCache {
        let pools = std::mem::take(&mut *self.pools.lock().unwrap_or_else(PoisonError::into_inner));
        PredictionCache {
            pools: pools
                .into_iter()
                .map(|(pool, grids)| (pool, Arc::new(grids)))
                .collect(),
        }
    }

    fn add(&self, pool: &str, grid: Option<ScoreGrid>, seen: Option<[u32; 2]>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        match pools.get_mut(pool) {
            Some(grids) => grids.push((grid, seen)),
            None => _ = pools.insert(pool.to_owned(), vec![(grid, seen)]),
        }
    }
}

impl PredictionCache {
    /// A model that repeats the predictions of this pool, in the same order.
    pub fn predictor(&self, pool: &str) -> Box<dyn Predictor> {
        let grids = self.pools.get(pool).cloned().unwrap_or_default();
        Box::new(Cached { grids, next: 0 })
    }

    /// The number of predictions.
    pub fn predictions(&self) -> usize {
        self.pools.values().map(|grids| grids.len()).sum()
    }
}

struct Recording {
    model: Box<dyn Predictor>,
    pool: String,
    recorder: Arc<Recorder>,
}

impl Predictor for Recording {
    fn observe(&mut self, played: &Match) {
        self.model.observe(played);
    }

    fn retract(&mut self, played: &Match) {
        self.model.retract(played);
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<ScoreGrid>, PredictError> {
        self.predict_until(offer, now, &AtomicBool::new(false))
    }

    fn predict_until(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Option<ScoreGrid>, PredictError> {
        let grid = self.model.predict_until(offer, now, stop)?;
        let seen = self.model.matches_seen(&offer.fixture);
        self.recorder.add(&self.pool, grid.clone(), seen);
        Ok(grid)
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        self.model.matches_seen(fixture)
    }
}

struct Cached {
    grids: Arc<Grids>,
    next: usize,
}

impl Predictor for Cached {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<ScoreGrid>, PredictError> {
        let grid = self.grids.get(self.next).and_then(|(grid, _)| grid.clone());
        self.next += 1;
        Ok(grid)
    }

    fn matches_seen(&self, _: &Fixture) -> Option<[u32; 2]> {
        // whether results are learned from has to be known before the first prediction too
        let last = self.next.saturating_sub(1);
        self.grids.get(last).and_then(|(_, seen)| *seen)
    }
}
