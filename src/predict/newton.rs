//! Newton's method with a factor of the Hessian that is reused while it is good enough, and corrected by the last steps.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::cholesky::Cholesky;
use super::conjugate::Conjugate;
use super::curvature::Curvature;
use super::likelihood::{Likelihood, Scratch};
use super::secant::Secants;
use super::vector::{dot, norm as length};
use super::{PredictError, ensure_wanted};

/// Euclidean norm of the gradient at which a fit has converged, or is expected to be after a last step.
pub(super) const TOLERANCE: f64 = 1e-8;
/// The most steps of a fit.
const MAX_ITERATIONS: u32 = 200;
/// An old factor is reused while each step reduces the norm of the gradient to at most this share.
const MAX_REDUCTION: f64 = 0.1;

/// The parameters and the factor of the last fit, and the buffers of a fit, which are not part of a saved state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Newton {
    /// The parameters: start values before [`Self::maximise`], the maximum after.
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
    /// The negated Hessian of a large league, which has no factor.
    #[serde(skip)]
    curvature: Curvature,
    #[serde(skip)]
    conjugate: Conjugate,
    /// The last steps of this fit.
    #[serde(skip)]
    secants: Secants,
}

impl Newton {
    /// A fit with these start values.
    pub(super) fn starting_at(theta: Vec<f64>) -> Self {
        Self {
            theta,
            ..Self::default()
        }
    }

    /// Discards the last fit and begins another.
    pub(super) fn restart_at(&mut self, theta: Vec<f64>) {
        self.theta = theta;
        self.forget_factor();
    }

    /// Discards the factor, because the parameters have changed their meaning or it has become too old.
    pub(super) fn forget_factor(&mut self) {
        self.factor_order = None;
        self.secants.clear();
    }

    /// Whether there are no parameters or those of this many teams, and the factor has its order. Restored states are
    /// checked by this.
    pub(super) fn is_sound(&self, teams: usize) -> bool {
        let size = self.theta.len();
        (size == 0 || size == 2 * teams + 2 || size == 2 * teams + 3)
            && self
                .factor_order
                .is_none_or(|order| self.factor.is_of(order))
    }

    /// Moves `theta` to the maximum of the likelihood.
    ///
    /// # Errors
    /// When the gradient does not vanish, or `stop` is raised.
    pub(super) fn maximise(
        &mut self,
        likelihood: &Likelihood,
        matches: usize,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        self.prepare(likelihood);
        if likelihood.counts.is_large {
            return self.maximise_large(likelihood, matches, stop);
        }
        let mut fresh = false;
        let mut norm = length(&self.gradient);
        let mut reduction = f64::INFINITY;
        // NaN compares false, and a gradient that is NaN has not vanished
        while norm > TOLERANCE || norm.is_nan() {
            self.begin_iteration(norm, matches, stop)?;
            if !fresh && self.factor_order != Some(likelihood.order()) {
                self.refactor(likelihood);
                fresh = true;
            }
            if reduction <= MAX_REDUCTION && norm * reduction <= TOLERANCE {
                self.take_last_step();
                return Ok(());
            }
            match self.advance(likelihood, norm, fresh) {
                Some(left) => {
                    // a poor step means that the Hessian has changed too much since it was factored
                    if left > MAX_REDUCTION * norm {
                        self.forget_factor();
                    }
                    (norm, reduction) = (left, left / norm);
                    fresh = false;
                }
                None if fresh => return Err(self.not_converged(norm, matches)),
                None => self.forget_factor(),
            }
        }
        Ok(())
    }

    /// As [`Self::maximise`], without a factor of the Hessian: memory and time grow with the pairs that met.
    fn maximise_large(
        &mut self,
        likelihood: &Likelihood,
        matches: usize,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        self.forget_factor();
        let mut norm = length(&self.gradient);
        while norm > TOLERANCE || norm.is_nan() {
            self.begin_iteration(norm, matches, stop)?;
            likelihood.curvature(&self.theta, &mut self.curvature, &mut self.scratch);
            self.conjugate
                .solve(&self.curvature, &self.gradient, &mut self.step, stop)?;
            norm = self
                .take_step(likelihood, norm, true)
                .ok_or_else(|| self.not_converged(norm, matches))?;
        }
        Ok(())
    }

    /// Sizes the buffers and computes the gradient at the start values.
    fn prepare(&mut self, likelihood: &Likelihood) {
        self.iterations = 0;
        self.secants.clear();
        for buffer in [
            &mut self.gradient,
            &mut self.trial,
            &mut self.trial_gradient,
        ] {
            buffer.resize(likelihood.order(), 0.0);
        }
        if !likelihood.gradient(&self.theta, &mut self.gradient, &mut self.scratch) {
            self.reset_rho(likelihood);
        }
    }

    /// Counts another iteration, unless there were too many or `stop` is raised.
    fn begin_iteration(
        &mut self,
        gradient: f64,
        matches: usize,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        if self.iterations == MAX_ITERATIONS {
            return Err(self.not_converged(gradient, matches));
        }
        ensure_wanted(stop)?;
        self.iterations += 1;
        Ok(())
    }

    fn not_converged(&self, gradient: f64, matches: usize) -> PredictError {
        PredictError::NotConverged {
            iterations: self.iterations,
            gradient,
            matches,
        }
    }

    /// Sets ρ to 0, where no score is impossible.
    fn reset_rho(&mut self, likelihood: &Likelihood) {
        if likelihood.rho
            && let Some(rho) = self.theta.last_mut()
        {
            *rho = 0.0;
        }
        likelihood.gradient(&self.theta, &mut self.gradient, &mut self.scratch);
    }

    /// Takes a step without a look at where it leads: the one before it reduced the gradient by so much that as much again is enough,
    /// and with the secants each is expected to reduce it by more.
    fn take_last_step(&mut self) {
        self.set_step();
        for (theta, step) in self.theta.iter_mut().zip(&self.step) {
            *theta += step;
        }
    }

    fn set_step(&mut self) {
        self.step.clear();
        self.step.extend_from_slice(&self.gradient);
        self.secants.solve(&self.factor, &mut self.step);
    }

    /// Takes one step and returns the norm of the gradient there. `None`, without a move, when the likelihood does not
    /// rise.
    fn advance(&mut self, likelihood: &Likelihood, norm: f64, fresh: bool) -> Option<f64> {
        self.set_step();
        let left = self.take_step(likelihood, norm, fresh)?;
        // a step has left the point before it in the buffers of the trial
        let from = [&self.trial[..], &self.trial_gradient[..]];
        self.secants
            .learn(from, [&self.theta[..], &self.gradient[..]]);
        Some(left)
    }

    fn take_step(&mut self, likelihood: &Likelihood, norm: f64, fresh: bool) -> Option<f64> {
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

    /// Halves the step until the likelihood has risen enough (Armijo's rule).
    fn search(&mut self, likelihood: &Likelihood, norm: f64) -> Option<f64> {
        let start = likelihood.value(&self.theta, &mut self.scratch)?;
        let slope = dot(&self.gradient, &self.step);
        let mut share = 1.0;
        for _ in 0..60 {
            if let Some(left) = self.try_step(likelihood, share)
                && let Some(value) = likelihood.value(&self.trial, &mut self.scratch)
            {
                // near the maximum the likelihood no longer changes in its last digit, but the gradient still does
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
