//! Invented matches: a league whose true strengths are known, and a bookmaker who prices it.

mod scores;
mod stream;

pub use scores::ScoreSampler;
pub use stream::{Purpose, stream};
