//! The chances of a match that teach beside its goals.

use serde::{Deserialize, Serialize};

use crate::domain::Statistics;
use crate::predict::shot_goals::{Shots, rated};

/// The chances that both sides had.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Chances {
    /// Shots and corners.
    Counted(Shots),
    /// Goals that somebody has rated them at.
    Rated([f64; 2]),
}

impl Chances {
    /// Those of a match, where they were rated, or counted and can be true.
    pub(super) fn of(statistics: &Statistics) -> Option<Self> {
        let rated = rated(statistics).map(Self::Rated);
        rated.or_else(|| Shots::of(statistics).map(Self::Counted))
    }
}
