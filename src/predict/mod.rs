//! Models: from past results and current prices to a distribution over final scores.
//!
//! A new model is a file here, a [`ModelKind`] and an arm in [`build`].

mod average;
mod birth_process;
mod cholesky;
mod config;
mod conjugate;
mod counts;
mod curvature;
mod decay;
mod determined;
mod dixon_coles;
mod elo;
mod families;
mod features;
mod file;
mod filter;
mod fit;
mod gauge;
mod goal_model;
mod groups;
mod in_play;
mod kind;
mod learn;
mod likelihood;
mod logistic;
pub mod margin;
mod market;
pub mod market_rates;
mod newton;
#[cfg(feature = "onnx")]
mod onnx;
mod outside;
mod pi;
mod poisson;
mod prediction_cache;
mod prior;
mod rated;
mod ratings;
mod refits;
mod root;
mod roster;
mod schedule;
mod score_grid;
mod secant;
mod shot_goals;
mod stated;
mod sums;
mod teaching;
#[cfg(feature = "onnx")]
mod trained;
mod vector;

use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use cholesky::Cholesky;
pub use config::{
    GoalProfile, InPlay, InPlayGoals, MakeModel, ModelConfig, ModelConfigError, Outside,
    ProgramConfig,
};
pub(crate) use decay::weight as decayed;
pub(crate) use families::SideFit;
pub use families::{Dependence, Family, Marginal, ShapeEstimate, ShapeParameter};
pub use features::FeatureGroup;
pub(crate) use features::Features;
pub(crate) use file::{KnownProbabilities, MatchProbabilities, NamedFixture, ProbabilityTable};
pub(crate) use filter::{
    Estimate, Filter, FilterTable, LeagueLevel, SeasonBelief, Strength, nations,
};
pub use fit::{Fit, FitConfig, MOST_TEAMS, Posterior, WeightedMatch, fit};
pub use goal_model::GoalModel;
pub use groups::Group;
pub(crate) use in_play::opinion as opinion_of_rates;
pub use kind::{ModelKind, ModelSetting};
pub use learn::{Asked, Learn};
pub use logistic::Link;
pub(crate) use logistic::{Coefficient, Logistic, LogisticFit};
pub use margin::MarginMethod;
pub use market::rates_of;
pub(crate) use market::{opinion_of, over_of};
pub(crate) use market_rates::{Over, USUAL_RHO};
pub use prediction_cache::{PredictionCache, Recorder};
pub use prior::Prior;
pub(crate) use stated::{MOST_OFF, Stated, StatedError, scale, stated};
#[cfg(feature = "onnx")]
pub(crate) use trained::{MOST_BYTES, Trained};

use crate::checkpoint::CheckpointError;
use crate::domain::{Fixture, LeagueId, Match, Names, Offer, Opinion, Statistics, Time};

/// A model of final scores.
///
/// An instance serves one pool of leagues. It observes results in order of time. Its predictions must not depend on the
/// numbers inside [`TeamId`](crate::domain::TeamId), which differ from run to run.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{Fixture, LeagueId, Match, MatchState, Offer, Opinion, PredictError, Predictor, ScoreGrid, TeamId, Time};
///
/// /// The same goals are expected of every match.
/// struct Constant;
///
/// impl Predictor for Constant {
///     fn observe(&mut self, _played: &Match) {}
///
///     fn predict(&mut self, _offer: &Offer, _now: Time) -> Result<Option<Opinion>, PredictError> {
///         Ok(ScoreGrid::poisson(1.6, 1.1).ok().map(Opinion::from))
///     }
/// }
///
/// let day = Time::from_days(19_580);
/// let fixture = Arc::new(Fixture {
///     id: Fixture::id_of("E0", "2023-08-11", "Burnley", "Man City"),
///     league: LeagueId(0),
///     home: TeamId(0),
///     away: TeamId(1),
///     season: 2023,
///     day,
///     kickoff: None,
///     neutral: false,
/// });
/// let offer = Offer { fixture, state: MatchState::default(), quotes: Vec::new() };
/// let opinion = Constant.predict(&offer, day).unwrap().unwrap();
/// assert!((opinion.outcomes().unwrap()[0] - 0.489573537).abs() < 1e-9);
/// ```
pub trait Predictor: Send {
    /// Learns a result.
    fn observe(&mut self, played: &Match);

