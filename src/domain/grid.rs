//! The distribution of the final score.

use std::fmt;

use super::score::Score;

/// P(home i, away j) at full time: cells are at least 0 and sum to 1 within 1e-12.
///
/// Rows are the home side's goals, columns the away side's, both counted from a base score that is
/// already on the board (0–0 before kick-off).
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreGrid {
    base: Score,
    shape: Shape,
    /// The probabilities of home win, draw and away win. Every grid needs them, and the constructor computes them cheaply.
    outcomes: [f64; 3],
    /// Expected goals of both sides beyond the base score.
    expected: [f64; 2],
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// Row after row.
    Cells { columns: usize, cells: Vec<f64> },
    /// The goals of the sides are independent, except that `surplus` is added to 0–0, 0–1, 1–0 and 1–1. Sums over
    /// scores then need no table. `goals` holds the probabilities of 0, 1, 2 ... goals of the home and of the away
    /// side.
    Product {
        goals: Vec<[f64; 2]>,
        surplus: [f64; 4],
    },
}

/// The number of a final score that a market settles on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Along {
    /// Home goals less away goals.
    Margin,
    /// Goals of both sides.
    Total,
}

impl Along {
    /// The margin or total of a score.
    pub(super) fn of(self, score: Score) -> i32 {
        self.of_goals(score.home.into(), score.away.into())
    }

    const fn of_goals(self, home: i32, away: i32) -> i32 {
        match self {
            Self::Margin => home - away,
            Self::Total => home + away,
        }
    }

    /// A score with this margin or total.
    pub(super) fn example(self, value: i32) -> Score {
        let away = match self {
            Self::Margin => clamped_goals(-value),
            Self::Total => 0,
        };
        Score {
            home: clamped_goals(value),
            away,
        }
    }
}

