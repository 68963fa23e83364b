//! What the last steps of a fit say of the Hessian, where its factor is an old one.
//!
//! # Formula
//! ```text
//! H⁻¹ = (I − s·yᵀ/sᵀy)·F⁻¹·(I − y·sᵀ/sᵀy) + s·sᵀ/sᵀy
//! ```
//! for each step s, in order, with y by how much the gradient fell along it and F what the factor is of: the limited-memory BFGS
//! update (Nocedal 1980, Mathematics of Computation 35(151)).

use super::cholesky::Cholesky;
use super::vector::{add_scaled, dot};

/// The steps that are kept. More of them save hardly any.
const KEPT: usize = 2;

/// The last steps of a fit.
#[derive(Debug, Clone, Default)]
pub(super) struct Secants {
    kept: [Secant; KEPT],
    count: usize,
}

/// A step, by how much the gradient fell along it, and the reciprocal of their product.
#[derive(Debug, Clone, Default)]
struct Secant {
    step: Vec<f64>,
    fall: Vec<f64>,
    inverse: f64,
}

impl Secants {
    /// Forgets every step.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Learns from a step between two points, each with its gradient. One along which the likelihood does not bend down says
    /// nothing.
    pub(super) fn learn(&mut self, from: [&[f64]; 2], to: [&[f64]; 2]) {
        if self.count == KEPT {
            self.kept.rotate_left(1);
            self.count -= 1;
        }
        let last = &mut self.kept[self.count];
        set_difference(&mut last.step, to[0], from[0]);
        set_difference(&mut last.fall, from[1], to[1]);
        let bend = dot(&last.step, &last.fall);
        if bend > 0.0 && bend.is_normal() {
            last.inverse = 1.0 / bend;
            self.count += 1;
        }
    }

    /// Replaces a gradient by the step to where it vanishes.
    pub(super) fn solve(&self, factor: &Cholesky, x: &mut [f64]) {
        let kept = &self.kept[..self.count];
        let mut shares = [0.0; KEPT];
        for (share, secant) in shares.iter_mut().zip(kept).rev() {
            *share = secant.inverse * dot(&secant.step, x);
            add_scaled(x, -*share, &secant.fall);
        }
        factor.solve(x);
        for (share, secant) in shares.iter().zip(kept) {
            let other = secant.inverse * dot(&secant.fall, x);
            add_scaled(x, share - other, &secant.step);
        }
    }
}

fn set_difference(difference: &mut Vec<f64>, one: &[f64], other: &[f64]) {
    difference.clear();
    difference.extend(one.iter().zip(other).map(|(one, other)| one - other));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_was_learned_is_found_again_from_its_gradient() {
        let mut factor = Cholesky::default();
        assert!(factor.factor(&[4.0, 0.0, 0.0, 4.0], 2, 0.0));
        let mut secants = Secants::default();
        // along the first axis the curvature has become 5
        secants.learn([&[0.0, 0.0], &[10.0, 0.0]], [&[1.0, 0.0], &[5.0, 0.0]]);
        let mut x = [10.0, 4.0];
        secants.solve(&factor, &mut x);
        assert_eq!(x, [2.0, 1.0]);
        // a step along which the gradient grows says nothing
        secants.learn([&[0.0, 0.0], &[0.0, 1.0]], [&[0.0, 1.0], &[0.0, 2.0]]);
        let mut x = [10.0, 4.0];
        secants.solve(&factor, &mut x);
        assert_eq!(x, [2.0, 1.0]);
        secants.clear();
        let mut x = [10.0, 4.0];
        secants.solve(&factor, &mut x);
        assert_eq!(x, [2.5, 1.0]);
    }
}
