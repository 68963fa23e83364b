//! The logistic model: walk-forward, from features.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::link::Link;
use super::record::{Entry, Record};
use super::ridge::{choose, frequencies};
use super::rows::result;
use super::scale::Scale;
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, Match, MatchState, Offer, Opinion, Quote, Selection, Time};
use crate::predict::refits::Refits;
use crate::predict::{Features, ModelConfig, ModelConfigError, PredictError, Predictor};

/// Matches before the first fit. Until then it says how often home sides win, draw and lose.
const LEAST: usize = 100;
/// The penalty is chosen anew when the record is so many times as long.
const LONGER: f64 = 1.5;
/// Days for which the features of a match are kept: so long its result can be corrected.
const DAYS: i64 = 2 * Match::REMEMBERED / Time::DAY;

/// Logistic regression of a match's outcome on features of both sides, fitted to the matches before.
///
/// Features are standardised by their means and deviations in those matches. One that is not known counts as the mean.
/// Probabilities of the market count by their logarithms, so that a coefficient of 1 takes them as they are. Matches on
/// neutral grounds teach nothing, and their forecast is the mean of the two that there would be with either side at home. Nor
/// do matches without prices teach anything where prices are among the features.
#[derive(Debug, Clone)]
pub(crate) struct Logistic {
    link: Link,
    ridge: Option<f64>,
    refit_every: u32,
    features: Features,
    /// Whether a feature counts by its logarithm.
    by_logarithm: Vec<bool>,
    /// Where the market's probability of a home win is among the features.
    prices: Option<usize>,
    lately: BTreeMap<Arc<str>, Known>,
    record: Record,
    fitted: Option<Coefficients>,
    refits: Refits,
}

/// What was known before a match when it was last asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    day: i64,
    numbers: Box<[f64]>,
}

/// The last fit.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Coefficients {
    scale: Scale,
    theta: Vec<f64>,
    ridge: f64,
    /// The matches on record when the penalty was chosen.
    chosen_at: u64,
}

/// A regression fitted to all matches on record.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    /// The form of the regression.
    pub link: Link,
    /// The penalty λ/2·Σβ² on coefficients of standardised features.
    pub ridge: f64,
    /// The matches.
    pub matches: usize,
    /// The logarithm of the likelihood, without the penalty.
    pub log_likelihood: f64,
    /// Every parameter.
    pub coefficients: Vec<Coefficient>,
}

/// A parameter of a [`LogisticFit`].
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// `home` or `away`, against the draw; `home` and `draw` in the ordered form, which has one set of coefficients.
    pub of: &'static str,
    /// The feature; `None` for an intercept.
    pub feature: Option<&'static str>,
    /// Per standard deviation of the feature.
    pub estimate: f64,
    /// Its standard error; `None` where the matches do not determine it.
    pub standard_error: Option<f64>,
}

