//! Merging of the rows of all files into matches, independently of the order of files and rows.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::config::{OnBadRow, ReadConfig};
use super::counts::{ReadCounts, Remark};
use super::inputs::Input;
use super::joining::{Difference, KnownPrices};
use super::left_out::LeftOut;
use super::matches::{Assumption, MatchRecord, Matches};
use super::reader::Table;
use super::row::Row;
use super::season::date_of;
use super::teams::Teams;
use super::{contents, league, league_seasons, spellings};
use crate::domain::{Book, Fixture, LeagueId, Names, TeamId, Time};
use crate::schema::{MAX_NAME, is_id};
use crate::source::error::{Conflict, SourceError};

/// A file that was read, and its tables.
pub(super) struct ReadFile {
    pub input: Input,
    pub tables: Vec<Table>,
    /// What of it is no table of matches: archives and workbooks, each with a sentence.
    pub passed_over: Vec<(String, String)>,
}

/// The tables of all files, of which leagues, spellings and seasons were judged together.
pub(super) struct Judged {
    inputs: Vec<Input>,
    pub tables: Vec<Table>,
    assumptions: Vec<Assumption>,
    unused_aliases: Vec<Assumption>,
}

/// Merges the files, which are sorted by path.
pub(super) fn merge(read: Vec<ReadFile>, config: &ReadConfig) -> Result<Matches, SourceError> {
    judge(read, config)?.matches(config)
}

/// Judges what no file can say alone.
pub(super) fn judge(read: Vec<ReadFile>, config: &ReadConfig) -> Result<Judged, SourceError> {
    let mut inputs = Vec::with_capacity(read.len());
    let mut tables = Vec::with_capacity(read.len());
    let mut passed_over = Vec::new();
    for ReadFile {
        mut input,
        tables: own,
        passed_over: of_file,
    } in read
    {
        input.rows = own.iter().map(|table| table.counts.rows).sum();
        inputs.push(input);
        passed_over.extend(of_file);
        tables.extend(own);
    }
    contents::ensure_mapped(tables.iter().map(|table: &Table| &table.contents), config)?;
    let of_files = passed_over
        .iter()
        .map(|(name, sentence)| (name.as_str(), std::slice::from_ref(sentence)));
    let of_tables = tables
        .iter()
        .map(|table| (table.name.as_str(), table.assumptions.as_slice()));
    let mut assumptions = Assumption::of_tables(of_files.chain(of_tables));
    assumptions.extend(league::name_unnamed(&mut tables, config)?);
    let spellings = spellings::resolve(&mut tables, config)?;
    assumptions.extend(spellings.assumptions);
    assumptions.extend(league_seasons::fill(&mut tables));
    Ok(Judged {
        inputs,
        tables,
        assumptions,
        unused_aliases: spellings.unused_aliases,
    })
}

impl Judged {
    /// The matches of the tables.
    pub fn matches(self, config: &ReadConfig) -> Result<Matches, SourceError> {
        let names = intern(self.tables.iter().map(|table| &table.teams));
        let mut counts = ReadCounts::default();
        let mut left_out = LeftOut::default();
        let mut contents = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            counts.merge(&table.counts);
            left_out.merge(&table.left_out);
            contents.push(table.contents.clone());
        }
        let tables = self.tables.into_iter();
        let merger = Merger {
            files: tables.map(|table| File::new(table, &names)).collect(),
            names,
            books: config.books.as_deref().unwrap_or(&[]),
            skip: config.on_bad_row == OnBadRow::Skip,
            counts,
        };
        Ok(Matches {
            inputs: self.inputs,
            assumptions: self.assumptions,
            unused_aliases: self.unused_aliases,
            contents,
            left_out,
            ..merger.matches()?
        })
    }
}

