//! The rows of all files, gathered by match and by when they were known.

use super::claims::Claim;
use super::judge::{self, Problem, Sourced};
use super::rows::{ReadTable, Row};
use crate::domain::{LeagueId, MarketKind, Names, TeamId, Time};
use crate::look_alike::normal_name;
use crate::predict::KnownProbabilities;
use crate::source::aliases::Aliases;
use crate::source::error::{BadCell, Conflict, Place, SourceError};

/// Whose probabilities a row has, as the files name the match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Id(Box<str>),
    Names(NamedMatch),
}

/// A match by its names, which are those of the files of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NamedMatch {
    pub day: Time,
    pub league: Option<LeagueId>,
    pub home: TeamId,
    pub away: TeamId,
}

/// What the files say of one match at one time.
#[derive(Debug)]
pub(super) struct Group {
    pub key: Key,
    /// The names beside an id.
    pub named: Option<NamedMatch>,
    /// The table and the row that come first.
    pub row: (u32, u32),
    /// How many rows.
    pub rows: u64,
    pub known: KnownProbabilities,
}

/// The groups of all tables.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// By match and time.
    pub groups: Vec<Group>,
    /// The names that the files use.
    pub names: Names,
    /// How many names of leagues, and of teams.
    pub named: (u32, u32),
    /// Markets that were normalised.
    pub normalised: u64,
}

/// A row among all.
struct Placed {
    key: Key,
    known_at: Option<Time>,
    row: (u32, u32),
}

/// The leagues and teams of a table by their numbers in it.
type TableNames = (Vec<LeagueId>, Vec<TeamId>);

impl Groups {
    /// Gathers the rows of tables. `repeats` says whether rows may say the same twice, as a match file's do that has a row for
    /// each book.
    pub fn of(tables: &[ReadTable], aliases: &Aliases, repeats: bool) -> Result<Self, SourceError> {
        let mut groups = Self::default();
        let names: Vec<TableNames> = tables
            .iter()
            .map(|table| groups.intern(table, aliases))
            .collect();
        let mut placed = placed(tables, &names);
        placed
            .sort_unstable_by(|a, b| (&a.key, a.known_at, a.row).cmp(&(&b.key, b.known_at, b.row)));
        let is_same = |a: &Placed, b: &Placed| a.key == b.key && a.known_at == b.known_at;
        let mut gathering = Gathering {
            tables,
            names: &names,
            repeats,
            claims: Vec::new(),
        };
        let mut first_error: Option<((u32, u32), SourceError)> = None;
        groups.groups.reserve(placed.len());
        for rows in placed.chunk_by(is_same) {
            match gathering.group(rows) {
                Ok((group, normalised)) => {
                    groups.normalised += normalised;
                    groups.groups.push(group);
                }
                // of several errors the first in the files is named
                Err(error) => {
                    if first_error
                        .as_ref()
                        .is_none_or(|(row, _)| rows[0].row < *row)
                    {
                        first_error = Some((rows[0].row, error));
                    }
                }
            }
        }
        if let Some((_, error)) = first_error {
            return Err(error);
        }
        if tables.iter().any(|table| table.layout.is_long()) {
            groups.carry_forward(tables);
        }
        Ok(groups)
    }

    /// The leagues and teams of a table, in the form in which names are kept.
    fn intern(&mut self, table: &ReadTable, aliases: &Aliases) -> TableNames {
        let leagues: Vec<LeagueId> = table
            .teams
            .leagues
            .iter()
            .map(|name| self.names.intern_league(name))
            .collect();
        let teams = table.teams.named.iter().map(|(league, name)| {
            let league = &table.teams.leagues[*league as usize];
            let name = normal_name(name);
            let name = if league.is_empty() {
                aliases.name_in_any_league(&name)
            } else {
                aliases.team_name(league, &name)
            };
            self.names.intern_team(name)
        });
        let teams: Vec<TeamId> = teams.collect();
        let (most_leagues, most_teams) = &mut self.named;
        for LeagueId(league) in &leagues {
            *most_leagues = (*most_leagues).max(league + 1);
        }
        for TeamId(team) in &teams {
            *most_teams = (*most_teams).max(team + 1);
        }
        (leagues, teams)
    }

    /// A row of a selection of its own leaves what was known of others: what they were stays known.
    fn carry_forward(&mut self, tables: &[ReadTable]) {
        let is_long = |group: &Group| tables[group.row.0 as usize].layout.is_long();
        for at in 1..self.groups.len() {
            let (before, after) = self.groups.split_at_mut(at);
            let (Some(before), Some(group)) = (before.last(), after.first_mut()) else {
                continue;
            };
            if before.key != group.key || !is_long(before) || !is_long(group) {
                continue;
            }
            let own = &group.known.named;
            let market = |named: &(crate::domain::Selection, _)| named.0.market();
            let kept = before
                .known
                .named
                .iter()
                .filter(|old| own.iter().all(|new| market(new) != market(old)));
            let mut all: Vec<_> = kept.chain(own.iter()).copied().collect();
            all.sort_by_key(|(selection, _)| *selection);
            group.known.named = all.into();
        }
    }
}

/// Every row of the tables.
fn placed(tables: &[ReadTable], names: &[TableNames]) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(tables.iter().map(|table| table.rows.len()).sum());
    for ((number, table), names) in (0..).zip(tables).zip(names) {
        for (at, row) in (0..).zip(&table.rows) {
            let key = match (&row.id, named_match(row, names)) {
                (Some(id), _) => Key::Id(id.clone()),
                (None, Some(named)) => Key::Names(named),
                // a row that names nothing is refused where it is read
                (None, None) => Key::Id(Box::default()),
            };
            placed.push(Placed {
                key,
                known_at: row.known_at,
                row: (number, at),
            });
        }
    }
    placed
}

