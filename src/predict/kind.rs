//! The kinds of models, and what each can do.

use clap::ValueEnum as _;
use serde::{Deserialize, Serialize};

use super::fit::MOST_TEAMS;
use super::learn::Learn;

/// The most teams that one filter follows at a time: what a match costs grows with their square.
pub(super) const MOST_FILTERED: usize = 1_000;

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
    /// The same strengths, which drift from day to day: a filter for the divisions of a nation.
    Filter,
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
            | Self::Filter
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
            | Self::Filter
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::Onnx => true,
            Self::Market | Self::Truth | Self::File | Self::Exec => false,
        }
    }

    /// The most teams of a pool; `None` where their number does not matter.
    pub(crate) const fn most_teams(self) -> Option<usize> {
        match self {
            Self::Poisson | Self::DixonColes => Some(MOST_TEAMS),
            Self::Filter => Some(MOST_FILTERED),
            Self::Average
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Exec
            | Self::Onnx => None,
        }
    }

    /// Whether it follows teams between the divisions of a nation, which then are a pool unless something else is said.
    pub const fn is_filter(self) -> bool {
        matches!(self, Self::Filter)
    }

    /// What teaches it unless something else is asked for.
    pub const fn usual_teachers(self) -> Learn {
        match self {
            Self::Filter => Learn::ALL,
            Self::Poisson | Self::DixonColes => Learn::GOALS_AND_SHOTS,
            Self::Average
            | Self::Market
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Exec
            | Self::Onnx => Learn::GOALS,
        }
    }

    /// Whether it is told the truth, which only a simulation can do.
    pub const fn knows_truth(self) -> bool {
        match self {
            Self::Truth => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Filter
            | Self::Market
            | Self::Elo
            | Self::Pi
            | Self::Logistic
            | Self::File
            | Self::Exec
            | Self::Onnx => false,
        }
    }

    /// Whether it is made from something outside simbet, which has to be loaded first: see [`Outside`](super::Outside).
    pub const fn is_from_outside(self) -> bool {
        match self {
            Self::File | Self::Exec | Self::Onnx => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Filter
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
            | Self::Filter
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
            | Self::Filter
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
                Self::Filter
                | Self::Market
                | Self::Truth
                | Self::Elo
                | Self::Pi
                | Self::File
                | Self::Exec => false,
            },
            ModelSetting::Learn => self.has_strengths() || self.is_filter(),
            ModelSetting::Pool | ModelSetting::MinMatches => self.learns_from_results(),
            // rates in a file make a grid in play too
            ModelSetting::Profile => match self {
                Self::Average
                | Self::Poisson
                | Self::DixonColes
                | Self::Filter
                | Self::File
                | Self::Exec => true,
                Self::Market | Self::Truth | Self::Elo | Self::Pi | Self::Logistic | Self::Onnx => {
                    false
                }
            },
            ModelSetting::InPlayGoals => match self {
                Self::Average | Self::Poisson | Self::DixonColes | Self::Filter | Self::File => {
                    true
                }
                Self::Market
                | Self::Truth
                | Self::Elo
                | Self::Pi
                | Self::Logistic
                | Self::Exec
                | Self::Onnx => false,
            },
            ModelSetting::Marginal | ModelSetting::Dependence => self.has_strengths(),
            ModelSetting::Probabilities => matches!(self, Self::File),
            ModelSetting::Rho => match self {
                Self::Poisson | Self::DixonColes | Self::Filter | Self::Market => true,
                Self::Average
                | Self::Truth
                | Self::Elo
                | Self::Pi
                | Self::Logistic
                | Self::File
                | Self::Exec
                | Self::Onnx => false,
            },
            ModelSetting::PoolWith => true,
            ModelSetting::Program => self.is_one_for_all_leagues(),
            ModelSetting::RefitEvery => self.is_refitted(),
            ModelSetting::Features | ModelSetting::Link | ModelSetting::Ridge => {
                matches!(self, Self::Logistic)
            }
            ModelSetting::MarketBook | ModelSetting::MarginMethod => self.looks_at_prices(),
        }
    }

    /// Whether it is fitted anew from time to time.
    const fn is_refitted(self) -> bool {
        match self {
            Self::Poisson | Self::DixonColes | Self::Elo | Self::Pi | Self::Logistic => true,
            Self::Average
            | Self::Filter
            | Self::Market
            | Self::Truth
            | Self::File
            | Self::Exec
            | Self::Onnx => false,
        }
    }

    /// Whether it removes the margin of the prices before a match.
    const fn looks_at_prices(self) -> bool {
        match self {
            Self::Market | Self::Logistic => true,
            Self::Average
            | Self::Poisson
            | Self::DixonColes
            | Self::Filter
            | Self::Truth
            | Self::Elo
            | Self::Pi
            | Self::File
            | Self::Exec
            | Self::Onnx => false,
        }
    }

    /// The models with a table of teams, as an error lists them: `poisson, dixon-coles or filter`.
    pub(crate) fn those_with_strengths() -> String {
        let kinds = Self::value_variants().iter();
        let names = kinds
            .filter(|kind| kind.has_strengths() || kind.is_filter())
            .filter_map(Self::to_possible_value)
            .map(|value| value.get_name().to_owned());
        let names: Vec<String> = names.collect();
        let (last, others) = names
            .split_last()
            .map_or(("", &[][..]), |(l, o)| (l.as_str(), o));
        format!("{} or {last}", others.join(", "))
    }
}

/// A setting that some models use: see [`ModelKind::uses`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSetting {
    /// What teaches.
    Learn,
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
    /// The correction of low scores.
    Rho,
    /// Whether forecasts are pooled with the price.
    PoolWith,
    /// When goals fall.
    Profile,
    /// How the goals of a side are distributed.
    Marginal,
    /// How the goals of both sides depend on each other.
    Dependence,
    /// Whether rates change with the score.
    InPlayGoals,
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
