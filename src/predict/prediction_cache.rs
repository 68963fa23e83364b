//! Predictions that are made once and reused by runs that differ only in staking.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use super::{PredictError, Predictor};
use crate::domain::{Fixture, LeagueId, Match, Names, Offer, Opinion, Time};

/// The predictions of a model, in the order in which they were made, with the matches that each rests on.
type Opinions = Vec<(Option<Opinion>, Option<[u32; 2]>)>;

/// Records the predictions of a run's models, one model for each pool of leagues.
#[derive(Debug, Default)]
pub struct Recorder {
    pools: Mutex<BTreeMap<String, Opinions>>,
}

/// The predictions of a run's models, for other runs over the same rounds.
///
/// A prediction depends on results and prices and never on bets, so it would be the same in each of them.
#[derive(Debug, Clone, Default)]
pub struct PredictionCache {
    pools: BTreeMap<String, Arc<Opinions>>,
}

impl Recorder {
    /// The model of a pool, wrapped so that its predictions are recorded.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use simbet::{Match, Offer, Opinion, Time};
    /// use simbet::{PredictError, Predictor};
    /// use simbet::internals::predict::Recorder;
    ///
    /// struct Always;
    /// impl Predictor for Always {
    ///     fn observe(&mut self, _: &Match) {}
    ///     fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> { Ok(None) }
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
                .map(|(pool, opinions)| (pool, Arc::new(opinions)))
                .collect(),
        }
    }

    fn add(&self, pool: &str, opinion: Option<Opinion>, seen: Option<[u32; 2]>) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        match pools.get_mut(pool) {
            Some(opinions) => opinions.push((opinion, seen)),
            None => _ = pools.insert(pool.to_owned(), vec![(opinion, seen)]),
        }
    }
}

impl PredictionCache {
    /// A model that repeats the predictions of this pool, in the same order.
    pub fn predictor(&self, pool: &str) -> Box<dyn Predictor> {
        let opinions = self.pools.get(pool).cloned().unwrap_or_default();
        Box::new(Cached { opinions, next: 0 })
    }

    /// The number of predictions.
    pub fn predictions(&self) -> usize {
        self.pools.values().map(|opinions| opinions.len()).sum()
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

    fn meet(&mut self, league: LeagueId, name: &str) {
        self.model.meet(league, name);
    }

    fn prepare(
        &mut self,
        offers: &mut dyn Iterator<Item = &Offer>,
        now: Time,
        names: &Names,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        self.model.prepare(offers, now, names, stop)
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        self.predict_until(offer, now, &AtomicBool::new(false))
    }

    fn predict_until(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        let opinion = self.model.predict_until(offer, now, stop)?;
        let seen = self.model.matches_seen(&offer.fixture);
        self.recorder.add(&self.pool, opinion.clone(), seen);
        Ok(opinion)
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        self.model.matches_seen(fixture)
    }
}

struct Cached {
    opinions: Arc<Opinions>,
    next: usize,
}

impl Predictor for Cached {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, _: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        let opinion = self
            .opinions
            .get(self.next)
            .and_then(|(opinion, _)| opinion.clone());
        self.next += 1;
        Ok(opinion)
    }

    fn matches_seen(&self, _: &Fixture) -> Option<[u32; 2]> {
        // whether results are learned from has to be known before the first prediction too
        let last = self.next.saturating_sub(1);
        self.opinions.get(last).and_then(|(_, seen)| *seen)
    }
}
