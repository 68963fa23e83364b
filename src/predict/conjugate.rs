//! Newton's step in a large league, by conjugate gradients.

use std::sync::atomic::AtomicBool;

use super::curvature::Curvature;
use super::vector::{add_scaled, dot, norm};
use super::{PredictError, ensure_wanted};

/// The share of the gradient that a step may leave: Newton's method then gains as many digits in each.
const LEFT: f64 = 1e-4;
/// The most products with the Hessian for one step; what has been found by then still climbs.
const MAX_PRODUCTS: usize = 2_000;

/// The buffers of a solution, reused from step to step.
#[derive(Debug, Clone, Default)]
pub(super) struct Conjugate {
    residual: Vec<f64>,
    conditioned: Vec<f64>,
    direction: Vec<f64>,
    product: Vec<f64>,
}

impl Conjugate {
    /// Writes the step whose product with the negated Hessian is the gradient.
    ///
    /// Where the likelihood is not concave the step ends at the first direction that shows it (Steihaug 1983, SIAM Journal on
    /// Numerical Analysis 20(3)): it climbs all the same.
    ///
    /// # Errors
    /// When `stop` is raised.
    pub(super) fn solve(
        &mut self,
        curvature: &Curvature,
        gradient: &[f64],
        step: &mut Vec<f64>,
        stop: &AtomicBool,
    ) -> Result<(), PredictError> {
        self.begin(curvature, gradient, step);
        let enough = LEFT * norm(gradient);
        let mut slope = dot(&self.residual, &self.conditioned);
        for number in 0..MAX_PRODUCTS {
            ensure_wanted(stop)?;
            curvature.times(&self.direction, &mut self.product);
            let bend = dot(&self.direction, &self.product);
            if bend.is_nan() || bend <= 0.0 {
                if number == 0 {
                    step.copy_from_slice(&self.direction);
                }
                break;
            }
            let length = slope / bend;
            add_scaled(step, length, &self.direction);
            add_scaled(&mut self.residual, -length, &self.product);
            if norm(&self.residual) <= enough {
                break;
            }
            curvature.precondition(&self.residual, &mut self.conditioned);
            let before = std::mem::replace(&mut slope, dot(&self.residual, &self.conditioned));
            let share = slope / before;
            for (along, conditioned) in self.direction.iter_mut().zip(&self.conditioned) {
                *along = conditioned + share * *along;
            }
        }
        Ok(())
    }

    fn begin(&mut self, curvature: &Curvature, gradient: &[f64], step: &mut Vec<f64>) {
        let order = gradient.len();
        step.clear();
        step.resize(order, 0.0);
        self.residual.clear();
        self.residual.extend_from_slice(gradient);
        self.conditioned.resize(order, 0.0);
        self.product.resize(order, 0.0);
        curvature.precondition(&self.residual, &mut self.conditioned);
        self.direction.clear();
        self.direction.extend_from_slice(&self.conditioned);
    }
}
