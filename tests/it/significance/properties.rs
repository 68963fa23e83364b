//! What holds of the statistics whatever the numbers.

use proptest::prelude::*;
use simbet::internals::significance::{
    Resampling, diebold_mariano_by_day, kurtosis, losing_run_tail, poisson_binomial, skewness,
};
use simbet::{diebold_mariano, mean_test, yield_interval};

use super::{bet, close, generator};

proptest! {
    #[test]
    fn scale_changes_no_verdict(values in prop::collection::vec(-10.0..10.0_f64, 3..60), scale in 0.01..100.0_f64) {
        let scaled: Vec<f64> = values.iter().map(|value| value * scale).collect();
        let (plain, larger) = (mean_test(&values).unwrap(), mean_test(&scaled).unwrap());
        prop_assert!((0.0..=1.0).contains(&plain.p));
        close(larger.p, plain.p, 1e-9);
        close(larger.mean, plain.mean * scale, 1e-9 * scale);
        close(diebold_mariano(&scaled, 0).unwrap().p, diebold_mariano(&values, 0).unwrap().p, 1e-9);
        let opposite: Vec<f64> = values.iter().map(|value| -value).collect();
        close(mean_test(&opposite).unwrap().p, 1.0 - plain.p, 1e-12);
    }

    #[test]
    fn shift_and_scale_change_no_shape(values in prop::collection::vec(-10.0..10.0_f64, 3..60), shift in -10.0..10.0_f64) {
        let moved: Vec<f64> = values.iter().map(|value| 3.0 * (value + shift)).collect();
        close(skewness(&moved).unwrap(), skewness(&values).unwrap(), 1e-6);
        close(kurtosis(&moved).unwrap(), kurtosis(&values).unwrap(), 1e-6);
        let (skewness, kurtosis) = (skewness(&values).unwrap(), kurtosis(&values).unwrap());
        prop_assert!(kurtosis >= 1.0 + skewness * skewness - 1e-9);
    }

    #[test]
    fn distributions_sum_to_one_and_tails_fall(chances in prop::collection::vec(0.0..=1.0_f64, 1..40)) {
        let wins = poisson_binomial(&chances).unwrap();
        close(wins.iter().sum(), 1.0, 1e-12);
        let mean: f64 = wins.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
        close(mean, chances.iter().sum(), 1e-10);
        let tail = losing_run_tail(&chances).unwrap();
        prop_assert!(tail.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12 && pair[1] >= 0.0));
        // some bet is lost unless all are won
        close(tail.get(1).copied().unwrap_or(0.0), 1.0 - chances.iter().product::<f64>(), 1e-11);
    }

    #[test]
    fn nothing_that_is_not_finite_gets_an_answer(at in 0..4_usize, which in 0..3_usize) {
        let mut values = [0.5, -0.2, 0.1, 0.4];
        values[at] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][which];
        prop_assert_eq!(mean_test(&values), None);
        prop_assert_eq!(skewness(&values), None);
        prop_assert_eq!(kurtosis(&values), None);
        prop_assert_eq!(diebold_mariano(&values, 1), None);
        prop_assert_eq!(diebold_mariano_by_day(&values.map(|value| (1, value))), None);
        let bets = values.map(|profit| bet(profit as i64, 1.0, profit));
        prop_assert_eq!(yield_interval(&bets, Resampling::default(), &mut generator(1)), None);
    }
}
