//! How the goals of both sides depend on each other.

use serde::{Deserialize, Serialize};

use super::shape::ShapeParameter;

/// How the goals of the two sides of a match depend on each other.
///
/// # Formula
/// With p and q the probabilities of home and away goals, F and G those of at most so many:
/// ```text
/// dixon-coles         P(0,0) = p₀q₀ − ρp₁q₁   P(0,1) = p₀q₁ + ρp₁q₁   P(1,0) = p₁q₀ + ρp₁q₁   P(1,1) = (1 − ρ)p₁q₁
/// bivariate-poisson   x = a + c, y = b + c, with a, b and c Poisson of rates λ₁, λ₂ and λ₃
/// frank               P(X ≤ x, Y ≤ y) = −ln(1 + (e^−κF(x) − 1)(e^−κG(y) − 1)/(e^−κ − 1))/κ
/// ```
/// With Poisson goals the first is that of Dixon and Coles (1997), whose λ and ν are p₁/p₀ and q₁/q₀: both marginals stay as
/// they are. Karlis and Ntzoufras (2003), The Statistician 52(3). Boshnakov, Kharrat and McHale (2017), International Journal
/// of Forecasting 33(2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Dependence {
    /// Not at all.
    #[default]
    Independent,
    /// In low scores, by Dixon and Coles's ρ.
    DixonColes,
    /// By goals that both sides score at once.
    BivariatePoisson,
    /// By Frank's copula.
    Frank,
}

impl Dependence {
    /// Its parameter, if it has one.
    pub(super) const fn parameter(self) -> Option<ShapeParameter> {
        let (name, least, most, sd, start) = match self {
            Self::Independent => return None,
            Self::DixonColes => ("rho", -1.0, 1.0, 0.05, 0.0),
            Self::BivariatePoisson => ("lambda_3", 0.0, 5.0, 0.1, 0.1),
            Self::Frank => ("kappa", -20.0, 20.0, 0.3, 0.0),
        };
        Some(ShapeParameter {
            name,
            least,
            most,
            plain: 0.0,
            sd,
            start,
        })
    }
}

/// Frank's copula at `u` and `v`.
pub(super) fn frank(kappa: f64, u: f64, v: f64) -> f64 {
    if kappa.abs() < 1e-4 {
        // its series in κ, because the formula loses its digits there
        let (s, t) = (1.0 - u, 1.0 - v);
        return u
            * v
            * (1.0
                + 0.5 * kappa * s * t
                + kappa * kappa / 12.0 * s * t * (1.0 - 2.0 * u) * (1.0 - 2.0 * v));
    }
    let product = (-kappa * u).exp_m1() * (-kappa * v).exp_m1();
    -(product / (-kappa).exp_m1()).ln_1p() / kappa
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn franks_copula_has_the_margins_and_the_limit_of_a_copula() {
        for kappa in [-8.0, -0.3, -5e-5, 0.0, 5e-5, 0.3, 8.0] {
            for u in [0.0, 0.2, 0.7, 1.0] {
                assert!((frank(kappa, u, 1.0) - u).abs() < 1e-12, "{kappa} {u}");
                assert!(frank(kappa, u, 0.0).abs() < 1e-12);
                assert!((frank(kappa, u, 0.4) - frank(kappa, 0.4, u)).abs() < 1e-15);
            }
        }
        // the series meets the formula
        let [inside, outside] =
            [0.99e-4, 1.01e-4].map(|kappa| (frank(kappa, 0.3, 0.6) - 0.18) / kappa);
        assert!((inside - outside).abs() < 1e-8, "{inside} {outside}");
    }

    #[test]
    fn the_series_is_exact_to_its_order() {
        let direct = |kappa: f64, u: f64, v: f64| {
            let product = (-kappa * u).exp_m1() * (-kappa * v).exp_m1();
            -(product / (-kappa).exp_m1()).ln_1p() / kappa
        };
        for (u, v) in [(0.2, 0.3), (0.9, 0.1), (0.5, 0.8)] {
            let (kappa, by_series) = (9e-5, frank(9e-5, u, v));
            assert!((direct(kappa, u, v) - by_series).abs() < 1e-12);
        }
    }
}
