//! How many goals a side scores.

use serde::{Deserialize, Serialize};

use super::conway_maxwell::ConwayMaxwell;
use super::shape::ShapeParameter;
use super::weibull::Weibull;

/// How the goals of a side are distributed, given what is expected of it.
///
/// # Formula
/// With m the mean:
/// ```text
/// poisson                  P(k) = e^−m m^k / k!
/// negative-binomial        variance m + αm², α the dispersion
/// conway-maxwell-poisson   P(k) ∝ θ^k / (k!)^ν, θ such that the mean is m
/// weibull                  Weibull times of scale λ and shape c between goals: P(no goal by t) = e^(−λt^c), t = 1 at the end
/// zero-inflated            P(0) = π + (1 − π)e^−λ, P(k) = (1 − π)e^−λ λ^k / k!, λ = m / (1 − π)
/// ```
/// All are Poisson at α = 0, ν = 1, c = 1 and π = 0. Conway and Maxwell (1962); Shmueli and others (2005), Applied Statistics
/// 54(1); McShane and others (2008), Journal of Business and Economic Statistics 26(3).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Marginal {
    /// Goals that fall independently, at a known rate.
    #[default]
    Poisson,
    /// Poisson goals at a rate that varies from match to match by a gamma distribution.
    NegativeBinomial,
    /// Goals of which each makes the next rarer or likelier.
    ConwayMaxwellPoisson,
    /// Goals whose rate depends on the time since the last one.
    Weibull,
    /// Poisson goals, and matches in which a side never scores.
    ZeroInflated,
}

impl Marginal {
    /// Whether it is what models have unless something else is set.
    pub(in crate::predict) const fn is_usual(&self) -> bool {
        matches!(self, Self::Poisson)
    }

    /// Its parameter beside the mean, if it has one.
    pub(super) const fn parameter(self) -> Option<ShapeParameter> {
        let (name, least, most, plain, sd, start) = match self {
            Self::Poisson => return None,
            Self::NegativeBinomial => ("dispersion", 0.0, 4.0, 0.0, 0.05, 0.03),
            Self::ConwayMaxwellPoisson => ("nu", 0.2, 5.0, 1.0, 0.1, 1.0),
            Self::Weibull => ("shape", 0.5, 1.8, 1.0, 0.1, 1.0),
            Self::ZeroInflated => ("zero_inflation", 0.0, 0.9, 0.0, 0.05, 0.02),
        };
        Some(ShapeParameter {
            name,
            least,
            most,
            plain,
            sd,
            start,
        })
    }
}

/// A marginal with its parameter.
///
/// A side's goals are given by its *location*: the number whose logarithm is a sum of strengths. That is the mean, except that
/// Weibull goals have their scale, as published.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Goals {
    Poisson,
    NegativeBinomial { dispersion: f64 },
    ConwayMaxwell(Box<ConwayMaxwell>),
    Weibull(Box<Weibull>),
    ZeroInflated { share: f64 },
}

impl Goals {
    /// The goals of this marginal and value of its parameter.
    pub(super) fn new(marginal: Marginal, shape: f64) -> Self {
        match marginal {
            Marginal::Poisson => Self::Poisson,
            Marginal::NegativeBinomial => Self::NegativeBinomial { dispersion: shape },
            Marginal::ConwayMaxwellPoisson => {
                Self::ConwayMaxwell(Box::new(ConwayMaxwell::new(shape)))
            }
            Marginal::Weibull => Self::Weibull(Box::new(Weibull::new(shape))),
            Marginal::ZeroInflated => Self::ZeroInflated { share: shape },
        }
    }

    /// The most goals that are given a probability.
    pub(super) const fn most(&self) -> usize {
        match self {
            Self::Poisson
            | Self::NegativeBinomial { .. }
            | Self::ConwayMaxwell(_)
            | Self::ZeroInflated { .. } => 255,
            Self::Weibull(_) => Weibull::MOST,
        }
    }

    /// The largest location whose probabilities have their digits.
    pub(super) fn largest(&self) -> f64 {
        match self {
            Self::Poisson
            | Self::NegativeBinomial { .. }
            | Self::ConwayMaxwell(_)
            | Self::ZeroInflated { .. } => crate::domain::ScoreGrid::MAX_RATE,
            Self::Weibull(weibull) => weibull.largest(),
        }
    }

    /// Writes the probabilities of 0, 1, 2 ... goals.
    pub(super) fn write(&self, location: f64, probabilities: &mut [f64]) {
        match self {
            Self::Poisson => write_poisson(1.0, location, probabilities),
            Self::NegativeBinomial { dispersion } => {
                write_negative_binomial(*dispersion, location, probabilities);
            }
            Self::ConwayMaxwell(goals) => goals.write(location, probabilities),
            Self::Weibull(goals) => goals.write(location, probabilities),
            Self::ZeroInflated { share } => {
                write_poisson(1.0 - share, location / (1.0 - share), probabilities);
                probabilities[0] += share;
            }
        }
    }

