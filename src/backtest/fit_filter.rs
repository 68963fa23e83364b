//! The filter after played matches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::{Match, MatchStatus, TeamId, Time};
use crate::engine::{EngineConfig, pool_name};
use crate::error::Error;
use crate::predict::{Filter, FilterTable, Learn, ModelConfig, Predictor as _, Strength};
use crate::source::{MatchRecord, Matches};

/// A filter after the matches of a pool.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedFilter {
    /// The leagues that were read, joined by `+`.
    pub pool: String,
    /// The day after the last match.
    pub as_of: Time,
    /// How many matches taught it.
    pub matches: usize,
    /// What taught it.
    pub learn: Learn,
    /// ρ of its grids.
    pub rho: f64,
    /// The strengths after the last match.
    pub table: FilterTable,
    /// The strength of each team after its last match of each season, in order of time; empty unless that was asked for.
    pub history: Vec<(Time, Strength)>,
}

/// Learns the matches played up to the day `to`: a filter for each pool of leagues.
///
/// # Errors
/// When no match has a result.
pub(crate) fn fit_filter(
    config: &EngineConfig,
    to: Option<Time>,
    matches: &Matches,
    with_history: bool,
) -> Result<Vec<FittedFilter>, Error> {
    matches.ensure_results()?;
    let model = config.model.clone().unwrap_or_default();
    let shared = config.shared_pools();
    let mut pools: BTreeMap<String, Vec<&MatchRecord>> = BTreeMap::new();
    for record in &matches.records {
        let is_past = to.is_none_or(|to| record.fixture.day <= to);
        if record.result().is_some() && is_past {
            let pool = pool_name(matches.names.league(record.fixture.league), &shared);
            pools.entry(pool).or_default().push(record);
        }
    }
    let fit = |(pool, played): (String, Vec<&MatchRecord>)| {
        fit_pool(&pool, &played, &model, matches, with_history)
    };
    Ok(pools.into_iter().map(fit).collect())
}

fn fit_pool(
    pool: &str,
    played: &[&MatchRecord],
    model: &ModelConfig,
    matches: &Matches,
    with_history: bool,
) -> FittedFilter {
    let mut filter = Filter::new(pool, model);
    let mut last: BTreeMap<TeamId, Time> = BTreeMap::new();
    let mut history = Vec::new();
    for played in played.iter().filter_map(|record| played_match(record)) {
        let fixture = Arc::clone(&played.fixture);
        filter.meet(fixture.league, matches.names.league(fixture.league));
        for team in [fixture.home, fixture.away] {
            let before = last.insert(team, fixture.day);
            if let Some(day) = before.filter(|_| with_history)
                && (filter.season_of(team)).is_some_and(|it| it < fixture.season)
            {
                history.extend(filter.strength(team).map(|strength| (day, strength)));
            }
        }
        filter.observe(&played);
    }
    let table = filter.table();
    if with_history {
        let now = table.teams.iter();
        history.extend(now.filter_map(|it| Some((*last.get(&it.team)?, *it))));
    }
    history.sort_by_key(|(day, strength)| (strength.season, *day));
    let day = played.iter().map(|record| record.fixture.day).max();
    FittedFilter {
        pool: leagues_of(pool, played, matches),
        as_of: day.unwrap_or_default() + Time::DAY,
        matches: played.len(),
        learn: model.learn,
        rho: filter.rho(),
        table,
        history,
    }
}

/// The leagues of the pool that were read, in its order.
fn leagues_of(pool: &str, played: &[&MatchRecord], matches: &Matches) -> String {
    let read = played.iter().map(|record| record.fixture.league);
    let read: BTreeSet<&str> = read.map(|league| matches.names.league(league)).collect();
    let leagues: Vec<&str> = pool.split('+').filter(|it| read.contains(it)).collect();
    if leagues.len() == read.len() {
        leagues.join("+")
    } else {
        pool.to_owned()
    }
}

pub(crate) fn played_match(record: &MatchRecord) -> Option<Match> {
    Some(Match {
        fixture: Arc::clone(&record.fixture),
        score: record.result()?,
        status: MatchStatus::Played,
        statistics: record.statistics.clone(),
    })
}
