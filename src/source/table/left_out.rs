//! What files hold of prices besides those that were asked for.

use std::collections::BTreeSet;

use super::lines::Cells;
use crate::domain::{Book, MarketKind};

/// Books and markets of which files have prices that were not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// The books.
    pub books: BTreeSet<Book>,
    /// The markets.
    pub markets: BTreeSet<MarketKind>,
}

/// A column of prices that were not asked for, as long as every cell of it was empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PassedOver {
    /// The book, where it is another than those asked for.
    pub book: Option<Book>,
    /// The market, where it is another.
    pub market: Option<MarketKind>,
    pub column: usize,
}

impl LeftOut {
    /// Notes what this row has in the columns passed over so far, which are then no longer looked at.
    pub(super) fn note(&mut self, passed_over: &mut Vec<PassedOver>, row: Cells<'_>) {
        passed_over.retain(|passed| {
            let is_empty = row.get(passed.column).trim_ascii().is_empty();
            if !is_empty {
                self.books.extend(passed.book);
                self.markets.extend(passed.market);
            }
            is_empty
        });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.books.extend(&other.books);
        self.markets.extend(&other.markets);
    }
}
