//! Decimal odds, and the books that offer them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::book_names;

/// Decimal odds: what one unit of stake returns when it wins, the stake included. Finite and above 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Odds(f64);

impl Odds {
    /// The lowest and the highest odds of exchanges. In entries of streams they stand for a price that is absent.
    pub(crate) const LIMITS: [Self; 2] = [Self(1.01), Self(1000.0)];

    /// Odds from a decimal price.
    ///
    /// # Errors
    /// When `decimal` is not finite, or 1 or less.
    ///
    /// ```
    /// use simbet::Odds;
    /// assert_eq!(Odds::new(2.5).unwrap().implied(), 0.4);
    /// assert!(Odds::new(1.0).is_err());
    /// ```
    pub fn new(decimal: f64) -> Result<Self, OddsError> {
        if decimal.is_finite() && decimal > 1.0 {
            Ok(Self(decimal))
        } else {
            Err(OddsError(decimal))
        }
    }

    /// The decimal price.
    pub const fn decimal(self) -> f64 {
        self.0
    }

    /// One over the odds: the probability at which a bet breaks even, the margin included.
    pub fn implied(self) -> f64 {
        1.0 / self.0
    }

    /// Profit of one unit that wins.
    pub fn net(self) -> f64 {
        self.0 - 1.0
    }

    /// The odds of a bet that pays this share of its winnings as commission: 1 + (odds − 1) · (1 − rate).
    ///
    /// ```
    /// use simbet::Odds;
    /// assert_eq!(Odds::new(2.0).unwrap().after_commission(0.05).decimal(), 1.95);
    /// ```
    pub fn after_commission(self, rate: f64) -> Self {
        if rate == 0.0 {
            return self;
        }
        // odds a few 10^-16 above 1 may have nothing left that a number could show
        Self::new(1.0 + self.net() * (1.0 - rate)).unwrap_or(self)
    }
}

impl TryFrom<f64> for Odds {
    type Error = OddsError;
    fn try_from(decimal: f64) -> Result<Self, OddsError> {
        Self::new(decimal)
    }
}

impl From<Odds> for f64 {
    fn from(odds: Odds) -> Self {
        odds.0
    }
}

/// A price that is no decimal odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddsError(f64);

impl fmt::Display for OddsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decimal odds must be finite and above 1, not {}", self.0)
    }
}

impl std::error::Error for OddsError {}

/// The code of a bookmaker or an aggregate (`b365`, `ps`, `max`, `avg` ...): 1 to 15 bytes, lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Book {
    /// The code, filled up with 0, and its length: sixteen bytes, which compare as one number.
    text: [u8; 16],
}

impl Book {
    /// The average over bookmakers.
    pub const AVG: Self = Self::literal(b"avg");
    /// The best price of any bookmaker.
    pub const MAX: Self = Self::literal(b"max");

    /// Whether its prices are no bookmaker's own, but the highest of several.
    pub(crate) fn is_choice(self) -> bool {
        self == Self::MAX
    }

    const fn literal(code: &[u8; 3]) -> Self {
        let mut text = [0; 16];
        text[0] = code[0];
        text[1] = code[1];
        text[2] = code[2];
        text[15] = 3;
        Self { text }
    }

    /// A book from its code, turned to lower case, or from its name: Pinnacle is `ps`, William Hill `wh`. Of a name that
    /// nobody knows a code is made, with `_` for a blank.
    ///
    /// # Errors
    /// When the code is empty, longer than 15 bytes, or has bytes other than ASCII letters, digits, `-`, `_` and `.`.
    ///
    /// ```
    /// use simbet::Book;
    /// assert_eq!(Book::new("B365").unwrap().as_str(), "b365");
    /// assert_eq!(Book::new("William Hill").unwrap().as_str(), "wh");
    /// assert_eq!(Book::new("Sky Bet").unwrap().as_str(), "sky_bet");
    /// assert!(Book::new("").is_err());
    /// ```
    pub fn new(code: &str) -> Result<Self, BookError> {
        let code = book_names::code_of(code).unwrap_or_else(|| code.trim());
        if code.is_empty() || code.len() > 15 || !code.bytes().all(is_code_byte) {
            return Err(BookError(code.to_owned()));
        }
        let mut text = [0; 16];
        for (to, from) in text.iter_mut().zip(code.bytes()) {
            *to = if from == b' ' {
                b'_'
            } else {
                from.to_ascii_lowercase()
            };
        }
        text[15] = code.len() as u8;
        Ok(Self { text })
    }

    /// The names that people write for it, without case, blanks and punctuation; none of a book that nobody knows.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        book_names::names_of(self.as_str())
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.text[15])])
            .expect("checked to be ASCII where it is made")
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Book({})", self.as_str())
    }
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Book {
    type Err = BookError;
    fn from_str(text: &str) -> Result<Self, BookError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Book {
    type Error = BookError;
    fn try_from(text: String) -> Result<Self, BookError> {
        Self::new(&text)
    }
}

impl From<Book> for String {
    fn from(book: Book) -> Self {
        book.as_str().to_owned()
    }
}

/// A text that is no code of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookError(String);

impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a book must be known by its name, such as William Hill, or have a code of 1 to 15 letters, digits, '-', '_' or '.', such as b365 or avg, not {:?}",
            self.0
        )
    }
}

impl std::error::Error for BookError {}

/// Whether a book's code may be made from this byte.
fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ')
}
