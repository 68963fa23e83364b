//! The matches of a season: those that were played and those that are left.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{SeasonError, suggestion};
use super::rules::Rules;
use super::standings::Standings;
use crate::calendar;
use crate::domain::{LeagueId, MatchStatus, Score, TeamId, Time};
use crate::source::synthetic::{Purpose, stream};
use crate::source::{MatchRecord, Matches};

/// Matches after which a team counts as settled in the season.
const SETTLED: u32 = 3;

/// The most teams of a season: of a double round robin between more there are millions of matches left.
const MOST_TEAMS: usize = 512;

/// One season of one league, of which a part was played. Teams are numbered from 0 in alphabetical order.
///
/// ```
/// use simbet::{ReadConfig, Rules, Season, read_bytes};
/// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,10/08/24,Ayton,Brae,3,0\nE0,17/08/24,Brae,Ayton,,\n";
/// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
/// let season = Season::find(&matches, None, None, Rules::of).unwrap();
/// assert_eq!(season.names(), ["Ayton", "Brae"]);
/// assert_eq!((season.played().len(), season.left()), (1, &[[1, 0]][..]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Season {
    league: String,
    year: i16,
    /// Whether all its matches are of this year, also in spring.
    is_calendar_year: bool,
    as_of: Time,
    teams: Vec<TeamId>,
    names: Vec<String>,
    played: Vec<([usize; 2], Score)>,
    left: Vec<[usize; 2]>,
    /// Whether each of these is on neutral grounds; empty where none is.
    neutral: Vec<bool>,
    repeated: Vec<([usize; 2], [Time; 2])>,
    deductions: Vec<i32>,
}

/// The records of a season, by what is known on the day of the projection.
struct Rows<'a> {
    played: Vec<(&'a MatchRecord, Score)>,
    /// Results of later days, which count as unknown.
    later: Vec<&'a MatchRecord>,
    /// Rows without a score.
    fixtures: Vec<&'a MatchRecord>,
    /// Matches that were broken off or put off, which do not count and are to be played yet.
    again: Vec<&'a MatchRecord>,
    /// Matches that will not be played.
    cancelled: Vec<&'a MatchRecord>,
    /// The number of teams in the season before.
    before: usize,
}

impl Season {
    /// The season to finish: that of the first match after `as_of`, or the latest one.
    ///
    /// Left to play are all rows without a score, and all results after `as_of`, whose scores are ignored. Where every row
    /// has a score, it is the unplayed part of the double round robin among the season's teams, without later play-offs.
    /// A match that was abandoned or postponed does not count and is left to play, unless it stands there once more; a
    /// cancelled one is neither played nor left; an awarded one counts as if it had been played.
    ///
    /// # Errors
    /// When there is no result, the league is ambiguous, a fixture was already played, a fixture names a team that is not
    /// in the season, or not all teams are known yet.
    pub fn find(
        matches: &Matches,
        league: Option<&str>,
        as_of: Option<Time>,
        rules: impl FnOnce(&str) -> Rules,
    ) -> Result<Self, SeasonError> {
        let league = find_league(matches, league, as_of)?;
        let rules = rules(matches.names.league(league));
        let records: Vec<&MatchRecord> = matches
            .records
            .iter()
            .filter(|record| record.fixture.league == league)
            .collect();
        let last = records
            .iter()
            .filter(|record| is_known(record, as_of))
            .map(|record| record.fixture.day)
            .max()
            .unwrap_or_default();
        let year = year_to_finish(&records, as_of);
        let mut rows = Rows::sort(&records, year, as_of);
        rows.plan_again();
        let mut season = Self::empty(
            matches,
            matches.names.league(league),
            year,
            as_of.unwrap_or(last),
            &rows,
        );
        season.is_calendar_year = is_calendar_year(&records, year);
        season.ensure_size()?;
        season.check_teams(&rows, matches)?;
        season.left = season.remaining(&rows, &rules)?;
        if season.left.len() == rows.open().count() {
            season.neutral = rows.open().map(|record| record.fixture.neutral).collect();
        }
        if rules.double_round_robin {
            season.repeated = season.find_repeated(&rows);
            if !rows.fixtures.is_empty() {
                season.check_pairs(&rows)?;
            }
        }
        Ok(season)
    }

