//! What the best of many is worth: published numbers, other programs, brute force, and how the tests behave under noise.

use std::sync::atomic::AtomicBool;

use rand::Rng;
use rand_distr::{Distribution as _, StandardNormal};
use simbet::internals::significance::{
    BlockBootstrap, ReturnMoments, data_snooping_tests, deflated_sharpe, expected_best_sharpe,
    probability_of_overfitting, reality_check, spa, stationary_bootstrap,
};

use super::{close, generator};

/// Bailey & López de Prado (2014), The deflated Sharpe ratio, the numerical example: an annual Sharpe ratio of 2.5 over
/// five years of 250 days, skewness −3, kurtosis 10, a variance of 1/2 between trials: SR₀ .1132 a day and DSR .9004
/// after 100 trials; the paper has .9505 after 46.
#[test]
fn the_deflated_sharpe_ratio_is_that_of_the_paper() {
    let record = ReturnMoments {
        sharpe: 2.5 / 250_f64.sqrt(),
        skewness: -3.0,
        kurtosis: 10.0,
    };
    close(
        expected_best_sharpe(100, 0.5 / 250.0).unwrap(),
        0.1132,
        5e-5,
    );
    close(
        deflated_sharpe(&record, 1250, 100, 0.5 / 250.0).unwrap(),
        0.9004,
        5e-5,
    );
    close(
        deflated_sharpe(&record, 1250, 46, 0.5 / 250.0).unwrap(),
        0.9505,
        5e-5,
    );
}

#[test]
fn the_expected_best_of_many_is_about_what_is_drawn() {
    let mut random = generator(1);
    for trials in [10_u64, 100, 1000] {
        let best = |_| {
            normals(&mut random, trials as usize)
                .into_iter()
                .fold(f64::NEG_INFINITY, f64::max)
        };
        let mean = (0..2_000).map(best).sum::<f64>() / 2_000.0;
        // the formula is an approximation for many trials
        close(expected_best_sharpe(trials, 1.0).unwrap(), mean, 0.05);
    }
    assert_eq!(expected_best_sharpe(0, 1.0), None);
    assert_eq!(expected_best_sharpe(5, -1.0), None);
    assert_eq!(expected_best_sharpe(5, f64::NAN), None);
}

fn normals(random: &mut impl Rng, n: usize) -> Vec<f64> {
    (0..n).map(|_| StandardNormal.sample(random)).collect()
}

// ---- reality check and SPA ----

/// Six autoregressive series that any language can make.
fn series() -> Vec<Vec<f64>> {
    let mut state: u64 = 7;
    let mut next = || {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        state as f64 / 2_147_483_648.0 - 0.5
    };
    let shapes = [
        (0.015, 1.0),
        (0.05, 2.0),
        (0.0, 0.5),
        (-0.01, 1.0),
        (-0.05, 1.0),
        (-0.2, 1.5),
    ];
    let row = |(mean, scale): (f64, f64)| {
        let mut last = 0.0;
        let mut one = || {
            last = 0.3 * last + next();
            mean + scale * last
        };
        (0..240).map(|_| one()).collect()
    };
    shapes.map(row).to_vec()
}

/// arch 8.0.0 (PyPI) with 100,000 resamples, on the same series as losses against 0:
/// `RealityCheck(zeros, -R, block_size, 100000, 'stationary', studentize=False, seed=2)`, of which `upper` is White's; and
/// `SPA(zeros, -R / omega, ..., seed=3)`, omega being the root of its `_loss_diff_var`, since arch 8.0.0 computes that
/// variance and does not divide by it. Ours has 5,000 resamples: a standard error of .007.
#[test]
fn the_tests_of_selection_agree_with_arch() {
    let returns = series();
    close(returns[0][0], 0.11205606, 5e-9);
    let golden = [
        (1.0, 0.49434, [0.3993, 0.52154, 0.58279], 1.077768),
        (5.0, 0.63318, [0.60103, 0.71954, 0.77305], 0.773716),
    ];
    for (mean_length, white, hansen, statistic) in golden {
        let how = BlockBootstrap {
            resamples: 5_000,
            mean_length,
        };
        close(
            reality_check(&returns, how, &mut generator(1)).unwrap().p,
            white,
            0.024,
        );
        let test = spa(&returns, how, &mut generator(1)).unwrap();
        close(test.statistic, statistic, 1e-6);
        for (found, expected) in [test.p_lower, test.p, test.p_upper].into_iter().zip(hansen) {
            close(found, expected, 0.024);
        }
    }
}

