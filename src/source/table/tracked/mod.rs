//! Tables of bets: of spreadsheets and bet trackers, and simbet's own.
//!
//! A table is read twice: what its cells mean is judged by column first, then its rows are read under what was judged.

mod amount_columns;
mod amounts;
mod back_lay;
mod bet;
mod columns;
mod conventions;
mod counts;
mod currency;
mod fault;
mod free_bets;
mod market_commission;
pub(super) mod names;
mod odds_column;
mod paid_commission;
mod percent;
mod reader;
mod row;
mod settle;
mod tags;
mod texts;
mod words;

use std::collections::{BTreeSet, HashSet};

use foldhash::fast::FixedState;

pub use bet::{Labels, TrackedBet, TrackedTag};
pub use counts::TrackedCounts;
pub use free_bets::FreeBets;
pub use words::ResultWord;

use super::bounds::RowAllowance;
use super::config::{DateOrder, OnBadRow};
use super::container::{self, Container};
use super::inputs::{self, Input};
use super::odds_format::OddsFormat;
use crate::domain::{Book, Commission, MarketKind};
use crate::printable::escaped;
use crate::source::error::SourceError;
use columns::BetTables;

/// The settings of reading bets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackedConfig {
    /// What to do with a row that is not as it should be.
    pub on_bad_row: OnBadRow,
    /// Columns that are called otherwise than simbet expects: its own name to the file's.
    pub map: Vec<(String, String)>,
    /// How bets ended whose results are these words.
    pub result_words: Vec<ResultWord>,
    /// The order of day, month and year.
    pub date_order: DateOrder,
    /// How odds are written.
    pub odds_format: OddsFormat,
    /// The stake of every bet, where no column has it.
    pub flat_stake: Option<f64>,
    /// The margin of closing odds whose other sides no column has.
    pub closing_margin: Option<f64>,
    /// Commission on net winnings, where no column has it.
    pub commission: Commission,
}

/// The most rows of all tables together.
const MOST_ROWS: u64 = 10_000_000;

/// The settled bets of tables, in the order in which they were settled, and what was not counted as one.
#[derive(Debug, Default)]
pub struct TrackedBets {
    /// The settled bets.
    pub bets: Vec<TrackedBet>,
    /// The odds of the bets that are not settled yet, where they are known.
    pub open_odds: Vec<f64>,
    /// The free bets, which are among none of the others.
    pub free_bets: FreeBets,
    /// The names of the columns with tags, by number.
    pub tag_columns: Vec<u32>,
    /// The texts that bets refer to by number.
    pub labels: Labels,
    /// What was read, and what was left out.
    pub counts: TrackedCounts,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// The files.
    pub inputs: Vec<Input>,
    /// Whether every bet has a date.
    pub has_dates: bool,
    /// Whether all of it was written by simbet.
    pub is_own: bool,
    /// The rates of the settings that no bet would pay.
    pub unpaid_commission: Option<String>,
    /// The books and markets of the bets that may pay a rate of the settings.
    payers: BTreeSet<(Option<Book>, Option<MarketKind>)>,
    /// The first words of the columns of results.
    result_words: BTreeSet<String>,
    /// Which words of the settings some result is.
    used_words: BTreeSet<usize>,
    /// The rows of all tables, as hashes.
    rows: HashSet<u64, FixedState>,
    /// Whether some id has been that of two bets.
    has_conflicts: bool,
}

/// Reads bets from files, folders, globs and `-` for standard input.
///
/// # Errors
/// When there is nothing to read, a table lacks a column, what its cells mean cannot be decided, or a row cannot be read
/// (see [`OnBadRow`]).
pub fn read_tracked(paths: &[String], config: &TrackedConfig) -> Result<TrackedBets, SourceError> {
    let expanded = inputs::expand(paths)?;
    let allowance = RowAllowance::new(MOST_ROWS);
    let mut all = TrackedBets {
        has_dates: true,
        is_own: true,
        ..TrackedBets::default()
    };
    let several = expanded.locations.len() > 1;
    for location in &expanded.locations {
        let bytes = location.load()?;
        let name = location.name();
        read_into(&mut all, &name, &bytes, config, &allowance, several)?;
    }
    for (input, sentence) in expanded.passed_over {
        all.assumptions.push(format!("{input}: {sentence}"));
    }
    all.ensure_words_used(&config.result_words)?;
    all.unpaid_commission = config.commission.unpaid(all.payers.iter());
    market_commission::share(&mut all.bets);
    all.rows = HashSet::default();
    all.put_in_order();
    Ok(all)
}

fn read_into(
    all: &mut TrackedBets,
    name: &str,
    bytes: &[u8],
    config: &TrackedConfig,
    allowance: &RowAllowance,
    several: bool,
) -> Result<(), SourceError> {
    let kind = BetTables {
        map: &config.map,
        flat: config.flat_stake.is_some(),
    };
    let Container {
        sheets,
        passed_over,
    } = container::sheets(&escaped(name), bytes, &kind, MOST_ROWS, allowance)?;
    let before = all.counts.rows;
    for sheet in &sheets {
        let first = all.bets.len();
        let assumptions = reader::read_sheet(sheet, config, all)?;
        paid_commission::infer(&mut all.bets[first..]);
        let prefix = if several || sheets.len() > 1 {
            format!("{}: ", sheet.name)
        } else {
            String::new()
        };
        let sentences = assumptions
            .iter()
            .map(|sentence| format!("{prefix}{sentence}"));
        all.assumptions.extend(sentences);
    }
    let sentences = passed_over
        .iter()
        .map(|(input, sentence)| format!("{input}: {sentence}"));
    all.assumptions.extend(sentences);
    let mut input = Input::new(name, bytes);
    input.rows = all.counts.rows - before;
    all.inputs.push(input);
    Ok(())
}

impl TrackedBets {
    /// Takes note of the columns with tags of a table.
    fn note_tag_columns(&mut self, columns: &columns::Columns) {
        for column in columns.tags() {
            let number = self.labels.number(&column.name);
            let is_new = |number: &u32| !self.tag_columns.contains(number);
            if let Some(number) = number.filter(is_new) {
                self.tag_columns.push(number);
            }
        }
    }

    /// Checks that every word of the settings is some result.
    fn ensure_words_used(&self, words: &[ResultWord]) -> Result<(), SourceError> {
        let mut unused = (0..)
            .zip(words)
            .filter(|(at, _)| !self.used_words.contains(at));
        let Some((_, word)) = unused.next() else {
            return Ok(());
        };
        let known: Vec<&str> = self.result_words.iter().map(String::as_str).collect();
        Err(SourceError::UnknownResultWord {
            word: word.text().to_owned(),
            found: if known.is_empty() {
                "no table has a column of results".to_owned()
            } else {
                format!("the results are {}", known.join(", "))
            },
        })
    }

    /// Puts the bets in the order of their settlement, so far as the table tells it: by day and time, then as they stand.
    fn put_in_order(&mut self) {
        self.has_dates = self.bets.iter().all(|bet| bet.day.is_some());
        if self.has_dates {
            self.bets.sort_by_key(|bet| (bet.day, bet.time));
        }
    }
}
