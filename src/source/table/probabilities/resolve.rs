//! Probabilities brought to the matches that they are about.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::candidates;
use super::finder::{Found, MatchFinder};
use super::groups::{Group, Groups, Key, NamedMatch, place_of, twice};
use super::rows::ReadTable;
use super::{MOST_NAMED, ProbabilityFiles, ProbabilityRows};
use crate::calendar::format_date;
use crate::domain::{Market, Selection};
use crate::predict::{KnownProbabilities, MatchProbabilities, NamedFixture, ProbabilityTable};
use crate::source::error::{Place, SourceError};
use crate::source::table::Matches;

/// The most rows without a match of which it is found out which match they may mean.
const MOST_COMPARED: usize = 1_000;

/// Probabilities by match, and what became of the rows.
#[derive(Debug)]
pub(crate) struct ResolvedProbabilities {
    pub table: ProbabilityTable,
    pub rows: ProbabilityRows,
}

impl ProbabilityFiles {
    /// The probabilities of these matches.
    ///
    /// # Errors
    /// When a row may be about several matches or contradicts itself, when two say the same, or when there are rows and none is
    /// about a match.
    pub(crate) fn resolve(&self, matches: &Matches) -> Result<ResolvedProbabilities, SourceError> {
        let Groups { groups, names, .. } = &self.groups;
        let has_ids = groups.iter().any(|group| matches!(group.key, Key::Id(_)));
        let mut finder = MatchFinder::new(matches, names, self.groups.named, has_ids);
        let named = groups.iter().filter_map(|group| group.named.as_ref());
        let leagues = finder.learn_leagues(named);
        let mut rows = ProbabilityRows::of(self);
        let mut found: Vec<(u32, &Group)> = Vec::with_capacity(groups.len());
        let mut lost: Vec<&Group> = Vec::new();
        for group in groups {
            match self.find(&finder, group)? {
                Some(record) => found.push((record, group)),
                None => lost.push(group),
            }
        }
        lost.sort_by_key(|group| group.row);
        rows.without_match = lost.iter().map(|group| group.rows).sum();
        rows.unmatched = lost
            .iter()
            .take(MOST_NAMED)
            .map(|group| self.named(&finder, group))
            .collect();
        if found.is_empty() && !groups.is_empty() {
            return Err(self.none_found(&rows));
        }
        for group in lost.into_iter().take(MOST_COMPARED) {
            let meant = group
                .named
                .and_then(|named| candidates::meant(&finder, &named));
            if let Some(record) = meant {
                let id = Arc::clone(&matches.records[record as usize].fixture.id);
                rows.meant
                    .entry(id)
                    .or_insert_with(|| self.place(group).to_string());
            }
        }
        rows.read_as = leagues;
        rows.read_as.extend(finder.read_as());
        Ok(ResolvedProbabilities {
            table: self.table(matches, found)?,
            rows,
        })
    }

    /// The record of a group, if there is one.
    fn find(&self, finder: &MatchFinder<'_>, group: &Group) -> Result<Option<u32>, SourceError> {
        if let Key::Id(id) = &group.key
            && let Some(record) = finder.by_id(id)
        {
            return match &group.named {
                Some(named) if !finder.may_be(record, named) => {
                    Err(self.other_match(finder, group, named, record))
                }
                Some(_) | None => Ok(Some(record)),
            };
        }
        let Some(named) = &group.named else {
            return Ok(None);
        };
        match finder.by_names(named) {
            Found::Match(record) => Ok(Some(record)),
            Found::Nothing => Ok(None),
            Found::Leagues(leagues) => {
                let names = &finder.matches.names;
                let leagues: Vec<&str> = leagues
                    .into_iter()
                    .map(|league| names.league(league))
                    .collect();
                let [home, away] = [named.home, named.away].map(|team| finder.team_name(team));
                let problem = format!(
                    "{home} – {away} on {} is a match of {}: say which in a column league",
                    format_date(named.day),
                    leagues.join(" and of ")
                );
                Err(SourceError::Undecided {
                    place: Box::new(self.place(group)),
                    problem,
                })
            }
        }
    }

    fn other_match(
        &self,
        finder: &MatchFinder<'_>,
        group: &Group,
        named: &NamedMatch,
        record: u32,
    ) -> SourceError {
        let fixture = finder.fixture(record);
        let [home, away] = [fixture.home, fixture.away].map(|team| finder.matches.names.team(team));
        let [own_home, own_away] = [named.home, named.away].map(|team| finder.team_name(team));
        let problem = format!(
            "match_id {} is that of {home} – {away} on {}, and the row is of {own_home} – {own_away}: correct one of the two",
            fixture.id,
            format_date(fixture.day)
        );
        SourceError::Undecided {
            place: Box::new(self.place(group)),
            problem,
        }
    }

