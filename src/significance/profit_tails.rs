//! The tails of the distribution of a sum of profits.

use super::profit_distribution::ProfitDistribution;
use super::profit_step::{ProfitStep, SNAP};
use super::profit_sums;
use super::tails::{self, Tails};

/// The most multiplications that the cells of a lattice may cost where all profits are whole multiples of one.
const WORK: f64 = 2e7;
/// Those of a coarse lattice, unless its cells would become wider than [`LEAST_CELLS`] allows.
const COARSE_WORK: f64 = 2e6;
/// The least cells of the lattice in a standard deviation of the sum, whatever that costs, unless one bet spans too many.
const LEAST_CELLS: f64 = 200.0;
/// The most cells that one bet spans, where more would cost too much.
const MOST_CELLS: f64 = 16_384.0;
/// The probability that may be cut off the ends of the distribution altogether.
const NEGLIGIBLE: f64 = 1e-9;
/// Standard deviations that the distribution spans until its ends are cut off.
const SPAN: f64 = 14.0;
/// The probability of two cells from which on what lies in them is not divided among the tails, but counts in both.
const COARSE: f64 = 0.005;

/// The tails of a normal distribution at z, corrected for skewness.
pub(super) fn edgeworth(z: f64, skewness: f64) -> Tails {
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let correction = skewness / 6.0 * (z * z - 1.0) * density;
    Tails {
        at_least: tails::normal(z) + correction,
        at_most: tails::normal(-z) - correction,
    }
}

/// The tails of the sum of independent profits at a total, given the standard deviation of the sum, which is above 0. Both
/// contain the total itself.
///
/// The bets are added one after the other on a lattice whose cell is the greatest amount that all profits are whole multiples
/// of, and the tails are then exact, but for the ends of the distribution that are cut off. Where that takes too many cells, or
/// there is no such amount, a few bets are added in every way in which they may end. For more of them cells are wider: a profit
/// between two cells is laid on both in the proportion that keeps its mean, by which the variance grows a little, and the total
/// is moved away from the mean by as much.
pub(super) fn of_sum(bets: &[ProfitDistribution], total: f64, std_dev: f64) -> Tails {
    let step = ProfitStep::of(bets, total);
    let (finest, coarse) = cells(bets, std_dev);
    match step {
        Some(step) if step.amount() >= finest => exact_tails(bets, total, step),
        step => profit_sums::tails(bets, total, step)
            .unwrap_or_else(|| coarse_tails(bets, total, std_dev, coarse, step)),
    }
}

/// The narrowest cell of which all profits may be whole multiples, and the cell that is taken where they are not.
fn cells(bets: &[ProfitDistribution], std_dev: f64) -> (f64, f64) {
    let spreads = || bets.iter().map(ProfitDistribution::spread);
    let widest = spreads().fold(0.0, f64::max);
    let span = f64::min(spreads().sum(), SPAN * std_dev + widest);
    let ends: usize = bets.iter().map(|bet| bet.possible().count()).sum();
    let widest_cell = (std_dev / LEAST_CELLS).max(widest / MOST_CELLS);
    let [finest, coarse] =
        [WORK, COARSE_WORK].map(|work| widest_cell.min(ends as f64 * span / work));
    (finest, coarse)
}

fn exact_tails(bets: &[ProfitDistribution], total: f64, step: ProfitStep) -> Tails {
    let mut sum = Lattice::new(bets.len());
    let mut lowest = 0.0;
    for bet in bets {
        let own = step.steps(bet.lowest());
        lowest += own;
        // of whole numbers, but for the last digit
        sum.add(bet.possible(), |profit| (step.steps(profit) - own).round());
    }
    let place = step.exact_steps(total) - lowest;
    let nearest = place.round();
    let [first, last] = if (place - nearest).abs() <= SNAP {
        [nearest; 2]
    } else {
        [place.ceil(), place.floor()]
    };
    Tails {
        at_least: sum.above(first - 0.5),
        at_most: sum.below(last + 0.5),
    }
}

