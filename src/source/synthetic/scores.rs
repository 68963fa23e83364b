//! Sampling of final scores.

use rand::Rng;

use crate::domain::{GridError, Score, ScoreGrid};

/// Draws final scores of one fixture, each from one random number.
///
/// The home goals are Poisson, and the away goals are drawn given the home goals. Dixon and Coles's correction changes
/// neither marginal distribution, only the conditional probability of 0 and 1 away goals after 0 or 1 home goals.
/// Probabilities are in units of 2⁻³².
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreSampler {
    home: Side,
    away: Side,
    /// Of 2³² draws, those with 0 away goals when the home side scores none, and when it scores one.
    nil: [u32; 2],
    /// The scores of any other distribution, which then are all that is drawn.
    table: Option<Box<Table>>,
}

/// Scores, each with how many of 2³² draws give it or one before it.
#[derive(Debug, Clone, PartialEq)]
struct Table {
    bounds: Vec<u32>,
    scores: Vec<Score>,
}

/// The goals of one side: element k is how many of 2³² draws give at most k goals.
#[derive(Debug, Clone, PartialEq)]
struct Side {
    at_most: Vec<[u32; LANES]>,
    /// The most goals that are ever drawn.
    most: u32,
}

/// The most goals of one side.
const MOST: usize = 128;
/// Bounds that are compared at once.
const LANES: usize = 8;
/// 2³².
const WHOLE: f64 = 4_294_967_296.0;

impl ScoreSampler {
    /// A sampler of Poisson goals with Dixon and Coles's correction, with `rho` limited to its possible values as
    /// in [`ScoreGrid::dixon_coles`]; 0 for independent goals.
    ///
    /// # Errors
    /// When a rate is negative, not finite, or above [`ScoreGrid::MAX_RATE`].
    ///
    /// ```
    /// use simbet::internals::source::synthetic::{Purpose, ScoreSampler, stream};
    /// let sampler = ScoreSampler::new([1.6, 1.1], -0.1).unwrap();
    /// let mut random = stream(1, 0, Purpose::Scores);
    /// let goals: u32 = (0..100_000).map(|_| u32::from(sampler.draw(&mut random).home)).sum();
    /// assert!((f64::from(goals) / 100_000.0 - 1.6).abs() < 4.0 * (1.6_f64 / 100_000.0).sqrt());
    /// ```
    pub fn new([home, away]: [f64; 2], rho: f64) -> Result<Self, GridError> {
        let rho = ScoreGrid::possible_rho([home, away], rho);
        let nil = (-away).exp();
        Ok(Self {
            home: Side::new(home)?,
            away: Side::new(away)?,
            nil: [1.0 - home * away * rho, 1.0 + away * rho].map(|factor| threshold(nil * factor)),
            table: None,
        })
    }

    /// A sampler of the scores of a grid.
    ///
    /// ```
    /// use simbet::internals::source::synthetic::{Purpose, ScoreSampler, stream};
    /// let grid = simbet::ScoreGrid::from_rows(&[&[0.0, 0.25], &[0.75, 0.0]]).unwrap();
    /// let sampler = ScoreSampler::of(&grid);
    /// let mut random = stream(1, 0, Purpose::Scores);
    /// let home_wins = (0..10_000).filter(|_| sampler.draw(&mut random).home == 1).count();
    /// assert!((7_300..7_700).contains(&home_wins));
    /// ```
    pub fn of(grid: &ScoreGrid) -> Self {
        let mut table = Table {
            bounds: Vec::new(),
            scores: Vec::new(),
        };
        let mut sum = 0.0;
        for (score, p) in grid.cells().filter(|(_, p)| *p > 0.0) {
            sum += p;
            table.bounds.push(threshold(sum));
            table.scores.push(score);
        }
        let none = Side {
            at_most: Vec::new(),
            most: 0,
        };
        Self {
            home: none.clone(),
            away: none,
            nil: [0; 2],
            table: Some(Box::new(table)),
        }
    }

    /// Draws a score.
    #[inline]
    pub fn draw(&self, random: &mut impl Rng) -> Score {
        let number = random.next_u64();
        let (upper, lower) = ((number >> 32) as u32, number as u32);
        if let Some(table) = &self.table {
            return table.draw(upper);
        }
        let home = self.home.goals(upper);
        let mut away = self.away.goals(lower);
        if let Some(&nil) = self.nil.get(home as usize)
            && away <= 1
        {
            away = u32::from(lower >= nil);
        }
        Score {
            home: home as u8,
            away: away as u8,
        }
    }
}

impl Table {
    fn draw(&self, draw: u32) -> Score {
        let place = self.bounds.partition_point(|bound| *bound <= draw);
        let last = self.scores.len().saturating_sub(1);
        self.scores
            .get(place.min(last))
            .copied()
            .unwrap_or_default()
    }
}

impl Side {
    fn new(rate: f64) -> Result<Self, GridError> {
        if !(0.0..=ScoreGrid::MAX_RATE).contains(&rate) {
            return Err(GridError::Rate(rate));
        }
        let (mut term, mut sum, mut goals) = ((-rate).exp(), 0.0, 0.0);
        let mut at_most = Vec::with_capacity(2);
        // nearly always the last bound, which holds all 2³² draws
        while 1.0 - sum >= 0.5 / WHOLE && at_most.len() < MOST / LANES {
            let mut bounds = [u32::MAX; LANES];
            for bound in &mut bounds {
                sum += term;
                *bound = threshold(sum);
                goals += 1.0;
                term *= rate / goals;
            }
            at_most.push(bounds);
        }
        let certain = at_most
            .as_flattened()
            .iter()
            .position(|&bound| bound == u32::MAX);
        let most = certain.unwrap_or(at_most.len() * LANES - 1) as u32;
        Ok(Self { at_most, most })
    }

    /// The number of bounds that a draw has reached. Eight are compared at once, which nearly always suffice, so that no
    /// branch is predicted wrongly.
    #[inline]
    fn goals(&self, draw: u32) -> u32 {
        let mut goals = 0;
        for bounds in &self.at_most {
            let reached: u32 = bounds.iter().map(|&bound| u32::from(draw >= bound)).sum();
            goals += reached;
            if reached < LANES as u32 {
                break;
            }
        }
        goals.min(self.most)
    }
}

fn threshold(probability: f64) -> u32 {
    // the same as `round` at a tenth of its cost; too large a float becomes the largest integer
    (probability * WHOLE + 0.5) as u32
}
