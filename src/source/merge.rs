//! The rows of all files made into one body of matches that depends on no order.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::config::{OnBadRow, ReadConfig};
use super::counts::{ReadCounts, Remark};
use super::error::{Conflict, Place, SourceError};
use super::inputs::Input;
use super::matches::{Matches, Record};
use super::rows::{Row, Table};
use super::season::date_of;
use super::teams::Teams;
use crate::domain::{Fixture, LeagueId, Names, TeamId};

/// A record and the row it comes from.
struct Placed {
    record: Record,
    source: usize,
    line: u64,
}

/// Puts the files together; `tables` are sorted by path.
pub(super) fn merge(tables: Vec<(Input, Table)>, config: &ReadConfig) -> Result<Matches, SourceError> {
    let names = intern(tables.iter().map(|(_, table)| &table.teams));
    let mut counts = ReadCounts::default();
    let mut inputs = Vec::with_capacity(tables.len());
    for (input, table) in &tables {
        counts.merge(&table.counts);
        inputs.push(Input { rows: table.counts.rows, ..input.clone() });
    }
    let place = |(source, (_, table)): (usize, (Input, Table))| records(source, table, &names);
    let placed: Vec<Vec<Placed>> = tables.into_par_iter().enumerate().map(place).collect();
    let merger = Merger { names: &names, inputs: &inputs, skip: config.on_bad_row == OnBadRow::Skip };
    let records = merger.unite(placed.into_iter().flatten().collect(), &mut counts)?;
    Ok(Matches { names, records, counts, inputs })
}

/// Teams and leagues in alphabetical order, whichever file names them first.
fn intern<'a>(files: impl Iterator<Item = &'a Teams> + Clone) -> Names {
    let mut names = Names::default();
    for league in sorted(files.clone().flat_map(|teams| &teams.leagues)) {
        names.intern_league(league);
    }
    for team in sorted(files.flat_map(|teams| &teams.names)) {
        names.intern_team(team);
    }
    names
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The rows of one file as records of the run.
fn records(source: usize, table: Table, names: &Names) -> Vec<Placed> {
    let league = |name: &String| names.find_league(name).expect("every league was interned");
    let team = |name: &String| names.find_team(name).expect("every team was interned");
    let ids = Ids {
        names,
        leagues: table.teams.leagues.iter().map(league).collect(),
        teams: table.teams.names.iter().map(team).collect(),
    };
    let mut day = (i64::MIN, String::new());
    let place = |row: Row| {
        if day.0 != row.day.day() {
            day = (row.day.day(), date_of(row.day.day()).to_string());
        }
        Placed { line: row.line, record: ids.record(row, &day.1), source }
    };
    table.rows.into_iter().map(place).collect()
}

/// What the positions in one file's lists are in the run.
struct Ids<'a> {
    names: &'a Names,
    leagues: Vec<LeagueId>,
    teams: Vec<TeamId>,
}

impl Ids<'_> {
    fn record(&self, row: Row, day: &str) -> Record {
        let league = self.leagues[row.league as usize];
        let (home, away) = (self.teams[row.home as usize], self.teams[row.away as usize]);
        let names = self.names;
        let id = match row.id {
            Some(id) => id.into(),
            None => Fixture::id_of(names.league(league), day, names.team(home), names.team(away)),
        };
        let season = row.season.expect("every row of a finished table has a season");
        let fixture = Fixture { id, league, home, away, season, day: row.day, kickoff: row.kickoff };
        Record { fixture: Arc::new(fixture), score: row.score, pre: row.pre, close: row.close }
    }
}

/// Finds rows about the same match.
struct Merger<'a> {
    names: &'a Names,
    inputs: &'a [Input],
    skip: bool,
}

impl Merger<'_> {
    /// One record for each match, by day and id.
    fn unite(&self, mut placed: Vec<Placed>, counts: &mut ReadCounts) -> Result<Vec<Record>, SourceError> {
        // Of two rows about one match a played one comes first, then the one from the file first by name.
        placed.sort_unstable_by_key(|row| {
            let fixture = &row.record.fixture;
            (fixture.day, fixture.home, fixture.away, row.record.score.is_none(), row.source, row.line)
        });
        let mut kept: Vec<Placed> = Vec::with_capacity(placed.len());
        for row in placed {
            match kept.last().filter(|last| is_same_match(&last.record, &row.record)) {
                None => kept.push(row),
                Some(last) => self.repeat(last, &row, counts)?,
            }
        }
        self.check_ids(&mut kept, counts)?;
        let mut records: Vec<Record> = kept.into_iter().map(|row| row.record).collect();
        records.sort_unstable_by(|a, b| (a.fixture.day, &a.fixture.id).cmp(&(b.fixture.day, &b.fixture.id)));
        counts.matches = records.iter().filter(|record| record.score.is_some()).count() as u64;
        counts.fixtures = records.len() as u64 - counts.matches;
        Ok(records)
    }

    /// Counts a row that repeats another; an error when it contradicts it.
    fn repeat(&self, first: &Placed, second: &Placed, counts: &mut ReadCounts) -> Result<(), SourceError> {
        let Some(difference) = difference(&first.record, &second.record) else {
            counts.duplicates += 1;
            return Ok(());
        };
        self.conflict(first, second, difference, counts)
    }

    fn conflict(
        &self,
        first: &Placed,
        second: &Placed,
        difference: &'static str,
        counts: &mut ReadCounts,
    ) -> Result<(), SourceError> {
        if self.skip {
            counts.add(Remark::SkippedConflict);
            return Ok(());
        }
        let fixture = &second.record.fixture;
        let (home, away) = (self.names.team(fixture.home), self.names.team(fixture.away));
        let place = |row: &Placed| Place { file: self.inputs[row.source].path.clone(), line: row.line, column: None };
        Err(SourceError::Conflict(Box::new(Conflict {
            first: place(first),
            second: place(second),
            what: format!("{home} against {away} on {}", date_of(fixture.day.day())),
            difference,
        })))
    }

    /// Makes sure that no two matches have one id: bets are settled by it.
    fn check_ids(&self, kept: &mut Vec<Placed>, counts: &mut ReadCounts) -> Result<(), SourceError> {
        let mut seen = HashSet::with_capacity(kept.len());
        let repeated: Vec<usize> =
            (0..kept.len()).filter(|&at| !seen.insert(Arc::clone(&kept[at].record.fixture.id))).collect();
        for at in repeated.into_iter().rev() {
            let second = kept.remove(at);
            let first = kept.iter().find(|row| row.record.fixture.id == second.record.fixture.id);
            let first = first.expect("its id was seen before");
            self.conflict(first, &second, "everything but their match_id", counts)?;
        }
        Ok(())
    }
}

fn is_same_match(a: &Record, b: &Record) -> bool {
    let key = |record: &Record| (record.fixture.day, record.fixture.home, record.fixture.away);
    key(a) == key(b)
}

/// In what two rows about the same match differ. A fixture gives way to the match it became.
fn difference(first: &Record, second: &Record) -> Option<&'static str> {
    let (a, b) = (&first.fixture, &second.fixture);
    if a.league != b.league {
        return Some("the league");
    }
    if first.score.is_some() && second.score.is_none() {
        return None;
    }
    let differences = [
        (first.score != second.score, "the score"),
        (a.kickoff != b.kickoff, "the time of kick-off"),
        (first.pre != second.pre, "the prices"),
        (first.close != second.close, "the closing prices"),
        (a.id != b.id, "the match_id"),
    ];
    differences.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
}
