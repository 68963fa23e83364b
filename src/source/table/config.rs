//! The settings of reading.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::domain::{Book, MarketKind};

/// What happens to a row that is not as it should be.
///
/// ```
/// use simbet::{OnBadRow, ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\nsome day,Man United,Fulham,1,0\n";
/// assert!(read_bytes("mine.csv", csv, &ReadConfig::default()).is_err());
/// let config = ReadConfig { on_bad_row: OnBadRow::Skip, ..ReadConfig::default() };
/// assert!(read_bytes("mine.csv", csv, &config).unwrap().records.is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnBadRow {
    /// Stop at anything unusual, even where it could be repaired.
    Error,
    /// Repair and count what is unambiguous; stop at what is not.
    #[default]
    Repair,
    /// Repair as well, but leave out and count the rows that cannot be repaired.
    Skip,
}

/// The settings of reading files.
///
/// ```
/// use simbet::{ReadConfig, read_bytes};
/// let csv = b"date,Home,Guest,home_goals,away_goals\n2024-08-16,Man Utd,Fulham,1,0\n";
/// let map = [("home_team", "Home"), ("away_team", "Guest")].map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
/// let aliases = [("Man Utd".to_owned(), "Man United".to_owned())];
/// let config = ReadConfig { map: map.into(), aliases: aliases.into(), ..ReadConfig::default() };
/// let matches = read_bytes("mine.csv", csv, &config).unwrap();
/// assert!(matches.names.find_team("Man United").is_some());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadConfig {
    /// What to do with a row that is not as it should be.
    pub on_bad_row: OnBadRow,
    /// Columns that are called otherwise than simbet expects: its own name to the file's.
    pub map: BTreeMap<String, String>,
    /// The books whose prices are kept; `None` keeps every book.
    pub books: Option<Vec<Book>>,
    /// The markets whose prices are kept besides 1X2, which always is.
    pub markets: Vec<MarketKind>,
    /// Other spellings of teams, spelling to name; `E0:spelling` holds in league E0 only.
    pub aliases: BTreeMap<String, String>,
    /// Words of the status column that simbet does not know, each with one that it knows.
    pub status_words: BTreeMap<String, String>,
}

impl Default for ReadConfig {
    fn default() -> Self {
        Self {
            on_bad_row: OnBadRow::default(),
            map: BTreeMap::new(),
            books: None,
            markets: MarketKind::ALL.to_vec(),
            aliases: BTreeMap::new(),
            status_words: BTreeMap::new(),
        }
    }
}

impl ReadConfig {
    /// The book of prices without a book: the first of the chosen books, or the average.
    pub(super) fn unnamed_book(&self) -> Book {
        self.books
            .as_ref()
            .and_then(|books| books.first().copied())
            .unwrap_or(Book::AVG)
    }

    /// Whether prices of this book and kind of market are kept.
    pub(super) fn keeps(&self, book: Book, kind: MarketKind) -> bool {
        self.books
            .as_ref()
            .is_none_or(|books| books.contains(&book))
            && self.keeps_market(kind)
    }

    /// Whether prices of this kind of market are kept.
    pub(super) fn keeps_market(&self, kind: MarketKind) -> bool {
        kind.is_reference() || self.markets.contains(&kind)
    }
}
