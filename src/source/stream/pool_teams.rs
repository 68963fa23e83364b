//! The teams of each pool of leagues, of which a model can take only so many.
//!
//! An entry that would bring one too many is refused, wherever it comes in: the fit that follows would fail, and with it
//! everything else.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entry_error::EntryError;
use crate::calendar;
use crate::domain::{Names, TeamId, Time};
use crate::engine::{EngineConfig, EngineError, pool_name};
use crate::predict::PredictError;
use crate::source::Matches;

/// The most teams of all pools together: what a model knows of each is kept, however seldom it is asked.
const MOST_IN_ALL: usize = 100_000;

/// The teams of each pool so far; none are counted where no model has a table of teams.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct PoolTeams {
    /// The leagues that share a model, and the most teams of each; `None` where teams are not counted.
    shared: Option<(Vec<Vec<String>>, usize)>,
    teams: BTreeMap<String, BTreeSet<TeamId>>,
    /// The teams of the pool that has most, and of all pools together.
    largest: usize,
    all: usize,
}

impl PoolTeams {
    /// The teams of the matches before a stream.
    ///
    /// # Errors
    /// When a pool has too many already.
    pub fn new(config: &EngineConfig, history: Option<&Matches>) -> Result<Self, EngineError> {
        let most = config.model.as_ref().and_then(|it| it.kind.most_teams());
        let mut pools = Self {
            shared: most.map(|most| (config.shared_pools(), most)),
            ..Self::default()
        };
        if let Some(matches) = history {
            pools.add_all(matches)?;
        }
        Ok(pools)
    }

    fn add_all(&mut self, matches: &Matches) -> Result<(), EngineError> {
        for record in &matches.records {
            let fixture = &record.fixture;
            self.add(
                matches.names.league(fixture.league),
                [fixture.home, fixture.away],
            );
        }
        let most = self.shared.as_ref().map_or(usize::MAX, |(_, most)| *most);
        let too_large = self.teams.iter().find(|(_, teams)| teams.len() > most);
        too_large.map_or(Ok(()), |(league, teams)| {
            let teams = teams.len();
            Err(EngineError::Predict {
                league: league.clone(),
                day: calendar::format_date(last_day(matches)),
                source: PredictError::TooManyTeams { teams, most },
            })
        })
    }

    /// Adds the teams of a match.
    pub fn add(&mut self, league: &str, sides: [TeamId; 2]) {
        if let Some((shared, _)) = &self.shared {
            let pool = self.teams.entry(pool_name(league, shared)).or_default();
            let before = pool.len();
            pool.extend(sides);
            self.all += pool.len() - before;
            self.largest = self.largest.max(pool.len());
        }
    }

    /// Refuses a match whose sides, called so, would be one team too many.
    pub fn ensure_room(
        &self,
        league: &str,
        sides: [&str; 2],
        names: &Names,
    ) -> Result<(), EntryError> {
        let Some((shared, most)) = &self.shared else {
            return Ok(());
        };
        let most = *most;
        if self.largest + 2 <= most && self.all + 2 <= MOST_IN_ALL {
            return Ok(());
        }
        let pool = pool_name(league, shared);
        let teams = self.teams.get(&pool);
        let is_new = |name: &&str| {
            let team = names.find_team(name);
            team.is_none_or(|team| !teams.is_some_and(|teams| teams.contains(&team)))
        };
        let new = sides.into_iter().filter(is_new).count();
        if new > 0 && self.all + new > MOST_IN_ALL {
            return Err(EntryError::TooManyInAll { most: MOST_IN_ALL });
        }
        if teams.map_or(0, BTreeSet::len) + new <= most {
            return Ok(());
        }
        Err(EntryError::TooManyTeams { pool, most })
    }
}

fn last_day(matches: &Matches) -> Time {
    let days = matches.records.iter().map(|record| record.fixture.day);
    days.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RunConfig, Settings};
    use crate::predict::MOST_TEAMS;

    fn engine(toml: &str) -> EngineConfig {
        let settings = Settings::from_toml(toml).unwrap();
        RunConfig::resolve(&settings).unwrap().engine
    }

    /// Pools in which "A" has all teams but one.
    fn nearly_full(toml: &str) -> (PoolTeams, Names) {
        let (mut names, mut pools) = (
            Names::default(),
            PoolTeams::new(&engine(toml), None).unwrap(),
        );
        for number in 1..MOST_TEAMS {
            let team = names.intern_team(&number.to_string());
            pools.add("A", [team, team]);
        }
        (pools, names)
    }

    #[test]
    fn a_pool_takes_as_many_teams_as_its_model() {
        let (mut pools, mut names) = nearly_full("pool = ['A+B']");
        let full = |league: &str| EntryError::TooManyTeams {
            pool: if league == "C" { "C" } else { "A+B" }.to_owned(),
            most: MOST_TEAMS,
        };
        for league in ["A", "B"] {
            assert_eq!(pools.ensure_room(league, ["1", "last"], &names), Ok(()));
            assert_eq!(
                pools.ensure_room(league, ["last", "one too many"], &names),
                Err(full(league))
            );
        }
        assert_eq!(
            pools.ensure_room("C", ["last", "one too many"], &names),
            Ok(())
        );
        let last = names.intern_team("last");
        pools.add("B", [TeamId(0), last]);
        assert_eq!(pools.ensure_room("A", ["1", "last"], &names), Ok(()));
        assert_eq!(
            pools.ensure_room("A", ["1", "one too many"], &names),
            Err(full("A"))
        );
    }

    #[test]
    fn all_pools_together_take_so_many_teams() {
        let (mut names, mut pools) = (Names::default(), PoolTeams::new(&engine(""), None).unwrap());
        for number in 1..MOST_IN_ALL {
            let team = names.intern_team(&number.to_string());
            pools.add(&format!("L{}", number / 1_000), [team, team]);
        }
        let full = Err(EntryError::TooManyInAll { most: MOST_IN_ALL });
        assert_eq!(pools.ensure_room("L0", ["1", "last"], &names), Ok(()));
        assert_eq!(pools.ensure_room("new", ["1", "last"], &names), full);
        let last = names.intern_team("last");
        pools.add("L0", [last, last]);
        assert_eq!(pools.ensure_room("L0", ["1", "last"], &names), Ok(()));
        assert_eq!(pools.ensure_room("L0", ["1", "another"], &names), full);
    }

    #[test]
    fn a_model_without_a_table_of_teams_has_no_limit() {
        let (pools, names) = nearly_full("model = 'market'");
        assert_eq!(pools.ensure_room("A", ["one", "too many"], &names), Ok(()));
    }
}
