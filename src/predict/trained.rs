//! A model that was trained elsewhere on features, as a model of matches to come.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use super::features::FeatureGroup;
pub(crate) use super::onnx::MOST_BYTES;
use super::onnx::{Network, OnnxError};
use super::{Features, MakeModel, ModelConfig, ModelConfigError, PredictError, Predictor};
use crate::calendar;
use crate::checkpoint::CheckpointError;
use crate::domain::{Fixture, Match, MatchState, Offer, Opinion, Time};
use crate::look_alike;

/// A trained model, from which those of pools are made.
#[derive(Debug)]
pub(crate) struct Trained {
    network: Arc<Network>,
    /// The groups that its features are in.
    groups: Vec<FeatureGroup>,
    /// The first midnight after the matches that it was trained on.
    end: Time,
    /// The matches that it has no forecast of, because it may have been trained on them.
    skipped: Arc<Mutex<BTreeSet<Arc<str>>>>,
}

/// Why a file is no model that can be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum TrainedError {
    /// It is none, or one of another kind.
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    /// A feature that simbet does not have.
    #[error(
        "its feature {name:?} is none of simbet's{nearest}: `simbet features` writes them all, and models learn from its columns"
    )]
    Feature {
        /// The feature, as the model names it.
        name: String,
        /// The nearest one, as the message has it.
        nearest: String,
    },
    /// A day that is none.
    #[error("its metadata \"trained_to\" must be a day as YYYY-MM-DD, not {0:?}")]
    Day(String),
}

impl Trained {
    /// The model in these bytes.
    ///
    /// # Errors
    /// When there is none, or it takes features that simbet does not have.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TrainedError> {
        let network = Network::from_bytes(bytes)?;
        let mut groups = Vec::new();
        for name in &network.features {
            groups.push(group_of(name)?);
        }
        groups.sort_unstable();
        groups.dedup();
        let day = calendar::parse_date(&network.trained_to);
        let end = day.ok_or_else(|| TrainedError::Day(network.trained_to.clone()))? + Time::DAY;
        Ok(Self {
            network: Arc::new(network),
            groups,
            end,
            skipped: Arc::default(),
        })
    }
}

/// The group of a feature.
fn group_of(name: &str) -> Result<FeatureGroup, TrainedError> {
    let all = FeatureGroup::ALL.into_iter();
    let mut with_name = all.filter(|group| group.columns().contains(&name));
    with_name.next().ok_or_else(|| {
        let columns = FeatureGroup::ALL.iter().flat_map(|group| group.columns());
        let nearest = look_alike::nearest_names(name, columns.copied())
            .into_iter()
            .next();
        TrainedError::Feature {
            name: name.to_owned(),
            nearest: nearest.map_or_else(String::new, |name| format!(" (is it {name:?}?)")),
        }
    })
}

impl MakeModel for Trained {
    fn make(&self, _: &str, config: &ModelConfig) -> Result<Box<dyn Predictor>, ModelConfigError> {
        let features = Features::new(&self.groups, config)?;
        let names = features.names();
        let place = |name: &String| names.iter().position(|column| column == name);
        Ok(Box::new(TrainedModel {
            network: Arc::clone(&self.network),
            places: self.network.features.iter().filter_map(place).collect(),
            features,
            end: self.end,
            skipped: Arc::clone(&self.skipped),
        }))
    }

    fn remarks(&self) -> Vec<String> {
        let skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let matches = match skipped.len() {
            0 => return Vec::new(),
            1 => "1 match has".to_owned(),
            count => format!("{count} matches have"),
        };
        vec![format!(
            "{matches} no forecast and no bet: the model was trained on matches up to {}, and knows how those ended",
            self.network.trained_to
        )]
    }
}

/// A trained model for a pool.
struct TrainedModel {
    network: Arc<Network>,
    features: Features,
    /// Where each feature of the model stands among those that are computed.
    places: Vec<usize>,
    end: Time,
    skipped: Arc<Mutex<BTreeSet<Arc<str>>>>,
}

impl Predictor for TrainedModel {
    fn observe(&mut self, played: &Match) {
        self.features.observe(played);
    }

    fn retract(&mut self, played: &Match) {
        self.features.retract(played);
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
        if offer.state != MatchState::default() {
            return Ok(None);
        }
        if offer.fixture.day < self.end {
            let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
            skipped.insert(Arc::clone(&offer.fixture.id));
            return Ok(None);
        }
        let values = self.features.of(offer, now, stop)?;
        let of = |place: &usize| values[*place].map_or(f32::NAN, |value| value as f32);
        let row: Vec<f32> = self.places.iter().map(of).collect();
        let outcomes = self.network.probabilities(&row);
        let failed = |error: OnnxError| PredictError::Outside(format!("the model: {error}"));
        outcomes
            .map(|p| Some(Opinion::of_outcomes(p)))
            .map_err(failed)
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        Some(self.features.matches_seen(fixture))
    }

    fn save(&self) -> Option<Vec<u8>> {
        self.features.save()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        self.features.restore(bytes)
    }
}
