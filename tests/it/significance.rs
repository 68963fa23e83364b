//! What tells skill from luck: hand examples, published numbers, and how the tests behave with and without skill.

mod chance;
mod properties;
mod selection;

use rand::{RngExt as _, SeedableRng as _};
use simbet::internals::significance::yield_interval;
use simbet::internals::significance::{
    BINS, EXACT_BETS, ProfitDistribution, Resampling, ReturnMoments, SettledBet,
    diebold_mariano_by_day, kurtosis, losing_run, losing_run_tail, min_track_record,
    poisson_binomial, profit_test, skewness, sortino_ratio, win_test,
};
use simbet::{
    bets_until_significant, diebold_mariano, mean_test, probabilistic_sharpe, reliability,
    sharpe_ratio,
};
use statrs::distribution::{Binomial, ContinuousCDF as _, DiscreteCDF as _, Normal, StudentsT};

use chance::fair_bets;

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} instead of {expected}"
    );
}

fn generator(seed: u64) -> chacha20::ChaCha8Rng {
    chacha20::ChaCha8Rng::seed_from_u64(seed)
}

// ---- means ----

/// Student (1908), Biometrika 6(1), table of Cushny and Peebles, hours of sleep gained, (2) less (1): mean 1.58,
/// t 4.0621 with 9 degrees of freedom, two-sided p .002833 as R's `t.test(extra ~ group, sleep, paired = TRUE)` prints.
#[test]
fn the_t_test_gives_the_numbers_of_the_sleep_data() {
    let gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
    let test = mean_test(&gained).unwrap();
    close(test.mean, 1.58, 1e-14);
    close(test.t, 4.0621, 5e-5);
    close(2.0 * test.p, 0.002833, 5e-7);
}

#[test]
fn the_tail_of_student_agrees_with_the_library_and_with_closed_forms() {
    for n in [2_usize, 3, 11, 400] {
        for shift in [-2.0, -0.3, 0.1, 1.0, 3.0] {
            let values: Vec<f64> = (0..n)
                .map(|i| shift + (i % 2) as f64 + i as f64 / n as f64)
                .collect();
            let test = mean_test(&values).unwrap();
            let library = StudentsT::new(0.0, 1.0, n as f64 - 1.0).unwrap().sf(test.t);
            close(test.p, library, 1e-11);
        }
    }
    // one degree of freedom is Cauchy's distribution: P(T > 1) = 1/4; two: P(T > t) = 1/2 − t/(2√(2 + t²))
    close(mean_test(&[0.0, 2.0]).unwrap().p, 0.25, 1e-12);
    let test = mean_test(&[0.0, 1.0, 5.0]).unwrap();
    close(
        test.p,
        0.5 - test.t / (2.0 * (2.0 + test.t * test.t).sqrt()),
        1e-12,
    );
}

/// The usual form of the tail, in ν/(ν + t²), loses the digits of a small t over many degrees of freedom.
#[test]
fn a_small_t_over_many_bets_keeps_its_digits() {
    for n in [2_000_usize, 200_000, 900_000, 1_100_000] {
        for t in [-1.5, -0.999, -0.01, 0.002, 0.02, 0.5, 1.0, 1.7] {
            let values = with_t(n, t);
            let test = mean_test(&values).unwrap();
            // Abramowitz & Stegun 26.7.7: P(T > t) = Q(t) + φ(t)·(t³ + t)/(4ν) + O(1/ν²)
            let normal = Normal::standard();
            let phi = (-test.t * test.t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let expected =
                normal.sf(test.t) + phi * (test.t.powi(3) + test.t) / (4.0 * (n as f64 - 1.0));
            close(test.p, expected, 2e-7);
        }
    }
}

/// Half the values at 1, half at −1, moved so that t is about this.
fn with_t(n: usize, t: f64) -> Vec<f64> {
    (0..n)
        .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 } + t / (n as f64).sqrt())
        .collect()
}

