//! Money in whole minor units, and the bankroll.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use super::odds::Odds;

/// An amount in minor units (cents). Sums are exact and checked: an overflow panics rather than wraps.
///
/// The one rounding rule: whatever is computed from a fraction goes to the nearest minor unit, halves
/// away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Minor units in one unit of currency.
    pub const MINOR: i64 = 100;
    /// Amounts computed from fractions stay below this many minor units, where `f64` still counts single ones.
    const LIMIT: f64 = 9.0e15;

    /// An amount in minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// An amount in units of currency, rounded to the minor unit.
    ///
    /// ```
    /// use simbet::domain::Money;
    /// assert_eq!(Money::from_units(20.505), Some(Money::from_minor(2051)));
    /// assert_eq!(Money::from_units(f64::NAN), None);
    /// ```
    pub fn from_units(units: f64) -> Option<Self> {
        let minor = snap(units * Self::MINOR as f64);
        (minor.abs() < Self::LIMIT).then_some(Self(minor as i64))
    }

    /// Minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Units of currency.
    pub fn units(self) -> f64 {
        self.0 as f64 / Self::MINOR as f64
    }

    /// This share of the amount, rounded to the minor unit; nothing when `share` is not finite.
    ///
    /// ```
    /// use simbet::domain::Money;
    /// assert_eq!(Money::from_minor(1050).share(0.01), Money::from_minor(11));
    /// ```
    pub fn share(self, share: f64) -> Self {
        let minor = snap(self.0 as f64 * share);
        if minor.is_finite() { Self(minor.clamp(-Self::LIMIT, Self::LIMIT) as i64) } else { Self::ZERO }
    }

    /// The largest multiple of `step` that does not exceed the amount.
    ///
    /// ```
    /// use simbet::domain::Money;
    /// assert_eq!(Money::from_minor(1299).floor_to(Money::from_minor(50)), Money::from_minor(1250));
    /// ```
    pub fn floor_to(self, step: Self) -> Self {
        if step.0 <= 1 { self } else { Self(self.0 - self.0.rem_euclid(step.0)) }
    }

    /// Profit of this stake when it wins at `odds`: exact to the minor unit for odds of up to nine decimals.
    ///
    /// ```
    /// use simbet::domain::{Money, Odds};
    /// let stake = Money::from_minor(150);
    /// assert_eq!(stake.winnings(Odds::new(2.15).unwrap()), Money::from_minor(173));
    /// ```
    pub fn winnings(self, odds: Odds) -> Self {
        let nano = (odds.net() * 1e9).round() as i128;
        let scaled = i128::from(self.0) * nano;
        let rounded = (scaled.abs() + 500_000_000) / 1_000_000_000 * scaled.signum();
        Self(i64::try_from(rounded).expect("winnings fit in 64 bits"))
    }

    /// Half the amount, halves away from zero.
    pub fn half(self) -> Self {
        Self((self.0 + self.0.signum()) / 2)
    }
}

/// Rounds to a whole number after dropping the noise of binary fractions (1 part in 10^11).
fn snap(value: f64) -> f64 {
    (value + value * 1e-11).round()
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("money fits in 64 bits"))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("money fits in 64 bits"))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    /// Units with two decimals: `-12.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let minor = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", minor / 100, minor % 100))
    }
}

/// Written as a decimal number of units, which holds every amount below 2^53 minor units exactly.
impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.units())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = f64::deserialize(deserializer)?;
        Self::from_units(units).ok_or_else(|| serde::de::Error::custom(format!("{units} is not an amount of money")))
    }
}

/// What there is, and how much of it is tied up in open bets: 0 ≤ reserved ≤ balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bankroll {
    balance: Money,
    reserved: Money,
}

impl Bankroll {
    /// A bankroll with nothing reserved; `None` when `balance` is negative.
    pub fn new(balance: Money) -> Option<Self> {
        (balance >= Money::ZERO).then_some(Self { balance, reserved: Money::ZERO })
    }

    /// Everything, stakes of open bets included.
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// Stakes of open bets.
    pub const fn reserved(&self) -> Money {
        self.reserved
    }

    /// What can still be staked.
    pub fn free(&self) -> Money {
        self.balance - self.reserved
    }

    /// Ties up a stake; `None`, and nothing changed, when it is not positive or exceeds what is free.
    #[must_use = "the stake was refused when this is None"]
    pub fn reserve(&mut self, stake: Money) -> Option<()> {
        if stake <= Money::ZERO || stake > self.free() {
            return None;
        }
        self.reserved += stake;
        Some(())
    }

    /// Frees a stake that was reserved and books its profit, which is never below minus the stake.
    ///
    /// # Panics
    /// When more is released than was reserved, or lost than was staked: the ledger's own mistake.
    pub fn release(&mut self, stake: Money, profit: Money) {
        assert!(stake <= self.reserved && -profit <= stake, "a settlement must match its bet");
        self.reserved -= stake;
        self.balance += profit;
    }
}
