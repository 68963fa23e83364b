//! Reading of one table of bets.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::fast::FixedState;

use super::super::cells;
use super::super::config::OnBadRow;
use super::super::lines::Line;
use super::super::sheet::Sheet;
use super::bet::TrackedBet;
use super::columns::{Columns, EXPECTED};
use super::conventions::{self, Conventions, for_each_row};
use super::fault::{Fault, no_date};
use super::names::Target;
use super::row::{Row, RowReader};
use super::settle::{self, Settled};
use super::{TrackedBets, TrackedConfig, amount_columns, words};
use crate::source::error::{BadCell, Conflict, Place, SourceError};

/// How far a header is looked for below titles.
const MOST_LINES_ABOVE: usize = 20;

/// The most results that an error lists.
const MOST_WORDS: usize = 12;

/// Ids of which more than one in so many contradicts an earlier one are none.
const ID_SHARE: u64 = 2;

/// Reads a table into `all`, and returns what was assumed.
pub(super) fn read_sheet(
    sheet: &Sheet<'_>,
    config: &TrackedConfig,
    all: &mut TrackedBets,
) -> Result<Vec<String>, SourceError> {
    let (mut columns, header_line) = header(sheet, config)?;
    let mut assumptions = sheet.assumptions.clone();
    all.is_own &= columns.are_own();
    let mut judged =
        conventions::judge(sheet, &mut columns, config, header_line, &mut assumptions)?;
    assumptions.extend(columns.on_tags());
    assumptions.extend(columns.on_odds());
    amount_columns::judge(
        sheet,
        &mut columns,
        &mut judged,
        config,
        header_line,
        &mut assumptions,
    )?;
    all.note_tag_columns(&columns);
    let mut reading = Reading {
        file: &sheet.name,
        columns: &columns,
        conventions: &judged,
        config,
        all,
        ids: HashMap::with_hasher(FixedState::default()),
        layout: FixedState::default().hash_one(&columns.headers),
        conflicts: 0,
        first_conflict: None,
        error: None,
    };
    for_each_row(sheet, header_line, columns.headers.len(), |line| {
        reading.take(line)
    });
    reading.finish(&mut assumptions)?;
    Ok(assumptions)
}

/// The columns, and the line of the header.
fn header(sheet: &Sheet<'_>, config: &TrackedConfig) -> Result<(Columns, u64), SourceError> {
    let flat = config.flat_stake.is_some();
    let mut lines = sheet.lines();
    let mut first = None;
    let mut seen = 0;
    while let Some(line) = lines.next() {
        if line.cells.is_blank() {
            continue;
        }
        // titles stand above many a header
        match Columns::of(&sheet.name, line.cells, &config.map, flat) {
            Ok(columns) => return Ok((columns, line.number)),
            Err(error) => {
                let is_title = line.cells.len() == 1;
                let error = if is_title {
                    one_cell(&sheet.name)
                } else {
                    error
                };
                first.get_or_insert(error);
            }
        }
        seen += 1;
        if seen > MOST_LINES_ABOVE {
            break;
        }
    }
    Err(first.unwrap_or_else(|| SourceError::NothingToRead {
        input: sheet.name.clone(),
        problem: "the file is empty",
        advice: EXPECTED,
    }))
}

fn one_cell(file: &str) -> SourceError {
    SourceError::NothingToRead {
        input: file.to_owned(),
        problem: "the first line has no separators",
        advice: EXPECTED,
    }
}

/// The state of reading the rows of a table.
struct Reading<'a> {
    file: &'a str,
    columns: &'a Columns,
    conventions: &'a Conventions,
    config: &'a TrackedConfig,
    all: &'a mut TrackedBets,
    /// By the id of a bet of this table its row, as hashes, and the line of that.
    ids: HashMap<u64, (u64, u64), FixedState>,
    /// The header, as a hash.
    layout: u64,
    conflicts: u64,
    first_conflict: Option<SourceError>,
    error: Option<SourceError>,
}

