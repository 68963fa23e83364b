//! How numbers become probabilities, and how the coefficients are found.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::maximise::{Slopes, maximise};
use super::multinomial::{self, Multinomial};
use super::ordered::{self, Ordered};
use super::rows::{Penalty, Rows};
use crate::predict::PredictError;
use crate::predict::cholesky::Cholesky;

/// How the numbers of a match become probabilities of home win, draw and away win.
///
/// ```
/// use simbet::Settings;
/// use simbet::internals::predict::Link;
/// let settings = Settings::from_toml("link = 'ordered'").unwrap();
/// assert_eq!(settings.link, Some(Link::Ordered));
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// Two sets of coefficients: home win against draw, and away win against draw.
    #[default]
    Multinomial,
    /// One set of coefficients, and a draw between the two wins.
    Ordered,
}

impl Link {
    /// Whether it is the one that is taken where none is asked for.
    pub(in crate::predict) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// P(home), P(draw), P(away) of a row. The multinomial form knows no neutral grounds.
    pub(crate) fn probabilities(self, theta: &[f64], row: &[f64], at_home: bool) -> [f64; 3] {
        match self {
            Self::Multinomial => multinomial::probabilities(theta, row),
            Self::Ordered => ordered::probabilities(theta, row, at_home),
        }
    }

    /// The ridge penalty λ/2·Σβ² on so many coefficients; intercepts are free.
    pub(crate) fn ridge(self, lambda: f64, width: usize) -> Penalty {
        match self {
            Self::Multinomial => multinomial::ridge(lambda, width),
            Self::Ordered => {
                let precision = [[0.0; 2].as_slice(), &vec![lambda; width]].concat();
                Penalty::diagonal(&vec![0.0; width + 2], &precision)
            }
        }
    }

    /// Parameters that give these frequencies of the three results, all above 0, whatever the numbers of a match.
    pub(crate) fn start(self, frequencies: [f64; 3], width: usize) -> Vec<f64> {
        let [home, draw, away] = frequencies;
        let slopes = vec![0.0; width];
        match self {
            Self::Multinomial => {
                let intercepts = [home, away].map(|p| (p / draw).ln());
                let [home, away] = intercepts.map(|a| [&[a], slopes.as_slice()].concat());
                [home, away].concat()
            }
            Self::Ordered => {
                let [home, away] = [home, away].map(|p| (p / (1.0 - p)).ln());
                [
                    &[0.5 * (home - away), -0.5 * (home + away)],
                    slopes.as_slice(),
                ]
                .concat()
            }
        }
    }

    /// Moves `theta` to the maximum of the penalised likelihood of these rows, and returns the covariance of the parameters
    /// if that is wanted: the inverse of the negated Hessian.
    ///
    /// # Errors
    /// When there is no maximum, or `stop` is raised.
    pub(crate) fn fit(
        self,
        rows: &Rows,
        penalty: &Penalty,
        theta: &mut Vec<f64>,
        stop: &AtomicBool,
    ) -> Result<Curvature, PredictError> {
        let mut slopes = Slopes::default();
        match self {
            Self::Multinomial => maximise(&Multinomial { rows, penalty }, theta, &mut slopes, stop),
            Self::Ordered => maximise(&Ordered { rows, penalty }, theta, &mut slopes, stop),
        }?;
        Ok(Curvature(slopes))
    }
}

impl Link {
    /// The logarithm of the likelihood of rows.
    pub(crate) fn log_likelihood(self, theta: &[f64], rows: &Rows) -> f64 {
        let each = rows.iter().map(|(row, result, at_home)| {
            let probabilities = self.probabilities(theta, row, at_home);
            probabilities[usize::from(result.min(2))]
                .max(f64::MIN_POSITIVE)
                .ln()
        });
        each.sum()
    }

    /// What each parameter is of, and its feature; `None` for an intercept.
    pub(crate) fn parameters<'a>(
        self,
        features: &[&'a str],
    ) -> Vec<(&'static str, Option<&'a str>)> {
        let slopes = |of| features.iter().map(move |feature| (of, Some(*feature)));
        match self {
            Self::Multinomial => ["home", "away"]
                .into_iter()
                .flat_map(|of| [(of, None)].into_iter().chain(slopes(of)))
                .collect(),
            Self::Ordered => [("home", None), ("draw", None)]
                .into_iter()
                .chain(slopes("home"))
                .collect(),
        }
    }
}

/// The derivatives at a maximum.
pub(crate) struct Curvature(Slopes);