/// Interns teams and leagues in alphabetical order, whichever file names them first.
fn intern<'a>(files: impl Iterator<Item = &'a Teams> + Clone) -> Names {
    let mut names = Names::default();
    for league in sorted(files.clone().flat_map(|teams| &teams.leagues)) {
        names.intern_league(league);
    }
    for team in sorted(files.flat_map(|teams| teams.named.iter().map(|(_, name)| name))) {
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

/// An id as it is, or one as long as ids may be where long names make it longer: its end is its SHA-256, so that two such
/// ids differ.
fn within_limit(id: Arc<str>) -> Arc<str> {
    if is_id(&id) {
        return id;
    }
    let digest = hex::encode(Sha256::digest(id.as_bytes()));
    let begin: String = id.chars().take(MAX_NAME - 1 - digest.len()).collect();
    [&begin, "~", &digest].concat().into()
}

/// The rows of a table, and the ids of its leagues and teams in the run.
struct File {
    name: String,
    rows: Vec<Row>,
    leagues: Vec<LeagueId>,
    teams: Vec<TeamId>,
    may_be_to_come: bool,
}

impl File {
    fn new(table: Table, names: &Names) -> Self {
        let leagues = table.teams.leagues.iter();
        let teams = table.teams.named.iter();
        Self {
            leagues: leagues
                .map(|name| names.find_league(name).expect("every league was interned"))
                .collect(),
            teams: teams
                .map(|(_, name)| names.find_team(name).expect("every team was interned"))
                .collect(),
            name: table.name,
            rows: table.rows,
            may_be_to_come: table.may_be_to_come,
        }
    }
}

/// The key of a row among all rows. In its order, rows on the same fixture are adjacent: a played one first, then by the
/// name of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    day: Time,
    league: LeagueId,
    home: TeamId,
    away: TeamId,
    unplayed: bool,
    file: u32,
    row: u32,
    /// Whether it is of a file that may have fixtures.
    may_be_to_come: bool,
}

impl Place {
    fn is_same_fixture(&self, other: &Self) -> bool {
        (self.day, self.league, self.home, self.away)
            == (other.day, other.league, other.home, other.away)
    }
}

/// Joins the rows on the same match and makes records of them.
///
/// Rows are on the same match where they have the same `match_id`, or, where one has none, the same league, day and teams.
struct Merger<'a> {
    names: Names,
    files: Vec<File>,
    /// The books that were asked for, best first.
    books: &'a [Book],
    skip: bool,
    counts: ReadCounts,
}

