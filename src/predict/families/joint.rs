//! Joint maximum likelihood: the strengths of all teams together with the parameters of a family.
//!
//! # Formula
//! ```text
//! ℓ = Σ w · ln P(x, y; λ, ν, shapes)      log λ = μ + h + att_i − def_j      log ν = μ + att_j − def_i
//! ```
//! λ and ν are the locations of both sides. Derivatives of each match are central differences in log λ, log ν and the shapes,
//! of which there are at most two.

use super::distribution::{Buffers, ScoreDistribution};
use super::family::Family;
use super::numeric;
use super::shape::ShapeParameter;
use crate::domain::Score;
use crate::predict::PredictError;
use crate::predict::cholesky::Cholesky;
use crate::predict::gauge::fix_means;
use crate::predict::prior::Prior;
use crate::predict::vector::dot;

/// The distance of differences in log λ and log ν.
const STEP: f64 = 5e-4;
/// The distance of differences in shapes.
const SHAPE_STEP: f64 = 1e-4;
/// The rise of the likelihood at which a fit has converged.
const TOLERANCE: f64 = 1e-11;
const MAX_ITERATIONS: u32 = 200;
/// log λ, log ν and two shapes.
const MOST: usize = 4;

/// A result and its weight, teams by number.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Row {
    pub(in crate::predict) teams: [usize; 2],
    pub(in crate::predict) score: Score,
    pub(in crate::predict) weight: f64,
    pub(in crate::predict) neutral: bool,
}

/// What is fitted.
#[derive(Debug)]
pub(in crate::predict) struct Joint<'a> {
    pub(in crate::predict) family: Family,
    pub(in crate::predict) rows: &'a [Row],
    pub(in crate::predict) teams: usize,
    pub(in crate::predict) prior: Option<&'a Prior>,
    pub(in crate::predict) newcomers: &'a [bool],
}

/// The maximum.
#[derive(Debug, Clone)]
pub(in crate::predict) struct JointFit {
    /// Attack of every team, defence of every team, μ and h.
    pub(in crate::predict) theta: Vec<f64>,
    pub(in crate::predict) shapes: Vec<f64>,
    /// Which shapes are not at a bound of their range.
    pub(in crate::predict) is_free: Vec<bool>,
    /// The negated Hessian of θ and the free shapes, lower triangle.
    pub(in crate::predict) information: Vec<f64>,
    pub(in crate::predict) log_likelihood: f64,
    pub(in crate::predict) iterations: u32,
}

/// A point, and what the likelihood does there.
struct Point {
    /// Strengths, levels and shapes.
    theta: Vec<f64>,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

/// The value, the slopes and the bends of one match, in log λ, log ν and the shapes.
#[derive(Default)]
struct Derivatives {
    slopes: [f64; MOST],
    bends: [[f64; MOST]; MOST],
}

impl Joint<'_> {
    /// The maximum of the likelihood, from these strengths and levels on.
    ///
    /// # Errors
    /// When it does not converge.
    pub(in crate::predict) fn maximise(&self, start: &[f64]) -> Result<JointFit, PredictError> {
        let mut theta = start.to_vec();
        theta.extend(self.family.parameters().map(|parameter| parameter.start));
        let mut value = self.value(&theta);
        for iterations in 1..=MAX_ITERATIONS {
            let mut point = self.point(theta);
            let fixed = self.hold_bounds(&mut point);
            let step = self.step(&point);
            let rise = dot(&point.gradient, &step);
            let next = if rise > TOLERANCE {
                self.search(&point.theta, &step, value, rise)
            } else {
                None
            };
            let Some((moved, found)) = next else {
                if rise > 1e-6 || rise.is_nan() {
                    return Err(self.not_converged(iterations, &point.gradient));
                }
                return Ok(self.fit(point, &fixed, iterations));
            };
            (theta, value) = (moved, found);
        }
        Err(self.not_converged(MAX_ITERATIONS, &[f64::NAN]))
    }

