//! Instants, and days as their first instant.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// An instant: whole seconds since 1970-01-01T00:00:00 UTC.
///
/// Kick-offs, prices and results are instants. A calendar day is written as its midnight, as if that were UTC: the day of a
/// match is its source's own, whatever the zone. A day is 86,400 seconds long, so that a replay needs no table of time zones.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// Seconds in a day.
    pub const DAY: i64 = 86_400;

    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Start of the day that is `days` after 1970-01-01.
    pub const fn from_days(days: i64) -> Self {
        Self(days * Self::DAY)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Whole days since 1970-01-01.
    ///
    /// ```
    /// use simbet::Time;
    /// assert_eq!(Time::from_seconds(86_399).day(), 0);
    /// assert_eq!(Time::from_seconds(-1).day(), -1);
    /// ```
    pub const fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY)
    }

    /// Start of this instant's day.
    pub const fn start_of_day(self) -> Self {
        Self::from_days(self.day())
    }
}

impl Add<i64> for Time {
    type Output = Self;
    fn add(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }
}

impl Sub for Time {
    type Output = i64;
    fn sub(self, other: Self) -> i64 {
        self.0 - other.0
    }
}
