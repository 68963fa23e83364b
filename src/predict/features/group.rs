//! The groups of features, and what their columns are called.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::predict::ModelSetting;

/// A group of features, which is chosen as a whole.
///
/// ```
/// use simbet::Settings;
/// use simbet::internals::predict::FeatureGroup;
/// let settings = Settings::from_toml("features = ['elo', 'form']").unwrap();
/// assert_eq!(settings.features, [FeatureGroup::Elo, FeatureGroup::Form]);
/// assert_eq!(FeatureGroup::Elo.columns(), ["home_elo", "away_elo", "elo_expectation"]);
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum FeatureGroup {
    /// Elo ratings, and the score that they expect of the home side.
    Elo,
    /// Pi-ratings, and the goal difference that they expect.
    Pi,
    /// Points per match over the last five, and the number of matches seen.
    Form,
    /// Mean goals for and against.
    Goals,
    /// Mean shots and shots on target, for and against.
    Shots,
    /// Mean corners for and against.
    Corners,
    /// Days since the last match.
    Rest,
    /// Position, points and goal difference of the season so far, and whether the side is new to the division.
    Table,
    /// Month, and number of the round.
    Calendar,
    /// Attack, defence and expected goals of the models poisson and dixon-coles, which cost more than all others.
    Strengths,
    /// The market's probabilities.
    Market,
}

impl FeatureGroup {
    /// Every group, in the order of its columns.
    pub const ALL: [Self; 11] = [
        Self::Elo,
        Self::Pi,
        Self::Form,
        Self::Goals,
        Self::Shots,
        Self::Corners,
        Self::Rest,
        Self::Table,
        Self::Calendar,
        Self::Strengths,
        Self::Market,
    ];

    /// Whether its features are made of what is counted in matches beside their goals.
    pub(crate) const fn needs_statistics(self) -> bool {
        match self {
            Self::Shots | Self::Corners => true,
            Self::Elo
            | Self::Pi
            | Self::Form
            | Self::Goals
            | Self::Rest
            | Self::Table
            | Self::Calendar
            | Self::Strengths
            | Self::Market => false,
        }
    }

    /// The names of its features, in order.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Elo => &["home_elo", "away_elo", "elo_expectation"],
            Self::Pi => &["home_pi", "away_pi", "pi_goal_difference"],
            Self::Form => &["home_form", "away_form", "home_matches", "away_matches"],
            Self::Goals => &[
                "home_goals_for",
                "home_goals_against",
                "away_goals_for",
                "away_goals_against",
            ],
            Self::Shots => &[
                "home_shots_for",
                "home_shots_against",
                "home_shots_on_target_for",
                "home_shots_on_target_against",
                "away_shots_for",
                "away_shots_against",
                "away_shots_on_target_for",
                "away_shots_on_target_against",
            ],
            Self::Corners => &[
                "home_corners_for",
                "home_corners_against",
                "away_corners_for",
                "away_corners_against",
            ],
            Self::Rest => &["home_rest_days", "away_rest_days"],
            Self::Table => &[
                "home_position",
                "home_points",
                "home_goal_difference",
                "home_played",
                "home_promoted",
                "away_position",
                "away_points",
                "away_goal_difference",
                "away_played",
                "away_promoted",
            ],
            Self::Calendar => &["month", "round"],
            Self::Strengths => &[
                "poisson_home_attack",
                "poisson_home_defence",
                "poisson_away_attack",
                "poisson_away_defence",
                "poisson_expected_goals_home",
                "poisson_expected_goals_away",
                "dixon_coles_home_attack",
                "dixon_coles_home_defence",
                "dixon_coles_away_attack",
                "dixon_coles_away_defence",
                "dixon_coles_expected_goals_home",
                "dixon_coles_expected_goals_away",
            ],
            Self::Market => &[
                "market_p_home",
                "market_p_draw",
                "market_p_away",
                "market_p_over",
            ],
        }
    }

    /// Whether it takes fits of goal models, which cost more than all the other groups.
    pub const fn takes_long(self) -> bool {
        match self {
            Self::Strengths => true,
            Self::Elo
            | Self::Pi
            | Self::Form
            | Self::Goals
            | Self::Shots
            | Self::Corners
            | Self::Rest
            | Self::Table
            | Self::Calendar
            | Self::Market => false,
        }
    }

    /// Whether a setting changes its features.
    pub(crate) const fn uses(self, setting: ModelSetting) -> bool {
        match setting {
            ModelSetting::HalfLife => match self {
                Self::Goals | Self::Shots | Self::Corners | Self::Strengths => true,
                Self::Elo
                | Self::Pi
                | Self::Form
                | Self::Rest
                | Self::Table
                | Self::Calendar
                | Self::Market => false,
            },
            ModelSetting::Window | ModelSetting::Prior | ModelSetting::RefitEvery => {
                self.takes_long()
            }
            ModelSetting::MarketBook | ModelSetting::MarginMethod => self.is_of_market(),
            // tables are those of a division, whatever the pool
            ModelSetting::Pool => match self {
                Self::Elo
                | Self::Pi
                | Self::Form
                | Self::Goals
                | Self::Shots
                | Self::Corners
                | Self::Rest
                | Self::Strengths => true,
                Self::Table | Self::Calendar | Self::Market => false,
            },
            ModelSetting::Features => true,
            ModelSetting::MinMatches
            | ModelSetting::Profile
            | ModelSetting::Marginal
            | ModelSetting::Dependence
            | ModelSetting::InPlayGoals
            | ModelSetting::Learn
            | ModelSetting::Link
            | ModelSetting::Rho
            | ModelSetting::PoolWith
            | ModelSetting::Ridge
            | ModelSetting::Probabilities
            | ModelSetting::Program => false,
        }
    }

    /// Whether it is about prices.
    pub const fn is_of_market(self) -> bool {
        match self {
            Self::Market => true,
            Self::Elo
            | Self::Pi
            | Self::Form
            | Self::Goals
            | Self::Shots
            | Self::Corners
            | Self::Rest
            | Self::Table
            | Self::Calendar
            | Self::Strengths => false,
        }
    }

    /// The groups of a table of features where none is named: those that cost little.
    pub fn usual() -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|group| !group.takes_long()).collect()
    }

    /// Each of these groups once, in the order of their columns.
    pub(crate) fn in_order(groups: &[Self]) -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|group| groups.contains(group)).collect()
    }
}