    /// The fit to given strengths and levels, which are those of expected goals: only the shapes are at their maximum.
    pub(in crate::predict) fn given(&self, theta: &[f64]) -> JointFit {
        let parameters = self.parameters();
        let mut shapes: Vec<f64> = parameters.iter().map(|parameter| parameter.start).collect();
        let mut buffers = Buffers::default();
        let mut likelihood = |shapes: &[f64]| {
            let distribution = ScoreDistribution::new(self.family, shapes);
            let terms = self.rows.iter().map(|row| {
                let locations = distribution.locations(self.logs(row, theta).map(f64::exp));
                row.weight * distribution.log(row.score, locations, &mut buffers)
            });
            terms.sum::<f64>()
        };
        numeric::maximise(&parameters, &mut shapes, numeric::EXACT, &mut |shapes| {
            likelihood(shapes) - self.penalty_of(shapes)
        });
        JointFit {
            log_likelihood: likelihood(&shapes),
            is_free: vec![false; shapes.len()],
            theta: theta.to_vec(),
            information: Vec::new(),
            iterations: 0,
            shapes,
        }
    }

    fn not_converged(&self, iterations: u32, gradient: &[f64]) -> PredictError {
        PredictError::NotConverged {
            iterations,
            gradient: dot(gradient, gradient).sqrt(),
            matches: self.rows.len(),
        }
    }

    fn parameters(&self) -> Vec<ShapeParameter> {
        self.family.parameters().collect()
    }

    /// The number of strengths and levels.
    const fn levels(&self) -> usize {
        2 * self.teams + 2
    }

    /// The likelihood, the prior included.
    fn value(&self, theta: &[f64]) -> f64 {
        let shapes = &theta[self.levels()..];
        self.likelihood(theta) - self.penalty(theta, shapes)
    }

    fn penalty(&self, theta: &[f64], shapes: &[f64]) -> f64 {
        let strengths = &theta[..self.levels()];
        let of_strengths = self
            .prior
            .map(|prior| prior.penalty(strengths, self.newcomers));
        of_strengths.unwrap_or(0.0) + self.penalty_of(shapes)
    }

    fn penalty_of(&self, shapes: &[f64]) -> f64 {
        let parameters = self.family.parameters().zip(shapes);
        let penalties = parameters.map(|(parameter, value)| parameter.penalty(*value));
        self.prior.map_or(0.0, |_| penalties.sum())
    }

    fn likelihood(&self, theta: &[f64]) -> f64 {
        let distribution = ScoreDistribution::new(self.family, &theta[self.levels()..]);
        let mut buffers = Buffers::default();
        let terms = self.rows.iter().map(|row| {
            let locations = self.logs(row, theta).map(f64::exp);
            row.weight * distribution.log(row.score, locations, &mut buffers)
        });
        terms.sum()
    }

    /// log λ and log ν.
    fn logs(&self, row: &Row, theta: &[f64]) -> [f64; 2] {
        let (n, [home, away]) = (self.teams, row.teams);
        let advantage = if row.neutral { 0.0 } else { theta[2 * n + 1] };
        let superiority = |one: usize, other: usize| theta[2 * n] + theta[one] - theta[n + other];
        [superiority(home, away) + advantage, superiority(away, home)]
    }

    /// The gradient and the negated Hessian, the prior included.
    fn point(&self, theta: Vec<f64>) -> Point {
        let order = theta.len();
        let mut point = Point {
            gradient: vec![0.0; order],
            information: vec![0.0; order * order],
            theta,
        };
        let stencil = Stencil::new(self.family, &point.theta[self.levels()..]);
        let mut buffers = Buffers::default();
        for row in self.rows {
            let derivatives =
                stencil.derivatives(row.score, self.logs(row, &point.theta), &mut buffers);
            self.add(row, &derivatives, &mut point);
        }
        self.add_prior(&mut point);
        point
    }

