//! The amount of which all profits of some bets are whole multiples, such as a cent.

use super::profit_distribution::ProfitDistribution;

/// Parts of a unit of money that profits may be counted in: cents, hundredths and ten-thousandths of these, and the smallest parts
/// of a bitcoin.
const PARTS: [f64; 4] = [100.0, 1e4, 1e6, 1e8];
/// How far an amount may be from a whole number of parts, by the digits that a number has.
const ROUNDING: f64 = 1e-5;
/// The most parts of an amount: beyond them a number has not enough digits to tell.
const MOST: f64 = 1e10;
/// The share by which a profit may be rounded to cents: of smaller amounts cents are not the coin.
const COIN: f64 = 0.005;

/// Steps within which a total is one of those that there are: amounts are rounded when they are paid.
pub(super) const SNAP: f64 = 0.05;

/// A step, and the parts that profits are rounded to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ProfitStep {
    /// Parts in a unit of money.
    parts: f64,
    /// Parts in a step.
    size: u64,
}

impl ProfitStep {
    /// The largest step from which every total can be made; `None` where the profits are no such amounts.
    ///
    /// Where the total has whole cents, and cents are small beside the profits, these are rounded to cents, as whoever pays
    /// them rounds.
    pub fn of(bets: &[ProfitDistribution], total: f64) -> Option<Self> {
        let profits = || bets.iter().flat_map(ProfitDistribution::possible);
        let are_whole =
            |parts: f64| profits().all(|(_, profit)| whole(profit, parts, ROUNDING).is_some());
        let is_coin = |profit: f64| whole(profit, PARTS[0], PARTS[0] * COIN * profit.abs());
        let are_paid_in_cents = whole(total, PARTS[0], ROUNDING).is_some()
            && profits().all(|(_, profit)| is_coin(profit).is_some());
        let parts = if are_whole(PARTS[0]) || are_paid_in_cents {
            PARTS[0]
        } else {
            *PARTS[1..].iter().find(|parts| are_whole(**parts))?
        };
        let rise = |bet: &ProfitDistribution| {
            let lowest = (bet.lowest() * parts).round();
            bet.possible()
                .map(|(_, profit)| ((profit * parts).round() - lowest) as u64)
                .fold(0, greatest_common_divisor)
        };
        let size = bets.iter().map(rise).fold(0, greatest_common_divisor);
        (size > 0).then_some(Self { parts, size })
    }

    /// The step in units of money.
    pub fn amount(self) -> f64 {
        self.size as f64 / self.parts
    }

    /// The profit in steps, rounded to parts. Profits of one bet differ by whole steps.
    pub fn steps(self, profit: f64) -> f64 {
        (profit * self.parts).round() / self.size as f64
    }

    /// Any amount in steps.
    pub fn exact_steps(self, amount: f64) -> f64 {
        amount * self.parts / self.size as f64
    }
}

/// The whole parts of an amount, where it is near enough to them.
fn whole(amount: f64, parts: f64, slack: f64) -> Option<f64> {
    let counted = amount * parts;
    let whole = counted.round();
    (whole.abs() <= MOST && (counted - whole).abs() <= slack.max(ROUNDING)).then_some(whole)
}

const fn greatest_common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(odds: f64, stake: f64) -> ProfitDistribution {
        ProfitDistribution::at(odds, stake, [1.0 / odds, 0.0, 0.0, 0.0, 1.0 - 1.0 / odds])
    }

    fn step(bets: &[ProfitDistribution], total: f64) -> Option<f64> {
        ProfitStep::of(bets, total).map(ProfitStep::amount)
    }

    #[test]
    fn a_step_is_the_greatest_common_amount() {
        // 10 at 1.91 is won or lost by 19.10, 20 at 2.50 by 50
        assert_eq!(step(&[even(1.91, 10.0)], 9.1), Some(19.1));
        let both = [even(1.91, 10.0), even(2.5, 20.0)];
        assert_eq!(step(&both, 9.1), Some(0.1));
        assert_eq!(step(&[even(2.0, 1e-7)], 0.0), None);
    }

    #[test]
    fn profits_are_rounded_as_they_are_paid() {
        // 5.55 at 1.91 makes 5.0505, which is paid as 5.05
        let bets = [even(1.91, 5.55)];
        assert_eq!(step(&bets, 5.05), Some(10.6));
        assert_eq!(step(&bets, 5.0505), Some(10.6005));
        // a quarter of a unit is not paid in cents
        assert_eq!(step(&[even(1.91, 0.25)], -0.25), Some(0.4775));
    }
}
