//! The negated Hessian of a large league, as a product with a vector: its cost grows with the pairs that met.
//!
//! # Formula
//! ```text
//! −∂²ℓ/∂θ∂θᵀ = Σ_pairs [a·l·lᵀ + b·m·mᵀ + c·(l·mᵀ + m·lᵀ) + (d·l + e·m)·ρᵀ + ρ·(d·l + e·m)ᵀ] + prior
//! ```
//! where l = ∂log λ/∂θ and m = ∂log ν/∂θ have at most four entries that are not 0.

use super::prior::PriorCurvature;

/// The negated Hessian, and the blocks of its diagonal.
#[derive(Debug, Clone, Default)]
pub(super) struct Curvature {
    teams: usize,
    pairs: Vec<PairCurvature>,
    /// The curvature of the shots of each pair, on which the levels do not depend.
    shots: Vec<([usize; 2], [f64; 2])>,
    /// Whether shots teach, so that they tell attack from the level.
    has_shots: bool,
    prior: Option<PriorCurvature>,
    newcomers: Vec<bool>,
    rho: Option<f64>,
    /// The block of each team: attack, defence, and both.
    blocks: Vec<[f64; 3]>,
    /// The diagonal of μ, h and ρ.
    levels: [f64; 3],
}

/// The curvature of the matches of one pair: the letters of the formula, in order.
#[derive(Debug, Clone, Copy)]
struct PairCurvature {
    teams: [usize; 2],
    neutral: bool,
    entries: [f64; 5],
}

impl Curvature {
    /// Takes everything out, for a league of this many teams.
    pub(super) fn reset(&mut self, teams: usize, rho: bool, has_shots: bool) {
        self.teams = teams;
        self.has_shots = has_shots;
        self.pairs.clear();
        self.shots.clear();
        self.rho = rho.then_some(0.0);
        self.blocks.clear();
        self.blocks.resize(teams, [0.0; 3]);
        self.levels = [0.0; 3];
    }

    pub(super) fn add_to_rho(&mut self, curvature: f64) {
        if let Some(rho) = &mut self.rho {
            *rho += curvature;
        }
    }

    /// Adds the matches of a pair.
    pub(super) fn add_pair(&mut self, teams: [usize; 2], neutral: bool, entries: [f64; 5]) {
        let [home, away, both, ..] = entries;
        self.add_to_blocks(teams, [home, away]);
        teams.iter().for_each(|&team| self.blocks[team][2] -= both);
        self.levels[0] += home + away + 2.0 * both;
        self.levels[1] += if neutral { 0.0 } else { home };
        self.pairs.push(PairCurvature {
            teams,
            neutral,
            entries,
        });
    }

    /// Adds the shots of a pair: the curvature in ℓ·(att − def) of its home and of its away side.
    pub(super) fn add_shots(&mut self, teams: [usize; 2], entries: [f64; 2]) {
        self.add_to_blocks(teams, entries);
        self.shots.push((teams, entries));
    }

    fn add_to_blocks(&mut self, teams: [usize; 2], [home, away]: [f64; 2]) {
        for (team, [attack, defence]) in teams.into_iter().zip([[home, away], [away, home]]) {
            self.blocks[team][0] += attack;
            self.blocks[team][1] += defence;
        }
    }

    /// Adds the prior, or without one the curvature of Σatt = Σdef = 0, after all pairs.
    pub(super) fn set_prior(&mut self, prior: Option<PriorCurvature>, newcomers: &[bool]) {
        self.prior = prior;
        self.newcomers.clear();
        self.newcomers.extend_from_slice(newcomers);
        self.levels[2] = self.rho.unwrap_or(0.0);
        for (block, &new) in self.blocks.iter_mut().zip(newcomers) {
            let added = match prior {
                None => [1.0, 1.0, f64::from(u8::from(self.has_shots))],
                Some(prior) => {
                    let own = if new { 1.0 - prior.shared } else { 1.0 };
                    [prior.own * own, prior.own * own, -prior.cross * own]
                }
            };
            (0..3).for_each(|k| block[k] += added[k]);
        }
        if let Some(prior) = prior {
            self.levels[0] += prior.home + prior.away;
            self.levels[1] += prior.home;
            self.levels[2] += prior.rho;
        }
    }

