//! The score grids of a family, before kick-off and in play.

use super::dependence::Dependence;
use super::distribution::{ScoreDistribution, with_common};
use super::marginal::write_poisson;
use crate::domain::{GridError, Score, ScoreGrid};
use crate::predict::score_grid;

/// What a side's goals may have of probability beyond the last row or column, before the rest is scaled to sum to 1.
const TAIL: f64 = 1e-13;
/// A score so far whose probability is below this has lost its digits: goals to come are then as of a Poisson rate.
const FAINT: f64 = 1e-10;

impl ScoreDistribution {
    /// The distribution of the final score where `base` has been scored and each goal of a match falls at a time of its own:
    /// `left` is the share of a match's goals that is still to come, 1 before kick-off.
    ///
    /// # Formula
    /// ```text
    /// P(x, y | a, b so far) ∝ P(x, y) · C(x, a) · C(y, b) · left^(x + y − a − b)
    /// ```
    /// as for [`ScoreGrid::in_play`].
    ///
    /// # Errors
    /// When an expected number of goals is negative, not a number or too large, or `left` is no share.
    pub(in crate::predict) fn grid(
        &self,
        base: Score,
        means: [f64; 2],
        left: f64,
    ) -> Result<ScoreGrid, GridError> {
        if !(0.0..=1.0).contains(&left) {
            return Err(GridError::Share(left));
        }
        let locations = self.checked_locations(means)?;
        let all = locations.map(|location| self.all(location));
        let so_far = [base.home, base.away].map(usize::from);
        let to_come = [0, 1].map(|side| to_come(&all[side], so_far[side], left));
        let [Some(home), Some(away)] = to_come else {
            return ScoreGrid::remaining(base, means[0] * left, means[1] * left);
        };
        match self.dependence {
            Dependence::Independent => Ok(independent(base, &home, &away)),
            Dependence::DixonColes => {
                let mut grid = independent(base, &home, &away);
                let odds = [0, 1].map(|side| all[side][1] / all[side][0]);
                score_grid::correct_low(&mut grid, base, odds, self.tie);
                Ok(grid)
            }
            Dependence::BivariatePoisson | Dependence::Frank => {
                let size = [home.len(), away.len()];
                let cells = self.cells(&all, so_far, size);
                Ok(dependent(base, cells, size, left)
                    .unwrap_or_else(|| independent(base, &home, &away)))
            }
        }
    }

    fn checked_locations(&self, means: [f64; 2]) -> Result<[f64; 2], GridError> {
        let is_sound = |mean: &f64| (0.0..=ScoreGrid::MAX_RATE).contains(mean);
        if let Some(&rate) = means.iter().find(|mean| !is_sound(mean)) {
            return Err(GridError::Rate(rate));
        }
        // a mean of 0 has no logarithm, and 1e-9 no grid shows
        let locations = self.locations(means.map(|mean| mean.max(1e-9)));
        let largest = self.goals.largest();
        for (location, rate) in locations.into_iter().zip(means) {
            if location > largest {
                return Err(GridError::Rate(rate));
            }
        }
        Ok(locations)
    }

    /// The probabilities of every number of goals of its own.
    fn all(&self, location: f64) -> Vec<f64> {
        let mut all = vec![0.0; self.goals.most() + 1];
        self.goals.write(location, &mut all);
        all
    }

    /// The probabilities of final scores from the score so far on, row after row.
    fn cells(&self, all: &[Vec<f64>; 2], so_far: [usize; 2], size: [usize; 2]) -> Vec<f64> {
        let places = (0..size[0]).flat_map(|i| (0..size[1]).map(move |j| [i, j]));
        let [home, away] = all;
        let scores = places.map(|[i, j]| [so_far[0] + i, so_far[1] + j]);
        if self.dependence == Dependence::BivariatePoisson {
            let mut common = vec![0.0; home.len()];
            write_poisson(1.0, self.tie, &mut common);
            return scores
                .map(|score| with_common(&common, home, away, score))
                .collect();
        }
        let [u, v] = [cumulated(home), cumulated(away)];
        scores
            .map(|[x, y]| {
                let at = |x: usize, y: usize| super::dependence::frank(self.tie, u[x], v[y]);
                ((at(x + 1, y + 1) - at(x, y + 1)) - (at(x + 1, y) - at(x, y))).max(0.0)
            })
            .collect()
    }
}

