//! The rows of all files, gathered by match and by when they were known.

use super::claims::Claim;
use super::judge::{self, Problem, Sourced};
use super::rows::{ReadTable, Row};
use crate::domain::{LeagueId, Names, TeamId, Time};
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
    named: Option<NamedMatch>,
    known_at: Option<Time>,
    row: (u32, u32),
}

impl Groups {
    /// Gathers the rows of tables. `repeats` says whether rows may say the same twice, as a match file's do that has a row for
    /// each book.
    pub fn of(tables: &[ReadTable], aliases: &Aliases, repeats: bool) -> Result<Self, SourceError> {
        let mut groups = Self::default();
        let mut placed = groups.placed(tables, aliases);
        placed.sort_by(|a, b| (&a.key, a.known_at, a.row).cmp(&(&b.key, b.known_at, b.row)));
        let is_same = |a: &Placed, b: &Placed| a.key == b.key && a.known_at == b.known_at;
        for rows in placed.chunk_by(is_same) {
            let group = groups.group(rows, tables, repeats)?;
            groups.groups.push(group);
        }
        groups.carry_forward(tables);
        Ok(groups)
    }

    fn placed(&mut self, tables: &[ReadTable], aliases: &Aliases) -> Vec<Placed> {
        let mut placed = Vec::with_capacity(tables.iter().map(|table| table.rows.len()).sum());
        for (number, table) in (0..).zip(tables) {
            let leagues: Vec<LeagueId> = table
                .teams
                .leagues
                .iter()
                .map(|name| self.names.intern_league(name))
                .collect();
            let teams: Vec<TeamId> = table
                .teams
                .named
                .iter()
                .map(|(league, name)| {
                    let league = &table.teams.leagues[*league as usize];
                    let name = normal_name(name);
                    self.names.intern_team(aliases.team_name(league, &name))
                })
                .collect();
            let (most_leagues, most_teams) = self.named;
            self.named = (
                leagues
                    .iter()
                    .fold(most_leagues, |most, league| most.max(league.0 + 1)),
                teams
                    .iter()
                    .fold(most_teams, |most, team| most.max(team.0 + 1)),
            );
            for (at, row) in (0..).zip(&table.rows) {
                placed.push(place(row, (number, at), &leagues, &teams));
            }
        }
        placed
    }

    fn group(
        &mut self,
        rows: &[Placed],
        tables: &[ReadTable],
        repeats: bool,
    ) -> Result<Group, SourceError> {
        let row_of = |at: (u32, u32)| &tables[at.0 as usize].rows[at.1 as usize];
        let mut claims: Vec<Sourced> = Vec::new();
        let mut rates = None;
        for placed in rows {
            let row = row_of(placed.row);
            let sourced = row.claims.iter().map(|&claim| Sourced {
                claim,
                row: placed.row,
            });
            claims.extend(sourced);
            match (rates, row.rates) {
                (None, Some(own)) => rates = Some((own, placed.row)),
                (Some((known, first)), Some(own)) if !(repeats && known == own) => {
                    return Err(twice(tables, first, placed.row, "the expected goals"));
                }
                (_, _) => {}
            }
        }
        if repeats && rows.len() > 1 {
            forget_repeats(&mut claims);
        }
        let rates = rates.map(|(rates, _)| rates);
        let judged = judge::judge(&mut claims, rates).map_err(|problem| error(tables, problem))?;
        self.normalised += judged.normalised;
        let first = &rows[0];
        Ok(Group {
            key: first.key.clone(),
            named: rows.iter().find_map(|row| row.named),
            row: first.row,
            rows: rows.len() as u64,
            known: KnownProbabilities {
                known_at: first.known_at,
                rates,
                named: judged.named.into(),
                basis: rows.iter().find_map(|placed| row_of(placed.row).basis),
            },
        })
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
            let mut all: Vec<_> = kept.chain(own).copied().collect();
            all.sort_by_key(|(selection, _)| *selection);
            group.known.named = all.into();
        }
    }
}

fn place(row: &Row, at: (u32, u32), leagues: &[LeagueId], teams: &[TeamId]) -> Placed {
    let named = row.fixture.map(|(league, [home, away], day)| NamedMatch {
        day,
        league: league.map(|league| leagues[league as usize]),
        home: teams[home as usize],
        away: teams[away as usize],
    });
    let key = match (&row.id, named) {
        (Some(id), _) => Key::Id(id.clone()),
        (None, Some(named)) => Key::Names(named),
        // a row that names nothing is refused where it is read
        (None, None) => Key::Id(Box::default()),
    };
    Placed {
        key,
        named,
        known_at: row.known_at,
        row: at,
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
        Problem::Sum { at, sum, parts } => SourceError::Cell(Box::new(BadCell {
            place: place_of(tables, at.row, Some(at.claim.column)),
            value: format!("a sum of {sum:.4}"),
            expected: if parts == 3 {
                "three probabilities that sum to 1"
            } else {
                "two probabilities that sum to 1"
            },
            advice: "sums that are off by 2 % at most are normalised and counted; correct this one",
        })),
        Problem::NoPush { at } => SourceError::Cell(Box::new(BadCell {
            place: place_of(tables, at.row, Some(at.claim.column)),
            value: "one above 0".to_owned(),
            expected: "no push on a line with half a goal",
            advice: "no stake comes back on such a line; leave the push empty, or correct the line",
        })),
    }
}
