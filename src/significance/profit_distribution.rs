//! The distribution of the profit of a bet, or of bets that are settled together.

/// Whether a number lies from 0 to 1.
pub(super) fn is_probability(p: &f64) -> bool {
    (0.0..=1.0).contains(p)
}

/// The distribution of a bet's profit over its outcomes: won, half won, void, half lost, lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitDistribution {
    /// Probabilities, summing to 1 within 1e-9.
    pub chances: [f64; 5],
    /// Profits in any one unit of money, after commission.
    pub profits: [f64; 5],
}

impl ProfitDistribution {
    /// A bet of `stake` at `decimal` odds without commission.
    ///
    /// ```
    /// use simbet::internals::significance::ProfitDistribution;
    /// let bet = ProfitDistribution::at(3.0, 10.0, [0.5, 0.0, 0.0, 0.0, 0.5]);
    /// assert_eq!(bet.profits, [20.0, 10.0, 0.0, -5.0, -10.0]);
    /// ```
    pub fn at(decimal: f64, stake: f64, chances: [f64; 5]) -> Self {
        let win = decimal - 1.0;
        Self {
            chances,
            profits: [win, win / 2.0, 0.0, -0.5, -1.0].map(|unit| unit * stake),
        }
    }

    /// Mean and variance of the profit; `None` unless the chances are a distribution.
    pub(super) fn moments(&self) -> Option<(f64, f64)> {
        let sum: f64 = self.chances.iter().sum();
        if !self.chances.iter().all(is_probability) || (sum - 1.0).abs() > 1e-9 {
            return None;
        }
        let mean = self.mean();
        let squares = self.pairs().map(|(p, profit)| p * (profit - mean).powi(2));
        Some((mean, squares.sum()))
    }

    /// The third central moment of the profit.
    pub(super) fn third_moment(&self) -> f64 {
        let mean = self.mean();
        self.pairs()
            .map(|(p, profit)| p * (profit - mean).powi(3))
            .sum()
    }

    /// The expected profit.
    pub(crate) fn mean(&self) -> f64 {
        self.pairs().map(|(p, profit)| p * profit).sum()
    }

    /// The profits that are possible, with their probabilities.
    pub(super) fn possible(&self) -> impl Iterator<Item = (f64, f64)> + Clone + use<> {
        self.pairs().filter(|(chance, _)| *chance > 0.0)
    }

    /// The lowest profit that is possible.
    pub(super) fn lowest(&self) -> f64 {
        let profits = self.possible().map(|(_, profit)| profit);
        profits.fold(f64::INFINITY, f64::min)
    }

    /// How far the lowest and the highest profit that are possible lie apart.
    pub(super) fn spread(&self) -> f64 {
        let profits = self.possible().map(|(_, profit)| profit);
        profits.fold(f64::NEG_INFINITY, f64::max) - self.lowest()
    }

    /// Profits with their probabilities.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + Clone + use<> {
        self.chances.into_iter().zip(self.profits)
    }
}
