//! The texts of a row of a table of bets: what a bet was on, and where.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use super::super::cells;
use super::super::probabilities::market_with_line;
use crate::domain::{Book, MarketKind, Time};

/// The texts of a row.
pub(super) struct Texts<'a> {
    pub market: &'a [u8],
    pub side: &'a [u8],
    pub line: &'a [u8],
    pub book: &'a [u8],
    /// By the number of their column among those with tags.
    pub tags: Vec<(usize, &'a [u8])>,
    pub sport: &'a [u8],
    pub league: &'a [u8],
    pub event: &'a [u8],
    pub teams: [&'a [u8]; 2],
}

impl Texts<'_> {
    /// Book and market, so far as they are known, by which a rate of commission is chosen.
    pub fn payer(&self) -> (Option<Book>, Option<MarketKind>) {
        (
            cells::text(self.book).trim().parse().ok(),
            market_with_line(&cells::text(self.market)),
        )
    }

    /// What commission is charged on, as a hash: a market of an event at a book, where event and market are known.
    pub fn account(&self, day: Option<Time>) -> Option<u64> {
        let is_known = |cell: &[u8]| !cell.trim_ascii().is_empty();
        let is_of_event = is_known(self.event) || self.teams.iter().all(|team| is_known(team));
        if !is_known(self.market) || !is_of_event {
            return None;
        }
        let [home, away] = self.teams;
        let cells = [self.market, self.line, self.book, self.event, home, away];
        let cells = cells.map(|cell| cells::text(cell).trim().to_lowercase());
        Some(FixedState::default().hash_one((day, cells)))
    }
}
