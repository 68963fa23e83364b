//! The Conway–Maxwell–Poisson distribution, by its mean.

/// The largest number of goals in its sums.
const MOST: usize = 255;
/// The most Newton steps to the rate of a mean; a handful suffices.
const MAX_STEPS: usize = 60;

/// The distribution P(k) ∝ θ^k / (k!)^ν of one ν.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConwayMaxwell {
    nu: f64,
    /// k^−ν of k from 1 on.
    inverses: Vec<f64>,
}

/// The first sums over k of θ^k / (k!)^ν · k^i.
struct Sums([f64; 3]);

impl ConwayMaxwell {
    pub(super) fn new(nu: f64) -> Self {
        let inverses = (1..=MOST).map(|goals| (goals as f64).powf(-nu)).collect();
        Self { nu, inverses }
    }

    /// Writes the probabilities of 0, 1, 2 ... goals at this mean.
    pub(super) fn write(&self, mean: f64, probabilities: &mut [f64]) {
        let theta = self.theta(mean);
        let Sums([sum, ..]) = self.sums(theta);
        let mut term = 1.0 / sum;
        for (goals, probability) in probabilities.iter_mut().enumerate() {
            *probability = term;
            term *= theta * self.inverses.get(goals).copied().unwrap_or(0.0);
        }
    }

    /// The θ of a mean, by Newton's method in ln θ, of which the mean is a convex and growing function where it matters.
    fn theta(&self, mean: f64) -> f64 {
        // Shmueli and others (2005): the mean is about θ^(1/ν) − (ν − 1)/2ν
        let guess = (mean + (self.nu - 1.0) / (2.0 * self.nu)).max(0.5 * mean);
        let mut log = self.nu * guess.max(1e-12).ln();
        for _ in 0..MAX_STEPS {
            let Sums([sum, first, second]) = self.sums(log.exp());
            let found = first / sum;
            let variance = second / sum - found * found;
            // in the logarithm of the mean, which is straighter
            let step = (mean / found).ln() * found / variance;
            if !step.is_finite() {
                break;
            }
            log += step.clamp(-1.0, 1.0);
            if step.abs() < 1e-14 {
                break;
            }
        }
        log.exp()
    }

    fn sums(&self, theta: f64) -> Sums {
        let (mut sums, mut term) = ([1.0, 0.0, 0.0], 1.0);
        for (goals, inverse) in (1..).zip(&self.inverses) {
            let (factor, k) = (theta * inverse, f64::from(goals));
            term *= factor;
            sums[0] += term;
            sums[1] += k * term;
            sums[2] += k * k * term;
            if factor < 0.5 && term < 1e-17 * sums[0] {
                break;
            }
        }
        Sums(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_a_mean_is_found_wherever_it_lies() {
        for nu in [0.2, 0.5, 1.0, 2.0, 5.0] {
            let goals = ConwayMaxwell::new(nu);
            for mean in [1e-3, 0.3, 1.0, 2.7, 8.0, 20.0] {
                let Sums([sum, first, _]) = goals.sums(goals.theta(mean));
                assert!(
                    (first / sum / mean - 1.0).abs() < 1e-10,
                    "{nu} {mean}: {}",
                    first / sum
                );
            }
        }
    }
}