#[test]
fn the_bets_still_needed_are_just_enough() {
    let values: Vec<f64> = (0..60)
        .map(|i| if i % 2 == 0 { 1.1 } else { -1.0 })
        .collect();
    let test = mean_test(&values).unwrap();
    let more = bets_until_significant(&test, 0.95).unwrap();
    let p = |bets: u64| {
        let t = test.t * (bets as f64 / 60.0).sqrt();
        StudentsT::new(0.0, 1.0, bets as f64 - 1.0).unwrap().sf(t)
    };
    assert!(p(60 + more) <= 0.05 && p(60 + more - 1) > 0.05);
    // about (z/t)² times as many bets in all
    close((60 + more) as f64, (1.6448536 / test.t).powi(2) * 60.0, 3.0);
}

#[test]
fn no_number_of_bets_makes_a_loss_significant_and_a_sure_thing_needs_no_more() {
    let lost = mean_test(&[-1.0, -1.0, 0.9]).unwrap();
    assert_eq!(bets_until_significant(&lost, 0.95), None);
    let won = mean_test(&[0.9, 1.0, 1.1, 1.0]).unwrap();
    assert_eq!(bets_until_significant(&won, 0.95), Some(0));
    for level in [0.0, 1.0, -1.0, f64::NAN] {
        assert_eq!(bets_until_significant(&won, level), None);
    }
    let hardly = mean_test(&[1.0, -1.0 + 1e-14]).unwrap();
    assert_eq!(bets_until_significant(&hardly, 0.95), None);
}

#[test]
fn skewness_and_kurtosis_are_those_of_a_bet() {
    // won with probability p: skewness (1 − 2p)/√(pq), kurtosis 1/(pq) − 3
    let values: Vec<f64> = (0..10).map(|i| if i < 3 { 2.5 } else { -1.0 }).collect();
    close(skewness(&values).unwrap(), 0.4 / 0.21_f64.sqrt(), 1e-12);
    close(kurtosis(&values).unwrap(), 1.0 / 0.21 - 3.0, 1e-12);
    close(skewness(&[-3.0, -1.0, 1.0, 3.0]).unwrap(), 0.0, 1e-15);
}

// ---- Sharpe ratio ----

const NORMAL: ReturnMoments = ReturnMoments {
    sharpe: 0.458,
    skewness: 0.0,
    kurtosis: 3.0,
};
const SKEWED: ReturnMoments = ReturnMoments {
    sharpe: 0.458,
    skewness: -2.448,
    kurtosis: 10.164,
};

/// Bailey & López de Prado (2012), the example of 24 monthly returns.
#[test]
fn the_probabilistic_sharpe_ratio_is_that_of_the_paper() {
    close(
        probabilistic_sharpe(&NORMAL, 24, 0.0).unwrap(),
        0.981674919,
        5e-10,
    );
    close(
        probabilistic_sharpe(&SKEWED, 24, 0.0).unwrap(),
        0.913361084,
        5e-10,
    );
}

/// Bailey & López de Prado (2012), section on the minimum track record: an annual Sharpe ratio of 2 is shown to be
/// above 1 at 95 % by 2.73 years of daily, 2.83 of weekly and 3.24 of monthly normal returns; 4.99 years of monthly
/// ones with skewness −0.72 and kurtosis 5.78.
#[test]
fn the_minimum_track_record_is_that_of_the_paper() {
    let years = |periods: f64, skewness: f64, kurtosis: f64| {
        let record = ReturnMoments {
            sharpe: 2.0 / periods.sqrt(),
            skewness,
            kurtosis,
        };
        min_track_record(&record, 1.0 / periods.sqrt(), 0.95).unwrap() / periods
    };
    close(years(250.0, 0.0, 3.0), 2.73, 0.005);
    close(years(52.0, 0.0, 3.0), 2.83, 0.005);
    close(years(12.0, 0.0, 3.0), 3.24, 0.005);
    close(years(12.0, -0.72, 5.78), 4.99, 0.005);
}

