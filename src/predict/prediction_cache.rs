//! Predictions that are made once and heard again: what runs that differ only in staking have in common.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{PredictError, Predictor};
use crate::domain::{Match, Offer, ScoreGrid, Time};

/// What a model said, in the order in which it was asked.
type Grids = Vec<Option<ScoreGrid>>;

/// Listens to the models of a run, one for each pool of leagues.
#[derive(Debug, Default)]
pub struct Recorder {
    pools: Mutex<BTreeMap<String, Grids>>,
}

/// What the models of a run said: played to another run over the same rounds, it is what they would have said there,
/// since a prediction depends on results and prices and never on bets.
#[derive(Debug, Clone, Default)]
pub struct PredictionCache {
    pools: BTreeMap<String, Arc<Grids>>,
}

impl Recorder {
    /// The same model, each of its predictions being kept; `pool` is the one it serves.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use simbet::domain::{Match, Offer, ScoreGrid, Time};
    /// use simbet::predict::{PredictError, Predictor, Recorder};
    ///
    /// struct Always;
    /// impl Predictor for Always {
    ///     fn observe(&mut self, _: &Match) {}
    ///     fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<ScoreGrid>, PredictError> { Ok(None) }
    /// }
    /// let recorder = Arc::new(Recorder::default());
    /// let model = recorder.listen("E0", Box::new(Always));
    /// drop(model);
    /// assert_eq!(recorder.finish().predictions(), 0);
    /// ```
    pub fn listen(self: &Arc<Self>, pool: &str, model: Box<dyn Predictor>) -> Box<dyn Predictor> {
        Box::new(Recording {
            model,
            pool: pool.to_owned(),
            recorder: Arc::clone(self),
        })
    }

    /// Everything heard so far, which is then forgotten here.
    pub fn finish(&self) -> PredictionCache {
        let pools = std::mem::take(&mut *self.pools.lock().unwrap_or_else(PoisonError::into_inner));
        PredictionCache {
            pools: pools
                .into_iter()
                .map(|(pool, said)| (pool, Arc::new(said)))
                .collect(),
        }
    }

    fn keep(&self, pool: &str, said: Option<ScoreGrid>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        match pools.get_mut(pool) {
            Some(all) => all.push(said),
            None => _ = pools.insert(pool.to_owned(), vec![said]),
        }
    }
}

impl PredictionCache {
    /// A model that says what was said for this pool, in the same order.
    pub fn play(&self, pool: &str) -> Box<dyn Predictor> {
        let said = self.pools.get(pool).cloned().unwrap_or_default();
        Box::new(Cached { said, next: 0 })
    }

    /// How many predictions there are.
    pub fn predictions(&self) -> usize {
        self.pools.values().map(|said| said.len()).sum()
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

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<ScoreGrid>, PredictError> {
        let said = self.model.predict(offer, now)?;
        self.recorder.keep(&self.pool, said.clone());
        Ok(said)
    }
}

struct Cached {
    said: Arc<Grids>,
    next: usize,
}

impl Predictor for Cached {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<ScoreGrid>, PredictError> {
        let said = self.said.get(self.next).cloned().flatten();
        self.next += 1;
        Ok(said)
    }
}
