//! Answers to accepted orders.

use super::recorder::Effects;
use crate::domain::Bankroll;
use crate::schema::event::MatchResult;
use crate::serve::store::{BetRow, StoreError};
use crate::serve::views::{Bet, EventAnswer, Probabilities, ResultAnswer};

/// The number of an accepted event, and whether its round is over.
#[derive(Clone, Copy)]
pub(super) struct EventPosition {
    pub event_id: u64,
    pub is_round_over: bool,
}

/// The answer to prices, as JSON.
pub(super) fn to_prices(
    match_id: &str,
    position: EventPosition,
    effects: &mut Effects,
) -> Result<String, StoreError> {
    json(&EventAnswer {
        event_id: position.event_id,
        match_id: match_id.to_owned(),
        is_round_over: position.is_round_over,
        prediction: effects.forecast.take().map(Probabilities::from),
        bets: bets(&mut effects.bets),
        refused: std::mem::take(&mut effects.not_placed),
        settled: bets(&mut effects.settled),
        corrected: bets(&mut effects.corrected),
    })
}

/// The answer to a result, as JSON.
pub(super) fn to_result(
    result: &MatchResult<'_>,
    position: EventPosition,
    effects: &mut Effects,
    bankroll: &Bankroll,
) -> Result<String, StoreError> {
    json(&ResultAnswer {
        event_id: position.event_id,
        match_id: result.about.match_id.clone().into_owned(),
        is_round_over: position.is_round_over,
        settled: bets(&mut effects.settled),
        corrected: bets(&mut effects.corrected),
        bets: bets(&mut effects.bets),
        refused: std::mem::take(&mut effects.not_placed),
        profit: effects.profit.units(),
        bankroll: bankroll.balance().units(),
        dropped_statistics: result.dropped.iter().map(ToString::to_string).collect(),
    })
}

fn bets(rows: &mut Vec<BetRow>) -> Vec<Bet> {
    std::mem::take(rows).into_iter().map(Bet::from).collect()
}

fn json(answer: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(answer).map_err(|error| StoreError::Damaged(error.to_string()))
}
