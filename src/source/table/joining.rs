//! Rows on one match: what a further row adds, repeats or contradicts.

use super::row::Row;
use crate::domain::{Book, Quote};

/// In what two rows on one match contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    Score,
    Status,
    Kickoff,
    Prices,
    ClosingPrices,
    Id,
    AllButId,
    Neutral,
}

impl Difference {
    /// The fields, for an error.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Score => "the score",
            Self::Status => "the status",
            Self::Kickoff => "the time of kick-off",
            Self::Prices => "the prices",
            Self::ClosingPrices => "the closing prices",
            Self::Id => "the match_id",
            Self::AllButId => "everything but their match_id",
            Self::Neutral => "whether the grounds are neutral",
        }
    }

    /// What to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Prices => {
                "if they are prices of two books or times, name these in the columns book and as_of; otherwise remove one, \
                 or keep the first with --on-bad-row skip"
            }
            Self::AllButId => {
                "give each match an id of its own, or keep the first with --on-bad-row skip"
            }
            Self::Score
            | Self::Status
            | Self::Kickoff
            | Self::ClosingPrices
            | Self::Id
            | Self::Neutral => "remove one, or keep the first with --on-bad-row skip",
        }
    }
}

impl Row {
    /// Whether the match is still to be played.
    pub fn is_fixture(&self) -> bool {
        self.status.has_result() && self.score.is_none()
    }

    /// Adds what another row says of the same match; returns whether it says anything more. The prices of a fixture give
    /// way to those of the match that it became.
    pub fn join(&mut self, other: &Self, books: &[Book]) -> Result<bool, Difference> {
        self.check(other)?;
        let gives_way = !self.is_fixture() && other.is_fixture();
        let pre = more(&self.pre, &other.pre, gives_way).ok_or(Difference::Prices)?;
        let close = more(&self.close, &other.close, gives_way).ok_or(Difference::ClosingPrices)?;
        let is_more = !pre.is_empty()
            || !close.is_empty()
            || self.kickoff.is_none() && other.kickoff.is_some()
            || other
                .offers
                .iter()
                .any(|offer| !self.offers.contains(offer));
        self.kickoff = self.kickoff.or(other.kickoff);
        self.neutral = self.neutral.or(other.neutral);
        if self.id.is_none() {
            self.id.clone_from(&other.id);
        }
        self.offers.extend_from_slice(&other.offers);
        self.add_prices(&pre, &close, books);
        Ok(is_more)
    }

    fn check(&self, other: &Self) -> Result<(), Difference> {
        let both_over = !self.is_fixture() && !other.is_fixture();
        let both_begin = self.kickoff.is_some() && other.kickoff.is_some();
        let both_have_ids = self.id.is_some() && other.id.is_some();
        let both_say_grounds = self.neutral.is_some() && other.neutral.is_some();
        let is_fixture = !self.is_fixture() && other.is_fixture();
        let differences = [
            (both_over && self.score != other.score, Difference::Score),
            (both_over && self.status != other.status, Difference::Status),
            (
                both_begin && !is_fixture && self.kickoff != other.kickoff,
                Difference::Kickoff,
            ),
            (
                both_have_ids && !is_fixture && self.id != other.id,
                Difference::Id,
            ),
            (
                both_say_grounds && !is_fixture && self.neutral != other.neutral,
                Difference::Neutral,
            ),
        ];
        let found = differences.into_iter().find(|(differs, _)| *differs);
        found.map_or(Ok(()), |(_, difference)| Err(difference))
    }

    fn add_prices(&mut self, pre: &[Quote], close: &[Quote], books: &[Book]) {
        if !pre.is_empty() {
            self.pre = joined(&self.pre, pre, books);
        }
        // a row that does not know the kick-off may have a price of after it
        if let Some(kickoff) = self.kickoff
            && self.pre.iter().any(|quote| quote.as_of > kickoff)
        {
            let pre = self.pre.iter().filter(|quote| quote.as_of <= kickoff);
            self.pre = pre.copied().collect();
        }
        let known_at = self.kickoff.unwrap_or(self.day);
        if !close.is_empty() || self.close.iter().any(|quote| quote.as_of != known_at) {
            self.close = joined(&self.close, close, books);
            self.close
                .iter_mut()
                .for_each(|quote| quote.as_of = known_at);
        }
    }
}

/// The prices among `more` that are not known yet; `None` when one contradicts a known one. Prices that give way are left
/// out where the same book has others of the same market and time.
fn more(known: &[Quote], more: &[Quote], gives_way: bool) -> Option<Vec<Quote>> {
    let mut new = Vec::new();
    for quote in more {
        let same = |other: &&Quote| {
            (other.book, other.as_of) == (quote.book, quote.as_of)
                && other.selection.market().kind() == quote.selection.market().kind()
        };
        let mut others = known.iter().filter(same);
        if gives_way {
            new.extend(others.next().is_none().then_some(*quote));
            continue;
        }
        match others.find(|other| other.selection == quote.selection) {
            Some(other) if other.odds != quote.odds => return None,
            Some(_) => {}
            None => new.push(*quote),
        }
    }
    Some(new)
}

/// Prices by market, book and side, as in one row that has them all.
fn joined(known: &[Quote], more: &[Quote], books: &[Book]) -> Box<[Quote]> {
    let mut all = [known, more].concat();
    let rank = |book: Book| books.iter().position(|other| *other == book);
    all.sort_by_key(|quote| {
        let kind = quote.selection.market().kind();
        (
            kind,
            rank(quote.book),
            quote.book,
            quote.selection,
            quote.as_of,
        )
    });
    all.into_boxed_slice()
}
