//! Where a function that increases is 0.

/// The most steps of a search; it takes about five.
const STEPS: usize = 100;
/// Steps are compared with places that are at least as large as this.
const SMALL: f64 = 1e-2;
/// The error of a step of Newton's is of the order of its square.
const LAST_STEP: f64 = 1e-9;
/// Smaller steps are rounding errors.
const ROUNDING: f64 = 1e-15;

/// The place where a function that increases is 0, by Newton's method inside a bracket that shrinks; `f` gives its value and its
/// slope. Where it does not change its sign in the bracket it is the nearer end; `None` where `f` is.
pub(super) fn root(
    [mut low, mut high]: [f64; 2],
    start: f64,
    mut f: impl FnMut(f64) -> Option<[f64; 2]>,
) -> Option<f64> {
    let mut x = start;
    for _ in 0..STEPS {
        let [value, slope] = f(x)?;
        if value < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let step = x - value / slope;
        let is_inside = step > low && step < high;
        let size = x.abs().max(SMALL);
        if is_inside && (step - x).abs() <= LAST_STEP * size {
            return Some(step);
        }
        let next = if is_inside { step } else { 0.5 * (low + high) };
        if value == 0.0 || (next - x).abs() <= ROUNDING * size {
            break;
        }
        x = next;
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_found_also_where_newton_alone_would_leave() {
        let cube = |x: f64| Some([x * x * x - 2.0, 3.0 * x * x]);
        assert!((root([0.0, 10.0], 1.0, cube).unwrap() - 2.0_f64.cbrt()).abs() < 1e-15);
        let steep = |x: f64| {
            Some([
                (10.0 * (x - 0.9)).tanh(),
                10.0 / (10.0 * (x - 0.9)).cosh().powi(2),
            ])
        };
        assert!((root([0.0, 1.0], 0.01, steep).unwrap() - 0.9).abs() < 1e-12);
    }

    #[test]
    fn without_a_root_it_is_the_nearer_end() {
        let above = |x: f64| Some([x + 1.0, 1.0]);
        assert!(root([0.0, 1.0], 0.5, above).unwrap() < 1e-12);
        assert_eq!(root([0.0, 1.0], 0.5, |_| None), None);
    }
}
