//! Maximum likelihood: from weighted matches to strengths of teams.

use std::sync::atomic::AtomicBool;

use super::PredictError;
use super::cholesky::Cholesky;
use super::counts::{Counts, NOTHING};
use super::curvature::Curvature;
use super::families::{
    Dependence, Family, Joint, JointFit, Marginal, Row, ScoreDistribution, ShapeEstimate,
};
use super::gauge::{centre, remove_gauge};
use super::groups::Group;
use super::learn::Learn;
use super::likelihood::{Likelihood, Scratch};
use super::newton::Newton;
use super::prior::{BASE_RATES, Prior};
use crate::domain::{GridError, Score, ScoreGrid};

/// A result and its weight. Teams are numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedMatch {
    /// The number of the home side.
    pub home: usize,
    /// The number of the away side, a different one.
    pub away: usize,
    /// Goals at full time.
    pub score: Score,
    /// The weight, at least 0; a match of today has 1.
    pub weight: f64,
    /// Whether neither side was at home.
    pub neutral: bool,
}

impl WeightedMatch {
    fn is_sound(&self) -> bool {
        self.home != self.away && (0.0..f64::INFINITY).contains(&self.weight)
    }

    const fn row(&self) -> Row {
        Row {
            teams: [self.home, self.away],
            score: self.score,
            weight: self.weight,
            neutral: self.neutral,
        }
    }
}

/// The most teams in one model. A fit of 160,000 matches between so many takes half a second and 90 MB. Where there are more,
/// the matches are of several leagues and do not say which.
pub const MOST_TEAMS: usize = 20_000;

/// Refuses more teams than [`MOST_TEAMS`].
pub(crate) const fn ensure_teams(teams: usize) -> Result<(), PredictError> {
    let most = MOST_TEAMS;
    if teams > most {
        return Err(PredictError::TooManyTeams { teams, most });
    }
    Ok(())
}

impl Dependence {
    /// Whether ρ is fitted. Without a prior it stays 0 until every low score has been seen: before that the likelihood may
    /// grow without end.
    pub(super) fn fits_rho(self, prior: Option<&Prior>, counts: &Counts) -> bool {
        match self {
            Self::Independent | Self::BivariatePoisson | Self::Frank => false,
            Self::DixonColes => prior.is_some() || counts.has_every_low_score(),
        }
    }
}

/// What to fit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FitConfig {
    /// How goals depend on each other: whether ρ is fitted.
    pub dependence: Dependence,
    /// How the goals of a side are distributed.
    pub marginal: Marginal,
    /// The prior; `None` for plain maximum likelihood with Σatt = Σdef = 0.
    pub prior: Option<Prior>,
    /// Whether a team has joined the league since its record began, by number; missing teams have not.
    pub newcomers: Vec<bool>,
}

/// The maximum of a likelihood.
///
/// # Formula
/// ```text
/// log λ = intercept + home_advantage + attack_i − defence_j      (i at home to j)
/// log ν = intercept + attack_j − defence_i
/// ```
///
/// ```
/// use simbet::{RunConfig, Settings, fit, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals\n2024-08-16,Leeds,Hull,3,1\n2024-08-23,Hull,Leeds,1,1\n";
/// let config = RunConfig::resolve(&Settings::default()).unwrap();
/// let matches = read_bytes("mine.csv", csv, &config.read).unwrap();
/// let fit = &fit(&config.engine, None, &matches).unwrap()[0].fit;
/// let [home_goals, _] = fit.rates(0, 1).unwrap();
/// let log = fit.intercept + fit.home_advantage + fit.attack[0] - fit.defence[1];
/// assert!((home_goals.ln() - log).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Attack of each team, in log goals; 0 is average. Without a prior −∞ for a team that has not scored: no number is the
    /// most likely one.
    pub attack: Vec<f64>,
    /// Defence of each team, in log goals prevented; 0 is average. Without a prior ∞ for a team that has not conceded.
    pub defence: Vec<f64>,
    /// Log of the expected goals of an average side away to an average side.
    pub intercept: f64,
    /// Log of the ratio of home goals to away goals of equal sides.
    pub home_advantage: f64,
    /// Dixon and Coles's ρ; 0 when it was not fitted.
    pub rho: f64,
    /// Weighted log-likelihood of the matches, the prior not counted. Where not goals alone teach it is a quasi-log-likelihood, of
    /// everything that teaches in its weight, and compares fits to the same matches by the same teachers, and nothing else.
    pub log_likelihood: f64,
    /// Matches of positive weight.
    pub matches: usize,
    /// Newton steps taken.
    pub iterations: u32,
    /// The teams that can be compared by their results: one group, or else several between which only the prior says
    /// anything, and without a prior nothing.
    pub groups: Vec<Group>,
    /// Whether any match had a side at home: if not, only the prior says what home advantage is.
    pub has_home_sides: bool,
    /// The family, with its parameters.
    pub(super) distribution: ScoreDistribution,
    /// Which of the parameters of the family are not at a bound of their range.
    pub(super) is_free: Vec<bool>,
    /// Whether strengths are of expected goals, and not of the locations of a family's goals.
    is_of_means: bool,
    free_rho: bool,
    constrained: bool,
    /// The negated Hessian; empty where it is too large.
    information: Vec<f64>,
    learn: Learn,
    /// Whether scores alone teach goals, and nothing in their place.
    of_scores: bool,
}

