//! Scoring rules for forecasts of home win, draw and away win. Lower is better in all of them.

use crate::domain::Score;

/// The index of the result: 0 a home win, 1 a draw, 2 an away win.
pub fn result(score: Score) -> usize {
    match score.home.cmp(&score.away) {
        std::cmp::Ordering::Greater => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Less => 2,
    }
}

/// The logarithmic score in nats: at least 0, infinite when the forecast gave the result a probability of 0.
///
/// # Formula
/// ```text
/// −ln p   with p the forecast probability of the result
/// ```
/// Good (1952), Journal of the Royal Statistical Society B 14(1).
///
/// ```
/// use simbet::{Score, log_loss};
/// let draw = Score { home: 1, away: 1 };
/// assert!((log_loss([0.5, 0.25, 0.25], draw) - 4.0_f64.ln()).abs() < 1e-15);
/// ```
pub fn log_loss(forecast: [f64; 3], score: Score) -> f64 {
    // −ln 1 is −0; adding 0 makes it 0
    -forecast[result(score)].ln() + 0.0
}

/// The logarithmic score in bits, called ignorance.
///
/// # Formula
/// ```text
/// −log₂ p
/// ```
/// Roulston & Smith (2002), Monthly Weather Review 130(6).
///
/// ```
/// use simbet::Score;
/// use simbet::internals::significance::ignorance;
/// assert_eq!(ignorance([0.5, 0.25, 0.25], Score { home: 1, away: 1 }), 2.0);
/// ```
pub fn ignorance(forecast: [f64; 3], score: Score) -> f64 {
    -forecast[result(score)].log2() + 0.0
}

/// The Brier score over all three outcomes: from 0 to 2.
///
/// # Formula
/// ```text
/// Σ (pⱼ − eⱼ)²   with e 1 for the result, else 0
/// ```
/// Brier (1950), Monthly Weather Review 78(1).
///
/// ```
/// use simbet::{Score, brier};
/// assert_eq!(brier([0.5, 0.25, 0.25], Score { home: 1, away: 0 }), 0.375);
/// ```
pub fn brier(forecast: [f64; 3], score: Score) -> f64 {
    errors(forecast, score)
        .map(|error| error * error)
        .iter()
        .sum()
}

/// The ranked probability score: from 0 to 1. It takes the order of the results into account: a draw lies between the
/// wins, so a forecast of an away win is worse before a home win than before a draw.
///
/// # Formula
/// ```text
/// 1/(r − 1) · Σ_{i<r} (Σ_{j≤i} (pⱼ − eⱼ))²   with r = 3
/// ```
/// Epstein (1969), Journal of Applied Meteorology 8(6); Constantinou & Fenton (2012), Journal of Quantitative
/// Analysis in Sports 8(1).
///
/// ```
/// use simbet::{Score, rps};
/// assert_eq!(rps([0.5, 0.25, 0.25], Score { home: 1, away: 0 }), 0.15625);
/// ```
pub fn rps(forecast: [f64; 3], score: Score) -> f64 {
    let [home, draw, _] = errors(forecast, score);
    (home * home + (home + draw) * (home + draw)) / 2.0
}

/// The forecast less 1 for the result and 0 for the others.
fn errors(mut forecast: [f64; 3], score: Score) -> [f64; 3] {
    forecast[result(score)] -= 1.0;
    forecast
}
