//! Goal lines.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A goal line in quarter goals, exact: −0.75 is `Line::from_quarters(-3)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line(i16);

impl Line {
    /// Two and a half goals, the usual over/under line.
    pub const TWO_AND_A_HALF: Self = Self(10);

    /// A line of `quarters` quarter goals.
    pub const fn from_quarters(quarters: i16) -> Self {
        Self(quarters)
    }

    /// A line in goals; `None` unless it is a multiple of 0.25 between −50 and 50.
    ///
    /// ```
    /// use simbet::Line;
    /// assert_eq!(Line::from_goals(-0.75), Some(Line::from_quarters(-3)));
    /// assert_eq!(Line::from_goals(0.3), None);
    /// ```
    pub fn from_goals(goals: f64) -> Option<Self> {
        let quarters = goals * 4.0;
        (quarters.fract() == 0.0 && quarters.abs() <= 200.0).then_some(Self(quarters as i16))
    }

    /// The line in quarter goals.
    pub const fn quarters(self) -> i16 {
        self.0
    }

    /// The line in goals.
    pub fn goals(self) -> f64 {
        f64::from(self.0) / 4.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.goals(), f)
    }
}
