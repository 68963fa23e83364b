//! The Cholesky factor of a small, dense, positive definite matrix.

use serde::{Deserialize, Serialize};

use super::vector::{add_four_scaled, add_scaled, dot};
use wide::f64x4;

/// The lower factor L of M = L·Lᵀ, in a buffer that is reused from fit to fit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Cholesky {
    order: usize,
    rows: Vec<f64>,
    /// Where each row begins, before which it has zeros, rounded down to whole [`STRIDE`]s: sums without them are the same to the last
    /// bit. Rows beyond its end begin at 0.
    #[serde(skip)]
    starts: Vec<usize>,
}

/// What the sums over rows take at once.
const STRIDE: usize = 8;

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
        self.starts.clear();
        self.starts
            .extend((0..order).map(|i| start(&matrix[i * order..][..i])));
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
        let first = self.starts[i];
        let mut j = first;
        while j + 4 <= i {
            let from = first_of_four(&self.starts, j).max(first);
            solve_four(above, self.order, row, j, from);
            j += 4;
        }
        while j < i {
            let other = &above[j * self.order..][..=j];
            let from = self.starts[j].max(first);
            row[j] = (row[j] - dot(&row[from..j], &other[from..j])) / other[j];
            j += 1;
        }
        let own = &row[first..i];
        let pivot = row[i] + shift - dot(own, own);
        // a pivot this small beside its diagonal is a rounding error, and steps along it would be arbitrary
        let positive = pivot > 1e-13 * row[i].abs() && pivot.is_finite();
        row[i] = pivot.sqrt();
        positive
    }

    /// Replaces `x` by M⁻¹·x.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        let mut i = 0;
        while i + 4 <= self.order {
            let from = first_of_four(&self.starts, i);
            solve_four(&self.rows, self.order, x, i, from);
            i += 4;
        }
        for i in i..self.order {
            let (first, row) = self.row(i);
            let before = dot(&row[first..i], &x[first..i]);
            x[i] = (x[i] - before) / row[i];
        }
        self.solve_transposed(x);
    }

    /// Replaces `x` by L⁻ᵀ·x, which turns independent standard normals into normals of covariance M⁻¹.
    pub(super) fn solve_transposed(&self, x: &mut [f64]) {
        let whole = self.order / 4 * 4;
        for i in (whole..self.order).rev() {
            let (first, row) = self.row(i);
            let value = x[i] / row[i];
            x[i] = value;
            add_scaled(&mut x[first..i], -value, &row[first..]);
        }
        for i in (0..whole).step_by(4).rev() {
            self.solve_four_transposed(x, i);
        }
    }

    /// Solves four rows at once, so that the rest of `x` is loaded and stored once for four.
    fn solve_four_transposed(&self, x: &mut [f64], i: usize) {
        let [a, b, c, d] = four_rows(&self.rows, self.order, i);
        let from = first_of_four(&self.starts, i);
        let (rest, x) = x[..i + 4].split_at_mut(i);
        {
            let [a, b, c, d] = [&a[i..i + 4], &b[i..i + 4], &c[i..i + 4], &d[i..i + 4]];
            x[3] /= d[3];
            x[2] = (x[2] - x[3] * d[2]) / c[2];
            x[1] = (x[1] - x[3] * d[1] - x[2] * c[1]) / b[1];
            x[0] = (x[0] - x[3] * d[0] - x[2] * c[0] - x[1] * b[0]) / a[0];
        }
        add_four_scaled(
            &mut rest[from..],
            [-x[0], -x[1], -x[2], -x[3]],
            [&a[from..i], &b[from..i], &c[from..i], &d[from..i]],
        );
    }

    /// A row of L, and where it begins.
    fn row(&self, i: usize) -> (usize, &[f64]) {
        let first = self.starts.get(i).copied().unwrap_or(0);
        (first, &self.rows[i * self.order..][..=i])
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

/// The first column of a row that is not 0, rounded down to whole strides.
fn start(row: &[f64]) -> usize {
    let first = row.iter().position(|entry| *entry != 0.0);
    first.unwrap_or(row.len()) / STRIDE * STRIDE
}

/// Where the first of four rows begins.
fn first_of_four(starts: &[usize], i: usize) -> usize {
    let starts = starts.get(i..i + 4).unwrap_or(&[0; 4]);
    starts[0].min(starts[1]).min(starts[2]).min(starts[3])
}

/// Solves four rows of L for the next four entries of `x`, so that what is known of it is loaded once for four sums. Before
/// `from` one or the other is 0.
fn solve_four(rows: &[f64], order: usize, x: &mut [f64], j: usize, from: usize) {
    let [a, b, c, d] = four_rows(rows, order, j);
    let (known, x) = x[..j + 4].split_at_mut(j);
    let sums = four_dots(
        &known[from..],
        [&a[from..j], &b[from..j], &c[from..j], &d[from..j]],
    );
    let [a, b, c, d] = [&a[j..j + 4], &b[j..j + 4], &c[j..j + 4], &d[j..j + 4]];
    x[0] = (x[0] - sums[0]) / a[0];
    x[1] = (x[1] - sums[1] - x[0] * b[0]) / b[1];
    x[2] = (x[2] - sums[2] - x[0] * c[0] - x[1] * c[1]) / c[2];
    x[3] = (x[3] - sums[3] - x[0] * d[0] - x[1] * d[1] - x[2] * d[2]) / d[3];
}

/// Four rows of a matrix, from row `i` on.
fn four_rows(rows: &[f64], order: usize, i: usize) -> [&[f64]; 4] {
    let (two, rest) = rows[i * order..(i + 4) * order].split_at(2 * order);
    let ((a, b), (c, d)) = (two.split_at(order), rest.split_at(order));
    [a, b, c, d]
}

/// The dot products of `x` with four rows.
fn four_dots(x: &[f64], rows: [&[f64]; 4]) -> [f64; 4] {
    let (chunks, tail) = x.as_chunks::<4>();
    let [(a, a_tail), (b, b_tail), (c, c_tail), (d, d_tail)] = rows.map(|row| row.as_chunks::<4>());
    let mut sums = [f64x4::ZERO; 4];
    for ((((x, a), b), c), d) in chunks.iter().zip(a).zip(b).zip(c).zip(d) {
        let x = f64x4::new(*x);
        sums[0] += x * f64x4::new(*a);
        sums[1] += x * f64x4::new(*b);
        sums[2] += x * f64x4::new(*c);
        sums[3] += x * f64x4::new(*d);
    }
    let mut sums = sums.map(|lanes| {
        let [a, b, c, d] = lanes.to_array();
        (a + c) + (b + d)
    });
    let tails = a_tail.iter().zip(b_tail).zip(c_tail.iter().zip(d_tail));
    for (x, ((a, b), (c, d))) in tail.iter().zip(tails) {
        sums[0] += x * a;
        sums[1] += x * b;
        sums[2] += x * c;
        sums[3] += x * d;
    }
    sums
}
