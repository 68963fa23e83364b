//! Errors of reading: each has file, line, column, what was expected and what to do.

use std::error::Error as _;
use std::fmt;
use std::iter::successors;

use crate::printable::excerpt;
use crate::schema::{NAME, TAUGHT_GOALS, TAUGHT_WEIGHT};

/// Why a source failed.
///
/// ```
/// use simbet::{ReadConfig, SourceError, read_bytes};
/// let csv = b"date,home_team,home_goals,away_goals\n2024-08-16,Man United,1,0\n";
/// let error = read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap_err();
/// assert!(matches!(error, SourceError::Header { .. }));
/// assert!(error.to_string().starts_with("mine.csv"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A file or folder could not be opened or read.
    #[error("cannot read {path}")]
    Io {
        /// The path as given.
        path: String,
        /// The message of the system.
        source: std::io::Error,
    },
    /// An input that holds nothing to read.
    #[error("{input}: {problem}; {advice}")]
    NothingToRead {
        /// The input as given.
        input: String,
        /// The problem.
        problem: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A header in which columns that every match needs are missing.
    #[error("{file}: the header has no column for {missing}; it holds {headers}. {advice}")]
    Header {
        /// The file.
        file: String,
        /// The targets that no column answers.
        missing: String,
        /// The header.
        headers: String,
        /// The columns that may be meant, or how to name one.
        advice: String,
    },
    /// A `--map` whose left side is no column that simbet knows.
    #[error(
        "--map {target}=...: there is no column {target}{suggestion}; the columns are {allowed}"
    )]
    UnknownTarget {
        /// The unknown name.
        target: String,
        /// The nearest known name, as a clause; empty when none is near.
        suggestion: String,
        /// Every name that can be mapped.
        allowed: String,
    },
    /// A `--map` whose right side is not in a file's header.
    #[error(
        "{file}: {}: the header has no {header}{suggestion}; it holds {headers}",
        naming(target, header)
    )]
    MappedHeader {
        /// The file.
        file: String,
        /// The column that was mapped.
        target: String,
        /// The header it was mapped to.
        header: String,
        /// The nearest header, as a clause; empty when none is near.
        suggestion: String,
        /// The header.
        headers: String,
    },
    /// A `--result-word` that no bet has.
    #[error("--result-word {word}=...: no result is {word:?}; {found}")]
    UnknownResultWord {
        /// The word.
        word: String,
        /// What there is instead.
        found: String,
    },
    /// A cell that cannot be what its column says.
    #[error("{0}")]
    Cell(Box<BadCell>),
    /// What the cells of a file mean cannot be decided from them.
    #[error("{place}: {problem}")]
    Undecided {
        /// The first cell that is in doubt.
        place: Box<Place>,
        /// What it may be, and the option that decides it.
        problem: String,
    },
    /// A file whose matches name no league, and whose own name cannot be one.
    #[error(
        "{file}: without a league column the name of the file is that of its league: expected {NAME}, found \"{found}\"; name it \
         with --league"
    )]
    LeagueName {
        /// The file.
        file: String,
        /// Its name, or that of its folder.
        found: String,
    },
    /// No match with a score was read.
    #[error("{files}: {problem}")]
    NoResults {
        /// The first file, and how many more there are.
        files: String,
        /// Why, and which columns may be meant.
        problem: String,
    },
    /// No match has a price that was asked for.
    #[error("{files}: no match has a price of {wanted}; {held}")]
    NoPrices {
        /// The first file, and how many more there are.
        files: String,
        /// Books, markets and time.
        wanted: String,
        /// What there is instead.
        held: String,
    },
    /// No probability can be used.
    #[error("{files}: {problem}")]
    NoProbabilities {
        /// The first file, and how many more there are.
        files: String,
        /// Why.
        problem: String,
    },
    /// No match was played in the period that was asked for.
    #[error(
        "no match was played between --from and --to: the files hold matches from {first} to {last}"
    )]
    NothingInPeriod {
        /// The first day of a match.
        first: String,
        /// The last.
        last: String,
    },
    /// The streams of a Redis cannot be used.
    #[cfg(feature = "redis")]
    #[error(transparent)]
    Redis(#[from] crate::redis::RedisError),
    /// A stop came before the last round.
    #[error("stopped before the end")]
    Stopped,
    /// A goal rate of a synthetic match is out of range of a score grid.
    #[error("an invented match cannot be priced")]
    Grid(#[from] crate::domain::GridError),
    /// A state that cannot be saved or restored.
    #[error(transparent)]
    State(#[from] crate::checkpoint::CheckpointError),
    /// Two rows that contradict each other.
    #[error("{0}")]
    Conflict(Box<Conflict>),
    /// A Parquet file and a build without Parquet.
    #[error(
        "{file}: this simbet was built without Parquet; build it with --features parquet, or give it CSV"
    )]
    NoParquet {
        /// The file.
        file: String,
    },
    /// A file that is no table of matches, told by its bytes.
    #[error("{file} is {what}; simbet reads CSV, Parquet, workbooks (.xlsx), gz and zip: {advice}")]
    Foreign {
        /// The file.
        file: String,
        /// The kind of file.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A file whose bytes are not what its kind of file should have.
    #[error("{file} is damaged or incomplete ({problem}): download it again, or save it anew")]
    Damaged {
        /// The file.
        file: String,
        /// The message of the decoder.
        problem: String,
    },
    /// An archive that grows beyond bounds.
    #[error(
        "{file} grows to more than a table of matches can have (1 GiB, 4 GiB of Parquet, or 200 times its size): unpack it \
         first and give the files in it, or write it as CSV"
    )]
    TooLarge {
        /// The file.
        file: String,
    },
    /// Files with more rows than are read.
    #[error(
        "the input has more than {most} rows, empty ones included: give fewer files, or say --max-rows with a larger number"
    )]
    TooManyRows {
        /// The most rows that are read.
        most: u64,
    },
    /// A file that is larger than a table of matches can be.
    #[error("{file}: {what}; {advice}")]
    TooBig {
        /// The file.
        file: String,
        /// What is too large, and the bound.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// A column that is needed, and whose type has no meaning as text.
    #[error("{file}: column {column} is {name}; write it as text, a number or a date")]
    ColumnType {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// What its type is called.
        name: String,
    },
    /// Two files that were joined without a line end between them.
    #[error(
        "{place}: a second header starts in the middle of this line, since two files were joined without a line end between \
         them; start the header on a line of its own"
    )]
    JoinedHeader {
        /// The line.
        place: Place,
    },
    /// A file in which every row has more cells than the header.
    #[error(
        "{place}: this and every other row has more cells than the header, so that cells and names do not belong together; \
         where numbers have decimal commas, separate the cells with ; or put the numbers in quotation marks"
    )]
    WideRows {
        /// The first row.
        place: Place,
    },
    /// Dates whose order of day, month and year cannot be decided.
    #[error("{file}: {problem}")]
    DateOrder {
        /// The file.
        file: String,
        /// What speaks for which order, and the option that decides.
        problem: String,
    },
}

