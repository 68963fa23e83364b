//! Money in whole minor units, and the bankroll.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use super::odds::Odds;

/// An amount in minor units (cents). Sums are exact and checked: an overflow panics rather than wraps.
///
/// The one rounding rule: an amount computed from a fraction is rounded to the nearest minor unit, halves
/// away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Minor units in one unit of currency.
    pub const MINOR: i64 = 100;
    /// The largest bankroll, and the largest amount computed from a fraction: 10^15 minor units, below which an
    /// amount survives the conversion to a decimal number and back.
    pub const LIMIT: Self = Self(1_000_000_000_000_000);

    /// An amount in minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// An amount in units of currency, rounded to the minor unit; `None` beyond [`Self::LIMIT`].
    ///
    /// ```
    /// use simbet::Money;
    /// assert_eq!(Money::from_units(20.505), Some(Money::from_minor(2051)));
    /// assert_eq!(Money::from_units(f64::NAN), None);
    /// ```
    pub fn from_units(units: f64) -> Option<Self> {
        let minor = snap(units * Self::MINOR as f64);
        (minor.abs() <= Self::LIMIT.0 as f64).then_some(Self(minor as i64))
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
    /// use simbet::Money;
    /// assert_eq!(Money::from_minor(1050).share(0.01), Money::from_minor(11));
    /// ```
    pub fn share(self, share: f64) -> Self {
        let minor = snap(self.0 as f64 * share);
        let limit = Self::LIMIT.0 as f64;
        if minor.is_finite() {
            Self(minor.clamp(-limit, limit) as i64)
        } else {
            Self::ZERO
        }
    }

    /// The largest multiple of `step` that does not exceed the amount.
    ///
    /// ```
    /// use simbet::Money;
    /// assert_eq!(Money::from_minor(1299).floor_to(Money::from_minor(50)), Money::from_minor(1250));
    /// ```
    pub fn floor_to(self, step: Self) -> Self {
        if step.0 <= 1 {
            self
        } else {
            Self(self.0 - self.0.rem_euclid(step.0))
        }
    }

    /// The amount × `part` / `whole`, rounded towards zero, so that the shares of a limit never exceed it. Zero
    /// when `whole` is zero.
    ///
    /// ```
    /// use simbet::Money;
    /// let third = Money::from_minor(100).scaled_down(Money::from_minor(2), Money::from_minor(3));
    /// assert_eq!(third, Money::from_minor(66));
    /// ```
    pub fn scaled_down(self, part: Self, whole: Self) -> Self {
        let scaled = (i128::from(self.0) * i128::from(part.0)).checked_div(i128::from(whole.0));
        Self(scaled.unwrap_or(0).clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// Profit of this stake when it wins at `odds`: exact to the minor unit for odds of up to nine decimals,
    /// and never above [`Self::LIMIT`].
    ///
    /// ```
    /// use simbet::{Money, Odds};
    /// let stake = Money::from_minor(150);
    /// assert_eq!(stake.winnings(Odds::new(2.15).unwrap()), Money::from_minor(173));
    /// ```
    pub fn winnings(self, odds: Odds) -> Self {
        self.times_net::<1_000_000_000>(odds)
    }

    /// Profit of half this stake when it wins at `odds`: rounded once, not a rounded half of rounded winnings.
    ///
    /// ```
    /// use simbet::{Money, Odds};
    /// let (stake, odds) = (Money::from_minor(5), Odds::new(1.1).unwrap());
    /// assert_eq!(stake.half_winnings(odds), Money::ZERO);
    /// assert_eq!(stake.winnings(odds).half(), Money::from_minor(1));
    /// ```
    pub fn half_winnings(self, odds: Odds) -> Self {
        self.times_net::<2_000_000_000>(odds)
    }

    /// The amount × the net odds in units of 10^-9 / `UNIT`, by the one rounding rule.
    fn times_net<const UNIT: i64>(self, odds: Odds) -> Self {
        let nano = (odds.net() * 1e9).round();
        // nearly every bet fits in 64 bits, where dividing by a constant costs next to nothing
        match self
            .0
            .checked_mul(nano as i64)
            .and_then(|scaled| scaled.checked_add(UNIT / 2 * self.0.signum()))
        {
            Some(scaled) if nano < i64::MAX as f64 => {
                Self((scaled / UNIT).clamp(-Self::LIMIT.0, Self::LIMIT.0))
            }
            _ => self.times_wide(nano as i128, i128::from(UNIT)),
        }
    }

    fn times_wide(self, nano: i128, unit: i128) -> Self {
        let limit = i128::from(Self::LIMIT.0);
        let scaled = i128::from(self.0)
            .saturating_mul(nano)
            .saturating_add(unit / 2 * i128::from(self.0.signum()));
        Self((scaled / unit).clamp(-limit, limit) as i64)
    }

    /// Half the amount, halves away from zero.
    pub fn half(self) -> Self {
        Self(self.0 / 2 + self.0 % 2)
    }
}

/// Rounds to a whole number, halves away from zero also where binary fractions leave them a hair short.
///
/// The nudge is four times the precision of the number: the error of a fraction and one product. It is limited
/// to a quarter, so that large whole numbers do not change.
fn snap(value: f64) -> f64 {
    (value + (value * (4.0 * f64::EPSILON)).clamp(-0.25, 0.25)).round()
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

impl std::str::FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let units = text.trim().parse().ok().and_then(Self::from_units);
        units.ok_or_else(|| MoneyError(text.to_owned()))
    }
}

/// A text that is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyError(String);

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an amount of money must be a number of units such as 100 or 12.50, at most {}, not {:?}",
            Money::LIMIT,
            self.0
        )
    }
}

