//! Files of matches: CSV, Parquet and workbooks, packed or not, from bytes to [`Matches`].
//!
//! [`columns`] lists the columns of files and their meaning.

pub mod columns;

mod archive;
mod bounds;
mod canonical;
mod cells;
mod config;
mod container;
mod contents;
mod conventions;
mod counts;
mod dialect;
mod fields;
mod file_kind;
mod file_name;
mod groups;
mod guarded;
mod header;
mod header_words;
mod inputs;
mod inspect;
mod joining;
mod last_prices;
mod layout;
mod layouts;
mod league;
mod league_seasons;
mod left_out;
mod lines;
mod loading;
mod local_clock;
mod matches;
mod meaning;
mod merge;
mod odds_format;
mod other_kind;
pub(crate) mod parquet;
mod price_lines;
mod prices;
pub(crate) mod probabilities;
mod probability_columns;
mod reader;
mod row;
mod row_reader;
mod season;
mod season_label;
mod sheet;
mod spellings;
mod statistic_columns;
mod statistics;
mod stored_number;
mod teams;
pub mod tracked;
mod wanted;
mod width;
mod workbook;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

pub use canonical::{PlainForm, is_price};
pub use config::{DateOrder, OnBadRow, ReadConfig};
pub use contents::Contents;
pub use counts::{ReadCounts, Remark};
pub use inputs::Input;
pub(crate) use inputs::{files_of, is_match_file};
pub use inspect::{
    BookCoverage, InspectedFile, InspectedLeague, InspectedTable, Inspection, SeasonCoverage,
    StatisticCoverage,
};
pub use left_out::LeftOut;
pub use matches::{Assumption, MatchRecord, Matches};
pub use odds_format::OddsFormat;
pub(crate) use wanted::WantedPrices;

use super::error::SourceError;
use crate::printable::escaped;
use bounds::RowAllowance;
use inputs::{Expanded, Location};
use inspect::Attempt;
use layouts::Layouts;
use merge::ReadFile;
use reader::read_sheet;

