//! The score grids that models make, from goal rates.

use crate::domain::{GridError, Score, ScoreGrid};

/// What a side's goals may have of probability beyond the last row or column, before the rest is scaled to sum to 1.
const TAIL: f64 = 1e-13;

/// How far beyond what is possible a ρ may be that was written with fewer digits.
const RHO_ROUNDING: f64 = 1e-9;

// The type is one of the nouns; what makes it from a model's parameters is part of the models.
impl ScoreGrid {
    /// Independent Poisson goals.
    ///
    /// # Formula
    /// ```text
    /// P(i, j) = e^−λ λ^i / i! · e^−ν ν^j / j!
    /// ```
    ///
    /// # Errors
    /// When a rate is negative, not finite, or above [`Self::MAX_RATE`].
    pub fn poisson(home_rate: f64, away_rate: f64) -> Result<Self, GridError> {
        Self::remaining(Score::default(), home_rate, away_rate)
    }

    /// Independent Poisson goals still to come, added to the score so far.
    ///
    /// # Errors
    /// As for [`Self::poisson`].
    pub fn remaining(base: Score, home_rate: f64, away_rate: f64) -> Result<Self, GridError> {
        let goals = goals([home_rate, away_rate])?;
        let last = goals.last().copied().unwrap_or_default();
        // k·P(k) = rate·P(k − 1), so that the mean lacks what the tail has been cut by
        let expected = [home_rate * (1.0 - last[0]), away_rate * (1.0 - last[1])];
        Ok(Self::independent(base, goals, expected))
    }

    /// Poisson goals with the Dixon-Coles correction of low scores, `rho` being held to the values for
    /// which no cell is negative: max(−1/λ, −1/ν) ≤ ρ ≤ min(1/(λν), 1).
    ///
    /// # Formula
    /// ```text
    /// P(i, j) = τ(i, j) · Poisson(i; λ) · Poisson(j; ν)
    /// τ(0,0) = 1 − λνρ   τ(0,1) = 1 + λρ   τ(1,0) = 1 + νρ   τ(1,1) = 1 − ρ   else 1
    /// ```
    /// Dixon & Coles (1997), Applied Statistics 46(2). The four changes cancel: the sum and both
    /// marginals stay those of the Poisson grid.
    ///
    /// # Errors
    /// As for [`Self::poisson`].
    ///
    /// ```
    /// use simbet::ScoreGrid;
    /// let grid = ScoreGrid::dixon_coles(2.118350, 1.025266, -0.13364948).unwrap();
    /// assert!((grid.outcomes()[0] - 0.611679).abs() < 1e-6);
    /// ```
    pub fn dixon_coles(home_rate: f64, away_rate: f64, rho: f64) -> Result<Self, GridError> {
        let mut grid = Self::poisson(home_rate, away_rate)?;
        grid.correct(low_scores([home_rate, away_rate], rho));
        Ok(grid)
    }

    /// The final score of a match under way when it follows [`Self::dixon_coles`] and each goal falls at a time of
    /// its own: `rates` are those of the whole match, `left` is the share of a match's goals that is still to come,
    /// from 0 to 1.
    ///
    /// # Formula
    /// ```text
    /// P(i, j | a, b so far) ∝ τ(i, j) · Poisson(i − a; λ·left) · Poisson(j − b; ν·left)
    /// ```
    /// Of i goals, a have fallen by now with the binomial probability C(i, a)·(1 − left)^a·left^(i−a), which turns the
    /// Poisson probability of i into that of i − a. τ stays that of the whole match, so that it matters up to 1–1 only.
    ///
    /// # Errors
    /// When `left` is no share, or a rate of the goals still to come is one that [`Self::poisson`] refuses.
    ///
    /// ```
    /// use simbet::{Score, ScoreGrid};
    /// let grid = ScoreGrid::in_play(Score { home: 1, away: 1 }, [1.6, 1.1], -0.1, 0.0).unwrap();
    /// assert_eq!(grid.outcomes(), [0.0, 1.0, 0.0]);
    /// let late = ScoreGrid::in_play(Score::default(), [1.6, 1.1], -0.1, 0.2).unwrap();
    /// assert!((late.outcomes()[1] - 0.686130).abs() < 1e-6);
    /// ```
    pub fn in_play(base: Score, rates: [f64; 2], rho: f64, left: f64) -> Result<Self, GridError> {
        if !(0.0..=1.0).contains(&left) {
            return Err(GridError::Share(left));
        }
        let mut grid = Self::remaining(base, rates[0] * left, rates[1] * left)?;
        if base.home < 2 && base.away < 2 {
            grid.correct_and_rescale(those_to_come(base, low_scores(rates, rho)));
        }
        Ok(grid)
    }

    /// The value nearest to `rho` for which no cell of Dixon and Coles's grid is negative:
    /// max(−1/λ, −1/ν) ≤ ρ ≤ min(1/(λν), 1).
    pub fn possible_rho(rates: [f64; 2], rho: f64) -> f64 {
        let [lowest, highest] = Self::possible_rhos(rates);
        rho.max(lowest).min(highest)
    }

