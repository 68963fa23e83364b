//! The goals still to come once a match is under way.

use super::GoalProfile;
use crate::domain::{MatchState, Score, ScoreGrid};

/// Length of a match for the uniform profile, in minutes.
const LENGTH: f64 = 90.0;
/// Minutes in each step of [`GOALS`].
const STEP: usize = 5;
/// Goals by completed minute: 0–4, 5–9, ... 95–99, 100 and later; stoppage of the first half counts on into
/// 45–49, that of the second into 90–94 and beyond.
///
/// Source: 41,343 goals of the English, Spanish, German, Italian, French and Russian first divisions,
/// 2014-15 to 2020-21, as published by understat.com.
const GOALS: [u16; 21] = [
    1456, 1766, 1917, 1981, 2006, 2000, 2058, 2023, 2136, 2734, 2375, 2424, 2366, 2378, 2298, 2421, 2405, 2398, 2041,
    155, 5,
];

impl GoalProfile {
    /// The share of a match's goals that is still to come when `minute` minutes have been played: 1 at
    /// kick-off, never rising.
    ///
    /// ```
    /// use simbet::predict::GoalProfile;
    /// assert_eq!(GoalProfile::Uniform.left(45), 0.5);
    /// assert!((GoalProfile::Empirical.left(45) - 0.58051).abs() < 1e-5);
    /// ```
    pub fn left(self, minute: u8) -> f64 {
        match self {
            Self::Uniform => (1.0 - f64::from(minute) / LENGTH).max(0.0),
            Self::Empirical => empirical_left(usize::from(minute)),
        }
    }
}

fn empirical_left(minute: usize) -> f64 {
    let goals = |steps: &[u16]| steps.iter().map(|&goals| f64::from(goals)).sum::<f64>();
    let Some(later @ [current, ..]) = GOALS.get(minute / STEP..) else { return 0.0 };
    let started = (minute % STEP) as f64 / STEP as f64 * f64::from(*current);
    (goals(later) - started) / goals(&GOALS)
}

/// The distribution of the final score: before kick-off with Dixon and Coles's ρ, afterwards from independent
/// Poisson goals still to come. `None` when a rate is beyond what a grid is made for.
pub(super) fn grid([home, away]: [f64; 2], rho: f64, state: MatchState, profile: GoalProfile) -> Option<ScoreGrid> {
    if state == MatchState::default() {
        return ScoreGrid::dixon_coles(home, away, rho).ok();
    }
    let left = profile.left(state.minute);
    let score = Score { home: state.home_goals, away: state.away_goals };
    ScoreGrid::remaining(score, home * left, away * left).ok()
}
