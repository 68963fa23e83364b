//! The goals of one side of every match, whichever teams play.

use super::family::Family;
use super::marginal::{Goals, Marginal};
use super::numeric;
use super::shape::{ShapeEstimate, ShapeParameter};

/// The logarithm of the location of goals.
const LOG_LOCATION: ShapeParameter = ShapeParameter {
    name: "mean",
    least: -7.0,
    most: 3.0,
    plain: 0.0,
    sd: 0.1,
    start: 0.0,
};

/// A marginal at the maximum of its likelihood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideFit {
    /// The mean, or the scale of Weibull goals, and the parameter of the marginal if it has one.
    pub(crate) parameters: Vec<ShapeEstimate>,
    /// The mean of the goals.
    pub(crate) mean: f64,
    /// The weighted log-likelihood.
    pub(crate) log_likelihood: f64,
}

impl SideFit {
    /// Fits a marginal to goals, each with its weight; `None` without a goal.
    pub(crate) fn of(marginal: Marginal, goals: &[(u8, f64)]) -> Option<Self> {
        let weight: f64 = goals.iter().map(|(_, weight)| weight).sum();
        let scored: f64 = goals
            .iter()
            .map(|(goals, weight)| f64::from(*goals) * weight)
            .sum();
        let mean = Some(scored / weight).filter(|mean| *mean > 0.0)?;
        let family = Family {
            marginal,
            ..Family::default()
        };
        let parameters: Vec<_> = [LOG_LOCATION]
            .into_iter()
            .chain(family.parameters())
            .collect();
        let mut at: Vec<f64> = [mean.ln()]
            .into_iter()
            .chain(family.parameters().map(|parameter| parameter.start))
            .collect();
        let counts = counted(goals);
        let mut likelihood = |at: &[f64]| log_likelihood(marginal, at, &counts);
        numeric::maximise(&parameters, &mut at, numeric::EXACT, &mut likelihood);
        let errors = numeric::errors(&parameters, &at, &mut likelihood);
        let log_likelihood = likelihood(&at);
        let mut estimates =
            parameters
                .iter()
                .zip(&at)
                .zip(errors)
                .map(|((parameter, &estimate), error)| ShapeEstimate {
                    name: parameter.name,
                    estimate,
                    standard_error: error,
                });
        let location = estimates.next().map(|log| of_location(marginal, log));
        Some(Self {
            parameters: location.into_iter().chain(estimates).collect(),
            mean: goals_at(marginal, &at).mean(at[0].exp()),
            log_likelihood,
        })
    }

    /// Akaike's information criterion; lower is better.
    pub(crate) fn aic(&self) -> f64 {
        2.0 * self.parameters.len() as f64 - 2.0 * self.log_likelihood
    }
}

/// The location, from the estimate of its logarithm.
fn of_location(marginal: Marginal, log: ShapeEstimate) -> ShapeEstimate {
    let estimate = log.estimate.exp();
    ShapeEstimate {
        name: if marginal == Marginal::Weibull {
            "scale"
        } else {
            log.name
        },
        estimate,
        standard_error: log.standard_error.map(|error| error * estimate),
    }
}

/// The weight of each number of goals.
fn counted(goals: &[(u8, f64)]) -> Vec<f64> {
    let most = goals.iter().map(|(goals, _)| *goals).max().unwrap_or(0);
    let mut counts = vec![0.0; usize::from(most) + 1];
    for &(goals, weight) in goals {
        counts[usize::from(goals)] += weight;
    }
    counts
}

fn goals_at(marginal: Marginal, at: &[f64]) -> Goals {
    Goals::new(marginal, at.get(1).copied().unwrap_or_default())
}

fn log_likelihood(marginal: Marginal, at: &[f64], counts: &[f64]) -> f64 {
    let mut probabilities = vec![0.0; counts.len()];
    goals_at(marginal, at).write(at[0].exp(), &mut probabilities);
    let terms = probabilities.iter().zip(counts);
    terms.map(|(p, weight)| weight * p.max(1e-300).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a Poisson fit must find in closed form, and what lies on a bound.
    #[test]
    fn the_mean_is_that_of_the_goals_and_its_error_the_textbook_one() {
        let goals: Vec<(u8, f64)> = [0, 1, 1, 2, 0, 3, 1, 2].map(|goals| (goals, 1.0)).to_vec();
        let fit = SideFit::of(Marginal::Poisson, &goals).unwrap();
        let [mean] = fit.parameters.as_slice() else {
            panic!("{fit:?}");
        };
        assert!((mean.estimate - 1.25).abs() < 1e-6 && (fit.mean - 1.25).abs() < 1e-6);
        assert!((mean.standard_error.unwrap() - (1.25_f64 / 8.0).sqrt()).abs() < 1e-4);
        // rarer zeros than Poisson: no inflation
        let few_zeros: Vec<(u8, f64)> = [1, 1, 1, 2, 0, 1].map(|goals| (goals, 1.0)).to_vec();
        let fit = SideFit::of(Marginal::ZeroInflated, &few_zeros).unwrap();
        assert_eq!(fit.parameters[1].estimate, 0.0);
        assert_eq!(fit.parameters[1].standard_error, None);
        assert!(SideFit::of(Marginal::Poisson, &[(0, 1.0)]).is_none());
    }

    #[test]
    fn a_negative_binomial_has_the_size_at_which_its_score_vanishes() {
        // Σ over k < x of 1/(r + k) = n·ln(1 + m/r), r the size (Fisher 1941)
        let counts = [70.0, 38.0, 17.0, 10.0, 9.0, 3.0, 2.0, 1.0];
        let goals: Vec<(u8, f64)> = (0..).zip(counts).collect();
        let fit = SideFit::of(Marginal::NegativeBinomial, &goals).unwrap();
        let size = 1.0 / fit.parameters[1].estimate;
        assert!((size - 1.0246).abs() < 1e-3, "{fit:?}");
        let score: f64 = (0..8)
            .map(|x| counts[x] * (0..x).map(|k| 1.0 / (size + k as f64)).sum::<f64>())
            .sum();
        let total: f64 = counts.iter().sum();
        assert!((score - total * (1.0 + fit.mean / size).ln()).abs() < 1e-2);
    }
}
