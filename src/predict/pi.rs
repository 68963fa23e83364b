//! The pi model: goals that pi-ratings expect, as probabilities.

use super::ModelConfig;
use super::rated::{Rated, Rating};
use super::ratings::PiRatings;
use crate::domain::{Fixture, TeamId};

/// The rating of a team that joins a known league.
const NEWCOMER: f64 = -0.3;

/// A model of pi-ratings (Constantinou & Fenton 2013).
pub(super) type Pi = Rated<PiRatings>;

pub(super) fn model(config: &ModelConfig) -> Pi {
    Rated::new(config)
}

impl Rating for PiRatings {
    const STATE: &str = "state of the pi model";
    const EXPECTED: [f64; 3] = [0.37, 0.57, 0.6];

    /// The goal difference that the ratings expect.
    fn difference(&self, fixture: &Fixture, newcomers: [bool; 2]) -> f64 {
        let [home, away] = newcomers.map(|is_new| if is_new { Self::goals(NEWCOMER) } else { 0.0 });
        self.goal_difference(fixture) + home - away
    }

    fn enter_newcomer(&mut self, team: TeamId) {
        self.start_at(team, NEWCOMER);
    }
}