impl Fit {
    /// The most teams of a fit that has a covariance, whose size grows with the square of the teams.
    pub const MOST_WITH_COVARIANCE: usize = 512;

    /// Whether a prior was used, which determines what results leave open.
    pub const fn has_prior(&self) -> bool {
        !self.constrained
    }

    /// How its goals are distributed.
    pub const fn family(&self) -> Family {
        self.distribution.family()
    }

    /// What taught it.
    pub const fn learn(&self) -> Learn {
        self.learn
    }

    /// Whether the goals that taught it were those of scores, and no others in their place.
    pub const fn is_of_scores(&self) -> bool {
        self.of_scores
    }

    /// Takes note of what taught it, whether scores alone taught goals, and of ρ where that was given.
    pub(super) fn taught_by(&mut self, learn: Learn, of_scores: bool, rho: Option<f64>) {
        self.learn = learn;
        self.of_scores = of_scores;
        self.rho = rho.unwrap_or(self.rho);
    }

    /// Whether the goals of scores are all that taught it, so that there is a likelihood.
    const fn is_of_goals(&self) -> bool {
        self.learn.is_goals() && self.of_scores
    }

    /// Free parameters: 2 for each team, ρ where it was fitted, and those of the family.
    pub fn parameters(&self) -> usize {
        2 * self.attack.len() + usize::from(self.free_rho) + self.is_free.len()
    }

    /// Akaike's information criterion; lower is better. `None` where not goals alone teach: there is no likelihood then.
    ///
    /// # Formula
    /// ```text
    /// AIC = 2k − 2ℓ
    /// ```
    pub fn aic(&self) -> Option<f64> {
        let aic = 2.0 * self.parameters() as f64 - 2.0 * self.log_likelihood;
        self.is_of_goals().then_some(aic)
    }

    /// Expected goals of both sides when `home` is at home to `away`; `None` when there is no such team.
    pub fn rates(&self, home: usize, away: usize) -> Option<[f64; 2]> {
        self.rates_with(self.home_advantage, home, away)
    }

    /// Expected goals of both sides on neutral grounds; `None` when there is no such team.
    pub fn neutral_rates(&self, home: usize, away: usize) -> Option<[f64; 2]> {
        self.rates_with(0.0, home, away)
    }

    fn rates_with(&self, advantage: f64, home: usize, away: usize) -> Option<[f64; 2]> {
        let lambda = self.intercept + advantage + self.superiority(home, away)?;
        let nu = self.intercept + self.superiority(away, home)?;
        let rates = [lambda.exp(), nu.exp()];
        Some(if self.is_of_means {
            rates
        } else {
            self.distribution.means(rates)
        })
    }

    /// The attack of one side less the defence of the other.
    fn superiority(&self, attacker: usize, defender: usize) -> Option<f64> {
        Some(self.attack.get(attacker)? - self.defence.get(defender)?)
    }

