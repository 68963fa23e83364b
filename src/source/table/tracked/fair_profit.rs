//! What a bet makes by its odds.

use super::fault::Fault;
use super::names::Target;
use super::row::Row;
use crate::domain::Outcome;

/// What a bet makes that ends so, commission paid; `None` where the odds are not known.
pub(super) fn fair_profit(row: &Row<'_>, stake: f64, outcome: Outcome) -> Option<f64> {
    let won = || Some(stake * (row.odds? - 1.0));
    let net = |gross: f64| gross * (1.0 - row.commission) - row.fee;
    match outcome {
        Outcome::Won => won().map(net),
        Outcome::HalfWon => won().map(|profit| net(profit / 2.0)),
        Outcome::Void => Some(0.0),
        Outcome::HalfLost => Some(-stake / 2.0),
        Outcome::Lost => Some(-stake),
    }
}

pub(super) fn no_odds() -> Fault {
    Fault::new(
        Target::Odds,
        "no odds, and nothing else that says what was won",
        "odds, or a payout or profit beside them",
    )
}

pub(super) fn without_payout() -> Fault {
    Fault::new(
        Target::Result,
        "a cash-out without what was paid",
        "a payout or profit beside a bet that was cashed out",
    )
}
