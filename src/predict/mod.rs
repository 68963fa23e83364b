//! Models: from past results and current prices to a distribution over final scores.
//!
//! A new model is a file here, a [`ModelKind`] and an arm in [`build`].

mod average;
mod cholesky;
mod conjugate;
mod counts;
mod curvature;
mod decay;
mod determined;
mod dixon_coles;
mod elo;
mod features;
mod file;
mod fit;
mod goal_model;
mod groups;
mod in_play;
mod likelihood;
mod logistic;
pub mod margin;
mod market;
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
mod roster;
mod score_grid;
mod sums;
#[cfg(feature = "onnx")]
mod trained;
mod vector;

use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum as _;
use serde::{Deserialize, Serialize};

pub(crate) use cholesky::Cholesky;
pub use features::FeatureGroup;
pub(crate) use features::Features;
pub(crate) use file::{KnownProbabilities, MatchProbabilities, NamedFixture, ProbabilityTable};
pub(crate) use fit::ensure_teams;
pub use fit::{Dependence, Fit, FitConfig, MOST_TEAMS, Posterior, WeightedMatch, fit};
pub use goal_model::GoalModel;
pub use groups::Group;
pub(crate) use in_play::opinion as opinion_of_rates;
pub use logistic::Link;
pub(crate) use logistic::{Coefficient, Logistic, LogisticFit};
pub use margin::MarginMethod;
pub use market::rates_of;
pub use outside::{MakeModel, Outside, ProgramConfig};
pub use prediction_cache::{PredictionCache, Recorder};
pub use prior::Prior;
#[cfg(feature = "onnx")]
pub(crate) use trained::{MOST_BYTES, Trained};

use crate::checkpoint::CheckpointError;
use crate::domain::{Book, Fixture, Match, Names, Offer, Opinion, Time};

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

/// Which model.
///
/// ```
/// use simbet::ModelKind;
/// assert_eq!(ModelKind::default(), ModelKind::DixonColes);
/// assert!(ModelKind::Poisson.has_strengths());
/// assert!(!ModelKind::Market.learns_from_results());
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// The league's running means.
    Average,
    /// Attack, defence and home advantage.
    Poisson,
    /// The same with the correction of low scores.
    #[default]
    DixonColes,
    /// A bookmaker's prices without the margin.
    Market,
    /// The goal rates that matches were drawn from: in simulations only.
    Truth,
    /// Elo ratings.
    Elo,
    /// Pi-ratings.
    Pi,
    /// Logistic regression on features of the matches before.
    Logistic,
    /// Probabilities that a file has.
    File,
    /// A program of your own, which is asked for its forecasts.
    Exec,
    /// A network or another model that was trained elsewhere.
    Onnx,
}

impl ModelKind {
    /// Whether it fits a table of teams, with an attack and a defence for each.
    pub const fn has_strengths(self) -> bool {
        match self {
            Self::Poisson | Self::DixonColes => true,
            Self::Average
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Exec
            | Self::Onnx => false,
        }
    }

    /// Whether results change what it predicts: without any it has nothing to go by.
    pub const fn learns_from_results(self) -> bool {
        match self {
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::Onnx => true,
            Self::Market | Self::Truth | Self::File | Self::Exec => false,
        }
    }

    /// Whether it is told the truth, which only a simulation can do.
    pub const fn knows_truth(self) -> bool {
        match self {
            Self::Truth => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Market
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Exec
            | Self::Onnx => false,
        }
    }

    /// Whether it is made from something outside simbet, which has to be loaded first: see [`Outside`].
    pub const fn is_from_outside(self) -> bool {
        match self {
            Self::File | Self::Exec | Self::Onnx => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic => false,
        }
    }

    /// Whether one model serves all leagues of a run: it is told everything in order, whatever the league.
    pub const fn is_one_for_all_leagues(self) -> bool {
        match self {
            Self::Exec => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Onnx => false,
        }
    }

