//! How the bet of a row ended, and what it made, by everything that the row says of it.

use super::bet::SettledBet;
use super::columns::Columns;
use super::conventions::Conventions;
use super::fault::{CORRECT_IT, Fault};
use super::free_bets::FreeBet;
use super::names::Target;
use super::row::Row;
use super::words::{self, Ending, ResultWord};
use crate::domain::Outcome;

/// What became of a row.
pub(super) enum Settled {
    Bet(SettledBet),
    Free(FreeBet),
    Open,
    Refused,
    EachWay,
}

/// Books round to the smallest coin.
const COIN: f64 = 0.010_001;
/// Amounts that differ by less than this share are the same.
const SAME: f64 = 0.02;

/// Whether an amount is another but for rounding.
pub(super) fn is_near(amount: f64, other: f64) -> bool {
    (amount - other).abs() <= 0.03 * other + COIN
}

/// Settles the bet of a row.
pub(super) fn settle(
    row: &Row<'_>,
    columns: &Columns,
    conventions: &Conventions,
    words: &[ResultWord],
) -> Result<Settled, Fault> {
    let ending = match row.result {
        Some(cell) => {
            Some(words::ending(cell, conventions.coding, words).ok_or_else(unknown_word)?)
        }
        None => None,
    };
    if row.each_way || ending == Some(Ending::Placed) {
        return Ok(Settled::EachWay);
    }
    if ending == Some(Ending::Refused) {
        return Ok(Settled::Refused);
    }
    if ending == Some(Ending::Open)
        && row.profit.is_none_or(|profit| profit == 0.0)
        && row.payout.is_none_or(|payout| payout == 0.0)
    {
        return Ok(Settled::Open);
    }
    if ending.is_none() && row.profit.is_none() && row.payout.is_none() {
        return Ok(Settled::Open);
    }
    if let Some(stake) = row.free {
        let settled = free_bet(row, stake, ending)?;
        return Ok(settled.map_or(Settled::Open, Settled::Free));
    }
    let stake = row
        .stake
        .filter(|stake| *stake > 0.0)
        .ok_or_else(no_stake)?;
    let given = given_profit(row, stake, ending, conventions)?;
    let ending = ending.filter(|ending| *ending != Ending::Open);
    let bet = match (ending, given) {
        (Some(Ending::Settled(outcome)), given) => of_outcome(row, stake, outcome, given, columns)?,
        (Some(Ending::CashedOut), Some(profit)) => cashed_out(stake, profit),
        (Some(Ending::CashedOut), None) => return Err(without_payout()),
        (_, Some(profit)) => of_profit(row, stake, profit),
        (_, None) => return Ok(Settled::Open),
    };
    if bet.profit < -(1.0 + SAME) * stake - COIN {
        return Err(Fault {
            beside: Some(format!("beside a stake of {stake}")),
            ..Fault::new(
                amount_column(columns),
                "a loss of more than the stake",
                "a loss of at most the stake",
            )
        });
    }
    Ok(Settled::Bet(bet))
}

