//! Who has played whom, and what is left to play.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{SeasonError, suggestion};
use super::rules::Rules;
use super::standings::Standings;
use crate::domain::{LeagueId, Score, TeamId, Time};
use crate::source::{Matches, Record};

/// Matches after which a team has made its appearance, however its fixtures fell.
const SETTLED: u32 = 3;

/// One season of one league, part of it played; teams are numbered from 0 in alphabetical order.
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    league: String,
    year: i16,
    as_of: Time,
    teams: Vec<TeamId>,
    names: Vec<String>,
    played: Vec<([usize; 2], Score)>,
    left: Vec<[usize; 2]>,
    deductions: Vec<i32>,
}

/// The records of a season, by what is known of them on its last day.
struct Rows<'a> {
    played: Vec<(&'a Record, Score)>,
    /// Results of later days, which are not known yet.
    forgotten: Vec<&'a Record>,
    /// Rows without a score.
    fixtures: Vec<&'a Record>,
    /// Teams of the season before.
    before: usize,
}

impl Season {
    /// The season that is to be finished: that of the first match after `as_of`, or the latest one read.
    ///
    /// What is left is every row without a score and every result after `as_of`, which is forgotten. Where no row is
    /// without a score it is the unplayed part of the double round robin among the season's teams: a play-off that
    /// came later is not played.
    ///
    /// # Errors
    /// When there is no result, the league is unclear, a match is to be played that already was, a fixture names
    /// a team that is not of the season, or not all teams can be known yet.
    pub fn find(
        matches: &Matches,
        league: Option<&str>,
        as_of: Option<Time>,
        rules: impl FnOnce(&str) -> Rules,
    ) -> Result<Self, SeasonError> {
        let league = find_league(matches, league, as_of)?;
        let rules = rules(matches.names.league(league));
        let records: Vec<&Record> = matches
            .records
            .iter()
            .filter(|record| record.fixture.league == league)
            .collect();
        let is_known = |record: &&&Record| {
            record.score.is_some() && as_of.is_none_or(|day| record.fixture.day <= day)
        };
        let last = records
            .iter()
            .filter(is_known)
            .map(|record| record.fixture.day)
            .max()
            .unwrap_or_default();
        let year = year_to_finish(&records, as_of);
        let rows = Rows::sort(&records, year, as_of);
        let mut season = Self::empty(
            matches,
            matches.names.league(league),
            year,
            as_of.unwrap_or(last),
            &rows,
        );
        season.check_teams(&rows, matches)?;
        season.left = season.remaining(&rows, &rules)?;
        if rules.double_round_robin && !rows.fixtures.is_empty() {
            season.check_pairs(&rows)?;
        }
        Ok(season)
    }

    /// The season's teams and what they have played.
    fn empty(matches: &Matches, league: &str, year: i16, as_of: Time, rows: &Rows<'_>) -> Self {
        let all = rows
            .played
            .iter()
            .map(|(record, _)| *record)
            .chain(rows.open());
        let both = all.flat_map(|record| [record.fixture.home, record.fixture.away]);
        let by_name: BTreeMap<&str, TeamId> =
            both.map(|team| (matches.names.team(team), team)).collect();
        let mut season = Self {
            league: league.to_owned(),
            year,
            as_of,
            names: by_name.keys().map(|&name| name.to_owned()).collect(),
            deductions: vec![0; by_name.len()],
            teams: by_name.into_values().collect(),
            played: Vec::new(),
            left: Vec::new(),
        };
        season.played = rows
            .played
            .iter()
            .map(|(record, score)| (season.pair(record), *score))
            .collect();
        season
    }

    /// The numbers of both sides.
    fn pair(&self, record: &Record) -> [usize; 2] {
        let number = |team| {
            self.teams
                .iter()
                .position(|&other| other == team)
                .expect("every team was entered")
        };
        [number(record.fixture.home), number(record.fixture.away)]
    }