impl ScoreGrid {
    /// The largest goal rate a grid is made for; no side of any league comes near it.
    pub const MAX_RATE: f64 = 20.0;
    /// A grid from its cells: one row for each number of home goals.
    ///
    /// # Errors
    /// When there is no cell, the rows are not of one length, a cell is negative or not finite, or the
    /// sum differs from 1 by more than 1e-9.
    ///
    /// ```
    /// use simbet::ScoreGrid;
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
        if let Some(&cell) = cells
            .iter()
            .find(|cell| !(cell.is_finite() && **cell >= 0.0))
        {
            return Err(GridError::Cell(cell));
        }
        let sum: f64 = cells.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(GridError::Sum(sum));
        }
        Ok(Self::from_cells(
            Score::default(),
            columns,
            cells.iter().map(|cell| cell / sum).collect(),
        ))
    }

    /// A grid from cells that sum to 1, row after row.
    pub(crate) fn from_cells(base: Score, columns: usize, cells: Vec<f64>) -> Self {
        let mut grid = Self {
            base,
            shape: Shape::Cells { columns, cells },
            outcomes: [0.0; 3],
            expected: [0.0; 2],
        };
        let outcomes = [
            grid.sum_where(Along::Margin, |margin| margin > 0),
            grid.sum_where(Along::Margin, |margin| margin == 0),
            grid.sum_where(Along::Margin, |margin| margin < 0),
        ];
        let expected = grid.cells().fold([0.0; 2], |[home, away], (score, p)| {
            [
                home + p * f64::from(score.home - base.home),
                away + p * f64::from(score.away - base.away),
            ]
        });
        (grid.outcomes, grid.expected) = (outcomes, expected);
        grid
    }

    /// Independent goals beyond a base score: `goals` has the probabilities of 0, 1, 2 ... goals of the home and of the
    /// away side, each of which sum to 1, and `expected` is what both sides score on average.
    pub(crate) fn independent(base: Score, goals: Vec<[f64; 2]>, expected: [f64; 2]) -> Self {
        let outcomes = compare(&goals, i32::from(base.home) - i32::from(base.away));
        Self {
            base,
            shape: Shape::Product {
                goals,
                surplus: [0.0; 4],
            },
            outcomes,
            expected,
        }
    }

    /// Multiplies the probabilities of 0–0, 0–1, 1–0 and 1–1 goals beyond the base score by these factors,
    /// which must keep the sum at 1.
    pub(crate) fn correct(&mut self, factors: [f64; 4]) {
        let Shape::Product { goals, surplus } = &mut self.shape else {
            return;
        };
        let added = surplus_of(goals, factors);
        *surplus = added;
        let lead = self.offset(Along::Margin);
        for (k, extra) in added.into_iter().enumerate() {
            let margin = lead + k as i32 / 2 - k as i32 % 2;
            self.outcomes[(1 - margin.signum()) as usize] += extra;
        }
        self.expected[0] += added[2] + added[3];
        self.expected[1] += added[1] + added[3];
    }

    /// The same with factors that change the sum: the cells are scaled back to a sum of 1.
    pub(crate) fn correct_and_rescale(&mut self, factors: [f64; 4]) {
        let Shape::Product { goals, .. } = &mut self.shape else {
            return;
        };
        let whole = 1.0 + surplus_of(goals, factors).iter().sum::<f64>();
        if whole < 1e-3 {
            // the differences have lost their digits; where nothing at all is left, ρ at its bound has ruled out a
            // score that no goal can change any more
            *self = corrected_cells(self.base, goals, factors).unwrap_or_else(|| self.clone());
            return;
        }
        let scale = 1.0 / whole;
        goals.iter_mut().for_each(|goals| goals[0] *= scale);
        self.outcomes
            .iter_mut()
            .chain(&mut self.expected)
            .for_each(|value| *value *= scale);
        self.correct(factors);
    }

    /// Rows and columns.
    fn size(&self) -> (usize, usize) {
        match &self.shape {
            Shape::Cells { columns, cells } => (cells.len() / columns, *columns),
            Shape::Product { goals, .. } => (goals.len(), goals.len()),
        }
    }

    /// The probability of a cell of the grid.
    fn cell(&self, i: usize, j: usize) -> f64 {
        match &self.shape {
            Shape::Cells { columns, cells } => cells[i * columns + j],
            Shape::Product { goals, surplus } => {
                goals[i][0] * goals[j][1]
                    + if i < 2 && j < 2 {
                        surplus[2 * i + j]
                    } else {
                        0.0
                    }
            }
        }
    }

    /// Every score with its probability.
    pub fn cells(&self) -> impl Iterator<Item = (Score, f64)> + '_ {
        let (rows, columns) = self.size();
        (0..rows).flat_map(move |i| (0..columns).map(move |j| (self.score(i, j), self.cell(i, j))))
    }

    fn score(&self, i: usize, j: usize) -> Score {
        Score {
            home: self.base.home.saturating_add(i as u8),
            away: self.base.away.saturating_add(j as u8),
        }
    }

    /// The probability of one final score; 0 outside the grid.
    pub fn probability(&self, score: Score) -> f64 {
        let (rows, columns) = self.size();
        let row = score.home.checked_sub(self.base.home).map(usize::from);
        let column = score.away.checked_sub(self.base.away).map(usize::from);
        match (row, column) {
            (Some(i), Some(j)) if i < rows && j < columns => self.cell(i, j),
            _ => 0.0,
        }
    }

    /// The probabilities of home win, draw and away win.
    pub const fn outcomes(&self) -> [f64; 3] {
        self.outcomes
    }

    /// The probability that both sides score, goals already on the board included.
    pub(super) fn both_score(&self) -> f64 {
        if self.base.have_both_scored() {
            return 1.0;
        }
        let sum = match &self.shape {
            Shape::Cells { .. } => {
                let both = self.cells().filter(|(score, _)| score.have_both_scored());
                both.map(|(_, probability)| probability).sum()
            }
            Shape::Product { goals, surplus } => {
                // the goals that each side still needs
                let (home, away) = (needed(self.base.home), needed(self.base.away));
                let low: f64 = (0..4)
                    .filter(|k| k / 2 >= home && k % 2 >= away)
                    .map(|k| surplus[k])
                    .sum();
                tail(goals, 0, home) * tail(goals, 1, away) + low
            }
        };
        f64::clamp(sum, 0.0, 1.0)
    }

    /// The probability that the margin or total is `value` or more.
    pub(super) fn at_least(&self, along: Along, value: i32) -> f64 {
        match (&self.shape, along) {
            (Shape::Cells { .. }, _) => self.sum_where(along, |score| score >= value),
            (Shape::Product { goals, surplus }, Along::Margin) => {
                let [more, _, _] = compare(goals, self.offset(along) - value + 1);
                more + self.surplus(surplus, along, |score| score >= value)
            }
            (Shape::Product { .. }, Along::Total) => {
                1.0 - (0..value)
                    .map(|total| self.exactly(along, total))
                    .sum::<f64>()
            }
        }
    }

    /// The probability of this margin or total.
    pub(crate) fn exactly(&self, along: Along, value: i32) -> f64 {
        let Shape::Product { goals, surplus } = &self.shape else {
            return self.sum_where(along, |score| score == value);
        };
        let rest = value - self.offset(along);
        let plain = match along {
            Along::Margin => leading(goals, rest),
            Along::Total => (0..=rest)
                .map(|i| at(goals, i)[0] * at(goals, rest - i)[1])
                .sum(),
        };
        plain + self.surplus(surplus, along, |score| score == value)
    }

    /// Margin or total of the goals already on the board.
    fn offset(&self, along: Along) -> i32 {
        along.of(self.base)
    }

    /// The part of a sum over scores that the four low scores add.
    fn surplus(&self, surplus: &[f64; 4], along: Along, counts: impl Fn(i32) -> bool) -> f64 {
        let offset = self.offset(along);
        let [a, b, c, d]: [f64; 4] = std::array::from_fn(|k| {
            if counts(offset + along.of_goals(k as i32 / 2, k as i32 % 2)) {
                surplus[k]
            } else {
                0.0
            }
        });
        // in pairs: another order of addition could change the last bit of every figure
        (a + b) + (c + d)
    }

    fn sum_where(&self, along: Along, counts: impl Fn(i32) -> bool) -> f64 {
        let scores = self.cells().filter(|(score, _)| counts(along.of(*score)));
        scores.map(|(_, probability)| probability).sum()
    }

    /// The expected goals of both sides at full time.
    pub fn expected_goals(&self) -> [f64; 2] {
        [
            f64::from(self.base.home) + self.expected[0],
            f64::from(self.base.away) + self.expected[1],
        ]
    }
}

