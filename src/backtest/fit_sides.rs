//! How many goals home sides and away sides score, whichever teams play.

use crate::domain::Time;
use crate::engine::EngineConfig;
use crate::error::Error;
use crate::predict::{Marginal, SideFit, decayed};
use crate::source::{MatchRecord, Matches};

use super::fit::pools;

/// The goals of home and away sides in a pool of leagues.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedSides {
    /// The leagues, joined by `+`.
    pub pool: String,
    /// The day it was fitted for: weights fade from there into the past.
    pub as_of: Time,
    /// The matches of positive weight.
    pub matches: usize,
    /// How goals are distributed.
    pub marginal: Marginal,
    /// Home sides and away sides; `None` where there was no goal.
    pub sides: [Option<SideFit>; 2],
}

/// Fits the distribution of goals to the matches played up to the day `to`, for each pool of leagues.
///
/// # Errors
/// When no match has a result.
pub(crate) fn fit_sides(
    config: &EngineConfig,
    to: Option<Time>,
    matches: &Matches,
) -> Result<Vec<FittedSides>, Error> {
    matches.ensure_results()?;
    let model = config.model.clone().unwrap_or_default();
    let pools = pools(&config.pools, to, matches).into_iter();
    let fitted = pools.map(|(pool, played)| {
        let last = played
            .last()
            .map_or(Time::default(), |record| record.fixture.day);
        let as_of = last + Time::DAY;
        let weighed: Vec<(&MatchRecord, f64)> = played
            .into_iter()
            .map(|record| (record, as_of.day() - record.fixture.day.day()))
            .filter(|(_, age)| model.window.is_none_or(|window| *age as f64 <= window))
            .map(|(record, age)| (record, decayed(model.half_life, age)))
            .collect();
        let goals = |side: usize| -> Vec<(u8, f64)> {
            let scores = weighed.iter();
            scores
                .filter_map(|(record, weight)| {
                    let score = record.result()?;
                    Some(([score.home, score.away][side], *weight))
                })
                .collect()
        };
        FittedSides {
            pool,
            as_of,
            matches: weighed.len(),
            marginal: model.marginal,
            sides: [0, 1].map(|side| SideFit::of(model.marginal, &goals(side))),
        }
    });
    Ok(fitted.collect())
}