    /// Takes back a result that was learned and turned out to be wrong; the right one, if there is any, is learned next.
    /// Nothing changes where the result has been forgotten. A model without this keeps what it learned.
    fn retract(&mut self, _played: &Match) {}

    /// Is called when a league of the pool is met, before any match of it, and again after the model was restored. A model that
    /// needs to know which league is which looks here; this default does nothing.
    fn meet(&mut self, _league: LeagueId, _name: &str) {}

    /// Is called once before the predictions of a round, with every offer of the pool in it, in the order in which they will be
    /// predicted. A model that answers for a whole round at once does its work here, and one that needs the names of teams
    /// gets them here. Names are only ever added to: a number means the same team for the whole of a run. This default does
    /// nothing.
    ///
    /// # Errors
    /// When the model fails, and when `stop` is raised.
    fn prepare(
        &mut self,
        _offers: &mut dyn Iterator<Item = &Offer>,
        _now: Time,
        _names: &Names,
        _stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        Ok(())
    }

    /// What the model says of an offered match, as of `now`; `None` without a forecast.
    ///
    /// # Errors
    /// When a fit does not converge.
    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError>;

    /// As [`Self::predict`], but a model whose fits may last long ends one soon after `stop` is raised, with
    /// [`PredictError::Stopped`]. This default never looks.
    ///
    /// # Errors
    /// As [`Self::predict`], and when `stop` is raised.
    fn predict_until(
        &mut self,
        offer: &Offer,
        now: Time,
        _stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        self.predict(offer, now)
    }

    /// A model that knows the same, to ask without consequences: whatever happens to it, this one stays as it is. `None` where
    /// saving and restoring makes one.
    fn copy(&self) -> Option<Box<dyn Predictor>> {
        None
    }

    /// How many results of its home and of its away side the last prediction of a match rests on.
    ///
    /// The engine does not bet on a match of which a model has seen too little ([`ModelConfig::min_matches`]), and has no
    /// forecast for a league of which it has seen nothing. A model that does not learn from results says `None`, as this
    /// default does: it is always bet by.
    fn matches_seen(&self, _fixture: &Fixture) -> Option<[u32; 2]> {
        None
    }

    /// The exact state on which later predictions depend, without the settings; `None` when it cannot be saved.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// Restores a state that a model with the same settings saved.
    ///
    /// # Errors
    /// When the bytes are not such a state.
    fn restore(&mut self, _state: &[u8]) -> Result<(), CheckpointError> {
        Err(CheckpointError::Unsaved("this model".to_owned()))
    }
}

/// The model of these settings for a pool, which is named by its leagues.
///
/// # Errors
/// When a setting is out of its range, or a model from outside is not loaded or cannot be made.
pub fn build(pool: &str, config: &ModelConfig) -> Result<Box<dyn Predictor>, ModelConfigError> {
    config.validate()?;
    let of_goals;
    let config = if config.kind.uses(ModelSetting::Learn) {
        config
    } else {
        of_goals = config.taught_by_goals();
        &of_goals
    };
    Ok(match config.kind {
        ModelKind::Average => Box::new(average::Average::new(config)),
        ModelKind::Poisson => Box::new(poisson::model(config)),
        ModelKind::DixonColes => Box::new(dixon_coles::model(config)),
        ModelKind::Filter => Box::new(Filter::new(pool, config)),
        ModelKind::Market => Box::new(market::Market::new(config)),
        ModelKind::Truth => return Err(ModelConfigError::Unknowable),
        ModelKind::Elo => Box::new(elo::model(config)),
        ModelKind::Pi => Box::new(pi::model(config)),
        ModelKind::Logistic => Box::new(Logistic::new(config)?),
        ModelKind::File | ModelKind::Exec | ModelKind::Onnx => outside::make(pool, config)?,
    })
}

