//! The maximum of a function of one or two parameters.

use super::shape::ShapeParameter;
use crate::predict::cholesky::Cholesky;

/// The distance of differences, in standard deviations of the prior: small beside the curvature, large beside rounding.
const STEP: f64 = 0.02;
/// A step below this many standard deviations is the last.
const CLOSE: f64 = 0.01;
const MAX_STEPS: usize = 30;

/// Moves `at` to the maximum of a function within the ranges of the parameters, by Newton's method with differences.
pub(super) fn maximise(
    parameters: &[ShapeParameter],
    at: &mut [f64],
    function: &mut dyn FnMut(&[f64]) -> f64,
) {
    let mut value = function(at);
    for _ in 0..MAX_STEPS {
        let (gradient, curvature) = differences(parameters, at, value, function);
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
        let is_last = (0..at.len()).all(|k| distance(k) < CLOSE);
        at.copy_from_slice(&trial);
        value = found;
        if is_last {
            return;
        }
    }
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
    value: f64,
    function: &mut dyn FnMut(&[f64]) -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let count = at.len();
    let mut shifted = |shifts: &[(usize, f64)]| {
        let mut moved = at.to_vec();
        for &(k, sign) in shifts {
            moved[k] += sign * STEP * parameters[k].sd;
        }
        function(&moved)
    };
    let (mut gradient, mut curvature) = (vec![0.0; count], vec![0.0; count * count]);
    for i in 0..count {
        let (h, up, down) = (
            STEP * parameters[i].sd,
            shifted(&[(i, 1.0)]),
            shifted(&[(i, -1.0)]),
        );
        gradient[i] = (up - down) / (2.0 * h);
        curvature[i * count + i] = -(up - 2.0 * value + down) / (h * h);
        for j in 0..i {
            let corner = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)]
                .map(|(one, other)| one * other * shifted(&[(i, one), (j, other)]));
            let area = 4.0 * h * STEP * parameters[j].sd;
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
        maximise(&[UNIT; 2], &mut at, &mut |x| {
            -(x[0] - 1.0).powi(2) - (x[1] - 0.5).powi(4) - 0.5 * x[0] * x[1] + 0.25 * x[1]
        });
        let [x, y] = at;
        // the gradient there
        assert!((-2.0 * (x - 1.0) - 0.5 * y).abs() < 1e-2, "{at:?}");
        assert!(
            (-4.0 * (y - 0.5).powi(3) - 0.5 * x + 0.25).abs() < 1e-2,
            "{at:?}"
        );
        let mut at = [0.0];
        maximise(&[UNIT], &mut at, &mut |x| x[0] - 0.01 * x[0] * x[0]);
        assert_eq!(at, [3.0]);
    }
}