/// Returns of 10 %, −5 % and 20 %, annualised with 252 days.
#[test]
fn annualised_ratios_are_the_published_ones() {
    let returns = [0.10, -0.05, 0.20];
    close(
        sharpe_ratio(&returns, 252.0).unwrap(),
        10.513149660756934,
        1e-12,
    );
    close(
        sortino_ratio(&returns, 252.0).unwrap(),
        45.8257569495584,
        1e-12,
    );
    close(
        sharpe_ratio(&returns, 1.0).unwrap() * 252.0_f64.sqrt(),
        10.513149660756934,
        1e-12,
    );
    for returns in [
        &[][..],
        &[0.1],
        &[0.1, 0.1],
        &[0.1, f64::NAN],
        &[0.1, f64::INFINITY],
    ] {
        assert_eq!(
            (sharpe_ratio(returns, 252.0), sortino_ratio(returns, 252.0)),
            (None, None),
            "{returns:?}"
        );
    }
    assert_eq!(
        (
            sharpe_ratio(&returns, 0.0),
            sortino_ratio(&returns, f64::NAN)
        ),
        (None, None)
    );
}

#[test]
fn a_record_of_minimum_length_is_just_sure_enough() {
    for record in [NORMAL, SKEWED] {
        for (benchmark, level) in [(0.0, 0.95), (0.1, 0.99), (-0.2, 0.6)] {
            let length = min_track_record(&record, benchmark, level).unwrap();
            let sure = |n: f64| probabilistic_sharpe(&record, n as u64, benchmark).unwrap_or(0.0);
            assert!(
                sure(length.ceil()) >= level && sure(length.floor()) <= level,
                "{length}"
            );
        }
    }
}

#[test]
fn a_sharpe_ratio_is_unsure_without_returns_or_with_impossible_moments() {
    assert_eq!(probabilistic_sharpe(&NORMAL, 1, 0.0), None);
    let impossible = ReturnMoments {
        sharpe: 1.0,
        skewness: 5.0,
        kurtosis: 3.0,
    };
    assert_eq!(probabilistic_sharpe(&impossible, 24, 0.0), None);
    assert_eq!(min_track_record(&impossible, 0.0, 0.95), None);
    for level in [0.5, 1.0, 1.5, f64::NAN] {
        assert_eq!(min_track_record(&NORMAL, 0.0, level), None);
    }
}

// ---- expected wins and profit ----

#[test]
fn equal_probabilities_give_the_binomial_distribution() {
    let wins = poisson_binomial(&[0.3; 40]).unwrap();
    let binomial = Binomial::new(0.3, 40).unwrap();
    for k in 0..=40_u64 {
        let at_least = if k == 0 { 1.0 } else { binomial.sf(k - 1) };
        close(wins[k as usize..].iter().sum(), at_least, 1e-12);
    }
    let bets: Vec<_> = (0..40).map(|i| (0.3, i < 17)).collect();
    let surprise = win_test(&bets, 1.0).unwrap();
    close(surprise.p, binomial.sf(16), 1e-13);
    close(surprise.z, 5.0 / 8.4_f64.sqrt(), 1e-12);
}

/// A bet that cannot win changes nothing but the count, and so shows both sides of the limit.
#[test]
fn the_normal_tail_takes_over_where_it_agrees_with_the_exact_one() {
    let mut random = generator(1);
    let mut bets: Vec<_> = (0..EXACT_BETS)
        .map(|_| random.random_range(0.05..0.7))
        .map(|p| (p, false))
        .collect();
    let mean: f64 = bets.iter().map(|(p, _)| p).sum();
    bets.iter_mut()
        .take(mean as usize + 40)
        .for_each(|bet| bet.1 = true);
    let exact = win_test(&bets, 1.0).unwrap();
    bets.push((0.0, false));
    let normal = win_test(&bets, 1.0).unwrap();
    assert!(exact.p > 0.05 && exact.p != normal.p && exact.z == normal.z);
    close(exact.p, normal.p, 5e-4);
}

