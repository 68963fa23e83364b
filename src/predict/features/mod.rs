//! Features: what was known of both sides before a match, as numbers that a model can learn from.
//!
//! They come from the same fold as everything else: results are observed in order, and the features of a match are asked for
//! at the time of its price. So there is nothing in them that was not known then.

mod group;
mod known;
mod market;
mod mean;
mod standings;
mod strengths;
mod team;

use std::sync::atomic::AtomicBool;

pub use group::FeatureGroup;

use super::ratings::{Chronicle, EloScale, PiScale};
use super::{GoalModel, ModelConfig, ModelConfigError, PredictError, Predictor as _};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, Match, Offer, Time};
use known::Known;
use market::MarketPrices;

/// The features of the matches of one pool of leagues.
///
/// A feature that is not known is `None`, and never 0.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    groups: Vec<FeatureGroup>,
    known: Chronicle<Known>,
    /// The goal models whose strengths are asked for.
    goal_models: Vec<GoalModel>,
    market: MarketPrices,
}

impl Features {
    /// The features of these groups, before any result. Of the settings count the half-life, and the ones of the goal models
    /// and of the market where these are asked for.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(groups: &[FeatureGroup], config: &ModelConfig) -> Result<Self, ModelConfigError> {
        config.validate()?;
        let has_strengths = groups.contains(&FeatureGroup::Strengths);
        let config = &config.taught_by_goals();
        let known = Known::new(config.half_life, EloScale::default(), PiScale::default());
        Ok(Self {
            groups: FeatureGroup::in_order(groups),
            known: Chronicle::new(known),
            goal_models: has_strengths
                .then(|| strengths::goal_models(config))
                .into_iter()
                .flatten()
                .collect(),
            market: MarketPrices::new(config),
        })
    }

    /// The names of the features, in the order of their values.
    pub fn names(&self) -> Vec<&'static str> {
        let columns = self.groups.iter().map(|group| group.columns());
        columns.collect::<Vec<_>>().concat()
    }

    /// Learns a result.
    pub fn observe(&mut self, played: &Match) {
        if played.fixture.home == played.fixture.away {
            return;
        }
        self.known.learn(played);
        for model in &mut self.goal_models {
            model.observe(played);
        }
    }

    /// Takes back a result that turned out to be wrong. Nothing changes where it is some months old.
    pub fn retract(&mut self, played: &Match) {
        self.known.retract(played);
        for model in &mut self.goal_models {
            model.retract(played);
        }
    }

    /// The features of an offered match, as of `now`.
    ///
    /// # Errors
    /// When a goal model that is asked for does not converge, or `stop` is raised.
    pub fn of(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Vec<Option<f64>>, PredictError> {
        let mut values = Vec::new();
        let fixture = &offer.fixture;
        for group in &self.groups {
            let known = self.known.now();
            match group {
                FeatureGroup::Elo => values.extend(known.elo(fixture)),
                FeatureGroup::Pi => values.extend(known.pi(fixture)),
                FeatureGroup::Form => values.extend(known.form(fixture)),
                FeatureGroup::Goals => values.extend(known.goals(fixture)),
                FeatureGroup::Shots => values.extend(known.shots(fixture)),
                FeatureGroup::Corners => values.extend(known.corners(fixture)),
                FeatureGroup::Rest => values.extend(known.rest(fixture)),
                FeatureGroup::Table => values.extend(known.table(fixture)),
                FeatureGroup::Calendar => values.extend(known.calendar(fixture)),
                FeatureGroup::Market => values.extend(self.market.of(offer)),
                FeatureGroup::Strengths => {
                    for model in &mut self.goal_models {
                        values.extend(strengths::of(model, fixture, now, stop)?);
                    }
                }
            }
        }
        Ok(values)
    }

    /// How many results of its home and of its away side the features of a match rest on.
    pub fn matches_seen(&self, fixture: &Fixture) -> [u32; 2] {
        self.known.now().matches(fixture)
    }

    /// The exact state on which later features depend, without the settings.
    pub fn save(&self) -> Option<Vec<u8>> {
        let models: Option<Vec<_>> = self.goal_models.iter().map(GoalModel::save).collect();
        checkpoint::encode(&(&self.known, models?)).ok()
    }

    /// Restores a state that features with the same settings saved.
    ///
    /// # Errors
    /// When the bytes are not such a state.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        const STATE: &str = "state of features";
        let (known, models): (_, Vec<Vec<u8>>) = checkpoint::decode(STATE, bytes)?;
        if models.len() != self.goal_models.len() {
            return Err(CheckpointError::damaged(STATE, "its parts do not match"));
        }
        self.known = known;
        for (model, state) in self.goal_models.iter_mut().zip(&models) {
            model.restore(state)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ratings::tests::{played, season};
    use super::*;
    use crate::domain::{MatchState, Score};

    fn features(matches: &[Match]) -> Features {
        let mut features = Features::new(&FeatureGroup::ALL, &ModelConfig::default()).unwrap();
        for played in matches {
            features.observe(played);
        }
        features
    }

    /// The features of a match on a later day.
    fn of(features: &mut Features, matches: &[Match]) -> Vec<Option<f64>> {
        let day = matches.last().unwrap().fixture.day.day() + 3;
        let offer = Offer {
            fixture: played(day, [0, 4], [0, 0]).fixture,
            state: MatchState::default(),
            quotes: Vec::new(),
        };
        let now = Time::from_days(day);
        features.of(&offer, now, &AtomicBool::new(false)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_corrected_result_counts_as_if_it_had_been_right_at_once(
            matches in season(), wrong in any::<prop::sample::Index>(), goals in prop::array::uniform2(0..9_u8),
        ) {
            let wrong = matches.len() - 1 - wrong.index(matches.len().min(20));
            let mut read = matches.clone();
            read[wrong].score = Score { home: goals[0], away: goals[1] };
            let mut corrected = features(&read);
            corrected.retract(&read[wrong]);
            corrected.observe(&matches[wrong]);
            let mut right = features(&matches);
            let [corrected, right] = [of(&mut corrected, &matches), of(&mut right, &matches)];
            for (corrected, right) in corrected.iter().zip(&right) {
                // the goal models sum in another order
                let differ = corrected.zip(*right).map_or(0.0, |(one, other)| (one - other).abs());
                prop_assert!(corrected.is_some() == right.is_some() && differ < 1e-9);
            }
        }

        #[test]
        fn what_is_saved_goes_on_as_if_nothing_had_been(matches in season(), cut in any::<prop::sample::Index>()) {
            let (before, after) = matches.split_at(cut.index(matches.len()));
            let mut restored = features(&[]);
            restored.restore(&features(before).save().unwrap()).unwrap();
            after.iter().for_each(|played| restored.observe(played));
            let mut whole = features(before);
            after.iter().for_each(|played| whole.observe(played));
            prop_assert_eq!(of(&mut restored, &matches), of(&mut whole, &matches));
            prop_assert_eq!(restored.save(), whole.save());
        }
    }

    #[test]
    fn a_damaged_state_is_refused() {
        let state = features(&[played(0, [0, 1], [1, 0])]).save().unwrap();
        for end in [0, 1, state.len() / 2, state.len() - 1] {
            assert!(features(&[]).restore(&state[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn every_feature_has_one_name() {
        let features = features(&[]);
        let mut names = features.names();
        assert_eq!(
            of(&mut features.clone(), &[played(0, [0, 1], [1, 0])]).len(),
            names.len()
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), features.names().len());
    }
}
