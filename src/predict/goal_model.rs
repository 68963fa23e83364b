//! The base of the Poisson and the Dixon-Coles model: a decaying memory of results, refitted from round to round.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::decay::weight;
use super::determined::Ties;
use super::families::{Dependence, Joint, Learned, Row, Seen};
use super::fit::{self, Fit};
use super::in_play;
use super::likelihood::Likelihood;
use super::newton::Newton;
use super::prior::Prior;
use super::roster::Roster;
use super::sums::{Played, Sums, count_teams};
use super::{GoalProfile, ModelConfig, PredictError, Predictor};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Fixture, Match, Offer, Opinion, TeamId, Time};

/// A model of the goals of both sides from attack, defence and home advantage.
#[derive(Debug, Clone)]
pub struct GoalModel {
    dependence: Dependence,
    /// The family, where it is not that of the fit: what it learns beside the strengths.
    family: Option<Learned>,
    half_life: Option<f64>,
    window: Option<i64>,
    prior: Option<Prior>,
    refit_every: u32,
    profile: GoalProfile,
    roster: Roster,
    history: VecDeque<Played>,
    /// The roster's numbers of teams that are in the fit even without a match.
    expected: Vec<usize>,
    sums: Sums,
    newton: Newton,
    schedule: Schedule,
    /// What the counts determine without a prior; `None` until that is asked for.
    ties: Option<Ties>,
}

/// The most teams of a league that is fitted anew after each result. In a larger one each fit takes so long that a stream of
/// its results would keep everybody else waiting.
const HUGE: usize = 2_000;
/// A larger league is fitted anew after one result for every so many teams ...
const RESULTS_SHARE: u64 = 100;
/// ... or after so many days.
const MOST_DAYS: u64 = 30;

/// When the parameters were last fitted, and to which results.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Schedule {
    round: Option<Time>,
    rounds_since: u32,
    observed: u64,
    fitted: Option<(i64, u64)>,
}

/// What a goal model says of both sides of a match.
pub(super) struct Strengths {
    /// Attack and defence of the home side.
    pub home: [f64; 2],
    /// Attack and defence of the away side.
    pub away: [f64; 2],
    /// The goals that are expected of both.
    pub goals: [f64; 2],
}

impl GoalModel {
    /// A model that has observed no match.
    pub(super) fn new(config: &ModelConfig, dependence: Dependence) -> Self {
        let family = config.family(dependence);
        let is_plain = family.is_plain();
        Self {
            dependence: if is_plain {
                family.dependence
            } else {
                Dependence::Independent
            },
            family: (!is_plain).then(|| Learned::new(family, config.prior.is_some())),
            half_life: config.half_life,
            window: config.window.map(|days| days as i64),
            prior: config.prior(),
            refit_every: config.refit_every,
            profile: config.profile,
            roster: Roster::default(),
            history: VecDeque::new(),
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
        let fit = fit::summarise(
            &self.likelihood(now.day()),
            &self.newton,
            self.history.len(),
        );
        let fit = self.joined(fit, now.day())?;
        let teams = self.sums.teams.iter();
        Ok((fit, teams.map(|&number| self.roster.team(number)).collect()))
    }

    /// The fit of the family, from that of independent Poisson goals.
    fn joined(&self, fit: Fit, day: i64) -> Result<Fit, PredictError> {
        let Some(learned) = &self.family else {
            return Ok(fit);
        };
        let rows = self.history.iter().filter_map(|played| {
            let [Some(home), Some(away)] = self.sums.slots_of(played) else {
                return None;
            };
            Some(Row {
                teams: [home, away],
                score: played.score,
                weight: weight(self.half_life, day - played.day),
                neutral: played.neutral,
            })
        });
        let rows: Vec<Row> = rows.collect();
        fit.joined(&Joint {
            family: learned.distribution().family(),
            rows: &rows,
            teams: self.sums.counts.teams,
            prior: self.prior.as_ref(),
            newcomers: &self.sums.newcomers,
        })
    }

    /// Learns the parameters of the family anew, where enough results are.
    fn learn_family(&mut self, day: i64) {
        let (observed, matches) = (self.schedule.observed, self.history.len());
        let is_due = |learned: &Learned| learned.is_due(observed, matches);
        if self.newton.theta.is_empty() || !self.family.as_ref().is_some_and(is_due) {
            return;
        }
        let seen = self.seen(day);
        if let Some(learned) = &mut self.family {
            learned.learn(&seen, observed);
        }
    }

    /// The results in memory, with the goals that the strengths of this day expect of them.
    fn seen(&self, day: i64) -> Vec<Seen> {
        let (theta, n) = (&self.newton.theta, self.sums.counts.teams);
        let seen = self.history.iter().filter_map(|played| {
            let [Some(home), Some(away)] = self.sums.slots_of(played) else {
                return None;
            };
            let advantage = if played.neutral {
                0.0
            } else {
                theta[2 * n + 1]
            };
            let superiority =
                |one: usize, other: usize| theta[2 * n] + theta[one] - theta[n + other];
            let logs = [superiority(home, away) + advantage, superiority(away, home)];
            Some(Seen {
                score: played.score,
                means: logs.map(f64::exp),
                weight: weight(self.half_life, day - played.day),
            })
        });
        seen.collect()
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
        numbers.all(|number| number < self.roster.len())
            && self.sums.is_sound(self.roster.len())
            && self.newton.is_sound(self.sums.counts.teams)
    }

    fn likelihood(&self, day: i64) -> Likelihood<'_> {
        let reference = self.sums.reference.unwrap_or(day);
        Likelihood {
            counts: &self.sums.counts,
            scale: weight(self.half_life, day - reference),
            rho: self
                .dependence
                .fits_rho(self.prior.as_ref(), &self.sums.counts),
            prior: self.prior.as_ref(),
            newcomers: &self.sums.newcomers,
        }
    }