    /// The distribution of the final score of a match; `None` when there is no such team.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`].
    pub fn grid(&self, home: usize, away: usize) -> Option<Result<ScoreGrid, GridError>> {
        self.rates(home, away).map(|rates| self.grid_of(rates))
    }

    /// The distribution of the final score of a match in which these goals are expected of both sides.
    ///
    /// # Errors
    /// When a rate is beyond [`ScoreGrid::MAX_RATE`], or larger than the family knows.
    pub fn grid_of(&self, rates: [f64; 2]) -> Result<ScoreGrid, GridError> {
        if self.distribution.family().is_plain() {
            return ScoreGrid::dixon_coles(rates[0], rates[1], self.rho);
        }
        self.distribution.grid(Score::default(), rates, 1.0)
    }

    /// Covariance of the estimates, row-major: attack of every team, defence of every team, intercept,
    /// home advantage, ρ where it was fitted, and the parameters of the family inside their range. `None` when the data leave a parameter undetermined, and with more than
    /// [`Self::MOST_WITH_COVARIANCE`] teams.
    ///
    /// # Formula
    /// ```text
    /// (−∂²ℓ/∂θ∂θᵀ)⁻¹
    /// ```
    /// under Σatt = Σdef = 0, or with the prior's curvature in ℓ where there is a prior. Where not goals alone teach, ℓ is a
    /// quasi-log-likelihood, and these are its errors: they take a price for the goals of a hundred matches, and the shots of a match
    /// for those of 2.5, or of 20 beside prices. Such weights forecast best, which is no proof that estimates are as sure as that.
    pub fn covariance(&self) -> Option<Vec<f64>> {
        let mut covariance = self.factor()?.inverse();
        if self.constrained {
            let (n, order) = (self.attack.len(), self.order());
            remove_gauge(&mut covariance, n, order, self.learn.shots);
        }
        Some(covariance)
    }

    /// The distribution of the parameters around their estimates; `None` where there is no [`Self::covariance`].
    pub fn posterior(&self) -> Option<Posterior> {
        Some(Posterior {
            factor: self.factor()?,
            fit: self.clone(),
        })
    }

    /// Sets the strengths that have no most likely value to their limits, and the mean of the others to 0.
    fn mark_unbounded(&mut self, likelihood: &Likelihood) {
        for team in 0..self.attack.len() {
            if !likelihood.has_scored(team) {
                self.attack[team] = f64::NEG_INFINITY;
            }
            if !likelihood.has_conceded(team) {
                self.defence[team] = f64::INFINITY;
            }
        }
        if self.groups.len() > 1 {
            self.centre_groups();
        }
        self.centre();
    }

    /// Sets the mean of attack and of defence to 0. No rate changes.
    fn centre(&mut self) {
        let (attack, defence) = (mean(&self.attack), mean(&self.defence));
        self.attack.iter_mut().for_each(|value| *value -= attack);
        self.defence.iter_mut().for_each(|value| *value -= defence);
        self.intercept += attack - defence;
    }

    /// Gives each group a mean strength of 0, because nothing is known between groups. No rate within a group changes.
    fn centre_groups(&mut self) {
        for Group { teams, .. } in &self.groups {
            let of_group = |values: &[f64]| {
                let values: Vec<f64> = teams.iter().map(|&team| values[team]).collect();
                mean(&values)
            };
            let shift = -0.5 * (of_group(&self.attack) + of_group(&self.defence));
            for &team in teams {
                self.attack[team] += shift;
                self.defence[team] += shift;
            }
        }
    }

    /// The fit of a family, from this one of independent Poisson goals on: strengths and parameters at the maximum of their joint
    /// likelihood. Where not goals alone have taught, and with more than [`Self::MOST_WITH_COVARIANCE`] teams, the strengths stay, and
    /// the parameters are the likeliest ones given them.
    ///
    /// # Errors
    /// When the fit does not converge.
    pub(super) fn joined(mut self, joint: &Joint) -> Result<Self, PredictError> {
        // what has no most likely value is so far away that it makes no difference
        let strengths = self.attack.iter().chain(&self.defence);
        let mut start: Vec<f64> = strengths.map(|value| value.clamp(-FAR, FAR)).collect();
        start.extend([self.intercept, self.home_advantage]);
        let found = if self.is_of_goals() && self.attack.len() <= Self::MOST_WITH_COVARIANCE {
            let found = joint.maximise(&start)?;
            self.take_strengths(&found);
            found
        } else {
            joint.given(&start)
        };
        if self.is_of_goals() {
            self.log_likelihood = found.log_likelihood;
        }
        self.distribution = ScoreDistribution::new(joint.family, &found.shapes);
        self.rho = self.distribution.rho();
        self.is_free = found.is_free;
        Ok(self)
    }