/// The same resamples, added up index by index.
#[test]
fn the_tests_of_selection_are_those_of_their_definitions() {
    let returns = series();
    let how = BlockBootstrap {
        resamples: 300,
        mean_length: 3.0,
    };
    let (mut random, n) = (generator(9), 240_usize);
    let mean = |row: &[f64]| row.iter().sum::<f64>() / n as f64;
    let means: Vec<f64> = returns.iter().map(|row| mean(row)).collect();
    let omegas: Vec<f64> = returns.iter().map(|row| omega(row, 3.0)).collect();
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
    let white = largest(&mut means.iter().copied());
    let hansen = largest(&mut means.iter().zip(&omegas).map(|(mean, omega)| mean / omega)).max(0.0);
    let bound = (2.0 * (n as f64).ln().ln()).sqrt();
    let kappas: f64 = (0..n).map(|lag| kappa(lag, n, 3.0)).sum();
    let stretch = (n as f64 / (n as f64 - kappas)).sqrt();
    let mut beaten = [0; 4];
    for _ in 0..how.resamples {
        let days: Vec<usize> = stationary_bootstrap(n, 3.0, &mut random).collect();
        let drawn: Vec<f64> = returns
            .iter()
            .map(|row| days.iter().map(|day| row[*day]).sum::<f64>() / n as f64)
            .collect();
        // so far that they vary as independent days do
        let drawn: Vec<f64> = drawn
            .iter()
            .zip(&means)
            .map(|(drawn, mean)| mean + stretch * (drawn - mean))
            .collect();
        let over = |centre: &dyn Fn(usize) -> f64| {
            largest(&mut (0..6).map(|k| (drawn[k] - centre(k)) / omegas[k])).max(0.0) > hansen
        };
        let hopeful = |k: usize| (n as f64).sqrt() * means[k] / omegas[k] >= -bound;
        beaten[0] += i32::from(largest(&mut (0..6).map(|k| drawn[k] - means[k])) > white);
        beaten[1] += i32::from(over(&|k| means[k].max(0.0)));
        beaten[2] += i32::from(over(&|k| if hopeful(k) { means[k] } else { 0.0 }));
        beaten[3] += i32::from(over(&|k| means[k]));
    }
    let check = reality_check(&returns, how, &mut generator(9)).unwrap();
    let test = spa(&returns, how, &mut generator(9)).unwrap();
    let found = [check.p, test.p_lower, test.p, test.p_upper];
    assert_eq!(found, beaten.map(|count| f64::from(count) / 300.0));
    assert!(test.p_lower < test.p && test.p < test.p_upper, "{found:?}");
}

/// Hansen's variance, term by term.
fn omega(row: &[f64], mean_length: f64) -> f64 {
    let n = row.len();
    let mean = row.iter().sum::<f64>() / n as f64;
    let gamma = |lag: usize| {
        (0..n - lag)
            .map(|t| (row[t] - mean) * (row[t + lag] - mean))
            .sum::<f64>()
            / n as f64
    };
    (gamma(0)
        + 2.0
            * (1..n)
                .map(|lag| kappa(lag, n, mean_length) * gamma(lag))
                .sum::<f64>())
    .sqrt()
}

fn kappa(lag: usize, n: usize, mean_length: f64) -> f64 {
    let (keep, share) = (1.0 - 1.0 / mean_length, lag as f64 / n as f64);
    (1.0 - share) * keep.powi(lag as i32) + share * keep.powi((n - lag) as i32)
}

#[test]
fn the_variance_in_closed_form_is_that_of_the_resamples() {
    let row = &series()[1];
    let mut random = generator(4);
    let draw = |_| {
        stationary_bootstrap(240, 6.0, &mut random)
            .map(|day| row[day])
            .sum::<f64>()
            / 240.0
    };
    let means: Vec<f64> = (0..20_000).map(draw).collect();
    let mean = means.iter().sum::<f64>() / 20_000.0;
    let variance = means
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / 19_999.0;
    close((240.0 * variance).sqrt() / omega(row, 6.0), 1.0, 0.02);
}

