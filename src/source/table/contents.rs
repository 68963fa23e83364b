//! What files hold, whether it was asked for or not: for the error where nothing of it fits.

use std::collections::BTreeSet;

use crate::domain::{Book, MarketKind};

/// The prices that a file has of a book on a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeldPrices {
    /// `None`: it is in a column.
    pub book: Option<Book>,
    pub kind: MarketKind,
    pub closing: bool,
    /// The column of the first side that has one.
    pub column: usize,
}

/// What a table holds.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub(super) file: String,
    pub(super) rows: u64,
    /// Whether a row is a match still to be played.
    pub(super) has_fixtures: bool,
    /// Whether there are columns for goals or a score.
    pub(super) has_goals: bool,
    /// Whether the column that might have scores has letters of results instead.
    pub(super) has_letters: bool,
    /// Where there are none: the columns that look like it, each with its `--map`.
    pub(super) like_goals: Vec<String>,
    pub(super) prices: Vec<HeldPrices>,
    /// Where there are none: the columns that look like it.
    pub(super) like_prices: Vec<String>,
    /// The books that rows name.
    pub(super) books: BTreeSet<Book>,
}
