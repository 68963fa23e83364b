//! The base of the Poisson and the Dixon-Coles model: a decaying memory of what matches teach, refitted from round to round.

mod family;
mod lessons;
mod strengths;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicBool;

use super::decay::weight;
use super::determined::Ties;
use super::families::{Dependence, Learned};
use super::fit::{self, Fit};
use super::in_play;
use super::likelihood::{self, Likelihood};
use super::newton::Newton;
use super::prior::BASE_RATES;
use super::roster::Roster;
use super::schedule::Schedule;
use super::shot_goals::ShotRecord;
use super::sums::{Played, Sums, count_teams};
use super::teaching::{Curriculum, Teaching};
use super::{InPlay, ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, LeagueId, Match, Offer, Opinion, TeamId, Time};

pub(super) use strengths::Strengths;

/// A model of the goals of both sides from attack, defence and home advantage.
#[derive(Debug, Clone)]
pub struct GoalModel {
    dependence: Dependence,
    /// The family, where it is not that of the fit: what it learns beside the strengths.
    family: Option<Learned>,
    curriculum: Curriculum,
    /// What of the curriculum the matches in memory can teach.
    teaching: Teaching,
    window: Option<i64>,
    refit_every: u32,
    in_play: InPlay,
    roster: Roster,
    history: VecDeque<Played>,
    /// The matches in memory with shots, and those with prices.
    seen: [usize; 2],
    /// What shots were worth in each league.
    shots: BTreeMap<LeagueId, ShotRecord>,
    /// The roster's numbers of teams that are in the fit even without a match.
    expected: Vec<usize>,
    sums: Sums,
    newton: Newton,
    schedule: Schedule,
    /// What the counts determine without a prior; `None` until that is asked for.
    ties: Option<Ties>,
}

impl GoalModel {
    /// A model that has observed no match.
    pub(super) fn new(config: &ModelConfig, dependence: Dependence) -> Self {
        let family = config.family(dependence);
        let is_plain = family.is_plain();
        let dependence = if is_plain {
            family.dependence
        } else {
            Dependence::Independent
        };
        let curriculum = Curriculum::new(config, dependence == Dependence::DixonColes);
        Self {
            dependence,
            family: (!is_plain).then(|| Learned::new(family, config.prior.is_some())),
            curriculum,
            teaching: curriculum.teaching(false, false),
            window: config.window.map(|days| days as i64),
            refit_every: config.refit_every,
            in_play: config.in_play(),
            roster: Roster::default(),
            history: VecDeque::new(),
            seen: [0; 2],
            shots: BTreeMap::new(),
            expected: Vec::new(),
            sums: Sums::default(),
            newton: Newton::default(),
            schedule: Schedule::default(),
            ties: None,
        }
    }

    /// The fit to the observed results as of `now`, and its teams in order.
    ///
    /// # Errors
    /// When it does not converge.
    pub fn fit_at(&mut self, now: Time) -> Result<(Fit, Vec<TeamId>), PredictError> {
        self.refit(now.day(), &AtomicBool::new(false))?;
        if self.newton.theta.is_empty() {
            return Err(PredictError::Undetermined {
                matches: self.history.len(),
            });
        }
        let mut fit = fit::summarise(
            &self.likelihood(now.day()),
            &self.newton,
            self.history.len(),
        );
        let of_scores = self.history.iter().all(|played| played.taught.is_none());
        fit.taught_by(self.teaching.learn, of_scores, self.teaching.rho);
        let fit = self.joined(fit, now.day())?;
        let teams = self.sums.teams.iter();
        Ok((fit, teams.map(|&number| self.roster.team(number)).collect()))
    }

    /// Adds a team that takes part in `season`, whether it has played or not. With a prior it is in the fit from the start.
    pub fn expect(&mut self, team: TeamId, season: i16) {
        self.expected.push(self.roster.enter_for(team, season));
        self.sums.reference = None;
    }

