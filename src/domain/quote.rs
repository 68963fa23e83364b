//! Prices of selections.

use serde::{Deserialize, Serialize};

use super::odds::{Book, Odds};
use super::selection::Selection;
use super::time::Time;

/// A price for one selection.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The side that is priced.
    pub selection: Selection,
    /// Its decimal odds.
    pub odds: Odds,
    /// The book that offers it.
    pub book: Book,
    /// When it was known.
    pub as_of: Time,
}