fn named_match(row: &Row, (leagues, teams): &TableNames) -> Option<NamedMatch> {
    row.fixture.map(|(league, [home, away], day)| NamedMatch {
        day,
        league: league.map(|league| leagues[league as usize]),
        home: teams[home as usize],
        away: teams[away as usize],
    })
}

/// Makes groups of rows.
struct Gathering<'a> {
    tables: &'a [ReadTable],
    names: &'a [TableNames],
    repeats: bool,
    /// A buffer for the claims of one group.
    claims: Vec<Sourced>,
}

impl Gathering<'_> {
    /// The group of these rows, and how many of its markets were normalised.
    fn group(&mut self, rows: &[Placed]) -> Result<(Group, u64), SourceError> {
        self.claims.clear();
        let tables = self.tables;
        let (mut rates, mut basis) = (None, None);
        for placed in rows {
            let table = &tables[placed.row.0 as usize];
            let row = &table.rows[placed.row.1 as usize];
            let sourced = table.claims(row).iter().map(|&claim| Sourced {
                claim,
                row: placed.row,
            });
            self.claims.extend(sourced);
            basis = basis.or(row.basis);
            match (rates, row.rates) {
                (None, Some(own)) => rates = Some((own, placed.row)),
                (Some((known, first)), Some(own)) if !(self.repeats && known == own) => {
                    return Err(twice(tables, first, placed.row, "the expected goals"));
                }
                (_, _) => {}
            }
        }
        if self.repeats && rows.len() > 1 {
            forget_repeats(&mut self.claims);
        }
        let rates = rates.map(|(rates, _)| rates);
        let judged = judge::judge(&mut self.claims, rates);
        let judged = judged.map_err(|problem| error(tables, problem))?;
        let first = &rows[0];
        let group = Group {
            key: first.key.clone(),
            named: rows.iter().find_map(|placed| self.named(placed)),
            row: first.row,
            rows: rows.len() as u64,
            known: KnownProbabilities {
                known_at: first.known_at,
                rates,
                named: judged.named.into(),
                basis,
            },
        };
        Ok((group, judged.normalised))
    }

    fn named(&self, placed: &Placed) -> Option<NamedMatch> {
        let (table, row) = placed.row;
        let row = &self.tables[table as usize].rows[row as usize];
        named_match(row, &self.names[table as usize])
    }
}

/// Leaves out claims that repeat another one in every digit.
fn forget_repeats(claims: &mut Vec<Sourced>) {
    let what = |sourced: &Sourced| {
        let Claim {
            market,
            part,
            probability,
            ..
        } = sourced.claim;
        (market, part, probability.to_bits())
    };
    claims.sort_by_key(|sourced| (what(sourced), sourced.row));
    claims.dedup_by_key(|sourced| what(sourced));
}

/// A place in a row.
pub(super) fn place_of(tables: &[ReadTable], at: (u32, u32), column: Option<u32>) -> Place {
    let table = &tables[at.0 as usize];
    let line = table.rows[at.1 as usize].line;
    let column = column.map(|column| column as usize);
    table.layout.place(&table.name, line, column)
}

/// The error of two rows that say the same.
pub(super) fn twice(
    tables: &[ReadTable],
    first: (u32, u32),
    second: (u32, u32),
    what: &str,
) -> SourceError {
    SourceError::Conflict(Box::new(Conflict {
        first: place_of(tables, first, None),
        second: place_of(tables, second, None),
        what: format!("{what} of this match are also"),
        difference: "nothing that tells which of them counts",
        advice: "keep one; versions of one match have a known_at each",
    }))
}

/// Whether a side of the market has no probability of its own.
fn is_part(at: &Sourced, parts: usize) -> bool {
    parts < at.claim.market.kind().sides().len()
}

fn error(tables: &[ReadTable], problem: Problem) -> SourceError {
    match problem {
        Problem::Twice { first, second } => {
            let market = first.claim.market;
            let line = market
                .line()
                .map_or_else(String::new, |line| format!(" {line}"));
            let what = format!("the probabilities of {}{line}", market.kind());
            twice(tables, first.row, second.row, &what)
        }
        Problem::Sum {
            at,
            sum,
            parts,
            lacks_push,
        } => SourceError::Cell(Box::new(BadCell {
            place: place_of(tables, at.row, Some(at.claim.column)),
            value: format!("a sum of {sum:.4}"),
            expected: if parts == 3 {
                "three probabilities that sum to 1"
            } else if is_part(&at, parts) {
                "probabilities of two of three results, which sum to 1 at most"
            } else {
                "two probabilities that sum to 1"
            },
            advice: match (lacks_push, at.claim.market.kind()) {
                (false, _) if is_part(&at, parts) => {
                    "the third result has what they leave; correct them"
                }
                (false, _) => {
                    "sums that are off by 2 % at most are normalised and counted; correct this one"
                }
                (true, MarketKind::AsianHandicap) => {
                    "on this line stakes may come back: the probability of that belongs in p_ah_push (in the long form, the \
                     selection push); else correct the sum"
                }
                (true, _) => {
                    "on this line stakes may come back: the probability of that belongs in p_total_push (in the long form, the \
                     selection push); else correct the sum"
                }
            },
        })),
        Problem::NoPush { at } => SourceError::Cell(Box::new(BadCell {
            place: place_of(tables, at.row, Some(at.claim.column)),
            value: "one above 0".to_owned(),
            expected: "no push on a line with half a goal",
            advice: "no stake comes back on such a line; leave the push empty, or correct the line",
        })),
    }
}