    /// Whether every number of a team is in range. Restored states are checked by this.
    fn is_sound(&self) -> bool {
        let mut numbers = self
            .history
            .iter()
            .flat_map(|played| played.teams)
            .chain(self.expected.iter().copied());
        let shots_fit = self.teaching.shots.is_none()
            || self.sums.reference.is_none()
            || self.sums.shots.teams == self.sums.counts.teams;
        numbers.all(|number| number < self.roster.len())
            && shots_fit
            && self.sums.is_sound(self.roster.len())
            && self.newton.is_sound(self.sums.counts.teams)
    }

    fn likelihood(&self, day: i64) -> Likelihood<'_> {
        let reference = self.sums.reference.unwrap_or(day);
        let prior = self.teaching.prior.as_ref();
        let scale = weight(self.teaching.half_life, day - reference);
        Likelihood {
            counts: &self.sums.counts,
            shots: self.shots_part(scale),
            scale,
            rho: self.teaching.rho.is_none() && self.dependence.fits_rho(prior, &self.sums.counts),
            prior,
            newcomers: &self.sums.newcomers,
        }
    }

    /// The part of the likelihood that shots have, with their levels from the same matches.
    fn shots_part(&self, scale: f64) -> Option<likelihood::Shots<'_>> {
        let counts = &self.sums.shots;
        self.teaching.shots.map(|teaching| likelihood::Shots {
            counts,
            loading: teaching.loading,
            levels: counts.levels(scale, BASE_RATES),
        })
    }

    /// Whether the likelihood can have a maximum: without a prior it takes more results than parameters.
    fn is_determined(&self) -> bool {
        self.teaching.prior.is_some() || self.history.len() > 2 * self.sums.teams.len() + 2
    }

    fn refit(&mut self, day: i64, stop: &AtomicBool) -> Result<(), PredictError> {
        self.ties = None;
        self.forget_old(day);
        self.choose_teaching();
        if self.sums.is_stale(day, self.teaching.half_life) {
            self.sum_afresh(day)?;
        }
        if !self.is_determined() {
            self.newton.theta.clear();
            return Ok(());
        }
        let roster = &self.roster;
        self.sums.newcomers.clear();
        self.sums.newcomers.extend(
            self.sums
                .teams
                .iter()
                .map(|&number| roster.was_newcomer(number)),
        );
        let mut newton = std::mem::take(&mut self.newton);
        let likelihood = self.likelihood(day);
        if newton.theta.len() != likelihood.order() {
            newton.theta = self.first_guess(&newton.theta, &likelihood);
        }
        let fitted = newton
            .maximise(&likelihood, self.history.len(), stop)
            .or_else(|error| {
                if error == PredictError::Stopped {
                    return Err(error);
                }
                // at the last maximum a score that has occurred since may be nearly impossible
                newton.restart_at(fit::start(&likelihood));
                newton.maximise(&likelihood, self.history.len(), stop)
            });
        let unbounded = self.teaching.prior.is_none() && likelihood.has_goalless_team();
        self.newton = newton;
        match fitted {
            Err(error) if unbounded && error != PredictError::Stopped => {
                // the strength of a team without goals diverges, so there is no maximum and no forecast
                self.newton.theta.clear();
                Ok(())
            }
            fitted => fitted,
        }
    }

    /// Start values when the number of parameters has changed: the old ones with ρ added or removed, else fresh ones.
    fn first_guess(&self, theta: &[f64], likelihood: &Likelihood) -> Vec<f64> {
        let levels = 2 * likelihood.counts.teams + 2;
        match theta.get(..levels) {
            Some(known) => known
                .iter()
                .copied()
                .chain(likelihood.rho.then_some(0.0))
                .collect(),
            None => fit::start(likelihood),
        }
    }

    /// Drops matches that have left the window.
    fn forget_old(&mut self, day: i64) {
        let Some(window) = self.window else { return };
        while let Some(&played) = self
            .history
            .front()
            .filter(|played| day - played.day > window)
        {
            self.history.pop_front();
            self.forget(&played);
        }
        for record in self.shots.values_mut() {
            record.forget_before(day - window);
        }
    }

    /// The weight of a match on the day of the sums.
    fn weight_at_reference(&self, day: i64) -> Option<f64> {
        let reference = self.sums.reference?;
        Some(weight(self.teaching.half_life, reference - day))
    }

    /// Sums every match in memory afresh. Known strengths remain as start values.
    ///
    /// # Errors
    /// When there are too many teams, before anything is allocated for them.
    fn sum_afresh(&mut self, day: i64) -> Result<(), PredictError> {
        let teams = count_teams(self.roster.len(), &self.history, &self.expected);
        fit::ensure_teams(teams)?;
        let known = std::mem::take(&mut self.newton.theta);
        let (before, size) = (std::mem::take(&mut self.sums.slots), self.sums.teams.len());
        self.sums.enter(&self.history, &self.expected);
        let sums = &mut self.sums;
        sums.reset(&self.teaching);
        for played in &self.history {
            let weight = weight(self.teaching.half_life, day - played.day);
            sums.add(played, weight, &self.teaching);
        }
        sums.reference = Some(day);
        if known.len() >= 2 * size + 2 {
            self.newton.theta = self.carry_over(&known, size, &before);
        }
        self.newton.forget_factor();
        Ok(())
    }

    /// The old parameters in the new order of teams; a team that was not in the last fit starts at its prior mean.
    fn carry_over(&self, known: &[f64], size: usize, before: &[Option<usize>]) -> Vec<f64> {
        let mut theta = Vec::with_capacity(2 * self.sums.teams.len() + known.len() - 2 * size);
        for strengths in [&known[..size], &known[size..2 * size]] {
            theta.extend(self.sums.teams.iter().map(|&number| {
                match before.get(number).copied().flatten() {
                    Some(slot) => strengths[slot],
                    None => self.prior_mean(number),
                }
            }));
        }
        theta.extend_from_slice(&known[2 * size..]);
        theta
    }

    /// The prior mean of attack and defence of a team; 0 without a prior.
    fn prior_mean(&self, number: usize) -> f64 {
        match self.teaching.prior {
            Some(prior) if self.roster.was_newcomer(number) => prior.newcomer,
            Some(_) | None => 0.0,
        }
    }

    /// The matches of a team in memory.
    fn matches_of(&self, team: TeamId) -> u32 {
        let number = self.roster.number(team);
        number
            .and_then(|number| self.sums.matches.get(number).copied())
            .unwrap_or(0)
    }

    /// Attack and defence of a team, or their prior mean; `None` without a match and without a prior.
    fn strength(&self, team: TeamId, season: i16) -> Option<[f64; 2]> {
        let number = self.roster.number(team);
        let (theta, n) = (&self.newton.theta, self.sums.counts.teams);
        if let Some(slot) = number.and_then(|number| self.sums.slots.get(number).copied().flatten())
        {
            return Some([theta[slot], theta[n + slot]]);
        }
        let newcomer = self.roster.is_newcomer(team, season);
        self.teaching
            .prior
            .map(|prior| prior.mean(theta, &self.sums.newcomers, newcomer))
    }

    fn refit_if_due(&mut self, now: Time, stop: &AtomicBool) -> Result<(), PredictError> {
        let teams = self.sums.teams.len();
        if self.schedule.is_due(now, self.refit_every, teams) {
            self.refit(now.day(), stop)?;
            self.learn_family(now.day());
            self.schedule.done(now);
        }
        Ok(())
    }

    /// Expected goals of both sides before kick-off, and ρ; `None` when a side is unknown, or when without a prior the results
    /// do not determine them.
    fn rates(&mut self, fixture: &Fixture) -> Option<([f64; 2], f64)> {
        if self.newton.theta.is_empty() || !self.is_told(fixture) {
            return None;
        }
        let [home_attack, home_defence] = self.strength(fixture.home, fixture.season)?;
        let [away_attack, away_defence] = self.strength(fixture.away, fixture.season)?;
        let levels = &self.newton.theta[2 * self.sums.counts.teams..];
        let advantage = if fixture.neutral { 0.0 } else { levels[1] };
        let home = (levels[0] + advantage + home_attack - away_defence).exp();
        let away = (levels[0] + away_attack - home_defence).exp();
        let rho = levels.get(2).copied().or(self.teaching.rho);
        Some(([home, away], rho.unwrap_or(0.0)))
    }
}