    fn take_strengths(&mut self, found: &JointFit) {
        let n = self.attack.len();
        let strengths = self.attack.iter_mut().chain(&mut self.defence);
        for (value, found) in strengths.zip(&found.theta) {
            if value.is_finite() {
                *value = *found;
            }
        }
        (self.intercept, self.home_advantage) = (found.theta[2 * n], found.theta[2 * n + 1]);
        self.is_of_means = false;
        self.information.clone_from(&found.information);
        self.iterations += found.iterations;
        if self.constrained {
            if self.groups.len() > 1 {
                self.centre_groups();
            }
            self.centre();
        }
    }

    /// The parameters beside strengths and levels, as estimated.
    pub fn shapes(&self) -> Vec<ShapeEstimate> {
        let errors = self.errors();
        let order = self.order();
        let mut place = 2 * self.attack.len() + 2;
        let mut error = |is_free: bool| {
            let own = is_free.then_some(place);
            place += usize::from(is_free);
            let variance = errors.as_ref()?.get(own? * (order + 1))?;
            Some(variance.sqrt())
        };
        if self.free_rho {
            return vec![ShapeEstimate {
                name: "rho",
                estimate: self.rho,
                standard_error: error(true),
            }];
        }
        let parameters = self.distribution.family().parameters();
        let values = parameters
            .zip(self.distribution.shapes())
            .zip(&self.is_free);
        values
            .map(|((parameter, &estimate), &is_free)| ShapeEstimate {
                name: parameter.name,
                estimate,
                standard_error: error(is_free),
            })
            .collect()
    }

    /// The covariance, where shapes have errors at all.
    fn errors(&self) -> Option<Vec<f64>> {
        let has_any = self.free_rho || self.is_free.contains(&true);
        has_any.then(|| self.covariance())?
    }

    fn factor(&self) -> Option<Cholesky> {
        if self.information.is_empty() {
            return None;
        }
        let mut factor = Cholesky::default();
        factor
            .factor(&self.information, self.order(), 0.0)
            .then_some(factor)
    }

    /// Length of the vector of parameters.
    fn order(&self) -> usize {
        let free = self.is_free.iter().filter(|is_free| **is_free).count();
        2 * self.attack.len() + 2 + usize::from(self.free_rho) + free
    }
}

/// Beyond every strength, in log goals.
const FAR: f64 = 12.0;

/// The normal distribution of a fit's parameters around their estimates.
#[derive(Debug, Clone)]
pub struct Posterior {
    fit: Fit,
    factor: Cholesky,
}

impl Posterior {
    /// The fit with parameters drawn from the posterior, by means of independent standard normal numbers from `normals`.
    ///
    /// Its likelihood and covariance remain those of the estimates.
    ///
    /// # Formula
    /// ```text
    /// θ + L⁻ᵀ·z      −∂²ℓ/∂θ∂θᵀ = L·Lᵀ      z ~ N(0, 1)
    /// ```
    /// Without a prior the levels of attack and defence vary freely here; no rate depends on them.
    ///
    /// ```
    /// use simbet::Score;
    /// use simbet::internals::predict::{FitConfig, Prior, WeightedMatch, fit};
    /// let played = WeightedMatch { home: 0, away: 1, score: Score { home: 2, away: 0 }, weight: 1.0, neutral: false };
    /// let fit = fit(&[played], &FitConfig { prior: Some(Prior::default()), ..FitConfig::default() }).unwrap();
    /// let posterior = fit.posterior().unwrap();
    /// assert_eq!(posterior.draw(&mut || 0.0).rates(0, 1), fit.rates(0, 1));
    /// assert_ne!(posterior.draw(&mut || 1.0).rates(0, 1), fit.rates(0, 1));
    /// ```
    pub fn draw(&self, normals: &mut dyn FnMut() -> f64) -> Fit {
        let mut drawn = self.fit.clone();
        let mut shift: Vec<f64> = (0..drawn.order()).map(|_| normals()).collect();
        self.factor.solve_transposed(&mut shift);
        let shapes = shift.split_off(2 * drawn.attack.len() + 2 + usize::from(drawn.free_rho));
        let Fit {
            attack,
            defence,
            intercept,
            home_advantage,
            rho,
            ..
        } = &mut drawn;
        let levels = [intercept, home_advantage, rho];
        for (value, shift) in attack.iter_mut().chain(defence).chain(levels).zip(shift) {
            *value += shift;
        }
        drawn.distribution.shift(&drawn.is_free, &shapes);
        drawn
    }
}