    /// Writes the product with a vector.
    pub(super) fn times(&self, vector: &[f64], product: &mut [f64]) {
        let n = self.teams;
        product.fill(0.0);
        let (level, advantage) = (vector[2 * n], vector[2 * n + 1]);
        let of_rho = vector.get(2 * n + 2).copied().unwrap_or(0.0);
        let [mut level_sum, mut advantage_sum, mut rho_sum] = [0.0; 3];
        for pair in &self.pairs {
            let ([i, j], [a, b, c, d, e]) = (pair.teams, pair.entries);
            let advantage = if pair.neutral { 0.0 } else { advantage };
            let home = level + advantage + vector[i] - vector[n + j];
            let away = level + vector[j] - vector[n + i];
            let to_home = a * home + c * away + d * of_rho;
            let to_away = c * home + b * away + e * of_rho;
            product[i] += to_home;
            product[n + j] -= to_home;
            product[j] += to_away;
            product[n + i] -= to_away;
            level_sum += to_home + to_away;
            advantage_sum += if pair.neutral { 0.0 } else { to_home };
            rho_sum += d * home + e * away;
        }
        product[2 * n] = level_sum;
        product[2 * n + 1] = advantage_sum;
        if let Some(rho) = self.rho {
            product[2 * n + 2] = rho_sum + rho * of_rho;
        }
        for &([i, j], [home, away]) in &self.shots {
            let to_home = home * (vector[i] - vector[n + j]);
            let to_away = away * (vector[j] - vector[n + i]);
            product[i] += to_home;
            product[n + j] -= to_home;
            product[j] += to_away;
            product[n + i] -= to_away;
        }
        match &self.prior {
            Some(prior) => self.add_prior(prior, vector, product),
            None => self.add_means(vector, product),
        }
    }

    /// The matrix itself, row-major, of which the lower triangle counts.
    pub(super) fn matrix(&self, order: usize) -> Vec<f64> {
        let mut matrix = vec![0.0; order * order];
        let mut unit = vec![0.0; order];
        for (place, row) in matrix.chunks_exact_mut(order).enumerate() {
            unit[place] = 1.0;
            self.times(&unit, row);
            unit[place] = 0.0;
        }
        matrix
    }

    fn add_prior(&self, prior: &PriorCurvature, vector: &[f64], product: &mut [f64]) {
        let n = self.teams;
        let sum = |values: &[f64]| -> f64 {
            let values = values.iter().zip(&self.newcomers);
            values
                .filter(|(_, new)| **new)
                .map(|(value, _)| value)
                .sum()
        };
        let [sum_x, sum_y] =
            [&vector[..n], &vector[n..2 * n]].map(|values| prior.shared * sum(values));
        for (i, &new) in self.newcomers.iter().enumerate() {
            let (mut x, mut y) = (vector[i], vector[n + i]);
            if new {
                x -= sum_x;
                y -= sum_y;
            }
            product[i] += prior.own * x - prior.cross * y;
            product[n + i] += prior.own * y - prior.cross * x;
        }
        let (level, advantage) = (vector[2 * n], vector[2 * n + 1]);
        product[2 * n] += prior.home * (level + advantage) + prior.away * level;
        product[2 * n + 1] += prior.home * (level + advantage);
        if let Some(&rho) = vector.get(2 * n + 2) {
            product[2 * n + 2] += prior.rho * rho;
        }
    }

    fn add_means(&self, vector: &[f64], product: &mut [f64]) {
        let n = self.teams;
        let size = if self.has_shots { 2 * n } else { n }.max(1);
        let strengths = product[..2 * n].chunks_mut(size);
        for (product, vector) in strengths.zip(vector[..2 * n].chunks(size)) {
            let sum: f64 = vector.iter().sum();
            product.iter_mut().for_each(|value| *value += sum);
        }
    }

    /// Writes the product of a vector with the inverses of the blocks of the diagonal.
    pub(super) fn precondition(&self, vector: &[f64], product: &mut [f64]) {
        let n = self.teams;
        for (i, &[a, b, c]) in self.blocks.iter().enumerate() {
            let (x, y) = (vector[i], vector[n + i]);
            let determinant = a * b - c * c;
            // low scores may bend a block the wrong way
            [product[i], product[n + i]] = if a > 0.0 && determinant > 1e-3 * a * b {
                [(b * x - c * y) / determinant, (a * y - c * x) / determinant]
            } else {
                [over(x, a), over(y, b)]
            };
        }
        let levels = vector[2 * n..].iter().zip(self.levels);
        for (value, (x, diagonal)) in product[2 * n..].iter_mut().zip(levels) {
            *value = over(*x, diagonal);
        }
    }
}

/// The quotient, or the number itself where the divisor is not above 0.
fn over(value: f64, divisor: f64) -> f64 {
    if divisor > 0.0 {
        value / divisor
    } else {
        value
    }
}
