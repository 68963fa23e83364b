//! What the filter knows, as tables and seasons need it.

use serde::Serialize;

use super::Filter;
use super::state::{Meeting, State};
use crate::domain::{LeagueId, TeamId};

/// Strengths of a pool, against the average side of its highest division.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct FilterTable {
    /// The divisions, the highest first.
    pub leagues: Vec<LeagueLevel>,
    /// The teams that are not forgotten.
    pub teams: Vec<Strength>,
}

/// An estimate and its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// Goals in a division.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LeagueLevel {
    /// The division.
    pub league: LeagueId,
    /// Log of the expected goals of such an average side away to another, in this division.
    pub intercept: Estimate,
    /// Log of the ratio of home goals to away goals of equal sides.
    pub home_advantage: Estimate,
}

/// The strength of a team.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Strength {
    /// The team.
    pub team: TeamId,
    /// Where it played last.
    pub league: LeagueId,
    /// The season in which it played last.
    pub season: i16,
    /// How many matches it was seen in.
    pub matches: u32,
    /// Attack, in log goals.
    pub attack: Estimate,
    /// Defence, in log goals prevented.
    pub defence: Estimate,
    /// Attack and defence together.
    pub sum: Estimate,
}

/// The average side of the highest division: where its attack stands, and what each of them counts.
#[derive(Debug)]
struct Average {
    places: Vec<usize>,
    share: f64,
}

impl Average {
    /// A number of a team less that of the average side; 0: attack, 1: defence.
    fn subtracted(&self, number: usize, terms: &mut Vec<(usize, f64)>, factor: f64) {
        let places = self.places.iter();
        terms.extend(places.map(|place| (place + number, -factor * self.share)));
    }
}

impl Filter {
    /// The strengths after all matches so far.
    pub(crate) fn table(&mut self) -> FilterTable {
        self.catch_up();
        let state = &self.record.now().settled();
        let leagues = self.divisions(state);
        let average = average(state, leagues.first().copied());
        let teams = state.teams().map(|(team, _)| team);
        FilterTable {
            leagues: (leagues.iter())
                .filter_map(|league| level(state, *league, &average))
                .collect(),
            teams: teams
                .filter_map(|team| strength(state, team, &average))
                .collect(),
        }
    }

    /// The divisions, the highest first; those of one level by their names' order in the pool, then by their first match.
    fn divisions(&self, state: &State) -> Vec<LeagueId> {
        let mut divisions: Vec<_> = state
            .divisions()
            .map(|(league, division)| (self.level(league), division.place, league))
            .collect();
        divisions.sort_unstable();
        divisions.into_iter().map(|(_, _, league)| league).collect()
    }

    /// Teams of a division, and its level, in the matches of a season on a day; a team that has not played is new there.
    pub(crate) fn season(
        &mut self,
        league: LeagueId,
        season: i16,
        day: i64,
        teams: &[TeamId],
    ) -> SeasonBelief {
        self.catch_up();
        let mut state = self.record.now().settled();
        state.advance(day, &self.tunings);
        let tuning = state.tuning(league, &self.tunings);
        let mut places = Vec::with_capacity(2 * teams.len() + 2);
        let mut of_league = None;
        for pair in teams.chunks(2) {
            let meeting = Meeting {
                // one that is left over meets a team that has its place
                teams: [pair[0], *pair.get(1).unwrap_or(&teams[0])],
                league,
                level: self.level(league),
                season,
                day,
                neutral: false,
            };
            let [home, away, level] = state.enter(&meeting, tuning);
            places.extend([home, away].iter().take(pair.len()));
            of_league = Some(level);
        }
        places.extend(of_league);
        SeasonBelief::of(&state, &places, self.rho)
    }
}

fn average(state: &State, league: Option<LeagueId>) -> Average {
    let division = league.and_then(|league| state.division(league));
    let teams = division.map_or(&[][..], |division| division.members());
    let places: Vec<usize> = teams
        .iter()
        .filter_map(|team| state.team(*team)?.place)
        .collect();
    let share = 1.0 / places.len().max(1) as f64;
    Average { places, share }
}

fn strength(state: &State, team: TeamId, average: &Average) -> Option<Strength> {
    let known = state.team(team)?;
    let place = known.place?;
    let of = |number: usize| {
        let mut terms = vec![(place + number, 1.0)];
        average.subtracted(number, &mut terms, 1.0);
        terms
    };
    let (attack, defence) = (of(0), of(1));
    Some(Strength {
        team,
        league: known.league,
        season: known.season(),
        matches: known.matches,
        attack: estimate(state, &attack),
        defence: estimate(state, &defence),
        sum: estimate(state, &[attack, defence].concat()),
    })
}

