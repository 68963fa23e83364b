//! The score of one forecaster on some matches, as a row.

use super::Cell;
use crate::metrics::{ForecastGroup, ForecastOf, ForecastScore, Forecaster, ForecastsOf};

/// The columns of the table of forecasts' scores. A league or a season that is empty is every one.
pub const FORECAST_SCORE_COLUMNS: [&str; 14] = [
    "league",
    "season",
    "forecast_of",
    "forecaster",
    "matches",
    "log_loss",
    "brier",
    "rps",
    "skill",
    "skill_std_error",
    "own_matches",
    "own_log_loss",
    "own_brier",
    "own_rps",
];

/// The score of one forecaster.
#[derive(Debug, Clone, Copy)]
pub struct ForecastScoreRow<'a> {
    /// The matches.
    pub group: &'a ForecastGroup,
    /// What is forecast.
    pub of: ForecastOf,
    /// How well all did.
    pub all: &'a ForecastsOf,
    /// Who forecast.
    pub who: Forecaster,
    /// How well.
    pub score: &'a ForecastScore,
}

impl<'a> ForecastScoreRow<'a> {
    /// A row for each thing that is forecast and each forecaster.
    pub fn of_group(group: &'a ForecastGroup) -> impl Iterator<Item = Self> {
        group.of.iter().flat_map(move |(of, all)| {
            all.scores.iter().map(move |(who, score)| Self {
                group,
                of: *of,
                all,
                who: *who,
                score,
            })
        })
    }

    /// The cells, in the order of [`FORECAST_SCORE_COLUMNS`].
    pub fn cells(&self) -> [Cell<'a>; FORECAST_SCORE_COLUMNS.len()] {
        let text = |text: &'a Option<String>| match text {
            Some(text) => Cell::Text(text.into()),
            None => Cell::Missing,
        };
        let number = |number: Option<f64>| number.map_or(Cell::Missing, Cell::Number);
        let Self {
            group, all, score, ..
        } = self;
        [
            text(&group.league),
            text(&group.season),
            Cell::Text(self.of.code().into()),
            Cell::Text(self.who.code().into()),
            Cell::Count(all.compared),
            number(score.log_loss),
            number(score.brier),
            number(score.rps),
            number(score.skill),
            number(score.skill_std_error),
            Cell::Count(score.own.n),
            number(score.own.log_loss),
            number(score.own.brier),
            number(score.own.rps),
        ]
    }
}
