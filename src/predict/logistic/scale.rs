//! Numbers of one scale: each less its mean, in standard deviations.

use serde::{Deserialize, Serialize};

/// Means and standard deviations of numbers that are known.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Scale {
    pub means: Vec<f64>,
    /// 0 for a number that is never known, or always the same: it counts nothing.
    pub deviations: Vec<f64>,
}

impl Scale {
    /// The scale of these rows, in which NaN is unknown.
    pub fn of<'a>(width: usize, rows: impl Iterator<Item = &'a [f64]> + Clone) -> Self {
        let column = |k: usize| rows.clone().map(move |row| row[k]).filter(|x| !x.is_nan());
        let both = (0..width).map(|k| {
            let count = column(k).count() as f64;
            if count == 0.0 {
                return (0.0, 0.0);
            }
            let mean = column(k).sum::<f64>() / count;
            let variance = column(k).map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            let deviation = variance.sqrt();
            let is_constant = deviation <= 1e-9 * mean.abs().max(1e-300);
            (mean, if is_constant { 0.0 } else { deviation })
        });
        let (means, deviations) = both.unzip();
        Self { means, deviations }
    }

    /// A row on this scale. What is unknown is as the mean.
    pub fn apply(&self, row: &[f64]) -> Vec<f64> {
        let scale = self.means.iter().zip(&self.deviations);
        row.iter()
            .zip(scale)
            .map(|(x, (mean, deviation))| {
                if x.is_nan() || *deviation == 0.0 {
                    0.0
                } else {
                    (x - mean) / deviation
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_as_the_mean_and_what_never_varies_counts_nothing() {
        let rows: [[f64; 3]; 3] = [
            [1.0, f64::NAN, 7.0],
            [3.0, f64::NAN, 7.0],
            [f64::NAN, f64::NAN, 7.0],
        ];
        let scale = Scale::of(3, rows.iter().map(|row| row.as_slice()));
        assert_eq!(scale.means, [2.0, 0.0, 7.0]);
        assert_eq!(scale.deviations, [1.0, 0.0, 0.0]);
        assert_eq!(scale.apply(&[5.0, 4.0, 8.0]), [3.0, 0.0, 0.0]);
        assert_eq!(scale.apply(&[f64::NAN; 3]), [0.0; 3]);
    }
}
