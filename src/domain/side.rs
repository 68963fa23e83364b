//! The sides of markets.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::code::CodeError;

/// The side of a market that is backed.
///
/// ```
/// use simbet::Side;
/// let side: Side = "Under".parse().unwrap();
/// assert_eq!(side, Side::Under);
/// assert_eq!(side.code(), "under");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The home side.
    Home,
    /// The draw.
    Draw,
    /// The away side.
    Away,
    /// More goals than the line.
    Over,
    /// Fewer goals than the line.
    Under,
    /// The event of the market happens.
    Yes,
    /// The event does not happen.
    No,
}

impl Side {
    /// Every side.
    pub const ALL: [Self; 7] = [
        Self::Home,
        Self::Draw,
        Self::Away,
        Self::Over,
        Self::Under,
        Self::Yes,
        Self::No,
    ];

    /// The code on the command line and in tables.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Draw => "draw",
            Self::Away => "away",
            Self::Over => "over",
            Self::Under => "under",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl std::str::FromStr for Side {
    type Err = CodeError;
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let found = Self::ALL
            .into_iter()
            .find(|side| side.code().eq_ignore_ascii_case(text));
        found.ok_or_else(|| CodeError::new("selection", Self::ALL.map(Self::code).join(", "), text))
    }
}