/// Fits attack, defence, home advantage and optionally ρ by Newton's method, to a gradient norm below 1e-8.
///
/// Without a prior ρ stays 0 until 0–0, 0–1, 1–0 and 1–1 have all occurred: before that the likelihood may be unbounded.
///
/// # Errors
/// When a team plays itself, a weight is negative or not finite, there are more than [`MOST_TEAMS`] teams, or the fit does not
/// converge.
///
/// ```
/// use simbet::Score;
/// use simbet::internals::predict::{FitConfig, WeightedMatch, fit};
/// let played = |home, away, x, y| WeightedMatch { home, away, score: Score { home: x, away: y }, weight: 1.0, neutral: false };
/// let fit = fit(&[played(0, 1, 3, 1), played(1, 0, 1, 1)], &FitConfig::default()).unwrap();
/// // in a double round robin the home advantage is the ratio of all home goals to all away goals
/// assert!((fit.home_advantage - 2.0_f64.ln()).abs() < 1e-9);
/// ```
pub fn fit(matches: &[WeightedMatch], config: &FitConfig) -> Result<Fit, PredictError> {
    let counts = count(matches)?;
    let family = Family {
        marginal: config.marginal,
        dependence: config.dependence,
        rho: None,
    };
    if family.is_plain() {
        return fit_counts(&counts, matches, config);
    }
    let plain = FitConfig {
        dependence: Dependence::Independent,
        ..config.clone()
    };
    let fit = fit_counts(&counts, matches, &plain)?;
    let mut newcomers = config.newcomers.clone();
    newcomers.resize(counts.teams, false);
    let rows: Vec<Row> = matches.iter().map(WeightedMatch::row).collect();
    fit.joined(&Joint {
        family,
        rows: &rows,
        teams: counts.teams,
        prior: config.prior.as_ref(),
        newcomers: &newcomers,
    })
}

fn fit_counts(
    counts: &Counts,
    matches: &[WeightedMatch],
    config: &FitConfig,
) -> Result<Fit, PredictError> {
    let mut newcomers = config.newcomers.clone();
    newcomers.resize(counts.teams, false);
    let likelihood = Likelihood {
        counts,
        shots: None,
        scale: 1.0,
        rho: config.dependence.fits_rho(config.prior.as_ref(), counts),
        prior: config.prior.as_ref(),
        newcomers: &newcomers,
    };
    let mut newton = Newton::starting_at(start(&likelihood));
    let weighed = matches.iter().filter(|played| played.weight > 0.0).count();
    newton.maximise(&likelihood, weighed, &AtomicBool::new(false))?;
    Ok(summarise(&likelihood, &newton, weighed))
}

/// The mean of those that are finite.
fn mean(values: &[f64]) -> f64 {
    let finite = values.iter().filter(|value| value.is_finite());
    let count = finite.clone().count().max(1);
    finite.sum::<f64>() / count as f64
}

fn count(matches: &[WeightedMatch]) -> Result<Counts, PredictError> {
    if let Some(index) = matches.iter().position(|played| !played.is_sound()) {
        return Err(PredictError::BadMatch { index });
    }
    let numbers = matches.iter().map(|played| played.home.max(played.away));
    let teams = numbers.max().map_or(0, |last| last.saturating_add(1));
    ensure_teams(teams)?;
    let mut counts = Counts::default();
    counts.reset(teams);
    add_all(&mut counts, matches);
    Ok(counts)
}

