//! Random numbers: one stream for each run and purpose, all from one seed.

use chacha20::ChaCha8Rng;
use rand::SeedableRng;

use crate::domain::MarketKind;

/// The purpose of random numbers.
///
/// Each purpose has a stream of its own, so that a setting affects nothing else: with more noise in the prices the goals
/// are still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Attack and defence of the teams, and their drift.
    Strengths = 0,
    /// Final scores.
    Scores = 1,
    /// Minutes of goals.
    Minutes = 2,
    /// Errors of the bookmaker on match odds.
    MatchOdds = 3,
    /// Errors of the model under test.
    Model = 4,
    /// Lots between teams that are level by all criteria.
    Lots = 5,
    /// Errors of the bookmaker on over/under.
    OverUnder = 6,
    /// Errors of the bookmaker on handicaps.
    AsianHandicap = 7,
    /// Errors of the bookmaker on both teams to score.
    BothTeamsToScore = 8,
    /// Shots and corners.
    Statistics = 9,
}

impl Purpose {
    /// The purpose of the errors of the bookmaker on a kind of market.
    pub(super) const fn errors_in(kind: MarketKind) -> Self {
        match kind {
            MarketKind::MatchOdds => Self::MatchOdds,
            MarketKind::OverUnder => Self::OverUnder,
            MarketKind::AsianHandicap => Self::AsianHandicap,
            MarketKind::BothTeamsToScore => Self::BothTeamsToScore,
        }
    }
}

/// Streams reserved for each run, more than there are purposes, so that later versions can add some.
const PURPOSES: u64 = 16;

/// The random numbers of one run for one purpose.
///
/// ChaCha with 8 rounds is a function of seed, stream and position. Streams never overlap, and a run draws the same numbers
/// whether it is the only one or one of ten thousand, on any number of threads.
///
/// ```
/// use rand::Rng as _;
/// use simbet::internals::source::synthetic::{Purpose, stream};
/// let mut first = stream(1, 7, Purpose::Scores);
/// let mut again = stream(1, 7, Purpose::Scores);
/// let mut other = stream(1, 8, Purpose::Scores);
/// let number = first.next_u64();
/// assert_eq!(again.next_u64(), number);
/// assert_ne!(other.next_u64(), number);
/// ```
pub fn stream(seed: u64, run: u64, purpose: Purpose) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(run.wrapping_mul(PURPOSES) + purpose as u64);
    random
}
