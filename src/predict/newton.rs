//! Newton's method with a factor of the Hessian that serves as long as it is good enough.

use serde::{Deserialize, Serialize};

use super::PredictError;
use super::cholesky::Cholesky;
use super::likelihood::{Likelihood, Scratch};
use super::vector::{dot, norm as length};

/// Euclidean norm of the gradient at which a fit has converged.
pub(super) const TOLERANCE: f64 = 1e-8;
/// Steps after which a fit has failed.
const MAX_ITERATIONS: u32 = 200;
/// A stale factor is kept while each step leaves at most this share of the gradient.
const KEPT: f64 = 0.1;

/// The parameters of the last fit, its factor, and every buffer a fit needs, which begins anew in a fit and is not saved.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Newton {
    /// The parameters; a start before [`Self::maximise`], the maximum after.
    pub(super) theta: Vec<f64>,
    /// Steps of the last fit.
    pub(super) iterations: u32,
    /// The negated Hessian as last computed, lower triangle.
    #[serde(skip)]
    pub(super) information: Vec<f64>,
    factor: Cholesky,
    factor_order: Option<usize>,
    #[serde(skip)]
    gradient: Vec<f64>,
    #[serde(skip)]
    trial: Vec<f64>,
    #[serde(skip)]
    trial_gradient: Vec<f64>,
    #[serde(skip)]
    step: Vec<f64>,
    #[serde(skip)]
    scratch: Scratch,
}

impl Newton {
    /// A climb that has not begun.
    pub(super) fn starting_at(theta: Vec<f64>) -> Self {
        Self {
            theta,
            ..Self::default()
        }
    }

    /// Forgets the last fit.
    pub(super) fn begin_at(&mut self, theta: Vec<f64>) {
        self.theta = theta;
        self.forget_factor();
    }

    /// Says that the parameters have changed their meaning, so that the factor is of no more use.
    pub(super) fn forget_factor(&mut self) {
        self.factor_order = None;
    }

    /// Whether there are parameters for this many teams or none at all, and the factor is whole.
    pub(super) fn is_sound(&self, teams: usize) -> bool {
        let size = self.theta.len();
        (size == 0 || size == 2 * teams + 2 || size == 2 * teams + 3)
            && self
                .factor_order
                .is_none_or(|order| self.factor.is_of(order))
    }

    /// Climbs from `theta` to the maximum.
    ///
    /// # Errors
    /// When the gradient does not vanish.
    pub(super) fn maximise(
        &mut self,
        likelihood: &Likelihood,
        matches: usize,
    ) -> Result<(), PredictError> {
        let order = likelihood.order();
        self.iterations = 0;
        for buffer in [
            &mut self.gradient,
            &mut self.trial,
            &mut self.trial_gradient,
        ] {
            buffer.resize(order, 0.0);
        }
        if !likelihood.gradient(&self.theta, &mut self.gradient, &mut self.scratch) {
            self.restart(likelihood);
        }
        let mut fresh = false;
        let mut norm = length(&self.gradient);
        // a gradient that is not a number has not vanished
        while norm > TOLERANCE || norm.is_nan() {
            if self.iterations == MAX_ITERATIONS {
                return Err(PredictError::NotConverged {
                    iterations: self.iterations,
                    gradient: norm,
                    matches,
                });
            }
            self.iterations += 1;
            if !fresh && self.factor_order != Some(order) {
                self.refactor(likelihood);
                fresh = true;
            }
            let left = self.advance(likelihood, norm, fresh);
            match left {
                Some(left) => {
                    // a poor step asks for the Hessian of where we are now
                    if left > KEPT * norm {
                        self.forget_factor();
                    }
                    norm = left;
                    fresh = false;
                }
                None if fresh => {
                    return Err(PredictError::NotConverged {
                        iterations: self.iterations,
                        gradient: norm,
                        matches,
                    });
                }
                None => self.forget_factor(),
            }
        }
        Ok(())
    }

    /// Back to ρ = 0, where nothing is impossible.
    fn restart(&mut self, likelihood: &Likelihood) {
        if likelihood.rho
            && let Some(rho) = self.theta.last_mut()
        {
            *rho = 0.0;
        }
        likelihood.gradient(&self.theta, &mut self.gradient, &mut self.scratch);
    }

    /// One step; the norm of the gradient it leaves, or `None`, and nothing moved, when it does not climb.
    fn advance(&mut self, likelihood: &Likelihood, norm: f64, fresh: bool) -> Option<f64> {
        self.step.clear();
        self.step.extend_from_slice(&self.gradient);
        self.factor.solve(&mut self.step);
        if let Some(left) = self.try_step(likelihood, 1.0)
            && left <= 0.5 * norm
        {
            return Some(self.accept(left));
        }
        if fresh {
            self.search(likelihood, norm)
        } else {
            None
        }
    }

    fn try_step(&mut self, likelihood: &Likelihood, share: f64) -> Option<f64> {
        for ((trial, theta), step) in self.trial.iter_mut().zip(&self.theta).zip(&self.step) {
            *trial = theta + share * step;
        }
        let possible =
            likelihood.gradient(&self.trial, &mut self.trial_gradient, &mut self.scratch);
        possible.then(|| length(&self.trial_gradient))
    }

    fn accept(&mut self, norm: f64) -> f64 {
        std::mem::swap(&mut self.theta, &mut self.trial);
        std::mem::swap(&mut self.gradient, &mut self.trial_gradient);
        norm
    }

    /// Halves the step until the likelihood has grown enough (Armijo's rule).
    fn search(&mut self, likelihood: &Likelihood, norm: f64) -> Option<f64> {
        let start = likelihood.value(&self.theta, &mut self.scratch)?;
        let slope = dot(&self.gradient, &self.step);
        let mut share = 1.0;
        for _ in 0..60 {
            if let Some(left) = self.try_step(likelihood, share)
                && let Some(value) = likelihood.value(&self.trial, &mut self.scratch)
            {
                // near the top the likelihood cannot tell any more, the gradient still can
                let climbs = value >= start + 1e-4 * share * slope;
                let flat = (value - start).abs() <= 1e-12 * start.abs() && left < norm;
                if climbs || flat {
                    return Some(self.accept(left));
                }
            }
            share *= 0.5;
        }
        None
    }

    /// Factors the negated Hessian, with a growing shift where it is not positive definite.
    fn refactor(&mut self, likelihood: &Likelihood) {
        let order = likelihood.order();
        likelihood.information(&self.theta, &mut self.information, &mut self.scratch);
        let largest = (0..order)
            .map(|i| self.information[i * order + i].abs())
            .fold(1e-300, f64::max);
        let mut shift = 0.0;
        while !self.factor.factor(&self.information, order, shift) && shift < 1e6 * largest {
            shift = if shift == 0.0 {
                1e-14 * largest
            } else {
                shift * 100.0
            };
        }
        self.factor_order = Some(order);
    }
}
