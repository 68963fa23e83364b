//! A family of goal models: a distribution of each side's goals, and a dependence between them.

use super::dependence::Dependence;
use super::marginal::Marginal;
use super::shape::ShapeParameter;

/// How the goals of a match are distributed, given what is expected of both sides.
///
/// ```
/// use simbet::internals::predict::{Dependence, Family, Marginal};
/// let family = Family { marginal: Marginal::Weibull, dependence: Dependence::Frank, rho: None };
/// let names: Vec<_> = family.parameters().map(|parameter| parameter.name).collect();
/// assert_eq!(names, ["shape", "kappa"]);
/// assert!(family.is_possible());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Family {
    /// The goals of a side.
    pub marginal: Marginal,
    /// How the goals of the two sides depend on each other.
    pub dependence: Dependence,
    /// Dixon and Coles's ρ, where it is given rather than fitted.
    pub rho: Option<f64>,
}

impl Family {
    /// Whether its scores are those of Poisson goals with or without Dixon and Coles's ρ, which have a fit of their own.
    pub const fn is_plain(self) -> bool {
        matches!(self.marginal, Marginal::Poisson)
            && matches!(
                self.dependence,
                Dependence::Independent | Dependence::DixonColes
            )
    }

    /// Whether there is such a family: goals that both sides score at once are Poisson, and so must be the others.
    pub const fn is_possible(self) -> bool {
        match self.dependence {
            Dependence::BivariatePoisson => matches!(self.marginal, Marginal::Poisson),
            Dependence::Independent | Dependence::DixonColes | Dependence::Frank => true,
        }
    }

    /// The parameters beside the strengths, in order.
    pub fn parameters(self) -> impl Iterator<Item = ShapeParameter> {
        let given = self
            .rho
            .filter(|_| self.dependence == Dependence::DixonColes);
        let dependence = self.dependence.parameter();
        let dependence = dependence.map(|parameter| match given {
            Some(rho) => parameter.fixed_at(rho),
            None => parameter,
        });
        self.marginal.parameter().into_iter().chain(dependence)
    }
}
