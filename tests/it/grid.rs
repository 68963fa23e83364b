//! Score grids against distributions that others have written.

use proptest::prelude::*;
use simbet::domain::{Score, ScoreGrid};
use statrs::distribution::{Discrete, Poisson};

proptest! {
    #[test]
    fn a_poisson_grid_has_the_probabilities_of_the_poisson_distribution(
        home in 0.01..8.0f64, away in 0.01..8.0f64, i in 0u8..12, j in 0u8..12,
    ) {
        let grid = ScoreGrid::poisson(home, away).unwrap();
        let expected = Poisson::new(home).unwrap().pmf(u64::from(i)) * Poisson::new(away).unwrap().pmf(u64::from(j));
        let score = Score { home: i, away: j };
        prop_assert!((grid.probability(score) - expected).abs() < 1e-12);
        let [goals_home, goals_away] = grid.expected_goals();
        prop_assert!((goals_home - home).abs() < 1e-9 && (goals_away - away).abs() < 1e-9);
        prop_assert!((grid.outcomes().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_correction_of_low_scores_keeps_both_marginals(
        home in 0.2..4.0f64, away in 0.2..4.0f64, rho in -0.3..0.3f64, goals in 0u8..8,
    ) {
        let grid = ScoreGrid::dixon_coles(home, away, rho).unwrap();
        let marginal = |side: fn(Score) -> u8| -> f64 {
            grid.cells().filter(|(score, _)| side(*score) == goals).map(|(_, p)| p).sum()
        };
        let pmf = |rate: f64| Poisson::new(rate).unwrap().pmf(u64::from(goals));
        prop_assert!((marginal(|score| score.home) - pmf(home)).abs() < 1e-10);
        prop_assert!((marginal(|score| score.away) - pmf(away)).abs() < 1e-10);
        prop_assert!(grid.cells().all(|(_, p)| p >= 0.0));
    }
}

/// Means 1.5918918918918918 and 1.1837837837837837: the published Skellam probabilities of a draw and of a home win
/// by one.
#[test]
fn margins_are_skellam_distributed() {
    let grid = ScoreGrid::poisson(1.5918918918918918, 1.1837837837837837).unwrap();
    let margin = |by: i32| -> f64 {
        grid.cells().filter(|(score, _)| i32::from(score.home) - i32::from(score.away) == by).map(|(_, p)| p).sum()
    };
    assert!((margin(0) - 0.24809376810717076).abs() < 1e-12);
    assert!((margin(1) - 0.22706765807563964).abs() < 1e-12);
}
