//! Weibull counts: the number of goals when the times between them have a Weibull distribution.
//!
//! # Formula
//! ```text
//! P(k) = Σ_{j≥k} (−1)^(j+k) λ^j α(k, j) / Γ(cj + 1)
//! α(0, j) = Γ(cj + 1)/j!      α(k + 1, j) = Σ_{k≤m<j} α(k, m) · Γ(c(j − m) + 1)/(j − m)!
//! ```
//! McShane, Adrian, Bradlow and Fader (2008), Journal of Business and Economic Statistics 26(3). α does not depend on λ.

use statrs::function::gamma::gamma;

/// The terms of the series: more than count, as long as λ^(1/c) is at most [`REACH`].
const TERMS: usize = 96;
/// The largest λ^(1/c) at which the alternating terms leave enough digits.
const REACH: f64 = 9.0;
/// The mean of the goals is known at these many places, evenly spaced in ln λ, and interpolated between.
const KNOTS: usize = 128;
/// The smallest scale of a knot.
const SMALLEST: f64 = 0.005;

/// Weibull counts of one shape c.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weibull {
    shape: f64,
    terms: usize,
    /// The coefficient of λ^j for each k, row after row.
    coefficients: Vec<f64>,
    /// The logarithm of the mean at each knot.
    log_means: Vec<f64>,
}

impl Weibull {
    /// The most goals that are given a probability.
    pub(super) const MOST: usize = 30;

    pub(super) fn new(shape: f64) -> Self {
        // Γ would overflow beyond
        let terms = TERMS.min((165.0 / shape) as usize);
        let mut goals = Self {
            shape,
            terms,
            coefficients: coefficients(shape, terms),
            log_means: Vec::new(),
        };
        let scales = (0..KNOTS).map(|knot| goals.knot(knot).exp());
        goals.log_means = scales.map(|scale| goals.sum_of_mean(scale).ln()).collect();
        goals
    }

    /// The largest scale whose probabilities have their digits.
    pub(super) fn largest(&self) -> f64 {
        REACH.powf(self.shape)
    }

    /// Writes the probabilities of 0, 1, 2 ... goals.
    pub(super) fn write(&self, scale: f64, probabilities: &mut [f64]) {
        let rows = self.coefficients.chunks_exact(self.terms);
        probabilities.fill(0.0);
        let mut first = 1.0;
        for ((goals, row), probability) in rows.enumerate().zip(probabilities) {
            *probability = series(&row[goals..], first, scale).max(0.0);
            first *= scale;
        }
    }

    /// The mean at a scale.
    pub(super) fn mean(&self, scale: f64) -> f64 {
        if scale < SMALLEST {
            return self.sum_of_mean(scale);
        }
        let place = (scale.ln() - SMALLEST.ln()) / self.spacing();
        let knot = (place as usize).saturating_sub(1).min(KNOTS - 4);
        let places: [f64; 4] = std::array::from_fn(|k| (knot + k) as f64);
        interpolate(places, self.means_from(knot), place).exp()
    }

    /// The scale of a mean.
    pub(super) fn location(&self, mean: f64) -> f64 {
        let log = mean.ln();
        if log < self.log_means[0] {
            // so few goals are all first goals: the mean is P(one), nearly the scale
            return SMALLEST * mean / self.log_means[0].exp();
        }
        let above = self.log_means.partition_point(|known| *known < log);
        let knot = above.saturating_sub(2).min(KNOTS - 4);
        let places: [f64; 4] = std::array::from_fn(|k| self.knot(knot + k));
        interpolate(self.means_from(knot), places, log).exp()
    }

    fn means_from(&self, knot: usize) -> [f64; 4] {
        std::array::from_fn(|k| self.log_means[knot + k])
    }

    /// ln λ of a knot.
    fn knot(&self, knot: usize) -> f64 {
        SMALLEST.ln() + self.spacing() * knot as f64
    }

    fn spacing(&self) -> f64 {
        (self.largest() / SMALLEST).ln() / (KNOTS - 1) as f64
    }

    fn sum_of_mean(&self, scale: f64) -> f64 {
        let (mut mean, mut total, mut first) = (0.0, 0.0, 1.0);
        for (goals, row) in self.coefficients.chunks_exact(self.terms).enumerate() {
            let p = series(&row[goals..], first, scale).max(0.0);
            mean += goals as f64 * p;
            total += p;
            first *= scale;
            // beyond the middle the probabilities fall for good
            if total > 0.5 && p < 1e-14 {
                break;
            }
        }
        mean
    }
}

