//! What the filter knows: the strengths of all teams, the levels of all divisions, and how sure it is of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::covariance::{Block, Covariance, Terms, plus, times};
use super::division::Division;
use super::tuning::{LEVEL_VARIANCE, MOST_SEASONS, SILENCE, STEP_DOWN, Tuning};
use crate::domain::{LeagueId, TeamId};
use crate::predict::kind::MOST_FILTERED;
use crate::predict::prior::BASE_RATES;

/// The means and the covariance of everything, and what each number is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct State {
    day: Option<i64>,
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Covariance,
    teams: BTreeMap<TeamId, Team>,
    divisions: BTreeMap<LeagueId, Division>,
    is_full: bool,
}

/// A team that has played.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Team {
    /// Where its attack and its defence stand; `None` once it is forgotten.
    pub place: Option<usize>,
    /// Its last strength where it is forgotten.
    last: [f64; 2],
    season: i16,
    day: i64,
    /// Matches since it was new.
    pub matches: u32,
    /// Where it plays.
    pub league: LeagueId,
}

/// The teams, season and ground of a match, without what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meeting {
    pub teams: [TeamId; 2],
    pub league: LeagueId,
    /// How many divisions are above that league.
    pub level: u32,
    pub season: i16,
    pub day: i64,
    pub neutral: bool,
}

/// A pair of numbers: attack and defence of a team, or level and home advantage of a division.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// Where it stands; `None`: not yet.
    pub place: Option<usize>,
    pub mean: [f64; 2],
    pub own: Block,
    /// What it still shares with others, as a part of what it shared.
    pub factor: f64,
}

/// The terms of the log rates of both sides, over home team, away team and division: see [`Meeting::terms`].
const PLACES: usize = 6;

impl State {
    pub(super) fn team(&self, team: TeamId) -> Option<&Team> {
        self.teams.get(&team)
    }

    /// The matches of a team that count on a day: none once it is forgotten.
    pub(super) fn matches(&self, team: TeamId, day: i64) -> u32 {
        let team = self.teams.get(&team).filter(|team| !team.is_silent(day));
        team.map_or(0, |team| team.matches)
    }

    pub(super) fn teams(&self) -> impl Iterator<Item = (TeamId, &Team)> {
        self.teams.iter().map(|(id, team)| (*id, team))
    }

    pub(super) fn division(&self, league: LeagueId) -> Option<&Division> {
        self.divisions.get(&league)
    }

    pub(super) fn divisions(&self) -> impl Iterator<Item = (LeagueId, &Division)> {
        self.divisions.iter().map(|(id, division)| (*id, division))
    }

    pub(super) fn division_mut(&mut self, league: LeagueId) -> Option<&mut Division> {
        self.divisions.get_mut(&league)
    }

    /// Whether there is no room for another team.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Whether a match can be learned; if not, that is noted.
    pub(super) fn has_room(&mut self) -> bool {
        self.is_full |= self.mean.len() > 2 * MOST_FILTERED;
        !self.is_full
    }

    /// The days from the last known one.
    fn days_until(&self, day: i64) -> i64 {
        self.day.map_or(0, |known| (day - known).max(0))
    }

    /// Lets the days until this one pass: everything drifts, and teams that have long been silent are forgotten.
    pub(super) fn advance(&mut self, day: i64, tuning: &Tuning) {
        let days = self.days_until(day);
        if days > 0 {
            let (drift, level_drift) = (tuning.drift(days), tuning.level_drift(days));
            for place in self.teams.values().filter_map(|team| team.place) {
                self.covariance.add(place, drift);
            }
            for division in self.divisions.values() {
                self.covariance.add(division.place, level_drift);
            }
            self.forget_silent(day);
        }
        self.day = Some(self.day.map_or(day, |known| known.max(day)));
    }

    fn forget_silent(&mut self, day: i64) {
        let mut keeps = vec![true; self.mean.len()];
        let mut is_any = false;
        for team in self.teams.values_mut().filter(|team| team.is_silent(day)) {
            if let Some(place) = team.place.take() {
                team.last = [self.mean[place], self.mean[place + 1]];
                team.matches = 0;
                keeps[place..place + 2].fill(false);
                is_any = true;
            }
        }
        if is_any {
            self.retain(&keeps);
        }
    }

    fn retain(&mut self, keeps: &[bool]) {
        self.covariance.retain(keeps);
        let mut places = keeps.iter();
        self.mean.retain(|_| places.next().copied().unwrap_or(true));
        let mut moved = Vec::with_capacity(keeps.len());
        let mut next = 0;
        for keep in keeps {
            moved.push(next);
            next += usize::from(*keep);
        }
        for team in self.teams.values_mut() {
            team.place = team.place.map(|place| moved[place]);
        }
        for division in self.divisions.values_mut() {
            division.place = moved[division.place];
        }
    }

