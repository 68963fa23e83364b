//! Random numbers: a stream for each run and purpose, all from one seed.

use chacha20::ChaCha8Rng;
use rand::SeedableRng;

use crate::domain::MarketKind;

/// What random numbers are drawn for. Each purpose has a stream of its own, so that turning one dial moves nothing else:
/// with more noise in the prices the goals are still the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Attack and defence of the teams, and how they drift.
    Strengths = 0,
    /// Final scores.
    Scores = 1,
    /// When goals fall.
    Minutes = 2,
    /// What the bookmaker gets wrong of match odds.
    MatchOdds = 3,
    /// What the model under test gets wrong.
    Model = 4,
    /// Lots that are drawn between teams that nothing else tells apart.
    Lots = 5,
    /// What the bookmaker gets wrong of over/under.
    OverUnder = 6,
    /// What the bookmaker gets wrong of handicaps.
    AsianHandicap = 7,
    /// What the bookmaker gets wrong of both teams to score.
    BothTeamsToScore = 8,
}

impl Purpose {
    /// What the bookmaker gets wrong of a kind of market.
    pub(super) const fn errors_in(kind: MarketKind) -> Self {
        match kind {
            MarketKind::MatchOdds => Self::MatchOdds,
            MarketKind::OverUnder => Self::OverUnder,
            MarketKind::AsianHandicap => Self::AsianHandicap,
            MarketKind::BothTeamsToScore => Self::BothTeamsToScore,
        }
    }
}

/// Streams there are room for in each run, those of later versions included.
const PURPOSES: u64 = 16;

/// The random numbers of one run for one purpose.
///
/// ChaCha with 8 rounds is a function of seed, stream and position: streams never meet, and the seventh run draws
/// the same numbers whether it is the only one or one of ten thousand, on any number of threads.
///
/// ```
/// use rand::Rng as _;
/// use simbet::source::synthetic::{Purpose, stream};
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
