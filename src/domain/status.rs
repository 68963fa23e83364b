//! What became of a match.

use serde::{Deserialize, Serialize};

/// What became of a match: only one that was played has a result.
///
/// ```
/// use simbet::MatchStatus;
/// assert!(MatchStatus::Played.has_result());
/// assert!(!MatchStatus::Abandoned.has_result()); // its bets are void
/// assert_eq!(MatchStatus::Postponed.code(), "postponed");
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum MatchStatus {
    /// Played to the end.
    #[default]
    Played,
    /// Begun and not finished.
    Abandoned,
    /// Not begun; to be played on another day.
    Postponed,
    /// Decided by a ruling, not by play.
    Awarded,
    /// Not to be played.
    Cancelled,
}

impl MatchStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Played,
        Self::Abandoned,
        Self::Postponed,
        Self::Awarded,
        Self::Cancelled,
    ];

    /// The code in files and on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Played => "played",
            Self::Abandoned => "abandoned",
            Self::Postponed => "postponed",
            Self::Awarded => "awarded",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether the score is a result, on which bets are settled and from which models learn.
    pub const fn has_result(self) -> bool {
        matches!(self, Self::Played)
    }
}
