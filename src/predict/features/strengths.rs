//! What the goal models say.

use std::sync::atomic::AtomicBool;

use crate::domain::{Fixture, Time};
use crate::predict::goal_model::Strengths;
use crate::predict::{GoalModel, ModelConfig, PredictError, dixon_coles, poisson};

/// Both goal models, with these settings, taught by goals: other features have the shots and the prices.
pub(super) fn goal_models(config: &ModelConfig) -> [GoalModel; 2] {
    let config = config.taught_by_goals();
    [poisson::model(&config), dixon_coles::model(&config)]
}

/// Attack and defence of both sides, and the goals that are expected of them.
pub(super) fn of(
    model: &mut GoalModel,
    fixture: &Fixture,
    now: Time,
    stop: &AtomicBool,
) -> Result<[Option<f64>; 6], PredictError> {
    let Some(strengths) = model.strengths(fixture, now, stop)? else {
        return Ok([None; 6]);
    };
    let Strengths { home, away, goals } = strengths;
    Ok([home[0], home[1], away[0], away[1], goals[0], goals[1]].map(Some))
}
