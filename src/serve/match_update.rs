//! What can be handed in of a match: prices, or its result.

use crate::domain::Time;
use crate::schema::event::{Event, MatchEvent, MatchResult};

/// Prices or a result, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchUpdate {
    /// Prices.
    Prices(MatchEvent<'static>),
    /// What became of a match.
    Result(MatchResult<'static>),
}

impl MatchUpdate {
    /// That of an event; `None` for the end of a stream, which is of no match.
    pub fn of(event: Event<'static>) -> Option<Self> {
        match event {
            Event::Prices(prices) => Some(Self::Prices(prices)),
            Event::Result(result) => Some(Self::Result(result)),
            Event::End(_) => None,
        }
    }

    /// Which match.
    pub fn match_id(&self) -> &str {
        match self {
            Self::Prices(prices) => &prices.about.match_id,
            Self::Result(result) => &result.about.match_id,
        }
    }

    /// The time at which it became known.
    pub const fn time(&self) -> Time {
        match self {
            Self::Prices(prices) => prices.time,
            Self::Result(result) => result.time,
        }
    }

    /// The `event_type`.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::Prices(_) => MatchEvent::TYPE,
            Self::Result(_) => MatchResult::TYPE,
        }
    }
}

impl From<MatchUpdate> for Event<'static> {
    fn from(update: MatchUpdate) -> Self {
        match update {
            MatchUpdate::Prices(prices) => Self::Prices(prices),
            MatchUpdate::Result(result) => Self::Result(result),
        }
    }
}