impl Predictor for GoalModel {
    fn observe(&mut self, played: &Match) {
        if lessons::teaches_nothing(played) {
            return;
        }
        let played = self.lesson(played);
        self.seen[0] += usize::from(played.shots.is_some());
        self.seen[1] += usize::from(played.prices.is_some());
        // results come in order of time, the window needs order of day, and the two differ around midnight
        let later = self
            .history
            .iter()
            .rev()
            .take_while(|other| other.day > played.day)
            .count();
        self.history.insert(self.history.len() - later, played);
        self.ties = None;
        self.schedule.observed += 1;
        let weight = self.weight_at_reference(played.day);
        self.sums.learn(&played, weight, &self.teaching);
        if played.shots.is_some() {
            self.revalue_after(&played);
        }
    }

    fn retract(&mut self, played: &Match) {
        if lessons::teaches_nothing(played) {
            return;
        }
        let fixture = &played.fixture;
        let teams = [fixture.home, fixture.away].map(|team| self.roster.number(team));
        let [Some(home), Some(away)] = teams else {
            return;
        };
        let (teams, day) = ([home, away], fixture.day.day());
        let is_learned =
            |known: &Played| (known.teams, known.day, known.score) == (teams, day, played.score);
        let Some(place) = self.history.iter().rposition(is_learned) else {
            return;
        };
        let Some(learned) = self.history.remove(place) else {
            return;
        };
        self.ties = None;
        // the number of results so far tells whether a fit is due
        self.schedule.observed += 1;
        self.forget(&learned);
        self.unlearn_shots(&learned);
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        self.predict_until(offer, now, &AtomicBool::new(false))
    }