/// The sum of coefficients times powers, of which the lowest is `power`.
fn series(coefficients: &[f64], mut power: f64, scale: f64) -> f64 {
    let (mut sum, mut before) = (0.0, f64::INFINITY);
    for coefficient in coefficients {
        let term = coefficient * power;
        sum += term;
        // the terms rise, then fall for good
        if term.abs() < 1e-19 && term.abs() <= before {
            break;
        }
        before = term.abs();
        power *= scale;
    }
    sum
}

/// The coefficients of λ^j for each number of goals.
fn coefficients(shape: f64, terms: usize) -> Vec<f64> {
    let gammas: Vec<f64> = (0..terms).map(|j| gamma(shape * j as f64 + 1.0)).collect();
    let mut factorial = 1.0;
    let ratios: Vec<f64> = (0..terms)
        .map(|j| {
            factorial *= (j as f64).max(1.0);
            gammas[j] / factorial
        })
        .collect();
    let (mut alpha, mut all) = (ratios.clone(), Vec::new());
    for goals in 0..=Weibull::MOST {
        let signed = alpha.iter().zip(&gammas).enumerate();
        all.extend(signed.map(|(j, (alpha, gamma))| {
            let sign = if (j + goals) % 2 == 0 { 1.0 } else { -1.0 };
            if j < goals { 0.0 } else { sign * alpha / gamma }
        }));
        alpha = (0..terms)
            .map(|j| (goals..j).map(|m| alpha[m] * ratios[j - m]).sum())
            .collect();
    }
    all
}

/// The cubic through four points.
fn interpolate(x: [f64; 4], y: [f64; 4], at: f64) -> f64 {
    let weight = |k: usize| -> f64 {
        let others = (0..4).filter(|&other| other != k);
        others
            .map(|other| (at - x[other]) / (x[k] - x[other]))
            .product()
    };
    (0..4).map(|k| y[k] * weight(k)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(at most `goals` goals), from the times of the goals themselves: the k-th falls after 1.
    fn by_convolution(shape: f64, scale: f64, goals: usize) -> f64 {
        const PARTS: usize = 1_200;
        let survival = |t: f64| (-scale * t.powf(shape)).exp();
        let masses: Vec<f64> = (0..PARTS)
            .map(|k| [k, k + 1].map(|k| survival(k as f64 / PARTS as f64)))
            .map(|[before, after]| before - after)
            .collect();
        let mut left: Vec<f64> = (0..=PARTS)
            .map(|k| survival(k as f64 / PARTS as f64))
            .collect();
        // left[k]: at most so many goals in k parts
        for _ in 0..goals {
            let more: Vec<f64> = (0..=PARTS)
                .map(|k| {
                    // a goal falls in the middle of its part
                    let halves = |m: usize| 0.5 * (left[k - m] + left[k - m - 1]);
                    let after: f64 = (0..k).map(|m| masses[m] * halves(m)).sum();
                    survival(k as f64 / PARTS as f64) + after
                })
                .collect();
            left = more;
        }
        left[PARTS]
    }

    #[test]
    fn counts_are_those_of_weibull_times_between_goals() {
        for (shape, scale) in [(0.84, 1.09), (1.2, 1.5), (1.0, 2.4)] {
            let (goals, mut all) = (Weibull::new(shape), [0.0; Weibull::MOST + 1]);
            goals.write(scale, &mut all);
            let mut sum = 0.0;
            for (k, p) in all.iter().enumerate().take(3) {
                sum += p;
                let expected = by_convolution(shape, scale, k);
                assert!(
                    (sum - expected).abs() < 1e-4,
                    "{shape} {k}: {sum} {expected}"
                );
            }
        }
    }

    #[test]
    fn scale_and_mean_belong_together() {
        for shape in [0.5, 0.8, 1.0, 1.3, 1.8] {
            let goals = Weibull::new(shape);
            for mean in [0.02, 0.3, 1.0, 2.0, 4.0] {
                let scale = goals.location(mean);
                assert!(
                    (goals.sum_of_mean(scale) / mean - 1.0).abs() < 1e-5,
                    "{shape} {mean}"
                );
                assert!(
                    (goals.mean(scale) / mean - 1.0).abs() < 1e-5,
                    "{shape} {mean}"
                );
            }
        }
    }
}