impl Curvature {
    /// The covariance of the parameters, row-major; `None` where the rows do not determine them.
    pub fn covariance(&self) -> Option<Vec<f64>> {
        let mut factor = Cholesky::default();
        let order = self.0.gradient.len();
        factor
            .factor(&self.0.information, order, 0.0)
            .then(|| factor.inverse())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 240 rows of three numbers, made by a formula, with 105 home wins, 49 draws and 86 away wins.
    fn rows() -> Rows {
        let mut rows = Rows::of_width(3);
        for i in 0..240_u32 {
            let t = f64::from(i);
            let x = [
                (1.3 * t).sin(),
                (0.7 * t).cos() + 0.2 * (5.0 * t).sin(),
                f64::from(i * 37 % 101) / 50.0 - 1.0,
            ];
            let u = (f64::from((i * 73 + 11) % 240) + 0.5) / 240.0;
            let z = 0.9 * x[0] - 0.6 * x[1] + 0.3 * x[2] + 0.25 + (u / (1.0 - u)).ln();
            let result = match z {
                z if z > 0.55 => 0,
                z if z > -0.55 => 1,
                _ => 2,
            };
            rows.push(&x, result, true);
        }
        assert_eq!(rows.counts(), [105, 49, 86]);
        rows
    }

    fn fit(link: Link, ridge: f64) -> (Vec<f64>, Vec<f64>) {
        let rows = rows();
        let mut theta = link.start([0.45, 0.26, 0.29], 3);
        let penalty = link.ridge(ridge, 3);
        let stop = AtomicBool::new(false);
        let fitted = link.fit(&rows, &penalty, &mut theta, &stop).unwrap();
        let order = theta.len();
        let covariance = fitted.covariance().unwrap();
        let errors = (0..order)
            .map(|i| covariance[i * order + i].sqrt())
            .collect();
        (theta, errors)
    }

    #[track_caller]
    fn near(values: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(values.len(), expected.len());
        for (value, expected) in values.iter().zip(expected) {
            assert!(
                (value - expected).abs() < tolerance,
                "{value}, expected {expected}"
            );
        }
    }

    /// statsmodels 0.15.0, `MNLogit` with the draw as the base.
    #[test]
    fn the_multinomial_logit_is_that_of_statsmodels() {
        let (theta, errors) = fit(Link::Multinomial, 0.0);
        let home = [
            0.638345085842,
            0.809601072648,
            -0.688052061193,
            0.250893294867,
        ];
        let away = [
            0.448032169025,
            -0.464826306948,
            0.263957366624,
            0.00360736982,
        ];
        near(&theta, &[home, away].concat(), 1e-8);
        let home = [
            0.183006898985,
            0.265436438098,
            0.256763367944,
            0.308767970335,
        ];
        let away = [
            0.189542809903,
            0.268179075513,
            0.25646121231,
            0.310175018515,
        ];
        near(&errors, &[home, away].concat(), 1e-8);
    }

    /// statsmodels 0.15.0, `OrderedModel` with the logit, whose thresholds are −.68990755528 and .296145083716.
    #[test]
    fn the_ordered_logit_is_that_of_statsmodels() {
        let (theta, errors) = fit(Link::Ordered, 0.0);
        let [low, high] = [-0.68990755528, 0.296145083716];
        let slopes = [0.998204428413, -0.747637226498, 0.192564092464];
        let levels = [-0.5 * (low + high), 0.5 * (high - low)];
        near(&theta, &[levels.as_slice(), &slopes].concat(), 1e-6);
        near(
            &errors[2..],
            &[0.188177635971, 0.181405578941, 0.218839184351],
            1e-6,
        );
    }

    /// scikit-learn 1.9.1, `LogisticRegression(C=1/ridge)`, which has weights for each of the three results.
    #[test]
    fn ridge_is_that_of_scikit_learn() {
        let home = [0.671118637441, -0.527301430819, 0.158593156392];
        let draw = [-0.109995894549, 0.135597100124, -0.08028652121];
        let away = [-0.561122742891, 0.391704330694, -0.078306635183];
        near_weights(
            1.0,
            [0.278819154857, -0.366569370777, 0.08775021592],
            [home, draw, away],
        );
        let home = [0.525397084269, -0.40909541525, 0.115766354621];
        let draw = [-0.08166761535, 0.10131892908, -0.054777985865];
        let away = [-0.443729468919, 0.30777648617, -0.060988368756];
        near_weights(
            10.0,
            [0.293452543407, -0.392424456253, 0.098971912846],
            [home, draw, away],
        );
    }

    #[track_caller]
    fn near_weights(ridge: f64, intercepts: [f64; 3], weights: [[f64; 3]; 3]) {
        let (theta, _) = fit(Link::Multinomial, ridge);
        let against_draw = |result: usize| {
            let slopes = (0..3).map(move |k| weights[result][k] - weights[1][k]);
            [intercepts[result] - intercepts[1]]
                .into_iter()
                .chain(slopes)
        };
        near(
            &theta,
            &against_draw(0).chain(against_draw(2)).collect::<Vec<_>>(),
            1e-7,
        );
    }
}
