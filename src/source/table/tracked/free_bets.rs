//! Free bets: their stake is the book's, and does not come back with what was won.
//!
//! What they make costs nothing, so that it is no yield: they are counted apart.

use serde::Serialize;

use super::fair_profit::{fair_profit, no_odds, without_payout};
use super::fault::Fault;
use super::row::Row;
use super::words::Ending;
use crate::domain::Outcome;

/// What the free bets of a record came to. Amounts are in units of money.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct FreeBets {
    /// Settled ones.
    pub bets: u64,
    /// Won, or half won.
    pub won: u64,
    /// Lost, or half lost.
    pub lost: u64,
    /// Void.
    pub void: u64,
    /// The sum of the stakes that the books gave.
    pub staked: f64,
    /// What they made: the sum of the winnings, at least 0.
    pub profit: f64,
}

/// A free bet that is settled.
#[derive(Debug, Clone, Copy)]
pub(super) struct FreeBet {
    pub stake: f64,
    pub profit: f64,
    pub outcome: Outcome,
}

impl FreeBets {
    /// Adds one.
    pub(super) fn add(&mut self, bet: FreeBet) {
        self.bets += 1;
        match bet.outcome {
            Outcome::Won | Outcome::HalfWon => self.won += 1,
            Outcome::Lost | Outcome::HalfLost => self.lost += 1,
            Outcome::Void => self.void += 1,
        }
        self.staked += bet.stake;
        self.profit += bet.profit;
    }
}

/// Settles a free bet; `None` where it is open.
pub(super) fn settle(
    row: &Row<'_>,
    stake: f64,
    ending: Option<Ending>,
) -> Result<Option<FreeBet>, Fault> {
    // a table that settles it like any other takes the stake for lost
    let given = row.profit.or(row.payout).map(|amount| amount.max(0.0));
    let ending = ending.filter(|ending| *ending != Ending::Open);
    let outcome = match (ending, given) {
        (Some(Ending::Settled(outcome)), _) => outcome,
        (Some(Ending::CashedOut), None) => return Err(without_payout()),
        (_, Some(amount)) if amount > 0.0 => Outcome::Won,
        (Some(Ending::CashedOut) | None, Some(_)) => Outcome::Lost,
        (_, _) => return Ok(None),
    };
    let won = || fair_profit(row, stake, outcome).filter(|_| stake > 0.0);
    let profit = match outcome {
        Outcome::Won | Outcome::HalfWon => given.or_else(won).ok_or_else(no_odds)?,
        Outcome::Void | Outcome::HalfLost | Outcome::Lost => 0.0,
    };
    Ok(Some(FreeBet {
        stake,
        profit,
        outcome,
    }))
}
