//! What became of the rows of tables of bets.

use std::collections::BTreeMap;

use serde::Serialize;

/// Rows by what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TrackedCounts {
    /// Rows, the header and empty ones left out.
    pub rows: u64,
    /// Bets that are settled.
    pub settled: u64,
    /// Bets that are not settled yet.
    pub open: u64,
    /// Bets that the book did not take.
    pub refused: u64,
    /// Each-way bets, which are two bets at different odds in one row.
    pub each_way: u64,
    /// Free bets, whose stake is the book's.
    pub free_bets: u64,
    /// Of the settled bets, those against their selection.
    pub laid: u64,
    /// Of the settled bets, those on several events at once.
    pub multiples: u64,
    /// Of the settled bets, those that were closed before the end.
    pub cashed_out: u64,
    /// Of the settled bets, those whose odds are not known.
    pub without_odds: u64,
    /// Of the settled bets, those whose payout is not that of their odds.
    pub off_price: u64,
    /// Rows that have the id and every cell of an earlier one, and were left out.
    pub repeated: u64,
    /// Rows that are an earlier one in every cell, and count.
    pub alike: u64,
    /// Rows with the sums of others, which are no bets.
    pub totals: u64,
    /// Rows that cannot be read and were left out, by what is wrong with them.
    pub skipped: BTreeMap<String, u64>,
}

impl TrackedCounts {
    /// What has to be said of them, each with its number.
    pub fn sentences(&self) -> Vec<(u64, String)> {
        let all = [
            (self.open, "not settled yet: left out"),
            (self.refused, "not taken by the book: left out"),
            (
                self.each_way,
                "each way: left out, since such a row is two bets at different odds",
            ),
            (
                self.free_bets,
                "free, the stake being the book's: in no figure, and what they made is said apart",
            ),
            (
                self.laid,
                "laid: each counts as a bet of its liability on the other outcome, at odds / (odds - 1)",
            ),
            (
                self.multiples,
                "on several events at once: each counts as one bet at its odds",
            ),
            (
                self.cashed_out,
                "cashed out: these count in the money, and in no test at their odds",
            ),
            (
                self.without_odds,
                "without odds: these count in the money, and in no test at their odds",
            ),
            (
                self.off_price,
                "paid otherwise than their odds say, by more than 2 %: what was paid counts in the money, and in no test at their odds",
            ),
            (
                self.repeated,
                "with the id and every cell of an earlier one: left out",
            ),
            (
                self.totals,
                "with a word such as Total, and no date or neither odds nor a result, so the sum of others: left out",
            ),
            (
                self.alike,
                "equal to an earlier one in every cell: counted, though they may be the same bet twice",
            ),
        ];
        let sentences = all
            .into_iter()
            .map(|(count, sentence)| (count, sentence.to_owned()));
        let skipped = self
            .skipped
            .iter()
            .map(|(problem, count)| (*count, format!("left out: {problem}")));
        sentences
            .chain(skipped)
            .filter(|(count, _)| *count > 0)
            .collect()
    }
}
