//! Amounts of a record as money. Backtests count in the smallest coin; the units of a record may be divided further, and
//! then all amounts are scaled up by a power of ten until they are whole, so that no return is rounded.

use super::AssessError;
use crate::domain::Money;
use crate::source::TrackedBet;

/// The power of ten by which amounts are multiplied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(f64);

/// The greatest power.
const MOST: i32 = 9;
/// What all amounts together may come to.
const MOST_MONEY: f64 = 1e12;

impl Scale {
    /// The least scale at which all amounts are whole coins, or the greatest that their sum allows.
    pub fn of(bets: &[&TrackedBet], bankroll: Option<f64>) -> Result<Self, AssessError> {
        let sum: f64 = bets.iter().map(|bet| bet.stake + bet.profit.abs()).sum();
        let sum = sum + bankroll.unwrap_or(0.0).abs();
        if sum > MOST_MONEY {
            return Err(AssessError::TooLarge(format!("{MOST_MONEY:.0}")));
        }
        let amounts = || {
            bets.iter()
                .flat_map(|bet| [bet.stake, bet.profit])
                .chain(bankroll)
        };
        let mut scale = 1.0;
        for _ in 0..MOST {
            if amounts().all(|amount| is_whole(amount * scale)) || sum * scale * 10.0 > MOST_MONEY {
                break;
            }
            scale *= 10.0;
        }
        Ok(Self(scale))
    }

    /// An amount as money.
    pub fn money(self, amount: f64) -> Money {
        Money::from_units(amount * self.0).unwrap_or(Money::LIMIT)
    }

    /// The amount of some money.
    pub fn amount(self, money: Money) -> f64 {
        money.units() / self.0
    }

    /// An amount that was computed of such money.
    pub fn down(self, amount: f64) -> f64 {
        amount / self.0
    }

    /// The same money in the coins of the record.
    pub fn coins(self, money: Money) -> Money {
        Money::from_units(self.amount(money)).unwrap_or(money)
    }
}

/// Whether an amount is a whole number of coins.
fn is_whole(amount: f64) -> bool {
    let coins = amount * Money::MINOR as f64;
    (coins - coins.round()).abs() <= coins.abs() * 1e-12 + 1e-9
}