    /// A name without any result is a misspelling, unless the season has only begun.
    fn check_teams(&self, rows: &Rows<'_>, all: &Matches) -> Result<(), SeasonError> {
        let mut matches = vec![0; self.teams.len()];
        self.played
            .iter()
            .flat_map(|(pair, _)| pair)
            .for_each(|&team| matches[team] += 1);
        let settled = matches.iter().filter(|&&count| count >= SETTLED).count();
        let named = |team: usize, record: &Record| {
            [record.fixture.home, record.fixture.away].contains(&self.teams[team])
        };
        let has_result = |team| {
            all.records
                .iter()
                .any(|record| record.score.is_some() && named(team, record))
        };
        let mut strangers = rows
            .fixtures
            .iter()
            .flat_map(|record| self.pair(record))
            .filter(|&team| matches[team] == 0);
        let stranger = strangers.find(|&team| !has_result(team));
        if let Some(team) = stranger.filter(|_| 2 * settled > self.teams.len()) {
            let known = self
                .names
                .iter()
                .enumerate()
                .filter(|&(other, _)| matches[other] > 0);
            let suggestion = suggestion(&self.names[team], known.map(|(_, name)| name.as_str()));
            return Err(SeasonError::Stranger {
                season: self.title(),
                team: self.names[team].clone(),
                suggestion,
            });
        }
        let (teams, before) = (self.teams.len(), rows.before);
        if rows.open().next().is_none() && teams < before && settled < teams {
            return Err(SeasonError::TeamsMissing {
                season: self.title(),
                teams,
                before,
            });
        }
        Ok(())
    }

    fn remaining(&self, rows: &Rows<'_>, rules: &Rules) -> Result<Vec<[usize; 2]>, SeasonError> {
        if !rows.fixtures.is_empty() || !rules.double_round_robin && !rows.forgotten.is_empty() {
            return Ok(rows.open().map(|record| self.pair(record)).collect());
        }
        if !rules.double_round_robin {
            return Err(SeasonError::NeedsFixtures {
                season: self.title(),
            });
        }
        let played: BTreeSet<[usize; 2]> = self.played.iter().map(|(pair, _)| *pair).collect();
        let teams = 0..self.teams.len();
        let pairs = teams
            .clone()
            .flat_map(|home| teams.clone().map(move |away| [home, away]));
        Ok(pairs
            .filter(|pair| pair[0] != pair[1] && !played.contains(pair))
            .collect())
    }

    /// Nobody is to play a match that has been played, or one match twice.
    fn check_pairs(&self, rows: &Rows<'_>) -> Result<(), SeasonError> {
        let mut days = BTreeMap::new();
        for (record, _) in &rows.played {
            days.insert(self.pair(record), record.fixture.day);
        }
        for record in rows.open() {
            let [home, away] = self.pair(record);
            let day = record.fixture.day;
            if let Some(other) = days.insert([home, away], day) {
                let [home, away] = [home, away].map(|team| self.names[team].clone());
                return Err(SeasonError::PairTwice {
                    season: self.title(),
                    home,
                    away,
                    day,
                    other,
                });
            }
        }
        Ok(())
    }

    /// League and season, as `E0 2023-24`.
    pub fn title(&self) -> String {
        format!(
            "{} {}-{:02}",
            self.league,
            self.year,
            (i32::from(self.year) + 1).rem_euclid(100)
        )
    }

    /// The league's name.
    pub fn league(&self) -> &str {
        &self.league
    }

    /// The year in which the season starts.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The last day whose results are known.
    pub fn as_of(&self) -> Time {
        self.as_of
    }

    /// The teams in alphabetical order.
    pub fn teams(&self) -> &[TeamId] {
        &self.teams
    }

    /// The names of the teams, in the same order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Home and away side of what was played, and the score.
    pub fn played(&self) -> &[([usize; 2], Score)] {
        &self.played
    }

    /// Home and away side of what is left to play: fixtures by day, otherwise by name.
    pub fn left(&self) -> &[[usize; 2]] {
        &self.left
    }

    /// How many matches a double round robin of the teams has beyond what was played and what is left.
    pub fn missing(&self) -> usize {
        (self.teams.len() * self.teams.len().saturating_sub(1))
            .saturating_sub(self.played.len() + self.left.len())
    }

