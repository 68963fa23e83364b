//! Whose prices are bet at.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{Book, MarketKind, Quote, Selection};

/// Whose prices are bet at, written `avg`, `b365,ps` or `best:ps,b365`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BookChoice {
    /// For each match and market the first of these books that prices every side of it; where none does, the first
    /// that has any price of it. A price that book lacks is not taken from another.
    Prefer(Vec<Book>),
    /// For each selection the best odds of these books; of equal ones, of the book named first.
    Best(Vec<Book>),
}

impl BookChoice {
    /// The books named: what else is quoted is never bet at.
    pub fn books(&self) -> &[Book] {
        match self {
            Self::Prefer(books) | Self::Best(books) => books,
        }
    }

    /// Gives `take` the quotes of one kind of market that are bet at.
    pub(super) fn choose<'a>(
        &self,
        kind: MarketKind,
        quotes: &'a [Quote],
        mut take: impl FnMut(&'a Quote),
    ) {
        let here = |quote: &&Quote| quote.selection.market().kind() == kind;
        match self {
            Self::Prefer(books) => {
                let Some((book, whole)) = preferred(books, kind, quotes) else {
                    return;
                };
                // without lines there is one market, and if that is whole there is nothing to leave out
                let every = !whole || !kind.has_line();
                let wanted =
                    |quote: &&Quote| quote.book == book && (every || is_whole(quote, quotes));
                quotes.iter().filter(here).filter(wanted).for_each(take);
            }
            Self::Best(books) => {
                let rank = |quote: &Quote| books.iter().position(|book| *book == quote.book);
                let better = |one: &Quote, other: &Quote| {
                    (one.odds, std::cmp::Reverse(rank(one)))
                        > (other.odds, std::cmp::Reverse(rank(other)))
                };
                let listed = || {
                    quotes
                        .iter()
                        .filter(here)
                        .filter(|quote| rank(quote).is_some())
                };
                for quote in listed() {
                    let mut rivals = listed().filter(|rival| rival.selection == quote.selection);
                    if !rivals.any(|rival| better(rival, quote)) {
                        take(quote);
                    }
                }
            }
        }
    }
}

/// The first book with a whole market of this kind, or else the first with any price of it; and which of the two.
fn preferred(books: &[Book], kind: MarketKind, quotes: &[Quote]) -> Option<(Book, bool)> {
    let prices = |book: Book| {
        quotes
            .iter()
            .any(|q| q.book == book && q.selection.market().kind() == kind)
    };
    let mut listed = books.iter().copied();
    let whole = listed
        .clone()
        .find(|&book| has_whole_market(book, kind, quotes))
        .map(|book| (book, true));
    whole.or_else(|| listed.find(|&book| prices(book)).map(|book| (book, false)))
}

fn has_whole_market(book: Book, kind: MarketKind, quotes: &[Quote]) -> bool {
    let first = kind.sides()[0];
    let leads = |quote: &&Quote| {
        quote.book == book
            && quote.selection.market().kind() == kind
            && quote.selection.side() == first
    };
    quotes
        .iter()
        .filter(leads)
        .any(|quote| is_whole(quote, quotes))
}

/// Whether the quote's book prices every side of the quote's market, on the same line.
fn is_whole(quote: &Quote, quotes: &[Quote]) -> bool {
    let market = quote.selection.market();
    market.kind().sides().iter().all(|&side| {
        let selection = Selection::new(market, side);
        quotes
            .iter()
            .any(|other| other.book == quote.book && Some(other.selection) == selection)
    })
}

impl FromStr for BookChoice {
    type Err = BookChoiceError;
    fn from_str(text: &str) -> Result<Self, BookChoiceError> {
        let (best, list) = text
            .strip_prefix("best:")
            .map_or((false, text), |list| (true, list));
        let read =
            |code: &str| Book::new(code.trim()).map_err(|_| BookChoiceError(text.to_owned()));
        let books = list.split(',').map(read).collect::<Result<_, _>>()?;
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
    "books are a list in order of preference (b365,ps) or the best of a list (best:ps,b365), not {0:?}"
)]
pub struct BookChoiceError(String);
