//! The Conway–Maxwell–Poisson distribution, by its mean.

/// The largest number of goals in its sums.
const MOST: usize = 255;
/// The most Newton steps to the rate of a mean; a handful suffices.
const MAX_STEPS: usize = 60;
/// The mean is known at these many rates, evenly spaced in ln θ, as starts between which Newton's method needs a step or two.
const KNOTS: usize = 96;
/// The smallest and the largest mean between which the knots lie, roughly.
const MEANS: [f64; 2] = [0.02, 12.0];

/// The distribution P(k) ∝ θ^k / (k!)^ν of one ν.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ConwayMaxwell {
    nu: f64,
    /// k^−ν of k from 1 on.
    inverses: Vec<f64>,
    /// ln θ of the first knot, and the distance of knots.
    knots: [f64; 2],
    /// The logarithm of the mean at each knot.
    log_means: Vec<f64>,
}

/// The first sums over k of θ^k / (k!)^ν · k^i.
struct Sums([f64; 3]);

impl ConwayMaxwell {
    pub(super) fn new(nu: f64) -> Self {
        let [first, last] = MEANS.map(|mean| guess(nu, mean));
        let mut goals = Self {
            inverses: (1..=MOST).map(|goals| (goals as f64).powf(-nu)).collect(),
            knots: [first, (last - first) / (KNOTS - 1) as f64],
            log_means: Vec::new(),
            nu,
        };
        let thetas = (0..KNOTS).map(|knot| goals.log_theta(knot as f64).exp());
        let means = thetas
            .map(|theta| goals.sums(theta))
            .map(|Sums([sum, first, _])| first / sum);
        goals.log_means = means.map(f64::ln).collect();
        goals
    }

    /// ln θ at a place between the knots.
    fn log_theta(&self, place: f64) -> f64 {
        let [first, distance] = self.knots;
        first + distance * place
    }

    /// About ln θ of a mean.
    fn start(&self, mean: f64) -> f64 {
        let log = mean.ln();
        let above = self.log_means.partition_point(|known| *known < log);
        if above == 0 || above == KNOTS {
            return guess(self.nu, mean);
        }
        let [below, next] = [self.log_means[above - 1], self.log_means[above]];
        self.log_theta((above - 1) as f64 + (log - below) / (next - below))
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
        let mut log = self.start(mean);
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
            // the error squares with each step
            if step.abs() < 1e-8 {
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

/// About ln θ of a mean. Shmueli and others (2005): the mean is about θ^(1/ν) − (ν − 1)/2ν.
fn guess(nu: f64, mean: f64) -> f64 {
    let root = (mean + (nu - 1.0) / (2.0 * nu)).max(0.5 * mean);
    nu * root.max(1e-12).ln()
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
