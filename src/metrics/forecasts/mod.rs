//! How good forecasts are: those of the model beside the base rates and the prices at the opening and at the close.

mod fold;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scores;

pub use fold::{BaseRates, ForecastFold, ScoredMatch, settled_probability};

/// What is forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ForecastOf {
    /// Home win, draw or away win.
    #[serde(rename = "1x2")]
    Result,
    /// Over or under 2.5 goals.
    #[serde(rename = "over_2_5")]
    Over,
    /// Which side wins the handicap that is priced nearest to even. What is half won weighs half, and what is void nothing.
    #[serde(rename = "ah")]
    Handicap,
}

impl ForecastOf {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Result, Self::Over, Self::Handicap];

    /// Its code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Result => "1x2",
            Self::Over => "over_2_5",
            Self::Handicap => "ah",
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Result => "1X2",
            Self::Over => "over 2.5",
            Self::Handicap => "handicap",
        }
    }
}

/// Who forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forecaster {
    /// How often it happened in earlier matches of the league.
    Base,
    /// The model.
    Model,
    /// The model pooled with the opening price.
    Pool,
    /// The price that could be bet at, without its margin.
    Opening,
    /// The closing price, without its margin.
    Closing,
}

impl Forecaster {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Base,
        Self::Model,
        Self::Pool,
        Self::Opening,
        Self::Closing,
    ];

    /// Its code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Model => "model",
            Self::Pool => "pool",
            Self::Opening => "opening",
            Self::Closing => "closing",
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base rates",
            Self::Model => "model",
            Self::Pool => "pool",
            Self::Opening => "opening price",
            Self::Closing => "closing price",
        }
    }
}

/// How well one forecaster did on the matches that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ForecastScore {
    /// Mean log loss; `None` where it is infinite.
    pub log_loss: Option<f64>,
    /// Mean Brier score: over all three outcomes of 1X2, and of two sides of the first, (p − e)².
    pub brier: Option<f64>,
    /// Mean ranked probability score; of two sides it is the Brier score.
    pub rps: Option<f64>,
    /// The share of the gap in log loss between the base rates and the closing price that it closes: 0 is as good as the base
    /// rates, 1 as the closing price. `None` without a closing price, or where that did no better than the base rates.
    pub skill: Option<f64>,
    /// Its standard error, by the delta method.
    #[serde(default)]
    pub skill_std_error: Option<f64>,
    /// Its scores on all matches of which it and the model have a forecast, compared or not.
    pub own: Scores,
}

/// How well all did on one thing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ForecastsOf {
    /// The matches of which the model has a forecast.
    pub matches: u64,
    /// Those of which everybody has one: the scores are over these.
    pub compared: u64,
    /// The standard error of the gap in log loss between the base rates and the closing price.
    #[serde(default)]
    pub gap_std_error: Option<f64>,
    /// The scores of each; one that has forecasts of less than a tenth of the matches is left out.
    pub scores: BTreeMap<Forecaster, ForecastScore>,
}

impl ForecastsOf {
    /// The scores of one; `None` where it is left out.
    pub fn score(&self, who: Forecaster) -> Option<&ForecastScore> {
        self.scores.get(&who)
    }

    /// Whether the closing price did better than the base rates by more than luck explains (p below 0.05): without that a
    /// share of the gap between them says nothing.
    pub fn has_clear_gap(&self) -> bool {
        let log_loss = |who| self.score(who).and_then(|score| score.log_loss);
        let gap = log_loss(Forecaster::Base).zip(log_loss(Forecaster::Closing));
        gap.zip(self.gap_std_error)
            .is_some_and(|((base, close), error)| base - close > TWO_SIDED_5_PERCENT * error)
    }
}

/// A normal variable lies so many standard errors from its mean in 5 % of cases.
const TWO_SIDED_5_PERCENT: f64 = 1.959964;

/// The matches of a league, of a season, or of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastGroup {
    /// The league; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub league: Option<String>,
    /// The season, as `2023-24`; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<String>,
    /// The scores by what is forecast.
    #[serde(flatten)]
    pub of: BTreeMap<ForecastOf, ForecastsOf>,
}

/// How good the forecasts of a run were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastReport {
    /// All matches.
    pub all: ForecastGroup,
    /// The matches whose closing price of 1X2 is that of a source, by its name.
    pub closing_prices: BTreeMap<String, u64>,
    /// Each league.
    pub by_league: Vec<ForecastGroup>,
    /// Each season.
    pub by_season: Vec<ForecastGroup>,
    /// Each season of each league.
    pub by_league_and_season: Vec<ForecastGroup>,
}

impl ForecastReport {
    /// Every group, all matches first.
    pub fn groups(&self) -> impl Iterator<Item = &ForecastGroup> {
        let parts = [&self.by_league, &self.by_season, &self.by_league_and_season];
        std::iter::once(&self.all).chain(parts.into_iter().flatten())
    }
}
