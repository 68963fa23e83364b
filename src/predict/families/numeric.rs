//! The maximum of a function of one or two parameters.

use super::shape::ShapeParameter;
use crate::predict::cholesky::Cholesky;

/// How exactly a maximum is wanted, in standard deviations of the prior.
#[derive(Debug, Clone, Copy)]
pub(super) struct Precision {
    /// The distance of differences: small beside the curvature, large beside rounding.
    step: f64,
    /// A step below this is the last.
    close: f64,
}

/// Far below what results say of a parameter.
pub(super) const ENOUGH: Precision = Precision {
    step: 0.02,
    close: 0.01,
};
/// To the digits that are printed.
pub(super) const EXACT: Precision = Precision {
    step: 0.005,
    close: 1e-5,
};
const MAX_STEPS: usize = 50;

/// Moves `at` to the maximum of a function within the ranges of the parameters, by Newton's method with differences.
pub(super) fn maximise(
    parameters: &[ShapeParameter],
    at: &mut [f64],
    precision: Precision,
    function: &mut dyn FnMut(&[f64]) -> f64,
) {
    let mut value = function(at);
    for _ in 0..MAX_STEPS {
        let (gradient, curvature) = differences(parameters, at, precision.step, function);
        let step = step(parameters, at, gradient, curvature);
        let mut share = 1.0;
        let (trial, found) = loop {
            let trial = moved(parameters, at, &step, share);
            let found = function(&trial);
            if found >= value || share < 1e-3 {
                break (trial, found);
            }
            share *= 0.5;
        };
        if found < value {
            return;
        }
        let distance = |k: usize| (trial[k] - at[k]).abs() / parameters[k].sd;
        let is_last = (0..at.len()).all(|k| distance(k) < precision.close);
        at.copy_from_slice(&trial);
        value = found;
        if is_last {
            return;
        }
    }
}

/// The standard errors of parameters at a maximum; `None` at a bound of a range, and of all where the function is not concave.
pub(super) fn errors(
    parameters: &[ShapeParameter],
    at: &[f64],
    function: &mut dyn FnMut(&[f64]) -> f64,
) -> Vec<Option<f64>> {
    let (_, curvature) = differences(parameters, at, ENOUGH.step, function);
    let is_free = |k: &usize| parameters[*k].least < at[*k] && at[*k] < parameters[*k].most;
    let free: Vec<usize> = (0..at.len()).filter(is_free).collect();
    let entries = free
        .iter()
        .flat_map(|i| free.iter().map(move |j| (i.max(j), i.min(j))));
    let matrix: Vec<f64> = entries.map(|(i, j)| curvature[i * at.len() + j]).collect();
    let mut factor = Cholesky::default();
    if !factor.factor(&matrix, free.len(), 0.0) {
        return vec![None; at.len()];
    }
    let inverse = factor.inverse();
    let error = |k: usize| {
        let place = free.iter().position(|free| *free == k)?;
        Some(inverse[place * (free.len() + 1)].sqrt())
    };
    (0..at.len()).map(error).collect()
}

fn moved(parameters: &[ShapeParameter], at: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    let values = parameters.iter().zip(at).zip(step);
    values
        .map(|((parameter, value), step)| {
            (value + share * step).clamp(parameter.least, parameter.most)
        })
        .collect()
}

/// The gradient, and the negated Hessian row after row.
fn differences(
    parameters: &[ShapeParameter],
    at: &[f64],
    step: f64,
    function: &mut dyn FnMut(&[f64]) -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let (count, value) = (at.len(), function(at));
    let mut shifted = |shifts: &[(usize, f64)]| {
        let mut moved = at.to_vec();
        for &(k, sign) in shifts {
            moved[k] += sign * step * parameters[k].sd;
        }
        function(&moved)
    };
    let (mut gradient, mut curvature) = (vec![0.0; count], vec![0.0; count * count]);
    for i in 0..count {
        let (h, up, down) = (
            step * parameters[i].sd,
            shifted(&[(i, 1.0)]),
            shifted(&[(i, -1.0)]),
        );
        gradient[i] = (up - down) / (2.0 * h);
        curvature[i * count + i] = -(up - 2.0 * value + down) / (h * h);
        for j in 0..i {
            let corner = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)]
                .map(|(one, other)| one * other * shifted(&[(i, one), (j, other)]));
            let area = 4.0 * h * step * parameters[j].sd;
            curvature[i * count + j] = -corner.iter().sum::<f64>() / area;
        }
    }
    (gradient, curvature)
}

/// Newton's step, within the ranges; where the function is not concave a step uphill by the prior's measure.
fn step(
    parameters: &[ShapeParameter],
    at: &[f64],
    mut gradient: Vec<f64>,
    mut curvature: Vec<f64>,
) -> Vec<f64> {
    let count = at.len();
    for k in 0..count {
        let (low, high) = (at[k] <= parameters[k].least, at[k] >= parameters[k].most);
        if (low && gradient[k] <= 0.0) || (high && gradient[k] >= 0.0) {
            gradient[k] = 0.0;
            (0..k).for_each(|other| curvature[k * count + other] = 0.0);
            (k..count).for_each(|other| curvature[other * count + k] = 0.0);
            curvature[k * count + k] = 1.0;
        }
    }
    let mut factor = Cholesky::default();
    if factor.factor(&curvature, count, 0.0) {
        factor.solve(&mut gradient);
    } else {
        for (slope, parameter) in gradient.iter_mut().zip(parameters) {
            *slope = slope.signum() * parameter.sd;
        }
    }
    for (step, parameter) in gradient.iter_mut().zip(parameters) {
        let most = 5.0 * parameter.sd;
        *step = step.clamp(-most, most);
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: ShapeParameter = ShapeParameter {
        name: "unit",
        least: -2.0,
        most: 3.0,
        plain: 0.0,
        sd: 0.5,
        start: 0.0,
    };

    #[test]
    fn the_maximum_of_two_parameters_is_found_inside_and_at_a_bound() {
        let mut at = [0.0, 0.0];
        maximise(&[UNIT; 2], &mut at, EXACT, &mut |x| {
            -(x[0] - 1.0).powi(2) - (x[1] - 0.5).powi(4) - 0.5 * x[0] * x[1] + 0.25 * x[1]
        });
        let [x, y] = at;
        // the gradient there
        assert!((-2.0 * (x - 1.0) - 0.5 * y).abs() < 1e-4, "{at:?}");
        assert!(
            (-4.0 * (y - 0.5).powi(3) - 0.5 * x + 0.25).abs() < 1e-2,
            "{at:?}"
        );
        let mut at = [0.0];
        maximise(&[UNIT], &mut at, ENOUGH, &mut |x| x[0] - 0.01 * x[0] * x[0]);
        assert_eq!(at, [3.0]);
    }
}
