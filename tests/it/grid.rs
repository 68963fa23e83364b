//! Score grids against distributions that others have written.

use proptest::prelude::*;
use simbet::GoalProfile;
use simbet::internals::domain::GridError;
use simbet::{Score, ScoreGrid};
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
        grid.cells()
            .filter(|(score, _)| i32::from(score.home) - i32::from(score.away) == by)
            .map(|(_, p)| p)
            .sum()
    };
    assert!((margin(0) - 0.24809376810717076).abs() < 1e-12);
    assert!((margin(1) - 0.22706765807563964).abs() < 1e-12);
}

/// The final scores of a Dixon-Coles match of which each goal falls in the time that is gone with probability
/// 1 − `left`, given the score so far: by listing every final score and how many of its goals have fallen.
fn by_enumeration(
    so_far: [u64; 2],
    [home, away]: [f64; 2],
    rho: f64,
    left: f64,
) -> Vec<(Score, f64)> {
    use statrs::distribution::Binomial;
    let pmf = |rate: f64, goals: u64| Poisson::new(rate).unwrap().pmf(goals);
    let fallen =
        |final_goals: u64, goals: u64| Binomial::new(1.0 - left, final_goals).unwrap().pmf(goals);
    let tau = |i: u64, j: u64| match (i, j) {
        (0, 0) => 1.0 - home * away * rho,
        (0, 1) => 1.0 + home * rho,
        (1, 0) => 1.0 + away * rho,
        (1, 1) => 1.0 - rho,
        _ => 1.0,
    };
    let joint = |i, j| {
        tau(i, j) * pmf(home, i) * pmf(away, j) * fallen(i, so_far[0]) * fallen(j, so_far[1])
    };
    let scores = || (so_far[0]..50).flat_map(move |i| (so_far[1]..50).map(move |j| (i, j)));
    let whole: f64 = scores().map(|(i, j)| joint(i, j)).sum();
    scores()
        .map(|(i, j)| {
            (
                Score {
                    home: i as u8,
                    away: j as u8,
                },
                joint(i, j) / whole,
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn in_play_a_grid_has_the_probabilities_of_enumeration(
        home in 0.2..3.5f64, away in 0.2..3.5f64, rho in -0.25..0.08f64, left in 0.02..0.98f64, a in 0u64..4, b in 0u64..4,
    ) {
        let base = Score { home: a as u8, away: b as u8 };
        let grid = ScoreGrid::in_play(base, [home, away], rho, left).unwrap();
        for (score, expected) in by_enumeration([a, b], [home, away], rho, left) {
            let found = grid.probability(score);
            prop_assert!((found - expected).abs() < 1e-12, "{score:?}: {found} and not {expected}");
        }
        let sums = [grid.cells().map(|(_, p)| p).sum::<f64>(), grid.outcomes().iter().sum()];
        prop_assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-12), "{sums:?}");
    }

    #[test]
    fn at_kick_off_the_grid_in_play_is_that_of_dixon_and_coles(home in 0.0..8.0f64, away in 0.0..8.0f64, rho in -1.0..1.0f64) {
        let before = ScoreGrid::dixon_coles(home, away, rho).unwrap();
        let kick_off = ScoreGrid::in_play(Score::default(), [home, away], rho, 1.0).unwrap();
        for ((score, one), (_, other)) in before.cells().zip(kick_off.cells()) {
            prop_assert!((one - other).abs() < 1e-14, "{score:?}: {one} {other}");
        }
    }

    #[test]
    fn whatever_rho_a_grid_in_play_sums_to_1(
        home in 0.0..8.0f64, away in 0.0..8.0f64, rho in -9.0..9.0f64, left in 0.0..1e-3f64, a in 0u8..3, b in 0u8..3,
    ) {
        let grid = ScoreGrid::in_play(Score { home: a, away: b }, [home, away], rho, left).unwrap();
        prop_assert!(grid.cells().all(|(_, p)| p >= 0.0));
        prop_assert!((grid.cells().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_minute_of_a_share_is_the_inverse_of_what_is_left(share in 0.0..1.0f64, uniform in any::<bool>()) {
        let profile = if uniform { GoalProfile::Uniform } else { GoalProfile::Empirical };
        let minute = profile.minute_of(share);
        prop_assert!(profile.left(minute) >= 1.0 - share && 1.0 - share > profile.left(minute + 1), "{minute}");
    }
}

#[test]
fn every_minute_begins_at_the_share_that_has_been_scored_by_then() {
    for profile in [GoalProfile::Uniform, GoalProfile::Empirical] {
        assert_eq!((profile.left(0), profile.left(200)), (1.0, 0.0));
        for minute in (0..=105).filter(|&minute| profile.left(minute) > 0.0) {
            // between the two the share is exact, at the end rounding decides
            let middle = 1.0 - (profile.left(minute) + profile.left(minute + 1)) / 2.0;
            assert_eq!(profile.minute_of(middle), minute);
        }
        let last = profile.minute_of(1.0);
        assert!(profile.left(last) > 0.0 && profile.left(last + 1) == 0.0);
        let strange = [f64::NAN, f64::NEG_INFINITY, -1.0, 1.0, 2.0, f64::INFINITY]
            .map(|share| profile.minute_of(share));
        assert_eq!(strange, [0, 0, 0, last, last, last]);
    }
}

/// ρ = 1 rules 1–1 out as a final score: once nothing can follow, such a match is still a match.
#[test]
fn a_score_that_cannot_stand_is_left_as_it_is_when_nothing_can_follow() {
    let one_all = Score { home: 1, away: 1 };
    let grid = ScoreGrid::in_play(one_all, [0.5, 0.5], 1.0, 0.0).unwrap();
    assert_eq!(grid.probability(one_all), 1.0);
    let grid = ScoreGrid::in_play(one_all, [0.5, 0.5], 1.0, 1e-9).unwrap();
    assert_eq!(grid.probability(one_all), 0.0);
}

#[test]
fn a_share_of_goals_lies_between_0_and_1() {
    for left in [-0.1, 1.1, f64::NAN] {
        let error = ScoreGrid::in_play(Score::default(), [1.0, 1.0], 0.0, left).unwrap_err();
        assert!(matches!(error, GridError::Share(_)), "{error}");
    }
}
