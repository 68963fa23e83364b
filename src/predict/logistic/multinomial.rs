//! Multinomial logistic regression of home win, draw and away win.

use super::maximise::{Objective, Slopes};
use super::rows::{Penalty, Rows};

/// The likelihood of rows under the multinomial logit, with a penalty.
///
/// # Formula
/// ```text
/// P(home) : P(draw) : P(away) = exp(a₁ + β₁·x) : 1 : exp(a₂ + β₂·x)
/// ```
/// with the parameters θ = (a₁, β₁, a₂, β₂).
pub(super) struct Multinomial<'a> {
    pub(super) rows: &'a Rows,
    pub(super) penalty: &'a Penalty,
}

/// P(home), P(draw), P(away) of a row.
pub(super) fn probabilities(theta: &[f64], row: &[f64]) -> [f64; 3] {
    logs(theta, row).map(f64::exp)
}

/// The logarithms of the probabilities of a row.
fn logs(theta: &[f64], row: &[f64]) -> [f64; 3] {
    let (home, away) = theta.split_at(theta.len() / 2);
    let [home, away] =
        [home, away].map(|t| t[0] + t[1..].iter().zip(row).map(|(b, x)| b * x).sum::<f64>());
    let most = home.max(away).max(0.0);
    let total = [home, 0.0, away]
        .map(|s| (s - most).exp())
        .iter()
        .sum::<f64>();
    let level = most + total.ln();
    [home - level, -level, away - level]
}

/// The ridge penalty λ/2·Σ|w|² of the symmetric form, in which each of the three results has weights w and the weights sum
/// to 0: β₁ and β₂ are differences from those of the draw. Intercepts are free.
pub(super) fn ridge(lambda: f64, width: usize) -> Penalty {
    let (half, order) = (width + 1, 2 * (width + 1));
    let mut precision = vec![0.0; order * order];
    for i in (0..order).filter(|i| i % half != 0) {
        let other = (i + half) % order;
        precision[i * order + i] = lambda * 2.0 / 3.0;
        precision[i * order + other] = -lambda / 3.0;
    }
    Penalty {
        mean: vec![0.0; order],
        precision,
    }
}

impl Objective for Multinomial<'_> {
    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn value(&self, theta: &[f64]) -> f64 {
        let each = self.rows.iter();
        each.map(|(row, result, _)| logs(theta, row)[usize::from(result.min(2))])
            .sum::<f64>()
            + self.penalty.value(theta)
    }

    fn derivatives(&self, theta: &[f64], slopes: &mut Slopes) -> f64 {
        slopes.clear(theta.len());
        let (half, mut value) = (theta.len() / 2, 0.0);
        let mut extended = vec![1.0; half];
        for (row, result, _) in self.rows.iter() {
            extended[1..].copy_from_slice(row);
            let logs = logs(theta, row);
            value += logs[usize::from(result.min(2))];
            let [home, _, away] = logs.map(f64::exp);
            let happened = |which: u8| f64::from(u8::from(result == which));
            slopes.add_slope(0, happened(0) - home, &extended);
            slopes.add_slope(half, happened(2) - away, &extended);
            slopes.add_square([0, 0], home * (1.0 - home), &extended, false);
            slopes.add_square([half, 0], -home * away, &extended, true);
            slopes.add_square([half, half], away * (1.0 - away), &extended, false);
        }
        value + self.penalty.add_to(theta, slopes)
    }
}
