//! What a summary says of a pool with the price.

use serde::{Deserialize, Serialize};

use crate::significance::PricePoolFit;

/// What the weights of a pool with the price rest on. Before the first fit the price is used as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PricePoolSummary {
    /// Matches with a price, a forecast and a result so far.
    pub matches: u64,
    /// Matches from which on weights are learned.
    pub fewest: u64,
    /// The weights that were learned, in order of time.
    pub fits: Vec<PricePoolFit>,
}
