//! The probabilities of scores under a family, with its parameters.

use super::dependence::{Dependence, frank};
use super::family::Family;
use super::marginal::{Goals, write_poisson};
use super::shape::ShapeParameter;
use crate::domain::Score;

/// The least probability that a score is given: whatever has happened was possible.
const LEAST: f64 = 1e-300;
/// The goals of a side, from 0 to 255.
const GOALS: usize = 256;

/// A family with its parameters: the probability of each score, given the locations of both sides.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::predict) struct ScoreDistribution {
    pub(super) goals: Goals,
    pub(super) dependence: Dependence,
    /// The parameter of the dependence; 0 where it has none.
    pub(super) tie: f64,
    family: Family,
    shapes: Vec<f64>,
}

/// Room for the probabilities of both sides' goals.
pub(super) struct Buffers([[f64; GOALS]; 2]);

impl Default for Buffers {
    fn default() -> Self {
        Self([[0.0; GOALS]; 2])
    }
}

impl ScoreDistribution {
    /// The family with these parameters, in its order; missing ones are as of independent Poisson goals.
    pub(in crate::predict) fn new(family: Family, shapes: &[f64]) -> Self {
        let mut given = shapes.iter().copied();
        let mut value = |parameter: Option<ShapeParameter>| {
            parameter.map_or(0.0, |parameter| given.next().unwrap_or(parameter.plain))
        };
        let shape = value(family.marginal.parameter());
        let tie = value(family.dependence.parameter());
        Self {
            goals: Goals::new(family.marginal, shape),
            dependence: family.dependence,
            tie,
            family,
            shapes: shapes.to_vec(),
        }
    }

    /// The family.
    pub(in crate::predict) const fn family(&self) -> Family {
        self.family
    }

    /// The parameters, in the order of the family.
    pub(in crate::predict) fn shapes(&self) -> &[f64] {
        &self.shapes
    }

    /// Dixon and Coles's ρ; 0 where goals do not depend on each other in this way.
    pub(in crate::predict) const fn rho(&self) -> f64 {
        match self.dependence {
            Dependence::DixonColes => self.tie,
            Dependence::Independent | Dependence::BivariatePoisson | Dependence::Frank => 0.0,
        }
    }

    /// Moves the free parameters, within their ranges.
    pub(in crate::predict) fn shift(&mut self, is_free: &[bool], shifts: &[f64]) {
        let mut shifts = shifts.iter();
        let parameters = self.family.parameters().zip(&self.shapes).zip(is_free);
        let moved: Vec<f64> = parameters
            .map(|((parameter, &value), &is_free)| {
                let shift = if is_free {
                    shifts.next().copied()
                } else {
                    None
                };
                (value + shift.unwrap_or(0.0)).clamp(parameter.least, parameter.most)
            })
            .collect();
        if moved != self.shapes {
            *self = Self::new(self.family, &moved);
        }
    }

    /// The goals that are expected of both sides.
    pub(in crate::predict) fn means(&self, locations: [f64; 2]) -> [f64; 2] {
        locations.map(|location| self.goals.mean(location) + self.common())
    }

    /// The locations at which these goals are expected. Where both sides have goals in common, they leave each some of its own.
    pub(in crate::predict) fn locations(&self, means: [f64; 2]) -> [f64; 2] {
        let common = self.common();
        means.map(|mean| self.goals.location((mean - common).max(0.05 * mean)))
    }

    /// The goals that both sides score at once.
    const fn common(&self) -> f64 {
        match self.dependence {
            Dependence::BivariatePoisson => self.tie,
            Dependence::Independent | Dependence::DixonColes | Dependence::Frank => 0.0,
        }
    }

    /// The logarithm of the probability of a score.
    pub(super) fn log(&self, score: Score, locations: [f64; 2], buffers: &mut Buffers) -> f64 {
        let [x, y] = [score.home, score.away].map(usize::from);
        let [home, away] = &mut buffers.0;
        let (home, away) = (&mut home[..=x.max(1)], &mut away[..=y.max(1)]);
        self.goals.write(locations[0], home);
        self.goals.write(locations[1], away);
        self.probability(home, away, [x, y]).max(LEAST).ln()
    }