    /// Adds a match: the chain rule from log λ and log ν to strengths and levels.
    fn add(&self, row: &Row, derivatives: &Derivatives, point: &mut Point) {
        let (n, order, [home, away]) = (self.teams, point.theta.len(), row.teams);
        let advantage = if row.neutral { 0.0 } else { 1.0 };
        let of_strengths = [
            (home, 0, 1.0),
            (n + away, 0, -1.0),
            (2 * n, 0, 1.0),
            (2 * n + 1, 0, advantage),
            (away, 1, 1.0),
            (n + home, 1, -1.0),
            (2 * n, 1, 1.0),
        ];
        let of_shapes = (self.levels()..order).map(|place| (place, 2 + place - self.levels(), 1.0));
        let entries = of_strengths.into_iter().chain(of_shapes);
        for (place, variable, factor) in entries.clone() {
            let factor = row.weight * factor;
            point.gradient[place] += factor * derivatives.slopes[variable];
            for (other, another, by) in entries.clone().filter(|entry| entry.0 <= place) {
                point.information[place * order + other] -=
                    factor * by * derivatives.bends[variable][another];
            }
        }
    }

    fn add_prior(&self, point: &mut Point) {
        let (levels, order) = (self.levels(), point.theta.len());
        let Some(prior) = self.prior else {
            fix_means(&mut point.information, order, self.teams);
            return;
        };
        let (strengths, shapes) = point.theta.split_at(levels);
        prior.subtract_gradient(strengths, self.newcomers, &mut point.gradient[..levels]);
        let mut of_prior = vec![0.0; levels * levels];
        prior.add_information(strengths, self.newcomers, &mut of_prior, levels);
        for (row, added) in of_prior.chunks_exact(levels).enumerate() {
            let own = &mut point.information[row * order..][..levels];
            own.iter_mut()
                .zip(added)
                .for_each(|(own, added)| *own += added);
        }
        for (k, (parameter, value)) in self.family.parameters().zip(shapes).enumerate() {
            let (place, precision) = (levels + k, parameter.sd.powi(-2));
            point.gradient[place] -= (value - parameter.plain) * precision;
            point.information[place * order + place] += precision;
        }
    }

    /// Takes out the shapes at a bound beyond which the likelihood would rise, and says which.
    fn hold_bounds(&self, point: &mut Point) -> Vec<bool> {
        let (levels, order) = (self.levels(), point.theta.len());
        let parameters = self.parameters();
        let is_held = |k: usize| {
            let (value, slope) = (point.theta[levels + k], point.gradient[levels + k]);
            (value <= parameters[k].least && slope <= 0.0)
                || (value >= parameters[k].most && slope >= 0.0)
        };
        let held: Vec<bool> = (0..parameters.len()).map(is_held).collect();
        for place in (0..held.len()).filter(|&k| held[k]).map(|k| levels + k) {
            point.gradient[place] = 0.0;
            (0..=place).for_each(|other| point.information[place * order + other] = 0.0);
            (place..order).for_each(|other| point.information[other * order + place] = 0.0);
            point.information[place * order + place] = 1.0;
        }
        held
    }

    fn step(&self, point: &Point) -> Vec<f64> {
        let order = point.theta.len();
        let mut step = point.gradient.clone();
        let mut factor = Cholesky::default();
        factor.factor_shifted(&point.information, order);
        factor.solve(&mut step);
        // a leap of a strength by e² is beyond what a parabola knows
        let longest = step.iter().fold(0.0_f64, |most, each| most.max(each.abs()));
        let share = 1.0 / (0.5 * longest).max(1.0);
        step.iter_mut().for_each(|each| *each *= share);
        step
    }

    /// Halves the step until the likelihood has risen; `None` when it does not rise.
    fn search(&self, at: &[f64], step: &[f64], value: f64, rise: f64) -> Option<(Vec<f64>, f64)> {
        let mut share = 1.0;
        for _ in 0..40 {
            let trial = self.moved(at, step, share);
            let found = self.value(&trial);
            if found >= value + 1e-4 * share * rise - 1e-12 * value.abs() {
                return Some((trial, found));
            }
            share *= 0.5;
        }
        None
    }

    fn moved(&self, at: &[f64], step: &[f64], share: f64) -> Vec<f64> {
        let mut moved: Vec<f64> = at
            .iter()
            .zip(step)
            .map(|(at, step)| at + share * step)
            .collect();
        for (value, parameter) in moved[self.levels()..]
            .iter_mut()
            .zip(self.family.parameters())
        {
            *value = value.clamp(parameter.least, parameter.most);
        }
        moved
    }