/// Reads matches from files, folders, globs and `-` for standard input.
///
/// `progress` is called with the number of files that are done and of all files, from any thread.
///
/// # Errors
/// When there is nothing to read, a file cannot be read, its header lacks a column, a row is beyond repair
/// (see [`OnBadRow`](super::OnBadRow)), or two rows contradict each other.
///
/// ```
/// use simbet::{ReadConfig, read};
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned();
/// let matches = read(&[file], &ReadConfig::default(), &|_, _| {}).unwrap();
/// assert_eq!(matches.counts.matches, 760);
/// ```
pub fn read(
    inputs: &[String],
    config: &ReadConfig,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Matches, SourceError> {
    read_expanded(inputs::expand(inputs)?, |_| true, config, progress)
}

/// Reads what was played and what is to come. A row without a score is a fixture in the files of `fixtures` only: in the
/// others it is of a match that was called off, or whose result is missing, which nobody wants to bet on.
pub(crate) fn read_with_fixtures(
    history: &[String],
    fixtures: &[String],
    config: &ReadConfig,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Matches, SourceError> {
    let to_come = inputs::expand(fixtures)?.locations;
    let expanded = inputs::expand(&[history, fixtures].concat())?;
    read_expanded(
        expanded,
        |location| to_come.contains(location),
        config,
        progress,
    )
}

/// Reads files, of which those that `may_be_to_come` may have fixtures.
fn read_expanded(
    expanded: Expanded,
    may_be_to_come: impl Fn(&Location) -> bool + Sync,
    config: &ReadConfig,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Matches, SourceError> {
    let Expanded {
        locations,
        passed_over,
    } = expanded;
    let (done, layouts) = (AtomicUsize::new(0), Layouts::default());
    let allowance = RowAllowance::of(config);
    // collected before looking for errors, so that of several bad files always the same is named
    let files: Vec<_> = locations
        .par_iter()
        .map(|location| {
            let mut file = read_location(location, config, &layouts, &allowance);
            for table in file.iter_mut().flat_map(|file| &mut file.tables) {
                table.may_be_to_come = may_be_to_come(location);
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, locations.len());
            file
        })
        .collect();
    allowance.ensure_kept()?;
    let mut matches = merge::merge(files.into_iter().collect::<Result<_, _>>()?, config)?;
    matches.assumptions.extend(of_folders(passed_over));
    Ok(matches)
}

/// What is said of folders with files that are no match files.
fn of_folders(passed_over: Vec<(String, String)>) -> impl Iterator<Item = Assumption> {
    passed_over.into_iter().map(|(input, sentence)| Assumption {
        sentence,
        files: vec![input],
    })
}

/// Reads files and says what was understood of them. A file that cannot be read is a part of the answer.
///
/// # Errors
/// When there is nothing to read.
pub fn inspect(
    inputs: &[String],
    config: &ReadConfig,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Inspection, SourceError> {
    let Expanded {
        locations,
        passed_over,
    } = inputs::expand(inputs)?;
    let (done, allowance) = (AtomicUsize::new(0), RowAllowance::of(config));
    let attempts: Vec<_> = locations
        .par_iter()
        .map(|location| {
            let attempt = attempt(location, config, &allowance);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, locations.len());
            attempt
        })
        .collect();
    allowance.ensure_kept()?;
    let mut inspection = inspect::inspect(attempts, config);
    inspection.assumptions.extend(of_folders(passed_over));
    Ok(inspection)
}

/// Reads matches from the bytes of one file of any kind that [`read`] reads; `name` stands for its path.
///
/// # Errors
/// As for [`read`].
///
/// ```
/// use simbet::{ReadConfig, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let matches = read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap();
/// assert_eq!(matches.records[0].pre[0].odds.decimal(), 1.60);
/// assert_eq!(&*matches.records[0].fixture.id, "mine:2024-08-16:Man United:Fulham");
/// ```
pub fn read_bytes(name: &str, bytes: &[u8], config: &ReadConfig) -> Result<Matches, SourceError> {
    merge::merge(
        vec![read_file(
            name,
            bytes,
            config,
            &Layouts::default(),
            &RowAllowance::of(config),
        )?],
        config,
    )
}

fn attempt(location: &Location, config: &ReadConfig, allowance: &RowAllowance) -> Attempt {
    let path = location.name();
    let bytes = match location.load() {
        Ok(bytes) => bytes,
        Err(error) => return Attempt::failed(path, error),
    };
    let lenient = ReadConfig {
        on_bad_row: OnBadRow::Skip,
        ..config.clone()
    };
    let layouts = Layouts::default();
    let file = read_file(&path, &bytes, config, &layouts, allowance);
    let without_bad_rows = match &file {
        Ok(_) => None,
        Err(SourceError::TooManyRows { .. }) => None,
        Err(_) => {
            let own = RowAllowance::of(config);
            read_file(&path, &bytes, &lenient, &layouts, &own).ok()
        }
    };
    Attempt {
        path,
        file,
        without_bad_rows,
    }
}

fn read_location(
    location: &Location,
    config: &ReadConfig,
    layouts: &Layouts,
    allowance: &RowAllowance,
) -> Result<ReadFile, SourceError> {
    read_file(
        &location.name(),
        &location.load()?,
        config,
        layouts,
        allowance,
    )
}

fn read_file(
    name: &str,
    bytes: &[u8],
    config: &ReadConfig,
    layouts: &Layouts,
    allowance: &RowAllowance,
) -> Result<ReadFile, SourceError> {
    let container::Container {
        sheets,
        passed_over,
    } = container::sheets(
        &escaped(name),
        bytes,
        &container::MatchTables(config),
        config.max_rows,
        allowance,
    )?;
    let tables = sheets
        .iter()
        .map(|sheet| read_sheet(sheet, config, layouts));
    Ok(ReadFile {
        tables: tables.collect::<Result<_, _>>()?,
        input: if config.digests {
            Input::new(name, bytes)
        } else {
            Input::without_digest(name, bytes)
        },
        passed_over,
    })
}
