//! The power method: the exponent at which the powers of numbers sum to a target.

use super::parameter;
use crate::predict::vector::exp;

/// The error that is left of an exponent is of this order.
const ROUNDING: f64 = 1e-15;
/// Steps without a bracket; two do for the margins of bookmakers.
const STEPS: usize = 6;
/// A power is not taken anew for a smaller step, but moved by the first four terms of its series, of which the fifth is a rounding
/// error.
const SMALL: f64 = 1e-3;

/// Replaces each value q by q^e, with e inside the bracket and such that they sum to `target`. Where no exponent of the bracket
/// solves that, it is the nearer end.
///
/// # Method
/// Householder's of the third order, from e = 1, where the powers are the values themselves: with the sums Sₖ = Σ(ln q)ᵏ·q^e and
/// h = −(S₀ − target)/S₁ the step is
/// ```text
/// h·(1 + ½·h·S₂/S₁) / (1 + h·S₂/S₁ + ⅙·h²·S₃/S₁)
/// ```
/// What it leaves is of the order of its fourth power times (S₂/S₁)³, which is a rounding error after the second step at any usual
/// margin, and that step is so small that the powers after it follow from those before: each value takes one logarithm and one
/// exponential. Where one value is next to 1 more is left of the exponent, and nothing of the powers. Where steps leave the
/// bracket the search goes on inside it.
pub(super) fn raise(values: &mut [f64], target: f64, bracket: (f64, f64)) {
    // where the number of outcomes is known, the loops over them are unrolled
    if let Ok(three) = <&mut [f64; 3]>::try_from(&mut *values) {
        raise_all(three, &mut [0.0; 3], target, bracket);
    } else if let Ok(two) = <&mut [f64; 2]>::try_from(&mut *values) {
        raise_all(two, &mut [0.0; 2], target, bracket);
    } else {
        raise_all(values, &mut vec![0.0; values.len()], target, bracket);
    }
}

/// `powers` is room for as many.
#[inline(always)]
fn raise_all(values: &mut [f64], powers: &mut [f64], target: f64, bracket: (f64, f64)) {
    powers.copy_from_slice(values);
    values.iter_mut().for_each(|value| *value = value.ln());
    let logs = &mut *values;
    if let Some(step) = last_step(logs, powers, target, bracket) {
        for (log, power) in logs.iter_mut().zip(powers) {
            *log = moved(*power, step * *log);
        }
    } else {
        let exponent = parameter(logs, bracket, 1.0, target, power_of_log);
        logs.iter_mut().for_each(|log| *log = exp(exponent * *log));
    }
}

/// Takes all steps but the last by Householder's method alone, from 1, and returns that one, with the powers before it; `None` where
/// the method leads nowhere.
#[inline(always)]
fn last_step(
    logs: &[f64],
    powers: &mut [f64],
    target: f64,
    (low, high): (f64, f64),
) -> Option<f64> {
    let mut exponent = 1.0;
    for _ in 0..STEPS {
        let (step, left) = Sums::of(logs, powers, target).step();
        let next = exponent + step;
        if !(next > low && next < high) {
            return None;
        }
        if left <= ROUNDING * next {
            return Some(step);
        }
        exponent = next;
        for (power, log) in powers.iter_mut().zip(logs) {
            *power = exp(exponent * log);
        }
    }
    None
}

/// A power when the logarithm of it moves by x.
#[inline(always)]
fn moved(power: f64, x: f64) -> f64 {
    if x.abs() < SMALL {
        power + power * x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0))))
    } else {
        power * exp(x)
    }
}

/// Powers less their target, and the first three derivatives in the exponent.
#[derive(Clone, Copy)]
struct Sums {
    excess: f64,
    slope: f64,
    curvature: f64,
    third: f64,
}

impl Sums {
    #[inline(always)]
    fn of(logs: &[f64], powers: &[f64], target: f64) -> Self {
        let mut sums = Self {
            excess: -target,
            slope: 0.0,
            curvature: 0.0,
            third: 0.0,
        };
        for (log, power) in logs.iter().zip(powers) {
            let (first, square) = (power * log, log * log);
            sums.excess += power;
            sums.slope += first;
            sums.curvature += first * log;
            sums.third += first * square;
        }
        sums
    }

