//! The distribution of the final score.

use std::fmt;

use super::fixture::Score;

/// P(home i, away j) at full time: cells are at least 0 and sum to 1 within 1e-12.
///
/// Rows are the home side's goals, columns the away side's, both counted from a base score that is
/// already on the board (0–0 before kick-off).
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreGrid {
    base: Score,
    columns: usize,
    cells: Vec<f64>,
}

impl ScoreGrid {
    /// The largest goal rate a grid is made for; no side of any league comes near it.
    pub const MAX_RATE: f64 = 20.0;
    /// What a side's goals may have of probability beyond the last row or column, before the rest is
    /// scaled to sum to 1.
    pub const TAIL: f64 = 1e-13;

    /// A grid from its cells, a row for each number of home goals.
    ///
    /// # Errors
    /// When there is no cell, the rows are not of one length, a cell is negative or not finite, or the
    /// sum differs from 1 by more than 1e-9.
    ///
    /// ```
    /// use simbet::domain::ScoreGrid;
    /// let grid = ScoreGrid::from_rows(&[&[0.1, 0.2, 0.1], &[0.2, 0.1, 0.05], &[0.1, 0.05, 0.1]]).unwrap();
    /// assert!((grid.outcomes()[0] - 0.35).abs() < 1e-12);
    /// ```
    pub fn from_rows(rows: &[&[f64]]) -> Result<Self, GridError> {
        let columns = rows.first().map_or(0, |row| row.len());
        let fits = (1..=256).contains(&rows.len()) && (1..=256).contains(&columns);
        if !fits || rows.iter().any(|row| row.len() != columns) {
            return Err(GridError::Shape);
        }
        let cells: Vec<f64> = rows.concat();
        if let Some(&cell) = cells.iter().find(|cell| !(cell.is_finite() && **cell >= 0.0)) {
            return Err(GridError::Cell(cell));
        }
        let sum: f64 = cells.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(GridError::Sum(sum));
        }
        Ok(Self::scaled(Score::default(), columns, cells))
    }

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
        let (home, away) = (goals_pmf(home_rate)?, goals_pmf(away_rate)?);
        let cells = home.iter().flat_map(|p| away.iter().map(move |q| p * q)).collect();
        Ok(Self::scaled(base, away.len(), cells))
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
    /// use simbet::domain::ScoreGrid;
    /// let grid = ScoreGrid::dixon_coles(2.118350, 1.025266, -0.13364948).unwrap();
    /// assert!((grid.outcomes()[0] - 0.611679).abs() < 1e-6);
    /// ```
    pub fn dixon_coles(home_rate: f64, away_rate: f64, rho: f64) -> Result<Self, GridError> {
        let mut grid = Self::poisson(home_rate, away_rate)?;
        let lowest = (-1.0 / home_rate).max(-1.0 / away_rate);
        let highest = (1.0 / (home_rate * away_rate)).min(1.0);
        let rho = rho.max(lowest).min(highest);
        grid.correct(0, 0, 1.0 - home_rate * away_rate * rho);
        grid.correct(0, 1, 1.0 + home_rate * rho);
        grid.correct(1, 0, 1.0 + away_rate * rho);
        grid.correct(1, 1, 1.0 - rho);
        Ok(grid)
    }

    fn correct(&mut self, home: usize, away: usize, tau: f64) {
        // at the bound itself rounding may leave a cell a hair below 0
        if let Some(cell) = self.cells.get_mut(home * self.columns + away) {
            *cell *= tau.max(0.0);
        }
    }

    fn scaled(base: Score, columns: usize, mut cells: Vec<f64>) -> Self {
        let sum: f64 = cells.iter().sum();
        for cell in &mut cells {
            *cell /= sum;
        }
        Self { base, columns, cells }
    }

    /// Every score with its probability.
    pub fn cells(&self) -> impl Iterator<Item = (Score, f64)> + '_ {
        self.cells.chunks_exact(self.columns).enumerate().flat_map(move |(i, row)| {
            let home = self.base.home.saturating_add(i as u8);
            row.iter().enumerate().map(move |(j, &p)| (Score { home, away: self.base.away.saturating_add(j as u8) }, p))
        })
    }

    /// The probability of one final score; 0 outside the grid.
    pub fn probability(&self, score: Score) -> f64 {
        let row = score.home.checked_sub(self.base.home).map(usize::from);
        let column = score.away.checked_sub(self.base.away).map(usize::from);
        match (row, column) {
            (Some(i), Some(j)) if j < self.columns => self.cells.get(i * self.columns + j).copied().unwrap_or(0.0),
            _ => 0.0,
        }
    }

    /// The probabilities of home win, draw and away win.
    pub fn outcomes(&self) -> [f64; 3] {
        let mut outcomes = [0.0; 3];
        for (score, probability) in self.cells() {
            let outcome = 1 - score.home.cmp(&score.away) as i8;
            outcomes[outcome as usize] += probability;
        }
        outcomes
    }

    /// The expected goals of both sides at full time.
    pub fn expected_goals(&self) -> [f64; 2] {
        self.cells().fold([0.0; 2], |[home, away], (score, p)| {
            [home + p * f64::from(score.home), away + p * f64::from(score.away)]
        })
    }
}

/// Poisson probabilities of 0, 1, 2 ... goals, as far as the stated tail.
fn goals_pmf(rate: f64) -> Result<Vec<f64>, GridError> {
    if !(0.0..=ScoreGrid::MAX_RATE).contains(&rate) {
        return Err(GridError::Rate(rate));
    }
    let mut term = (-rate).exp();
    let mut left = 1.0 - term;
    let mut pmf = Vec::with_capacity(24);
    pmf.push(term);
    // past the mode the terms fall faster than by half, so the tail is below the last term
    while (left > ScoreGrid::TAIL && term > ScoreGrid::TAIL / 4.0) || (pmf.len() as f64) < 2.0 * rate + 2.0 {
        term *= rate / pmf.len() as f64;
        left -= term;
        pmf.push(term);
    }
    Ok(pmf)
}

/// Cells that make no grid.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum GridError {
    /// No cells, rows of different lengths, or more than 256 rows or columns.
    Shape,
    /// A cell is negative or not finite.
    Cell(f64),
    /// The cells do not sum to 1.
    Sum(f64),
    /// A goal rate is negative, not finite, or above [`ScoreGrid::MAX_RATE`].
    Rate(f64),
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => write!(f, "a grid of scores has 1 to 256 rows of 1 to 256 cells, all of one length"),
            Self::Cell(cell) => write!(f, "a probability must be at least 0, not {cell}"),
            Self::Sum(sum) => write!(f, "the probabilities of a grid must sum to 1, not {sum}"),
            Self::Rate(rate) => write!(f, "a goal rate must lie between 0 and {}, not {rate}", ScoreGrid::MAX_RATE),
        }
    }
}

impl std::error::Error for GridError {}