/// The goals that a side with this many still needs to have scored: 1 or 0.
const fn needed(goals: u8) -> usize {
    (goals == 0) as usize
}

/// The amounts that these factors of 0–0, 0–1, 1–0 and 1–1 add to the probabilities of independent goals.
fn surplus_of(goals: &[[f64; 2]], factors: [f64; 4]) -> [f64; 4] {
    let ([home, away], [home_one, away_one]) = (goals[0], goals[1]);
    [
        (factors[0] - 1.0) * home * away,
        (factors[1] - 1.0) * home * away_one,
        (factors[2] - 1.0) * home_one * away,
        (factors[3] - 1.0) * home_one * away_one,
    ]
}

/// The grid of these goals and factors, as a table scaled to sum to 1; `None` when all of it is 0.
fn corrected_cells(base: Score, goals: &[[f64; 2]], factors: [f64; 4]) -> Option<ScoreGrid> {
    let cells: Vec<f64> = (0..goals.len())
        .flat_map(|i| (0..goals.len()).map(move |j| (i, j)))
        .map(|(i, j)| factor_of(factors, i, j) * goals[i][0] * goals[j][1])
        .collect();
    let whole: f64 = cells.iter().sum();
    (whole > 0.0).then(|| {
        ScoreGrid::from_cells(
            base,
            goals.len(),
            cells.iter().map(|cell| cell / whole).collect(),
        )
    })
}

