//! Merging of the rows of all files into matches, independently of the order of files and rows.

use std::collections::HashMap;
use std::sync::Arc;

use super::config::{OnBadRow, ReadConfig};
use super::counts::{ReadCounts, Remark};
use super::inputs::Input;
use super::matches::{Assumption, MatchRecord, Matches};
use super::reader::Table;
use super::row::Row;
use super::season::date_of;
use super::teams::Teams;
use crate::domain::{Fixture, LeagueId, Names, TeamId, Time};
use crate::source::error::{Conflict, SourceError};

/// A file that was read, and its tables.
pub(super) struct ReadFile {
    pub input: Input,
    pub tables: Vec<Table>,
}

/// Merges the files, which are sorted by path.
pub(super) fn merge(read: Vec<ReadFile>, config: &ReadConfig) -> Result<Matches, SourceError> {
    let tables = read.iter().flat_map(|file| &file.tables);
    let names = intern(tables.clone().map(|table| &table.teams));
    let assumptions = Assumption::of_tables(
        tables.map(|table| (table.name.as_str(), table.assumptions.as_slice())),
    );
    let mut counts = ReadCounts::default();
    let mut inputs = Vec::with_capacity(read.len());
    let mut files = Vec::with_capacity(read.len());
    for ReadFile { mut input, tables } in read {
        for table in tables {
            counts.merge(&table.counts);
            input.rows += table.counts.rows;
            files.push(File::new(table, &names));
        }
        inputs.push(input);
    }
    let mut merger = Merger {
        names,
        files,
        skip: config.on_bad_row == OnBadRow::Skip,
        counts,
    };
    let places = merger.deduplicate()?;
    let records = merger.records(&places);
    let Merger {
        names, mut counts, ..
    } = merger;
    counts.matches = records
        .iter()
        .filter(|record| record.result().is_some())
        .count() as u64;
    counts.fixtures = records.iter().filter(|record| record.is_fixture()).count() as u64;
    counts.void = records.len() as u64 - counts.matches - counts.fixtures;
    Ok(Matches {
        names,
        records,
        counts,
        inputs,
        assumptions,
    })
}

/// Interns teams and leagues in alphabetical order, whichever file names them first.
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

/// The rows of a table, and the ids of its leagues and teams in the run.
struct File {
    name: String,
    rows: Vec<Row>,
    leagues: Vec<LeagueId>,
    teams: Vec<TeamId>,
}

impl File {
    fn new(table: Table, names: &Names) -> Self {
        let leagues = table.teams.leagues.iter();
        let teams = table.teams.names.iter();
        Self {
            leagues: leagues
                .map(|name| names.find_league(name).expect("every league was interned"))
                .collect(),
            teams: teams
                .map(|name| names.find_team(name).expect("every team was interned"))
                .collect(),
            name: table.name,
            rows: table.rows,
        }
    }
}

/// The key of a row among all rows. In its order, rows on one match are adjacent: a played one first, then by the name of
/// the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    day: Time,
    home: TeamId,
    away: TeamId,
    unplayed: bool,
    file: u32,
    row: u32,
}

impl Place {
    fn is_same_match(&self, other: &Self) -> bool {
        (self.day, self.home, self.away) == (other.day, other.home, other.away)
    }
}

/// Finds rows on the same match and makes records of the others.
struct Merger {
    names: Names,
    files: Vec<File>,
    skip: bool,
    counts: ReadCounts,
}

impl Merger {
    fn row(&self, place: &Place) -> &Row {
        &self.files[place.file as usize].rows[place.row as usize]
    }

    /// One row for each match, by day.
    fn deduplicate(&mut self) -> Result<Vec<Place>, SourceError> {
        let mut places = self.places();
        places.sort_unstable();
        let mut kept: Vec<Place> = Vec::with_capacity(places.len());
        for place in places {
            match kept.last().filter(|last| last.is_same_match(&place)) {
                None => kept.push(place),
                Some(first) => self.repeat(first, &place)?,
            }
        }
        if self
            .files
            .iter()
            .any(|file| file.rows.iter().any(|row| row.id.is_some()))
        {
            self.check_ids(&mut kept)?;
        }
        Ok(kept)
    }

    fn places(&self) -> Vec<Place> {
        (0..)
            .zip(&self.files)
            .flat_map(|(number, file)| {
                (0..).zip(&file.rows).map(move |(index, row)| Place {
                    day: row.day,
                    home: file.teams[row.home as usize],
                    away: file.teams[row.away as usize],
                    unplayed: row.is_fixture(),
                    file: number,
                    row: index,
                })
            })
            .collect()
    }

