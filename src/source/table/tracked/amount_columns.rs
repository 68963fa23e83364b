//! What the columns of amounts are, judged by the bets whose odds and results say what they made.

use super::super::sheet::Sheet;
use super::TrackedConfig;
use super::columns::Columns;
use super::conventions::{Conventions, for_each_row};
use super::names::Target;
use super::row::{Row, RowReader};
use super::settle::is_near;
use super::words::{self, Ending};
use crate::domain::Outcome;
use crate::source::error::{Place, SourceError};

/// A record without any loss is believed above this chance of it, as a logarithm: one in a thousand.
const BELIEVED: f64 = -6.9;
/// Losses of which there are so many times fewer than zeros say nothing of these.
const FEW: u64 = 10;
/// The chance that a bet is void, as a logarithm: one in twenty.
const VOID: f64 = -3.0;

/// What the amounts of the bets say.
#[derive(Default)]
struct Amounts {
    /// Payouts that are the stake times the odds, and those that are that less the stake.
    payouts: [u64; 2],
    /// The same of profits.
    profits: [u64; 2],
    /// Profits below zero, and those of them that are a stake or half of one.
    losses: u64,
    lost_stakes: u64,
    /// Profits of zero, the first of them, and those beside a bet that was lost.
    zeros: u64,
    first_zero: Option<u64>,
    lost_zeros: u64,
    /// Profits above zero beside a bet that was lost: as much as it lost.
    unsigned: u64,
    /// The logarithm of the chance that all bets with a profit win, and all without one are void.
    chance: f64,
}

/// Judges the columns of payouts and of profits; a column of profits that holds payouts is taken for that.
///
/// # Errors
/// When it cannot be told whether bets were lost.
pub(super) fn judge(
    sheet: &Sheet<'_>,
    columns: &mut Columns,
    conventions: &mut Conventions,
    config: &TrackedConfig,
    header_line: u64,
    assumptions: &mut Vec<String>,
) -> Result<(), SourceError> {
    let mut found = Amounts::default();
    for_each_row(sheet, header_line, columns.headers.len(), |line| {
        let reader = RowReader::new(columns, conventions, config);
        if let Ok(row) = reader.row(line)
            && row.free.is_none()
        {
            let ending = row
                .result
                .and_then(|cell| words::ending(cell, conventions.coding, &config.result_words));
            found.add(&row, ending, line.number);
        }
    });
    let profit = columns.get(Target::Profit);
    let profit_name = profit.map_or_else(String::new, |at| columns.header(at));
    // among many bets that made 0 a few may have been cashed out at a loss
    let is_doubted = found.lost_stakes == 0
        && found.losses * FEW < found.zeros
        && columns.get(Target::Result).is_none();
    if profit.is_some() && (found.losses == 0 || is_doubted) {
        if found.unsigned > 0 && found.losses == 0 {
            conventions.profit_is_unsigned = true;
            assumptions.push(format!(
                "{profit_name} has no signs: beside a bet that was lost it is read as a loss"
            ));
        } else if columns.get(Target::Payout).is_none()
            && found.are_payouts(columns, &sheet.name)?
        {
            columns.turn(Target::Profit, Target::Payout);
            found.payouts = found.profits;
            if found.payouts[1] <= found.payouts[0] {
                assumptions.push(format!("{profit_name} is read as what came back"));
            }
        }
    }
    let is_only = columns.get(Target::Profit).is_none();
    if let Some(at) = columns.get(Target::Payout).filter(|_| is_only) {
        conventions.payout_is_net = found.payouts[1] > found.payouts[0];
        if conventions.payout_is_net {
            let name = columns.header(at);
            assumptions.push(format!(
                "{name} is read as what was won, the stake not included"
            ));
        }
    }
    Ok(())
}

impl Amounts {
    fn add(&mut self, row: &Row<'_>, ending: Option<Ending>, line: u64) {
        let may_have_won = matches!(ending, None | Some(Ending::Settled(Outcome::Won)));
        if let Some(payout) = row.payout.filter(|_| may_have_won) {
            count(&mut self.payouts, payout, row);
        }
        self.payouts[1] += u64::from(row.payout.is_some_and(|payout| payout < 0.0));
        let Some(profit) = row.profit else { return };
        if may_have_won {
            count(&mut self.profits, profit, row);
        }
        self.losses += u64::from(profit < 0.0);
        let is_stake = |stake: f64| is_near(-profit, stake) || is_near(-profit, stake / 2.0);
        self.lost_stakes += u64::from(profit < 0.0 && row.stake.is_none_or(is_stake));
        // half a stake may be what was lost, and what came back
        let is_lost = ending == Some(Ending::Settled(Outcome::Lost));
        let lost = row.stake.filter(|_| is_lost);
        if profit == 0.0 {
            self.zeros += 1;
            self.chance += VOID;
            self.first_zero = self.first_zero.or(Some(line));
            self.lost_zeros += u64::from(lost.is_some());
        } else if profit > 0.0 {
            self.unsigned += u64::from(lost.is_some_and(|lost| is_near(profit, lost)));
            self.chance -= row.odds.map_or(0.0, f64::ln);
        }
    }

    /// Whether a column of profits without any loss has what came back.
    fn are_payouts(&self, columns: &Columns, file: &str) -> Result<bool, SourceError> {
        if columns.get(Target::Result).is_some() {
            return Ok(self.lost_zeros > 0);
        }
        if self.zeros == 0 || self.chance > BELIEVED {
            return Ok(false);
        }
        if self.profits[0] > self.profits[1] && self.losses == 0 {
            return Ok(true);
        }
        let at = columns.get(Target::Profit).unwrap_or_default();
        let header = columns.header(at);
        Err(SourceError::Undecided {
            place: Box::new(Place {
                file: file.to_owned(),
                line: self.first_zero.unwrap_or(1),
                column: Some((at + 1, header.clone())),
            }),
            problem: format!(
                "no bet lost its stake, and {} made 0, which may be lost or void: name a column of results (--map result=...), or say \
                 that the column has what was won, so that 0 is a lost bet (--map \"payout={header}\")",
                self.zeros
            ),
        })
    }
}

/// Counts an amount that is what a won bet gives back, or what it makes.
fn count(kinds: &mut [u64; 2], amount: f64, row: &Row<'_>) {
    let (Some(odds), Some(stake)) = (row.odds, row.stake) else {
        return;
    };
    if amount > 0.0 && is_near(amount, stake * odds) {
        kinds[0] += 1;
    } else if amount > 0.0 && is_near(amount, stake * (odds - 1.0)) {
        kinds[1] += 1;
    }
}
