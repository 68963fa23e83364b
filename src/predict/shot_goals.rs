//! How many goals the shots of a match were worth.
//!
//! # Formula
//! ```text
//! x = ⅓·Σ c_s·s      c_s = (5.4 + Σ 2^(−days/365)·goals) / (2·a_s + Σ 2^(−days/365)·s)
//! ```
//! over shots on target, shots and corners of a side; the sums run over both sides of the matches on earlier days of the league in
//! which all three were counted, and a_s is 9, 25 and 10.3. Expected goals, where a match has them, take the place of x.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::decay::weight;
use crate::domain::{Score, Statistics};

/// Days in which a match loses half its weight for what a shot is worth.
const HALF_LIFE: Option<f64> = Some(365.0);
/// Goals of both sides of the two matches that are taken for granted ...
const BASE_GOALS: f64 = 5.4;
/// ... and what a side shot on target, shot, and had of corners in each.
const BASE_SHOTS: [f64; 3] = [9.0, 25.0, 10.3];

/// Shots on target, shots, and corners of the home and of the away side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shots([[u16; 2]; 3]);

/// The goals that somebody has rated the shots of a match at.
pub(super) fn rated(counted: &Statistics) -> Option<[f64; 2]> {
    let can_be = |goals: &f64| (0.0..=Statistics::MOST_EXPECTED_GOALS).contains(goals);
    counted
        .expected_goals
        .filter(|goals| goals.iter().all(can_be))
}

impl Shots {
    /// The shots of a match, where all three were counted and can be true.
    pub(super) fn of(counted: &Statistics) -> Option<Self> {
        Some(Self([
            counted.credible_shots_on_target()?,
            counted.credible_shots()?,
            counted.credible_corners()?,
        ]))
    }

    /// The goals that they were worth to each side, at so many goals for each.
    pub(super) fn goals(&self, worth: [f64; 3]) -> [f64; 2] {
        [0, 1].map(|side| {
            let kinds = self.0.iter().zip(worth);
            kinds
                .map(|(shots, worth)| worth * f64::from(shots[side]))
                .sum::<f64>()
                / 3.0
        })
    }

    /// Goals, and then shots, of both sides together.
    fn sums(&self, score: Score) -> [f64; 4] {
        let goals = f64::from(score.home) + f64::from(score.away);
        let [a, b, c] = self.0.map(|[home, away]| f64::from(home) + f64::from(away));
        [goals, a, b, c]
    }
}

/// Goals and shots of a league up to the end of each day on which there were any.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ShotRecord {
    /// The day, and the sums with the weights of that day.
    days: VecDeque<(i64, [f64; 4])>,
}

impl ShotRecord {
    /// How many goals a shot on target, a shot and a corner were worth on the days before `day`.
    pub(super) fn worth(&self, day: i64) -> [f64; 3] {
        let [goals, shots @ ..] = self.before(day);
        let kinds = std::array::from_fn::<usize, 3, _>(|kind| kind);
        kinds.map(|kind| (BASE_GOALS + goals) / (2.0 * BASE_SHOTS[kind] + shots[kind]))
    }

    /// The sums over earlier days.
    fn before(&self, day: i64) -> [f64; 4] {
        let later = self.days.partition_point(|(known, _)| *known < day);
        let Some(&(known, sums)) = later.checked_sub(1).and_then(|last| self.days.get(last)) else {
            return [0.0; 4];
        };
        let weight = weight(HALF_LIFE, day - known);
        sums.map(|sum| sum * weight)
    }

    /// Adds a match, as often as its weight says.
    pub(super) fn add(&mut self, day: i64, shots: &Shots, score: Score, times: f64) {
        let place = self.days.partition_point(|(known, _)| *known < day);
        if self.days.get(place).is_none_or(|(known, _)| *known != day) {
            let before = self.before(day);
            self.days.insert(place, (day, before));
        }
        self.change(place, day, shots.sums(score).map(|sum| times * sum));
    }

    /// Takes back a match that was added.
    pub(super) fn remove(&mut self, day: i64, shots: &Shots, score: Score, times: f64) {
        let place = self.days.partition_point(|(known, _)| *known < day);
        self.change(place, day, shots.sums(score).map(|sum| -times * sum));
    }

    /// Adds to the sums of a day and of all later ones.
    fn change(&mut self, place: usize, day: i64, added: [f64; 4]) {
        for (known, sums) in self.days.range_mut(place..) {
            let weight = weight(HALF_LIFE, *known - day);
            (0..4).for_each(|kind| sums[kind] += weight * added[kind]);
        }
    }

    /// Forgets the sums of days before `day`, apart from the last: they stand in those of later days.
    pub(super) fn forget_before(&mut self, day: i64) {
        while self.days.get(1).is_some_and(|(known, _)| *known < day) {
            self.days.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOTS: Shots = Shots([[6, 2], [14, 9], [7, 3]]);

    fn near(found: [f64; 3], expected: [f64; 3]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn a_match_is_worth_something_from_the_next_day_on() {
        let mut record = ShotRecord::default();
        let base = [5.4 / 18.0, 5.4 / 50.0, 5.4 / 20.6];
        near(record.worth(10), base);
        record.add(10, &SHOTS, Score { home: 3, away: 1 }, 1.0);
        near(record.worth(10), base);
        near(record.worth(11), {
            let kept = 0.5_f64.powf(1.0 / 365.0);
            let worth = |base: f64, shots: f64| (5.4 + 4.0 * kept) / (base + shots * kept);
            [worth(18.0, 8.0), worth(50.0, 23.0), worth(20.6, 10.0)]
        });
        // after a year it counts half
        near(record.worth(375), [7.4 / 22.0, 7.4 / 61.5, 7.4 / 25.6]);
    }

    #[test]
    fn shots_are_worth_a_third_of_each_kind() {
        let [home, away] = SHOTS.goals([0.3, 0.1, 0.2]);
        assert!((home - (1.8 + 1.4 + 1.4) / 3.0).abs() < 1e-12, "{home}");
        assert!((away - (0.6 + 0.9 + 0.6) / 3.0).abs() < 1e-12, "{away}");
    }

    #[test]
    fn the_order_in_which_matches_come_changes_nothing() {
        let days = [3, 3, 8, 40, 400];
        let score = |day: i64| Score {
            home: (day % 5) as u8,
            away: 1,
        };
        let record = |days: &[i64]| {
            let mut record = ShotRecord::default();
            for &day in days {
                record.add(day, &SHOTS, score(day), 1.0);
            }
            record
        };
        let (in_order, late) = (record(&days), record(&[400, 3, 40, 8, 3]));
        let mut corrected = record(&[3, 3, 8, 9, 40, 400]);
        corrected.remove(9, &SHOTS, score(9), 1.0);
        let mut short = in_order.clone();
        short.forget_before(40);
        assert_eq!(short.days.len(), 3);
        for day in [3, 4, 9, 10, 41, 400, 401, 1000] {
            near(late.worth(day), in_order.worth(day));
            near(corrected.worth(day), in_order.worth(day));
            if day >= 40 {
                near(short.worth(day), in_order.worth(day));
            }
        }
    }
}