    /// Counts a row that repeats another; an error when it contradicts it.
    fn repeat(&mut self, first: &Place, second: &Place) -> Result<(), SourceError> {
        match self.difference(first, second) {
            Some(difference) => self.conflict(first, second, difference),
            None => {
                self.counts.duplicates += 1;
                Ok(())
            }
        }
    }

    /// The difference of two rows on the same match. A fixture does not differ from the match that is over.
    fn difference(&self, first: &Place, second: &Place) -> Option<&'static str> {
        let (a, b) = (self.row(first), self.row(second));
        if self.league(first) != self.league(second) {
            return Some("the league");
        }
        if !a.is_fixture() && b.is_fixture() {
            return None;
        }
        let differences = [
            (a.status != b.status, "the status"),
            (a.score != b.score, "the score"),
            (a.kickoff != b.kickoff, "the time of kick-off"),
            (a.pre != b.pre, "the prices"),
            (a.close != b.close, "the closing prices"),
            (a.id != b.id, "the match_id"),
        ];
        differences
            .into_iter()
            .find(|(differs, _)| *differs)
            .map(|(_, what)| what)
    }

    fn league(&self, place: &Place) -> LeagueId {
        self.files[place.file as usize].leagues[self.row(place).league as usize]
    }

    /// The file and line of a row, for an error.
    fn location(&self, place: &Place) -> crate::source::Place {
        crate::source::Place {
            file: self.files[place.file as usize].name.clone(),
            line: self.row(place).line,
            column: None,
        }
    }

    fn conflict(
        &mut self,
        first: &Place,
        second: &Place,
        difference: &'static str,
    ) -> Result<(), SourceError> {
        if self.skip {
            self.counts.add(Remark::SkippedConflict);
            return Ok(());
        }
        let (home, away) = (self.names.team(second.home), self.names.team(second.away));
        Err(SourceError::Conflict(Box::new(Conflict {
            first: self.location(first),
            second: self.location(second),
            what: format!("{home} against {away} on {}", date_of(second.day.day())),
            difference,
        })))
    }

    /// Checks that no two matches have the same `match_id`, by which bets are settled. Ids that simbet makes differ, since
    /// they contain the day and the teams.
    fn check_ids(&mut self, kept: &mut Vec<Place>) -> Result<(), SourceError> {
        let mut seen: HashMap<Box<str>, Place> = HashMap::new();
        let mut repeats = Vec::new();
        kept.retain(|place| {
            match self.files[place.file as usize].rows[place.row as usize]
                .id
                .clone()
            {
                None => true,
                Some(id) => match seen.get(&id) {
                    Some(first) => {
                        repeats.push((*first, *place));
                        false
                    }
                    None => seen.insert(id, *place).is_none(),
                },
            }
        });
        for (first, second) in repeats {
            self.conflict(&first, &second, "everything but their match_id")?;
        }
        Ok(())
    }

    /// The records of these rows, by day and id. They are made in order of time, so that a replay reads memory in order.
    fn records(&mut self, places: &[Place]) -> Vec<MatchRecord> {
        let mut records = Vec::with_capacity(places.len());
        for day in places.chunk_by(|a, b| a.day == b.day) {
            let (from, date) = (records.len(), date_of(day[0].day.day()).to_string());
            records.extend(day.iter().map(|place| self.record(place, &date)));
            records[from..]
                .sort_by(|a: &MatchRecord, b: &MatchRecord| a.fixture.id.cmp(&b.fixture.id));
        }
        records
    }

    fn record(&mut self, place: &Place, day: &str) -> MatchRecord {
        let file = &mut self.files[place.file as usize];
        let row = &mut file.rows[place.row as usize];
        let (league, home, away) = (file.leagues[row.league as usize], place.home, place.away);
        let names = &self.names;
        let id = match row.id.take() {
            Some(id) => id.into(),
            None => Fixture::id_of(
                names.league(league),
                day,
                names.team(home),
                names.team(away),
            ),
        };
        let season = row
            .season
            .expect("every row of a finished table has a season");
        let fixture = Fixture {
            id,
            league,
            home,
            away,
            season,
            day: row.day,
            kickoff: row.kickoff,
            neutral: row.neutral,
        };
        let (pre, close) = (std::mem::take(&mut row.pre), std::mem::take(&mut row.close));
        MatchRecord {
            fixture: Arc::new(fixture),
            score: row.score,
            status: row.status,
            pre,
            close,
        }
    }
}
