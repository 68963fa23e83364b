//! Goal models fitted to played matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar;
use crate::domain::{Match, MatchStatus, TeamId, Time};
use crate::engine::{EngineConfig, EngineError, pool_name};
use crate::error::Error;
use crate::predict::{self, Fit, GoalModel};
use crate::source::{MatchRecord, Matches};

/// A goal model fitted to a pool of leagues.
///
/// ```
/// use simbet::{RunConfig, Settings, fit, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,1,1\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let fitted = fit(&config.engine, None, &matches).unwrap();
/// assert_eq!((fitted[0].pool.as_str(), fitted[0].fit.matches), ("mine", 2));
/// assert_eq!(fitted[0].as_of.day(), matches.records[1].fixture.day.day() + 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The leagues, joined by `+`.
    pub pool: String,
    /// The day it was fitted for: weights fade from there into the past.
    pub as_of: Time,
    /// The parameters.
    pub fit: Fit,
    /// The teams, in the order of the parameters.
    pub teams: Vec<TeamId>,
}

/// Fits the model to the matches played up to the day `to`: a fit for each pool of leagues, as of the day
/// after the pool's last match.
///
/// Empty when the model has no teams (`average`, `market`).
///
/// # Errors
/// When no match has a result, a setting is out of range or a fit does not converge.
///
/// ```
/// use simbet::{RunConfig, Settings, fit, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,1,1\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let fitted = fit(&config.engine, None, &matches).unwrap();
/// let leeds = fitted[0].teams.iter().position(|team| matches.names.team(*team) == "Leeds").unwrap();
/// assert!(fitted[0].fit.attack[leeds] > fitted[0].fit.attack[1 - leeds]);
/// ```
pub fn fit(
    config: &EngineConfig,
    to: Option<Time>,
    matches: &Matches,
) -> Result<Vec<Fitted>, Error> {
    matches.ensure_results()?;
    let model = config.model.clone().unwrap_or_default();
    let mut fitted = Vec::new();
    for (pool, played) in pools(&config.shared_pools(), to, matches) {
        let Some(goal_model) = predict::goal_model(&model).map_err(EngineError::from)? else {
            break;
        };
        fitted.push(fit_pool(pool, goal_model, &played)?);
    }
    Ok(fitted)
}

fn fit_pool(pool: String, mut model: GoalModel, played: &[&MatchRecord]) -> Result<Fitted, Error> {
    use crate::predict::Predictor as _;
    for record in played {
        if let Some(score) = record.result() {
            model.observe(&Match {
                fixture: Arc::clone(&record.fixture),
                score,
                status: MatchStatus::Played,
                statistics: record.statistics.clone(),
            });
        }
    }
    let as_of = played
        .last()
        .map_or(Time::default(), |record| record.fixture.day)
        + Time::DAY;
    let (fit, teams) = model.fit_at(as_of).map_err(|source| EngineError::Predict {
        league: pool.clone(),
        day: calendar::format_date(as_of),
        source,
    })?;
    Ok(Fitted {
        pool,
        as_of,
        fit,
        teams,
    })
}

/// The played matches up to the day `to`, by pool.
pub(super) fn pools<'a>(
    shared: &[Vec<String>],
    to: Option<Time>,
    matches: &'a Matches,
) -> BTreeMap<String, Vec<&'a MatchRecord>> {
    let mut pools: BTreeMap<String, Vec<&MatchRecord>> = BTreeMap::new();
    for record in matches
        .records
        .iter()
        .filter(|record| record.result().is_some())
        .filter(|record| to.is_none_or(|to| record.fixture.day <= to))
    {
        let pool = pool_name(matches.names.league(record.fixture.league), shared);
        pools.entry(pool).or_default().push(record);
    }
    pools
}
