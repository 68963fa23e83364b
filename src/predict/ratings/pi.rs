//! Pi-ratings (Constantinou & Fenton 2013, Journal of Quantitative Analysis in Sports 9 (1), 37–50).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Folded;
use crate::checkpoint;
use crate::domain::{Fixture, Match, TeamId};

/// The base b of the goals that a rating stands for.
const BASE: f64 = 10.0;
/// The divisor c of a rating: 3 points stand for 9 goals.
const DIVISOR: f64 = 3.0;

/// How pi-ratings move.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct PiScale {
    /// λ: how much a match moves the rating of a side where it played.
    pub learning_rate: f64,
    /// γ: how much of that also moves its rating elsewhere.
    pub catch_up: f64,
}

/// The rates that forecast goal differences best in the Premier League of 2008-09 to 2015-16, as the R package `piratings`
/// has them.
impl Default for PiScale {
    fn default() -> Self {
        Self {
            learning_rate: 0.06,
            catch_up: 0.6,
        }
    }
}

/// The rating of a team at home and away.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct PiRating {
    /// At home.
    pub home: f64,
    /// Away.
    pub away: f64,
}

impl PiRating {
    /// Its rating where nobody is at home.
    fn neutral(self) -> f64 {
        0.5 * (self.home + self.away)
    }
}

/// The pi-ratings of every team that has played. A team that has not is rated 0, as the average team.
///
/// # Formula
/// ```text
/// g(R) = sign(R) (10^(|R|/3) − 1)          goals by which a side beats an average one
/// e    = (x − y) − (g(R_home) − g(R_away))
/// ψ    = sign(e) 3 log10(1 + |e|)
/// home side: R_home += λψ,  R_away += γλψ     away side: R_away −= λψ,  R_home −= γλψ
/// ```
/// with x home goals and y away goals, R_home the rating of the home side at home, and R_away that of the away side away. On
/// neutral grounds a side is rated by the mean of its two ratings, which both move by the half of (1 + γ)λψ.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct PiRatings {
    scale: PiScale,
    #[serde(serialize_with = "checkpoint::in_order")]
    ratings: HashMap<TeamId, PiRating>,
}

impl PiRatings {
    /// Ratings before any match.
    pub fn new(scale: PiScale) -> Self {
        Self {
            scale,
            ratings: HashMap::new(),
        }
    }

    /// The ratings of a team, 0 where it has not played.
    pub fn rating(&self, team: TeamId) -> PiRating {
        self.ratings.get(&team).copied().unwrap_or_default()
    }

    /// The ratings of both sides where the match is played.
    pub fn ratings_at(&self, fixture: &Fixture) -> [f64; 2] {
        let (home, away) = (self.rating(fixture.home), self.rating(fixture.away));
        if fixture.neutral {
            [home.neutral(), away.neutral()]
        } else {
            [home.home, away.away]
        }
    }

    /// The goal difference that is expected of a match.
    pub fn goal_difference(&self, fixture: &Fixture) -> f64 {
        let [home, away] = self.ratings_at(fixture);
        goals(home) - goals(away)
    }

    /// Starts both ratings of a team that has not played here.
    pub fn start_at(&mut self, team: TeamId, rating: f64) {
        let both = PiRating {
            home: rating,
            away: rating,
        };
        self.ratings.insert(team, both);
    }

    /// Goals by which a side with this rating beats an average one.
    pub fn goals(rating: f64) -> f64 {
        goals(rating)
    }

    fn move_by(&mut self, team: TeamId, home: f64, away: f64) {
        let rating = self.ratings.entry(team).or_default();
        rating.home += home;
        rating.away += away;
    }
}

impl Folded for PiRatings {
    fn learn(&mut self, played: &Match) {
        let fixture = &played.fixture;
        let actual = f64::from(played.score.home) - f64::from(played.score.away);
        let error = actual - self.goal_difference(fixture);
        let here = self.scale.learning_rate * DIVISOR * error.abs().ln_1p() / BASE.ln();
        let here = here.copysign(error);
        let elsewhere = self.scale.catch_up * here;
        if fixture.neutral {
            let both = 0.5 * (here + elsewhere);
            self.move_by(fixture.home, both, both);
            self.move_by(fixture.away, -both, -both);
        } else {
            self.move_by(fixture.home, here, elsewhere);
            self.move_by(fixture.away, -elsewhere, -here);
        }
    }
}

/// Goals by which a side with this rating beats an average one.
fn goals(rating: f64) -> f64 {
    (BASE.powf(rating.abs() / DIVISOR) - 1.0).copysign(rating)
}

#[cfg(test)]
mod tests {
    use super::super::chronicle::tests::played;
    use super::*;

    /// Worked by hand from the formulas: e = 3, ψ = 3 log10 4; then e = −1 − (g(.108370799) − g(−.180617998)).
    #[test]
    fn both_ratings_of_both_sides_move() {
        let mut pi = PiRatings::default();
        pi.learn(&played(0, [1, 2], [3, 0]));
        let psi = 3.0 * 4_f64.log10();
        let [one, two] = [1, 2].map(|team| pi.rating(TeamId(team)));
        assert!((one.home - 0.06 * psi).abs() < 1e-15 && (one.away - 0.036 * psi).abs() < 1e-15);
        assert!((two.away + 0.06 * psi).abs() < 1e-15 && (two.home + 0.036 * psi).abs() < 1e-15);
        let back = played(7, [2, 1], [0, 1]);
        let expected = -(10_f64.powf(0.036 * psi / 3.0) - 1.0) * 2.0;
        assert!((pi.goal_difference(&back.fixture) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_neutral_ground_moves_home_and_away_alike() {
        let mut pi = PiRatings::default();
        let mut win = played(0, [1, 2], [1, 0]);
        std::sync::Arc::make_mut(&mut win.fixture).neutral = true;
        pi.learn(&win);
        let rating = pi.rating(TeamId(1));
        assert_eq!(rating.home, rating.away);
        assert!((rating.home - 0.048 * 3.0 * 2_f64.log10()).abs() < 1e-15);
    }
}
