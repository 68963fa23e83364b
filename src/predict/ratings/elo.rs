//! Elo ratings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Folded;
use crate::checkpoint;
use crate::domain::{Fixture, Match, TeamId};

/// Points of difference that make one side ten times as likely to win as the other.
const SCALE: f64 = 400.0;

/// How Elo ratings move.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct EloScale {
    /// The most points that a match can move a rating by, twice what a draw of equals would.
    pub k: f64,
    /// Points that playing at home is worth.
    pub home_advantage: f64,
    /// The rating of a team that has not played.
    pub start: f64,
}

impl Default for EloScale {
    fn default() -> Self {
        Self {
            k: 20.0,
            home_advantage: 100.0,
            start: 1500.0,
        }
    }
}

/// The Elo rating of every team that has played.
///
/// # Formula
/// ```text
/// E = 1 / (1 + 10^((R_away − R_home − advantage) / 400))
/// R_home += k (S − E)      R_away −= k (S − E)
/// ```
/// with S 1 for a home win, ½ for a draw and 0 for an away win. On neutral grounds there is no advantage.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct EloRatings {
    scale: EloScale,
    #[serde(serialize_with = "checkpoint::in_order")]
    ratings: HashMap<TeamId, f64>,
}

impl EloRatings {
    /// Ratings before any match.
    pub fn new(scale: EloScale) -> Self {
        Self {
            scale,
            ratings: HashMap::new(),
        }
    }

    /// The rating of a team; that of the start where it has not played.
    pub fn rating(&self, team: TeamId) -> f64 {
        self.ratings.get(&team).copied().unwrap_or(self.scale.start)
    }

    /// Starts the rating of a team that has not played so many points above the usual start.
    pub fn start_at(&mut self, team: TeamId, above: f64) {
        self.ratings.insert(team, self.scale.start + above);
    }

    /// What the home side has more, with the advantage of playing at home.
    pub fn difference(&self, fixture: &Fixture) -> f64 {
        let advantage = if fixture.neutral {
            0.0
        } else {
            self.scale.home_advantage
        };
        self.rating(fixture.home) + advantage - self.rating(fixture.away)
    }

    /// The score that is expected of the home side: 1 for a win, ½ for a draw.
    pub fn expected_home(&self, fixture: &Fixture) -> f64 {
        1.0 / (1.0 + 10_f64.powf(-self.difference(fixture) / SCALE))
    }
}

impl Folded for EloRatings {
    fn learn(&mut self, played: &Match) {
        let fixture = &played.fixture;
        let actual = match played.score.home.cmp(&played.score.away) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let change = self.scale.k * (actual - self.expected_home(fixture));
        for (team, change) in [(fixture.home, change), (fixture.away, -change)] {
            let rating = self.rating(team) + change;
            self.ratings.insert(team, rating);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::chronicle::tests::played;
    use super::*;

    #[test]
    fn equals_move_by_what_nobody_expected() {
        let mut elo = EloRatings::default();
        let win = played(0, [1, 2], [2, 0]);
        assert!((elo.expected_home(&win.fixture) - 0.640_064_999_803).abs() < 1e-12);
        elo.learn(&win);
        assert!((elo.rating(TeamId(1)) - 1_507.198_700_003_942_3).abs() < 1e-9);
        assert!((elo.rating(TeamId(2)) - 1_492.801_299_996_057_7).abs() < 1e-9);
        assert_eq!(elo.rating(TeamId(3)), 1500.0);
    }

    #[test]
    fn nobody_is_at_home_on_neutral_grounds() {
        let mut elo = EloRatings::default();
        let mut draw = played(0, [1, 2], [1, 1]);
        std::sync::Arc::make_mut(&mut draw.fixture).neutral = true;
        assert_eq!(elo.expected_home(&draw.fixture), 0.5);
        elo.learn(&draw);
        assert_eq!(elo.rating(TeamId(1)), 1500.0);
    }
}
