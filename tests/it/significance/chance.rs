//! How the tests behave in runs without skill, where p-values are uniform, and with it, where power grows.

use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};
use simbet::internals::significance::yield_interval;
use simbet::internals::significance::{
    ProfitDistribution, Resampling, ReturnMoments, diebold_mariano_by_day, kurtosis, losing_run,
    losing_run_tail, poisson_binomial, profit_test, skewness, win_test,
};
use simbet::{diebold_mariano, mean_test, probabilistic_sharpe};

use super::{bet, close, generator};

/// Profits of unit stakes at fair odds, 1.5 to 4, whose bets win `1 + skill` times as often as the odds say.
fn bets_with(random: &mut impl Rng, n: usize, skill: f64) -> Vec<(f64, bool)> {
    let mut one = || {
        let odds: f64 = random.random_range(1.5..4.0);
        (odds, random.random_bool((1.0 + skill) / odds))
    };
    (0..n).map(|_| one()).collect()
}

fn profits(bets: &[(f64, bool)]) -> Vec<f64> {
    bets.iter()
        .map(|&(odds, won)| if won { odds - 1.0 } else { -1.0 })
        .collect()
}

pub(super) fn fair_bets(random: &mut impl Rng, n: usize) -> Vec<f64> {
    profits(&bets_with(random, n, 0.0))
}

fn normal(random: &mut impl Rng) -> f64 {
    StandardNormal.sample(random)
}

/// The largest distance of 1,000 p-values from the uniform distribution: above .0616 in one set of a thousand
/// (Kolmogorov's 1.9495/√n).
fn assert_uniform(p_value: impl Fn(&mut chacha20::ChaCha8Rng) -> f64) {
    let mut values: Vec<f64> = (0..1_000)
        .map(|seed| p_value(&mut generator(seed)))
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    let gap = |(i, p): (usize, &f64)| (p - i as f64 / 1e3).max((i + 1) as f64 / 1e3 - p);
    let distance = values.iter().enumerate().map(gap).fold(0.0, f64::max);
    assert!(distance < 1.9495 / 1e3_f64.sqrt(), "{distance}");
}

#[test]
fn without_skill_the_p_of_the_mean_return_is_uniform() {
    assert_uniform(|random| mean_test(&fair_bets(random, 400)).unwrap().p);
}

#[test]
fn without_skill_the_p_of_closing_line_value_is_uniform() {
    assert_uniform(|random| {
        mean_test(&(0..20).map(|_| 0.03 * normal(random)).collect::<Vec<_>>())
            .unwrap()
            .p
    });
}

#[test]
fn without_skill_the_probabilistic_sharpe_ratio_is_uniform() {
    assert_uniform(|random| {
        let returns = fair_bets(random, 400);
        sharpe_of(&returns)
    });
}

fn sharpe_of(returns: &[f64]) -> f64 {
    let test = mean_test(returns).unwrap();
    let sharpe = test.t / (test.n as f64).sqrt();
    let record = ReturnMoments {
        sharpe,
        skewness: skewness(returns).unwrap(),
        kurtosis: kurtosis(returns).unwrap(),
    };
    probabilistic_sharpe(&record, test.n, 0.0).unwrap()
}

/// The p of a count moves in steps: it is uniform once its step is filled at random.
#[test]
fn without_skill_the_p_of_wins_is_uniform() {
    assert_uniform(|random| {
        let bets: Vec<_> = bets_with(random, 100, 0.0)
            .into_iter()
            .map(|(odds, won)| (1.0 / odds, won))
            .collect();
        let surprise = win_test(&bets, 1.0).unwrap();
        let chances: Vec<f64> = bets.iter().map(|&(p, _)| p).collect();
        surprise.p
            - random.random_range(0.0..1.0)
                * poisson_binomial(&chances).unwrap()[surprise.observed as usize]
    });
}

#[test]
fn without_skill_the_p_of_a_losing_run_is_uniform() {
    assert_uniform(|random| {
        let bets: Vec<_> = bets_with(random, 200, 0.0)
            .into_iter()
            .map(|(odds, won)| (1.0 / odds, won))
            .collect();
        let run = losing_run(&bets).unwrap();
        let tail = losing_run_tail(&bets.iter().map(|&(p, _)| p).collect::<Vec<_>>()).unwrap();
        let longer = tail.get(run.longest as usize + 1).copied().unwrap_or(0.0);
        run.p - random.random_range(0.0..1.0) * (run.p - longer)
    });
}

const CHANCES: [f64; 5] = [0.38, 0.12, 0.05, 0.15, 0.3];

/// Five-outcome bets whose profit is drawn from their own chances.
#[test]
fn without_skill_the_p_of_profit_is_uniform() {
    assert_uniform(|random| {
        let bets: Vec<_> = (0..300)
            .map(|_| ProfitDistribution::at(random.random_range(1.7..2.2), 1.0, CHANCES))
            .collect();
        let profit = bets.iter().map(|bet| drawn(bet, random)).sum();
        profit_test(&bets, profit, 1.0).unwrap().p
    });
}

