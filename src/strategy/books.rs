//! The choice of books: whose prices are bet at.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{Book, Commission, MarketKind, Odds, Quote, Selection, Side};

/// Whose prices are bet at, written `avg`, `b365,ps` or `best:ps,b365`.
///
/// ```
/// use simbet::{Book, BookChoice};
/// let choice: BookChoice = "best:ps,b365".parse().unwrap();
/// let books = ["ps", "b365"].map(|code| Book::new(code).unwrap()).to_vec();
/// assert_eq!(choice, BookChoice::Best(books));
/// assert_eq!(choice.to_string(), "best:ps,b365");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BookChoice {
    /// For each match and market the first of these books that prices every side of it. Where none does, the first that
    /// has any price of it. A price that this book lacks is not taken from another.
    Prefer(Vec<Book>),
    /// For each selection the odds of these books that leave most after commission. Of equal ones those of the book that is
    /// named first.
    Best(Vec<Book>),
}

impl BookChoice {
    /// The books named. Quotes of others are never bet at.
    pub fn books(&self) -> &[Book] {
        match self {
            Self::Prefer(books) | Self::Best(books) => books,
        }
    }

    /// The mean of the odds that the books have on a selection, where the best of several is chosen. What a bet would bring
    /// is proportional to odds, so that at their mean it brings the mean of what it would at each book.
    ///
    /// A book that is itself such a choice has the market's average in its place.
    pub(crate) fn mean_odds(&self, taken: &Quote, quotes: &[Quote]) -> Option<Odds> {
        let of = |books: &[Book]| mean_odds(taken.selection, books, quotes);
        let average = self.has_choice(taken).then(|| of(&[Book::AVG])).flatten();
        average.or_else(|| match self {
            Self::Best(books) if books.len() > 1 => of(books),
            Self::Best(_) | Self::Prefer(_) => None,
        })
    }

    /// Whether the quote that is taken may be that of a book which is itself a choice among books.
    pub(crate) fn has_choice(&self, taken: &Quote) -> bool {
        match self {
            Self::Prefer(_) => taken.book.is_choice(),
            Self::Best(books) => books.iter().any(|book| book.is_choice()),
        }
    }

    /// Passes `take` the quotes of one kind of market that are bet at, in their order.
    pub(super) fn choose<'a>(
        &self,
        kind: MarketKind,
        quotes: &'a [Quote],
        commission: &Commission,
        take: impl FnMut(&'a Quote),
    ) {
        match self {
            Self::Prefer(books) => take_preferred(books, kind, quotes, take),
            Self::Best(books) => take_best(books, kind, quotes, commission, take),
        }
    }
}

/// The mean of what these books have on a selection, those left out whose price is a choice among others.
fn mean_odds(selection: Selection, books: &[Book], quotes: &[Quote]) -> Option<Odds> {
    let (mut sum, mut count) = (0.0, 0.0);
    for quote in quotes {
        let asked = books.contains(&quote.book) && !quote.book.is_choice();
        if asked && quote.selection == selection {
            sum += quote.odds.decimal();
            count += 1.0;
        }
    }
    Odds::new(sum / count).ok()
}

fn take_preferred<'a>(
    books: &[Book],
    kind: MarketKind,
    quotes: &'a [Quote],
    take: impl FnMut(&'a Quote),
) {
    // a kind without lines has one market, of which there is no quote to leave out: an only book need not be looked at
    let preferred = match books {
        [only] if !kind.has_line() => Some((*only, false)),
        _ => preferred_book(books, kind, quotes),
    };
    let Some((book, complete)) = preferred else {
        return;
    };
    let every = !complete || !kind.has_line();
    of_kind(kind, quotes)
        .filter(|quote| quote.book == book && (every || is_complete(quote, quotes)))
        .for_each(take);
}

fn take_best<'a>(
    books: &[Book],
    kind: MarketKind,
    quotes: &'a [Quote],
    commission: &Commission,
    mut take: impl FnMut(&'a Quote),
) {
    let preference = |quote| preference(quote, books, commission);
    for quote in of_kind(kind, quotes).filter(|quote| books.contains(&quote.book)) {
        let own = preference(quote);
        let is_beaten = of_kind(kind, quotes)
            .filter(|other| books.contains(&other.book) && other.selection == quote.selection)
            .any(|other| preference(other) > own);
        if !is_beaten {
            take(quote);
        }
    }
}

/// Higher for odds that leave more, and among equal ones for the book that is named first.
fn preference(
    quote: &Quote,
    books: &[Book],
    commission: &Commission,
) -> (f64, Reverse<Option<usize>>) {
    let rank = books.iter().position(|book| *book == quote.book);
    let kind = quote.selection.market().kind();
    let left = commission.left_of(quote.odds, quote.book, kind);
    (left, Reverse(rank))
}

fn of_kind(kind: MarketKind, quotes: &[Quote]) -> impl Iterator<Item = &Quote> {
    quotes
        .iter()
        .filter(move |quote| quote.selection.market().kind() == kind)
}

/// The first book with a complete market of this kind, or else the first with any price of it, and whether it has a
/// complete market.
fn preferred_book(books: &[Book], kind: MarketKind, quotes: &[Quote]) -> Option<(Book, bool)> {
    let complete = books
        .iter()
        .find(|&&book| has_complete_market(book, kind, quotes));
    if let Some(&book) = complete {
        return Some((book, true));
    }
    books
        .iter()
        .find(|&&book| of_kind(kind, quotes).any(|quote| quote.book == book))
        .map(|&book| (book, false))
}

fn has_complete_market(book: Book, kind: MarketKind, quotes: &[Quote]) -> bool {
    // each market of the book is checked once, at the quote of its first side
    let first = kind.sides()[0];
    of_kind(kind, quotes)
        .filter(|quote| quote.book == book && quote.selection.side() == first)
        .any(|quote| is_complete(quote, quotes))
}

/// Whether the quote's book prices every side of the quote's market, on the same line.
fn is_complete(quote: &Quote, quotes: &[Quote]) -> bool {
    let market = quote.selection.market();
    let has_side = |side: &Side| {
        quotes.iter().any(|other| {
            let selection = other.selection;
            selection.side() == *side && selection.market() == market && other.book == quote.book
        })
    };
    market.kind().sides().iter().all(has_side)
}

impl FromStr for BookChoice {
    type Err = BookChoiceError;
    fn from_str(text: &str) -> Result<Self, BookChoiceError> {
        let (best, list) = text
            .strip_prefix("best:")
            .map_or((false, text), |list| (true, list));
        let books = list
            .split(',')
            .map(|code| Book::new(code.trim()))
            .collect::<Result<_, _>>()
            .map_err(|_| BookChoiceError(text.to_owned()))?;
        Ok(if best {
            Self::Best(books)
        } else {
            Self::Prefer(books)
        })
    }
}

impl fmt::Display for BookChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.books().iter().map(Book::as_str).collect();
        let prefix = if matches!(self, Self::Best(_)) {
            "best:"
        } else {
            ""
        };
        write!(f, "{prefix}{}", codes.join(","))
    }
}

impl TryFrom<String> for BookChoice {
    type Error = BookChoiceError;
    fn try_from(text: String) -> Result<Self, BookChoiceError> {
        text.parse()
    }
}

impl From<BookChoice> for String {
    fn from(choice: BookChoice) -> Self {
        choice.to_string()
    }
}

/// A text that names no books.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "books must be a list in order of preference (b365,ps) or the best of a list (best:ps,b365), not {0:?}"
)]
pub struct BookChoiceError(String);
