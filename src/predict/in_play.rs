//! The goals still to come once a match is under way.

use super::birth_process;
use super::families::ScoreDistribution;
use super::{GoalProfile, InPlay, InPlayGoals};
use crate::domain::{MatchState, Opinion, Rates, Score, ScoreGrid};

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
    1456, 1766, 1917, 1981, 2006, 2000, 2058, 2023, 2136, 2734, 2375, 2424, 2366, 2378, 2298, 2421,
    2405, 2398, 2041, 155, 5,
];

/// The minute from which no goal is still to come under any profile.
const END: usize = GOALS.len() * STEP;
/// The share still to come at each completed minute, for [`GoalProfile::Uniform`] and [`GoalProfile::Empirical`].
const LEFT: [[f64; END + 1]; 2] = [uniform_left(), empirical_left()];
/// Parts into which [`FIRST`] divides a match's goals. A power of two, so that share · PARTS is exact.
const PARTS: usize = 128;
/// The completed minute at which each part of a match's goals begins.
const FIRST: [[u8; PARTS]; 2] = [first_minutes(&LEFT[0]), first_minutes(&LEFT[1])];

impl GoalProfile {
    /// The share of a match's goals that is still to come when `minute` minutes have been played: 1 at
    /// kick-off, never rising.
    ///
    /// ```
    /// use simbet::GoalProfile;
    /// assert_eq!(GoalProfile::Uniform.left(45), 0.5);
    /// assert!((GoalProfile::Empirical.left(45) - 0.58051).abs() < 1e-5);
    /// ```
    pub fn left(self, minute: u8) -> f64 {
        LEFT[self as usize]
            .get(usize::from(minute))
            .copied()
            .unwrap_or(0.0)
    }

    /// The completed minute at which the share `share` of a match's goals has been scored, the inverse of [`Self::left`].
    ///
    /// A goal at a uniformly drawn share falls in this minute. Below 0 it is the first minute, from 1 on the last minute
    /// in which a goal can fall.
    ///
    /// ```
    /// use simbet::GoalProfile;
    /// assert_eq!(GoalProfile::Uniform.minute_of(0.5), 45);
    /// assert_eq!(GoalProfile::Empirical.minute_of(0.42), 45);
    /// ```
    pub fn minute_of(self, share: f64) -> u8 {
        let (left, to_come) = (&LEFT[self as usize], 1.0 - share);
        let part = ((share * PARTS as f64) as usize).min(PARTS - 1);
        let mut minute = FIRST[self as usize][part];
        while left[usize::from(minute) + 1] >= to_come && left[usize::from(minute) + 1] > 0.0 {
            minute += 1;
        }
        minute
    }
}

const fn uniform_left() -> [f64; END + 1] {
    let mut left = [0.0; END + 1];
    let mut minute = 0;
    while (minute as f64) < LENGTH {
        left[minute] = 1.0 - minute as f64 / LENGTH;
        minute += 1;
    }
    left
}

const fn empirical_left() -> [f64; END + 1] {
    let mut left = [0.0; END + 1];
    let (mut later, mut minute) = (0.0, END);
    while minute > 0 {
        minute -= 1;
        let goals = GOALS[minute / STEP] as f64;
        let started = (minute % STEP) as f64 / STEP as f64 * goals;
        left[minute] = later + goals - started;
        if minute % STEP == 0 {
            later += goals;
        }
    }
    while minute < END {
        left[minute] /= later;
        minute += 1;
    }
    left
}

const fn first_minutes(left: &[f64; END + 1]) -> [u8; PARTS] {
    let mut first = [0; PARTS];
    let (mut part, mut minute) = (0, 0);
    while part < PARTS {
        while left[minute + 1] >= 1.0 - part as f64 / PARTS as f64 {
            minute += 1;
        }
        first[part] = minute as u8;
        part += 1;
    }
    first
}

/// What a model of goal rates says of a match, with Dixon and Coles's ρ, given the state of the match.
///
/// `None` when a rate is beyond [`ScoreGrid::MAX_RATE`].
pub(crate) fn opinion(
    rates: [f64; 2],
    rho: f64,
    state: MatchState,
    in_play: InPlay,
) -> Option<Opinion> {
    if state == MatchState::default() {
        let [home, away] = rates;
        let grid = ScoreGrid::dixon_coles(home, away, rho).ok()?;
        // what the grid holds it to is what is written, and read again
        let rho = ScoreGrid::possible_rho(rates, rho);
        return Some(Opinion::of_rates(Rates { home, away, rho }, grid));
    }
    let score = Score {
        home: state.home_goals,
        away: state.away_goals,
    };
    let left = in_play.profile.left(state.minute);
    let grid = match in_play.goals {
        InPlayGoals::Constant => ScoreGrid::in_play(score, rates, rho, left),
        InPlayGoals::BirthProcess => birth_process::grid(score, rates, left),
    };
    Some(grid.ok()?.into())
}

/// What a family says of a match in which these goals are expected of both sides, given the state of the match.
///
/// `None` when a rate is beyond what it knows.
pub(super) fn opinion_of(
    distribution: &ScoreDistribution,
    rates: [f64; 2],
    state: MatchState,
    in_play: InPlay,
) -> Option<Opinion> {
    if state == MatchState::default() {
        let grid = distribution.grid(Score::default(), rates, 1.0);
        return grid.ok().map(Opinion::from);
    }
    let score = Score {
        home: state.home_goals,
        away: state.away_goals,
    };
    let left = in_play.profile.left(state.minute);
    let grid = match in_play.goals {
        InPlayGoals::Constant => distribution.grid(score, rates, left),
        InPlayGoals::BirthProcess => birth_process::grid(score, rates, left),
    };
    grid.ok().map(Opinion::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written could not be read again, since beyond 1 / (1.6 · 1.1) the probability of 0-0 is below 0.
    #[test]
    fn the_rho_that_is_told_is_that_of_the_grid() {
        let told = |rho| {
            let opinion = opinion([1.6, 1.1], rho, MatchState::default(), InPlay::default());
            opinion.unwrap().rates().unwrap().rho
        };
        assert_eq!(told(0.9), 1.0 / (1.6 * 1.1));
        assert_eq!(told(-0.9), -1.0 / 1.6);
        assert_eq!(told(-0.08), -0.08);
    }
}