/// Settles a free bet; `None` where it is open.
fn free_bet(row: &Row<'_>, stake: f64, ending: Option<Ending>) -> Result<Option<FreeBet>, Fault> {
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

/// The column that says what a bet made.
fn amount_column(columns: &Columns) -> Target {
    if columns.get(Target::Profit).is_some() {
        Target::Profit
    } else {
        Target::Payout
    }
}

/// What the row says that the bet made.
fn given_profit(
    row: &Row<'_>,
    stake: f64,
    ending: Option<Ending>,
    conventions: &Conventions,
) -> Result<Option<f64>, Fault> {
    let of_payout = row.payout.map(|payout| {
        let is_lost = ending == Some(Ending::Settled(Outcome::Lost)) || ending.is_none();
        if !conventions.payout_is_net {
            payout - stake
        } else if payout == 0.0 && is_lost {
            -stake
        } else {
            payout
        }
    });
    let profit = match ending {
        Some(Ending::Settled(Outcome::Lost | Outcome::HalfLost))
            if conventions.profit_is_unsigned =>
        {
            row.profit.map(|profit| 0.0 - profit)
        }
        Some(Ending::CashedOut) if conventions.profit_is_unsigned && row.profit != Some(0.0) => {
            return of_payout.map(Some).ok_or_else(without_sign);
        }
        _ => row.profit,
    };
    match (profit, of_payout) {
        (Some(profit), Some(of_payout)) if (profit - of_payout).abs() > SAME * stake + COIN => {
            Err(Fault {
                beside: Some(format!(
                    "beside a stake of {stake} and a payout of {}",
                    row.payout.unwrap_or_default()
                )),
                ..Fault::new(
                    Target::Profit,
                    "a profit that is not payout less stake",
                    "a profit that is payout less stake",
                )
            })
        }
        (Some(profit), _) => Ok(Some(profit)),
        (None, of_payout) => Ok(of_payout),
    }
}

/// What a bet makes that ends so, commission paid; `None` where the odds are not known.
fn fair_profit(row: &Row<'_>, stake: f64, outcome: Outcome) -> Option<f64> {
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

fn of_outcome(
    row: &Row<'_>,
    stake: f64,
    outcome: Outcome,
    given: Option<f64>,
    columns: &Columns,
) -> Result<SettledBet, Fault> {
    let fair = fair_profit(row, stake, outcome);
    let Some(profit) = given.or(fair) else {
        return Err(no_odds());
    };
    let slack = SAME * stake + COIN;
    let is_contrary = match (outcome, fair) {
        (Outcome::Won | Outcome::HalfWon, fair) => {
            profit < -COIN || profit < COIN && fair.is_none_or(|fair| fair > 3.0 * COIN)
        }
        (Outcome::Void | Outcome::HalfLost | Outcome::Lost, fair) => {
            fair.is_some_and(|fair| (profit - fair).abs() > slack)
        }
    };
    if is_contrary {
        return Err(contrary(row, stake, outcome, profit, columns));
    }
    let gross = fair_profit_before_fees(row, stake, outcome);
    let is_near = |fair: f64| (profit - fair).abs() <= SAME * fair.abs() + COIN;
    let off_price = given.is_some()
        && outcome.is_win()
        && fair.is_some_and(|fair| !is_near(fair) && !gross.is_some_and(is_near))
        // simbet deducts commission that its table does not have
        && !columns.are_own();
    let kept = gross.filter(|_| given.is_none() && row.fee == 0.0);
    Ok(SettledBet {
        stake,
        profit,
        outcome,
        cashed_out: false,
        off_price,
        kept: kept.map_or(0.0, |gross| gross - profit),
    })
}

fn fair_profit_before_fees(row: &Row<'_>, stake: f64, outcome: Outcome) -> Option<f64> {
    let won = stake * (row.odds? - 1.0);
    match outcome {
        Outcome::Won => Some(won),
        Outcome::HalfWon => Some(won / 2.0),
        Outcome::Void | Outcome::HalfLost | Outcome::Lost => None,
    }
}

/// A bet without a result, by what it made.
fn of_profit(row: &Row<'_>, stake: f64, profit: f64) -> SettledBet {
    let outcome = Outcome::ALL.into_iter().find(|outcome| {
        let fair = fair_profit(row, stake, *outcome);
        fair.is_some_and(|fair| (profit - fair).abs() <= SAME * fair.abs() + COIN.min(stake * SAME))
    });
    match outcome {
        Some(outcome) => SettledBet {
            stake,
            profit,
            outcome,
            cashed_out: false,
            off_price: false,
            kept: 0.0,
        },
        // a win at other odds, as where a price was boosted
        None if profit > 0.0 => SettledBet {
            stake,
            profit,
            outcome: Outcome::Won,
            cashed_out: false,
            off_price: row.odds.is_some(),
            kept: 0.0,
        },
        // what is paid without odds may be anything
        None => SettledBet {
            cashed_out: row.odds.is_some(),
            ..cashed_out(stake, profit)
        },
    }
}

fn cashed_out(stake: f64, profit: f64) -> SettledBet {
    let outcome = if profit > 0.0 {
        Outcome::Won
    } else if profit < 0.0 {
        Outcome::Lost
    } else {
        Outcome::Void
    };
    SettledBet {
        stake,
        profit,
        outcome,
        cashed_out: true,
        off_price: false,
        kept: 0.0,
    }
}

fn unknown_word() -> Fault {
    Fault {
        advice: "say what it means, such as --result-word \"push=void\", name the column of results with --map result=..., or leave \
                 such rows out with --on-bad-row skip",
        ..Fault::new(
            Target::Result,
            "a result that is not known",
            "a result such as won, lost, void, half won, half lost, cashed out or open",
        )
    }
}

fn no_stake() -> Fault {
    Fault::new(Target::Stake, "no stake", "a stake above 0")
}

fn no_odds() -> Fault {
    Fault::new(
        Target::Odds,
        "no odds, and nothing else that says what was won",
        "odds, or a payout or profit beside them",
    )
}

fn without_payout() -> Fault {
    Fault::new(
        Target::Result,
        "a cash-out without what was paid",
        "a payout or profit beside a bet that was cashed out",
    )
}

fn without_sign() -> Fault {
    Fault::new(
        Target::Profit,
        "a cash-out whose profit has no sign",
        "a payout beside a bet that was cashed out, since profits have no sign",
    )
}

fn contrary(row: &Row<'_>, stake: f64, outcome: Outcome, profit: f64, columns: &Columns) -> Fault {
    let expected = match outcome {
        Outcome::Won => "a profit beside a bet that won",
        Outcome::HalfWon => "a profit beside a bet that half won",
        Outcome::Void => "the stake back from a void bet",
        Outcome::HalfLost => "half of the stake back from a bet that half lost",
        Outcome::Lost => "the whole stake lost with a bet that lost",
    };
    let amount = amount_column(columns);
    let beside = match (amount, row.payout) {
        (Target::Payout, Some(payout)) => {
            format!("beside a payout of {payout} and a stake of {stake}")
        }
        _ => format!("beside a profit of {profit} and a stake of {stake}"),
    };
    let advice = if outcome == Outcome::Lost && profit.abs() < COIN {
        "if it was a free bet, say so in a column free_bet (--map free_bet=...); else correct it, or leave such rows out with \
         --on-bad-row skip"
    } else {
        CORRECT_IT
    };
    Fault {
        beside: Some(beside),
        advice,
        ..Fault::new(
            Target::Result,
            "a result that contradicts what was paid",
            expected,
        )
    }
}