    /// What stands after the colon of `exec:COMMAND` and `onnx:FILE`; `None` for a kind that takes nothing.
    pub const fn argument(self) -> Option<&'static str> {
        match self {
            Self::Exec => Some("COMMAND"),
            Self::Onnx => Some("FILE"),
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File => None,
        }
    }

    /// Whether a setting can change what it predicts, or which of its predictions are bet on.
    pub const fn uses(self, setting: ModelSetting) -> bool {
        match setting {
            ModelSetting::HalfLife | ModelSetting::Window | ModelSetting::Prior => match self {
                Self::Average | Self::Poisson | Self::DixonColes | Self::Logistic | Self::Onnx => {
                    true
                }
                Self::Market | Self::Truth | Self::Elo | Self::Pi | Self::File | Self::Exec => {
                    false
                }
            },
            ModelSetting::Pool | ModelSetting::MinMatches => self.learns_from_results(),
            // rates in a file make a grid in play too
            ModelSetting::Profile => match self {
                Self::Average | Self::Poisson | Self::DixonColes | Self::File | Self::Exec => true,
                Self::Market | Self::Truth | Self::Elo | Self::Pi | Self::Logistic | Self::Onnx => {
                    false
                }
            },
            ModelSetting::Probabilities => matches!(self, Self::File),
            ModelSetting::Program => self.is_one_for_all_leagues(),
            ModelSetting::RefitEvery => match self {
                Self::Poisson | Self::DixonColes | Self::Elo | Self::Pi | Self::Logistic => true,
                Self::Average
                | Self::Market
                | Self::Truth
                | Self::File
                | Self::Exec
                | Self::Onnx => false,
            },
            ModelSetting::Features | ModelSetting::Link | ModelSetting::Ridge => match self {
                Self::Logistic => true,
                Self::Average
                | Self::Poisson
                | Self::DixonColes
                | Self::Market
                | Self::Truth
                | Self::Elo
                | Self::Pi
                | Self::File
                | Self::Exec
                | Self::Onnx => false,
            },
            ModelSetting::MarketBook | ModelSetting::MarginMethod => match self {
                Self::Market | Self::Logistic => true,
                Self::Average
                | Self::Poisson
                | Self::DixonColes
                | Self::Truth
                | Self::Elo
                | Self::Pi
                | Self::File
                | Self::Exec
                | Self::Onnx => false,
            },
        }
    }

    /// The models with strengths, as an error lists them: `poisson or dixon-coles`.
    pub(crate) fn those_with_strengths() -> String {
        let kinds = Self::value_variants().iter();
        let names = kinds
            .filter(|kind| kind.has_strengths())
            .filter_map(Self::to_possible_value)
            .map(|value| value.get_name().to_owned());
        names.collect::<Vec<_>>().join(" or ")
    }
}

/// A setting that some models use: see [`ModelKind::uses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSetting {
    /// How fast results fade.
    HalfLife,
    /// How long results count.
    Window,
    /// What is expected before any result.
    Prior,
    /// Leagues that share a model.
    Pool,
    /// What has to be seen before a bet.
    MinMatches,
    /// How often strengths are fitted.
    RefitEvery,
    /// Whose prices are the market's.
    MarketBook,
    /// How the margin is removed.
    MarginMethod,
    /// When goals fall.
    Profile,
    /// What is learned from.
    Features,
    /// Files of probabilities.
    Probabilities,
    /// How features become probabilities.
    Link,
    /// How small coefficients are kept.
    Ridge,
    /// How a program is asked.
    Program,
}

/// The distribution of a match's goals over its minutes.
///
/// ```
/// use simbet::{GoalProfile, Settings};
/// let settings = Settings::from_toml("profile = 'empirical'").unwrap();
/// assert_eq!(settings.profile, Some(GoalProfile::Empirical));
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum GoalProfile {
    /// Evenly over 90 minutes.
    #[default]
    Uniform,
    /// As they fell in 15,301 matches, stoppage time included.
    Empirical,
}

