//! The penalised log-likelihood of the goal models, with its gradient and Hessian.
//!
//! # Formula
//! ```text
//! log λ = μ + h + att_i − def_j      log ν = μ + att_j − def_i      (i at home to j)
//! ℓ = Σ w·[ln τ(x, y) − λ + x·ln λ − ν + y·ln ν − ln x! − ln y!] + ln prior
//! ```
//! Parameters stand in one vector: attack of every team, defence of every team, μ, h and, in the
//! Dixon-Coles model, ρ.

use super::counts::Counts;
use super::prior::Prior;

/// The data and the prior of one fit.
pub(super) struct Likelihood<'a> {
    pub(super) counts: &'a Counts,
    /// What every weight in `counts` is to be multiplied by.
    pub(super) scale: f64,
    /// Whether ρ is a parameter; it is 0 otherwise.
    pub(super) rho: bool,
    pub(super) prior: Option<&'a Prior>,
    /// The teams that joined the league lately, for the prior.
    pub(super) newcomers: &'a [bool],
}

/// Buffers of the size of the league, reused from call to call.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    strengths: Strengths,
    home: Vec<f64>,
    away: Vec<f64>,
    both: Vec<f64>,
}

/// Rates are products: λ = home_level·attack_i·defence_j, ν = away_level·attack_j·defence_i.
#[derive(Debug, Clone, Default)]
struct Strengths {
    attack: Vec<f64>,
    defence: Vec<f64>,
    home_level: f64,
    away_level: f64,
    rho: f64,
}

impl Strengths {
    fn set(&mut self, theta: &[f64], teams: usize) {
        self.attack.clear();
        self.attack.extend(theta[..teams].iter().map(|a| a.exp()));
        self.defence.clear();
        self.defence.extend(theta[teams..2 * teams].iter().map(|d| (-d).exp()));
        self.away_level = theta[2 * teams].exp();
        self.home_level = (theta[2 * teams] + theta[2 * teams + 1]).exp();
        self.rho = theta.get(2 * teams + 2).copied().unwrap_or(0.0);
    }
}

/// Where a low score was seen its τ must be positive; elsewhere it is not asked.
fn tau(seen: f64, value: f64) -> f64 {
    if seen > 0.0 { value } else { 1.0 }
}

