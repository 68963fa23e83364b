//! The teams of a pool, numbered in the order of their first match.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::domain::{Fixture, TeamId};

/// Dense numbers for teams, and which of them are new to the league.
///
/// The numbers inside [`TeamId`]s depend on the run, so a model numbers teams by the results that it has observed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "SavedRoster", into = "SavedRoster")]
pub(super) struct Roster {
    numbers: HashMap<TeamId, usize>,
    members: Vec<Member>,
    current: Option<i16>,
    previous: Option<i16>,
}

/// The saved form of a roster: its members, and the current and the previous season.
type SavedRoster = (Vec<Member>, [Option<i16>; 2]);

impl From<Roster> for SavedRoster {
    fn from(roster: Roster) -> Self {
        (roster.members, [roster.current, roster.previous])
    }
}

impl From<SavedRoster> for Roster {
    fn from((members, [current, previous]): SavedRoster) -> Self {
        let numbers = members
            .iter()
            .enumerate()
            .map(|(number, member)| (member.team, number))
            .collect();
        Self {
            numbers,
            members,
            current,
            previous,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Member {
    team: TeamId,
    season: i16,
    newcomer: bool,
}

impl Roster {
    /// The numbers of both sides of a match, which are added if they are new.
    pub(super) fn enter(&mut self, fixture: &Fixture) -> [usize; 2] {
        [fixture.home, fixture.away].map(|team| self.enter_for(team, fixture.season))
    }

    /// The number of a team that plays in `season`, which is added if it is new.
    pub(super) fn enter_for(&mut self, team: TeamId, season: i16) -> usize {
        if self.current.is_none_or(|current| season > current) {
            self.previous = self.current.replace(season);
        }
        self.enter_team(team, season)
    }

    fn enter_team(&mut self, team: TeamId, season: i16) -> usize {
        let newcomer = self.is_newcomer(team, season);
        let members = &mut self.members;
        let number = *self.numbers.entry(team).or_insert_with(|| {
            members.push(Member {
                team,
                season,
                newcomer,
            });
            members.len() - 1
        });
        let member = &mut self.members[number];
        if season > member.season {
            (member.season, member.newcomer) = (season, newcomer);
        }
        number
    }

    /// The number of a team that has played.
    pub(super) fn number(&self, team: TeamId) -> Option<usize> {
        self.numbers.get(&team).copied()
    }

    /// The number of teams.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The team with this number.
    pub(super) fn team(&self, number: usize) -> TeamId {
        self.members[number].team
    }

    /// Whether a team was a newcomer when it last played.
    pub(super) fn was_newcomer(&self, number: usize) -> bool {
        self.members[number].newcomer
    }

    /// Whether a team that plays in `season` has joined the league after the first season on record.
    ///
    /// A newcomer remains one for as long as it stays in the league. A team of the first season becomes one when it leaves
    /// and comes back.
    pub(super) fn is_newcomer(&self, team: TeamId, season: i16) -> bool {
        let before = if self.current.is_some_and(|current| season > current) {
            self.current
        } else {
            self.previous
        };
        let Some(before) = before else { return false };
        match self.number(team).map(|number| &self.members[number]) {
            None => true,
            Some(member) => member.newcomer || member.season < before,
        }
    }
}