/// The probabilities that home goals and `lead` are more than away goals, as many, and fewer.
fn compare(goals: &[[f64; 2]], lead: i32) -> [f64; 3] {
    let size = (lead.unsigned_abs() as usize).min(goals.len());
    if lead >= 0 {
        compare_ahead(goals, size, |&goals| goals)
    } else {
        let [fewer, equal, more] = compare_ahead(goals, size, |&[home, away]| [away, home]);
        [more, equal, fewer]
    }
}

/// The same for the side that leads, which `order` puts first, in one pass.
fn compare_ahead(
    goals: &[[f64; 2]],
    lead: usize,
    order: impl Fn(&[f64; 2]) -> [f64; 2],
) -> [f64; 3] {
    let mut sums = [0.0; 3];
    // of the side that leads fewer goals than the ones at hand, of the other side fewer than those and the lead
    let (mut below_one, mut below_other) = (
        0.0,
        goals[..lead]
            .iter()
            .map(|goals| order(goals)[1])
            .sum::<f64>(),
    );
    for (one, other) in goals.iter().zip(&goals[lead..]) {
        let (one, other) = (order(one)[0], order(other)[1]);
        sums[0] += one * below_other;
        sums[1] += one * other;
        sums[2] += other * below_one;
        below_one += one;
        below_other += other;
    }
    let beyond: f64 = goals[goals.len() - lead..]
        .iter()
        .map(|goals| order(goals)[0])
        .sum();
    sums[0] += beyond * below_other;
    sums
}

/// The probability that the home side scores `lead` goals more than the away side.
fn leading(goals: &[[f64; 2]], lead: i32) -> f64 {
    from_count(goals, lead)
        .iter()
        .zip(from_count(goals, -lead))
        .map(|(home, away)| home[0] * away[1])
        .sum()
}

fn at(goals: &[[f64; 2]], count: i32) -> [f64; 2] {
    usize::try_from(count)
        .ok()
        .and_then(|count| goals.get(count))
        .copied()
        .unwrap_or_default()
}

/// Why cells or rates make no grid.
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
    /// A share of goals still to come is not between 0 and 1.
    Share(f64),
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => write!(
                f,
                "a grid of scores must have 1 to 256 rows of 1 to 256 cells, all of one length"
            ),
            Self::Cell(cell) => write!(f, "a probability must be at least 0, not {cell}"),
            Self::Sum(sum) => write!(f, "the probabilities of a grid must sum to 1, not {sum}"),
            Self::Rate(rate) => write!(
                f,
                "a goal rate must lie between 0 and {}, not {rate}",
                ScoreGrid::MAX_RATE
            ),
            Self::Share(share) => write!(
                f,
                "the share of goals still to come must lie between 0 and 1, not {share}"
            ),
        }
    }
}

impl std::error::Error for GridError {}

/// The goals of both sides from this count on; a count below 0 is 0.
fn from_count(goals: &[[f64; 2]], count: i32) -> &[[f64; 2]] {
    &goals[count.clamp(0, goals.len() as i32) as usize..]
}

/// The probability that a side (0 home, 1 away) scores `least` goals or more.
fn tail(goals: &[[f64; 2]], side: usize, least: usize) -> f64 {
    goals[least..].iter().map(|goals| goals[side]).sum()
}

/// The factor of the score `i`–`j`: only the four lowest scores have one other than 1.
fn factor_of(factors: [f64; 4], i: usize, j: usize) -> f64 {
    if i < 2 && j < 2 {
        factors[2 * i + j]
    } else {
        1.0
    }
}

fn clamped_goals(goals: i32) -> u8 {
    goals.clamp(0, 255) as u8
}