impl Likelihood<'_> {
    /// The number of parameters.
    pub(super) fn order(&self) -> usize {
        2 * self.counts.teams + 2 + usize::from(self.rho)
    }

    /// The penalised log-likelihood; `None` where a score that was seen would be impossible.
    pub(super) fn value(&self, theta: &[f64], scratch: &mut Scratch) -> Option<f64> {
        let data = self.data_value(theta, scratch)?;
        let value = data - self.prior.map_or(0.0, |prior| prior.penalty(theta, self.newcomers));
        value.is_finite().then_some(value)
    }

    /// The log-likelihood of the matches alone.
    pub(super) fn data_value(&self, theta: &[f64], scratch: &mut Scratch) -> Option<f64> {
        let (counts, n) = (self.counts, self.counts.teams);
        let s = &mut scratch.strengths;
        s.set(theta, n);
        let mut sum = counts.goals[0] * (theta[2 * n] + theta[2 * n + 1]) + counts.goals[1] * theta[2 * n];
        sum += (0..n).map(|i| counts.scored[i] * theta[i] - counts.conceded[i] * theta[n + i]).sum::<f64>();
        sum -= counts.factorials;
        for i in 0..n {
            sum += row_value(counts, s, i)?;
        }
        if self.rho && counts.one_all > 0.0 {
            sum += counts.one_all * positive(1.0 - s.rho)?.ln();
        }
        Some(sum * self.scale)
    }

    /// Writes the gradient; `false` where a score that was seen would be impossible.
    pub(super) fn gradient(&self, theta: &[f64], gradient: &mut [f64], scratch: &mut Scratch) -> bool {
        let (counts, n) = (self.counts, self.counts.teams);
        let Scratch { strengths: s, home, away, .. } = scratch;
        s.set(theta, n);
        gradient.fill(0.0);
        home.resize(n, 0.0);
        away.resize(n, 0.0);
        let (teams, levels) = gradient.split_at_mut(2 * n);
        let (attack, defence) = teams.split_at_mut(n);
        let mut sums = Sums::default();
        for i in 0..n {
            let row = row_slopes(counts, s, i, home, away);
            for j in 0..n {
                attack[j] += away[j];
                defence[j] -= home[j];
            }
            attack[i] += row.home;
            defence[i] -= row.away;
            sums.add(&row);
        }
        for i in 0..n {
            attack[i] = self.scale * (attack[i] + counts.scored[i]);
            defence[i] = self.scale * (defence[i] - counts.conceded[i]);
        }
        let home_slope = counts.goals[0] + sums.home;
        levels[0] = self.scale * (home_slope + counts.goals[1] + sums.away);
        levels[1] = self.scale * home_slope;
        let one_all = tau(counts.one_all, 1.0 - s.rho);
        if self.rho {
            levels[2] = self.scale * (sums.rho - counts.one_all / one_all);
        }
        if let Some(prior) = self.prior {
            prior.subtract_gradient(theta, self.newcomers, gradient);
        }
        sums.lowest.min(one_all) > 0.0 && gradient.iter().all(|g| g.is_finite())
    }

    /// Writes the negated Hessian, row-major, lower triangle.
    pub(super) fn information(&self, theta: &[f64], matrix: &mut Vec<f64>, scratch: &mut Scratch) {
        let (n, order) = (self.counts.teams, self.order());
        scratch.strengths.set(theta, n);
        for table in [&mut scratch.home, &mut scratch.away, &mut scratch.both] {
            table.clear();
            table.resize(n * n, 0.0);
        }
        matrix.clear();
        matrix.resize(order * order, 0.0);
        for i in 0..n {
            self.row_curvature(i, matrix, scratch);
        }
        fill_teams(matrix, order, n, scratch);
        if self.rho {
            let one_all = 1.0 - scratch.strengths.rho;
            matrix[order * order - 1] += self.counts.one_all / (one_all * one_all);
        }
        for entry in matrix.iter_mut() {
            *entry *= self.scale;
        }
        match self.prior {
            Some(prior) => prior.add_information(theta, self.newcomers, matrix, order),
            None => fix_means(matrix, order, n),
        }
    }

    /// Second derivatives in log λ and log ν of the pairs with `i` at home, kept for [`fill_teams`]; those in ρ
    /// are summed at once.
    fn row_curvature(&self, i: usize, matrix: &mut [f64], scratch: &mut Scratch) {
        let (counts, n, order) = (self.counts, self.counts.teams, self.order());
        let s = &scratch.strengths;
        let (to_home, to_away) = (s.home_level * s.attack[i], s.away_level * s.defence[i]);
        let mut row = [0.0; 3];
        for j in 0..n {
            let pair = i * n + j;
            let (lambda, nu) = (to_home * s.defence[j], to_away * s.attack[j]);
            let [none, away_one, home_one] = [counts.low[0][pair], counts.low[1][pair], counts.low[2][pair]];
            let u = lambda * nu;
            let r00 = 1.0 / tau(none, 1.0 - s.rho * u);
            let r01 = 1.0 / tau(away_one, 1.0 + s.rho * lambda);
            let r10 = 1.0 / tau(home_one, 1.0 + s.rho * nu);
            let c00 = none * u * r00 * r00;
            let c01 = away_one * lambda * r01 * r01;
            let c10 = home_one * nu * r10 * r10;
            scratch.home[pair] = counts.weight[pair] * lambda + s.rho * (c00 - c01);
            scratch.away[pair] = counts.weight[pair] * nu + s.rho * (c00 - c10);
            scratch.both[pair] = s.rho * c00;
            if self.rho {
                let (in_home, in_away) = (c00 - c01, c00 - c10);
                let last = &mut matrix[(order - 1) * order..];
                last[j] += in_away;
                last[n + j] -= in_home;
                row[0] += in_home;
                row[1] += in_away;
                row[2] += c00 * u + c01 * lambda + c10 * nu;
            }
        }
        if self.rho {
            let last = &mut matrix[(order - 1) * order..];
            last[i] += row[0];
            last[n + i] -= row[1];
            last[2 * n] += row[0] + row[1];
            last[2 * n + 1] += row[0];
            last[2 * n + 2] += row[2];
        }
    }
}

fn positive(tau: f64) -> Option<f64> {
    (tau > 0.0).then_some(tau)
}

fn row_value(counts: &Counts, s: &Strengths, i: usize) -> Option<f64> {
    let n = counts.teams;
    let (to_home, to_away) = (s.home_level * s.attack[i], s.away_level * s.defence[i]);
    let mut sum = 0.0;
    for j in 0..n {
        let pair = i * n + j;
        let (lambda, nu) = (to_home * s.defence[j], to_away * s.attack[j]);
        sum -= counts.weight[pair] * (lambda + nu);
        let taus = [1.0 - s.rho * lambda * nu, 1.0 + s.rho * lambda, 1.0 + s.rho * nu];
        for (table, tau) in counts.low.iter().zip(taus) {
            if table[pair] > 0.0 && s.rho != 0.0 {
                sum += table[pair] * positive(tau)?.ln();
            }
        }
    }
    Some(sum)
}