/// A cell of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u64,
    /// The column, counted from 1, and its header; `None` when the row as a whole is meant.
    pub column: Option<(usize, String)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)?;
        match &self.column {
            Some((number, header)) if header.is_empty() => write!(f, ", column {number}"),
            Some((number, header)) => write!(f, ", column {number} ({})", excerpt(header)),
            None => Ok(()),
        }
    }
}

/// A cell that cannot be what its column says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: expected {expected}, found {value:?}; {advice}")]
pub struct BadCell {
    /// Where it stands.
    pub place: Place,
    /// Its content.
    pub value: String,
    /// The expected content.
    pub expected: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// Two rows that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{second}: {what} in {first}, and the two differ in {difference}; \
     {advice}"
)]
pub struct Conflict {
    /// The row that came first, by file name and line.
    pub first: Place,
    /// The row that contradicts it.
    pub second: Place,
    /// What both rows describe: `A against B on 2023-08-05 is also`.
    pub what: String,
    /// The fields in which they differ.
    pub difference: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl SourceError {
    /// The error with all its reasons, as the command line says an error that stops it.
    pub(super) fn with_reasons(&self) -> String {
        let reasons = successors(self.source(), |&reason| reason.source());
        reasons.fold(self.to_string(), |said, reason| format!("{said}: {reason}"))
    }
}

/// The clause `, did you mean X?` for the nearest of `known`, or nothing.
pub(super) fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, name)) if likeness > 0.8 => format!(", did you mean {name}?"),
        _ => String::new(),
    }
}

/// The option that names a column, as it was given.
fn naming(target: &str, header: &str) -> String {
    if TAUGHT_GOALS.contains(&target) {
        format!("--goals-column {header}")
    } else if target == TAUGHT_WEIGHT {
        format!("--weight-column {header}")
    } else {
        format!("--map {target}={header}")
    }
}
