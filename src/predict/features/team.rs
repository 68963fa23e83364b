//! What is known of a team from its matches.

use serde::{Deserialize, Serialize};

use super::mean::Mean;
use crate::domain::Match;

/// The matches over which form is counted.
const FORM: usize = 5;

/// What a team's matches say of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Team {
    /// How many matches it has played.
    pub matches: u32,
    /// The day of its last one.
    pub last_day: i64,
    /// The points of the last ones; number k is in place k modulo [`FORM`].
    points: [u8; FORM],
    pub goals: Pair,
    pub shots: Pair,
    pub shots_on_target: Pair,
    pub corners: Pair,
}

/// The means of what a team did and of what was done to it.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Pair([Mean; 2]);

impl Pair {
    fn add(&mut self, values: [f64; 2], day: i64, half_life: Option<f64>) {
        for (mean, value) in self.0.iter_mut().zip(values) {
            mean.add(value, day, half_life);
        }
    }

    /// For and against.
    pub fn values(&self) -> [Option<f64>; 2] {
        self.0.map(Mean::value)
    }
}

impl Team {
    /// Learns a match, in which it was the home side (0) or the away side (1).
    pub fn learn(&mut self, played: &Match, side: usize, half_life: Option<f64>) {
        let day = played.fixture.day.day();
        let goals = [played.score.home, played.score.away];
        self.points[self.matches as usize % FORM] = points(goals, side);
        self.matches = self.matches.saturating_add(1);
        self.last_day = self.last_day.max(day);
        self.goals
            .add(seen_from(side, goals.map(f64::from)), day, half_life);
        let Some(statistics) = &played.statistics else {
            return;
        };
        let counted = [
            (&mut self.shots, statistics.credible_shots()),
            (
                &mut self.shots_on_target,
                statistics.credible_shots_on_target(),
            ),
            (&mut self.corners, statistics.credible_corners()),
        ];
        for (pair, counts) in counted {
            if let Some(counts) = counts {
                pair.add(seen_from(side, counts.map(f64::from)), day, half_life);
            }
        }
    }

    /// Points per match over the last ones.
    pub fn form(&self) -> Option<f64> {
        let matches = FORM.min(self.matches as usize);
        let points: u8 = self.points[..matches].iter().sum();
        (matches > 0).then(|| f64::from(points) / matches as f64)
    }
}

/// Own and the other's, of what the home and the away side have.
fn seen_from(side: usize, [home, away]: [f64; 2]) -> [f64; 2] {
    if side == 0 {
        [home, away]
    } else {
        [away, home]
    }
}

/// The points of a side: three for a win, one for a draw.
pub(super) fn points(goals: [u8; 2], side: usize) -> u8 {
    match goals[side].cmp(&goals[1 - side]) {
        std::cmp::Ordering::Greater => 3,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Less => 0,
    }
}