fn level(state: &State, league: LeagueId, average: &Average) -> Option<LeagueLevel> {
    let place = state.division(league)?.place;
    let mut intercept = vec![(place, 1.0)];
    average.subtracted(0, &mut intercept, -1.0);
    average.subtracted(1, &mut intercept, 1.0);
    Some(LeagueLevel {
        league,
        intercept: estimate(state, &intercept),
        home_advantage: estimate(state, &[(place + 1, 1.0)]),
    })
}

/// A sum of numbers, and its standard error.
fn estimate(state: &State, terms: &[(usize, f64)]) -> Estimate {
    let value = terms.iter().map(|&(i, factor)| factor * state.mean[i]);
    let of = |&(i, factor): &(usize, f64)| -> f64 {
        let others = terms.iter();
        let shared = others.map(|&(j, other)| other * state.covariance.at(i, j));
        factor * shared.sum::<f64>()
    };
    let variance: f64 = terms.iter().map(of).sum();
    Estimate {
        value: value.sum(),
        error: variance.max(0.0).sqrt(),
    }
}

/// The strengths of the teams of a season and the level of their division, with their covariance.
#[derive(Debug, Clone)]
pub(crate) struct SeasonBelief {
    mean: Vec<f64>,
    /// The lower factor L of the covariance L·Lᵀ, row after row, each as long as its number.
    factor: Vec<Vec<f64>>,
    /// ρ.
    pub rho: f64,
}

impl SeasonBelief {
    fn of(state: &State, places: &[usize], rho: f64) -> Self {
        let numbers: Vec<usize> = places
            .iter()
            .flat_map(|place| [*place, place + 1])
            .collect();
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(numbers.len());
        for (i, &place) in numbers.iter().enumerate() {
            let mut row = Vec::with_capacity(i + 1);
            for (j, &other) in numbers[..=i].iter().enumerate() {
                let above = if i == j { &row } else { &factor[j] };
                let known: f64 = row
                    .iter()
                    .zip(above)
                    .map(|(x, y): (&f64, &f64)| x * y)
                    .sum();
                let rest = state.covariance.at(place, other) - known;
                row.push(if i == j {
                    rest.max(0.0).sqrt()
                } else if factor[j][j] > 0.0 {
                    rest / factor[j][j]
                } else {
                    0.0
                });
            }
            factor.push(row);
        }
        Self {
            mean: numbers.iter().map(|&place| state.mean[place]).collect(),
            factor,
            rho,
        }
    }

    /// Numbers drawn from what is believed, by means of independent standard normal numbers.
    ///
    /// # Formula
    /// ```text
    /// x + L·z      P = L·Lᵀ      z ~ N(0, 1)
    /// ```
    pub(crate) fn draw(&self, normals: &mut dyn FnMut() -> f64) -> Vec<f64> {
        let shocks: Vec<f64> = self.mean.iter().map(|_| normals()).collect();
        let drawn = self.mean.iter().zip(&self.factor).map(|(mean, row)| {
            let moved: f64 = row.iter().zip(&shocks).map(|(x, z)| x * z).sum();
            mean + moved
        });
        drawn.collect()
    }

    /// Goals that are expected of both sides, by their numbers among the teams; `None` where there is no such team.
    pub(crate) fn rates(&self, teams: [usize; 2], neutral: bool) -> Option<[f64; 2]> {
        let rate = |terms: &[(usize, f64); 4]| {
            let along = |k: usize| -> f64 {
                let parts = terms.iter();
                let parts = parts.map(|&(i, sign)| sign * self.factor[i].get(k).unwrap_or(&0.0));
                parts.sum()
            };
            let variance: f64 = (0..self.mean.len()).map(|k| along(k).powi(2)).sum();
            (sum(terms, &self.mean) + 0.5 * variance).exp()
        };
        Some(self.terms(teams, neutral)?.each_ref().map(rate))
    }

    /// The same by numbers that were drawn.
    pub(crate) fn rates_of(
        &self,
        drawn: &[f64],
        teams: [usize; 2],
        neutral: bool,
    ) -> Option<[f64; 2]> {
        let terms = self.terms(teams, neutral)?;
        Some(terms.each_ref().map(|terms| sum(terms, drawn).exp()))
    }

    /// What the log rates of both sides are sums of.
    fn terms(&self, [home, away]: [usize; 2], neutral: bool) -> Option<[[(usize, f64); 4]; 2]> {
        let level = self.mean.len().checked_sub(2)?;
        let exist = 2 * home < level && 2 * away < level;
        let advantage = if neutral { 0.0 } else { 1.0 };
        let of = |attack: usize, defence: usize, advantage: f64| {
            [
                (2 * attack, 1.0),
                (2 * defence + 1, -1.0),
                (level, 1.0),
                (level + 1, advantage),
            ]
        };
        exist.then(|| [of(home, away, advantage), of(away, home, 0.0)])
    }
}

fn sum(terms: &[(usize, f64); 4], numbers: &[f64]) -> f64 {
    terms.iter().map(|&(i, sign)| sign * numbers[i]).sum()
}
