//! Probabilities from files: read as forgivingly as matches, judged as a set, and brought to the matches that they are about.
//!
//! # Columns
//!
//! A row names its match by `match_id`, or by `date`, `home_team`, `away_team` and, where wanted, `league`. Other names of these
//! columns are those of files of matches.
//!
//! | column | is |
//! |---|---|
//! | `p_home` `p_draw` `p_away` | home win, draw, away win; two of them tell the third |
//! | `p_over` `p_under`, `line` | total goals above and below the line (2.5 without one); one tells the other |
//! | `p_total_push` | the scores that return the stake, or half of it, on a whole line or one of quarters |
//! | `p_ah_home` `p_ah_away`, `ah_line` | the Asian handicap of the home side's line |
//! | `p_ah_push` | the same for the handicap |
//! | `p_btts` | both teams score |
//! | `expected_goals_home` `expected_goals_away`, `rho` | the rates of a grid of scores, and its correction of low ones |
//! | `seen_home` `seen_away` `newcomer` | how many matches the model had seen, as predictions say it; `true` where they were too few to bet on |
//! | `known_at` | when the row was known: a time, or a day at whose end it was |
//! | `market` `selection` `line` `probability` | in the long form: a row for each selection (`1x2` `home`, `ou` `over`, `ah` `away`, `btts` `yes`; `push`) |
//!
//! A probability is a share, `0.593`, or in a column in which every cell has the sign a percentage, `59.3%`.
//!
//! Without a push the two sides of a whole line, or of one of quarters, are the reciprocals of fair odds, so that a bet at those has
//! the value 0. The expected value is then that of a unit of stake that does not come back: 0.6 at a price of 2 on a line of 3 goals
//! is +20 % of it, and +15 % of the whole stake where a quarter of the scores are three goals, which only `p_total_push` 0.25 with
//! `p_over` 0.45 and `p_under` 0.3 says. A market of which a row says nothing has no bet, unless expected goals make a grid, which prices every market.
//! Probabilities that agree with that grid within 1e-9 are those of the grid.

mod candidates;
mod cell;
mod claims;
mod faults;
mod fields;
mod finder;
mod groups;
mod judge;
mod layout;
mod numbers;
mod percent;
mod resolve;
mod rows;
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::bounds::RowAllowance;
use super::config::ReadConfig;
use super::container::{self, TableKind};
use super::inputs::{self, Expanded, Input};
use super::lines::Cells;
use super::matches::Assumption;
use super::parquet;
use crate::look_alike::normal_name;
use crate::printable::escaped;
use crate::source::aliases::Aliases;
use crate::source::error::{SourceError, suggestion};
pub(super) use claims::market_with_line;
use groups::Groups;
use layout::Layout;
pub(crate) use resolve::ResolvedProbabilities;
use rows::ReadTable;

/// The most rows that are named.
const MOST_NAMED: usize = 5;

/// Files of probabilities that were read and judged, before it is known which matches they are about.
pub(crate) struct ProbabilityFiles {
    /// The files, sorted by path.
    pub inputs: Vec<Input>,
    /// What was assumed about them, each once.
    pub assumptions: Vec<Assumption>,
    tables: Vec<ReadTable>,
    groups: Groups,
}

/// What became of the rows of files of probabilities.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ProbabilityRows {
    /// Rows with probabilities.
    pub rows: u64,
    /// Of those, rows about no match.
    pub without_match: u64,
    /// Markets whose probabilities did not sum to 1 and were normalised.
    pub normalised: u64,
    /// Rows beyond repair that were left out.
    pub skipped: u64,
    /// Whether every row says when it was known, by the file's own word.
    pub known_at: bool,
    /// Whether some row says it by a day without a time.
    #[serde(skip)]
    pub known_by_day: bool,
    /// The first rows about no match, each with the nearest one.
    pub unmatched: Vec<String>,
    /// The rows about no match by the match that each may mean.
    #[serde(skip)]
    pub meant: BTreeMap<Arc<str>, String>,
    /// Names that the match files write otherwise.
    #[serde(skip)]
    pub read_as: Vec<(String, String)>,
}