/// The settings of a model.
///
/// # Where the defaults come from
/// Each match day of 12 divisions (B1 E0 E1 E2 F1 F2 G1 P1 SC0 SP1 SP2 T1 of football-data.co.uk, 2003-04 to
/// 2024-25, the Premier League only up to 2017-18: 88,283 matches) was predicted by the Dixon-Coles model
/// from the results of earlier days. Mean log loss of home, draw and away:
///
/// | changed | log loss | | changed | log loss |
/// |---|---|---|---|---|
/// | nothing | 1.01504 | | window 1461 days | 1.01520 |
/// | half-life 270 days | 1.01503 | | no window | 1.01504 |
/// | half-life 385 days | 1.01519 | | prior 0.2 | 1.01535 |
/// | half-life 500 days | 1.01566 | | prior 0.3 | 1.01521 |
/// | attack and defence uncorrelated | 1.01606 | | newcomers like any other team | 1.01591 |
///
/// and 1.02673 for a nearly flat prior (half-life 385 days, window 1461 days). The Premier League of 2018-19 to 2022-23
/// was not used for the choice. There, over all 1,900 matches, promoted teams included:
///
/// | | log loss | Brier | RPS |
/// |---|---|---|---|
/// | Dixon-Coles, results since 1993 | .96614 | .57249 | .20099 |
/// | Dixon-Coles, results since 2014 | .96672 | .57288 | .20124 |
/// | Poisson, results since 1993 | .96506 | .57195 | .20090 |
/// | average, results since 1993 | 1.06400 | .64369 | .23511 |
/// | Pinnacle's closing prices, multiplicative | .95175 | .56257 | .19618 |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// Which model.
    pub kind: ModelKind,
    /// Days in which a result loses half its weight, above 0; `None`: never.
    pub half_life: Option<f64>,
    /// Days after which a result is forgotten, at least 1; `None`: never.
    pub window: Option<f64>,
    /// Standard deviation of attack and of defence over the teams of a league, in log goals, above 0. `None`: plain
    /// maximum likelihood, and no forecast for a team that has not played.
    pub prior: Option<f64>,
    /// Attack and defence expected of a newcomer to the league, in log goals; only with a prior.
    pub newcomer: f64,
    /// Matches that the model must have in memory of either team before a bet. Forecasts need a result of the league, but
    /// none of the teams. 0: bets and forecasts even without any result.
    ///
    /// # Where the default comes from
    /// Bets of an expected value above 5 % at Bet365's or average prices, a unit each, on every match of 17 divisions of
    /// football-data.co.uk (2000-01 to 2024-25), each season without the results of earlier ones, by the fewest matches
    /// of either team that the model had seen:
    ///
    /// | seen | bets | expected value | yield | Kelly's yield | odds above the close |
    /// |---|---|---|---|---|---|
    /// | 0–4 | 11,914 | +52.7 % | −12.8 % ± 1.6 | −10.9 % | +1.9 % |
    /// | 5–9 | 10,464 | +33.7 % | −13.2 % ± 1.6 | −13.7 % | +0.6 % |
    /// | 10–14 | 9,447 | +27.7 % | −13.0 % ± 1.7 | −12.8 % | +0.6 % |
    /// | 15–19 | 8,699 | +24.7 % | −9.9 % ± 1.9 | −9.0 % | +0.7 % |
    /// | 20 and more | 31,576 | +22.7 % | −8.9 % ± 1.0 | −7.6 % | +0.4 % |
    ///
    /// From 15 matches on the yield is that of a model that knows its teams. Odds above the closing ones do not tell them apart.
    pub min_matches: u32,
    /// Rounds from fit to fit, at least 1.
    pub refit_every: u32,
    /// The book whose prices the market model uses; `None`: the first book that prices home, draw and away.
    pub market_book: Option<Book>,
    /// How the market model removes the margin.
    pub margin_method: MarginMethod,
    /// The distribution of goals over a match, for prices in play.
    pub profile: GoalProfile,
    /// What the logistic model learns from; empty: its usual features.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureGroup>,
    /// How the features of the logistic model become probabilities.
    pub link: Link,
    /// The penalty λ/2·Σβ² of the logistic model, on the coefficients of standardised features; `None`: chosen by
    /// forecasts of the later half of the matches so far from those before them.
    pub ridge: Option<f64>,
    /// The command of a program, or the path of a trained model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// How a program is asked.
    #[serde(skip_serializing_if = "ProgramConfig::is_usual")]
    pub program: ProgramConfig,
    /// What a model from outside simbet is; `None` for the others, and until it is loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
}

impl Default for ModelConfig {
    fn default() -> Self {
        let prior = Prior::default();
        Self {
            kind: ModelKind::default(),
            half_life: Some(330.0),
            window: Some(2192.0),
            prior: Some(prior.sd),
            newcomer: prior.newcomer,
            min_matches: 15,
            refit_every: 1,
            market_book: None,
            margin_method: MarginMethod::default(),
            profile: GoalProfile::default(),
            features: Vec::new(),
            link: Link::default(),
            ridge: None,
            argument: None,
            program: ProgramConfig::default(),
            outside: None,
        }
    }
}

