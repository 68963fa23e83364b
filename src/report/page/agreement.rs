//! Whether the files of a folder are of one run: what the summary says must be what the tables add up to.

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
    bets.iter().find_map(misfit).or_else(|| {
        let placed = bets
            .iter()
            .filter(|bet| bet.result.as_deref() != Some(REFUSED))
            .count() as u64;
        let sum = |of: fn(&BetRecord) -> Option<f64>| {
            bets.iter()
                .filter_map(of)
                .filter_map(Money::from_units)
                .sum()
        };
        let stake = |bet: &BetRecord| bet.profit.map(|_| bet.stake);
        differ("bets", placed, summary.bets)
            .or_else(|| differ("a turnover of", sum(stake), summary.turnover))
            .or_else(|| differ("a profit of", sum(|bet| bet.profit), summary.profit))
            .or_else(|| {
                differ(
                    "a bankroll at last of",
                    last(summary, bankroll),
                    summary.final_bankroll,
                )
            })
    })
}

const REFUSED: &str = "refused";

fn differ<T: PartialEq + std::fmt::Display>(what: &str, found: T, said: T) -> Option<String> {
    (found != said).then(|| format!("its tables have {what} {found}, and summary.json says {said}"))
}

fn last(summary: &Summary, bankroll: &[BankrollRecord]) -> Money {
    bankroll
        .last()
        .and_then(|row| Money::from_units(row.balance))
        .unwrap_or(summary.initial_bankroll)
}

/// A bet whose cells cannot be.
fn misfit(bet: &BetRecord) -> Option<String> {
    let result = bet.result.as_deref();
    let known = result.is_none_or(|found| {
        found == REFUSED || Outcome::ALL.iter().any(|outcome| outcome.code() == found)
    });
    let priced = bet.odds.is_finite() && bet.odds > 1.0;
    match (known, priced) {
        (false, _) => Some(format!(
            "bet {} has the result {:?}, which is none",
            bet.bet_id,
            result.unwrap_or_default()
        )),
        (_, false) => Some(format!("bet {} has odds of {}", bet.bet_id, bet.odds)),
        _ => None,
    }
}
