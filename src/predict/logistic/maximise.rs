//! Newton's method for a concave function of few parameters.

use std::sync::atomic::AtomicBool;

use super::super::cholesky::Cholesky;
use super::super::vector::{dot, norm};
use super::super::{PredictError, ensure_wanted};

/// Euclidean norm of the gradient, per row and at least one, at which a fit has converged.
const TOLERANCE: f64 = 1e-10;
/// The most steps of a fit.
const MAX_ITERATIONS: u32 = 200;
/// The most halvings of a step.
const MAX_HALVINGS: i32 = 60;
/// A rise that is less than this share of the function's value is lost in its rounding.
const FLAT: f64 = 1e-9;

/// A concave function with its derivatives.
pub(super) trait Objective {
    /// How many rows it sums over.
    fn rows(&self) -> usize;

    /// Its value; minus infinity where it is not defined.
    fn value(&self, theta: &[f64]) -> f64;

    /// Its value, and where that is finite its gradient and its negated Hessian, row-major, lower triangle.
    fn derivatives(&self, theta: &[f64], slopes: &mut Slopes) -> f64;
}

/// The gradient and the negated Hessian of an [`Objective`], in buffers that are reused.
#[derive(Debug, Clone, Default)]
pub(super) struct Slopes {
    pub(super) gradient: Vec<f64>,
    pub(super) information: Vec<f64>,
}

impl Slopes {
    /// Zeros for so many parameters.
    pub(super) fn clear(&mut self, order: usize) {
        self.gradient.clear();
        self.gradient.resize(order, 0.0);
        self.information.clear();
        self.information.resize(order * order, 0.0);
    }

    /// Adds `slope` times a row to the gradient of the parameters from `start` on.
    pub(super) fn add_slope(&mut self, start: usize, slope: f64, row: &[f64]) {
        for (sum, x) in self.gradient[start..].iter_mut().zip(row) {
            *sum += slope * x;
        }
    }

    /// Adds `weight`·row·rowᵀ to a block of the negated Hessian, whose corner is at (`down`, `across`), `down` ≥ `across`.
    pub(super) fn add_square(
        &mut self,
        [down, across]: [usize; 2],
        weight: f64,
        row: &[f64],
        whole: bool,
    ) {
        let order = self.gradient.len();
        for (i, x) in row.iter().enumerate() {
            let end = if whole { row.len() } else { i + 1 };
            let cells = &mut self.information[(down + i) * order + across..][..end];
            let scale = weight * x;
            for (cell, y) in cells.iter_mut().zip(row) {
                *cell += scale * y;
            }
        }
    }
}

/// Moves `theta` to the maximum, and leaves the derivatives there; the number of steps.
///
/// # Errors
/// When the gradient does not vanish, or `stop` is raised.
pub(super) fn maximise(
    objective: &dyn Objective,
    theta: &mut Vec<f64>,
    slopes: &mut Slopes,
    stop: &AtomicBool,
) -> Result<u32, PredictError> {
    let enough = TOLERANCE * (objective.rows() as f64).max(1.0);
    let mut factor = Cholesky::default();
    let mut value = objective.derivatives(theta, slopes);
    for iterations in 0..MAX_ITERATIONS {
        let left = norm(&slopes.gradient);
        if left <= enough && value.is_finite() {
            return Ok(iterations);
        }
        ensure_wanted(stop)?;
        let step = step(&mut factor, slopes).filter(|_| value.is_finite());
        let slope = step.as_ref().map(|step| dot(&slopes.gradient, step));
        let next = step.and_then(|step| climb(objective, theta, &step, value, slope?));
        let Some(next) = next else {
            return Err(not_converged(objective, iterations, left));
        };
        let before = std::mem::replace(theta, next);
        value = objective.derivatives(theta, slopes);
        let is_flat = slope.is_some_and(|slope| slope <= FLAT * value.abs().max(1.0));
        if is_flat && norm(&slopes.gradient) >= left {
            // rounding hides the rest of the way
            *theta = before;
            objective.derivatives(theta, slopes);
            return Ok(iterations);
        }
    }
    Err(not_converged(
        objective,
        MAX_ITERATIONS,
        norm(&slopes.gradient),
    ))
}

fn not_converged(objective: &dyn Objective, iterations: u32, gradient: f64) -> PredictError {
    PredictError::NotConverged {
        iterations,
        gradient,
        matches: objective.rows(),
    }
}

/// Newton's step, with a growing shift where the negated Hessian is not positive definite.
fn step(factor: &mut Cholesky, slopes: &Slopes) -> Option<Vec<f64>> {
    let order = slopes.gradient.len();
    if !factor.factor_shifted(&slopes.information, order) {
        return None;
    }
    let mut step = slopes.gradient.clone();
    factor.solve(&mut step);
    step.iter().all(|x| x.is_finite()).then_some(step)
}

/// Halves the step until the function has risen enough (Armijo's rule); the place reached. Where a rise would be lost in
/// rounding the whole step is taken.
fn climb(
    objective: &dyn Objective,
    theta: &[f64],
    step: &[f64],
    value: f64,
    slope: f64,
) -> Option<Vec<f64>> {
    let is_flat = slope <= FLAT * value.abs().max(1.0);
    (0..MAX_HALVINGS).find_map(|halvings| {
        let share = 0.5_f64.powi(halvings);
        let trial: Vec<f64> = theta.iter().zip(step).map(|(x, s)| x + share * s).collect();
        let there = objective.value(&trial);
        let rises = there >= value + 1e-4 * share * slope || is_flat;
        (rises && there.is_finite()).then_some(trial)
    })
}