    fn fit(&self, point: Point, held: &[bool], iterations: u32) -> JointFit {
        let (levels, order) = (self.levels(), point.theta.len());
        let kept: Vec<usize> = (0..order)
            .filter(|&place| place < levels || !held[place - levels])
            .collect();
        let entry = |i: usize, j: usize| point.information[kept[i] * order + kept[j]];
        let size = kept.len();
        JointFit {
            log_likelihood: self.likelihood(&point.theta),
            information: (0..size * size)
                .map(|place| entry(place / size, place % size))
                .collect(),
            is_free: held.iter().map(|held| !held).collect(),
            shapes: point.theta[levels..].to_vec(),
            theta: point.theta[..levels].to_vec(),
            iterations,
        }
    }
}

/// The family at the shapes of a point and around it.
struct Stencil {
    centre: ScoreDistribution,
    /// A step up and down in each shape.
    around: Vec<[ScoreDistribution; 2]>,
    /// Steps in both shapes: up and up, up and down, down and up, down and down.
    corners: Vec<ScoreDistribution>,
}

const SIGNS: [(f64, f64); 4] = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];

impl Stencil {
    fn new(family: Family, shapes: &[f64]) -> Self {
        let shifted = |shifts: &[(usize, f64)]| {
            let mut moved = shapes.to_vec();
            shifts
                .iter()
                .for_each(|&(k, sign)| moved[k] += sign * SHAPE_STEP);
            ScoreDistribution::new(family, &moved)
        };
        let corner = |(one, other)| shifted(&[(0, one), (1, other)]);
        let has_corners = shapes.len() > 1;
        Self {
            centre: shifted(&[]),
            around: (0..shapes.len())
                .map(|k| [1.0, -1.0].map(|sign| shifted(&[(k, sign)])))
                .collect(),
            corners: SIGNS
                .into_iter()
                .filter(|_| has_corners)
                .map(corner)
                .collect(),
        }
    }

    fn derivatives(&self, score: Score, logs: [f64; 2], buffers: &mut Buffers) -> Derivatives {
        let mut at = |distribution: &ScoreDistribution, shifts: [f64; 2]| {
            let locations = [0, 1].map(|side| (logs[side] + shifts[side] * STEP).exp());
            distribution.log(score, locations, buffers)
        };
        let sides = [[1.0, 0.0], [0.0, 1.0]];
        let mut all = Derivatives::default();
        let centre = at(&self.centre, [0.0; 2]);
        for (side, shift) in sides.into_iter().enumerate() {
            let [up, down] = [shift, shift.map(|by| -by)].map(|shift| at(&self.centre, shift));
            all.slopes[side] = (up - down) / (2.0 * STEP);
            all.bends[side][side] = (up - 2.0 * centre + down) / (STEP * STEP);
        }
        let cross: f64 = SIGNS
            .into_iter()
            .map(|(one, other)| one * other * at(&self.centre, [one, other]))
            .sum();
        all.bend(0, 1, cross / (4.0 * STEP * STEP));
        for (k, [more, less]) in self.around.iter().enumerate() {
            let [up, down] = [more, less].map(|near| at(near, [0.0; 2]));
            all.slopes[2 + k] = (up - down) / (2.0 * SHAPE_STEP);
            all.bends[2 + k][2 + k] = (up - 2.0 * centre + down) / (SHAPE_STEP * SHAPE_STEP);
            for (side, shift) in sides.into_iter().enumerate() {
                let back = shift.map(|by| -by);
                let cross = (at(more, shift) - at(more, back)) - (at(less, shift) - at(less, back));
                all.bend(side, 2 + k, cross / (4.0 * STEP * SHAPE_STEP));
            }
        }
        let corners = SIGNS.into_iter().zip(&self.corners);
        let cross: f64 = corners
            .map(|((one, other), corner)| one * other * at(corner, [0.0; 2]))
            .sum();
        all.bend(2, 3, cross / (4.0 * SHAPE_STEP * SHAPE_STEP));
        all
    }
}

impl Derivatives {
    const fn bend(&mut self, one: usize, other: usize, bend: f64) {
        self.bends[one][other] = bend;
        self.bends[other][one] = bend;
    }
}
