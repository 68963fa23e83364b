//! The prior of the goal models: strengths of teams before they have played.

/// Base rates of home and away goals, for a league without results.
pub(super) const BASE_RATES: [f64; 2] = [1.5, 1.2];

/// A Gaussian prior on attack and defence, and weak ones on the levels of the league.
///
/// # Formula
/// ```text
/// (att_i, def_i) ~ N(m·z_i, σ²·[1 r; r 1])   m ~ N(m₀·(1, 1), s²·[1 r; r 1])   ρ ~ N(ρ₀, s_ρ²)
/// ```
/// where z_i is 1 for a newcomer, a team that has joined the league since its record began, else 0. The mean m of
/// newcomers is estimated from those in the window. The prior of μ and h is that of `base_matches` matches between average
/// sides with goals at the base rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// σ, in log goals; above 0.
    pub sd: f64,
    /// r, between −1 and 1; above 0 because sides that score much concede little.
    pub correlation: f64,
    /// m₀, in log goals: expected attack and defence of a newcomer; 0 is average.
    pub newcomer: f64,
    /// s, in log goals: standard deviation of the mean of a league's newcomers around m₀; above 0.
    pub newcomer_sd: f64,
    /// Weight of the base rates, in matches; at least 0.
    pub base_matches: f64,
    /// ρ₀.
    pub rho: f64,
    /// s_ρ; above 0.
    pub rho_sd: f64,
}

impl Default for Prior {
    fn default() -> Self {
        Self {
            sd: 0.25,
            correlation: 0.85,
            newcomer: -0.15,
            newcomer_sd: 0.3,
            base_matches: 10.0,
            rho: -0.05,
            rho_sd: 0.05,
        }
    }
}

/// The precision matrix of one team's attack and defence, and the part of it that integrating out the mean of newcomers
/// shares among them.
struct Precision {
    own: f64,
    cross: f64,
    shared: f64,
}

impl Precision {
    /// Half the quadratic form of attack `x` and defence `y`.
    fn half_square(&self, x: f64, y: f64) -> f64 {
        0.5 * (self.own * (x * x + y * y) - 2.0 * self.cross * x * y)
    }
}

/// The Hessian of a prior: that of each team's attack and defence, the share of it that newcomers have in common, and that of
/// the levels.
#[derive(Debug, Clone, Copy)]
pub(super) struct PriorCurvature {
    pub(super) own: f64,
    pub(super) cross: f64,
    pub(super) shared: f64,
    /// Expected goals of the base matches, at home and away.
    pub(super) home: f64,
    pub(super) away: f64,
    pub(super) rho: f64,
}

impl Prior {
    fn precision(&self, newcomers: &[bool]) -> Precision {
        let own = 1.0 / (self.sd * self.sd * (1.0 - self.correlation * self.correlation));
        let count = newcomers.iter().filter(|&&new| new).count() as f64;
        let ratio = self.sd / self.newcomer_sd;
        Precision {
            own,
            cross: own * self.correlation,
            shared: 1.0 / (count + ratio * ratio),
        }
    }

    fn expected(&self, newcomer: bool) -> f64 {
        if newcomer { self.newcomer } else { 0.0 }
    }

    /// Sums over newcomers of attack and defence less their expectation.
    fn deviations(&self, theta: &[f64], newcomers: &[bool]) -> [f64; 2] {
        let n = newcomers.len();
        [&theta[..n], &theta[n..2 * n]].map(|values| {
            values
                .iter()
                .zip(newcomers)
                .filter(|(_, new)| **new)
                .map(|(value, _)| value - self.newcomer)
                .sum()
        })
    }

    /// The mean of attack and defence of a team that has not played, given the teams that have.
    pub(super) fn mean(&self, theta: &[f64], newcomers: &[bool], newcomer: bool) -> [f64; 2] {
        if !newcomer {
            return [0.0; 2];
        }
        let shared = self.precision(newcomers).shared;
        self.deviations(theta, newcomers)
            .map(|sum| self.newcomer + shared * sum)
    }

