//! Goals at the end of a match, and so far.

use serde::{Deserialize, Serialize};

/// Goals of both sides.
///
/// ```
/// use simbet::{Outcome, Score, Selection};
/// let score = Score { home: 2, away: 2 };
/// assert_eq!(Selection::DRAW.settle(score), Outcome::Won);
/// assert_eq!(Selection::HOME.settle(score), Outcome::Lost);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Score {
    /// Goals of the home side.
    pub home: u8,
    /// Goals of the away side.
    pub away: u8,
}

impl Score {
    /// 0 for more home goals, 1 for as many, 2 for more away goals: the place in the order home, draw, away.
    pub(super) const fn result(self) -> usize {
        1 + (self.home < self.away) as usize - (self.home > self.away) as usize
    }

    /// Whether neither side is without a goal.
    pub(super) const fn have_both_scored(self) -> bool {
        self.home > 0 && self.away > 0
    }
}

/// Minute and score of a match so far; the default is kick-off.
///
/// ```
/// use simbet::MatchState;
/// let kickoff = MatchState::default();
/// assert_eq!(kickoff, MatchState { minute: 0, home_goals: 0, away_goals: 0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct MatchState {
    /// Minutes played, 0 at kick-off; stoppage time runs on past 90.
    pub minute: u8,
    /// Goals of the home side so far.
    pub home_goals: u8,
    /// Goals of the away side so far.
    pub away_goals: u8,
}
