//! Free bets: their stake is the book's, and does not come back with what was won.
//!
//! What they make costs nothing, so that it is no yield: they are counted apart.

use serde::Serialize;

use super::super::cells::DecimalMark;
use super::amounts::{self, Amount};
use super::fault::Fault;
use super::names::Target;
use super::words;
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

/// What a column about free bets holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FreeForm {
    /// Yes or no.
    #[default]
    Flag,
    /// How much of the stake is the book's.
    Amount,
}

/// What a cell of such a column says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Free {
    No,
    /// The whole stake.
    Whole,
    /// This much of it.
    Part(f64),
}

/// Whether a cell has an amount that no flag is.
pub(super) fn is_amount(cell: &[u8]) -> bool {
    let is_number = [DecimalMark::Point, DecimalMark::Comma]
        .into_iter()
        .any(|mark| matches!(amounts::amount(cell, mark), Amount::Value(_)));
    is_number && words::is_yes(cell).is_none()
}

/// Reads a cell of a column about free bets.
pub(super) fn read(cell: &[u8], form: FreeForm, mark: DecimalMark) -> Result<Free, Fault> {
    match (form, amounts::amount(cell, mark)) {
        (FreeForm::Amount, Amount::Value(0.0)) => return Ok(Free::No),
        (FreeForm::Amount, Amount::Value(amount)) if amount > 0.0 => return Ok(Free::Part(amount)),
        (FreeForm::Amount | FreeForm::Flag, _) => {}
    }
    match words::is_yes(cell) {
        Some(true) => Ok(Free::Whole),
        Some(false) => Ok(Free::No),
        None => Err(Fault::new(
            Target::FreeBet,
            "a word about free bets that is not known",
            "yes or no, or the amount of the stake that was free",
        )),
    }
}

impl Free {
    /// What of the stake is the book's; `None` of a bet that is none.
    pub fn stake(self, stake: Option<f64>) -> Result<Option<f64>, Fault> {
        let own = stake.unwrap_or(0.0);
        match self {
            Self::No => Ok(None),
            Self::Whole => Ok(Some(own)),
            Self::Part(amount) if own == 0.0 || (amount - own).abs() <= 0.01 * own => {
                Ok(Some(amount))
            }
            Self::Part(_) => Err(Fault {
                beside: Some(format!("beside a stake of {own}")),
                advice: "write such a bet as two rows, one of the free stake and one of the own, or leave such rows out with \
                         --on-bad-row skip",
                ..Fault::new(
                    Target::FreeBet,
                    "a stake of which a part is free",
                    "the whole stake, or 0 for a bet that is not free",
                )
            }),
        }
    }
}