impl Logistic {
    /// A model that has observed no match.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(config: &ModelConfig) -> Result<Self, ModelConfigError> {
        let features = Features::new(config.feature_groups(), config)?;
        let names = features.names();
        Ok(Self {
            link: config.link,
            ridge: config.ridge,
            refit_every: config.refit_every,
            features,
            by_logarithm: names
                .iter()
                .map(|name| name.starts_with("market_p_"))
                .collect(),
            prices: names.iter().position(|name| *name == "market_p_home"),
            lately: BTreeMap::new(),
            record: Record::default(),
            fitted: None,
            refits: Refits::default(),
        })
    }

    fn width(&self) -> usize {
        self.by_logarithm.len()
    }

    /// The features of an offer as numbers, NaN where they are not known.
    fn numbers(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Box<[f64]>, PredictError> {
        let values = self.features.of(offer, now, stop)?;
        let numbers = values.into_iter().zip(&self.by_logarithm);
        Ok(numbers
            .map(|(value, by_logarithm)| match value {
                Some(value) if *by_logarithm => value.max(f64::MIN_POSITIVE).ln(),
                Some(value) => value,
                None => f64::NAN,
            })
            .collect())
    }

    /// What was known before a match that is over.
    fn known_of(&mut self, fixture: &Arc<Fixture>) -> Option<Box<[f64]>> {
        if let Some(known) = self.lately.get(&fixture.id) {
            return Some(known.numbers.clone());
        }
        let unpriced = Offer {
            fixture: Arc::clone(fixture),
            state: MatchState::default(),
            quotes: Vec::new(),
        };
        let numbers = self
            .numbers(&unpriced, fixture.day, &AtomicBool::new(false))
            .ok()?;
        self.keep(fixture, numbers.clone());
        Some(numbers)
    }

    fn keep(&mut self, fixture: &Fixture, numbers: Box<[f64]>) {
        let day = fixture.day.day();
        self.lately
            .insert(Arc::clone(&fixture.id), Known { day, numbers });
    }

    fn entry(&mut self, played: &Match) -> Option<Entry> {
        if played.fixture.neutral || played.fixture.home == played.fixture.away {
            return None;
        }
        let numbers = self.known_of(&played.fixture)?;
        // the other features would take on what prices say
        let is_unpriced = self.prices.is_some_and(|place| numbers[place].is_nan());
        (!is_unpriced).then(|| Entry {
            day: played.fixture.day.day(),
            result: result(played),
            numbers,
        })
    }

    /// Fits the coefficients to all matches on record.
    fn refit(&mut self, stop: &AtomicBool) -> Result<(), PredictError> {
        let (width, matches) = (self.width(), self.record.len());
        let before = self.fitted.take();
        let is_old = |fit: &Coefficients| matches as f64 >= LONGER * fit.chosen_at as f64;
        let (ridge, chosen_at) = match (self.ridge, &before) {
            (Some(ridge), _) => (ridge, 0),
            (None, Some(fit)) if !is_old(fit) => (fit.ridge, fit.chosen_at),
            (None, _) => (
                choose(self.link, &self.record, width, stop)?,
                matches as u64,
            ),
        };
        let scale = self.record.scale(width, matches);
        let rows = self.record.rows(&scale, 0..matches);
        let afresh = || self.link.start(frequencies(&rows), width);
        let mut theta = before.map_or_else(afresh, |fit| fit.theta);
        self.link
            .fit(&rows, &self.link.ridge(ridge, width), &mut theta, stop)?;
        self.fitted = Some(Coefficients {
            scale,
            theta,
            ridge,
            chosen_at,
        });
        Ok(())
    }

    /// The probabilities of home win, draw and away win with these features.
    fn outcomes(&self, numbers: &[f64]) -> [f64; 3] {
        match &self.fitted {
            Some(fit) => {
                let row = fit.scale.apply(numbers);
                self.link.probabilities(&fit.theta, &row, true)
            }
            None => frequencies(
                &self
                    .record
                    .rows(&self.record.scale(0, 0), 0..self.record.len()),
            ),
        }
    }

    /// Remembers what is known before an offered match, as of `now`.
    ///
    /// # Errors
    /// When a goal model that is among the features does not converge.
    pub fn note(&mut self, offer: &Offer, now: Time) -> Result<(), PredictError> {
        if offer.state == MatchState::default() {
            let numbers = self.numbers(offer, now, &AtomicBool::new(false))?;
            self.keep(&offer.fixture, numbers);
        }
        Ok(())
    }

    /// The fit to all matches on record, with standard errors.
    ///
    /// # Errors
    /// When there are too few matches, or it does not converge.
    pub fn fit_now(&mut self) -> Result<LogisticFit, PredictError> {
        let never = AtomicBool::new(false);
        let too_few = PredictError::Undetermined {
            matches: self.record.len(),
        };
        if self.record.len() < LEAST {
            return Err(too_few);
        }
        self.refit(&never)?;
        let Some(fit) = &mut self.fitted else {
            return Err(too_few);
        };
        let width = self.by_logarithm.len();
        let rows = self.record.rows(&fit.scale, 0..self.record.len());
        let penalty = self.link.ridge(fit.ridge, width);
        let curvature = self.link.fit(&rows, &penalty, &mut fit.theta, &never)?;
        let covariance = curvature.covariance();
        let order = fit.theta.len();
        let error = |k: usize| Some(covariance.as_ref()?[k * order + k].sqrt());
        let names = self.features.names();
        let parameters = self.link.parameters(&names).into_iter().enumerate();
        Ok(LogisticFit {
            link: self.link,
            ridge: fit.ridge,
            matches: rows.len(),
            log_likelihood: self.link.log_likelihood(&fit.theta, &rows),
            coefficients: parameters
                .map(|(k, (of, feature))| Coefficient {
                    of,
                    feature,
                    estimate: fit.theta[k],
                    standard_error: error(k),
                })
                .collect(),
        })
    }
}

