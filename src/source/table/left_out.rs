//! What files hold of prices besides those that were asked for.

use std::collections::BTreeSet;

use super::config::ReadConfig;
use super::contents::HeldPrices;
use crate::domain::{Book, MarketKind};

/// Books and markets of which files have prices that were not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The books.
    pub books: BTreeSet<Book>,
    /// The markets.
    pub markets: BTreeSet<MarketKind>,
}

impl LeftOut {
    /// What was not asked for of the prices that a table holds.
    pub(super) fn of(held: &[HeldPrices], config: &ReadConfig) -> Self {
        let books = held.iter().filter_map(|held| held.book);
        let markets = held.iter().map(|held| held.kind);
        Self {
            books: books.filter(|&book| !config.keeps_book(book)).collect(),
            markets: markets.filter(|&kind| !config.keeps_market(kind)).collect(),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.books.extend(&other.books);
        self.markets.extend(&other.markets);
    }
}