fn drawn(bet: &ProfitDistribution, random: &mut impl Rng) -> f64 {
    let mut left: f64 = random.random_range(0.0..1.0);
    for (chance, profit) in bet.chances.iter().zip(bet.profits) {
        if left < *chance {
            return profit;
        }
        left -= chance;
    }
    bet.profits[4]
}

/// Differences that share a part by day.
fn clustered(random: &mut impl Rng, days: i64) -> Vec<(i64, f64)> {
    let mut differences = Vec::new();
    for day in 0..days {
        let (shared, matches) = (normal(random), random.random_range(2..7));
        differences.extend((0..matches).map(|_| (day, shared + normal(random))));
    }
    differences
}

#[test]
fn between_equal_forecasters_the_p_of_the_score_test_is_uniform() {
    assert_uniform(|random| {
        diebold_mariano(&(0..30).map(|_| normal(random)).collect::<Vec<_>>(), 0)
            .unwrap()
            .p
    });
    assert_uniform(|random| {
        let noise: Vec<f64> = (0..401).map(|_| normal(random)).collect();
        let moving: Vec<f64> = noise
            .windows(2)
            .map(|pair| pair[0] + 0.7 * pair[1])
            .collect();
        diebold_mariano(&moving, 1).unwrap().p
    });
    assert_uniform(|random| diebold_mariano_by_day(&clustered(random, 120)).unwrap().p);
}

/// Bets of a day that depend on each other fool the t test, which takes them for independent, not the bootstrap.
#[test]
fn the_interval_of_the_yield_holds_the_truth_as_often_as_it_says() {
    let runs = 400;
    let (mut held, mut fooled) = (0, 0);
    for seed in 0..runs {
        let mut random = generator(seed);
        let differences = clustered(&mut random, 60);
        let bets: Vec<_> = differences
            .iter()
            .map(|&(day, profit)| bet(day, 1.0, profit))
            .collect();
        let how = Resampling {
            resamples: 400,
            level: 0.95,
        };
        let interval = yield_interval(&bets, how, &mut random).unwrap();
        held += u64::from(interval.lower <= 0.0 && 0.0 <= interval.upper);
        let profits: Vec<f64> = bets.iter().map(|bet| bet.profit).collect();
        fooled += u64::from(mean_test(&profits).unwrap().p < 0.05);
    }
    let share = |count: u64| count as f64 / runs as f64;
    close(share(held), 0.94, 0.025);
    assert!(share(fooled) > 0.1, "{}", share(fooled));
}

/// How often skill is seen at 5 % in 200 runs.
fn power(seen: impl Fn(&mut chacha20::ChaCha8Rng) -> bool) -> f64 {
    (0..200).filter(|&seed| seen(&mut generator(seed))).count() as f64 / 200.0
}

fn assert_power_grows(seen: impl Fn(&mut chacha20::ChaCha8Rng, usize) -> bool) {
    let [few, more, many] = [60, 240, 960].map(|n| power(|random| seen(random, n)));
    assert!(
        few + 0.1 < more && more + 0.1 < many && many > 0.75,
        "{few} {more} {many}"
    );
}

const SKILL: f64 = 0.12;

#[test]
fn with_skill_the_power_grows_with_the_bets() {
    let returns = |random: &mut chacha20::ChaCha8Rng, n| profits(&bets_with(random, n, SKILL));
    assert_power_grows(|random, n| mean_test(&returns(random, n)).unwrap().p < 0.05);
    assert_power_grows(|random, n| sharpe_of(&returns(random, n)) > 0.95);
    assert_power_grows(|random, n| diebold_mariano(&returns(random, n), 0).unwrap().p < 0.05);
    assert_power_grows(|random, n| {
        let bets: Vec<_> = bets_with(random, n, SKILL)
            .into_iter()
            .map(|(odds, won)| (1.0 / odds, won))
            .collect();
        win_test(&bets, 1.0).unwrap().p < 0.05
    });
    assert_power_grows(|random, n| {
        let bets = bets_with(random, n, SKILL);
        let fair = |odds: f64| {
            ProfitDistribution::at(odds, 1.0, [1.0 / odds, 0.0, 0.0, 0.0, 1.0 - 1.0 / odds])
        };
        let prospects: Vec<_> = bets.iter().map(|&(odds, _)| fair(odds)).collect();
        profit_test(&prospects, profits(&bets).iter().sum(), 1.0)
            .unwrap()
            .p
            < 0.05
    });
}

#[test]
fn with_skill_the_interval_of_the_yield_leaves_zero_the_more_often_the_more_bets() {
    assert_power_grows(|random, n| {
        let returns = profits(&bets_with(random, n, SKILL));
        let bets: Vec<_> = returns
            .iter()
            .enumerate()
            .map(|(i, &profit)| bet(i as i64 / 4, 1.0, profit))
            .collect();
        let how = Resampling {
            resamples: 200,
            level: 0.9,
        };
        yield_interval(&bets, how, random).unwrap().lower > 0.0
    });
}
