//! What results say of teams and divisions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::standings::Division;
use super::team::Team;
use crate::calendar;
use crate::domain::{Fixture, LeagueId, Match, TeamId};
use crate::predict::ratings::{EloRatings, EloScale, Folded, PiRatings, PiScale};

/// Everything that features take from results.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Known {
    half_life: Option<f64>,
    elo: EloRatings,
    pi: PiRatings,
    teams: BTreeMap<TeamId, Team>,
    divisions: BTreeMap<LeagueId, Division>,
}

impl Folded for Known {
    fn learn(&mut self, played: &Match) {
        let fixture = &played.fixture;
        self.elo.learn(played);
        self.pi.learn(played);
        for (side, team) in [fixture.home, fixture.away].into_iter().enumerate() {
            let team = self.teams.entry(team).or_default();
            team.learn(played, side, self.half_life);
        }
        let division = self.divisions.entry(fixture.league).or_default();
        division.learn(played);
    }
}

impl Known {
    pub fn new(half_life: Option<f64>, elo: EloScale, pi: PiScale) -> Self {
        Self {
            half_life,
            elo: EloRatings::new(elo),
            pi: PiRatings::new(pi),
            teams: BTreeMap::new(),
            divisions: BTreeMap::new(),
        }
    }

    fn teams(&self, fixture: &Fixture) -> [Option<&Team>; 2] {
        [fixture.home, fixture.away].map(|team| self.teams.get(&team))
    }

    pub fn matches(&self, fixture: &Fixture) -> [u32; 2] {
        self.teams(fixture)
            .map(|team| team.map_or(0, |team| team.matches))
    }

    pub fn elo(&self, fixture: &Fixture) -> [Option<f64>; 3] {
        [
            self.elo.rating(fixture.home),
            self.elo.rating(fixture.away),
            self.elo.expected_home(fixture),
        ]
        .map(Some)
    }

    pub fn pi(&self, fixture: &Fixture) -> [Option<f64>; 3] {
        let [home, away] = self.pi.ratings_at(fixture);
        [home, away, self.pi.goal_difference(fixture)].map(Some)
    }

    pub fn form(&self, fixture: &Fixture) -> [Option<f64>; 4] {
        let [home, away] = self.teams(fixture).map(|team| team?.form());
        let [home_matches, away_matches] = self.matches(fixture).map(f64::from).map(Some);
        [home, away, home_matches, away_matches]
    }

    pub fn goals(&self, fixture: &Fixture) -> Vec<Option<f64>> {
        self.means(fixture, |team| vec![team.goals.values()])
    }

    pub fn shots(&self, fixture: &Fixture) -> Vec<Option<f64>> {
        self.means(fixture, |team| {
            vec![team.shots.values(), team.shots_on_target.values()]
        })
    }

    pub fn corners(&self, fixture: &Fixture) -> Vec<Option<f64>> {
        self.means(fixture, |team| vec![team.corners.values()])
    }

    /// Means for and against, of the home side and of the away side. Those of a team without a match are not known.
    fn means(
        &self,
        fixture: &Fixture,
        of: impl Fn(&Team) -> Vec<[Option<f64>; 2]>,
    ) -> Vec<Option<f64>> {
        let unseen = Team::default();
        let both = self.teams(fixture);
        let means = both.map(|team| of(team.unwrap_or(&unseen)));
        means.into_iter().flatten().flatten().collect()
    }

    pub fn rest(&self, fixture: &Fixture) -> [Option<f64>; 2] {
        let today = fixture.day.day();
        self.teams(fixture)
            .map(|team| Some((today - team?.last_day) as f64).filter(|days| *days >= 0.0))
    }

    pub fn table(&self, fixture: &Fixture) -> Vec<Option<f64>> {
        let division = self.divisions.get(&fixture.league);
        let sides = [fixture.home, fixture.away];
        let of = |team| place(division, fixture.season, team);
        sides.into_iter().flat_map(of).collect()
    }

    pub fn calendar(&self, fixture: &Fixture) -> [Option<f64>; 2] {
        let month = calendar::civil(fixture.day).month();
        let division = self.divisions.get(&fixture.league);
        let played = [fixture.home, fixture.away].map(|team| {
            let place = division.and_then(|division| division.place(fixture.season, team));
            place.map_or(0, |place| place.played)
        });
        let round = 1 + played[0].max(played[1]);
        [Some(f64::from(month)), Some(f64::from(round))]
    }
}

/// Position, points, goal difference and matches of a team in the season so far, and whether it is new to the division.
fn place(division: Option<&Division>, season: i16, team: TeamId) -> [Option<f64>; 5] {
    let place = division
        .and_then(|division| division.place(season, team))
        .unwrap_or_default();
    [
        division
            .and_then(|division| division.position(season, team))
            .map(f64::from),
        Some(f64::from(place.points)),
        Some(f64::from(place.goal_difference)),
        Some(f64::from(place.played)),
        division
            .and_then(|division| division.is_new(season, team))
            .map(|is_new| f64::from(u8::from(is_new))),
    ]
}
