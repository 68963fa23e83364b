//! Names that occur once or twice and look like the slip of a pen.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Fixture, LeagueId, TeamId};
use crate::look_alike::is_misspelling;
use crate::source::Matches;

/// The most matches of a name that may be a slip.
const RARE: usize = 2;
/// The fewest matches of a name that is known.
const OFTEN: usize = 10;

/// A name that occurs in a match or two, and one of the same league that occurs often and was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelling<'a> {
    /// The league.
    pub league: &'a str,
    /// The rare name.
    pub name: &'a str,
    /// In how many matches it occurs.
    pub matches: usize,
    /// The name that was probably meant.
    pub meant: &'a str,
}

/// The names among played matches that are probably misspelt, by league and name. A team that played on the same day as
/// the rare name was not meant.
pub fn misspellings(matches: &Matches) -> Vec<Misspelling<'_>> {
    let counts = counts(matches);
    let known = known(&counts);
    let mut found: Vec<_> = all(&counts)
        .filter(|&(_, _, rows)| rows <= RARE)
        .filter_map(|(league, team, rows)| {
            Some(Misspelling {
                league: matches.names.league(league),
                name: matches.names.team(team),
                matches: rows,
                meant: meant(team, known.get(&league)?, matches)?,
            })
        })
        .collect();
    found.sort_by_key(|found| (found.league, found.name));
    found
}

/// In how many played matches each team occurs, by league. The outer index is the number of the team, because a map of all
/// of them would take longer than reading allows.
type Counts = Vec<Vec<(LeagueId, usize)>>;

fn counts(matches: &Matches) -> Counts {
    let mut counts = Counts::new();
    for fixture in played(matches) {
        for team in [fixture.home, fixture.away] {
            let place = team.0 as usize;
            if counts.len() <= place {
                counts.resize(place + 1, Vec::new());
            }
            count(&mut counts[place], fixture.league);
        }
    }
    counts
}

/// Counts a match in a league. A team plays in few leagues, so that a list is quicker than a map.
fn count(leagues: &mut Vec<(LeagueId, usize)>, league: LeagueId) {
    match leagues.iter_mut().find(|(known, _)| *known == league) {
        Some((_, matches)) => *matches += 1,
        None => leagues.push((league, 1)),
    }
}

fn all(counts: &[Vec<(LeagueId, usize)>]) -> impl Iterator<Item = (LeagueId, TeamId, usize)> {
    counts.iter().zip(0..).flat_map(|(leagues, team)| {
        leagues
            .iter()
            .map(move |&(league, rows)| (league, TeamId(team), rows))
    })
}

/// The teams of each league that occur often. They are collected once: going through all teams for each rare name would take
/// time that grows with the square of their number.
fn known(counts: &Counts) -> BTreeMap<LeagueId, Vec<TeamId>> {
    let mut known: BTreeMap<LeagueId, Vec<TeamId>> = BTreeMap::new();
    for (league, team, _) in all(counts).filter(|&(_, _, rows)| rows >= OFTEN) {
        known.entry(league).or_default().push(team);
    }
    known
}

fn played(matches: &Matches) -> impl Iterator<Item = &Fixture> {
    let played = matches
        .records
        .iter()
        .filter(|record| record.result().is_some());
    played.map(|record| &*record.fixture)
}

/// The name among those that occur often which was probably meant by a rare one, the first of several.
fn meant<'a>(team: TeamId, known: &[TeamId], matches: &'a Matches) -> Option<&'a str> {
    let names = &matches.names;
    let known = known.iter().copied();
    known
        .filter(|&known| is_misspelling(names.team(team), names.team(known)))
        .filter(|&known| !share_a_day(team, known, matches))
        .map(|known| names.team(known))
        .min()
}

/// Whether two teams have played on the same day, so that they are two.
fn share_a_day(one: TeamId, other: TeamId, matches: &Matches) -> bool {
    let days_of = |team: TeamId| -> BTreeSet<i64> {
        let of_team =
            played(matches).filter(|fixture| [fixture.home, fixture.away].contains(&team));
        of_team.map(|fixture| fixture.day.day()).collect()
    };
    !days_of(one).is_disjoint(&days_of(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ReadConfig, read_bytes};

    /// A league of two teams that meet on ten days, and these further matches.
    fn found(further: &str) -> Vec<(String, String, usize)> {
        let mut csv = "league,date,home_team,away_team,home_goals,away_goals\n".to_owned();
        for day in 1..=10 {
            csv += &format!("L,2023-08-{day:02},Northgate,Ashby,1,0\n");
        }
        let matches =
            read_bytes("l.csv", (csv + further).as_bytes(), &ReadConfig::default()).unwrap();
        let found = misspellings(&matches).into_iter();
        found
            .map(|found| (found.name.to_owned(), found.meant.to_owned(), found.matches))
            .collect()
    }

    #[test]
    fn a_rare_name_near_a_common_one_is_a_misspelling() {
        let further = "L,2023-09-01,North Gate,Ashby,1,0\nL,2023-09-02,Northgate,Asbhy,1,0\n";
        let found = found(further);
        let expected = [("Asbhy", "Ashby"), ("North Gate", "Northgate")];
        let expected = expected.map(|(name, meant)| (name.to_owned(), meant.to_owned(), 1));
        assert_eq!(found, expected);
    }

    #[test]
    fn teams_of_their_own_are_none() {
        for further in [
            // nothing is like it
            "L,2023-09-01,Corfield,Ashby,1,0\n",
            // the well-known team played elsewhere on that day
            "L,2023-08-10,North Gate,Corfield,1,0\n",
            // another league
            "M,2023-09-01,North Gate,Ashby,1,0\n",
            // it occurs too often for a slip
            "L,2023-09-01,North Gate,Ashby,1,0\nL,2023-09-02,North Gate,Ashby,1,0\nL,2023-09-03,North Gate,Ashby,1,0\n",
            // a fixture is left to the model
            "L,2023-09-01,North Gate,Ashby,,\n",
        ] {
            assert_eq!(found(further), [], "{further}");
        }
    }
}