impl ProbabilityRows {
    fn of(files: &ProbabilityFiles) -> Self {
        let sum = |of: fn(&ReadTable) -> u64| files.tables.iter().map(of).sum();
        Self {
            rows: sum(|table| table.rows.len() as u64),
            normalised: files.groups.normalised,
            skipped: sum(|table| table.skipped),
            known_at: files.know_when(),
            known_by_day: files.tables.iter().any(|table| table.known_by_day),
            ..Self::default()
        }
    }
}

/// Where probabilities are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbabilitiesIn {
    /// In files of their own: each must have some.
    OwnFiles,
    /// In columns of match files: some must have some, and rows of one match may repeat them.
    MatchFiles,
}

/// Reads probabilities from files, folders and globs.
///
/// # Errors
/// When there is nothing to read, a header lacks a column, a cell is no probability, probabilities do not sum to 1, or two rows
/// say the same. A file of its own without a row says nothing of any match, which is no error.
pub(crate) fn read_probabilities(
    inputs: &[String],
    whence: ProbabilitiesIn,
    config: &ReadConfig,
) -> Result<ProbabilityFiles, SourceError> {
    let Expanded { locations, .. } = inputs::expand(inputs)?;
    let allowance = RowAllowance::of(config);
    let files: Vec<_> = locations
        .par_iter()
        .map(|location| {
            let bytes = location.load()?;
            read_file(&location.name(), &bytes, whence, config, &allowance)
        })
        .collect();
    allowance.ensure_kept()?;
    gather(files.into_iter().collect::<Result<_, _>>()?, whence, config)
}

/// Reads probabilities from the bytes of one file; `name` stands for its path.
///
/// # Errors
/// As for [`read_probabilities`].
pub(crate) fn read_probability_bytes(
    name: &str,
    bytes: &[u8],
    whence: ProbabilitiesIn,
    config: &ReadConfig,
) -> Result<ProbabilityFiles, SourceError> {
    let allowance = RowAllowance::of(config);
    let file = read_file(name, bytes, whence, config, &allowance)?;
    gather(vec![file], whence, config)
}

fn read_file(
    name: &str,
    bytes: &[u8],
    whence: ProbabilitiesIn,
    config: &ReadConfig,
    allowance: &RowAllowance,
) -> Result<(Input, Vec<ReadTable>), SourceError> {
    let kind = ProbabilityTables { whence, config };
    let sheets =
        container::sheets(&escaped(name), bytes, &kind, config.max_rows, allowance)?.sheets;
    let mut tables = Vec::with_capacity(sheets.len());
    for sheet in &sheets {
        tables.extend(rows::read_sheet(sheet, &kind)?);
    }
    let mut input = Input::new(name, bytes);
    input.rows = tables.iter().map(|table| table.lines).sum();
    Ok((input, tables))
}

/// Tables of probabilities, or of matches that may have some.
pub(super) struct ProbabilityTables<'c> {
    whence: ProbabilitiesIn,
    pub config: &'c ReadConfig,
}

impl ProbabilityTables<'_> {
    /// The layout of a table; `None` of a match file without probabilities.
    fn layout(&self, file: &str, header: Cells<'_>) -> Result<Option<Layout>, SourceError> {
        match self.whence {
            ProbabilitiesIn::OwnFiles => Layout::new(file, header, self.config).map(Some),
            ProbabilitiesIn::MatchFiles => Layout::find(file, header, self.config),
        }
    }
}

impl TableKind for ProbabilityTables<'_> {
    fn columns(&self, file: &str, header: Cells<'_>) -> Result<parquet::Columns, SourceError> {
        let layout = self.layout(file, header)?;
        let Some(layout) = layout else {
            return Ok(parquet::Columns::default());
        };
        Ok(parquet::Columns {
            needed: layout.columns().collect(),
            welcome: Vec::new(),
            numbers: layout.numbers(),
        })
    }

    fn rows(&self) -> &'static str {
        "probabilities"
    }

    fn expected(&self) -> &'static str {
        "expected a header such as date,home_team,away_team,p_home,p_draw,p_away"
    }
}