    /// The lowest and the highest ρ for which no cell of Dixon and Coles's grid is negative.
    pub(crate) fn possible_rhos([home_rate, away_rate]: [f64; 2]) -> [f64; 2] {
        let lowest = (-1.0 / home_rate).max(-1.0 / away_rate);
        let highest = (1.0 / (home_rate * away_rate)).min(1.0);
        [lowest, highest]
    }

    /// The same with four digits behind the point, each of which may be used.
    pub(crate) fn written_rhos(rates: [f64; 2]) -> [f64; 2] {
        let [lowest, highest] = Self::possible_rhos(rates);
        [(lowest * 1e4).ceil() / 1e4, (highest * 1e4).floor() / 1e4]
    }

    /// Whether no cell of Dixon and Coles's grid is negative, but for the rounding of a written ρ.
    pub(crate) fn is_possible_rho(rates: [f64; 2], rho: f64) -> bool {
        (Self::possible_rho(rates, rho) - rho).abs() <= RHO_ROUNDING
    }
}

/// Corrects the low scores of a grid of goals beyond `base` by Dixon and Coles's ρ, where `odds` are those of one goal of a side
/// against none in the whole match, which is the rate where goals are Poisson.
pub(super) fn correct_low(grid: &mut ScoreGrid, base: Score, odds: [f64; 2], rho: f64) {
    if base.home < 2 && base.away < 2 {
        grid.correct_and_rescale(those_to_come(base, low_scores(odds, rho)));
    }
}

/// Of factors of 0–0, 0–1, 1–0 and 1–1 at full time, those of the same numbers of goals beyond the score so far.
fn those_to_come(base: Score, [none, away, home, both]: [f64; 4]) -> [f64; 4] {
    match (base.home, base.away) {
        (0, 0) => [none, away, home, both],
        (0, _) => [away, 1.0, both, 1.0],
        (_, 0) => [home, both, 1.0, 1.0],
        (_, _) => [both, 1.0, 1.0, 1.0],
    }
}

/// 1/k: the recurrence of the Poisson probabilities waits for every division.
const INVERSES: [f64; 96] = {
    let mut inverses = [0.0; 96];
    let mut k = 1;
    while k < inverses.len() {
        inverses[k] = 1.0 / k as f64;
        k += 1;
    }
    inverses
};

/// Dixon and Coles's τ of 0–0, 0–1, 1–0 and 1–1, with ρ held to where none is negative.
fn low_scores([home_rate, away_rate]: [f64; 2], rho: f64) -> [f64; 4] {
    let rho = ScoreGrid::possible_rho([home_rate, away_rate], rho);
    let mut factors = [
        1.0 - home_rate * away_rate * rho,
        1.0 + home_rate * rho,
        1.0 + away_rate * rho,
        1.0 - rho,
    ];
    // at the bound itself rounding may leave a factor a hair below 0
    factors
        .iter_mut()
        .for_each(|factor| *factor = factor.max(0.0));
    factors
}

/// How many goals a grid goes up to, by the larger rate in quarter goals, rounded up: past the mode the terms fall
/// faster than by half, so that the tail is less than twice its first term.
const SIZES: [usize; 81] = {
    let mut sizes = [2; 81];
    let (mut quarters, mut none) = (1, 1.0);
    while quarters < sizes.len() {
        // e^−¼
        none *= 0.778_800_783_071_404_9;
        let rate = quarters as f64 / 4.0;
        let (mut size, mut term) = (1, none * rate);
        while term > TAIL / 2.0 || (size as f64) < 2.0 * rate + 2.0 {
            size += 1;
            term *= rate * INVERSES[size];
        }
        sizes[quarters] = size;
        quarters += 1;
    }
    sizes
};

/// How many numbers of goals a grid of these rates has; of larger ones than any as many as of the largest.
pub(super) fn size([home, away]: [f64; 2]) -> usize {
    SIZES[((4.0 * home.max(away)).ceil() as usize).min(SIZES.len() - 1)]
}

/// The Poisson probabilities of 0, 1, 2 ... goals of both sides as far as the stated tail, each side's scaled to sum
/// to 1. Both go side by side, since each term has to wait for the one before.
fn goals(rates: [f64; 2]) -> Result<Vec<[f64; 2]>, GridError> {
    let [home, away] = rates;
    for rate in rates {
        if !(0.0..=ScoreGrid::MAX_RATE).contains(&rate) {
            return Err(GridError::Rate(rate));
        }
    }
    let size = size(rates);
    let mut goals = Vec::with_capacity(size);
    let (mut term, mut sums) = ([(-home).exp(), (-away).exp()], [0.0; 2]);
    goals.extend(INVERSES[1..=size].iter().map(|inverse| {
        let now = term;
        sums = [sums[0] + now[0], sums[1] + now[1]];
        term = [now[0] * (home * inverse), now[1] * (away * inverse)];
        now
    }));
    let whole = [1.0 / sums[0], 1.0 / sums[1]];
    goals
        .iter_mut()
        .for_each(|goals| *goals = [goals[0] * whole[0], goals[1] * whole[1]]);
    Ok(goals)
}
