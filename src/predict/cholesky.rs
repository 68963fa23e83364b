//! The Cholesky factor of a small, dense, positive definite matrix.

use serde::{Deserialize, Serialize};

use super::vector::{add_scaled, dot};

/// The lower factor L of M = L·Lᵀ, in a buffer that is reused from fit to fit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Cholesky {
    order: usize,
    rows: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix` with `shift` added to its diagonal; `false` when the sum is not positive definite.
    ///
    /// The matrix is row-major, and only its lower triangle is read.
    ///
    /// # Formula
    /// ```text
    /// L(i,j) = (M(i,j) − Σ_{k<j} L(i,k)·L(j,k)) / L(j,j)      L(j,j)² = M(j,j) − Σ_{k<j} L(j,k)²
    /// ```
    pub(crate) fn factor(&mut self, matrix: &[f64], order: usize, shift: f64) -> bool {
        self.order = order;
        self.rows.clear();
        self.rows.extend_from_slice(matrix);
        (0..order).all(|i| self.factor_row(i, shift))
    }

    /// Factors `matrix` with a shift that grows from 0 until the sum is positive definite; `false` when none does.
    pub(crate) fn factor_shifted(&mut self, matrix: &[f64], order: usize) -> bool {
        let diagonal = (0..order).map(|i| matrix[i * order + i].abs());
        let largest = diagonal.fold(1e-300, f64::max);
        let mut shift = 0.0;
        while !self.factor(matrix, order, shift) {
            shift = f64::max(1e-12 * largest, shift * 100.0);
            if shift > 1e6 * largest || !largest.is_finite() {
                return false;
            }
        }
        true
    }

    /// Whether the factor has this order and all its rows.
    pub(super) fn is_of(&self, order: usize) -> bool {
        self.order == order && order.checked_mul(order) == Some(self.rows.len())
    }

    fn factor_row(&mut self, i: usize, shift: f64) -> bool {
        let (above, rest) = self.rows.split_at_mut(i * self.order);
        let row = &mut rest[..=i];
        let mut j = 0;
        while j + 4 <= i {
            factor_four(above, self.order, row, j);
            j += 4;
        }
        while j < i {
            let other = &above[j * self.order..][..=j];
            row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
            j += 1;
        }
        let pivot = row[i] + shift - dot(&row[..i], &row[..i]);
        // a pivot this small beside its diagonal is a rounding error, and steps along it would be arbitrary
        let positive = pivot > 1e-13 * row[i].abs() && pivot.is_finite();
        row[i] = pivot.sqrt();
        positive
    }

    /// Replaces `x` by M⁻¹·x.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        for i in 0..self.order {
            let row = &self.rows[i * self.order..][..=i];
            x[i] = (x[i] - dot(&row[..i], &x[..i])) / row[i];
        }
        self.solve_transposed(x);
    }

    /// Replaces `x` by L⁻ᵀ·x, which turns independent standard normals into normals of covariance M⁻¹.
    pub(super) fn solve_transposed(&self, x: &mut [f64]) {
        for i in (0..self.order).rev() {
            let row = &self.rows[i * self.order..][..=i];
            let value = x[i] / row[i];
            x[i] = value;
            add_scaled(&mut x[..i], -value, row);
        }
    }

    /// M⁻¹, row-major.
    pub(super) fn inverse(&self) -> Vec<f64> {
        let mut inverse = vec![0.0; self.order * self.order];
        for (i, row) in inverse.chunks_exact_mut(self.order.max(1)).enumerate() {
            row[i] = 1.0;
            self.solve(row);
        }
        inverse
    }
}

/// Computes four entries of a row at once, so that the row is loaded once for four sums.
fn factor_four(above: &[f64], order: usize, row: &mut [f64], j: usize) {
    let rows: [&[f64]; 4] = std::array::from_fn(|k| &above[(j + k) * order..][..=j + k]);
    let sums = four_dots(&row[..j], rows.map(|other| &other[..j]));
    for k in 0..4 {
        let mut value = row[j + k] - sums[k];
        for l in 0..k {
            value -= row[j + l] * rows[k][j + l];
        }
        row[j + k] = value / rows[k][j + k];
    }
}

/// The dot products of `x` with four rows.
fn four_dots(x: &[f64], rows: [&[f64]; 4]) -> [f64; 4] {
    let mut lanes = [[0.0; 4]; 4];
    let (chunks, tail) = x.as_chunks::<4>();
    let others = rows.map(|row| row.as_chunks::<4>().0);
    for (c, chunk) in chunks.iter().enumerate() {
        for (lane, other) in lanes.iter_mut().zip(&others) {
            for k in 0..4 {
                lane[k] += chunk[k] * other[c][k];
            }
        }
    }
    let start = x.len() - tail.len();
    std::array::from_fn(|r| {
        let tail: f64 = tail.iter().zip(&rows[r][start..]).map(|(a, b)| a * b).sum();
        (lanes[r][0] + lanes[r][2]) + (lanes[r][1] + lanes[r][3]) + tail
    })
}
