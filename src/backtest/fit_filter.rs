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
    let (mut history, mut season) = (Vec::new(), None);
    for played in played.iter().filter_map(|record| played_match(record)) {
        let fixture = Arc::clone(&played.fixture);
        filter.meet(fixture.league, matches.names.league(fixture.league));
        if with_history && season.is_some_and(|season| season < fixture.season) {
            history.extend(ended(&filter.table(), season, &last));
        }
        season = season.max(Some(fixture.season));
        last.insert(fixture.home, fixture.day);
        last.insert(fixture.away, fixture.day);
        filter.observe(&played);
    }
    let table = filter.table();
    if with_history {
        history.extend(ended(&table, season, &last));
    }
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

/// The strengths of the teams that played in a season, strongest first, each with the day of its last match.
fn ended(
    table: &FilterTable,
    season: Option<i16>,
    last: &BTreeMap<TeamId, Time>,
) -> Vec<(Time, Strength)> {
    let of_season = table.teams.iter().filter(|it| Some(it.season) == season);
    let dated = of_season.filter_map(|it| Some((*last.get(&it.team)?, *it)));
    let mut strengths: Vec<_> = dated.collect();
    strengths.sort_by(|(_, one), (_, other)| other.sum.value.total_cmp(&one.sum.value));
    strengths
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
