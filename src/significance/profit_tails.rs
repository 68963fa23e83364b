//! The tails of the distribution of a sum of profits.

use super::profit_distribution::ProfitDistribution;
use super::tails;

/// Cells of the lattice in a standard deviation of the sum. Its rounding is then far below what p is printed with.
const CELLS: f64 = 200.0;
/// The most cells that one bet may span.
const MOST_CELLS: f64 = 16_384.0;
/// The probability that may be cut off the ends of the distribution altogether.
const NEGLIGIBLE: f64 = 1e-9;
/// Cells by which a total counts as reached although it lies beyond: a total of a few wins is spread over this many.
const SLACK: f64 = 2.0;

/// The probabilities of a total at least, and at most, as high as the observed one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tails {
    pub at_least: f64,
    pub at_most: f64,
}

/// The tails of a normal distribution at z, corrected for skewness.
pub(super) fn edgeworth(z: f64, skewness: f64) -> Tails {
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let correction = skewness / 6.0 * (z * z - 1.0) * density;
    Tails {
        at_least: tails::normal(z) + correction,
        at_most: tails::normal(-z) - correction,
    }
}

/// The tails of the sum of independent profits at a total, given the standard deviation of the sum, which is above 0.
///
/// Each bet's profits are laid on a lattice, those between two of its points in the proportion that keeps their mean, and the
/// bets are added one after the other. Both tails contain the total itself.
pub(super) fn of_sum(bets: &[ProfitDistribution], total: f64, std_dev: f64) -> Tails {
    let widest = bets.iter().map(spread).fold(0.0, f64::max);
    let cell = (std_dev / CELLS).max(widest / MOST_CELLS);
    let mut sum = Lattice {
        first: 0,
        chances: vec![1.0],
    };
    let mut spare = Vec::new();
    for bet in bets {
        sum.add(bet, cell, NEGLIGIBLE / bets.len() as f64, &mut spare);
    }
    let lowest: f64 = bets.iter().map(lowest).sum();
    sum.tails((total - lowest) / cell)
}

/// The lowest profit that is possible.
fn lowest(bet: &ProfitDistribution) -> f64 {
    possible(bet)
        .map(|(_, profit)| profit)
        .fold(f64::INFINITY, f64::min)
}

fn spread(bet: &ProfitDistribution) -> f64 {
    let highest = possible(bet)
        .map(|(_, profit)| profit)
        .fold(f64::NEG_INFINITY, f64::max);
    highest - lowest(bet)
}

fn possible(bet: &ProfitDistribution) -> impl Iterator<Item = (f64, f64)> {
    bet.pairs().filter(|(chance, _)| *chance > 0.0)
}

/// Probabilities at whole multiples of a cell above the lowest total.
struct Lattice {
    /// The place of the first of them.
    first: usize,
    chances: Vec<f64>,
}

impl Lattice {
    /// Adds an independent bet.
    fn add(&mut self, bet: &ProfitDistribution, cell: f64, negligible: f64, spare: &mut Vec<f64>) {
        let lowest = lowest(bet);
        let cells = (spread(bet) / cell).ceil() as usize + 1;
        spare.clear();
        spare.resize(self.chances.len() + cells, 0.0);
        for (chance, profit) in possible(bet) {
            let place = (profit - lowest) / cell;
            let whole = place.floor();
            let above = place - whole;
            self.shift_into(spare, whole as usize, chance * (1.0 - above));
            if above > 0.0 {
                self.shift_into(spare, whole as usize + 1, chance * above);
            }
        }
        std::mem::swap(&mut self.chances, spare);
        self.trim(negligible);
    }

    fn shift_into(&self, sum: &mut [f64], cells: usize, chance: f64) {
        for (sum, one) in sum[cells..].iter_mut().zip(&self.chances) {
            *sum += chance * one;
        }
    }

    /// Cuts off ends that hold less than `negligible` together.
    fn trim(&mut self, negligible: f64) {
        let half = negligible / 2.0;
        let high = beyond(self.chances.iter().rev(), half);
        self.chances.truncate(self.chances.len() - high);
        let low = beyond(self.chances.iter(), half);
        self.chances.drain(..low);
        self.first += low;
    }

    fn tails(&self, place: f64) -> Tails {
        let at = |index: usize| (self.first + index) as f64;
        let sum = |holds: &dyn Fn(f64) -> bool| {
            let chances = self.chances.iter().enumerate();
            chances
                .filter(|(index, _)| holds(at(*index)))
                .map(|(_, chance)| chance)
                .sum()
        };
        Tails {
            at_least: sum(&|found| found >= place - SLACK),
            at_most: sum(&|found| found <= place + SLACK),
        }
    }
}

/// How many values from one end on add up to at most `least`.
fn beyond<'a>(values: impl Iterator<Item = &'a f64>, least: f64) -> usize {
    let sums = values.scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= least).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::significance::poisson_binomial;

    fn even(stake: f64) -> ProfitDistribution {
        ProfitDistribution::at(2.0, stake, [0.5, 0.0, 0.0, 0.0, 0.5])
    }

    /// Of 30 bets at 100 exactly two wins: the probability of two or more is 0.036, the normal distribution says 0.0009.
    #[test]
    fn a_few_wins_at_long_odds_are_counted() {
        let bets = [ProfitDistribution::at(100.0, 1.0, [0.01, 0.0, 0.0, 0.0, 0.99]); 30];
        let std_dev = 100.0 * (30.0 * 0.01 * 0.99_f64).sqrt();
        let wins = poisson_binomial(&[0.01; 30]).unwrap();
        for count in 0..4 {
            let found = of_sum(&bets, 100.0 * count as f64 - 30.0, std_dev);
            let at_least: f64 = wins[count..].iter().sum();
            let at_most: f64 = wins[..=count].iter().sum();
            assert!(
                (found.at_least - at_least).abs() < 1e-7,
                "{count}: {found:?}"
            );
            assert!((found.at_most - at_most).abs() < 1e-7, "{count}: {found:?}");
        }
    }

    #[test]
    fn bets_of_different_stakes_have_the_tails_of_all_their_sums() {
        let stakes = [1.0, 2.5, 7.3, 11.9, 0.4, 3.3, 5.1, 8.8];
        let bets = stakes.map(even);
        let std_dev = stakes.iter().map(|stake| stake * stake).sum::<f64>().sqrt();
        let totals: Vec<f64> = (0..256u32)
            .map(|won| {
                let sign = |place| if won >> place & 1 == 1 { 1.0 } else { -1.0 };
                stakes
                    .iter()
                    .enumerate()
                    .map(|(place, stake)| sign(place) * stake)
                    .sum()
            })
            .collect();
        for total in [-20.0, -3.0, 0.0, 12.5, 30.0] {
            let exact = totals.iter().filter(|one| **one >= total).count() as f64 / 256.0;
            let found = of_sum(&bets, total, std_dev).at_least;
            assert!(
                found > exact - 1e-4 && found < exact + 0.02,
                "{total}: {found} {exact}"
            );
        }
    }

    /// The cells are then wide: what lies in that of the total counts in both tails, which says "luck".
    #[test]
    fn a_bet_that_outweighs_all_others_is_no_flood_of_cells() {
        let mut bets = vec![even(1e-3); 200];
        bets.push(ProfitDistribution::at(
            1e9,
            1e6,
            [1e-9, 0.0, 0.0, 0.0, 1.0 - 1e-9],
        ));
        let found = of_sum(&bets, 0.0, 1e15 * 1e-9_f64.sqrt());
        assert!(found.at_least >= 1e-9 && found.at_most > 0.999, "{found:?}");
    }
}