fn coarse_tails(
    bets: &[ProfitDistribution],
    total: f64,
    std_dev: f64,
    cell: f64,
    step: Option<ProfitStep>,
) -> Tails {
    let mut sum = Lattice::new(bets.len());
    let (mut lowest, mut mean, mut added) = (0.0, 0.0, 0.0);
    for bet in bets {
        let own = bet.lowest();
        lowest += own;
        mean += bet.mean();
        added += sum.add(bet.possible(), |profit| (profit - own) / cell);
    }
    let scale = (1.0 + added * (cell / std_dev).powi(2)).sqrt();
    let place = (mean - lowest + (total - mean) * scale) / cell;
    let near = sum.between(place - 1.0, place + 1.0);
    if near > COARSE {
        return Tails {
            at_least: sum.above(place + 1.0) + near,
            at_most: sum.below(place - 1.0) + near,
        };
    }
    // a total that is reached is half a step beyond what lies between it and the next one
    let half = step.map_or(0.0, |step| step.amount() / cell / 2.0);
    Tails {
        at_least: sum.above(place - half),
        at_most: sum.below(place + half),
    }
}

/// Probabilities at whole multiples of a cell above the lowest total.
struct Lattice {
    /// The place of the first of them.
    first: usize,
    chances: Vec<f64>,
    /// How many at the beginning of `chances` were cut off: to move the others to their place would take as long as a bet.
    cut: usize,
    spare: Vec<f64>,
    /// What may be cut off with each bet.
    negligible: f64,
}

impl Lattice {
    fn new(bets: usize) -> Self {
        Self {
            first: 0,
            chances: vec![1.0],
            cut: 0,
            spare: Vec::new(),
            negligible: NEGLIGIBLE / bets as f64,
        }
    }

    fn held(&self) -> &[f64] {
        &self.chances[self.cut..]
    }

    /// Adds an independent bet, and gives by how many squared cells the variance becomes larger than it is.
    fn add(
        &mut self,
        bet: impl Iterator<Item = (f64, f64)> + Clone,
        place: impl Fn(f64) -> f64,
    ) -> f64 {
        let highest = bet.clone().map(|(_, profit)| place(profit));
        let cells = highest.fold(0.0, f64::max).ceil() as usize + 1;
        self.spare.clear();
        let mut outcomes = bet.clone().map(|(chance, profit)| (chance, place(profit)));
        let added = match [(); 3].map(|()| outcomes.next()) {
            // won or lost, as most bets are
            [Some((high, top)), Some((low, 0.0)), None] if top > 0.0 => self.join(low, high, top),
            _ => self.lay(bet, place, cells),
        };
        std::mem::swap(&mut self.chances, &mut self.spare);
        self.cut = 0;
        self.trim();
        added
    }

    /// Makes the new sum of any bet, outcome by outcome, and gives by how many squared cells its variance becomes larger.
    fn lay(
        &mut self,
        bet: impl Iterator<Item = (f64, f64)>,
        place: impl Fn(f64) -> f64,
        cells: usize,
    ) -> f64 {
        let mut added = 0.0;
        for (chance, profit) in bet {
            let place = place(profit).max(0.0);
            let whole = place.floor();
            let above = place - whole;
            self.shift(whole as usize, chance * (1.0 - above), cells);
            if above > 0.0 {
                self.shift(whole as usize + 1, chance * above, cells);
                added += chance * above * (1.0 - above);
            }
        }
        added
    }

    /// Makes the new sum of a bet that is lost, or so much higher, as [`Self::lay`] does.
    fn join(&mut self, low: f64, high: f64, place: f64) -> f64 {
        let whole = place.floor();
        let above = place - whole;
        self.join_whole(low, high * (1.0 - above), whole as usize);
        if above > 0.0 {
            self.spare.push(0.0);
            self.shift(whole as usize + 1, high * above, 0);
        }
        high * above * (1.0 - above)
    }