#[test]
fn blocks_are_as_long_as_was_asked_and_begin_everywhere() {
    let mut random = generator(2);
    let (mut breaks, mut seen) = (0, vec![0_u32; 50]);
    for _ in 0..2_000 {
        let days: Vec<usize> = stationary_bootstrap(50, 4.0, &mut random).collect();
        breaks += days
            .windows(2)
            .filter(|pair| pair[1] != (pair[0] + 1) % 50)
            .count();
        days.iter().for_each(|day| seen[*day] += 1);
    }
    // a new block may happen to begin where the old one would have gone on: 49/50 of a quarter of 49 steps
    close(breaks as f64 / 2_000.0, 49.0 * 0.25 * 0.98, 0.2);
    assert!(
        seen.iter().all(|count| (1_700..2_300).contains(count)),
        "{seen:?}"
    );
}

#[test]
fn settings_that_do_nothing_are_no_rivals() {
    let mut returns = series();
    let how = BlockBootstrap {
        resamples: 200,
        mean_length: 2.0,
    };
    let before = spa(&returns, how, &mut generator(3));
    returns.insert(2, vec![0.0; 240]);
    assert_eq!(spa(&returns, how, &mut generator(3)), before);
    assert_eq!(spa(&[vec![0.0; 240]], how, &mut generator(3)), None);
    assert_eq!(spa(&[], how, &mut generator(3)), None);
    assert_eq!(
        reality_check(&[vec![1.0, 2.0], vec![1.0]], how, &mut generator(3)),
        None
    );
    assert_eq!(
        reality_check(&[vec![1.0, f64::NAN]], how, &mut generator(3)),
        None
    );
    assert_eq!(
        reality_check(
            &series(),
            BlockBootstrap {
                resamples: 0,
                mean_length: 2.0
            },
            &mut generator(3)
        ),
        None
    );
    assert_eq!(
        reality_check(
            &series(),
            BlockBootstrap {
                resamples: 9,
                mean_length: 0.5
            },
            &mut generator(3)
        ),
        None
    );
}

// ---- probability of overfitting ----

/// Bailey, Borwein, López de Prado & Zhu (2017), the algorithm of section 2.2 step by step, on matrices.
fn overfitting_by_hand(returns: &[Vec<f64>], blocks: usize) -> f64 {
    let (length, n) = (returns[0].len() / blocks, returns.len());
    let sharpe = |row: &[f64], taken: &dyn Fn(usize) -> bool| {
        let values: Vec<f64> = (0..row.len())
            .filter(|day| taken(day / length))
            .map(|day| row[day])
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        mean / (squares / (values.len() - 1) as f64).sqrt()
    };
    let (mut splits, mut overfitted) = (0, 0);
    for half in 0..1_u32 << blocks {
        if half.count_ones() as usize != blocks / 2 {
            continue;
        }
        let inside: Vec<f64> = returns
            .iter()
            .map(|row| sharpe(row, &|block| half >> block & 1 == 1))
            .collect();
        let outside: Vec<f64> = returns
            .iter()
            .map(|row| sharpe(row, &|block| half >> block & 1 == 0))
            .collect();
        let best = (0..n)
            .max_by(|one, other| inside[*one].total_cmp(&inside[*other]))
            .unwrap();
        let rank = outside
            .iter()
            .filter(|score| **score <= outside[best])
            .count() as f64;
        let omega = rank / (n + 1) as f64;
        splits += 1;
        overfitted += u32::from((omega / (1.0 - omega)).ln() <= 0.0);
    }
    f64::from(overfitted) / f64::from(splits)
}

#[test]
fn the_probability_of_overfitting_is_that_of_its_definition() {
    for (seed, settings, blocks) in [(1, 7, 6), (2, 10, 8), (3, 2, 4)] {
        let mut random = generator(seed);
        let returns: Vec<Vec<f64>> = (0..settings).map(|_| normals(&mut random, 48)).collect();
        let found = probability_of_overfitting(&returns, blocks).unwrap();
        assert_eq!(found.probability, overfitting_by_hand(&returns, blocks));
        assert_eq!(found.blocks, blocks as u64);
    }
}