    fn predict_until(
        &mut self,
        offer: &Offer,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Option<Opinion>, PredictError> {
        self.refit_if_due(now, stop)?;
        let Some((rates, rho)) = self.rates(&offer.fixture) else {
            return Ok(None);
        };
        Ok(match &self.family {
            None => in_play::opinion(rates, rho, offer.state, self.in_play),
            Some(family) => {
                in_play::opinion_of(family.distribution(), rates, offer.state, self.in_play)
            }
        })
    }

    fn matches_seen(&self, fixture: &Fixture) -> Option<[u32; 2]> {
        Some([fixture.home, fixture.away].map(|team| self.matches_of(team)))
    }

    fn save(&self) -> Option<Vec<u8>> {
        let Self {
            roster,
            history,
            expected,
            sums,
            newton,
            schedule,
            shots,
            teaching,
            family,
            ..
        } = self;
        let family = family.as_ref().map(Learned::state);
        let learned = (shots, teaching.learn.shots, teaching.learn.prices, family);
        checkpoint::encode(&(roster, history, expected, sums, newton, schedule, learned)).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        const STATE: &str = "state of a goal model";
        let (shots, prices, family);
        (
            self.roster,
            self.history,
            self.expected,
            self.sums,
            self.newton,
            self.schedule,
            (self.shots, shots, prices, family),
        ) = checkpoint::decode(STATE, bytes)?;
        self.ties = None;
        self.seen = [0; 2];
        for played in &self.history {
            self.seen[0] += usize::from(played.shots.is_some());
            self.seen[1] += usize::from(played.prices.is_some());
        }
        self.teaching = self.curriculum.teaching(shots, prices);
        if self.is_sound() && Learned::restore_all(&mut self.family, family) {
            Ok(())
        } else {
            Err(CheckpointError::damaged(STATE, "its parts do not match"))
        }
    }
}
