//! Rows on one match: what a further row adds, repeats or contradicts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::row::Row;
use crate::domain::price_set::impossible_sum;
use crate::domain::{Book, MarketKind, Quote, Selection, Statistic, Statistics, Time};

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
    Statistics(Statistic),
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
            Self::Statistics(statistic) => statistic.name(),
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
            | Self::Neutral
            | Self::Statistics(_) => "remove one, or keep the first with --on-bad-row skip",
        }
    }
}

impl Row {
    /// Whether the match is still to be played.
    pub fn is_fixture(&self) -> bool {
        self.status.has_result() && self.score.is_none()
    }

    /// Adds what another row says of the same match; returns whether it says anything more. The prices of a fixture give
    /// way to those of the match that it became. `known` has the prices so far.
    pub fn join(&mut self, other: &Self, known: &mut KnownPrices) -> Result<bool, Difference> {
        self.check(other)?;
        let gives_way = !self.is_fixture() && other.is_fixture();
        let pre = known.pre.more(&other.pre, gives_way);
        let pre = pre.ok_or(Difference::Prices)?;
        let close = known.close.more(&other.close, gives_way);
        let close = close.ok_or(Difference::ClosingPrices)?;
        let statistics = together(self.statistics.as_ref(), other.statistics.as_ref())?;
        let begins = self.kickoff.is_none() && other.kickoff.is_some();
        let counts_more = statistics != self.statistics;
        let is_more = !pre.is_empty()
            || !close.is_empty()
            || begins
            || counts_more
            || known.has_other_offers(&other.offers);
        self.statistics = statistics;
        self.kickoff = self.kickoff.or(other.kickoff);
        self.neutral = self.neutral.or(other.neutral);
        if self.id.is_none() {
            self.id.clone_from(&other.id);
        }
        known.offers.extend(&other.offers);
        known.add(pre, close, begins, (self.kickoff, self.day));
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
}

/// What two rows count in a match.
fn together(
    first: Option<&Arc<Statistics>>,
    second: Option<&Arc<Statistics>>,
) -> Result<Option<Arc<Statistics>>, Difference> {
    let (Some(first), Some(second)) = (first, second) else {
        return Ok(first.or(second).cloned());
    };
    let mut both = Statistics::clone(first);
    both.add(second).map_err(Difference::Statistics)?;
    Ok(Some(Arc::new(both)))
}

/// The prices of a match so far, while rows are joined. They are put in order once, when all rows are there: a match may have a
/// row for each of thousands of times.
pub(super) struct KnownPrices {
    pre: Prices,
    close: Prices,
    /// Whose prices the rows have, and of what time.
    offers: HashSet<(Book, Time), FixedState>,
}

impl KnownPrices {
    /// Those of the first row.
    pub fn of(row: &Row) -> Self {
        Self {
            pre: Prices::of(&row.pre),
            close: Prices::of(&row.close),
            offers: row.offers.iter().copied().collect(),
        }
    }

    fn has_other_offers(&self, offers: &[(Book, Time)]) -> bool {
        offers.iter().any(|offer| !self.offers.contains(offer))
    }

    /// Adds prices. `begins` says that the kick-off is known only now: a row that does not know it may have a price of after
    /// it.
    fn add(
        &mut self,
        mut pre: Vec<Quote>,
        mut close: Vec<Quote>,
        begins: bool,
        (kickoff, day): (Option<Time>, Time),
    ) {
        if let Some(kickoff) = kickoff {
            pre.retain(|quote| quote.as_of <= kickoff);
            if begins {
                self.pre
                    .change(|quotes| quotes.retain(|quote| quote.as_of <= kickoff));
            }
        }
        self.pre.add(&pre);
        let known_at = kickoff.unwrap_or(day);
        let retime = |quotes: &mut Vec<Quote>| {
            quotes.iter_mut().for_each(|quote| quote.as_of = known_at);
        };
        if begins {
            self.close.change(retime);
        }
        retime(&mut close);
        self.close.add(&close);
    }

    /// Gives a match what was added to the prices of its first row.
    pub fn finish(self, row: &mut Row, books: &[Book]) {
        if self.pre.is_changed {
            row.pre = in_order(self.pre.quotes, books);
        }
        if self.close.is_changed {
            row.close = in_order(self.close.quotes, books);
        }
    }
}

/// Prices, and those of each book, market and time.
struct Prices {
    quotes: Vec<Quote>,
    sets: HashMap<(Book, MarketKind, Time), Vec<Quote>, FixedState>,
    is_changed: bool,
}

impl Prices {
    fn of(quotes: &[Quote]) -> Self {
        let mut prices = Self {
            quotes: Vec::new(),
            sets: HashMap::default(),
            is_changed: false,
        };
        prices.add(quotes);
        prices.is_changed = false;
        prices
    }

    fn add(&mut self, quotes: &[Quote]) {
        for quote in quotes {
            self.sets.entry(set_of(quote)).or_default().push(*quote);
        }
        self.quotes.extend_from_slice(quotes);
        self.is_changed |= !quotes.is_empty();
    }

    fn change(&mut self, change: impl Fn(&mut Vec<Quote>)) {
        let mut quotes = std::mem::take(&mut self.quotes);
        change(&mut quotes);
        *self = Self {
            is_changed: true,
            ..Self::of(&quotes)
        };
    }

    /// The prices among these that are not known yet; `None` when one contradicts a known one, or when no book can have
    /// offered them together. Prices that give way are left out where the same book has others of the same market and time.
    fn more(&self, quotes: &[Quote], gives_way: bool) -> Option<Vec<Quote>> {
        let mut new = Vec::new();
        for quote in quotes {
            let others = self.sets.get(&set_of(quote)).map_or(&[][..], Vec::as_slice);
            if gives_way {
                new.extend(others.is_empty().then_some(*quote));
                continue;
            }
            let mut others = others.iter();
            match others.find(|other| other.selection == quote.selection) {
                Some(other) if other.odds != quote.odds => return None,
                Some(_) => {}
                None => new.push(*quote),
            }
        }
        let is_possible = gives_way || new.iter().all(|quote| self.is_possible_with(quote, &new));
        is_possible.then_some(new)
    }

    /// Whether a book can have offered a price beside the known and the new ones of its market.
    fn is_possible_with(&self, quote: &Quote, new: &[Quote]) -> bool {
        let Some(known) = self.sets.get(&set_of(quote)) else {
            // those of one row were judged when it was read
            return true;
        };
        let market = quote.selection.market();
        let beside = new.iter().filter(|other| set_of(other) == set_of(quote));
        let together: Vec<&Quote> = known.iter().chain(beside).collect();
        let odds = market.kind().sides().iter().map(|&side| {
            let selection = Selection::new(market, side);
            let priced = together
                .iter()
                .find(|other| Some(other.selection) == selection);
            priced.map(|priced| priced.odds)
        });
        impossible_sum(&odds.collect::<Vec<_>>(), false).is_none()
    }
}

fn set_of(quote: &Quote) -> (Book, MarketKind, Time) {
    (quote.book, quote.selection.market().kind(), quote.as_of)
}

/// Prices by market, book and side, as in one row that has them all.
fn in_order(mut quotes: Vec<Quote>, books: &[Book]) -> Box<[Quote]> {
    let rank = |book: Book| books.iter().position(|other| *other == book);
    quotes.sort_by_key(|quote| {
        let kind = quote.selection.market().kind();
        (
            kind,
            rank(quote.book),
            quote.book,
            quote.selection,
            quote.as_of,
        )
    });
    quotes.into_boxed_slice()
}
