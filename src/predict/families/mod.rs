//! Families of goal models: how many goals a side scores given its strength, and how the goals of both sides hang together.
//!
//! A family is no model of its own: strengths, their decay, prior and fit are those of the goal model, whatever the family.

mod conway_maxwell;
mod dependence;
mod distribution;
mod family;
mod grid;
mod joint;
mod learned;
mod marginal;
mod numeric;
mod shape;
mod side;
mod weibull;

pub use dependence::Dependence;
pub(super) use distribution::ScoreDistribution;
pub use family::Family;
pub(super) use joint::{Joint, JointFit, Row};
pub(super) use learned::{Learned, Seen};
pub use marginal::Marginal;
pub use shape::{ShapeEstimate, ShapeParameter};
pub(crate) use side::SideFit;
