//! The settings of models, and what makes those from outside.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Predictor;
use super::families::{Dependence, Family, Marginal};
use super::features::FeatureGroup;
use super::kind::{ModelKind, ModelSetting};
use super::learn::{Asked, Learn};
use super::logistic::Link;
use super::margin::MarginMethod;
use super::prior::Prior;
use crate::domain::Book;

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

/// Whether the rates of goals change with the score once a match is under way.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum InPlayGoals {
    /// They do not: each goal falls at a time of its own.
    #[default]
    Constant,
    /// They do, as in a birth process: who leads scores at another rate than who trails.
    BirthProcess,
}

impl InPlayGoals {
    /// Whether it is what models have unless something else is set.
    const fn is_usual(&self) -> bool {
        matches!(self, Self::Constant)
    }
}

/// How the goals still to come fall once a match is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InPlay {
    /// In which minutes.
    pub profile: GoalProfile,
    /// At which rates.
    pub goals: InPlayGoals,
}

impl From<GoalProfile> for InPlay {
    fn from(profile: GoalProfile) -> Self {
        Self {
            profile,
            ..Self::default()
        }
    }
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
/// all of it taught by goals alone, with a half-life of 330 days where nothing else is said,
/// and 1.02673 for a nearly flat prior (half-life 385 days, window 1461 days). A table like this one, with errors, together and by
/// division, is what `simbet tune data/ --model dixon-coles --learn goals --grid half_life=270,330,385,500` prints, and the same with
/// `--grid window=1461,2192` or `--grid prior=0.2,0.25,0.3`; `--to` keeps what is held out from it. The Premier League of 2018-19 to 2022-23
/// was not used for the choice. There, over all 1,900 matches, promoted teams included:
///
/// | | log loss | Brier | RPS |
/// |---|---|---|---|
/// | Dixon-Coles, results since 1993 | .96614 | .57249 | .20099 |
/// | Dixon-Coles, results since 2014 | .96672 | .57288 | .20124 |
/// | Poisson, results since 1993 | .96506 | .57195 | .20090 |
/// | Dixon-Coles taught by goals and shots, since 1993 | .96315 | .56957 | .19965 |
/// | average, results since 1993 | 1.06400 | .64369 | .23511 |
/// | Pinnacle's closing prices, margin by power | .95173 | .56246 | .19618 |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// Which model.
    pub kind: ModelKind,
    /// What teaches the goal models.
    #[serde(default = "Learn::goals", skip_serializing_if = "Learn::is_goals")]
    pub learn: Learn,
    /// Which of half-life and prior are kept in a league that lacks something of what is to teach. The others give way there, if they
    /// are the usual ones, to the usual ones of what is there.
    #[serde(skip_serializing_if = "Asked::is_nothing")]
    pub asked: Asked,
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
    /// How the goals of a side are distributed, in models with strengths.
    #[serde(skip_serializing_if = "Marginal::is_usual")]
    pub marginal: Marginal,
    /// How the goals of the two sides depend on each other; `None`: as the model says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependence: Option<Dependence>,
    /// The correction of low scores where it is not fitted, between −.2 and .2; `None`: the model's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rho: Option<f64>,
    /// The book whose prices the market model uses; `None`: the first book that prices home, draw and away.
    pub market_book: Option<Book>,
    /// How the market model removes the margin.
    pub margin_method: MarginMethod,
    /// The distribution of goals over a match, for prices in play.
    pub profile: GoalProfile,
    /// Whether the rates of goals change with the score, for prices in play.
    #[serde(skip_serializing_if = "InPlayGoals::is_usual")]
    pub in_play_goals: InPlayGoals,
    /// What the logistic model learns from; empty: its usual features.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureGroup>,
    /// How the features of the logistic model become probabilities.
    #[serde(skip_serializing_if = "Link::is_usual")]
    pub link: Link,
    /// The penalty λ/2·Σβ² of the logistic model, on the coefficients of standardised features; `None`: chosen by
    /// forecasts of the later half of the matches so far from those before them.
    #[serde(skip_serializing_if = "Option::is_none")]
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
            learn: Learn::GOALS_AND_SHOTS,
            asked: Asked::default(),
            half_life: Some(200.0),
            window: Some(2192.0),
            prior: Some(prior.sd),
            newcomer: prior.newcomer,
            min_matches: 15,
            refit_every: 1,
            marginal: Marginal::default(),
            dependence: None,
            rho: None,
            market_book: None,
            margin_method: MarginMethod::default(),
            profile: GoalProfile::default(),
            in_play_goals: InPlayGoals::default(),
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
    /// The usual settings of a kind of model, with the half-life and the prior that suit what teaches it; `None`: what usually does.
    ///
    /// ```
    /// use simbet::{Learn, ModelConfig, ModelKind};
    /// let config = ModelConfig::taught(ModelKind::DixonColes, Some(Learn::PRICES));
    /// assert_eq!((config.half_life, config.prior), (Some(20.0), Some(0.4)));
    /// ```
    pub fn taught(kind: ModelKind, learn: Option<Learn>) -> Self {
        let usual = kind.usual_teachers();
        let learn = learn.unwrap_or(usual);
        // a model that nobody can teach otherwise keeps its settings: that it was asked to is said elsewhere
        let effective = if kind.uses(ModelSetting::Learn) {
            learn
        } else {
            usual
        };
        let (half_life, prior) = effective.usual();
        Self {
            kind,
            learn,
            half_life: Some(half_life),
            prior: Some(prior),
            ..Self::default()
        }
    }