    /// The mean at a location.
    pub(super) fn mean(&self, location: f64) -> f64 {
        match self {
            Self::Poisson
            | Self::NegativeBinomial { .. }
            | Self::ConwayMaxwell(_)
            | Self::ZeroInflated { .. } => location,
            Self::Weibull(goals) => goals.mean(location),
        }
    }

    /// The location of a mean.
    pub(super) fn location(&self, mean: f64) -> f64 {
        match self {
            Self::Poisson
            | Self::NegativeBinomial { .. }
            | Self::ConwayMaxwell(_)
            | Self::ZeroInflated { .. } => mean,
            Self::Weibull(goals) => goals.location(mean),
        }
    }
}

/// Writes Poisson probabilities times a factor.
pub(super) fn write_poisson(factor: f64, rate: f64, probabilities: &mut [f64]) {
    let mut term = factor * (-rate).exp();
    for (goals, probability) in probabilities.iter_mut().enumerate() {
        *probability = term;
        term *= rate / (goals + 1) as f64;
    }
}

/// Writes negative binomial probabilities; a hair below 0 the dispersion still gives the likelihood its derivative there.
fn write_negative_binomial(dispersion: f64, mean: f64, probabilities: &mut [f64]) {
    let spread = dispersion * mean;
    let none = if dispersion == 0.0 {
        -mean
    } else {
        -spread.ln_1p() / dispersion
    };
    let (mut term, rate) = (none.exp(), mean / (1.0 + spread));
    for (goals, probability) in probabilities.iter_mut().enumerate() {
        *probability = term;
        term *= rate * (1.0 + dispersion * goals as f64) / (goals + 1) as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Marginal, f64); 9] = [
        (Marginal::Poisson, 0.0),
        (Marginal::NegativeBinomial, 0.0),
        (Marginal::NegativeBinomial, 0.3),
        (Marginal::ConwayMaxwellPoisson, 0.7),
        (Marginal::ConwayMaxwellPoisson, 1.4),
        (Marginal::Weibull, 0.84),
        (Marginal::Weibull, 1.2),
        (Marginal::ZeroInflated, 0.0),
        (Marginal::ZeroInflated, 0.1),
    ];

    fn probabilities(goals: &Goals, location: f64) -> Vec<f64> {
        let mut all = vec![0.0; goals.most() + 1];
        goals.write(location, &mut all);
        all
    }

    fn moments(all: &[f64]) -> [f64; 3] {
        let sum = |power: i32| -> f64 {
            let terms = all.iter().enumerate();
            terms.map(|(k, p)| p * (k as f64).powi(power)).sum()
        };
        [sum(0), sum(1), sum(2)]
    }

    #[test]
    fn probabilities_sum_to_one_and_have_the_mean() {
        for (marginal, shape) in ALL {
            let goals = Goals::new(marginal, shape);
            for mean in [0.05, 0.4, 1.3, 2.8, 5.0] {
                let location = goals.location(mean);
                let all = probabilities(&goals, location);
                let [sum, first, _] = moments(&all);
                let case = format!("{marginal:?} {shape} {mean}");
                assert!((sum - 1.0).abs() < 1e-9, "{case}: {sum}");
                assert!((first - mean).abs() < 1e-6, "{case}: {first}");
                assert!((goals.mean(location) - mean).abs() < 1e-6, "{case}");
                assert!(all.iter().all(|p| *p >= 0.0), "{case}");
            }
        }
    }

    #[test]
    fn each_is_poisson_where_its_parameter_says_so() {
        let poisson = probabilities(&Goals::Poisson, 1.7);
        for (marginal, _) in ALL {
            let Some(parameter) = marginal.parameter() else {
                continue;
            };
            let goals = Goals::new(marginal, parameter.plain);
            for (one, other) in probabilities(&goals, 1.7).iter().zip(&poisson) {
                assert!((one - other).abs() < 1e-12, "{marginal:?}: {one} {other}");
            }
        }
    }

    #[test]
    fn variances_are_those_of_the_formulas() {
        let variance = |marginal, shape| {
            let [_, first, second] = moments(&probabilities(&Goals::new(marginal, shape), 1.5));
            second - first * first
        };
        assert!((variance(Marginal::NegativeBinomial, 0.2) - (1.5 + 0.2 * 2.25)).abs() < 1e-9);
        // λ(1 − π)(1 + πλ), λ = 1.5 / .9
        let zero_inflated = 1.5 * (1.0 + 0.1 * 1.5 / 0.9);
        assert!((variance(Marginal::ZeroInflated, 0.1) - zero_inflated).abs() < 1e-9);
        assert!(variance(Marginal::ConwayMaxwellPoisson, 1.4) < 1.5);
        assert!(variance(Marginal::ConwayMaxwellPoisson, 0.7) > 1.5);
    }

    #[test]
    fn a_negative_binomial_is_smooth_where_it_becomes_poisson() {
        let at = |dispersion: f64| probabilities(&Goals::NegativeBinomial { dispersion }, 1.2)[3];
        // the derivative at 0 is ((k − m)² − k)/2 times the probability
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((slope - 0.5 * (1.8 * 1.8 - 3.0) * at(0.0)).abs() < 1e-8);
    }
}
