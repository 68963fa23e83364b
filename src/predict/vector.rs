//! Sums over slices in several running sums, which the compiler can keep in vector registers.
//!
//! The order of additions is fixed, so every machine gets the same result.

use wide::f64x2;

/// Σ a·b.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (x, y) in a.iter().zip(b) {
        for k in 0..8 {
            lanes[k] += x[k] * y[k];
        }
    }
    let tail: f64 = a_tail.iter().zip(b_tail).map(|(x, y)| x * y).sum();
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + tail
}

/// √Σx².
pub(super) fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// Adds `factor`·x to each y.
pub(super) fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

/// Adds four x, each times its factor, to each y, the last first.
pub(super) fn add_four_scaled(y: &mut [f64], factors: [f64; 4], x: [&[f64]; 4]) {
    let (chunks, tail) = y.as_chunks_mut::<2>();
    let [(a, a_tail), (b, b_tail), (c, c_tail), (d, d_tail)] = x.map(|x| x.as_chunks::<2>());
    let lanes = factors.map(f64x2::splat);
    for ((((y, a), b), c), d) in chunks.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let mut sum = f64x2::new(*y);
        sum += lanes[3] * f64x2::new(*d);
        sum += lanes[2] * f64x2::new(*c);
        sum += lanes[1] * f64x2::new(*b);
        sum += lanes[0] * f64x2::new(*a);
        *y = sum.to_array();
    }
    let tails = a_tail.iter().zip(b_tail).zip(c_tail.iter().zip(d_tail));
    for (y, ((a, b), (c, d))) in tail.iter_mut().zip(tails) {
        *y += factors[3] * d;
        *y += factors[2] * c;
        *y += factors[1] * b;
        *y += factors[0] * a;
    }
}

/// Beyond this the exponential is not a normal number, or is near to the end of those.
const FAR: f64 = 700.0;

/// e^x of each x, times `factor` before: in one loop that the compiler can keep in vector registers.
pub(super) fn exps(powers: &mut Vec<f64>, x: &[f64], factor: f64) {
    powers.clear();
    powers.extend(x.iter().map(|x| exp_near(factor * x)));
    let reach = x.iter().fold(0.0, |reach: f64, x| reach.max(x.abs()));
    let is_near = reach * factor.abs() < FAR;
    if !is_near || x.iter().any(|x| x.is_nan()) {
        powers.clear();
        powers.extend(x.iter().map(|x| (factor * x).exp()));
    }
}

/// e^x, to the last digit but one: without a call where x is near, so that several at once overlap.
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    if x.abs() < FAR { exp_near(x) } else { x.exp() }
}

/// e^x between −700 and 700, to the last digit but one.
///
/// # Formula
/// ```text
/// e^x = 2^k·Σ r^n/n!      r = x − k·ln 2, |r| ≤ ½·ln 2
/// ```
#[inline(always)]
fn exp_near(x: f64) -> f64 {
    /// A number so large that adding it rounds to a whole number, which then stands in its last bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// ln 2 in two parts, so that k times the first is exact.
    const LN_2: [f64; 2] = [0.693_145_751_953_125, 1.428_606_820_309_417_2e-6];
    const N: [f64; 12] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ];
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = x - k * LN_2[0] - k * LN_2[1];
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let low = (0.5 + r * N[10]) + r2 * (N[9] + r * N[8]);
    let mid = (N[7] + r * N[6]) + r2 * (N[5] + r * N[4]);
    let high = (N[3] + r * N[2]) + r2 * (N[1] + r * N[0]);
    let sum = 1.0 + (r + r2 * (low + r4 * (mid + r4 * high)));
    f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52))
}