/// The goal model of these settings, whose fit can be read; `None` for a kind without a fit.
///
/// # Errors
/// When a setting is out of its range.
pub fn goal_model(config: &ModelConfig) -> Result<Option<GoalModel>, ModelConfigError> {
    config.validate()?;
    Ok(match config.kind {
        ModelKind::Average
        | ModelKind::Filter
        | ModelKind::Market
        | ModelKind::Truth
        | ModelKind::Elo
        | ModelKind::Pi
        | ModelKind::Logistic
        | ModelKind::File
        | ModelKind::Exec
        | ModelKind::Onnx => None,
        ModelKind::Poisson => Some(poisson::model(config)),
        ModelKind::DixonColes => Some(dixon_coles::model(config)),
    })
}

/// Why a prediction failed.
///
/// ```
/// use simbet::PredictError;
/// let error = PredictError::Undetermined { matches: 3 };
/// assert!(error.to_string().contains("3 matches"));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PredictError {
    /// The likelihood could not be maximised.
    #[error(
        "the fit did not converge: gradient norm {gradient:.3e} after {iterations} iterations on {matches} matches"
    )]
    NotConverged {
        /// Newton steps taken.
        iterations: u32,
        /// Euclidean norm of the last gradient.
        gradient: f64,
        /// Matches fitted.
        matches: usize,
    },
    /// The results leave a parameter undetermined, or the likelihood has no maximum.
    #[error(
        "{matches} matches do not determine the strengths of the teams; give more matches, or a --prior above 0"
    )]
    Undetermined {
        /// Number of matches.
        matches: usize,
    },
    /// More teams than one model may have ([`MOST_TEAMS`]).
    #[error(
        "{teams} teams in one model, and {most} are the most: name each match's league in a column of its own or with \
         --league, split the --pool, or join spellings of one team with --alias"
    )]
    TooManyTeams {
        /// The teams.
        teams: usize,
        /// The most there may be.
        most: usize,
    },
    /// The fit was stopped before its end.
    #[error("the fit was stopped before its end")]
    Stopped,
    /// A model from outside simbet failed.
    #[error("{0}")]
    Outside(String),
    /// A match that cannot be fitted.
    #[error("match {index}: two different teams and a weight of at least 0 are needed")]
    BadMatch {
        /// Its index, from 0.
        index: usize,
    },
}

/// Whether the shots of a match can teach.
pub(crate) fn has_shots(statistics: &Statistics) -> bool {
    shot_goals::rated(statistics).is_some() || shot_goals::Shots::of(statistics).is_some()
}

/// Whether the last prices of a match can teach.
pub(crate) fn has_prices(statistics: &Statistics) -> bool {
    let prices = statistics.last_prices.as_ref();
    prices.is_some_and(|prices| prices.result.is_some())
}

/// Whether those prices are closing prices.
pub(crate) fn has_closing_prices(statistics: &Statistics) -> bool {
    let prices = statistics.last_prices.as_ref();
    let result = prices.and_then(|prices| prices.result);
    result.is_some_and(|(source, _)| source.is_closing())
}

/// Fails once `stop` is raised.
fn ensure_wanted(stop: &AtomicBool) -> Result<(), PredictError> {
    if stop.load(Ordering::Relaxed) {
        return Err(PredictError::Stopped);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn what_a_kind_says_of_itself_is_what_is_built() {
        for &kind in ModelKind::value_variants() {
            let config = ModelConfig {
                kind,
                ..ModelConfig::default()
            };
            let fits = goal_model(&config).unwrap().is_some();
            assert_eq!(fits, kind.has_strengths(), "{kind:?}");
            let cannot_be_made = kind.knows_truth() || kind.is_from_outside();
            assert_eq!(build("", &config).is_err(), cannot_be_made, "{kind:?}");
        }
        let listed = "poisson, dixon-coles or filter";
        assert_eq!(ModelKind::those_with_strengths(), listed);
    }
}