impl ModelConfig {
    /// Checks every range.
    ///
    /// # Errors
    /// When a setting is out of its range.
    ///
    /// ```
    /// use simbet::ModelConfig;
    /// assert!(ModelConfig::default().validate().is_ok());
    /// let error = ModelConfig { half_life: Some(0.0), ..ModelConfig::default() }.validate().unwrap_err();
    /// assert_eq!(error.to_string(), "the half-life must be a number of days between 0.01 and 1000000, not 0");
    /// ```
    pub fn validate(&self) -> Result<(), ModelConfigError> {
        check_range(
            "half-life must be a number of days",
            self.half_life,
            0.01,
            1e6,
        )?;
        check_range("window must be a number of days", self.window, 1.0, 1e6)?;
        check_range(
            "prior must be a standard deviation in log goals",
            self.prior,
            1e-3,
            10.0,
        )?;
        check_range(
            "expected strength of newcomers must be in log goals",
            Some(self.newcomer),
            -3.0,
            3.0,
        )?;
        check_range("ridge penalty must be", self.ridge, 0.0, 1e9)?;
        check_range(
            "number of rounds from fit to fit must be",
            Some(f64::from(self.refit_every)),
            1.0,
            4_294_967_295.0,
        )
    }

    /// Whether a setting can change what this model predicts, or which of its predictions are bet on. Some settings are those
    /// of features, and count where a model learns from such ones.
    pub(crate) fn uses(&self, setting: ModelSetting) -> bool {
        let is_of_features = match setting {
            ModelSetting::HalfLife
            | ModelSetting::Window
            | ModelSetting::Prior
            | ModelSetting::MarketBook
            | ModelSetting::MarginMethod => self.kind.uses(ModelSetting::Features),
            ModelSetting::Pool
            | ModelSetting::MinMatches
            | ModelSetting::RefitEvery
            | ModelSetting::Profile
            | ModelSetting::Features
            | ModelSetting::Link
            | ModelSetting::Ridge
            | ModelSetting::Probabilities
            | ModelSetting::Program => false,
        };
        let mut groups = self.feature_groups().iter();
        self.kind.uses(setting) && (!is_of_features || groups.any(|group| group.uses(setting)))
    }

    /// What the logistic model learns from.
    pub(crate) fn feature_groups(&self) -> &[FeatureGroup] {
        const USUAL: [FeatureGroup; 3] = [FeatureGroup::Elo, FeatureGroup::Pi, FeatureGroup::Goals];
        match self.features.as_slice() {
            [] => &USUAL,
            groups => groups,
        }
    }

    fn prior(&self) -> Option<Prior> {
        self.prior.map(|sd| Prior {
            sd,
            newcomer: self.newcomer,
            ..Prior::default()
        })
    }
}

/// The model of these settings for a pool, which is named by its leagues.
///
/// # Errors
/// When a setting is out of its range, or a model from outside is not loaded or cannot be made.
pub fn build(pool: &str, config: &ModelConfig) -> Result<Box<dyn Predictor>, ModelConfigError> {
    config.validate()?;
    Ok(match config.kind {
        ModelKind::Average => Box::new(average::Average::new(config)),
        ModelKind::Poisson => Box::new(poisson::model(config)),
        ModelKind::DixonColes => Box::new(dixon_coles::model(config)),
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

/// Checks an optional setting against its range.
fn check_range(
    name: &'static str,
    value: Option<f64>,
    low: f64,
    high: f64,
) -> Result<(), ModelConfigError> {
    match value {
        Some(value) if !(low..=high).contains(&value) => Err(ModelConfigError::Range {
            name,
            value,
            low,
            high,
        }),
        Some(_) | None => Ok(()),
    }
}

/// A setting of a model that is out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelConfigError {
    /// The true goal rates outside a simulation.
    #[error("--model truth is for simulations: nobody knows the true goal rates of real matches")]
    Unknowable,
    /// A model from outside simbet that nobody has loaded.
    #[error("the model is from outside simbet and was not loaded")]
    NotLoaded,
    /// A model from outside simbet that cannot be made.
    #[error("{0}")]
    Outside(String),
    /// A number is too small, too large, or not a number.
    #[error("the {name} between {low} and {high}, not {value}")]
    Range {
        /// The setting, as the message names it.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The least value allowed.
        low: f64,
        /// The greatest value allowed.
        high: f64,
    },
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

/// Fails once `stop` is raised.
fn ensure_wanted(stop: &AtomicBool) -> Result<(), PredictError> {
    if stop.load(Ordering::Relaxed) {
        return Err(PredictError::Stopped);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
        assert_eq!(ModelKind::those_with_strengths(), "poisson or dixon-coles");
    }
}
