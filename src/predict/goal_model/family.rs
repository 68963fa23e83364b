//! What a goal model learns of its family beside the strengths of teams.

use super::GoalModel;
use crate::domain::Score;
use crate::predict::PredictError;
use crate::predict::decay::weight;
use crate::predict::families::{Joint, Learned, Row, Seen};
use crate::predict::fit::Fit;
use crate::predict::sums::Played;

/// The shortest half-life of results for the parameters of a family, in days: a few weeks of goals, which suffice where prices
/// teach strengths, say nothing of them.
const HALF_LIFE: f64 = 330.0;

/// A result in memory, teams by their place in the fit.
struct Observed {
    teams: [usize; 2],
    score: Score,
    day: i64,
    neutral: bool,
    weight: f64,
}

impl GoalModel {
    /// The fit of the family, from that of independent Poisson goals. Strengths that not goals alone have taught stay.
    pub(super) fn joined(&self, fit: Fit, day: i64) -> Result<Fit, PredictError> {
        let Some(learned) = &self.family else {
            return Ok(fit);
        };
        let rows: Vec<Row> = self
            .results()
            .map(|result| Row {
                teams: result.teams,
                score: result.score,
                weight: self.weight_as_of(&result, day),
                neutral: result.neutral,
            })
            .collect();
        fit.joined(&Joint {
            family: learned.distribution().family(),
            rows: &rows,
            teams: self.sums.counts.teams,
            prior: self.teaching.prior.as_ref(),
            newcomers: &self.sums.newcomers,
        })
    }

    /// Learns the parameters of the family anew, where enough results are new.
    pub(super) fn learn_family(&mut self, day: i64) {
        let (observed, matches) = (self.schedule.observed, self.history.len());
        let is_due = |learned: &Learned| learned.is_due(observed, matches);
        if self.newton.theta.is_empty() || !self.family.as_ref().is_some_and(is_due) {
            return;
        }
        let seen: Vec<Seen> = self
            .results()
            .map(|result| self.seen_as_of(&result, day))
            .collect();
        if let Some(learned) = &mut self.family {
            learned.learn(&seen, observed);
        }
    }

    /// A result, and the goals that the strengths of this day expect of it.
    fn seen_as_of(&self, result: &Observed, day: i64) -> Seen {
        let (theta, n) = (&self.newton.theta, self.sums.counts.teams);
        let [home, away] = result.teams;
        let advantage = if result.neutral {
            0.0
        } else {
            theta[2 * n + 1]
        };
        let superiority = |one: usize, other: usize| theta[2 * n] + theta[one] - theta[n + other];
        let logs = [superiority(home, away) + advantage, superiority(away, home)];
        Seen {
            score: result.score,
            means: logs.map(f64::exp),
            weight: self.weight_as_of(result, day),
        }
    }

    fn weight_as_of(&self, result: &Observed, day: i64) -> f64 {
        result.weight * weight(self.family_half_life(), day - result.day)
    }

    fn family_half_life(&self) -> Option<f64> {
        let half_life = self.teaching.half_life;
        if self.teaching.learn.is_goals() {
            return half_life;
        }
        half_life.map(|days| days.max(HALF_LIFE))
    }

    /// The results in memory of teams that are in the fit.
    fn results(&self) -> impl Iterator<Item = Observed> + '_ {
        self.history.iter().filter_map(|played: &Played| {
            let [Some(home), Some(away)] = self.sums.slots_of(played) else {
                return None;
            };
            Some(Observed {
                teams: [home, away],
                score: played.score,
                day: played.day,
                neutral: played.neutral,
                weight: played.weight,
            })
        })
    }
}