    /// The probabilities of the matches that were found, by their ids.
    fn table(
        &self,
        matches: &Matches,
        found: Vec<(u32, &Group)>,
    ) -> Result<ProbabilityTable, SourceError> {
        let mut table = ProbabilityTable::default();
        table.by_id.reserve(found.len());
        let (first, mut more) = by_record(matches.records.len(), found);
        for (record, first) in matches.records.iter().zip(0..).zip(first) {
            let ((record, number), Some(first)) = (record, first) else {
                continue;
            };
            let versions = match more.remove(&number) {
                Some(mut groups) => {
                    groups.push(first);
                    groups.sort_by_key(|group| (group.known.known_at, group.row));
                    self.versions(groups.into_iter())?
                }
                None => MatchProbabilities(vec![first.known.clone()]),
            };
            table.by_id.insert(Arc::clone(&record.fixture.id), versions);
        }
        Ok(table)
    }

    /// The groups of one match in order of time. Two of one time, of which one names the match by its id and the other does
    /// not, add to each other.
    fn versions<'g>(
        &self,
        groups: impl Iterator<Item = &'g Group>,
    ) -> Result<MatchProbabilities, SourceError> {
        let mut versions: Vec<(KnownProbabilities, &Group)> = Vec::new();
        for group in groups {
            match versions.last_mut() {
                Some((known, first)) if known.known_at == group.known.known_at => {
                    if !join(known, &group.known) {
                        let what = "the probabilities";
                        return Err(twice(&self.tables, first.row, group.row, what));
                    }
                }
                Some(_) | None => versions.push((group.known.clone(), group)),
            }
        }
        let versions = versions.into_iter().map(|(known, _)| known);
        Ok(MatchProbabilities(versions.collect()))
    }

    /// The probabilities by what the files call the matches, where matches come later: in a stream.
    pub(crate) fn unresolved(&self) -> Result<ProbabilityTable, SourceError> {
        let Groups { groups, names, .. } = &self.groups;
        let mut table = ProbabilityTable::default();
        for of_match in groups.chunk_by(|a, b| a.key == b.key) {
            let versions = self.versions(of_match.iter())?;
            match (&of_match[0].key, of_match[0].named) {
                (Key::Id(id), named) => {
                    if let Some(named) = named {
                        add_named(&mut table, &named, names, &versions);
                    }
                    table.by_id.insert((&**id).into(), versions);
                }
                (Key::Names(named), _) => add_named(&mut table, named, names, &versions),
            }
        }
        Ok(table)
    }

    fn place(&self, group: &Group) -> Place {
        place_of(&self.tables, group.row, None)
    }

    fn named(&self, finder: &MatchFinder<'_>, group: &Group) -> String {
        let sentence = candidates::sentence(finder, &group.key, group.named.as_ref());
        format!("{}: {sentence}", self.place(group))
    }

    fn none_found(&self, rows: &ProbabilityRows) -> SourceError {
        let first = rows
            .unmatched
            .first()
            .map_or("there is none", String::as_str);
        SourceError::NoProbabilities {
            files: self.named_files(),
            problem: format!("no row is about a match of the match files; {first}"),
        }
    }

    /// The first file, and how many more there are.
    pub(super) fn named_files(&self) -> String {
        let first = self.inputs.first().map_or("", |input| input.path.as_str());
        match self.inputs.len() {
            0 | 1 => first.to_owned(),
            2 => format!("{first} and 1 other file"),
            files => format!("{first} and {} other files", files - 1),
        }
    }
}

/// One group of each record, and the others of the few that have several: most files say each match once, and need no sorting.
fn by_record(records: usize, found: Vec<(u32, &Group)>) -> (Vec<Option<&Group>>, Others<'_>) {
    let mut first = vec![None; records];
    let mut more = Others::new();
    for (record, group) in found {
        match &mut first[record as usize] {
            place @ None => *place = Some(group),
            Some(_) => more.entry(record).or_default().push(group),
        }
    }
    (first, more)
}

/// The further groups of records, by the number of these.
type Others<'g> = BTreeMap<u32, Vec<&'g Group>>;

fn add_named(
    table: &mut ProbabilityTable,
    named: &NamedMatch,
    names: &crate::domain::Names,
    versions: &MatchProbabilities,
) {
    let key = NamedFixture {
        day: named.day,
        home: names.team(named.home).into(),
        away: names.team(named.away).into(),
    };
    let league = named.league.map(|league| names.league(league).into());
    table
        .by_names
        .entry(key)
        .or_default()
        .push((league, versions.clone()));
}

/// Adds what another group says of a match at the same time; `false` where both say the same.
fn join(known: &mut KnownProbabilities, other: &KnownProbabilities) -> bool {
    let market = |named: &(Selection, _)| -> Market { named.0.market() };
    let overlap = known
        .named
        .iter()
        .any(|own| other.named.iter().any(|other| market(own) == market(other)));
    if overlap || (known.rates.is_some() && other.rates.is_some()) {
        return false;
    }
    known.rates = known.rates.or(other.rates);
    let mut all: Vec<_> = known
        .named
        .iter()
        .chain(other.named.iter())
        .copied()
        .collect();
    all.sort_by_key(|(selection, _)| *selection);
    known.named = all.into();
    true
}

/// What is said of tables by their names, for the notes of a reader.
pub(super) fn assumptions_of(tables: &[ReadTable]) -> impl Iterator<Item = (&str, &[String])> {
    tables
        .iter()
        .map(|table| (table.name.as_str(), table.assumptions.as_slice()))
}
