//! Rates of goals from parameters.

use crate::predict::counts::{Counts, LowScores, Pair};
use crate::predict::vector::{dot, exps};

/// Rates are products: λ = home_level·attack_i·defence_j, ν = away_level·attack_j·defence_i.
#[derive(Debug, Clone, Default)]
pub(super) struct Strengths {
    pub(super) attack: Vec<f64>,
    pub(super) defence: Vec<f64>,
    home_level: f64,
    away_level: f64,
    pub(super) rho: f64,
}

impl Strengths {
    pub(super) fn set(&mut self, theta: &[f64], teams: usize) {
        exps(&mut self.attack, &theta[..teams], 1.0);
        exps(&mut self.defence, &theta[teams..2 * teams], -1.0);
        self.away_level = theta[2 * teams].exp();
        self.home_level = (theta[2 * teams] + theta[2 * teams + 1]).exp();
        self.rho = theta.get(2 * teams + 2).copied().unwrap_or(0.0);
    }

    /// The strengths as they show with a loading on levels that are given.
    pub(super) fn set_loaded(
        &mut self,
        theta: &[f64],
        teams: usize,
        loading: f64,
        levels: [f64; 2],
    ) {
        exps(&mut self.attack, &theta[..teams], loading);
        exps(&mut self.defence, &theta[teams..2 * teams], -loading);
        [self.home_level, self.away_level] = levels;
        self.rho = 0.0;
    }

    /// `sum` less Σ w·(λ + ν).
    pub(super) fn less_expected(&self, mut sum: f64, counts: &Counts) -> f64 {
        for (i, row) in counts.weight.chunks_exact(counts.teams.max(1)).enumerate() {
            let [to_home, to_away] = self.home_factors(i);
            sum -= to_home * dot(row, &self.defence) + to_away * dot(row, &self.attack);
        }
        for pair in &counts.at_home {
            sum -= pair.weight * self.home_rates(pair).iter().sum::<f64>();
        }
        for pair in &counts.neutral {
            sum -= pair.weight * self.neutral_rates(pair).iter().sum::<f64>();
        }
        sum
    }

    /// λ and ν without the away side's factor.
    #[inline(always)]
    pub(super) fn home_factors(&self, home: usize) -> [f64; 2] {
        [
            self.home_level * self.attack[home],
            self.away_level * self.defence[home],
        ]
    }

    /// λ and ν of a pair with low scores.
    #[inline(always)]
    pub(super) fn products(&self, low: &LowScores) -> [f64; 2] {
        let level = match low.neutral {
            None => self.home_level,
            Some(_) => self.away_level,
        };
        [
            level * self.attack[low.home] * self.defence[low.away],
            self.away_level * self.defence[low.home] * self.attack[low.away],
        ]
    }

    /// λ and ν of a pair at home.
    pub(super) fn home_rates(&self, pair: &Pair) -> [f64; 2] {
        let [to_home, to_away] = self.home_factors(pair.home);
        [
            to_home * self.defence[pair.away],
            to_away * self.attack[pair.away],
        ]
    }

    /// λ and ν on neutral grounds.
    pub(super) fn neutral_rates(&self, pair: &Pair) -> [f64; 2] {
        [
            self.away_level * self.attack[pair.home] * self.defence[pair.away],
            self.away_level * self.attack[pair.away] * self.defence[pair.home],
        ]
    }

    #[inline(always)]
    pub(super) fn low_terms(&self, low: &LowScores) -> LowTerms {
        let [to_home, to_away] = self.home_factors(low.home);
        let (mut lambda, nu) = (
            to_home * self.defence[low.away],
            to_away * self.attack[low.away],
        );
        if low.neutral.is_some() {
            lambda *= self.away_level / self.home_level;
        }
        let rates = [-lambda * nu, lambda, nu];
        // τ of a score that did not occur is not part of the likelihood, and may be negative
        let tau = [0, 1, 2].map(|k| {
            if low.weights[k] > 0.0 {
                1.0 + self.rho * rates[k]
            } else {
                1.0
            }
        });
        LowTerms { rates, tau }
    }
}

/// ∂τ/∂ρ and τ of 0–0, 0–1 and 1–0.
pub(super) struct LowTerms {
    pub(super) rates: [f64; 3],
    pub(super) tau: [f64; 3],
}

impl LowTerms {
    pub(super) fn lowest(&self) -> f64 {
        self.tau[0].min(self.tau[1]).min(self.tau[2])
    }

    /// 1/τ, by one division for all three.
    #[inline(always)]
    pub(super) fn inverses(&self) -> [f64; 3] {
        let [a, b, c] = self.tau;
        let (ab, bc) = (a * b, b * c);
        let inverse = 1.0 / (ab * c);
        [bc * inverse, a * c * inverse, ab * inverse]
    }
}