    /// Minus the log of the prior density, up to a constant.
    pub(super) fn penalty(&self, theta: &[f64], newcomers: &[bool]) -> f64 {
        let n = newcomers.len();
        let precision = self.precision(newcomers);
        let mut sum = 0.0;
        for (i, &new) in newcomers.iter().enumerate() {
            sum += precision.half_square(
                theta[i] - self.expected(new),
                theta[n + i] - self.expected(new),
            );
        }
        let [x, y] = self.deviations(theta, newcomers);
        sum -= precision.shared * precision.half_square(x, y);
        let (away, home) = (theta[2 * n], theta[2 * n] + theta[2 * n + 1]);
        sum += self.base_matches
            * (home.exp() - BASE_RATES[0] * home + away.exp() - BASE_RATES[1] * away);
        let rho = theta
            .get(2 * n + 2)
            .map_or(0.0, |rho| (rho - self.rho) / self.rho_sd);
        sum + 0.5 * rho * rho
    }

    /// Subtracts the gradient of [`Self::penalty`] from a gradient.
    pub(super) fn subtract_gradient(
        &self,
        theta: &[f64],
        newcomers: &[bool],
        gradient: &mut [f64],
    ) {
        let n = newcomers.len();
        let Precision { own, cross, shared } = self.precision(newcomers);
        let [sum_x, sum_y] = self.deviations(theta, newcomers).map(|sum| sum * shared);
        for (i, &new) in newcomers.iter().enumerate() {
            let (mut x, mut y) = (theta[i], theta[n + i]);
            if new {
                x -= self.newcomer + sum_x;
                y -= self.newcomer + sum_y;
            }
            gradient[i] -= own * x - cross * y;
            gradient[n + i] -= own * y - cross * x;
        }
        let (away, home) = (theta[2 * n], theta[2 * n] + theta[2 * n + 1]);
        let home_slope = self.base_matches * (home.exp() - BASE_RATES[0]);
        gradient[2 * n] -= home_slope + self.base_matches * (away.exp() - BASE_RATES[1]);
        gradient[2 * n + 1] -= home_slope;
        if let Some(rho) = theta.get(2 * n + 2) {
            gradient[2 * n + 2] -= (rho - self.rho) / (self.rho_sd * self.rho_sd);
        }
    }

    /// The Hessian of [`Self::penalty`], in a form that does not grow with the pairs of teams.
    pub(super) fn curvature(&self, theta: &[f64], newcomers: &[bool]) -> PriorCurvature {
        let n = newcomers.len();
        let Precision { own, cross, shared } = self.precision(newcomers);
        let (away, home) = (theta[2 * n].exp(), (theta[2 * n] + theta[2 * n + 1]).exp());
        PriorCurvature {
            own,
            cross,
            shared,
            home: self.base_matches * home,
            away: self.base_matches * away,
            rho: 1.0 / (self.rho_sd * self.rho_sd),
        }
    }

    /// Adds the Hessian of [`Self::penalty`] to the lower triangle of a matrix.
    pub(super) fn add_information(
        &self,
        theta: &[f64],
        newcomers: &[bool],
        matrix: &mut [f64],
        order: usize,
    ) {
        let n = newcomers.len();
        let Precision { own, cross, shared } = self.precision(newcomers);
        for i in 0..n {
            matrix[i * order + i] += own;
            matrix[(n + i) * order + n + i] += own;
            matrix[(n + i) * order + i] -= cross;
        }
        let members: Vec<usize> = (0..n).filter(|&i| newcomers[i]).collect();
        for &i in &members {
            for &j in &members {
                if j <= i {
                    matrix[i * order + j] -= shared * own;
                    matrix[(n + i) * order + n + j] -= shared * own;
                }
                matrix[(n + i) * order + j] += shared * cross;
            }
        }
        let (level, advantage) = (2 * n * order + 2 * n, (2 * n + 1) * order + 2 * n);
        let (away, home) = (theta[2 * n].exp(), (theta[2 * n] + theta[2 * n + 1]).exp());
        matrix[level] += self.base_matches * (home + away);
        matrix[advantage] += self.base_matches * home;
        matrix[advantage + 1] += self.base_matches * home;
        if order > 2 * n + 2 {
            matrix[order * order - 1] += 1.0 / (self.rho_sd * self.rho_sd);
        }
    }
}