    /// Makes the new sum of two outcomes in one pass: what is held, and the same so many cells higher.
    fn join_whole(&mut self, low: f64, high: f64, cells: usize) {
        let held = &self.chances[self.cut..];
        let (alone, both) = held.split_at(cells.min(held.len()));
        self.spare.extend(alone.iter().map(|one| low * one));
        self.spare.resize(cells, 0.0);
        let pairs = both.iter().zip(held);
        self.spare
            .extend(pairs.map(|(one, below)| high * below + low * one));
        let rest = &held[both.len()..];
        self.spare.extend(rest.iter().map(|one| high * one));
    }

    /// Adds what is held, so many cells higher, to the new sum, which ends `most` cells higher. The first time makes it.
    fn shift(&mut self, cells: usize, chance: f64, most: usize) {
        let held = &self.chances[self.cut..];
        if self.spare.is_empty() {
            self.spare.resize(cells, 0.0);
            self.spare.extend(held.iter().map(|one| chance * one));
            self.spare.resize(held.len() + most, 0.0);
            return;
        }
        for (sum, one) in self.spare[cells..].iter_mut().zip(held) {
            *sum += chance * one;
        }
    }

    /// Cuts off ends that hold next to nothing together.
    fn trim(&mut self) {
        let half = self.negligible / 2.0;
        let high = beyond(self.chances.iter().rev(), half);
        self.chances.truncate(self.chances.len() - high);
        self.cut = beyond(self.chances.iter(), half);
        self.first += self.cut;
    }

    /// The probability above a place, that of each cell lying evenly in it.
    fn above(&self, place: f64) -> f64 {
        self.share(|at| at + 0.5 - place)
    }

    /// The probability below a place.
    fn below(&self, place: f64) -> f64 {
        self.share(|at| place - at + 0.5)
    }

    /// The probability between two places.
    fn between(&self, low: f64, high: f64) -> f64 {
        self.share(|at| (at + 0.5).min(high) - (at - 0.5).max(low))
    }