/// The probabilities of fewer than 0, 1, 2 ... goals.
fn cumulated(goals: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut all = vec![0.0];
    all.extend(goals.iter().map(|p| {
        sum = f64::min(sum + p, 1.0);
        sum
    }));
    all
}

/// Of the probabilities of goals in a match, those of goals still to come after so many, as far as the stated tail; `None`
/// where so many have lost their digits.
fn to_come(all: &[f64], so_far: usize, left: f64) -> Option<Vec<f64>> {
    let rest = all
        .get(so_far..)
        .filter(|rest| rest[0] >= FAINT || so_far == 0)?;
    let mut factor = 1.0;
    let mut goals: Vec<f64> = (1..)
        .zip(rest)
        .map(|(next, p)| {
            let weighed = p * factor;
            factor *= left * (so_far + next) as f64 / next as f64;
            weighed
        })
        .collect();
    let sum: f64 = goals.iter().sum();
    if !(sum > 0.0 && sum.is_finite()) {
        return None;
    }
    let mut tail = 0.0;
    while goals.len() > 2 {
        tail += goals[goals.len() - 1] / sum;
        if tail > TAIL {
            break;
        }
        goals.pop();
    }
    let sum: f64 = goals.iter().sum();
    goals.iter_mut().for_each(|p| *p /= sum);
    goals.resize(goals.len().max(2), 0.0);
    Some(goals)
}

fn independent(base: Score, home: &[f64], away: &[f64]) -> ScoreGrid {
    let at = |goals: &[f64], k: usize| goals.get(k).copied().unwrap_or(0.0);
    let goals = (0..home.len().max(away.len())).map(|k| [at(home, k), at(away, k)]);
    ScoreGrid::independent(base, goals.collect(), [home, away].map(mean))
}

fn mean(goals: &[f64]) -> f64 {
    goals.iter().enumerate().map(|(k, p)| k as f64 * p).sum()
}

/// The grid of these probabilities of final scores, given the score so far; `None` where they have lost their digits.
fn dependent(base: Score, mut cells: Vec<f64>, size: [usize; 2], left: f64) -> Option<ScoreGrid> {
    let [rows, columns] = [(base.home, size[0]), (base.away, size[1])]
        .map(|(so_far, size)| chances(usize::from(so_far), size, left));
    for (row, home) in cells.chunks_exact_mut(size[1]).zip(rows) {
        for (cell, away) in row.iter_mut().zip(&columns) {
            *cell *= home * away;
        }
    }
    let sum: f64 = cells.iter().sum();
    if !(sum > FAINT && sum.is_finite()) {
        return None;
    }
    cells.iter_mut().for_each(|cell| *cell /= sum);
    Some(ScoreGrid::from_cells(base, size[1], cells))
}

