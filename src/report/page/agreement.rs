//! A check that the files of a folder are of one run: the summary must equal the sums of the tables.

use crate::domain::{Money, Outcome};
use crate::metrics::Summary;
use crate::results::{Results, ResultsError};
use crate::schema::{BankrollRecord, BetRecord};

/// Checks bets and bankroll against the summary.
pub fn check(
    results: &Results,
    summary: &Summary,
    bets: &[BetRecord],
    bankroll: &[BankrollRecord],
) -> Result<(), ResultsError> {
    match problem(summary, bets, bankroll) {
        Some(problem) => Err(ResultsError::Contradiction {
            path: results.path.clone(),
            problem,
        }),
        None => Ok(()),
    }
}

fn problem(summary: &Summary, bets: &[BetRecord], bankroll: &[BankrollRecord]) -> Option<String> {
    if let Some(problem) = bets.iter().find_map(invalid_bet) {
        return Some(problem);
    }
    let placed = bets
        .iter()
        .filter(|bet| bet.result.as_deref() != Some(REFUSED))
        .count() as u64;
    let settled = bets.iter().filter(|bet| bet.profit.is_some());
    let turnover = sum(settled.map(|bet| bet.stake));
    let profit = sum(bets.iter().filter_map(|bet| bet.profit));
    let last = last(summary, bankroll);
    difference("bets", placed, summary.bets)
        .or_else(|| difference("a turnover of", turnover, summary.turnover))
        .or_else(|| difference("a profit of", profit, summary.profit))
        .or_else(|| difference("a final bankroll of", last, summary.final_bankroll))
}

const REFUSED: &str = "refused";

/// The sum of amounts; those that are no money are left out.
fn sum(amounts: impl Iterator<Item = f64>) -> Money {
    amounts.filter_map(Money::from_units).sum()
}

fn difference<T: PartialEq + std::fmt::Display>(
    what: &str,
    tables: T,
    summary: T,
) -> Option<String> {
    (tables != summary)
        .then(|| format!("its tables have {what} {tables}, and summary.json says {summary}"))
}

fn last(summary: &Summary, bankroll: &[BankrollRecord]) -> Money {
    bankroll
        .last()
        .and_then(|row| Money::from_units(row.balance))
        .unwrap_or(summary.initial_bankroll)
}

/// The problem of a bet with an unknown result or with impossible odds.
fn invalid_bet(bet: &BetRecord) -> Option<String> {
    let result = bet.result.as_deref();
    let known = result.is_none_or(|code| {
        code == REFUSED || Outcome::ALL.iter().any(|outcome| outcome.code() == code)
    });
    let priced = bet.odds.is_finite() && bet.odds > 1.0;
    match (known, priced) {
        (false, _) => Some(format!(
            "bet {} has the result {:?}, which does not exist",
            bet.bet_id,
            result.unwrap_or_default()
        )),
        (_, false) => Some(format!("bet {} has odds of {}", bet.bet_id, bet.odds)),
        _ => None,
    }
}