    /// The mean strength of the teams that a division had in its last season; `None` in its first season.
    fn centre(&self, meeting: &Meeting) -> Option<[f64; 2]> {
        let before = self.divisions.get(&meeting.league)?.before(meeting.season);
        let (mut sum, mut count) = ([0.0; 2], 0.0);
        let teams = before.iter().filter_map(|team| self.teams.get(team));
        for place in teams
            .filter(|team| !team.is_silent(meeting.day))
            .filter_map(|team| team.place)
        {
            sum[0] += self.mean[place];
            sum[1] += self.mean[place + 1];
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|sum| sum / count))
    }

    /// Attack and defence of a side as they will be in this match.
    fn side(&self, team: TeamId, meeting: &Meeting, tuning: &Tuning) -> Pair {
        let centre = self.centre(meeting);
        let expected = centre.unwrap_or([STEP_DOWN * f64::from(meeting.level); 2]);
        let Some(known) = self.teams.get(&team) else {
            return newcomer(centre, expected, tuning);
        };
        let place = known.place.filter(|_| !known.is_silent(meeting.day));
        let Some(place) = place else {
            return self.returned(known, centre, expected, tuning);
        };
        let days = self.days_until(meeting.day);
        let own = plus(self.covariance.block(place, place), tuning.drift(days));
        let mean = [self.mean[place], self.mean[place + 1]];
        let seasons = known.seasons_until(meeting.season);
        let factor = tuning.carry.powi(seasons);
        Pair {
            place: Some(place),
            mean: towards(expected, mean, factor),
            own: plus(times(own, factor * factor), tuning.season_drift(seasons)),
            factor,
        }
    }

    /// A team that had been forgotten is as unknown as a new one, and only a little of its last strength is left.
    fn returned(
        &self,
        known: &Team,
        centre: Option<[f64; 2]>,
        expected: [f64; 2],
        tuning: &Tuning,
    ) -> Pair {
        let last = known
            .place
            .map_or(known.last, |place| [self.mean[place], self.mean[place + 1]]);
        let new = newcomer(centre, expected, tuning);
        match centre {
            None => new,
            Some(centre) => Pair {
                mean: towards(centre, last, tuning.carry.powi(MOST_SEASONS)),
                ..new
            },
        }
    }

    /// Level and home advantage of the division.
    fn level(&self, meeting: &Meeting, tuning: &Tuning) -> Pair {
        let Some(division) = self.divisions.get(&meeting.league) else {
            let [home, away] = BASE_RATES.map(f64::ln);
            return Pair {
                place: None,
                mean: [away, home - away],
                own: [[LEVEL_VARIANCE, 0.0], [0.0, LEVEL_VARIANCE]],
                factor: 1.0,
            };
        };
        let place = division.place;
        let drift = tuning.level_drift(self.days_until(meeting.day));
        Pair {
            place: Some(place),
            mean: [self.mean[place], self.mean[place + 1]],
            own: plus(self.covariance.block(place, place), drift),
            factor: 1.0,
        }
    }

    /// Home team, away team and division as they will be in this match.
    pub(super) fn pairs(&self, meeting: &Meeting, tuning: &Tuning) -> [Pair; 3] {
        let [home, away] = meeting.teams.map(|team| self.side(team, meeting, tuning));
        [home, away, self.level(meeting, tuning)]
    }

    /// The log rates of both sides, and their covariance, without changing anything.
    pub(super) fn forecast(&self, meeting: &Meeting, tuning: &Tuning) -> ([f64; 2], Block) {
        let pairs = self.pairs(meeting, tuning);
        let mut covariance = [[0.0; PLACES]; PLACES];
        for (i, one) in pairs.iter().enumerate() {
            for (j, other) in pairs.iter().enumerate() {
                let block = self.shared(i == j, one, other);
                for (k, values) in block.iter().enumerate() {
                    covariance[2 * i + k][2 * j..2 * j + 2].copy_from_slice(values);
                }
            }
        }
        let terms = meeting.terms([0, 2, 4]);
        let mean = |place: usize| pairs[place / 2].mean[place % 2];
        let of = |terms: &Terms, value: &dyn Fn(usize) -> f64| -> f64 {
            terms.iter().map(|&(i, factor)| factor * value(i)).sum()
        };
        let spread = |one: usize, other: usize| {
            of(&terms[one], &|i| of(&terms[other], &|j| covariance[i][j]))
        };
        let rates = [0, 1].map(|side| of(&terms[side], &mean));
        (
            rates,
            [0, 1].map(|one| [0, 1].map(|other| spread(one, other))),
        )
    }

    fn shared(&self, is_same: bool, one: &Pair, other: &Pair) -> Block {
        match (one.place, other.place) {
            _ if is_same => one.own,
            (Some(first), Some(second)) => times(
                self.covariance.block(first, second),
                one.factor * other.factor,
            ),
            (None, _) | (_, None) => [[0.0; 2]; 2],
        }
    }

    /// Lets the match begin: both teams, and the division, stand where they will be in it. Says where each begins.
    pub(super) fn enter(&mut self, meeting: &Meeting, tuning: &Tuning) -> [usize; 3] {
        let [home, away, level] = self.pairs(meeting, tuning);
        let places = [
            self.enter_team(meeting.teams[0], home, meeting),
            self.enter_team(meeting.teams[1], away, meeting),
            self.settle(level),
        ];
        let division = self.divisions.entry(meeting.league);
        let division = division.or_insert_with(|| Division::new(places[2], meeting.season));
        division.enter(meeting.teams, meeting.season);
        places
    }

    fn enter_team(&mut self, id: TeamId, pair: Pair, meeting: &Meeting) -> usize {
        let place = self.settle(pair);
        let known = self.teams.get(&id);
        let team = Team {
            place: Some(place),
            last: [0.0; 2],
            season: known.map_or(meeting.season, |known| known.season.max(meeting.season)),
            day: known.map_or(meeting.day, |known| known.day.max(meeting.day)),
            matches: pair.place.and(known).map_or(0, |known| known.matches),
            league: meeting.league,
        };
        self.teams.insert(id, team);
        place
    }

    /// Puts a pair where it belongs.
    fn settle(&mut self, pair: Pair) -> usize {
        let Some(place) = pair.place else {
            self.mean.extend(pair.mean);
            return self.covariance.push(pair.own);
        };
        if pair.factor < 1.0 {
            self.mean[place..place + 2].copy_from_slice(&pair.mean);
            self.covariance.rescale(place, pair.factor, pair.own);
        }
        place
    }

    /// Counts a match for both sides.
    pub(super) fn count(&mut self, teams: [TeamId; 2]) {
        for id in teams {
            if let Some(team) = self.teams.get_mut(&id) {
                team.matches += 1;
            }
        }
    }

    /// Whether its parts belong together. Restored states are checked by this.
    pub(super) fn is_sound(&self) -> bool {
        let order = self.covariance.order();
        let mut places = self.teams.values().filter_map(|team| team.place);
        self.covariance.is_sound()
            && self.mean.len() == order
            && self.mean.iter().all(|value| value.is_finite())
            && places.all(|place| place + 2 <= order)
            && self.divisions.values().all(|each| each.is_sound(order))
    }
}