/// Home −0.25 at 2.05 (independent Poisson goals 1.6 and 1.1): expected value .128081241 a unit.
#[test]
fn a_quarter_line_bet_is_worth_its_expected_value() {
    let chances = [0.489573537, 0.0, 0.0, 0.248910981, 0.261515482];
    let surprise = profit_test(&[ProfitDistribution::at(2.05, 10.0, chances)], 10.5, 1.0).unwrap();
    close(surprise.expected, 1.28081241, 1e-7);
    let square = 0.489573537 * 110.25 + 0.248910981 * 25.0 + 0.261515482 * 100.0;
    close(
        surprise.std_dev,
        (square - surprise.expected.powi(2)).sqrt(),
        1e-9,
    );
}

#[test]
fn what_is_no_distribution_has_no_expectation() {
    assert_eq!(win_test(&[], 1.0), None);
    assert_eq!(win_test(&[(1.0, true), (0.0, false)], 1.0), None);
    assert_eq!(win_test(&[(1.1, true)], 1.0), None);
    assert_eq!(win_test(&[(f64::NAN, true)], 1.0), None);
    assert_eq!(poisson_binomial(&[-0.1]), None);
    assert_eq!(profit_test(&[], 0.0, 1.0), None);
    assert_eq!(
        profit_test(
            &[ProfitDistribution::at(2.0, 1.0, [0.5, 0.0, 0.0, 0.0, 0.4])],
            0.0,
            1.0
        ),
        None
    );
    assert_eq!(
        profit_test(
            &[ProfitDistribution::at(
                f64::INFINITY,
                1.0,
                [0.5, 0.0, 0.0, 0.0, 0.5]
            )],
            0.0,
            1.0
        ),
        None
    );
}

// ---- losing runs ----

/// Sequences of ten tosses without three tails in a row: 504, a tribonacci number (OEIS A000073).
#[test]
fn a_fair_coin_has_the_runs_that_counting_gives() {
    close(
        losing_run_tail(&[0.5; 10]).unwrap()[3],
        520.0 / 1024.0,
        1e-15,
    );
}

#[test]
fn losing_runs_of_unequal_bets_agree_with_going_through_all_sequences() {
    let chances = [0.9, 0.2, 0.35, 0.5, 0.05, 0.6, 0.15, 0.4, 0.0];
    let mut tail = [0.0; 10];
    for sequence in 0..1_u32 << chances.len() {
        let won = |bet: usize| sequence >> bet & 1 == 1;
        let probability: f64 = (0..9)
            .map(|bet| {
                if won(bet) {
                    chances[bet]
                } else {
                    1.0 - chances[bet]
                }
            })
            .product();
        let results: Vec<bool> = (0..9).map(won).collect();
        let longest = results.split(|&won| won).map(<[bool]>::len).max().unwrap();
        tail[..=longest]
            .iter_mut()
            .for_each(|at_least| *at_least += probability);
    }
    let found = losing_run_tail(&chances).unwrap();
    assert_eq!(found.len(), tail.len());
    for (found, expected) in found.iter().zip(tail) {
        close(*found, expected, 1e-14);
    }
    let results = chances.map(|p| (p, p == 0.9 || p == 0.05));
    let run = losing_run(&results).unwrap();
    assert_eq!((run.n, run.longest), (9, 4));
    close(run.expected, tail[1..].iter().sum(), 1e-13);
    close(run.p, tail[4], 1e-14);
}

#[test]
fn what_is_certain_has_a_certain_losing_run() {
    let lost = losing_run(&[(0.0, false); 7]).unwrap();
    assert_eq!((lost.longest, lost.expected, lost.p), (7, 7.0, 1.0));
    let won = losing_run(&[(1.0, true); 7]).unwrap();
    assert_eq!((won.longest, won.expected, won.p), (0, 0.0, 1.0));
    assert_eq!(losing_run(&[(1.0, false); 7]).unwrap().p, 0.0);
    assert_eq!(losing_run(&[]), None);
    assert_eq!(losing_run(&[(f64::NAN, true)]), None);
}

// ---- calibration ----

