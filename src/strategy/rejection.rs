//! Why a price is not bet at: the filter that it does not pass.

use super::Strategy;
use crate::domain::Edge;

/// The first filter that a price does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The side is not among those that are backed.
    Side,
    /// The odds are too low or too high.
    Odds,
    /// The probability is too low.
    Probability,
    /// The expected value is too low.
    ExpectedValue,
    /// The edge is too low.
    Advantage,
    /// Of this kind of market another selection, of higher expected value, is backed.
    OtherSelection,
}

impl Rejection {
    /// The code in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Side => "selections",
            Self::Odds => "odds_out_of_range",
            Self::Probability => "below_min_prob",
            Self::ExpectedValue => "below_min_ev",
            Self::Advantage => "below_min_edge",
            Self::OtherSelection => "other_selection",
        }
    }
}

impl Strategy {
    /// The first filter that an edge does not pass; `None` when it passes all.
    pub fn rejection(&self, edge: &Edge) -> Option<Rejection> {
        let config = &self.config;
        let sides = config.selections.as_ref();
        if sides.is_some_and(|sides| !sides.contains(&edge.quote.selection.side())) {
            Some(Rejection::Side)
        } else if self.is_out_of_odds(edge) {
            Some(Rejection::Odds)
        } else if config.min_prob.is_some_and(|least| {
            !edge
                .distribution
                .is_some_and(|outcomes| outcomes.probability() >= least)
        }) {
            Some(Rejection::Probability)
        } else if falls_short(config.min_ev, edge, Edge::expected_value) {
            Some(Rejection::ExpectedValue)
        } else if falls_short(config.min_edge, edge, Edge::advantage) {
            Some(Rejection::Advantage)
        } else {
            None
        }
    }

    fn is_out_of_odds(&self, edge: &Edge) -> bool {
        let odds = edge.quote.odds.decimal();
        let (least, most) = (self.config.min_odds, self.config.max_odds);
        least.is_some_and(|least| odds < least) || most.is_some_and(|most| odds > most)
    }
}

/// A figure that is above another by less is the same: 0.42 · 2.5 − 1 is no more than 0.05, whatever its last digit.
const ROUNDING: f64 = 1e-12;

/// Whether a figure of an edge is not above what is asked, or not known.
fn falls_short(least: Option<f64>, edge: &Edge, figure: fn(&Edge) -> Option<f64>) -> bool {
    least.is_some_and(|least| !figure(edge).is_some_and(|figure| figure - least > ROUNDING))
}