    /// The probability of `x` and `y` goals, given those of each side's goals up to there.
    fn probability(&self, home: &[f64], away: &[f64], [x, y]: [usize; 2]) -> f64 {
        match self.dependence {
            Dependence::Independent => home[x] * away[y],
            Dependence::DixonColes => home[x] * away[y] + low_surplus(self.tie, home, away, [x, y]),
            Dependence::BivariatePoisson => {
                let mut common = [0.0; GOALS];
                let common = &mut common[..=x.min(y)];
                write_poisson(1.0, self.tie, common);
                with_common(common, home, away, [x, y])
            }
            Dependence::Frank => {
                let [u, v] = [(home, x), (away, y)].map(|(goals, k)| {
                    let below: f64 = goals[..k].iter().sum();
                    [below, below + goals[k]]
                });
                frank_cell(self.tie, u, v)
            }
        }
    }
}

/// What Dixon and Coles's ρ adds to the probability of independent goals.
fn low_surplus(rho: f64, home: &[f64], away: &[f64], score: [usize; 2]) -> f64 {
    let moved = rho * home[1] * away[1];
    match score {
        [0, 0] | [1, 1] => -moved,
        [0, 1] | [1, 0] => moved,
        [_, _] => 0.0,
    }
}

/// The probability of a score where both sides have goals in common.
pub(super) fn with_common(common: &[f64], home: &[f64], away: &[f64], [x, y]: [usize; 2]) -> f64 {
    let shared = common.iter().enumerate().take(x.min(y) + 1);
    shared.map(|(k, p)| p * home[x - k] * away[y - k]).sum()
}

/// The probability that Frank's copula gives to a rectangle.
fn frank_cell(kappa: f64, [u0, u1]: [f64; 2], [v0, v1]: [f64; 2]) -> f64 {
    let at = |u: f64, v: f64| frank(kappa, u.min(1.0), v.min(1.0));
    (at(u1, v1) - at(u0, v1)) - (at(u1, v0) - at(u0, v0))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Marginal;
    use super::*;

    pub(in super::super) const EVERY: [(Marginal, Dependence, &[f64]); 12] = [
        (Marginal::Poisson, Dependence::Independent, &[]),
        (Marginal::Poisson, Dependence::DixonColes, &[-0.1]),
        (Marginal::Poisson, Dependence::BivariatePoisson, &[0.15]),
        (Marginal::Poisson, Dependence::Frank, &[-0.5]),
        (Marginal::NegativeBinomial, Dependence::Independent, &[0.1]),
        (
            Marginal::NegativeBinomial,
            Dependence::DixonColes,
            &[0.1, -0.1],
        ),
        (
            Marginal::ConwayMaxwellPoisson,
            Dependence::Frank,
            &[1.2, 0.5],
        ),
        (
            Marginal::ConwayMaxwellPoisson,
            Dependence::Independent,
            &[0.8],
        ),
        (Marginal::Weibull, Dependence::Frank, &[0.9, -0.4]),
        (Marginal::Weibull, Dependence::DixonColes, &[1.1, -0.1]),
        (Marginal::ZeroInflated, Dependence::Independent, &[0.05]),
        (Marginal::ZeroInflated, Dependence::Frank, &[0.05, 0.8]),
    ];

    #[test]
    fn probabilities_of_scores_sum_to_one_and_have_the_means() {
        for (marginal, dependence, shapes) in EVERY {
            let family = Family {
                marginal,
                dependence,
                rho: None,
            };
            let distribution = ScoreDistribution::new(family, shapes);
            let (means, mut buffers) = ([1.7, 1.1], Buffers::default());
            let locations = distribution.locations(means);
            let [mut sum, mut home, mut away] = [0.0; 3];
            for score in (0..900_u16).map(|cell| Score {
                home: (cell / 30) as u8,
                away: (cell % 30) as u8,
            }) {
                let p = distribution.log(score, locations, &mut buffers).exp();
                sum += p;
                home += p * f64::from(score.home);
                away += p * f64::from(score.away);
            }
            let case = format!("{family:?}: {sum} {home} {away}");
            assert!((sum - 1.0).abs() < 1e-9, "{case}");
            assert!(
                (home - 1.7).abs() < 1e-6 && (away - 1.1).abs() < 1e-6,
                "{case}"
            );
            let found = distribution.means(locations);
            assert!(
                (found[0] - 1.7).abs() < 1e-6 && (found[1] - 1.1).abs() < 1e-6,
                "{case}"
            );
        }
    }
}
