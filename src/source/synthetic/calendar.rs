//! The calendar of a league: double round robins with one match day a week.

use std::sync::Arc;

use jiff::civil::{Date, Weekday};

use crate::calendar;
use crate::domain::{Fixture, LeagueId, Names, TeamId, Time};

/// The seasons from the first one to the end of the calendar.
pub(super) const MAX_SEASONS: u64 = 7_999;
/// The year in which the first season starts.
pub(super) const FIRST_YEAR: i16 = 2000;
/// The kick-off of every match, in seconds after midnight.
const KICKOFF: i64 = 15 * 3600;
/// The most days from the first round of a season to the last.
const SEASON_DAYS: i64 = 290;

/// The fixtures of a league, season after season.
#[derive(Debug)]
pub(super) struct Calendar {
    names: Names,
    league: LeagueId,
    teams: Vec<TeamId>,
    /// Home and away side of each match of a season, by the indices of teams, round after round. The matches of a round are
    /// in order of the fixture's id, as in any source.
    pairs: Vec<[usize; 2]>,
    /// The index in `pairs` of each ordered pair of teams, a row for each home side.
    places: Vec<usize>,
    /// Days from round to round.
    step: i64,
}

impl Calendar {
    /// The calendar of teams with these names, an even number of at least 2.
    pub fn new(league: &str, teams: &[String]) -> Self {
        let mut names = Names::default();
        let league = names.intern_league(league);
        let ids = teams.iter().map(|team| names.intern_team(team)).collect();
        let mut pairs = round_robin(teams.len());
        // the matches of a round are in order of their ids
        for round in pairs.chunks_mut(teams.len() / 2) {
            round.sort_by_cached_key(|&[home, away]| format!("{}:{}", teams[home], teams[away]));
        }
        let rounds = (pairs.len() / (teams.len() / 2)) as i64;
        let mut places = vec![0; teams.len() * teams.len()];
        for (place, [home, away]) in pairs.iter().enumerate() {
            places[home * teams.len() + away] = place;
        }
        Self {
            names,
            league,
            teams: ids,
            pairs,
            places,
            step: (SEASON_DAYS / rounds).clamp(1, 7),
        }
    }

    /// The number of a match, counted from the first match of the first season; `None` for a match of another calendar.
    pub fn place(&self, fixture: &Fixture) -> Option<u64> {
        let row = fixture.home.0 as usize * self.teams.len();
        let place = *self.places.get(row + fixture.away.0 as usize)? as u64;
        let season = u64::try_from(fixture.season - FIRST_YEAR).ok()?;
        Some(season * self.pairs.len() as u64 + place)
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Home and away side of each match of a season, by the indices of teams.
    pub fn pairs(&self) -> &[[usize; 2]] {
        &self.pairs
    }

    /// Matches in a round.
    pub fn round_size(&self) -> usize {
        self.teams.len() / 2
    }

    /// The fixtures of a season, counted from 0, in the order of [`Self::pairs`].
    pub fn season(&self, number: u64) -> Vec<Arc<Fixture>> {
        let season = FIRST_YEAR + number as i16;
        let first = calendar::time_of_date(second_saturday_of_august(season));
        let mut fixtures = Vec::with_capacity(self.pairs.len());
        for (round, pairs) in self.pairs.chunks(self.round_size()).enumerate() {
            let day = first + Time::DAY * self.step * round as i64;
            let date = calendar::format_date(day);
            fixtures.extend(
                pairs
                    .iter()
                    .map(|&pair| Arc::new(self.fixture(pair, season, day, &date))),
            );
        }
        fixtures
    }

    fn fixture(&self, [home, away]: [usize; 2], season: i16, day: Time, date: &str) -> Fixture {
        let (home, away) = (self.teams[home], self.teams[away]);
        let names = &self.names;
        Fixture {
            id: Fixture::id_of(
                names.league(self.league),
                date,
                names.team(home),
                names.team(away),
            ),
            league: self.league,
            home,
            away,
            season,
            day,
            kickoff: Some(day + KICKOFF),
            neutral: false,
        }
    }
}

/// A double round robin by the circle method: one team stays in place and the others rotate.
fn round_robin(teams: usize) -> Vec<[usize; 2]> {
    let circle = teams - 1;
    let mut pairs = Vec::with_capacity(teams * circle);
    for round in 0..circle {
        let fixed = [circle, round];
        pairs.push(if round % 2 == 0 {
            fixed
        } else {
            [round, circle]
        });
        for k in 1..teams / 2 {
            let (one, other) = ((round + k) % circle, (round + circle - k) % circle);
            pairs.push(if k % 2 == 0 {
                [one, other]
            } else {
                [other, one]
            });
        }
    }
    let returns: Vec<_> = pairs.iter().map(|&[home, away]| [away, home]).collect();
    pairs.extend(returns);
    pairs
}

fn second_saturday_of_august(year: i16) -> Date {
    let saturday =
        Date::new(year, 8, 1).and_then(|first| first.nth_weekday_of_month(2, Weekday::Saturday));
    saturday.unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn calendar(teams: usize) -> Calendar {
        Calendar::new(
            "SIM",
            &(0..teams)
                .map(|k| format!("Team {k:02}"))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn everybody_plays_everybody_at_home_once_and_nobody_twice_a_round() {
        for teams in [2, 4, 20, 100] {
            let calendar = calendar(teams);
            assert_eq!(calendar.pairs().len(), teams * (teams - 1));
            assert_eq!(
                calendar.pairs().iter().collect::<BTreeSet<_>>().len(),
                teams * (teams - 1)
            );
            for round in calendar.pairs().chunks(calendar.round_size()) {
                assert_eq!(round.iter().flatten().collect::<BTreeSet<_>>().len(), teams);
            }
        }
    }

    #[test]
    fn a_season_fits_between_august_and_june() {
        for teams in [2, 20, 100] {
            let season = calendar(teams).season(24);
            let (first, last) = (season.first().unwrap(), season.last().unwrap());
            assert_eq!(first.season, 2024);
            assert_eq!(calendar::format_date(first.day), "2024-08-10");
            assert!(calendar::format_date(last.day).as_str() < "2025-06-01");
        }
    }

    #[test]
    fn the_last_season_there_is_room_for_has_a_date() {
        let last = calendar(4).season(MAX_SEASONS - 1);
        assert_eq!(calendar::format_date(last[0].day), "9998-08-08");
    }
}
