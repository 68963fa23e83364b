//! The edges of one round that passed the filters.

use crate::domain::Edge;

/// The edges of one round that passed the filters, grouped by match.
///
/// Bets on one match depend on each other, so a staking rule has to see which edges belong together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slate {
    edges: Vec<Edge>,
    starts: Vec<usize>,
}

impl Slate {
    /// Empties the slate for the next round, keeping its buffers.
    pub fn clear(&mut self) {
        self.edges.clear();
        self.starts.clear();
    }

    /// Begins the group of the next match; a group may stay empty.
    pub fn next_match(&mut self) {
        self.starts.push(self.edges.len());
    }

    /// Adds an edge to the last match begun.
    ///
    /// ```
    /// use simbet::{Book, Edge, Odds, Quote, Selection, Time};
    /// use simbet::Slate;
    /// let odds = Odds::new(2.0).unwrap();
    /// let quote = Quote { selection: Selection::HOME, odds, book: Book::AVG, as_of: Time::default() };
    /// let mut slate = Slate::default();
    /// slate.next_match();
    /// slate.push(Edge::new(quote, None));
    /// slate.next_match();
    /// slate.push(Edge::new(quote, None));
    /// assert_eq!(slate.matches().map(<[Edge]>::len).collect::<Vec<_>>(), [1, 1]);
    /// ```
    pub fn push(&mut self, edge: Edge) {
        if self.starts.is_empty() {
            self.next_match();
        }
        self.edges.push(edge);
    }

    /// Begins the group of the next match with these edges.
    pub(crate) fn add_match(&mut self, edges: &[Edge]) {
        self.next_match();
        self.edges.extend_from_slice(edges);
    }

    /// The edges of match `number`, in the order in which matches were begun, from 0; empty beyond the last.
    pub(crate) fn of_match(&self, number: usize) -> &[Edge] {
        let Some(&start) = self.starts.get(number) else {
            return &[];
        };
        let end = self
            .starts
            .get(number + 1)
            .copied()
            .unwrap_or(self.edges.len());
        &self.edges[start..end]
    }

    /// Every edge, match after match.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges of each match begun, in order.
    pub fn matches(&self) -> impl Iterator<Item = &[Edge]> {
        (0..self.starts.len()).map(|number| self.of_match(number))
    }

    /// Empties the group of the last match begun, and returns how many edges it had.
    pub(crate) fn empty_last(&mut self) -> u64 {
        let start = self.starts.last().copied().unwrap_or(0);
        let removed = self.edges.len() - start;
        self.edges.truncate(start);
        removed as u64
    }

    pub(super) fn last_match_mut(&mut self) -> &mut [Edge] {
        let start = self.starts.last().copied().unwrap_or(0);
        &mut self.edges[start..]
    }
}
