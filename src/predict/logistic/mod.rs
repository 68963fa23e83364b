//! Logistic regression of home win, draw and away win on numbers known before a match.

mod link;
mod maximise;
mod model;
mod multinomial;
mod ordered;
mod record;
mod ridge;
mod rows;
mod scale;

pub use link::Link;
pub(crate) use model::{Coefficient, Logistic, LogisticFit};
pub(super) use rows::{Penalty, Rows, result};