    /// Takes points from a team.
    ///
    /// # Errors
    /// When the season has no such team.
    pub fn deduct(&mut self, team: &str, points: u8) -> Result<(), SeasonError> {
        let Some(number) = self.names.iter().position(|name| name == team) else {
            let suggestion = suggestion(team, self.names.iter().map(String::as_str));
            return Err(SeasonError::UnknownTeam {
                season: self.title(),
                team: team.to_owned(),
                suggestion,
            });
        };
        self.deductions[number] += i32::from(points);
        Ok(())
    }

    /// The teams that points are taken from, and how many.
    pub fn deductions(&self) -> impl Iterator<Item = (&str, i32)> {
        let all = self.names.iter().zip(&self.deductions);
        all.filter(|(_, points)| **points > 0)
            .map(|(name, points)| (name.as_str(), *points))
    }

    /// The table of what was played.
    pub fn standings(&self, rules: &Rules) -> Standings {
        let mut standings = Standings::new(self.teams.len(), rules);
        for &([home, away], score) in &self.played {
            standings.add(home, away, score);
        }
        for (team, &points) in self.deductions.iter().enumerate() {
            standings.deduct(team, points);
        }
        standings
    }
}

impl<'a> Rows<'a> {
    fn sort(records: &[&'a Record], year: i16, as_of: Option<Time>) -> Self {
        let mut rows = Self {
            played: Vec::new(),
            forgotten: Vec::new(),
            fixtures: Vec::new(),
            before: 0,
        };
        let mut before = BTreeSet::new();
        for &record in records {
            let (fixture, is_later) = (
                &record.fixture,
                as_of.is_some_and(|day| record.fixture.day > day),
            );
            match record.score {
                _ if fixture.season == year - 1 => before.extend([fixture.home, fixture.away]),
                _ if fixture.season != year => {}
                Some(score) if !is_later => rows.played.push((record, score)),
                Some(_) => rows.forgotten.push(record),
                None => rows.fixtures.push(record),
            }
        }
        rows.before = before.len();
        rows
    }

    /// What is not known yet, by day and id.
    fn open(&self) -> impl Iterator<Item = &'a Record> {
        let mut open: Vec<&Record> = self
            .forgotten
            .iter()
            .chain(&self.fixtures)
            .copied()
            .collect();
        open.sort_by(|a, b| (a.fixture.day, &a.fixture.id).cmp(&(b.fixture.day, &b.fixture.id)));
        open.into_iter()
    }
}

/// The league that was named, or the only one with a result.
fn find_league(
    matches: &Matches,
    asked: Option<&str>,
    as_of: Option<Time>,
) -> Result<LeagueId, SeasonError> {
    let is_known = |record: &&Record| {
        record.score.is_some() && as_of.is_none_or(|day| record.fixture.day <= day)
    };
    let played = matches
        .records
        .iter()
        .filter(is_known)
        .map(|record| record.fixture.league);
    let names: BTreeMap<&str, LeagueId> = played
        .map(|league| (matches.names.league(league), league))
        .collect();
    let leagues = || names.keys().copied().collect::<Vec<_>>().join(", ");
    match (asked, names.len()) {
        (_, 0) => Err(SeasonError::NothingPlayed { as_of }),
        (Some(name), _) => names
            .get(name)
            .copied()
            .ok_or_else(|| SeasonError::UnknownLeague {
                league: name.to_owned(),
                as_of,
                leagues: leagues(),
            }),
        (None, 1) => Ok(names.into_values().next().expect("there is one")),
        (None, _) => Err(SeasonError::SeveralLeagues { leagues: leagues() }),
    }
}

/// The season of the first match after `as_of`; without such a match the latest season.
fn year_to_finish(records: &[&Record], as_of: Option<Time>) -> i16 {
    let next = records
        .iter()
        .filter(|record| as_of.is_some_and(|day| record.fixture.day > day));
    let next = next.map(|record| record.fixture.season).min();
    next.or_else(|| records.iter().map(|record| record.fixture.season).max())
        .unwrap_or_default()
}