    /// Whether the likelihood can have a maximum: without a prior it takes more results than parameters.
    fn is_determined(&self) -> bool {
        self.prior.is_some() || self.history.len() > 2 * self.sums.teams.len() + 2
    }

    fn refit(&mut self, day: i64, stop: &AtomicBool) -> Result<(), PredictError> {
        self.ties = None;
        self.forget_old(day);
        if self.sums.is_stale(day, self.half_life) {
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
        let unbounded = self.prior.is_none() && likelihood.counts.has_goalless_team();
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
            let weight = self
                .sums
                .reference
                .map(|reference| weight(self.half_life, reference - played.day));
            self.sums.remove(&played, weight);
        }
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
        sums.counts.reset(sums.teams.len());
        for played in &self.history {
            sums.add(played, weight(self.half_life, day - played.day));
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
        match self.prior {
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
        self.prior
            .map(|prior| prior.mean(theta, &self.sums.newcomers, newcomer))
    }

    /// Whether results or a prior say what to expect of both sides.
    fn is_told(&mut self, fixture: &Fixture) -> bool {
        if self.prior.is_some() {
            return true;
        }
        let slot = |team| *self.sums.slots.get(self.roster.number(team)?)?;
        match (slot(fixture.home), slot(fixture.away)) {
            (Some(home), Some(away)) => {
                let counts = &self.sums.counts;
                let ties = self.ties.get_or_insert_with(|| Ties::of(counts));
                ties.determine(counts, [home, away], fixture.neutral)
            }
            (None, _) | (_, None) => false,
        }
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

    /// The strengths of both sides of a match as of `now`; `None` before the first result, and where a forecast has none.
    ///
    /// # Errors
    /// When a fit does not converge, or `stop` is raised.
    pub(super) fn strengths(
        &mut self,
        fixture: &Fixture,
        now: Time,
        stop: &AtomicBool,
    ) -> Result<Option<Strengths>, PredictError> {
        self.refit_if_due(now, stop)?;
        if self.history.is_empty() {
            return Ok(None);
        }
        Ok(self.rates(fixture).and_then(|(goals, _)| {
            Some(Strengths {
                home: self.strength(fixture.home, fixture.season)?,
                away: self.strength(fixture.away, fixture.season)?,
                goals,
            })
        }))
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
        Some(([home, away], levels.get(2).copied().unwrap_or(0.0)))
    }
}

impl Predictor for GoalModel {
    fn observe(&mut self, played: &Match) {
        let fixture = &played.fixture;
        if fixture.home == fixture.away {
            return;
        }
        let played = Played {
            teams: self.roster.enter(fixture),
            score: played.score,
            day: fixture.day.day(),
            neutral: fixture.neutral,
        };
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
        let weight = self
            .sums
            .reference
            .map(|reference| weight(self.half_life, reference - played.day));
        self.sums.learn(&played, weight);
    }

    fn retract(&mut self, played: &Match) {
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
        let weight = self
            .sums
            .reference
            .map(|reference| weight(self.half_life, reference - learned.day));
        self.sums.remove(&learned, weight);
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
            None => in_play::opinion(rates, rho, offer.state, self.profile),
            Some(family) => {
                in_play::opinion_of(family.distribution(), rates, offer.state, self.profile)
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
            family,
            ..
        } = self;
        let family = family.as_ref().map(Learned::state);
        checkpoint::encode(&(roster, history, expected, sums, newton, schedule, family)).ok()
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        const STATE: &str = "state of a goal model";
        let family;
        (
            self.roster,
            self.history,
            self.expected,
            self.sums,
            self.newton,
            self.schedule,
            family,
        ) = checkpoint::decode(STATE, bytes)?;
        self.ties = None;
        if self.is_sound() && Learned::restore_all(&mut self.family, family) {
            Ok(())
        } else {
            Err(CheckpointError::damaged(STATE, "its parts do not match"))
        }
    }
}

impl Schedule {
    /// Whether a fit is due in this round and enough has changed since the last one, which had so many teams.
    fn is_due(&mut self, now: Time, refit_every: u32, teams: usize) -> bool {
        if self.round != Some(now) {
            self.round = Some(now);
            self.rounds_since = self.rounds_since.saturating_add(1);
        }
        let Some((day, observed)) = self.fitted else {
            return true;
        };
        let has_changed = if teams > HUGE {
            self.observed.saturating_sub(observed) >= teams as u64 / RESULTS_SHARE
                || now.day().abs_diff(day) >= MOST_DAYS
        } else {
            (day, observed) != (now.day(), self.observed)
        };
        self.rounds_since >= refit_every && has_changed
    }

    fn done(&mut self, now: Time) {
        self.fitted = Some((now.day(), self.observed));
        self.rounds_since = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_league_is_fitted_anew_when_enough_has_changed() {
        let mut schedule = Schedule::default();
        let mut is_due = |day: i64, observed: u64, teams: usize| {
            schedule.observed = observed;
            let is_due = schedule.is_due(Time::from_days(day), 1, teams);
            if is_due {
                schedule.done(Time::from_days(day));
            }
            is_due
        };
        assert!(is_due(1, 9_000, 0));
        assert!(!is_due(2, 9_029, 3_000));
        assert!(is_due(3, 9_030, 3_000));
        assert!(!is_due(32, 9_030, 3_000));
        assert!(is_due(33, 9_030, 3_000));
        // others with each result, and each day
        assert!(is_due(34, 9_030, HUGE));
        assert!(is_due(35, 9_031, HUGE));
        assert!(!is_due(35, 9_031, HUGE));
    }
}