impl Merger<'_> {
    /// The matches, without what is known of the files.
    fn matches(mut self) -> Result<Matches, SourceError> {
        let mut places = self.one_for_each_match()?;
        self.leave_out_unlisted(&mut places);
        let records = self.records(&places);
        let Self {
            names, mut counts, ..
        } = self;
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
            ..Matches::default()
        })
    }

    /// Leaves out what has no score and stands in no file that may have fixtures.
    fn leave_out_unlisted(&mut self, places: &mut Vec<Place>) {
        let all = places.len();
        places.retain(|place| place.may_be_to_come || !self.row(place).is_fixture());
        self.counts.unlisted = (all - places.len()) as u64;
    }

    fn row(&self, place: &Place) -> &Row {
        &self.files[place.file as usize].rows[place.row as usize]
    }

    fn row_mut(&mut self, place: &Place) -> &mut Row {
        &mut self.files[place.file as usize].rows[place.row as usize]
    }

    /// One row for each match, by day, with what the other rows add to it.
    fn one_for_each_match(&mut self) -> Result<Vec<Place>, SourceError> {
        let mut places = self.places();
        places.sort_unstable();
        let mut kept: Vec<Place> = Vec::with_capacity(places.len());
        for rows in places.chunk_by_mut(Place::is_same_fixture) {
            match rows {
                [only] => kept.push(*only),
                rows => self.join_rows(rows, &mut kept)?,
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
                    league: file.leagues[row.league as usize],
                    home: file.teams[row.home as usize],
                    away: file.teams[row.away as usize],
                    unplayed: row.is_fixture(),
                    file: number,
                    row: index,
                    may_be_to_come: file.may_be_to_come,
                })
            })
            .collect()
    }

    /// Joins the rows on one fixture. A file may have two matches of the same teams on a day, with an id each; two files
    /// that give one match two ids contradict each other.
    fn join_rows(&mut self, rows: &mut [Place], kept: &mut Vec<Place>) -> Result<(), SourceError> {
        rows.sort_by_key(|place| (self.row(place).id.is_none(), *place));
        let mut matches: Vec<(Place, KnownPrices)> = Vec::new();
        let mut by_id: HashMap<Box<str>, usize> = HashMap::new();
        for place in &*rows {
            let same = match (matches.first(), &self.row(place).id) {
                // only a file that gives each its id has several matches, so all that are known are of one file
                (Some((known, _)), Some(id)) if known.file == place.file => by_id.get(id).copied(),
                (known, _) => known.map(|_| 0),
            };
            if let Some((first, known)) = same.and_then(|at| matches.get_mut(at)) {
                first.may_be_to_come |= place.may_be_to_come;
                self.join(first, place, known)?;
                continue;
            }
            if let Some(id) = &self.row(place).id {
                by_id.insert(id.clone(), matches.len());
            }
            matches.push((*place, KnownPrices::of(self.row(place))));
        }
        for (first, known) in matches {
            let books = self.books;
            known.finish(self.row_mut(&first), books);
            kept.push(first);
        }
        Ok(())
    }

    /// Adds to a match what another row says of it.
    fn join(
        &mut self,
        first: &Place,
        second: &Place,
        known: &mut KnownPrices,
    ) -> Result<(), SourceError> {
        let mut row = std::mem::take(self.row_mut(first));
        let joined = row.join(self.row(second), known);
        *self.row_mut(first) = row;
        match joined {
            Err(difference) => self.conflict(first, second, difference),
            Ok(true) => {
                self.counts.more_prices += 1;
                Ok(())
            }
            Ok(false) => {
                self.counts.duplicates += 1;
                Ok(())
            }
        }
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
        difference: Difference,
    ) -> Result<(), SourceError> {
        if self.skip {
            self.counts.add(Remark::SkippedConflict);
            return Ok(());
        }
        let of_match = |place: &Place| {
            let [home, away] = [place.home, place.away].map(|team| self.names.team(team));
            format!("{home} against {away} on {}", date_of(place.day.day()))
        };
        let what = match &self.row(second).id {
            Some(id) if difference == Difference::AllButId => {
                format!("match_id {id} is also that of {}", of_match(first))
            }
            Some(_) | None => format!("{} is also", of_match(second)),
        };
        Err(SourceError::Conflict(Box::new(Conflict {
            first: self.location(first),
            second: self.location(second),
            what,
            difference: difference.what(),
            advice: difference.advice(),
        })))
    }

    /// Checks that no two matches have the same `match_id`, by which bets are settled. Ids that simbet makes differ, since
    /// they contain the league, the day and the teams.
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
            self.conflict(&first, &second, Difference::AllButId)?;
        }
        Ok(())
    }

    /// The records of these rows, by day and id. They are made in order of time, so that a replay reads memory in order.
    fn records(&mut self, places: &[Place]) -> Vec<MatchRecord> {
        let mut records = Vec::with_capacity(places.len());
        let mut id = String::new();
        for day in places.chunk_by(|a, b| a.day == b.day) {
            let (from, date) = (records.len(), date_of(day[0].day.day()).to_string());
            records.extend(day.iter().map(|place| self.record(place, &date, &mut id)));
            records[from..]
                .sort_by(|a: &MatchRecord, b: &MatchRecord| a.fixture.id.cmp(&b.fixture.id));
        }
        records
    }

    fn record(&mut self, place: &Place, day: &str, buffer: &mut String) -> MatchRecord {
        let file = &mut self.files[place.file as usize];
        let row = &mut file.rows[place.row as usize];
        let (league, home, away) = (file.leagues[row.league as usize], place.home, place.away);
        let names = &self.names;
        let id = match row.id.take() {
            Some(id) => id.into(),
            None => {
                let (home, away) = (names.team(home), names.team(away));
                Fixture::write_id(buffer, [names.league(league), day, home, away]);
                within_limit(buffer.as_str().into())
            }
        };
        let season = row.season.unwrap_or_default();
        let fixture = Fixture {
            id,
            league,
            home,
            away,
            season,
            day: row.day,
            kickoff: row.kickoff,
            neutral: row.neutral.unwrap_or_default(),
        };
        let (pre, close) = (std::mem::take(&mut row.pre), std::mem::take(&mut row.close));
        MatchRecord {
            fixture: Arc::new(fixture),
            score: row.score,
            status: row.status,
            statistics: row.statistics.take(),
            pre,
            close,
        }
    }
}
