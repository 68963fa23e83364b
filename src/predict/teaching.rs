//! How much each of a goal model's teachers counts.
//!
//! # Formula
//! ```text
//! Σ w·{ω·[y_h·η_h − e^η_h + y_a·η_a − e^η_a] + κ·[x_h·ξ_h − e^ξ_h + x_a·ξ_a − e^ξ_a]} + ln prior
//! ```
//! with w the decay, η the log of the rates of goals, y the goals that a match teaches, x the goals that its shots were worth and ξ
//! the log of the rates of those, on which strengths show with a loading. The constants were chosen on 13 divisions of
//! football-data.co.uk, and on the Premier League up to 2017-18.
//!
//! Prices fade within weeks, and with them all else that is learned as they are. So they teach only while they have come for weeks and
//! keep coming, in goal models and in the filter:
//! ```text
//! Σ_{with prices} 2^(−days/40) ≥ 0.4·Σ 2^(−days/40)      days before the last match
//! ```

use serde::{Deserialize, Serialize};

use super::ModelConfig;
use super::decay::weight;
use super::learn::{Asked, Learn};
use super::prior::Prior;

/// The part of what a match with prices teaches that its prices expected; the rest are its goals.
const PRICE_SHARE: f64 = 0.95;
/// ω of a match with prices: its prices say as much as the goals of so many matches.
const PRICE_WEIGHT: f64 = 100.0;
/// Prices teach while matches with them have at least this share of the weight of the last matches ...
const USUAL_SHARE: f64 = 0.4;
/// ... of which each loses half in so many days, twice as many as what prices teach.
pub(super) const USUAL_HALF_LIFE: f64 = 40.0;
/// ρ of every model that does not fit it.
const RHO: f64 = -0.08;

/// How much weight the last matches have, and those of them that have prices.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct PriceShare {
    all: f64,
    with: f64,
}

impl PriceShare {
    /// Adds a match of so many days ago.
    pub(super) fn add(&mut self, days: i64, has_prices: bool) {
        let weight = weight(Some(USUAL_HALF_LIFE), days);
        self.all += weight;
        self.with += if has_prices { weight } else { 0.0 };
    }

    /// Lets so many days pass.
    pub(super) fn age(&mut self, days: i64) {
        let weight = weight(Some(USUAL_HALF_LIFE), days);
        self.all *= weight;
        self.with *= weight;
    }

    /// Whether its numbers can be weights.
    pub(super) fn is_sound(&self) -> bool {
        self.with >= 0.0 && self.with <= self.all && self.all.is_finite()
    }

    /// Whether prices teach.
    pub(super) fn is_usual(&self) -> bool {
        self.with > 0.0 && self.with >= USUAL_SHARE * self.all
    }
}

/// How shots teach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShotTeaching {
    /// κ.
    pub(super) weight: f64,
    /// How far strengths show in shots.
    pub(super) loading: f64,
}

/// How a set of teachers teaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Teaching {
    pub(super) learn: Learn,
    pub(super) half_life: Option<f64>,
    pub(super) prior: Option<Prior>,
    /// ρ where it is not fitted.
    pub(super) rho: Option<f64>,
    pub(super) shots: Option<ShotTeaching>,
}

impl Teaching {
    /// Goals, and the weight of them, that a match teaches; `None` where it teaches its score.
    pub(super) fn expected(
        &self,
        goals: [f64; 2],
        prices: Option<[f64; 2]>,
    ) -> Option<([f64; 2], f64)> {
        let rates = prices.filter(|_| self.learn.prices)?;
        let mix = |side: usize| PRICE_SHARE * rates[side] + (1.0 - PRICE_SHARE) * goals[side];
        Some(([mix(0), mix(1)], PRICE_WEIGHT))
    }
}

/// What a model is asked to learn from, and how a league learns that does not have all of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curriculum {
    pub(super) learn: Learn,
    half_life: Option<f64>,
    prior: Option<Prior>,
    asked: Asked,
    rho: Option<f64>,
    /// Whether ρ is a parameter at all.
    fits_rho: bool,
}

impl Curriculum {
    /// The curriculum of these settings, for a model that fits ρ or has none.
    pub(super) fn new(config: &ModelConfig, fits_rho: bool) -> Self {
        Self {
            learn: config.learn,
            half_life: config.half_life,
            prior: config.prior(),
            asked: config.asked,
            rho: config.rho,
            fits_rho,
        }
    }

    /// How those of the teachers teach that are there. A half-life or a prior that nobody asked for gives way to the usual one
    /// of those: prices fade within weeks, and goals alone would be forgotten before they say anything.
    pub(super) fn teaching(&self, shots: bool, prices: bool) -> Teaching {
        let learn = self.learn.seen(shots, prices);
        Teaching {
            learn,
            half_life: self
                .learn
                .half_life(learn, self.half_life, self.asked.half_life),
            prior: self.prior.map(|prior| Prior {
                sd: self.learn.prior(learn, prior.sd, self.asked.prior),
                ..prior
            }),
            rho: self.rho_of(learn),
            shots: shots_of(learn),
        }
    }

    /// ρ where it is not fitted.
    fn rho_of(&self, learn: Learn) -> Option<f64> {
        let usual = (!learn.is_goals()).then_some(if self.fits_rho { RHO } else { 0.0 });
        self.rho.or(usual)
    }
}

const fn shots_of(learn: Learn) -> Option<ShotTeaching> {
    let (weight, loading) = match (learn.shots, learn.prices) {
        (false, _) => return None,
        (true, false) => (2.5, 0.5),
        (true, true) => (20.0, 0.65),
    };
    Some(ShotTeaching { weight, loading })
}
