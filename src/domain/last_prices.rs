//! How a match was priced last, which is known once it is over.

use serde::{Deserialize, Serialize};

use super::odds::{Book, Odds};

/// Where last prices are from: of those that a match has the first in this order counts.
///
/// ```
/// use simbet::{Book, PriceSource};
/// assert_eq!(PriceSource::of(Book::AVG, true), Some(PriceSource::AverageClose));
/// assert!(PriceSource::PinnacleClose < PriceSource::AverageClose);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceSource {
    /// Pinnacle's closing price.
    PinnacleClose,
    /// The average closing price of all books.
    AverageClose,
    /// The average price before the match.
    AveragePre,
    /// Bet365's price before the match.
    Bet365Pre,
}

impl PriceSource {
    /// Every source, the best first.
    pub(crate) const ALL: [Self; 4] = [
        Self::PinnacleClose,
        Self::AverageClose,
        Self::AveragePre,
        Self::Bet365Pre,
    ];

    /// Its name in events.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::PinnacleClose => "pinnacle-close",
            Self::AverageClose => "average-close",
            Self::AveragePre => "average-pre",
            Self::Bet365Pre => "bet365-pre",
        }
    }

    /// Whether nobody could bet any more after these prices.
    pub(crate) const fn is_closing(self) -> bool {
        match self {
            Self::PinnacleClose | Self::AverageClose => true,
            Self::AveragePre | Self::Bet365Pre => false,
        }
    }

    /// What prices of a book are, at the close or before the match; `None`: nobody learns from them.
    pub fn of(book: Book, closing: bool) -> Option<Self> {
        match (book.as_str(), closing) {
            ("ps", true) => Some(Self::PinnacleClose),
            ("avg", true) => Some(Self::AverageClose),
            ("avg", false) => Some(Self::AveragePre),
            ("b365", false) => Some(Self::Bet365Pre),
            _ => None,
        }
    }
}

/// The last prices of a match, complete sets each, with a margin that a book can have.
///
/// ```
/// use simbet::{LastPrices, Odds, PriceSource};
/// let odds = [1.55, 4.07, 7.69].map(|odds| Odds::new(odds).unwrap());
/// let worse = [1.6, 4.0, 7.5].map(|odds| Odds::new(odds).unwrap());
/// let mut prices = LastPrices::default();
/// prices.add_result(PriceSource::AveragePre, worse);
/// prices.add_result(PriceSource::PinnacleClose, odds);
/// assert_eq!(prices.result, Some((PriceSource::PinnacleClose, odds)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LastPrices {
    /// On home win, draw and away win.
    pub result: Option<(PriceSource, [Odds; 3])>,
    /// On over and under 2.5 goals; Bet365's are not among them.
    pub totals: Option<(PriceSource, [Odds; 2])>,
}

impl LastPrices {
    /// Takes prices on home win, draw and away win, where none of a better source are known.
    pub fn add_result(&mut self, source: PriceSource, odds: [Odds; 3]) {
        add(&mut self.result, source, odds);
    }

    /// Takes prices on over and under 2.5, where none of a better source are known.
    pub fn add_totals(&mut self, source: PriceSource, odds: [Odds; 2]) {
        if source != PriceSource::Bet365Pre {
            add(&mut self.totals, source, odds);
        }
    }

    /// Adds what another source says of the same match.
    pub fn add(&mut self, other: &Self) {
        if let Some((source, odds)) = other.result {
            self.add_result(source, odds);
        }
        if let Some((source, odds)) = other.totals {
            self.add_totals(source, odds);
        }
    }

    /// Takes what was said later of the same match, unless it is of a worse source.
    pub(crate) fn update(&mut self, later: &Self) {
        let mut updated = *later;
        updated.add(self);
        *self = updated;
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.result.is_none() && self.totals.is_none()
    }
}

/// Keeps the prices of the better source.
fn add<const SIDES: usize>(
    known: &mut Option<(PriceSource, [Odds; SIDES])>,
    source: PriceSource,
    odds: [Odds; SIDES],
) {
    if known.is_none_or(|(known, _)| source < known) {
        *known = Some((source, odds));
    }
}
