//! Prices of selections.

use serde::{Deserialize, Serialize};

use super::odds::{Book, Odds};
use super::selection::Selection;
use super::time::Time;

/// A price for one selection.
///
/// ```
/// use simbet::{Book, Odds, Quote, Selection, Time};
/// let odds = Odds::new(2.5).unwrap();
/// let quote = Quote { selection: Selection::HOME, odds, book: Book::new("b365").unwrap(), as_of: Time::from_days(19_580) };
/// assert_eq!(quote.odds.implied(), 0.4);
/// assert_eq!(quote.selection.to_string(), "1x2 home");
/// ```
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