    /// These settings for what only goals teach.
    pub(super) fn taught_by_goals(&self) -> Self {
        let Asked { half_life, prior } = self.asked;
        let learn = Learn::GOALS;
        Self {
            learn,
            half_life: self.learn.half_life(learn, self.half_life, half_life),
            prior: self.prior.map(|sd| self.learn.prior(learn, sd, prior)),
            ..self.clone()
        }
    }

    /// What teaches the model, where that is more than goals.
    pub(crate) fn teachers(&self) -> Option<Learn> {
        Some(self.learn).filter(|learn| !learn.is_goals() && self.uses(ModelSetting::Learn))
    }

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
        self.check_family()?;
        check_range(
            "correction of low scores, rho, must be",
            self.rho,
            -0.2,
            0.2,
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
            | ModelSetting::Marginal
            | ModelSetting::Dependence
            | ModelSetting::InPlayGoals
            | ModelSetting::Learn
            | ModelSetting::Features
            | ModelSetting::Link
            | ModelSetting::Rho
            | ModelSetting::PoolWith
            | ModelSetting::Ridge
            | ModelSetting::Probabilities
            | ModelSetting::Program => false,
        };
        let mut groups = self.feature_groups().iter();
        self.kind.uses(setting) && (!is_of_features || groups.any(|group| group.uses(setting)))
    }

    /// Whether it looks at what was counted in matches beside their goals.
    pub(crate) fn observes_statistics(&self) -> bool {
        match self.kind {
            ModelKind::Exec | ModelKind::Onnx => true,
            ModelKind::Logistic => {
                let mut groups = self.feature_groups().iter();
                groups.any(|group| group.needs_statistics())
            }
            ModelKind::Poisson | ModelKind::DixonColes | ModelKind::Filter => self.learn.shots,
            ModelKind::Average
            | ModelKind::Market
            | ModelKind::Truth
            | ModelKind::Elo
            | ModelKind::Pi
            | ModelKind::File => false,
        }
    }

    /// Whether it learns from how matches were priced last.
    pub(crate) const fn observes_last_prices(&self) -> bool {
        match self.kind {
            ModelKind::Poisson | ModelKind::DixonColes | ModelKind::Filter => self.learn.prices,
            ModelKind::Average
            | ModelKind::Market
            | ModelKind::Truth
            | ModelKind::Elo
            | ModelKind::Pi
            | ModelKind::Logistic
            | ModelKind::File
            | ModelKind::Exec
            | ModelKind::Onnx => false,
        }
    }

    /// What the logistic model learns from.
    pub(crate) fn feature_groups(&self) -> &[FeatureGroup] {
        const USUAL: [FeatureGroup; 3] = [FeatureGroup::Elo, FeatureGroup::Pi, FeatureGroup::Goals];
        match self.features.as_slice() {
            [] => &USUAL,
            groups => groups,
        }
    }

    /// Whether it forecasts from prices of totals, also where nobody bets on these.
    pub(crate) fn wants_totals(&self) -> bool {
        match self.kind {
            ModelKind::Logistic => self.feature_groups().contains(&FeatureGroup::Market),
            // which features a trained model wants is known once its file is open
            ModelKind::Market | ModelKind::Onnx => true,
            ModelKind::Average
            | ModelKind::Poisson
            | ModelKind::DixonColes
            | ModelKind::Filter
            | ModelKind::Truth
            | ModelKind::Elo
            | ModelKind::Pi
            | ModelKind::File
            | ModelKind::Exec => false,
        }
    }

    /// How the goals still to come fall once a match is under way.
    pub(crate) const fn in_play(&self) -> InPlay {
        InPlay {
            profile: self.profile,
            goals: self.in_play_goals,
        }
    }

    /// The same model, whose name says how goals depend on each other, wherever a name can.
    pub(crate) fn with_plain_dependence(self) -> Self {
        let named = if self.kind == ModelKind::Poisson {
            Dependence::Independent
        } else if self.kind == ModelKind::DixonColes {
            Dependence::DixonColes
        } else {
            return self;
        };
        let dependence = self.dependence.unwrap_or(named);
        let (kind, dependence) = match dependence {
            Dependence::Independent => (ModelKind::Poisson, None),
            Dependence::DixonColes => (ModelKind::DixonColes, None),
            Dependence::BivariatePoisson | Dependence::Frank => {
                (ModelKind::Poisson, Some(dependence))
            }
        };
        Self {
            kind,
            dependence,
            ..self
        }
    }

    /// Checks that there is such a family.
    fn check_family(&self) -> Result<(), ModelConfigError> {
        if let (ModelKind::DixonColes, Some(dependence)) = (self.kind, self.dependence)
            && dependence != Dependence::DixonColes
        {
            return Err(ModelConfigError::Dependence(dependence));
        }
        if self.kind.has_strengths() && !self.family(Dependence::Independent).is_possible() {
            return Err(ModelConfigError::Marginal(self.marginal));
        }
        Ok(())
    }

    /// The family of a model whose goals depend on each other in this way unless something else is set.
    pub(super) fn family(&self, usual: Dependence) -> Family {
        Family {
            marginal: self.marginal,
            dependence: self.dependence.unwrap_or(usual),
            rho: self.rho,
        }
    }

    pub(super) fn prior(&self) -> Option<Prior> {
        self.prior.map(|sd| Prior {
            sd,
            newcomer: self.newcomer,
            ..Prior::default()
        })
    }
}