impl Predictor for Logistic {
    fn observe(&mut self, played: &Match) {
        let oldest = played.fixture.day.day() - DAYS;
        if let Some(entry) = self.entry(played) {
            self.record.add(entry);
        }
        self.features.observe(played);
        self.refits.observed += 1;
        self.lately.retain(|_, known| known.day >= oldest);
    }

    fn retract(&mut self, played: &Match) {
        if self.lately.contains_key(&played.fixture.id)
            && let Some(entry) = self.entry(played)
        {
            self.record.remove(&entry);
        }
        self.features.retract(played);
        self.refits.observed += 1;
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
        let matches = self.record.len();
        if matches >= LEAST && self.refits.is_due(now, self.refit_every, matches) {
            self.refit(stop)?;
            self.refits.done(matches);
        }
        if offer.state != MatchState::default() {
            return Ok(None);
        }
        let numbers = self.numbers(offer, now, stop)?;
        let outcomes = self.outcomes(&numbers);
        self.keep(&offer.fixture, numbers);
        if !offer.fixture.neutral {
            return Ok(Some(Opinion::of_outcomes(outcomes)));
        }
        let numbers = self.numbers(&turned(offer), now, stop)?;
        let [away, draw, home] = self.outcomes(&numbers);
        let mean = [(0, home), (1, draw), (2, away)].map(|(k, p)| 0.5 * (outcomes[k] + p));
        Ok(Some(Opinion::of_outcomes(mean)))
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        Some(self.features.matches_seen(fixture))
    }

    fn save(&self) -> Option<Vec<u8>> {
        let Self {
            lately,
            record,
            fitted,
            refits,
            ..
        } = self;
        checkpoint::encode(&(self.features.save()?, lately, record, fitted, refits)).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        const STATE: &str = "state of the logistic model";
        let features: Vec<u8>;
        (features, self.lately, self.record, self.fitted, self.refits) =
            checkpoint::decode(STATE, bytes)?;
        self.features.restore(&features)?;
        let width = self.width();
        let parameters = self.link.start([0.4, 0.3, 0.3], width).len();
        let is_fit = |fit: &Coefficients| {
            fit.theta.len() == parameters
                && fit.scale.means.len() == width
                && fit.scale.deviations.len() == width
        };
        if self.record.is_of(width)
            && self
                .lately
                .values()
                .all(|known| known.numbers.len() == width)
            && self.fitted.as_ref().is_none_or(is_fit)
        {
            Ok(())
        } else {
            Err(CheckpointError::damaged(STATE, "its parts do not match"))
        }
    }
}

