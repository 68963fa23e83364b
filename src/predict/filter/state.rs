//! What the filter knows: the strengths of all teams, the levels of all divisions, and how sure it is of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Shown};
use super::covariance::{Block, Covariance, Terms, plus, times};
use super::division::Division;
use super::tuning::{LEVEL_VARIANCE, MOST_SEASONS, SILENCE, STEP_DOWN, Tuning, Tunings};
use crate::domain::{LeagueId, TeamId};
use crate::predict::kind::MOST_FILTERED;
use crate::predict::prior::BASE_RATES;
use crate::predict::teaching::PriceShare;

/// The means and the covariance of everything, and what each number is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct State {
    day: Option<i64>,
    pub(super) mean: Vec<f64>,
    pub(super) covariance: Covariance,
    teams: BTreeMap<TeamId, Team>,
    divisions: BTreeMap<LeagueId, Division>,
    is_full: bool,
    /// The day of the last match of each division, and whether its matches have prices.
    prices: BTreeMap<LeagueId, (i64, PriceShare)>,
    /// What the last matches have taught that has not moved the numbers yet. What is saved is settled.
    #[serde(skip)]
    pub(super) batch: Batch,
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
    /// What is left of what set it apart, as a factor.
    pub factor: f64,
    /// What is added to its own covariance.
    pub added: Block,
}

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

    /// Moves the numbers by what the last matches have taught.
    ///
    /// What a state is depends on its matches alone, to the last bit: not on when it was asked. So this is done where the next
    /// match says so, and otherwise only of a copy.
    pub(super) fn settle(&mut self) {
        self.batch.move_all(&mut self.mean, &mut self.covariance);
    }

    /// The same state with its numbers moved.
    pub(super) fn settled(&self) -> Self {
        let mut settled = self.clone();
        settled.settle();
        settled
    }

    /// Lets the days until this one pass: everything drifts, and teams that have long been silent are forgotten.
    pub(super) fn advance(&mut self, day: i64, tunings: &Tunings) {
        let days = self.days_until(day);
        if days > 0 {
            self.settle();
            self.drift(days, tunings);
            self.forget_silent(day);
        }
        self.day = Some(self.day.map_or(day, |known| known.max(day)));
    }

    fn drift(&mut self, days: i64, tunings: &Tunings) {
        let drifts = [false, true].map(|usual| tunings.with(usual).drift(days));
        for (place, league) in self
            .teams
            .values()
            .filter_map(|team| Some((team.place?, team.league)))
        {
            let is_usual = are_usual(&self.prices, league);
            self.covariance.add(place, drifts[usize::from(is_usual)]);
        }
        for (league, division) in &self.divisions {
            let tuning = tunings.with(are_usual(&self.prices, *league));
            self.covariance
                .add(division.place, tuning.level_drift(days));
        }
    }

    /// The constants of a division.
    pub(super) fn tuning<'a>(&self, league: LeagueId, tunings: &'a Tunings) -> &'a Tuning {
        tunings.with(are_usual(&self.prices, league))
    }

    /// Notes whether a match of a division has prices.
    pub(super) fn note_prices(&mut self, league: LeagueId, day: i64, has_prices: bool) {
        let (last, share) = self
            .prices
            .entry(league)
            .or_insert((day, PriceShare::default()));
        share.age(day - *last);
        share.add(0, has_prices);
        *last = day;
    }

    fn forget_silent(&mut self, day: i64) {
        let is_forgotten = |team: &Team| team.place.is_some() && team.is_silent(day);
        if !self.teams.values().any(is_forgotten) {
            return;
        }
        let mut keeps = vec![true; self.mean.len()];
        for team in self.teams.values_mut().filter(|team| team.is_silent(day)) {
            if let Some(place) = team.place.take() {
                team.last = [self.mean[place], self.mean[place + 1]];
                team.matches = 0;
                keeps[place..place + 2].fill(false);
            }
        }
        self.retain(&keeps);
    }

    /// The means of a pair.
    fn means(&self, place: usize) -> [f64; 2] {
        [place, place + 1].map(|place| self.mean[place] + self.batch.move_of(place))
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
            let [attack, defence] = self.means(place);
            sum[0] += attack;
            sum[1] += defence;
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|sum| sum / count))
    }

    /// Attack and defence of a side as they will be in this match.
    fn side(&self, team: TeamId, meeting: &Meeting, tuning: &Tuning) -> Pair {
        let Some(known) = self.teams.get(&team) else {
            let (centre, expected) = self.expected(meeting);
            return newcomer(centre, expected, tuning);
        };
        let place = known.place.filter(|_| !known.is_silent(meeting.day));
        let Some(place) = place else {
            let (centre, expected) = self.expected(meeting);
            return self.returned(known, centre, expected, tuning);
        };
        let drift = tuning.drift(self.days_until(meeting.day));
        let mean = self.means(place);
        let seasons = known.seasons_until(meeting.season);
        if seasons == 0 {
            return Pair {
                place: Some(place),
                mean,
                factor: 1.0,
                added: drift,
            };
        }
        let factor = tuning.carry.powi(seasons);
        Pair {
            place: Some(place),
            mean: towards(self.expected(meeting).1, mean, factor),
            factor,
            added: plus(times(drift, factor * factor), tuning.season_drift(seasons)),
        }
    }

    /// The mean strength of a division's last season, and what is expected of a team without it.
    fn expected(&self, meeting: &Meeting) -> (Option<[f64; 2]>, [f64; 2]) {
        let centre = self.centre(meeting);
        let founder = [STEP_DOWN * f64::from(meeting.level); 2];
        (centre, centre.unwrap_or(founder))
    }

    /// A team that had been forgotten is as unknown as a new one, and only a little of its last strength is left.
    fn returned(
        &self,
        known: &Team,
        centre: Option<[f64; 2]>,
        expected: [f64; 2],
        tuning: &Tuning,
    ) -> Pair {
        let last = known.place.map_or(known.last, |place| self.means(place));
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
                factor: 1.0,
                added: [[LEVEL_VARIANCE, 0.0], [0.0, LEVEL_VARIANCE]],
            };
        };
        Pair {
            place: Some(division.place),
            mean: self.means(division.place),
            factor: 1.0,
            added: tuning.level_drift(self.days_until(meeting.day)),
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
        let factors = meeting.numbers();
        let rates = factors.map(|factors| {
            let pairs = factors.iter().zip(&pairs);
            let parts = pairs.map(|([x, y], pair)| x * pair.mean[0] + y * pair.mean[1]);
            parts.sum()
        });
        let spread = self.spread(&factors.each_ref().map(|factors| terms(factors, &pairs)));
        let added = |one: usize, other: usize| -> f64 {
            let pairs = pairs.iter().enumerate();
            let parts = pairs.map(|(k, pair)| form(factors[one][k], pair.added, factors[other][k]));
            parts.sum()
        };
        (
            rates,
            [0, 1].map(|i| [0, 1].map(|k| spread[i][k] + added(i, k))),
        )
    }

    /// The covariance of two sums of numbers.
    fn spread(&self, sums: &[Terms; 2]) -> Block {
        let [own, others] = [0, 1].map(|i| self.covariance.between(&sums[i], &sums[i]));
        let shared = self.covariance.between(&sums[0], &sums[1]);
        self.batch.moved(sums, [[own, shared], [shared, others]])
    }

    /// Lets a match of the day begin, and shows what is known of it.
    pub(super) fn show(&mut self, meeting: &Meeting, tuning: &Tuning) -> Shown {
        let places = if let Some(places) = self.entered(meeting).filter(|_| self.batch.has_room()) {
            self.note(meeting, places[2]);
            places
        } else {
            self.settle();
            self.enter(meeting, tuning)
        };
        self.batch.show(places, &self.mean, &self.covariance)
    }

    /// Where both teams and the division begin, if they stand already where they will be in the match.
    fn entered(&self, meeting: &Meeting) -> Option<[usize; 3]> {
        let [home, away] = meeting.teams.map(|team| {
            let known = self.teams.get(&team)?;
            let is_there =
                !known.is_silent(meeting.day) && known.seasons_until(meeting.season) == 0;
            known.place.filter(|_| is_there)
        });
        let division = self.divisions.get(&meeting.league)?;
        Some([home?, away?, division.place])
    }

    /// Notes that both teams play.
    fn note(&mut self, meeting: &Meeting, place: usize) {
        let division = self.divisions.entry(meeting.league);
        let division = division.or_insert_with(|| Division::new(place, meeting.season));
        division.enter(meeting.teams, meeting.season);
        for id in meeting.teams {
            if let Some(team) = self.teams.get_mut(&id) {
                team.season = team.season.max(meeting.season);
                team.day = team.day.max(meeting.day);
                team.league = meeting.league;
            }
        }
    }

    /// Lets both teams, and the division, stand where they will be in a match. Says where each begins.
    pub(super) fn enter(&mut self, meeting: &Meeting, tuning: &Tuning) -> [usize; 3] {
        let [home, away, level] = self.pairs(meeting, tuning);
        let places = [
            self.enter_team(meeting.teams[0], home, meeting),
            self.enter_team(meeting.teams[1], away, meeting),
            self.place(level),
        ];
        self.note(meeting, places[2]);
        places
    }

    fn enter_team(&mut self, id: TeamId, pair: Pair, meeting: &Meeting) -> usize {
        let place = self.place(pair);
        if pair.place.is_none() {
            let team = Team {
                place: Some(place),
                last: [0.0; 2],
                season: self.teams.get(&id).map_or(i16::MIN, |known| known.season),
                day: meeting.day,
                matches: 0,
                league: meeting.league,
            };
            self.teams.insert(id, team);
        }
        place
    }

    /// Puts a pair where it belongs.
    fn place(&mut self, pair: Pair) -> usize {
        let Some(place) = pair.place else {
            self.mean.extend(pair.mean);
            return self.covariance.push(pair.added);
        };
        if pair.factor < 1.0 {
            let own = times(
                self.covariance.block(place, place),
                pair.factor * pair.factor,
            );
            self.mean[place..place + 2].copy_from_slice(&pair.mean);
            self.covariance
                .rescale(place, pair.factor, plus(own, pair.added));
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
            && self.prices.values().all(|(_, share)| share.is_sound())
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

/// The factors of two numbers in a sum, for home team, away team and division.
type Factors = [[f64; 2]; 3];

impl Meeting {
    /// The factors of all numbers in the log rates of both sides.
    ///
    /// # Formula
    /// ```text
    /// ln λ = μ + h + att_home − def_away      ln ν = μ + att_away − def_home
    /// ```
    fn numbers(&self) -> [Factors; 2] {
        let advantage = if self.neutral { 0.0 } else { 1.0 };
        let (attack, defence) = ([1.0, 0.0], [0.0, -1.0]);
        [
            [attack, defence, [1.0, advantage]],
            [defence, attack, [1.0, 0.0]],
        ]
    }
}

/// The sum of these numbers as far as they stand somewhere.
fn terms(factors: &Factors, pairs: &[Pair; 3]) -> Terms {
    std::array::from_fn(|k| {
        let pair = &pairs[k / 2];
        let place = pair
            .place
            .map(|place| (place + k % 2, pair.factor * factors[k / 2][k % 2]));
        place.unwrap_or((0, 0.0))
    })
}

/// A block between two pairs of factors.
fn form(one: [f64; 2], block: Block, other: [f64; 2]) -> f64 {
    let shared = block.map(|row| row[0] * other[0] + row[1] * other[1]);
    one[0] * shared[0] + one[1] * shared[1]
}

/// Whether a division's matches have prices. Of one that has had none they are expected.
fn are_usual(prices: &BTreeMap<LeagueId, (i64, PriceShare)>, league: LeagueId) -> bool {
    prices
        .get(&league)
        .is_none_or(|(_, share)| share.is_usual())
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
        factor: 1.0,
        added: tuning.unknown(centre.is_none()),
    }
}

/// What is left of a strength that is pulled to the centre.
fn towards(centre: [f64; 2], strength: [f64; 2], factor: f64) -> [f64; 2] {
    [0, 1].map(|k| centre[k] + factor * (strength[k] - centre[k]))
}