impl std::error::Error for MoneyError {}

/// Written for people as a decimal number of units, which holds every amount up to [`Money::LIMIT`] exactly; elsewhere as
/// minor units, which hold every amount.
impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_f64(self.units())
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        let units = f64::deserialize(deserializer)?;
        Self::from_units(units)
            .ok_or_else(|| serde::de::Error::custom(format!("{units} is not an amount of money")))
    }
}

/// The balance, and the part of it that is reserved for open bets: 0 ≤ reserved ≤ balance, unless bets go on credit.
///
/// On credit ([`Self::with_credit`]) stakes may exceed what is free, so that the balance can fall below 0, to
/// −[`Money::LIMIT`] at worst. Without it only a correction of a result can break the second half of this: it takes winnings
/// back, which may have been staked or lost since. Either way the balance can be below what is reserved, even below 0: a debt.
/// Nothing is free until it is made up for.
///
/// ```
/// use simbet::{Bankroll, Money};
/// let mut bankroll = Bankroll::new(Money::from_minor(10_000)).unwrap();
/// bankroll.reserve(Money::from_minor(2_500)).unwrap();
/// assert_eq!(bankroll.free(), Money::from_minor(7_500));
/// bankroll.release(Money::from_minor(2_500), Money::from_minor(1_000));
/// assert_eq!(bankroll.balance(), Money::from_minor(11_000));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Money, Money, bool)", into = "(Money, Money, bool)")]
pub struct Bankroll {
    balance: Money,
    reserved: Money,
    /// Whether stakes may exceed what is free.
    credit: bool,
}

impl From<Bankroll> for (Money, Money, bool) {
    fn from(bankroll: Bankroll) -> Self {
        (bankroll.balance, bankroll.reserved, bankroll.credit)
    }
}

impl TryFrom<(Money, Money, bool)> for Bankroll {
    type Error = &'static str;
    fn try_from((balance, reserved, credit): (Money, Money, bool)) -> Result<Self, Self::Error> {
        (Money::ZERO <= reserved)
            .then_some(Self {
                balance,
                reserved,
                credit,
            })
            .ok_or("a bankroll has no less than nothing reserved")
    }
}

impl Bankroll {
    /// A bankroll with nothing reserved; `None` when `balance` is negative.
    pub fn new(balance: Money) -> Option<Self> {
        (balance >= Money::ZERO).then_some(Self {
            balance,
            reserved: Money::ZERO,
            credit: false,
        })
    }

    /// The same bankroll, on which stakes may exceed what is free.
    ///
    /// ```
    /// use simbet::{Bankroll, Money};
    /// let stake = Money::from_minor(2_500);
    /// let mut bankroll = Bankroll::new(Money::from_minor(1_000)).unwrap().with_credit();
    /// bankroll.reserve(stake).unwrap();
    /// bankroll.release(stake, -stake);
    /// assert_eq!((bankroll.balance(), bankroll.free()), (Money::from_minor(-1_500), Money::ZERO));
    /// ```
    #[must_use]
    pub const fn with_credit(mut self) -> Self {
        self.credit = true;
        self
    }

    /// The same bankroll with every open stake back in it, neither won nor lost.
    #[must_use]
    pub const fn with_nothing_reserved(mut self) -> Self {
        self.reserved = Money::ZERO;
        self
    }

    /// The balance, stakes of open bets included.
    pub const fn balance(&self) -> Money {
        self.balance
    }

    /// Stakes of open bets.
    pub const fn reserved(&self) -> Money {
        self.reserved
    }

    /// The balance that is not reserved; nothing where a correction or credit took more than that.
    pub fn free(&self) -> Money {
        (self.balance - self.reserved).max(Money::ZERO)
    }

    /// The most that can be staked: what is free, and on credit so much that the balance would be −[`Money::LIMIT`] if every
    /// open bet lost.
    pub fn available(&self) -> Money {
        if self.credit {
            (self.balance - self.reserved + Money::LIMIT).max(Money::ZERO)
        } else {
            self.free()
        }
    }

    /// Reserves a stake. `None`, with nothing changed, when the stake is not positive or exceeds what is
    /// [available](Self::available).
    #[must_use = "the stake was refused when this is None"]
    pub fn reserve(&mut self, stake: Money) -> Option<()> {
        if stake <= Money::ZERO || stake > self.available() {
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
        assert!(
            stake <= self.reserved && -profit <= stake,
            "a settlement must match its bet"
        );
        self.reserved -= stake;
        self.balance += profit;
    }

    /// Books the difference that the correction of a result makes, which may be more than there is.
    ///
    /// ```
    /// use simbet::{Bankroll, Money};
    /// let mut bankroll = Bankroll::new(Money::from_minor(10_000)).unwrap();
    /// bankroll.correct(Money::from_minor(-12_500));
    /// assert_eq!((bankroll.balance(), bankroll.free()), (Money::from_minor(-2_500), Money::ZERO));
    /// ```
    pub fn correct(&mut self, difference: Money) {
        self.balance += difference;
    }
}
