//! The settings of reading.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::cells::FieldOrder;
use super::columns::check_target;
use super::odds_format::OddsFormat;
use crate::calendar::Zone;
use crate::domain::{Book, MarketKind};
use crate::source::error::SourceError;

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

/// The order of day, month and year in dates that can be read in more than one way, such as `05/08/2023`.
///
/// ```
/// use simbet::{DateOrder, ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team\n08/05/2023,Ashford,Bexley\n";
/// let config = ReadConfig { date_order: DateOrder::Mdy, ..ReadConfig::default() };
/// let matches = read_bytes("mine.csv", csv, &config).unwrap();
/// assert_eq!(&*matches.records[0].fixture.id, "mine:2023-08-05:Ashford:Bexley");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Judged by all dates of a file; day first where they do not say.
    #[default]
    Auto,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day, also of two-digit years.
    Ymd,
    /// The numbers by which spreadsheets count days, from 1899-12-30.
    Serial,
}

impl DateOrder {
    /// The order of the fields; `None` where the dates decide it.
    pub(super) const fn fields(self) -> Option<FieldOrder> {
        match self {
            Self::Auto => None,
            Self::Dmy => Some(FieldOrder::DayFirst),
            Self::Mdy => Some(FieldOrder::MonthFirst),
            Self::Ymd => Some(FieldOrder::YearFirst),
            Self::Serial => Some(FieldOrder::Serial),
        }
    }

    /// What was expected of a date that cannot be read.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::Auto => "a date such as 05/08/2023, 2023-08-05 or 5 Aug 2023",
            Self::Dmy => "a date with the day first, such as 05/08/2023",
            Self::Mdy => "a date with the month first, such as 08/05/2023",
            Self::Ymd => "a date with the year first, such as 2023-08-05 or 23/08/05",
            Self::Serial => "a spreadsheet's number for a date, such as 45143",
        }
    }

    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
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
    /// The order of day, month and year.
    #[serde(skip_serializing_if = "DateOrder::is_auto")]
    pub date_order: DateOrder,
    /// The zone of times without one; `None`: UK time in football-data's files, UTC in others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    /// How prices are written.
    #[serde(skip_serializing_if = "OddsFormat::is_auto")]
    pub odds_format: OddsFormat,
    /// The league of files without a league column; without it their names are their leagues.
    pub league: Option<String>,
    /// Words of the status column that simbet does not know, each with one that it knows.
    pub status_words: BTreeMap<String, String>,
    /// The most rows of all files together, empty ones included.
    #[serde(skip_serializing_if = "is_usual_most")]
    pub max_rows: u64,
    /// Whether what was counted in matches is read. Off where nobody looks at it, which changes nothing but the time.
    #[serde(skip)]
    pub statistics: bool,
    /// Whether the last prices of matches are read, of whatever books and markets. Off where nobody learns from them.
    #[serde(skip)]
    pub last_prices: bool,
    /// Whether the SHA-256 of files are computed. Off where nobody records them.
    #[serde(skip)]
    pub digests: bool,
    /// Spellings of `aliases` that other files have, such as those of probabilities: that no match needs them is not said.
    #[serde(skip)]
    pub spelled_elsewhere: BTreeSet<String>,
}

/// The most rows where nothing else is said.
const MOST_ROWS: u64 = 10_000_000;

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
const fn is_usual_most(rows: &u64) -> bool {
    *rows == MOST_ROWS
}

impl Default for ReadConfig {
    fn default() -> Self {
        Self {
            on_bad_row: OnBadRow::default(),
            map: BTreeMap::new(),
            books: None,
            markets: MarketKind::ALL.to_vec(),
            aliases: BTreeMap::new(),
            date_order: DateOrder::default(),
            time_zone: None,
            odds_format: OddsFormat::default(),
            league: None,
            status_words: BTreeMap::new(),
            max_rows: MOST_ROWS,
            statistics: true,
            last_prices: true,
            digests: true,
            spelled_elsewhere: BTreeSet::new(),
        }
    }
}

impl ReadConfig {
    /// Checks that columns are mapped to names that simbet has.
    pub(crate) fn check(&self) -> Result<(), SourceError> {
        self.map.keys().try_for_each(|target| check_target(target))
    }

    /// The book of prices without a book: the first of the chosen books, or the average.
    pub(super) fn unnamed_book(&self) -> Book {
        self.books
            .as_ref()
            .and_then(|books| books.first().copied())
            .unwrap_or(Book::AVG)
    }

    /// Whether prices of this book and kind of market are kept.
    pub(super) fn keeps(&self, book: Book, kind: MarketKind) -> bool {
        self.keeps_book(book) && self.keeps_market(kind)
    }

    /// Whether prices of this book are kept.
    pub(super) fn keeps_book(&self, book: Book) -> bool {
        self.books
            .as_ref()
            .is_none_or(|books| books.contains(&book))
    }

    /// Whether prices of this kind of market are kept.
    pub(super) fn keeps_market(&self, kind: MarketKind) -> bool {
        kind.is_reference() || self.markets.contains(&kind)
    }
}