/// C(a + k, a) · left^k for k from 0 on.
fn chances(so_far: usize, size: usize, left: f64) -> Vec<f64> {
    let mut factor = 1.0;
    (1..=size)
        .map(|next| {
            let now = factor;
            factor *= left * (so_far + next) as f64 / next as f64;
            now
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::distribution::tests::EVERY;
    use super::super::{Family, Marginal};
    use super::*;
    use crate::domain::Score;

    fn each() -> impl Iterator<Item = ScoreDistribution> {
        EVERY.into_iter().map(|(marginal, dependence, shapes)| {
            ScoreDistribution::new(
                Family {
                    marginal,
                    dependence,
                    rho: None,
                },
                shapes,
            )
        })
    }

    #[test]
    fn grids_sum_to_one_and_have_the_expected_goals() {
        for distribution in each() {
            let grid = distribution
                .grid(Score::default(), [1.7, 1.1], 1.0)
                .unwrap();
            let family = distribution.family();
            let sum: f64 = grid.cells().map(|(_, p)| p).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{family:?}: {sum}");
            assert!(grid.cells().all(|(_, p)| p >= 0.0), "{family:?}");
            let [home, away] = grid.expected_goals();
            assert!(
                (home - 1.7).abs() < 1e-6 && (away - 1.1).abs() < 1e-6,
                "{family:?} {home}"
            );
            assert!((grid.outcomes().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_sides_have_equal_chances() {
        for distribution in each() {
            let grid = distribution
                .grid(Score::default(), [1.3, 1.3], 1.0)
                .unwrap();
            let [home, _, away] = grid.outcomes();
            assert!((home - away).abs() < 1e-12, "{:?}", distribution.family());
        }
    }

    #[test]
    fn in_play_the_poisson_family_is_the_poisson_grid() {
        let plain = ScoreDistribution::new(
            Family {
                marginal: Marginal::Poisson,
                dependence: Dependence::DixonColes,
                rho: None,
            },
            &[-0.1],
        );
        for (home, away, left) in [(0, 0, 0.4), (1, 0, 0.7), (1, 1, 0.0), (3, 2, 0.3)] {
            let base = Score { home, away };
            let one = plain.grid(base, [1.6, 1.1], left).unwrap().outcomes();
            let other = ScoreGrid::in_play(base, [1.6, 1.1], -0.1, left)
                .unwrap()
                .outcomes();
            for (one, other) in one.into_iter().zip(other) {
                assert!(
                    (one - other).abs() < 1e-11,
                    "{base:?} {left}: {one} {other}"
                );
            }
        }
    }

    #[test]
    fn in_play_grids_average_to_the_grid_before_kick_off() {
        // half of the goals have fallen: Σ P(a, b so far) · grid(a, b) is the grid before kick-off
        for distribution in each() {
            let means = [1.4, 1.0];
            let whole = distribution.grid(Score::default(), means, 1.0).unwrap();
            let mut outcomes = [0.0; 3];
            for base in (0..225).map(|cell| Score {
                home: cell / 15,
                away: cell % 15,
            }) {
                let so_far: f64 = whole
                    .cells()
                    .map(|(score, p)| {
                        p * binomial(score.home, base.home) * binomial(score.away, base.away)
                    })
                    .sum();
                let grid = distribution.grid(base, means, 0.5).unwrap();
                (0..3).for_each(|k| outcomes[k] += so_far * grid.outcomes()[k]);
            }
            for (found, expected) in outcomes.into_iter().zip(whole.outcomes()) {
                assert!(
                    (found - expected).abs() < 1e-7,
                    "{:?} {found} {expected}",
                    distribution.family()
                );
            }
        }
    }

    /// Of `all` goals, the probability that `fallen` fall in the first half.
    fn binomial(all: u8, fallen: u8) -> f64 {
        if fallen > all {
            return 0.0;
        }
        let chosen: f64 = (0..fallen)
            .map(|k| f64::from(all - k) / f64::from(k + 1))
            .product();
        chosen * 0.5_f64.powi(all.into())
    }

    #[test]
    fn whatever_the_score_and_the_rates_there_is_a_grid_or_an_error() {
        for distribution in each() {
            for home in [0, 7, 40, 255] {
                let base = Score { home, away: 0 };
                for means in [
                    [0.0, 0.0],
                    [1e-12, 19.9],
                    [9.0, 0.3],
                    [f64::NAN, 1.0],
                    [21.0, 1.0],
                ] {
                    for left in [0.0, 0.3, 1.0] {
                        if let Ok(grid) = distribution.grid(base, means, left) {
                            let sum: f64 = grid.cells().map(|(_, p)| p).sum();
                            assert!(
                                (sum - 1.0).abs() < 1e-9,
                                "{:?} {means:?}",
                                distribution.family()
                            );
                        }
                    }
                }
            }
        }
    }
}