/// Makes the models of pools from something outside simbet.
///
/// Whoever reads the file or starts the program implements this: models themselves open nothing.
pub trait MakeModel: Send + Sync {
    /// The model of a pool, which is named by its leagues.
    ///
    /// # Errors
    /// When the model cannot be made.
    fn make(
        &self,
        pool: &str,
        config: &ModelConfig,
    ) -> Result<Box<dyn Predictor>, ModelConfigError>;

    /// What a user should know of the models that it has made, once a run is over: a sentence each.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How a program is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProgramConfig {
    /// How long it may take for an answer. It changes no result.
    #[serde(skip)]
    pub timeout: Duration,
    /// Whether it is told prices.
    pub prices: bool,
}

impl Default for ProgramConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            prices: false,
        }
    }
}

impl ProgramConfig {
    /// Whether it is told what every program is told.
    pub(super) const fn is_usual(&self) -> bool {
        !self.prices
    }
}

/// What a model from outside is, and who makes it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Outside {
    /// What it is, in the words of the user: paths, or a command.
    pub source: Vec<String>,
    /// The SHA-256 of its content, in hexadecimal, as far as that can be known: a change of it is another model.
    pub sha256: Vec<String>,
    /// Who makes it; `None` in settings that were read from a file and not loaded.
    #[serde(skip)]
    pub maker: Option<Arc<dyn MakeModel>>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("source", &self.source)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Outside {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, &self.sha256) == (&other.source, &other.sha256)
    }
}

/// The name of a value on the command line.
fn name_of<T: clap::ValueEnum>(value: T) -> String {
    let possible = value.to_possible_value();
    possible.map_or_else(String::new, |value| value.get_name().to_owned())
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
    /// A dependence that is not that of the model's name.
    #[error(
        "--model dixon-coles is the model whose goals depend on each other by its rho: with --dependence {} leave --model out, or \
         choose --model poisson",
        name_of(*.0)
    )]
    Dependence(Dependence),
    /// A marginal that cannot have the dependence.
    #[error(
        "--dependence bivariate-poisson is made of Poisson goals, of each side and of both at once: leave out --marginal {}, or \
         choose another --dependence, such as frank",
        name_of(*.0)
    )]
    Marginal(Marginal),
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