    /// The season with its teams and results, and nothing left to play.
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
            is_calendar_year: false,
            as_of,
            names: by_name.keys().map(|&name| name.to_owned()).collect(),
            deductions: vec![0; by_name.len()],
            teams: by_name.into_values().collect(),
            played: Vec::new(),
            left: Vec::new(),
            neutral: Vec::new(),
            repeated: Vec::new(),
        };
        season.played = rows
            .played
            .iter()
            .map(|(record, score)| (season.pair(record), *score))
            .collect();
        season
    }

    /// The numbers of both sides.
    fn pair(&self, record: &MatchRecord) -> [usize; 2] {
        [record.fixture.home, record.fixture.away].map(|team| {
            self.teams
                .iter()
                .position(|&other| other == team)
                .expect("every team was entered")
        })
    }

    /// The number of matches that each team has played.
    fn match_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.teams.len()];
        for &([home, away], _) in &self.played {
            counts[home] += 1;
            counts[away] += 1;
        }
        counts
    }

    fn ensure_size(&self) -> Result<(), SeasonError> {
        if self.teams.len() <= MOST_TEAMS {
            return Ok(());
        }
        Err(SeasonError::TooLarge {
            season: self.title(),
            teams: self.teams.len(),
            most: MOST_TEAMS,
        })
    }

    /// Checks that fixtures have no misspelt team and that no team of the season is missing.
    fn check_teams(&self, rows: &Rows<'_>, all: &Matches) -> Result<(), SeasonError> {
        let matches = self.match_counts();
        let settled = matches.iter().filter(|&&count| count >= SETTLED).count();
        // a name without any result is a misspelling, unless the season has only begun
        let mut fixtures = rows.fixtures.iter().flat_map(|record| self.pair(record));
        let unknown = fixtures.find(|&team| matches[team] == 0 && !self.has_result(team, all));
        if let Some(team) = unknown.filter(|_| 2 * settled > self.teams.len()) {
            let names = self.names.iter().zip(&matches);
            let known = names.filter(|(_, matches)| **matches > 0);
            let suggestion = suggestion(&self.names[team], known.map(|(name, _)| name.as_str()));
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

    /// Whether any record, of any season, has a result of the team.
    fn has_result(&self, team: usize, all: &Matches) -> bool {
        let team = self.teams[team];
        all.records.iter().any(|record| {
            record.result().is_some() && [record.fixture.home, record.fixture.away].contains(&team)
        })
    }

    fn remaining(&self, rows: &Rows<'_>, rules: &Rules) -> Result<Vec<[usize; 2]>, SeasonError> {
        if !rows.fixtures.is_empty() || !rules.double_round_robin && !rows.later.is_empty() {
            return Ok(rows.open().map(|record| self.pair(record)).collect());
        }
        if !rules.double_round_robin {
            return Err(SeasonError::NeedsFixtures {
                season: self.title(),
            });
        }
        let cancelled = rows.cancelled.iter().map(|record| self.pair(record));
        let played = self.played.iter().map(|(pair, _)| *pair);
        let played: BTreeSet<[usize; 2]> = played.chain(cancelled).collect();
        let teams = 0..self.teams.len();
        let pairs = teams
            .clone()
            .flat_map(|home| teams.clone().map(move |away| [home, away]));
        Ok(pairs
            .filter(|pair| pair[0] != pair[1] && !played.contains(pair))
            .collect())
    }

    /// The pairs that were played twice at one ground, with the first two days on which they were.
    fn find_repeated(&self, rows: &Rows<'_>) -> Vec<([usize; 2], [Time; 2])> {
        let mut days: BTreeMap<[usize; 2], Vec<Time>> = BTreeMap::new();
        for (record, _) in &rows.played {
            days.entry(self.pair(record))
                .or_default()
                .push(record.fixture.day);
        }
        let mut repeated = Vec::new();
        for (pair, mut days) in days {
            days.sort_unstable();
            if let [first, second, ..] = days[..] {
                repeated.push((pair, [first, second]));
            }
        }
        repeated
    }

    /// Checks that no fixture was already played and that none is there twice.
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

    /// League and season, as `E0 2023-24`, or `Eliteserien 2023` where a season is a calendar year.
    pub fn title(&self) -> String {
        if self.is_calendar_year {
            return format!("{} {}", self.league, self.year);
        }
        format!("{} {}", self.league, calendar::season_name(self.year))
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

    /// Home side, away side and score of the matches that were played.
    pub fn played(&self) -> &[([usize; 2], Score)] {
        &self.played
    }

    /// Home and away side of the matches that are left: fixtures by day, others by name.
    pub fn left(&self) -> &[[usize; 2]] {
        &self.left
    }

    /// Whether a match that is left is on neutral grounds.
    pub(super) fn is_neutral(&self, left: usize) -> bool {
        self.neutral.get(left).copied().unwrap_or(false)
    }

    /// The pairs that a double round robin has once and that were played twice at one ground: home side, away side, and the
    /// first two days. Both results count.
    pub fn repeated(&self) -> impl Iterator<Item = (&str, &str, [Time; 2])> {
        let name = |team: usize| self.names[team].as_str();
        let pairs = self.repeated.iter();
        pairs.map(move |&([home, away], days)| (name(home), name(away), days))
    }

    /// The number of matches of a double round robin that were neither played nor are left.
    pub fn missing(&self) -> usize {
        (self.teams.len() * self.teams.len().saturating_sub(1))
            .saturating_sub(self.played.len() + self.left.len())
    }

    /// Deducts points from a team.
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

    /// The teams with a deduction of points, and its size.
    pub fn deductions(&self) -> impl Iterator<Item = (&str, i32)> {
        let all = self.names.iter().zip(&self.deductions);
        all.filter(|(_, points)| **points > 0)
            .map(|(name, points)| (name.as_str(), *points))
    }

    /// The table of the matches that were played.
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

    /// The names of the teams from first to last; the order of those that are level by all criteria is drawn by this seed.
    ///
    /// ```
    /// use simbet::{ReadConfig, Rules, Season, read_bytes};
    /// let csv = b"Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,10/08/24,Ayton,Brae,0,3\nE0,17/08/24,Brae,Ayton,,\n";
    /// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
    /// let season = Season::find(&matches, None, None, Rules::of).unwrap();
    /// assert_eq!(season.ranking(&Rules::of("E0"), 1), ["Brae", "Ayton"]);
    /// ```
    pub fn ranking(&self, rules: &Rules, seed: u64) -> Vec<&str> {
        let order = self
            .standings(rules)
            .rank(&mut stream(seed, 0, Purpose::Lots));
        order
            .into_iter()
            .map(|team| self.names[team].as_str())
            .collect()
    }
}

impl<'a> Rows<'a> {
    fn sort(records: &[&'a MatchRecord], year: i16, as_of: Option<Time>) -> Self {
        let mut rows = Self {
            played: Vec::new(),
            later: Vec::new(),
            fixtures: Vec::new(),
            again: Vec::new(),
            cancelled: Vec::new(),
            before: 0,
        };
        let mut before = BTreeSet::new();
        for &record in records {
            let (fixture, is_later) = (
                &record.fixture,
                as_of.is_some_and(|day| record.fixture.day > day),
            );
            if fixture.season == year - 1 {
                before.extend([fixture.home, fixture.away]);
            }
            if fixture.season != year {
                continue;
            }
            match (record.status, record.score) {
                (MatchStatus::Cancelled, _) => rows.cancelled.push(record),
                (MatchStatus::Abandoned | MatchStatus::Postponed, _) => rows.again.push(record),
                (MatchStatus::Played | MatchStatus::Awarded, Some(score)) if !is_later => {
                    rows.played.push((record, score));
                }
                (MatchStatus::Played | MatchStatus::Awarded, Some(_)) => rows.later.push(record),
                (MatchStatus::Played | MatchStatus::Awarded, None) => rows.fixtures.push(record),
            }
        }
        rows.before = before.len();
        rows
    }

    /// Adds the matches that were broken off or put off to the fixtures, where there are fixtures and none is of that pair.
    /// Without fixtures, all pairs that have not been played are left anyway.
    fn plan_again(&mut self) {
        if self.fixtures.is_empty() {
            return;
        }
        let pair = |record: &MatchRecord| [record.fixture.home, record.fixture.away];
        let played = self.played.iter().map(|(record, _)| pair(record));
        let open = self
            .later
            .iter()
            .chain(&self.fixtures)
            .map(|record| pair(record));
        let mut known: BTreeSet<_> = played.chain(open).collect();
        for record in std::mem::take(&mut self.again) {
            if known.insert(pair(record)) {
                self.fixtures.push(record);
            }
        }
    }

    /// The records without a known result, by day and id.
    fn open(&self) -> impl Iterator<Item = &'a MatchRecord> {
        let mut open: Vec<&MatchRecord> =
            self.later.iter().chain(&self.fixtures).copied().collect();
        open.sort_by(|a, b| (a.fixture.day, &a.fixture.id).cmp(&(b.fixture.day, &b.fixture.id)));
        open.into_iter()
    }
}

/// Whether the matches of a season are all of the year in which it starts, and some of its first half.
fn is_calendar_year(records: &[&MatchRecord], year: i16) -> bool {
    let of_season = records
        .iter()
        .filter(|record| record.fixture.season == year);
    let dates = of_season.map(|record| calendar::civil(record.fixture.day).date());
    let (mut in_spring, mut in_year) = (false, true);
    for date in dates {
        in_year &= date.year() == year;
        in_spring |= date.month() < 7;
    }
    in_year && in_spring
}

/// The league that was named, or the only one with a result.
fn find_league(
    matches: &Matches,
    league: Option<&str>,
    as_of: Option<Time>,
) -> Result<LeagueId, SeasonError> {
    let played: BTreeMap<&str, LeagueId> = matches
        .records
        .iter()
        .filter(|record| is_known(record, as_of))
        .map(|record| record.fixture.league)
        .map(|league| (matches.names.league(league), league))
        .collect();
    let leagues = played.keys().copied().collect::<Vec<_>>().join(", ");
    match (league, played.len()) {
        (_, 0) => Err(SeasonError::NothingPlayed { as_of }),
        (Some(name), _) => played
            .get(name)
            .copied()
            .ok_or_else(|| SeasonError::UnknownLeague {
                league: name.to_owned(),
                as_of,
                leagues,
            }),
        (None, 1) => Ok(played.into_values().next().expect("there is one")),
        (None, _) => Err(SeasonError::SeveralLeagues { leagues }),
    }
}

/// Whether a record has a result that is known on this day.
fn is_known(record: &MatchRecord, as_of: Option<Time>) -> bool {
    record.status.counts_in_standings()
        && record.score.is_some()
        && as_of.is_none_or(|day| record.fixture.day <= day)
}

/// The season of the first match after `as_of`; without such a match the latest season.
fn year_to_finish(records: &[&MatchRecord], as_of: Option<Time>) -> i16 {
    let next = records
        .iter()
        .filter(|record| as_of.is_some_and(|day| record.fixture.day > day));
    let next = next.map(|record| record.fixture.season).min();
    next.or_else(|| records.iter().map(|record| record.fixture.season).max())
        .unwrap_or_default()
}
