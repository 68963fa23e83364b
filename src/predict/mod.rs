//! Models: what is known of past matches in, a distribution over final scores out.

use crate::domain::{Match, Offer, ScoreGrid, Time};

/// A model of final scores.
pub trait Predictor: Send {
    /// Learns a result.
    fn observe(&mut self, played: &Match);

    /// The distribution of the final score of an offered match, as of `now`; `None` when the model has no
    /// opinion.
    ///
    /// # Errors
    /// When a fit does not converge.
    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<ScoreGrid>, PredictError>;
}

/// Why a prediction failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PredictError {
    /// The likelihood could not be maximised.
    #[error(
        "the fit did not converge: gradient norm {gradient:.3e} after {iterations} iterations on {matches} matches"
    )]
    NotConverged {
        /// Newton steps taken.
        iterations: u32,
        /// Euclidean norm of the gradient that was left.
        gradient: f64,
        /// Matches fitted.
        matches: usize,
    },
}
