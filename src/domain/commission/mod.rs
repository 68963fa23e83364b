//! The commission that books keep of net winnings.

mod netting;
mod written;

use super::market::MarketKind;
use super::odds::{Book, Odds};
use super::quote::Quote;
use serde::{Deserialize, Serialize};

pub(crate) use netting::{MarketBet, WAYS, added_profits, chances};
pub use written::CommissionError;

/// The share of net winnings that a book keeps, by book and by kind of market; 0 by default.
///
/// Written as a list of `RATE`, `MARKET=RATE`, `BOOK=RATE` and `BOOK:MARKET=RATE`, each named once: `0.02,ah=0.01,bfe=0.05`.
/// A rate is a fraction or a percentage, `0.05` or `5%`. The most specific one holds, in whatever order they are given:
/// that of the book and market, else of the book, else of the market, else of all. Books go by code or by name, as
/// [`Book::new`] has it. A code that a market has is that of the market.
///
/// It is paid on what all bets on one market of one match win together at one book, and not where they lose. Two lines
/// of one kind are two markets.
///
/// ```
/// use simbet::{Book, Commission, MarketKind};
/// let commission: Commission = "0.02, ah=1%, bfe=0.05, bfe:ah=0".parse().unwrap();
/// let [exchange, other] = ["Betfair Exchange", "ps"].map(|name| Book::new(name).unwrap());
/// assert_eq!(commission.rate(other, MarketKind::MatchOdds), 0.02);
/// assert_eq!(commission.rate(other, MarketKind::AsianHandicap), 0.01);
/// assert_eq!(commission.rate(exchange, MarketKind::MatchOdds), 0.05);
/// assert_eq!(commission.rate(exchange, MarketKind::AsianHandicap), 0.0);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "written::Written", into = "written::Written")]
pub struct Commission {
    /// Without repetitions, a more specific one after those that are less so.
    rates: Vec<Rate>,
}

/// A rate, and what it is for: `None` is every book, or every market.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rate {
    book: Option<Book>,
    kind: Option<MarketKind>,
    rate: f64,
}

impl Rate {
    fn is_for(&self, book: Book, kind: MarketKind) -> bool {
        self.book.is_none_or(|own| own == book) && self.kind.is_none_or(|own| own == kind)
    }

    /// Whether it names a book or a market.
    fn has_name(&self) -> bool {
        self.book.is_some() || self.kind.is_some()
    }

    /// What it is for, in words.
    fn shown(&self) -> String {
        match self.has_name() {
            true => self.name(),
            false => "everything else".to_owned(),
        }
    }

    /// Orders rates from the least to the most specific.
    fn key(&self) -> (bool, bool, Option<Book>, Option<MarketKind>) {
        (
            self.book.is_some(),
            self.kind.is_some(),
            self.book,
            self.kind,
        )
    }
}

impl Commission {
    /// One rate for every book and market.
    ///
    /// # Errors
    /// When the rate is negative, 1 or more, or not a number.
    pub fn flat(rate: f64) -> Result<Self, CommissionError> {
        let rate = Rate {
            book: None,
            kind: None,
            rate: written::checked(rate)?,
        };
        Self::of(vec![rate])
    }

    /// These rates; an error when one of them is named twice.
    fn of(mut rates: Vec<Rate>) -> Result<Self, CommissionError> {
        rates.sort_by_key(Rate::key);
        if let Some(twice) = rates.windows(2).find(|two| two[0].key() == two[1].key()) {
            return Err(CommissionError::twice(twice[0], twice[1]));
        }
        // 0 for what has no rate of its own goes without saying
        rates.retain(|rate| rate.has_name() || rate.rate > 0.0);
        Ok(Self { rates })
    }

    /// The rate that a book takes on one kind of market: at least 0, below 1.
    pub fn rate(&self, book: Book, kind: MarketKind) -> f64 {
        self.choose(book, kind).map_or(0.0, |rate| rate.rate)
    }