/// Sums of first derivatives, and the lowest τ that was needed.
#[derive(Debug, Clone, Copy)]
struct Sums {
    home: f64,
    away: f64,
    rho: f64,
    lowest: f64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { home: 0.0, away: 0.0, rho: 0.0, lowest: f64::INFINITY }
    }
}

impl Sums {
    fn add(&mut self, row: &Self) {
        self.home += row.home;
        self.away += row.away;
        self.rho += row.rho;
        self.lowest = self.lowest.min(row.lowest);
    }
}

/// First derivatives in log λ and log ν (less the goals) of every pair with `i` at home, and their sums.
fn row_slopes(counts: &Counts, s: &Strengths, i: usize, home: &mut [f64], away: &mut [f64]) -> Sums {
    /// Pairs taken at once, each with its own running sums, so that they share vector registers.
    const LANES: usize = 4;
    let n = counts.teams;
    let mut lanes = [Sums::default(); LANES];
    let mut j = 0;
    while j + LANES <= n {
        for (k, lane) in lanes.iter_mut().enumerate() {
            pair_slopes(counts, s, i, j + k, lane, home, away);
        }
        j += LANES;
    }
    while j < n {
        pair_slopes(counts, s, i, j, &mut lanes[0], home, away);
        j += 1;
    }
    let [mut sums, b, c, d] = lanes;
    sums.add(&b);
    sums.add(&c);
    sums.add(&d);
    sums
}

#[inline]
fn pair_slopes(
    counts: &Counts,
    s: &Strengths,
    i: usize,
    j: usize,
    sums: &mut Sums,
    home: &mut [f64],
    away: &mut [f64],
) {
    let pair = i * counts.teams + j;
    let (lambda, nu) = (s.home_level * s.attack[i] * s.defence[j], s.away_level * s.defence[i] * s.attack[j]);
    let [none, away_one, home_one] = [counts.low[0][pair], counts.low[1][pair], counts.low[2][pair]];
    let u = lambda * nu;
    let t00 = tau(none, 1.0 - s.rho * u);
    let t01 = tau(away_one, 1.0 + s.rho * lambda);
    let t10 = tau(home_one, 1.0 + s.rho * nu);
    let (p00, p01, p10) = (none * u / t00, away_one * lambda / t01, home_one * nu / t10);
    home[j] = s.rho * (p01 - p00) - counts.weight[pair] * lambda;
    away[j] = s.rho * (p10 - p00) - counts.weight[pair] * nu;
    sums.home += home[j];
    sums.away += away[j];
    sums.rho += p01 + p10 - p00;
    sums.lowest = sums.lowest.min(t00).min(t01).min(t10);
}

/// The attack and defence blocks, and the rows of μ and h, from the tables of the pairs.
fn fill_teams(matrix: &mut [f64], order: usize, n: usize, scratch: &Scratch) {
    let Scratch { home, away, both, .. } = scratch;
    for i in 0..n {
        let mut sums = [0.0; 6];
        for j in 0..n {
            let (ij, ji) = (i * n + j, j * n + i);
            let parts = [home[ij], away[ij], both[ij], home[ji], away[ji], both[ji]];
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum += part;
            }
            // the lower triangle holds attack by attack, and defence (rows) by attack (columns)
            let crossed = both[ij] + both[ji];
            if j < i {
                matrix[i * order + j] = crossed;
                matrix[(n + i) * order + n + j] = crossed;
            }
            matrix[(n + i) * order + j] = -(home[ji] + away[ij]);
        }
        let [at_home, visitors, together, guests, as_guest, apart] = sums;
        matrix[i * order + i] = at_home + as_guest;
        matrix[(n + i) * order + n + i] = visitors + guests;
        matrix[(n + i) * order + i] = -(together + apart);
        let (level, advantage) = (2 * n * order, (2 * n + 1) * order);
        matrix[level + i] = at_home + together + as_guest + apart;
        matrix[level + n + i] = -(guests + apart + visitors + together);
        matrix[advantage + i] = at_home + apart;
        matrix[advantage + n + i] = -(guests + together);
        // every match has one home attack and one away attack, so their rows add up to those of the levels
        matrix[level + 2 * n] += at_home + together + as_guest + apart;
        matrix[advantage + 2 * n] += at_home + apart;
        matrix[advantage + 2 * n + 1] += at_home;
    }
}

/// Without a prior only Σatt = Σdef = 0 tells the level of the teams from μ.
fn fix_means(matrix: &mut [f64], order: usize, n: usize) {
    for i in 0..n {
        for j in 0..=i {
            matrix[i * order + j] += 1.0;
            matrix[(n + i) * order + n + j] += 1.0;
        }
    }
}