#[test]
fn forecasts_fall_into_the_bin_that_starts_at_them() {
    let forecasts: Vec<_> = (0..=10)
        .map(|tenth| (f64::from(tenth) / 10.0, tenth % 2 == 0))
        .collect();
    let table = reliability(&forecasts).unwrap();
    assert_eq!(table.bins.map(|bin| bin.n), [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert_eq!(table.bins[3].mean_forecast, Some(0.3));
    assert_eq!(table.bins[3].observed, Some(0.0));
    assert_eq!(table.bins[9].observed, Some(0.5));
}

#[test]
fn a_calibrated_forecaster_errs_little_and_an_overconfident_one_by_what_he_adds() {
    let mut random = generator(2);
    let truths: Vec<f64> = (0..20_000).map(|_| random.random_range(0.0..0.6)).collect();
    let results: Vec<bool> = truths.iter().map(|&p| random.random_bool(p)).collect();
    let error = |added: f64| {
        let forecasts: Vec<_> = truths
            .iter()
            .zip(&results)
            .map(|(p, &happened)| (p + added, happened))
            .collect();
        reliability(&forecasts).unwrap().calibration_error
    };
    assert!(error(0.0) < 0.015, "{}", error(0.0));
    close(error(0.3), 0.3, 0.01);
}

#[test]
fn a_table_of_nothing_or_of_no_probabilities_is_none() {
    assert_eq!(reliability(&[]), None);
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(reliability(&[(p, true)]), None);
    }
    let empty = reliability(&[(0.5, true)]).unwrap().bins[0];
    assert_eq!(
        (empty.n, empty.mean_forecast, empty.observed),
        (0, None, None)
    );
    assert_eq!(BINS, 10);
}

// ---- two forecasters ----

/// By hand: deviations .04 −.26 .24 .14 −.16, squares .172, neighbours' products −.0616.
#[test]
fn the_score_test_allows_for_neighbours_as_worked_by_hand() {
    let differences = [0.1, -0.2, 0.3, 0.2, -0.1];
    let test = diebold_mariano(&differences, 1).unwrap();
    let correction = (5.0 + 1.0 - 4.0 + 2.0 / 5.0) / 5.0_f64;
    let variance = (0.172 - 2.0 * 0.0616) / 25.0_f64;
    close(
        test.statistic,
        0.06 / variance.sqrt() * correction.sqrt(),
        1e-12,
    );
    close(
        test.p,
        2.0 * StudentsT::new(0.0, 1.0, 4.0).unwrap().sf(test.statistic),
        1e-12,
    );
    assert_eq!(diebold_mariano(&differences, 5), None);
}

/// All lags together leave no variance, and the correction is 0: their quotient was an infinite error with a p of 1.
#[test]
fn as_many_lags_as_there_can_be_leave_no_score_test() {
    assert_eq!(diebold_mariano(&[0.1, -0.2, 0.3, 0.2, -0.1], 4), None);
    let huge = [ProfitDistribution::at(
        1e200,
        1.0,
        [0.5, 0.0, 0.0, 0.0, 0.5],
    )];
    assert_eq!(profit_test(&huge, 0.0, 1.0), None);
}

#[test]
fn without_lags_or_shared_days_the_score_test_is_the_t_test() {
    let mut random = generator(3);
    let values: Vec<f64> = (0..50).map(|_| random.random_range(-1.0..1.1)).collect();
    let days: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(day, &value)| (day as i64, value))
        .collect();
    let (t, plain) = (
        mean_test(&values).unwrap(),
        diebold_mariano(&values, 0).unwrap(),
    );
    let by_day = diebold_mariano_by_day(&days).unwrap();
    for statistic in [plain.statistic, by_day.statistic] {
        close(statistic, t.t, 1e-12);
    }
    close(plain.p, 2.0 * t.p.min(1.0 - t.p), 1e-12);
    close(by_day.p, plain.p, 1e-12);
}

#[test]
fn a_score_test_needs_finite_differences_that_vary_between_days() {
    assert_eq!(diebold_mariano(&[0.1, f64::INFINITY], 0), None);
    assert_eq!(diebold_mariano(&[0.1, 0.1, 0.1], 0), None);
    assert_eq!(diebold_mariano_by_day(&[(1, 0.1), (1, 0.2)]), None);
    assert_eq!(
        diebold_mariano_by_day(&[(1, 0.1), (1, 0.3), (2, 0.3), (2, 0.1)]),
        None
    );
    assert_eq!(diebold_mariano_by_day(&[]), None);
}

