//! The tables of seasons, as far as they are played.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::team::points;
use crate::domain::{Match, TeamId};

/// The table of the seasons of a division: of the last one, and of the one before.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Division {
    seasons: BTreeMap<i16, BTreeMap<TeamId, Place>>,
}

/// What a team has in a season.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    pub played: u32,
    pub points: u32,
    pub goal_difference: i32,
    pub goals: u32,
}

impl Place {
    /// What decides between two teams; the more, the better.
    const fn rank(self) -> (u32, i32, u32) {
        (self.points, self.goal_difference, self.goals)
    }
}

impl Division {
    pub fn learn(&mut self, played: &Match) {
        let fixture = &played.fixture;
        let season = self.seasons.entry(fixture.season).or_default();
        let goals = [played.score.home, played.score.away];
        for (side, team) in [fixture.home, fixture.away].into_iter().enumerate() {
            let place = season.entry(team).or_default();
            let [own, other] = [goals[side], goals[1 - side]];
            place.played += 1;
            place.points += u32::from(points(goals, side));
            place.goal_difference += i32::from(own) - i32::from(other);
            place.goals += u32::from(own);
        }
        while self.seasons.len() > 2 {
            self.seasons.pop_first();
        }
    }

    /// What a team has in a season; nothing before its first match.
    pub fn place(&self, season: i16, team: TeamId) -> Option<Place> {
        self.seasons.get(&season)?.get(&team).copied()
    }

    /// The position of a team that has played: 1 and the number of teams that are better by points, goal difference and
    /// goals.
    pub fn position(&self, season: i16, team: TeamId) -> Option<u32> {
        let own = self.place(season, team)?.rank();
        let better = self.seasons[&season]
            .values()
            .filter(|place| place.rank() > own);
        Some(1 + better.count() as u32)
    }

    /// Whether a team was not in the division in the season before; `None` where that season is not known.
    pub fn is_new(&self, season: i16, team: TeamId) -> Option<bool> {
        let before = self.seasons.get(&season.checked_sub(1)?)?;
        Some(!before.contains_key(&team))
    }
}