fn add_all(counts: &mut Counts, matches: &[WeightedMatch]) {
    for played in matches {
        counts.add(
            [played.home, played.away],
            played.score,
            played.weight,
            played.neutral,
        );
    }
}

/// Start values: the log of each team's goals relative to the average.
pub(super) fn start(likelihood: &Likelihood) -> Vec<f64> {
    let counts = likelihood.counts;
    let [at_home, neutral] = counts.weights();
    // one match at the base rates keeps the logarithms finite
    let [home, away] = counts.levels(1.0, BASE_RATES).map(f64::ln);
    let goals = at_home * (home.exp() + away.exp()) + 2.0 * neutral * away.exp();
    let average = goals / counts.teams.max(1) as f64 + 1.0;
    let attack = counts
        .scored
        .iter()
        .map(|goals| ((goals + 1.0) / average).ln());
    let defence = counts
        .conceded
        .iter()
        .map(|goals| -((goals + 1.0) / average).ln());
    let mut theta: Vec<f64> = attack.chain(defence).collect();
    theta.extend([away, home - away]);
    if likelihood.rho {
        theta.push(0.0);
    }
    theta
}

/// The negated Hessian, lower triangle; empty where it is too large.
fn information(likelihood: &Likelihood, theta: &[f64], scratch: &mut Scratch) -> Vec<f64> {
    let mut information = Vec::new();
    if !likelihood.counts.is_large {
        likelihood.information(theta, &mut information, scratch);
    } else if likelihood.counts.teams <= Fit::MOST_WITH_COVARIANCE {
        let mut curvature = Curvature::default();
        likelihood.curvature(theta, &mut curvature, scratch);
        information = curvature.matrix(theta.len());
    }
    information
}

