//! The tails of a sum of few profits, by all amounts that it may come to.

use super::profit_distribution::ProfitDistribution;
use super::profit_step::{ProfitStep, SNAP};
use super::tails::Tails;

/// The most amounts that there may be: those of 24 bets that are won or lost.
const MOST: usize = 1 << 24;
/// Amounts that differ by less, as a share of all that may be won and lost, are the same.
const SAME: f64 = 1e-12;

/// The tails at a total, which both contain; `None` where the bets may come to too many amounts. With a step profits are rounded to
/// the parts in which they are paid.
///
/// # Method
/// Each amount is one of half of the bets and one of the others: for each of the first those of the second that reach the total are
/// found in order.
pub(super) fn tails(
    bets: &[ProfitDistribution],
    total: f64,
    step: Option<ProfitStep>,
) -> Option<Tails> {
    let mut counts = bets.iter().map(|bet| bet.possible().count());
    let amounts = counts.try_fold(1_usize, usize::checked_mul)?;
    if amounts > MOST {
        return None;
    }
    let unit = |amount: f64| step.map_or(amount, |step| step.steps(amount));
    let spreads = bets.iter().map(ProfitDistribution::spread);
    let (total, slack) = match step {
        Some(step) => (step.exact_steps(total), SNAP),
        None => (total, SAME * spreads.sum::<f64>()),
    };
    let (one, other) = bets.split_at(bets.len() / 2);
    let [one, mut other] = [one, other].map(|bets| sums(bets, unit));
    other.sort_by(|a, b| a.0.total_cmp(&b.0));
    // the probability of the sums before each of them, and of all
    let mut before = vec![0.0];
    before.extend(other.iter().scan(0.0, |sum, (_, chance)| {
        *sum += chance;
        Some(*sum)
    }));
    let whole = before[other.len()];
    let mut tails = Tails {
        at_least: 0.0,
        at_most: 0.0,
    };
    for (sum, chance) in one {
        let rest = total - sum;
        let below = other.partition_point(|(sum, _)| *sum < rest - slack);
        let up_to = other.partition_point(|(sum, _)| *sum <= rest + slack);
        tails.at_least += chance * (whole - before[below]);
        tails.at_most += chance * before[up_to];
    }
    Some(tails)
}

/// Every sum of the profits of some bets, with its probability.
fn sums(bets: &[ProfitDistribution], unit: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    bets.iter().fold(vec![(0.0, 1.0)], |sums, bet| {
        let ends = bet.possible();
        ends.flat_map(|(chance, profit)| {
            let profit = unit(profit);
            sums.iter()
                .map(move |(sum, known)| (sum + profit, known * chance))
        })
        .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bets() -> Vec<ProfitDistribution> {
        let bet = |k: u32| {
            let (odds, stake) = (1.4 + 0.37 * f64::from(k), 2.0 + 3.17 * f64::from(k * k % 7));
            // some may be half won, void or half lost
            let chances = if k.is_multiple_of(3) {
                [0.3, 0.1, 0.2, 0.15, 0.25]
            } else {
                [1.0 / odds, 0.0, 0.0, 0.0, 1.0 - 1.0 / odds]
            };
            ProfitDistribution::at(odds, stake, chances)
        };
        (0..9).map(bet).collect()
    }

    #[test]
    fn few_bets_have_the_tails_of_everything_that_they_may_come_to() {
        let bets = bets();
        let all = sums(&bets, |profit| profit);
        assert_eq!(all.len(), 5_usize.pow(3) * 2_usize.pow(6));
        for place in [0, 17, 400, 2_345, 7_999] {
            let total = all[place].0;
            let count = |is: &dyn Fn(f64) -> bool| -> f64 {
                let counted = all.iter().filter(|(sum, _)| is(*sum));
                counted.map(|(_, chance)| chance).sum()
            };
            let at_least = count(&|sum| sum >= total - 1e-9);
            let at_most = count(&|sum| sum <= total + 1e-9);
            let found = tails(&bets, total, None).unwrap();
            assert!(
                (found.at_least - at_least).abs() < 1e-12,
                "{found:?} {at_least}"
            );
            assert!(
                (found.at_most - at_most).abs() < 1e-12,
                "{found:?} {at_most}"
            );
            // the total is in both
            assert!(found.at_least + found.at_most > 1.0 + 1e-6);
        }
    }

    #[test]
    fn many_bets_are_not_listed() {
        let bets = vec![ProfitDistribution::at(2.0, 1.0, [0.5, 0.0, 0.0, 0.0, 0.5]); 25];
        assert!(tails(&bets, 0.0, None).is_none());
        assert!(tails(&bets[..24], 0.0, None).is_some());
    }
}
