//! Ordered logistic regression of away win, draw and home win.

use super::maximise::{Objective, Slopes};
use super::rows::{Penalty, Rows};

/// The likelihood of rows under the proportional-odds model, with a penalty.
///
/// # Formula
/// ```text
/// η = h·[a side is at home] + β·x      P(home) = σ(η − τ)      P(away) = σ(−η − τ)      τ > 0
/// ```
/// with the parameters θ = (h, τ, β). On neutral grounds, between sides that nothing distinguishes, both are as likely to
/// win. McCullagh 1980, *Regression models for ordinal data*; the thresholds of other programs are −τ − h and τ − h.
pub(super) struct Ordered<'a> {
    pub(super) rows: &'a Rows,
    pub(super) penalty: &'a Penalty,
}

/// P(home), P(draw), P(away) of a row.
pub(super) fn probabilities(theta: &[f64], row: &[f64], at_home: bool) -> [f64; 3] {
    let (eta, tau) = (score(theta, row, at_home), theta[1]);
    let (home, away) = (sigmoid(eta - tau), sigmoid(-eta - tau));
    [home, (1.0 - home - away).max(0.0), away]
}

/// η.
fn score(theta: &[f64], row: &[f64], at_home: bool) -> f64 {
    let advantage = if at_home { theta[0] } else { 0.0 };
    advantage + theta[2..].iter().zip(row).map(|(b, x)| b * x).sum::<f64>()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// ln σ(x).
fn ln_sigmoid(x: f64) -> f64 {
    x.min(0.0) - (-x.abs()).exp().ln_1p()
}

/// ln P of a result.
fn ln_probability(result: u8, eta: f64, tau: f64) -> f64 {
    match result {
        0 => ln_sigmoid(eta - tau),
        // σ(u) − σ(v) = σ(u)·σ(−v)·(1 − e^(v−u)), which keeps its digits where both are near 1
        1 => ln_sigmoid(tau - eta) + ln_sigmoid(tau + eta) + (-(-2.0 * tau).exp()).ln_1p(),
        _ => ln_sigmoid(-eta - tau),
    }
}

/// The first and the negated second derivatives of ln P by η and τ: [∂η, ∂τ, ηη, ητ, ττ].
fn derivatives_of(result: u8, eta: f64, tau: f64) -> [f64; 5] {
    match result {
        0 => {
            let q = sigmoid(tau - eta);
            let f = q * (1.0 - q);
            [q, -q, f, -f, f]
        }
        1 => {
            let (u, v) = (sigmoid(eta - tau), sigmoid(-eta - tau));
            let (fu, fv) = (u * (1.0 - u), v * (1.0 - v));
            let width = (2.0 * tau).exp_m1();
            let bend = 4.0 * (width + 1.0) / (width * width);
            [v - u, u + v + 2.0 / width, fu + fv, fv - fu, fu + fv + bend]
        }
        _ => {
            let q = sigmoid(eta + tau);
            let f = q * (1.0 - q);
            [-q, -q, f, f, f]
        }
    }
}

impl Objective for Ordered<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn value(&self, theta: &[f64]) -> f64 {
        if !(theta[1] > 0.0 && theta[1].is_finite()) {
            return f64::NEG_INFINITY;
        }
        let each = self.rows.iter().map(|(row, result, at_home)| {
            ln_probability(result, score(theta, row, at_home), theta[1])
        });
        each.sum::<f64>() + self.penalty.value(theta)
    }

    fn derivatives(&self, theta: &[f64], slopes: &mut Slopes) -> f64 {
        slopes.clear(theta.len());
        let (tau, mut value) = (theta[1], 0.0);
        let mut extended = vec![0.0; theta.len()];
        for (row, result, at_home) in self.rows.iter() {
            let eta = score(theta, row, at_home);
            value += ln_probability(result, eta, tau);
            let [by_eta, by_tau, eta_eta, eta_tau, tau_tau] = derivatives_of(result, eta, tau);
            // the place of τ in the row is empty, so that one sum serves h and β
            extended[0] = f64::from(u8::from(at_home));
            extended[2..].copy_from_slice(row);
            slopes.add_slope(0, by_eta, &extended);
            slopes.add_square([0, 0], eta_eta, &extended, false);
            slopes.gradient[1] += by_tau;
            let order = theta.len();
            slopes.information[order + 1] += tau_tau;
            slopes.information[order] += eta_tau * extended[0];
            for (i, x) in row.iter().enumerate() {
                slopes.information[(2 + i) * order + 1] += eta_tau * x;
            }
        }
        value + self.penalty.add_to(theta, slopes)
    }
}