impl Reading<'_> {
    fn take(&mut self, line: &Line<'_>) {
        self.all.counts.rows += 1;
        if self.is_total(line) {
            self.all.counts.totals += 1;
            return;
        }
        if self.is_repeated(line) {
            self.all.counts.repeated += 1;
            return;
        }
        self.note_result(line);
        let reader = RowReader::new(self.columns, self.conventions, self.config);
        match reader.row(line).and_then(|row| self.settle(&row)) {
            Ok(()) => {}
            Err(fault) => self.bad_row(line, &fault),
        }
    }

    /// Takes note of the word of a result, where some are the user's own.
    fn note_result(&mut self, line: &Line<'_>) {
        let own = &self.config.result_words;
        let Some(at) = self.columns.get(Target::Result).filter(|_| !own.is_empty()) else {
            return;
        };
        let cell = line.cells.get(at);
        self.all.used_words.extend(words::own_word(cell, own));
        let word = cells::text(cell).trim().to_owned();
        if self.all.result_words.len() < MOST_WORDS && !word.is_empty() {
            self.all.result_words.insert(word);
        }
    }

    /// Whether a row has sums: its first word says so, and it has no date, or a cell ends so, and it has neither odds nor a result.
    fn is_total(&self, line: &Line<'_>) -> bool {
        let is_blank = |target| {
            let at = self.columns.get(target);
            at.is_some_and(|at| line.cells.get(at).trim_ascii().is_empty())
        };
        if is_blank(Target::Odds) && is_blank(Target::Result) {
            return self.says_total(line);
        }
        let mut cells = line.cells.iter().map(<[u8]>::trim_ascii);
        let first = cells.find(|cell| !cell.is_empty());
        let date = self.columns.get(Target::Date);
        let date = date.map_or(&b""[..], |at| line.cells.get(at).trim_ascii());
        first.is_some_and(words::is_total) && (date.is_empty() || words::is_total(date))
    }

    /// Whether a cell ends as the name of a sum, one that says when or of what: markets and selections may be called so.
    fn says_total(&self, line: &Line<'_>) -> bool {
        let told = [Target::Date, Target::Event].map(|target| self.columns.get(target));
        let may_say =
            |at: &usize| told.contains(&Some(*at)) || !self.columns.used().any(|used| used == *at);
        let mut cells = line.cells.iter().enumerate();
        cells.any(|(at, cell)| words::ends_as_total(cell) && may_say(&at))
    }

    fn settle(&mut self, row: &Row<'_>) -> Result<(), Fault> {
        let counts = &mut self.all.counts;
        let words = &self.config.result_words;
        let settled = settle::settle(row, self.columns, self.conventions, words)?;
        let is_counted = matches!(settled, Settled::Bet(_) | Settled::Free(_));
        if is_counted && row.day.is_none() && self.columns.get(Target::Date).is_some() {
            return Err(no_date());
        }
        match settled {
            Settled::Open => {
                counts.open += 1;
                self.all.open_odds.extend(row.odds);
            }
            Settled::Refused => counts.refused += 1,
            Settled::Free(bet) => {
                counts.free_bets += 1;
                self.all.free_bets.add(bet);
            }
            Settled::EachWay => counts.each_way += 1,
            Settled::Bet(settled) => {
                self.all.payers.extend(row.payer());
                counts.settled += 1;
                counts.multiples += u64::from(row.multiple);
                counts.cashed_out += u64::from(settled.cashed_out);
                counts.without_odds += u64::from(row.odds.is_none());
                counts.off_price += u64::from(settled.off_price);
                counts.laid += u64::from(row.laid);
                let bet: TrackedBet = row.bet(&settled, self.columns, &mut self.all.labels);
                self.all.bets.push(bet);
            }
        }
        Ok(())
    }

    /// Whether an earlier row has the same id and cells. Rows without an id that are alike in every cell are counted.
    fn is_repeated(&mut self, line: &Line<'_>) -> bool {
        let hash_of = |bytes: &[u8]| FixedState::default().hash_one(bytes);
        let mut hasher = FixedState::default().build_hasher();
        hasher.write_u64(self.layout);
        for cell in line.cells.iter() {
            hasher.write(cell.trim_ascii());
            hasher.write_u8(0);
        }
        let whole = hasher.finish();
        let id = self.columns.get(Target::BetId);
        let id = id
            .map(|at| line.cells.get(at).trim_ascii())
            .filter(|id| !id.is_empty());
        let Some(id) = id else {
            self.note_alike(whole);
            return false;
        };
        let Some(&(before, number)) = self.ids.get(&hash_of(id)) else {
            self.ids.insert(hash_of(id), (whole, line.number));
            return self.is_of_other_table(whole);
        };
        if before == whole {
            return true;
        }
        self.conflicts += 1;
        self.all.has_conflicts = true;
        if self.first_conflict.is_none() {
            self.first_conflict = Some(self.conflict(line, id, number));
        }
        self.note_alike(whole);
        false
    }

    /// Whether an earlier table has a row with the same id that is alike in every cell: two tables may number their bets alike, but not
    /// with the day and all else. Where an id does not tell bets apart such a row is only counted.
    fn is_of_other_table(&mut self, whole: u64) -> bool {
        if self.all.has_conflicts || self.columns.get(Target::Date).is_none() {
            self.note_alike(whole);
            return false;
        }
        !self.all.rows.insert(whole)
    }

    fn note_alike(&mut self, whole: u64) {
        let has_date = self.columns.get(Target::Date).is_some();
        self.all.counts.alike += u64::from(has_date && !self.all.rows.insert(whole));
    }

    fn conflict(&self, line: &Line<'_>, id: &[u8], before: u64) -> SourceError {
        let place = |line| Place {
            file: self.file.to_owned(),
            line,
            column: self
                .columns
                .get(Target::BetId)
                .map(|at| (at + 1, self.columns.header(at))),
        };
        SourceError::Conflict(Box::new(Conflict {
            first: place(before),
            second: place(line.number),
            what: format!("the bet {:?} is also", cells::text(id)),
            difference: "other cells",
            advice: "leave one of the two out, or rename the column if it does not tell bets apart",
        }))
    }

    fn bad_row(&mut self, line: &Line<'_>, fault: &Fault) {
        if self.config.on_bad_row == OnBadRow::Skip {
            *self
                .all
                .counts
                .skipped
                .entry(fault.problem.to_owned())
                .or_default() += 1;
        } else if self.error.is_none() {
            self.error = Some(self.bad_cell(line, fault));
        }
    }

    fn bad_cell(&self, line: &Line<'_>, fault: &Fault) -> SourceError {
        let at = self.columns.get(fault.target);
        let cell = at.map_or(line.text(), |at| line.cells.get(at).into());
        let found: String = cells::text(&cell).trim().chars().take(80).collect();
        SourceError::Cell(Box::new(BadCell {
            place: Place {
                file: self.file.to_owned(),
                line: line.number,
                column: at.map(|at| (at + 1, self.columns.header(at))),
            },
            value: fault
                .beside
                .as_ref()
                .map_or(found.clone(), |beside| format!("{found} {beside}")),
            expected: fault.expected,
            advice: fault.advice,
        }))
    }

    fn finish(self, assumptions: &mut Vec<String>) -> Result<(), SourceError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        // of a single one, and of a column that the user names, nothing says that it does not tell bets apart
        let is_id = self.conflicts * ID_SHARE <= self.ids.len() as u64
            || self.conflicts == 1
            || self.columns.is_mapped(Target::BetId);
        match self.first_conflict {
            Some(conflict) if is_id && self.config.on_bad_row != OnBadRow::Skip => Err(conflict),
            Some(_) => {
                let at = self.columns.get(Target::BetId).unwrap_or_default();
                assumptions.push(format!(
                    "{} does not tell bets apart, and is not looked at",
                    self.columns.header(at)
                ));
                Ok(())
            }
            None => Ok(()),
        }
    }
}