#[test]
fn what_cannot_be_split_has_no_probability_of_overfitting() {
    let rows = vec![
        normals(&mut generator(1), 40),
        normals(&mut generator(2), 40),
    ];
    assert_eq!(
        probability_of_overfitting(&rows, 16).unwrap().splits,
        12_870
    );
    assert_eq!(probability_of_overfitting(&rows[..1], 16), None);
    for blocks in [0, 3, 22] {
        assert_eq!(probability_of_overfitting(&rows, blocks), None);
    }
    assert_eq!(
        probability_of_overfitting(&[vec![1.0; 31], vec![2.0; 31]], 16),
        None
    );
    assert_eq!(
        probability_of_overfitting(&[vec![1.0; 40], vec![2.0; 41]], 4),
        None
    );
}

// ---- noise and skill ----

/// Days of settings that have a part in common, as settings of a grid do, the first of them with some skill.
fn noise(random: &mut impl Rng, settings: usize, days: usize, skill: f64) -> Vec<Vec<f64>> {
    let shared = normals(random, days);
    let row = |own: Vec<f64>| {
        own.iter()
            .zip(&shared)
            .map(|(own, shared)| 0.8 * own + 0.6 * shared)
            .collect()
    };
    let mut rows: Vec<Vec<f64>> = (0..settings).map(|_| row(normals(random, days))).collect();
    rows[0].iter_mut().for_each(|value| *value += skill);
    rows
}

#[test]
fn under_noise_the_p_of_the_reality_check_is_uniform() {
    let how = BlockBootstrap {
        resamples: 200,
        mean_length: 1.0,
    };
    let p = |seed| {
        let mut random = generator(seed);
        let rows = noise(&mut random, 12, 200, 0.0);
        let (check, test) =
            data_snooping_tests(&rows, how, &mut random, &AtomicBool::new(false)).unwrap();
        [check.p, test.p_upper]
    };
    let all: Vec<[f64; 2]> = (0..300).map(p).collect();
    for test in 0..2 {
        let mut values: Vec<f64> = all.iter().map(|p| p[test]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let gap = |(i, p): (usize, &f64)| (p - i as f64 / 300.0).max((i + 1) as f64 / 300.0 - p);
        // Kolmogorov's 1.9495/√n, one set in a thousand, and the step of 200 resamples
        let distance = values.iter().enumerate().map(gap).fold(0.0, f64::max);
        assert!(distance < 1.9495 / 300_f64.sqrt() + 0.005, "{distance}");
    }
}

#[test]
fn one_skilful_setting_among_many_is_seen() {
    let how = BlockBootstrap {
        resamples: 200,
        mean_length: 1.0,
    };
    let mut small = [0; 2];
    for seed in 0..50 {
        let mut random = generator(seed);
        let rows = noise(&mut random, 12, 200, 0.3);
        small[0] += i32::from(reality_check(&rows, how, &mut random).unwrap().p < 0.05);
        small[1] += i32::from(spa(&rows, how, &mut random).unwrap().p < 0.05);
    }
    assert!(small[0] > 40 && small[1] > 40, "{small:?}");
}

#[test]
fn under_noise_half_of_what_is_chosen_is_overfitted_and_with_skill_little_is() {
    let mean = |skill: f64| {
        let one = |seed| {
            let rows = noise(&mut generator(seed), 12, 160, skill);
            probability_of_overfitting(&rows, 8).unwrap().probability
        };
        (0..200).map(one).sum::<f64>() / 200.0
    };
    // twelve settings: the sixth of twelve is at 6/13, so that half is where there is no skill
    close(mean(0.0), 0.5, 0.06);
    assert!(mean(0.3) < 0.1, "{}", mean(0.3));
}

#[test]
fn tests_that_are_stopped_say_nothing() {
    let how = BlockBootstrap {
        resamples: 200,
        mean_length: 1.0,
    };
    let mut random = generator(1);
    let rows = noise(&mut random, 3, 50, 0.0);
    for is_stopped in [false, true] {
        let tests = data_snooping_tests(&rows, how, &mut random, &AtomicBool::new(is_stopped));
        assert_eq!(tests.is_none(), is_stopped);
    }
}