/// The fit at the maximum that `newton` has found.
pub(super) fn summarise(likelihood: &Likelihood, newton: &Newton, matches: usize) -> Fit {
    let n = likelihood.counts.teams;
    let mut theta = newton.theta.clone();
    if likelihood.prior.is_none() {
        centre(&mut theta, n, likelihood.shots.is_some());
    }
    let theta = &theta;
    let mut scratch = Scratch::default();
    let information = information(likelihood, theta, &mut scratch);
    let counts = likelihood.counts;
    let mut fit = Fit {
        attack: theta[..n].to_vec(),
        defence: theta[n..2 * n].to_vec(),
        intercept: theta[2 * n],
        home_advantage: theta[2 * n + 1],
        rho: theta.get(2 * n + 2).copied().unwrap_or(0.0),
        log_likelihood: likelihood
            .data_value(theta, &mut scratch)
            .unwrap_or(f64::NEG_INFINITY),
        matches,
        iterations: newton.iterations,
        groups: Group::all(counts),
        has_home_sides: counts.weights()[0] > NOTHING,
        distribution: ScoreDistribution::new(Family::default(), &[]),
        is_free: Vec::new(),
        is_of_means: true,
        free_rho: likelihood.rho,
        constrained: likelihood.prior.is_none(),
        information,
        learn: Learn::GOALS,
        of_scores: true,
    };
    if fit.constrained {
        fit.mark_unbounded(likelihood);
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reproducible matches of every team with `opponents` others, at home to half of them, some on neutral grounds.
    fn league(teams: usize, opponents: usize) -> Vec<WeightedMatch> {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let mut matches = Vec::new();
        for home in 0..teams {
            for step in 1..=opponents / 2 {
                let score = Score {
                    home: (next(3) + next(2) + u64::from(home % 3 == 0)) as u8,
                    away: next(3) as u8,
                };
                matches.push(WeightedMatch {
                    home,
                    away: (home + step * step) % teams,
                    score,
                    weight: 1.0 - next(50) as f64 / 100.0,
                    neutral: next(10) == 0,
                });
            }
        }
        matches.retain(|played| played.home != played.away);
        matches
    }

    /// The fit with tables, and the fit with lists of pairs.
    fn both(matches: &[WeightedMatch], config: &FitConfig) -> [Fit; 2] {
        let teams = matches.iter().map(|played| played.home + 1).max().unwrap();
        [false, true].map(|is_large| {
            let mut counts = Counts::default();
            counts.reset_as(teams, is_large);
            add_all(&mut counts, matches);
            fit_counts(&counts, matches, config).unwrap()
        })
    }

    fn parameters(fit: &Fit) -> Vec<f64> {
        let levels = [fit.intercept, fit.home_advantage, fit.rho];
        let strengths = fit.attack.iter().chain(&fit.defence);
        strengths.copied().chain(levels).collect()
    }

    #[test]
    fn a_large_league_has_the_maximum_that_a_factor_finds() {
        let prior = Prior::default();
        for (teams, opponents) in [(20, 12), (100, 16), (400, 16)] {
            let matches = league(teams, opponents);
            for dependence in [Dependence::Independent, Dependence::DixonColes] {
                for prior in [Some(prior), None] {
                    let config = FitConfig {
                        dependence,
                        prior,
                        newcomers: (0..teams).map(|team| team % 4 == 1).collect(),
                        ..FitConfig::default()
                    };
                    let [dense, sparse] = both(&matches, &config);
                    for (i, (one, other)) in parameters(&dense)
                        .iter()
                        .zip(parameters(&sparse))
                        .enumerate()
                    {
                        assert!(
                            (one - other).abs() < 1e-8,
                            "{teams} {dependence:?} {} {i}: {one} {other}",
                            prior.is_some()
                        );
                    }
                    assert!((dense.log_likelihood - sparse.log_likelihood).abs() < 1e-6);
                    assert_eq!(dense.groups, sparse.groups);
                    let [one, other] = [&dense, &sparse].map(|fit| fit.covariance().unwrap());
                    for (one, other) in one.iter().zip(other) {
                        assert!((one - other).abs() < 1e-8, "{teams}: {one} {other}");
                    }
                }
            }
        }
    }

    #[test]
    fn groups_that_never_met_are_those_of_a_small_league() {
        let mut matches = league(30, 12);
        matches.extend(league(30, 12).iter().map(|played| WeightedMatch {
            home: played.home + 30,
            away: played.away + 30,
            ..*played
        }));
        let [dense, sparse] = both(&matches, &FitConfig::default());
        assert_eq!((dense.groups.len(), &dense.groups), (2, &sparse.groups));
        let [one, other] = [dense, sparse].map(|fit| fit.rates(3, 7).unwrap());
        assert!((one[0] - other[0]).abs() < 1e-7 && (one[1] - other[1]).abs() < 1e-7);
    }

    #[test]
    fn too_many_teams_are_refused_whatever_the_number() {
        for team in [MOST_TEAMS, usize::MAX] {
            let played = WeightedMatch {
                home: team,
                ..league(5, 4)[0]
            };
            let result = fit(&[played], &FitConfig::default());
            assert!(
                matches!(result, Err(PredictError::TooManyTeams { most: MOST_TEAMS, teams }) if teams >= team),
                "{result:?}"
            );
        }
    }

    #[test]
    fn a_team_of_a_large_number_costs_no_table_of_pairs() {
        let config = FitConfig {
            prior: Some(Prior::default()),
            ..FitConfig::default()
        };
        let mut matches = league(MOST_TEAMS, 4);
        matches.push(WeightedMatch {
            home: 0,
            away: MOST_TEAMS - 1,
            ..matches[0]
        });
        let fit = fit(&matches, &config).unwrap();
        assert_eq!(fit.attack.len(), MOST_TEAMS);
        assert!(fit.posterior().is_none());
    }

    #[test]
    fn a_fit_ends_when_it_is_told_to() {
        for is_large in [false, true] {
            let mut counts = Counts::default();
            counts.reset_as(20, is_large);
            add_all(&mut counts, &league(20, 8));
            let likelihood = Likelihood {
                counts: &counts,
                shots: None,
                scale: 1.0,
                rho: false,
                prior: Some(&Prior::default()),
                newcomers: &[false; 20],
            };
            let mut newton = Newton::starting_at(start(&likelihood));
            let stopped = newton.maximise(&likelihood, 1, &AtomicBool::new(true));
            assert_eq!(stopped, Err(PredictError::Stopped));
            assert_eq!(newton.iterations, 0);
        }
    }
}
