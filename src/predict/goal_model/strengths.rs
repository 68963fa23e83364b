//! What a goal model says of teams, apart from scores.

use std::sync::atomic::AtomicBool;

use super::GoalModel;
use crate::domain::{Fixture, Time};
use crate::predict::PredictError;
use crate::predict::determined::Ties;

/// What a goal model says of both sides of a match.
pub(in crate::predict) struct Strengths {
    /// Attack and defence of the home side.
    pub home: [f64; 2],
    /// Attack and defence of the away side.
    pub away: [f64; 2],
    /// The goals that are expected of both.
    pub goals: [f64; 2],
}

impl GoalModel {
    /// The strengths of both sides of a match as of `now`; `None` before the first result, and where a forecast has none.
    ///
    /// # Errors
    /// When a fit does not converge, or `stop` is raised.
    pub(in crate::predict) fn strengths(
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

    /// Whether results or a prior say what to expect of both sides.
    pub(super) fn is_told(&mut self, fixture: &Fixture) -> bool {
        if self.teaching.prior.is_some() {
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
}