    fn share(&self, part: impl Fn(f64) -> f64) -> f64 {
        let chances = self.held().iter().zip(self.first..);
        chances
            .map(|(chance, at)| chance * part(at as f64).clamp(0.0, 1.0))
            .sum()
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

    fn std_dev(bets: &[ProfitDistribution]) -> f64 {
        let variances = bets.iter().map(|bet| bet.moments().unwrap().1);
        variances.sum::<f64>().sqrt()
    }

    /// Of 30 bets at 100 exactly two wins: the probability of two or more is 0.036, the normal distribution says 0.0009.
    #[test]
    fn a_few_wins_at_long_odds_are_counted() {
        let bets = [ProfitDistribution::at(100.0, 1.0, [0.01, 0.0, 0.0, 0.0, 0.99]); 30];
        let wins = poisson_binomial(&[0.01; 30]).unwrap();
        for count in 0..4 {
            let found = of_sum(&bets, 100.0 * count as f64 - 30.0, std_dev(&bets));
            let at_least: f64 = wins[count..].iter().sum();
            let at_most: f64 = wins[..=count].iter().sum();
            assert!(
                (found.at_least - at_least).abs() < 1e-8,
                "{count}: {found:?}"
            );
            assert!((found.at_most - at_most).abs() < 1e-8, "{count}: {found:?}");
        }
    }

    #[test]
    fn a_bet_with_two_outcomes_is_added_as_any_other() {
        for cells in [0.4, 1.0, 2.0, 2.6, 3.0, 7.0, 40.0] {
            let [mut one, mut other] = [Lattice::new(4), Lattice::new(4)];
            for bet in 0..4 {
                let chance = 0.2 + 0.1 * f64::from(bet);
                let outcomes = [(chance, cells), (1.0 - chance, 0.0)];
                one.add(outcomes.into_iter(), |place| place);
                // lost twice in half of the cases each
                let halves = [
                    (chance, cells),
                    (0.5 * (1.0 - chance), 0.0),
                    (0.5 * (1.0 - chance), 0.0),
                ];
                other.add(halves.into_iter(), |place| place);
            }
            assert_eq!(one.first, other.first);
            assert!(
                one.held()
                    .iter()
                    .zip(other.held())
                    .all(|(a, b)| (a - b).abs() < 1e-16)
            );
            assert_eq!(one.held().len(), other.held().len());
            assert!((one.held().iter().sum::<f64>() - 1.0).abs() < 1e-8);
        }
    }

    /// Every total of some stakes at evens.
    fn totals(stakes: &[f64]) -> Vec<f64> {
        let sign = |won: u32, place: usize| if won >> place & 1 == 1 { 1.0 } else { -1.0 };
        let total = |won| -> f64 {
            let signed = stakes.iter().enumerate();
            signed.map(|(place, stake)| sign(won, place) * stake).sum()
        };
        (0..1 << stakes.len()).map(total).collect()
    }

    /// They were off by up to 0.005, since the two cells beside the total counted in both tails.
    #[test]
    fn bets_of_different_stakes_have_the_tails_of_all_their_sums() {
        let stakes = [1.0, 2.5, 7.3, 11.9, 0.4, 3.3, 5.1, 8.8];
        let bets = stakes.map(even);
        let all = totals(&stakes);
        for total in [-20.0, -3.0, 0.0, all[37], all[200], 30.0] {
            let count = |is: &dyn Fn(f64) -> bool| {
                all.iter().filter(|one| is(**one)).count() as f64 / all.len() as f64
            };
            let at_least = count(&|one| one >= total - 1e-9);
            let at_most = count(&|one| one <= total + 1e-9);
            let found = of_sum(&bets, total, std_dev(&bets));
            assert!(
                (found.at_least - at_least).abs() < 1e-8,
                "{total}: {found:?} {at_least}"
            );
            assert!(
                (found.at_most - at_most).abs() < 1e-8,
                "{total}: {found:?} {at_most}"
            );
        }
    }

    #[test]
    fn amounts_without_a_common_step_have_the_tails_of_amounts_beside_them() {
        for bets in [20, 60, 300] {
            assert_tails_beside(bets);
        }
    }

    fn assert_tails_beside(bets: u32) {
        let stakes: Vec<f64> = (0..bets)
            .map(|k| 10.0 + f64::from(k * k * 37 % 997) / 100.0)
            .collect();
        let on_cents: Vec<ProfitDistribution> = stakes.iter().map(|stake| even(*stake)).collect();
        let off: Vec<ProfitDistribution> = (0..)
            .zip(&stakes)
            .map(|(k, stake)| even(stake + 1e-5 * f64::from(k).sin()))
            .collect();
        for total in [-150.05, -20.05, 60.05, 200.05] {
            let step = ProfitStep::of(&on_cents, total).unwrap();
            let exact = exact_tails(&on_cents, total, step);
            let found = of_sum(&off, total, std_dev(&off));
            assert!(
                // the total itself, of all their sums on cents, is in both
                (found.at_least - exact.at_least).abs() < 2e-5,
                "{bets} {total}: {found:?} {exact:?}"
            );
        }
    }

    /// So many bets have so few cells that the profits between them widen the sum.
    #[test]
    fn wide_cells_keep_mean_and_variance() {
        let bets: Vec<ProfitDistribution> = (0..4_000)
            .map(|k| even(10.0 + f64::from(k % 89) / 7.0))
            .collect();
        let std_dev = std_dev(&bets);
        for z in [-2.0, -0.5, 0.0, 1.0, 2.5] {
            let found = of_sum(&bets, z * std_dev, std_dev);
            // symmetric, and with as good as no excess kurtosis
            assert!(
                (found.at_least - tails::normal(z)).abs() < 1e-4,
                "{z}: {found:?}"
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