/// An offer with its sides exchanged.
fn turned(offer: &Offer) -> Offer {
    let mut fixture = (*offer.fixture).clone();
    std::mem::swap(&mut fixture.home, &mut fixture.away);
    let turn = |quote: &Quote| {
        let selection = match quote.selection {
            Selection::HOME => Selection::AWAY,
            Selection::AWAY => Selection::HOME,
            other => other,
        };
        Quote {
            selection,
            ..*quote
        }
    };
    Offer {
        fixture: Arc::new(fixture),
        state: offer.state,
        quotes: offer.quotes.iter().map(turn).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LeagueId, MatchStatus, Score, TeamId};
    use crate::predict::{FeatureGroup, ModelKind};

    fn config() -> ModelConfig {
        ModelConfig {
            kind: ModelKind::Logistic,
            features: vec![FeatureGroup::Elo],
            ..ModelConfig::default()
        }
    }

    /// The match of a day between two of eight teams, of which one with a lower number is better.
    fn played(day: u32) -> Match {
        let (home, away) = (day % 8, (day + 1 + day / 8 % 7) % 8);
        let goals = |team: u32, luck: u32| ((11 - team + luck % 5) / 4) as u8;
        let fixture = Fixture {
            id: format!("{day}").into(),
            league: LeagueId(0),
            home: TeamId(home),
            away: TeamId(away),
            season: 2020,
            day: Time::from_days(i64::from(day)),
            kickoff: None,
            neutral: false,
        };
        Match {
            fixture: Arc::new(fixture),
            score: Score {
                home: goals(home, day * 7 + 1),
                away: goals(away, day * 3),
            },
            status: MatchStatus::Played,
            statistics: None,
        }
    }

    fn outcomes(model: &mut Logistic, played: &Match) -> [f64; 3] {
        let offer = Offer {
            fixture: Arc::clone(&played.fixture),
            state: MatchState::default(),
            quotes: Vec::new(),
        };
        let opinion = model.predict(&offer, played.fixture.day).unwrap().unwrap();
        opinion.outcomes().unwrap()
    }

    fn after(days: u32) -> Logistic {
        let mut model = Logistic::new(&config()).unwrap();
        for day in 0..days {
            let played = played(day);
            outcomes(&mut model, &played);
            model.observe(&played);
        }
        model
    }

    #[test]
    fn before_a_hundred_matches_it_says_how_often_home_sides_win() {
        let mut model = after(0);
        assert_eq!(outcomes(&mut model, &played(0)), [0.45, 0.27, 0.28]);
        model.observe(&played(0));
        let [_, _, away] = outcomes(&mut model, &played(1));
        let is_away = result(&played(0)) == 2;
        assert!((away - (2.8 + f64::from(u8::from(is_away))) / 11.0).abs() < 1e-12);
    }

    #[test]
    fn the_better_side_is_favoured() {
        let mut model = after(300);
        let strong_at_home = (300..400)
            .map(played)
            .find(|m| m.fixture.home.0 < 2 && m.fixture.away.0 > 5);
        let weak_at_home = (300..400)
            .map(played)
            .find(|m| m.fixture.home.0 > 5 && m.fixture.away.0 < 2);
        let [strong, ..] = outcomes(&mut model, &strong_at_home.unwrap());
        let [weak, ..] = outcomes(&mut model, &weak_at_home.unwrap());
        assert!(strong > 0.5 && weak < 0.4, "{strong} {weak}");
    }

    #[test]
    fn a_corrected_result_leaves_nothing_behind() {
        let (mut corrected, mut at_once) = (after(150), after(150));
        let right = played(150);
        let wrong = Match {
            score: Score { home: 9, away: 0 },
            ..right.clone()
        };
        corrected.observe(&wrong);
        corrected.retract(&wrong);
        corrected.observe(&right);
        at_once.observe(&right);
        let next = played(151);
        let [found, expected] = [&mut corrected, &mut at_once].map(|model| outcomes(model, &next));
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn a_saved_model_goes_on_as_if_nothing_had_happened() {
        let mut model = after(160);
        let mut other = Logistic::new(&config()).unwrap();
        other.restore(&model.save().unwrap()).unwrap();
        for day in 160..180 {
            let played = played(day);
            assert_eq!(outcomes(&mut model, &played), outcomes(&mut other, &played));
            model.observe(&played);
            other.observe(&played);
        }
        let narrow = ModelConfig {
            features: vec![FeatureGroup::Form],
            ..config()
        };
        let mut narrow = Logistic::new(&narrow).unwrap();
        assert!(narrow.restore(&model.save().unwrap()).is_err());
    }

    #[test]
    fn standard_errors_are_those_of_the_fit() {
        let fit = after(400).fit_now().unwrap();
        assert_eq!((fit.matches, fit.coefficients.len()), (400, 8));
        for each in &fit.coefficients {
            assert!(
                each.standard_error
                    .is_some_and(|error| error > 0.0 && error < 5.0),
                "{each:?}"
            );
        }
    }
}
