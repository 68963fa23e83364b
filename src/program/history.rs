//! What has become known, in order: enough to tell it all again to another process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::protocol::{Line, PlayedLine, PriceLine};
use crate::domain::{Match, Names, Offer, Time};

/// Something that has become known.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Known {
    /// A result.
    Result(Match),
    /// A result that was wrong.
    Retracted(Match),
    /// Prices of fixtures.
    Prices(Time, Arc<[Offer]>),
}

impl Known {
    /// Appends its lines.
    pub fn write(&self, names: &Names, out: &mut Vec<u8>) {
        match self {
            Self::Result(played) => Line::Result(PlayedLine::of(played, names)).write(out),
            Self::Retracted(played) => Line::Retract(PlayedLine::of(played, names)).write(out),
            Self::Prices(time, offers) => {
                for offer in offers.iter().filter(|offer| !offer.quotes.is_empty()) {
                    Line::Price(PriceLine::of(offer, *time, names)).write(out);
                }
            }
        }
    }
}

/// A question: the offers of a round.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The instant as of which it is asked.
    pub time: Time,
    /// The offers, in the order of the answer.
    pub offers: Arc<[Offer]>,
}

impl Question {
    /// The prices of its offers.
    pub fn prices(&self) -> Known {
        Known::Prices(self.time, Arc::clone(&self.offers))
    }
}