impl Team {
    pub(super) const fn season(&self) -> i16 {
        self.season
    }

    const fn is_silent(&self, day: i64) -> bool {
        day - self.day > SILENCE
    }

    fn seasons_until(&self, season: i16) -> i32 {
        (i32::from(season) - i32::from(self.season)).clamp(0, MOST_SEASONS)
    }
}

impl Meeting {
    /// What the log rates of both sides are sums of, where home team, away team and division begin at these places.
    ///
    /// # Formula
    /// ```text
    /// ln λ = μ + h + att_home − def_away      ln ν = μ + att_away − def_home
    /// ```
    pub(super) fn terms(&self, [home, away, level]: [usize; 3]) -> [Terms; 2] {
        let advantage = if self.neutral { 0.0 } else { 1.0 };
        [
            [
                (home, 1.0),
                (away + 1, -1.0),
                (level, 1.0),
                (level + 1, advantage),
            ],
            [
                (away, 1.0),
                (home + 1, -1.0),
                (level, 1.0),
                (level + 1, 0.0),
            ],
        ]
    }
}

/// A team of which nothing is known.
fn newcomer(centre: Option<[f64; 2]>, expected: [f64; 2], tuning: &Tuning) -> Pair {
    let weaker = if centre.is_some() {
        tuning.newcomer
    } else {
        0.0
    };
    Pair {
        place: None,
        mean: expected.map(|mean| mean + weaker),
        own: tuning.unknown(centre.is_none()),
        factor: 1.0,
    }
}

/// What is left of a strength that is pulled to the centre.
fn towards(centre: [f64; 2], strength: [f64; 2], factor: f64) -> [f64; 2] {
    [0, 1].map(|k| centre[k] + factor * (strength[k] - centre[k]))
}