    /// The most specific rate on a bet of which book or market may not be known: what has a name is for those that are.
    fn choose_known(&self, book: Option<Book>, kind: Option<MarketKind>) -> Option<&Rate> {
        let is_for = |rate: &&Rate| {
            rate.book.is_none_or(|own| Some(own) == book)
                && rate.kind.is_none_or(|own| Some(own) == kind)
        };
        self.rates.iter().rev().find(is_for)
    }

    /// The same rate, 0 where there is none.
    pub(crate) fn known_rate(&self, book: Option<Book>, kind: Option<MarketKind>) -> f64 {
        self.choose_known(book, kind).map_or(0.0, |rate| rate.rate)
    }

    /// The names, joined by commas, of rates that none of these bets pays.
    pub(crate) fn unpaid<'a>(
        &self,
        bets: impl Iterator<Item = &'a (Option<Book>, Option<MarketKind>)> + Clone,
    ) -> Option<String> {
        let is_paid = |rate: &&Rate| {
            let mut paid = bets
                .clone()
                .map(|(book, kind)| self.choose_known(*book, *kind));
            paid.any(|paid| paid == Some(*rate))
        };
        let unpaid = self.rates.iter().filter(|rate| !is_paid(rate));
        let names: Vec<String> = unpaid.map(Rate::shown).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    fn choose(&self, book: Book, kind: MarketKind) -> Option<&Rate> {
        let mut most_specific_first = self.rates.iter().rev();
        most_specific_first.find(|rate| rate.is_for(book, kind))
    }

    /// The rate that is taken on a bet at this price.
    pub(crate) fn rate_of(&self, quote: &Quote) -> f64 {
        self.rate(quote.book, quote.selection.market().kind())
    }

    /// The odds after commission of a bet that is the only one on its market, to nine decimals: prices that leave the same
    /// are equal, however their numbers were rounded.
    pub(crate) fn left_of(&self, odds: Odds, book: Book, kind: MarketKind) -> f64 {
        let left = odds.after_commission(self.rate(book, kind));
        (left.decimal() * 1e9).round() / 1e9
    }

    /// The names, joined by commas, whose rate no bet in `markets` at `books` would pay; `None` where there is none. Such a
    /// book or market is misspelt, or not bet on, or has more specific rates throughout. The rate of all is that of
    /// "everything else".
    ///
    /// ```
    /// use simbet::{Book, Commission, MarketKind};
    /// let commission: Commission = "0.02,bfe=0.05,ah=0.01".parse().unwrap();
    /// let unused = commission.unused(&[Book::AVG], &[MarketKind::MatchOdds]);
    /// assert_eq!(unused.as_deref(), Some("ah, bfe"));
    /// ```
    pub fn unused(&self, books: &[Book], markets: &[MarketKind]) -> Option<String> {
        let rates = self.rates.iter();
        let unused: Vec<String> = rates
            .filter(|rate| !self.is_used(rate, books, markets))
            .map(Rate::shown)
            .collect();
        (!unused.is_empty()).then(|| unused.join(", "))
    }

    /// The same without the rates that no bet in `markets` at `books` would pay.
    pub(crate) fn used(&self, books: &[Book], markets: &[MarketKind]) -> Self {
        let rates = self.rates.iter().copied();
        Self {
            rates: rates
                .filter(|rate| self.is_used(rate, books, markets))
                .collect(),
        }
    }

    /// The same; nothing where every rate is 0.
    pub(crate) fn without_free(&self) -> Self {
        let is_free = self.rates.iter().all(|rate| rate.rate == 0.0);
        if is_free {
            Self::default()
        } else {
            self.clone()
        }
    }

    fn is_used(&self, rate: &Rate, books: &[Book], markets: &[MarketKind]) -> bool {
        books.iter().any(|&book| {
            let mut chosen = markets.iter().map(|&kind| self.choose(book, kind));
            chosen.any(|chosen| chosen == Some(rate))
        })
    }
}