/// The market's own model differs from the market by the rounding of binary fractions, and that by processor: the tests
/// of the difference came out otherwise with and without fused multiply-add.
#[test]
fn the_market_is_not_tested_against_its_own_rounding() {
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "--quiet",
        "--model",
        "market",
        "--book",
        "max",
        "--market-book",
        "avg",
    ];
    let output = crate::backtest::simbet()
        .args(arguments)
        .args(["--format", "json"])
        .assert()
        .success();
    let summary: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    for score in ["log_loss", "brier", "rps"] {
        assert_eq!(summary["luck"][score], serde_json::Value::Null, "{score}");
    }
    let output = crate::backtest::simbet().args(arguments).assert().success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(table.contains("model and market are alike"), "{table}");
}

// ---- the yield ----

fn bet(day: i64, stake: f64, profit: f64) -> SettledBet {
    SettledBet { day, stake, profit }
}

#[test]
fn the_error_of_the_yield_is_that_of_the_ratio_estimator_over_days() {
    let mut random = generator(4);
    let sized = |(i, profit): (usize, f64)| {
        let stake = 1.0 + (i % 5) as f64;
        bet(i as i64 / 3, stake, stake * profit)
    };
    let bets: Vec<_> = fair_bets(&mut random, 300)
        .into_iter()
        .enumerate()
        .map(sized)
        .collect();
    let how = Resampling {
        resamples: 4_000,
        level: 0.95,
    };
    let interval = yield_interval(&bets, how, &mut random).unwrap();
    let turnover: f64 = bets.iter().map(|bet| bet.stake).sum();
    let value = bets.iter().map(|bet| bet.profit).sum::<f64>() / turnover;
    close(interval.value, value, 1e-12);
    // linearised: Cochran (1977), Sampling techniques, section 6.4
    let residual = |day: &[SettledBet]| {
        day.iter()
            .map(|bet| bet.profit - value * bet.stake)
            .sum::<f64>()
    };
    let squares: f64 = bets.chunks(3).map(|day| residual(day).powi(2)).sum();
    close(interval.std_error / (squares.sqrt() / turnover), 1.0, 0.04);
    close(
        (interval.upper - interval.lower) / interval.std_error,
        2.0 * 1.96,
        0.2,
    );
}

#[test]
fn the_interval_does_not_depend_on_the_order_of_rows_but_on_the_seed() {
    let mut bets: Vec<_> = (0..60)
        .map(|i| bet(i / 4, 1.0 + 0.1 * i as f64, ((i * 7) % 11) as f64 - 5.3))
        .collect();
    let interval = |bets: &[SettledBet], seed| {
        yield_interval(bets, Resampling::default(), &mut generator(seed)).unwrap()
    };
    let first = interval(&bets, 5);
    bets.reverse();
    bets.swap(3, 40);
    assert_eq!(interval(&bets, 5), first);
    assert_ne!(interval(&bets, 6), first);
}

#[test]
fn a_yield_needs_two_days_stakes_and_resamples() {
    let interval = |bets: &[SettledBet], resamples, level| {
        yield_interval(bets, Resampling { resamples, level }, &mut generator(1))
    };
    let good = [bet(1, 1.0, 1.0), bet(2, 1.0, -1.0)];
    assert!(interval(&good, 2, 0.9).is_some());
    assert_eq!(interval(&good, 1, 0.9), None);
    assert_eq!(interval(&good[..1], 100, 0.9), None);
    assert_eq!(interval(&[], 100, 0.9), None);
    for level in [0.0, 1.0, f64::NAN] {
        assert_eq!(interval(&good, 100, level), None);
    }
    for stake in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(interval(&[good[0], bet(2, stake, 1.0)], 100, 0.9), None);
    }
    let same = interval(&[bet(1, 1.0, 0.5), bet(2, 1.0, 0.5)], 100, 0.9).unwrap();
    assert_eq!((same.std_error, same.lower, same.upper), (0.0, 0.5, 0.5));
}