    /// A step, and how much of an error it leaves: of the order of Newton's step, since far from the exponent the step may vanish.
    #[inline(always)]
    fn step(self) -> (f64, f64) {
        let inverse = 1.0 / self.slope;
        let (newton, bend) = (-self.excess * inverse, self.curvature * inverse);
        let turn = newton * bend;
        let step = newton * (1.0 + 0.5 * turn)
            / (1.0 + turn + newton * newton * self.third * inverse / 6.0);
        let square = newton * newton;
        (step, square * square * bend.abs().powi(3))
    }
}

/// q^e from ln q, and its derivative in e.
fn power_of_log(log: f64, e: f64) -> [f64; 2] {
    let p = exp(e * log);
    [p, p * log]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raised(values: &[f64], target: f64, bracket: (f64, f64)) -> Vec<f64> {
        let mut values = values.to_vec();
        raise(&mut values, target, bracket);
        values
    }

    proptest! {
        #[test]
        fn powers_sum_to_the_target_and_share_an_exponent(
            shares in prop::collection::vec(1e-4_f64..1.0, 2..8),
            margin in -0.2_f64..0.6,
        ) {
            let sum: f64 = shares.iter().sum();
            let implied: Vec<f64> = shares.iter().map(|q| q / sum * (1.0 + margin)).collect();
            prop_assume!(implied.iter().all(|&q| q < 0.9999));
            let fair = raised(&implied, 1.0, (0.0, 64.0));
            prop_assert!((fair.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{fair:?}");
            // of the least one, whose logarithm has the most digits
            let least = (0..fair.len()).min_by(|a, b| fair[*a].total_cmp(&fair[*b])).unwrap();
            let exponent = fair[least].ln() / implied[least].ln();
            for (p, q) in fair.iter().zip(&implied) {
                prop_assert!((p / q.powf(exponent) - 1.0).abs() < 1e-11, "{fair:?} of {implied:?}");
            }
            // and back
            let priced = raised(&fair, 1.0 + margin.max(0.0), (0.0, 1.0));
            if margin > 0.0 {
                for (q, again) in implied.iter().zip(&priced) {
                    prop_assert!((q / again - 1.0).abs() < 1e-10, "{priced:?} of {implied:?}");
                }
            }
        }

        #[test]
        fn it_is_the_exponent_that_a_search_in_the_bracket_finds(
            shares in prop::collection::vec(1e-3_f64..1.0, 2..5),
            margin in 0.0_f64..0.3,
        ) {
            let sum: f64 = shares.iter().sum();
            let implied: Vec<f64> = shares.iter().map(|q| q / sum * (1.0 + margin)).collect();
            prop_assume!(implied.iter().all(|&q| q < 0.999));
            let logs: Vec<f64> = implied.iter().map(|q| q.ln()).collect();
            let slow = parameter(&logs, (0.0, 64.0), 1.0, 1.0, power_of_log);
            let fair = raised(&implied, 1.0, (0.0, 64.0));
            for (p, log) in fair.iter().zip(&logs) {
                prop_assert!((p - (slow * log).exp()).abs() < 1e-13);
            }
        }
    }

    /// The step vanished far from the exponent, and was taken for the last one.
    #[test]
    fn a_step_that_vanishes_is_not_the_last_one() {
        for odds in [[1.11, 1.11, 465.0], [1.01, 1.3, 480.0], [1.02, 1.1, 3853.0]] {
            let fair = raised(&odds.map(|odds| 1.0 / odds), 1.0, (0.0, 64.0));
            assert!((fair.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{fair:?}");
        }
    }

    #[test]
    fn a_power_is_moved_as_it_would_be_taken_anew() {
        for x in [0.0, 1e-6, -9.99e-4, 9.99e-4, 1.001e-3, -0.3, 2.0] {
            let anew = (-1.5_f64 + x).exp();
            assert!(
                (moved((-1.5_f64).exp(), x) / anew - 1.0).abs() < 4e-16,
                "{x}"
            );
        }
    }

    #[test]
    fn where_no_exponent_solves_it_the_nearer_end_is_taken() {
        // no power of two numbers below 1 sums to more than 2
        let ends = raised(&[0.5, 0.5], 3.0, (0.0, 1.0));
        assert!(ends.iter().all(|p| (p - 1.0).abs() < 1e-9), "{ends:?}");
        let none = raised(&[0.999_999, 0.999_999], 1e-30, (0.0, 64.0));
        let end = 0.999_999_f64.powi(64);
        assert!(none.iter().all(|p| (p - end).abs() < 1e-9), "{none:?}");
    }
}