fn gather(
    files: Vec<(Input, Vec<ReadTable>)>,
    whence: ProbabilitiesIn,
    config: &ReadConfig,
) -> Result<ProbabilityFiles, SourceError> {
    let (mut inputs, mut tables) = (Vec::new(), Vec::new());
    for (input, own) in files {
        inputs.push(input);
        tables.extend(own);
    }
    let repeats = whence == ProbabilitiesIn::MatchFiles;
    let mut files = ProbabilityFiles {
        inputs,
        assumptions: Assumption::of_tables(resolve::assumptions_of(&tables)),
        groups: Groups::default(),
        tables,
    };
    files.ensure_mapped(config)?;
    files.ensure_some(whence)?;
    files.groups = Groups::of(&files.tables, &Aliases::new(&config.aliases), repeats)?;
    Ok(files)
}

impl ProbabilityFiles {
    /// Whether a table has the header that `--map` gives a target.
    pub(crate) fn is_mapped(&self, target: &str) -> bool {
        let mut mapped = self.tables.iter().flat_map(|table| &table.layout.mapped);
        mapped.any(|known| known == target)
    }

    /// Which of these aliases some table needs.
    pub(crate) fn spelled<'a>(
        &self,
        aliases: impl Iterator<Item = &'a String>,
    ) -> BTreeSet<String> {
        let teams = || self.tables.iter().map(|table| &table.teams);
        let is_spelled = |key: &String| {
            let key = &*normal_name(key);
            let (league, spelling) = key.split_once(':').unwrap_or(("", key));
            teams().any(|teams| {
                teams.named.iter().any(|(of, name)| {
                    let own = teams.leagues[*of as usize].as_str();
                    let name = normal_name(name);
                    name == key || name == spelling && (own.is_empty() || own == league)
                })
            })
        };
        aliases.filter(|key| is_spelled(key)).cloned().collect()
    }

    /// Whether every table says when its probabilities were known.
    pub(crate) fn know_when(&self) -> bool {
        self.tables.iter().all(|table| table.layout.knows_when())
    }

    fn ensure_some(&self, whence: ProbabilitiesIn) -> Result<(), SourceError> {
        if self.tables.iter().any(|table| !table.rows.is_empty()) {
            return Ok(());
        }
        let problem = if self.tables.is_empty() {
            "no match file has columns of probabilities, such as p_home, p_draw and p_away; name a file that has them with \
             --probabilities"
        } else if self.tables.iter().all(|table| table.lines == 0) {
            // a run without a forecast writes such a file
            if whence == ProbabilitiesIn::OwnFiles {
                return Ok(());
            }
            "there is no row after the header"
        } else if whence == ProbabilitiesIn::MatchFiles {
            "the columns of probabilities are empty"
        } else {
            "no row has a probability"
        };
        Err(SourceError::NoProbabilities {
            files: self.named_files(),
            problem: problem.to_owned(),
        })
    }

    /// Checks that every column of probabilities that `--map` names is in some table.
    fn ensure_mapped(&self, config: &ReadConfig) -> Result<(), SourceError> {
        let of_probabilities = super::probability_columns::names();
        let mut of_probabilities =
            of_probabilities.filter(|name| super::columns::targets().all(|known| known != *name));
        let missing = of_probabilities.find_map(|name| {
            let header = config.map.get(name)?;
            let is_mapped =
                |table: &ReadTable| table.layout.mapped.iter().any(|known| known == name);
            let lacks = !self.tables.iter().any(is_mapped);
            lacks.then_some((name, header))
        });
        let (Some((target, header)), Some(first)) = (missing, self.tables.first()) else {
            return Ok(());
        };
        let headers = first.layout.headers.iter().map(String::as_str);
        Err(SourceError::MappedHeader {
            file: first.name.clone(),
            header: header.clone(),
            target: target.to_owned(),
            suggestion: suggestion(header, headers),
            headers: first.layout.headers.join(", "),
        })
    }
}
