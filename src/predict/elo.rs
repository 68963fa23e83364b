//! The Elo model: the likelier winner has the higher Elo rating.

use super::ModelConfig;
use super::rated::{Rated, Rating};
use super::ratings::EloRatings;
use crate::domain::{Fixture, TeamId};

/// Points by which a team that joins a known league starts below the others: the best of 0, −40, −80 and −120 by the log loss
/// of 121,299 matches of 17 divisions.
const NEWCOMER: f64 = -40.0;

/// A model of Elo ratings, which start at 1500 and move by at most 20 points a match; playing at home is worth 100 points.
pub(super) type Elo = Rated<EloRatings>;

pub(super) fn model(config: &ModelConfig) -> Elo {
    Rated::new(config)
}

impl Rating for EloRatings {
    const STATE: &str = "state of the Elo model";
    /// As fitted to 121,299 matches of 17 divisions from 2000-01 on.
    const EXPECTED: [f64; 3] = [-0.16, 0.6, 0.89];

    /// The logarithm of the odds that the ratings give the home side.
    fn difference(&self, fixture: &Fixture, newcomers: [bool; 2]) -> f64 {
        let [home, away] = newcomers.map(|is_new| if is_new { NEWCOMER } else { 0.0 });
        (self.difference(fixture) + home - away) * std::f64::consts::LN_10 / 400.0
    }

    fn enter_newcomer(&mut self, team: TeamId) {
        self.start_at(team, NEWCOMER);
    }
}
