//! Files of matches: CSV and Parquet, from bytes to [`Matches`].
//!
//! [`columns`] lists the columns of files and their meaning.

pub mod columns;

mod canonical;
mod cells;
mod config;
mod container;
mod contents;
mod conventions;
mod counts;
mod header;
mod header_words;
mod inputs;
mod layout;
mod league;
mod lines;
mod matches;
mod merge;
mod odds_format;
pub(crate) mod parquet;
mod prices;
mod reader;
mod row;
mod season;
mod sheet;
mod teams;
mod wanted;

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

pub use canonical::{canonical_columns, canonical_rows, is_price};
pub use config::{OnBadRow, ReadConfig};
pub use contents::Contents;
pub use counts::{ReadCounts, Remark};
pub use inputs::Input;
pub use matches::{Assumption, MatchRecord, Matches};
pub use odds_format::OddsFormat;
pub(crate) use wanted::WantedPrices;

use super::error::SourceError;
use inputs::Location;
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
    let locations = inputs::expand(inputs)?;
    let done = AtomicUsize::new(0);
    // collected before looking for errors, so that of several bad files always the same is named
    let files: Vec<_> = locations
        .par_iter()
        .map(|location| {
            let file = read_location(location, config);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, locations.len());
            file
        })
        .collect();
    merge::merge(files.into_iter().collect::<Result<_, _>>()?, config)
}

/// Reads matches from the bytes of one CSV file; `name` stands for its path.
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
    let sheet = container::text_sheet(name, bytes);
    let file = ReadFile {
        input: Input::new(name, bytes),
        tables: vec![read_sheet(&sheet, config)?],
    };
    merge::merge(vec![file], config)
}

fn read_location(location: &Location, config: &ReadConfig) -> Result<ReadFile, SourceError> {
    let (name, bytes) = (location.name(), location.load()?);
    let sheets = container::sheets(&name, &bytes, location.is_parquet())?;
    let tables = sheets.iter().map(|sheet| read_sheet(sheet, config));
    Ok(ReadFile {
        tables: tables.collect::<Result<_, _>>()?,
        input: Input::new(&name, &bytes),
    })
}
