//! The entries of a stream: the events of a feed, and the answers of a trader.
//!
//! An entry has an `event_type`, `data` (a JSON object) and a `timestamp`. On a pipe it is a line of JSON with these three
//! members. Unknown members are ignored, so that a feed may have more than simbet needs.
//!
//! The members that every entry of a kind has are never null and have one type, so that consumers with strict models read
//! them: what is undefined is 0, and a side without a price has an exchange's limit ([`MatchOdds`]). Only `result` and `payout`
//! of an open bet are null.
//!
//! | event_type | content |
//! |---|---|
//! | `match_event` | prices of a match, its minute and score ([`MatchEvent`]) |
//! | `match_result` | what became of a match: its final score, or that it has none ([`MatchResult`]) |
//! | `end_of_stream` | the stream is over ([`EndOfStream`]) |
//! | `prediction` `bet` `bet_settled` `bet_corrected` `trading_metrics` | a trader's forecasts, bets and results ([`OutgoingEvent`]) |

mod last_prices;
mod match_odds;
mod members;
mod outgoing;
mod owned;
mod plausible;
mod published;
mod raw_value;
mod read;
mod statistics;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::calendar::{civil, parse_time};
use crate::domain::{MatchState, MatchStatus, Quote, Score, Statistics, Time};

pub use match_odds::MatchOdds;
pub use outgoing::{
    BetData, DeadLetter, LatencyMetrics, OutgoingEvent, Prediction, TradingMetrics,
};
pub use published::{Publication, publications};
pub use raw_value::EventError;
pub use statistics::StatisticMembers;

/// The names of the streams, and over how many partitions they may be spread.
pub mod stream {
    /// The most partitions there can be.
    pub const MOST_PARTITIONS: u32 = 1024;
    /// Prices and results.
    pub const MATCH_EVENTS: &str = "match_events";
    /// Predictions.
    pub const PREDICTIONS: &str = "predictions";
    /// Bets, settlements and their corrections.
    pub const BETS: &str = "bets";
    /// Totals of the bets, and latencies.
    pub const METRICS: &str = "metrics";
}

/// The names of the fields of an entry.
pub mod field {
    /// The kind of the entry.
    pub const EVENT_TYPE: &str = "event_type";
    /// The content: a JSON object.
    pub const DATA: &str = "data";
    /// The time, in ISO 8601.
    pub const TIMESTAMP: &str = "timestamp";
}

/// The most bytes that an entry may have: 64 KiB.
pub const MAX_ENTRY: usize = 64 * 1024;

/// An entry that a feed published, checked member by member.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// Prices.
    Prices(MatchEvent<'a>),
    /// What became of a match.
    Result(MatchResult<'a>),
    /// Nothing follows.
    End(EndOfStream),
}

/// The members of an entry that identify its match. The first entry of a match has to name the teams.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchRef<'a> {
    /// Names the match: see [`is_id`](crate::schema::is_id).
    pub match_id: Cow<'a, str>,
    /// The home side.
    pub home_team: Option<Cow<'a, str>>,
    /// The away side.
    pub away_team: Option<Cow<'a, str>>,
    /// Where it is played.
    pub league: Option<Cow<'a, str>>,
    /// The year in which its season starts.
    pub season: Option<i16>,
    /// Start of the match day.
    pub date: Option<Time>,
    /// Kick-off.
    pub kickoff: Option<Time>,
    /// Whether neither side is at home.
    pub neutral: bool,
}

impl MatchRef<'static> {
    /// The id alone: the teams are known from an earlier entry, or missing.
    pub const fn of(match_id: String) -> Self {
        Self {
            match_id: Cow::Owned(match_id),
            home_team: None,
            away_team: None,
            league: None,
            season: None,
            date: None,
            kickoff: None,
            neutral: false,
        }
    }
}

/// Prices of a match that became known at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchEvent<'a> {
    /// The match.
    pub about: MatchRef<'a>,
    /// When they became known.
    pub time: Time,
    /// Minute and score then.
    pub state: MatchState,
    /// Whether they are closing prices, which are not bet at.
    pub closing: bool,
    /// The prices, each as of `time`.
    pub quotes: Vec<Quote>,
    /// How many entries became known at this instant, where the publisher knows.
    pub round_size: Option<u32>,
}

/// What became of a match: its final score, or that it has none. A later one corrects it.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchResult<'a> {
    /// The match.
    pub about: MatchRef<'a>,
    /// When it became known.
    pub time: Time,
    /// Goals at full time; where the match has no result those at which play stopped, or 0.
    pub score: Score,
    /// What became of it.
    pub status: MatchStatus,
    /// What else was counted in it, where the publisher knows.
    pub statistics: Option<Arc<Statistics>>,
    /// Why some of what was counted is not in `statistics`: it cannot be true.
    pub dropped: Vec<EventError>,
    /// How many entries became known at this instant, where the publisher knows.
    pub round_size: Option<u32>,
}

/// The end of a stream, with totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EndOfStream {
    /// Entries published before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// Matches that lacked the price to bet at: see [`Summary::unpriced`](crate::metrics::Summary::unpriced).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpriced: Option<u64>,
}

impl EndOfStream {
    /// The `event_type`.
    pub const TYPE: &'static str = "end_of_stream";
}

impl Event<'_> {
    /// Takes out why some of what was counted was dropped.
    pub(crate) fn take_dropped(&mut self) -> Vec<EventError> {
        match self {
            Self::Result(result) => std::mem::take(&mut result.dropped),
            Self::Prices(_) | Self::End(_) => Vec::new(),
        }
    }
}

/// An instant as entries have it: ISO 8601 with the offset of UTC.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::schema::event::UtcTimestamp;
/// assert_eq!(UtcTimestamp(Time::from_days(19_580) + 72_000).to_string(), "2023-08-11T20:00:00+00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTimestamp(pub Time);

impl fmt::Display for UtcTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+00:00", civil(self.0))
    }
}

/// An instant to the millisecond, in milliseconds since 1970: ISO 8601 with the offset of UTC, as [`UtcTimestamp`].
///
/// ```
/// use simbet::internals::schema::event::UtcMillis;
/// assert_eq!(UtcMillis(1_691_784_000_250.7).to_string(), "2023-08-11T20:00:00.250+00:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UtcMillis(pub f64);

impl fmt::Display for UtcMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0 as i64;
        let second = Time::from_seconds(milliseconds.div_euclid(1000));
        write!(
            f,
            "{}.{:03}+00:00",
            civil(second),
            milliseconds.rem_euclid(1000)
        )
    }
}

impl Serialize for UtcMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for UtcTimestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The instant of an ISO 8601 timestamp: one without a zone is UTC, one with a zone is converted, fractions of a second
/// are cut off.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::schema::event::parse_instant;
/// let eight = Some(Time::from_days(19_580) + 72_000);
/// assert_eq!(parse_instant("2023-08-11T20:00:00"), eight);
/// assert_eq!(parse_instant("2023-08-11T20:00:00.999Z"), eight);
/// assert_eq!(parse_instant("2023-08-11T22:00:00+02:00"), eight);
/// assert_eq!(parse_instant("20:00"), None);
/// ```
pub fn parse_instant(text: &str) -> Option<Time> {
    match text.parse::<jiff::Timestamp>() {
        Ok(instant) => {
            let cut = i64::from(instant.subsec_nanosecond() < 0);
            Some(Time::from_seconds(instant.as_second() - cut))
        }
        Err(_) => parse_time(text),
    }
}

/// Writes an entry as a line of JSON.
///
/// # Errors
/// When `out` cannot be written.
///
/// ```
/// use simbet::Time;
/// use simbet::internals::schema::event::{EndOfStream, write_line};
/// let mut out = Vec::new();
/// let end = EndOfStream { entries: Some(7), unpriced: None };
/// write_line(&mut out, EndOfStream::TYPE, &end, Time::from_days(19_580)).unwrap();
/// let line = r#"{"event_type":"end_of_stream","data":{"entries":7},"timestamp":"2023-08-11T00:00:00+00:00"}"#;
/// assert_eq!(String::from_utf8(out).unwrap().trim_end(), line);
/// ```
pub fn write_line(
    out: &mut Vec<u8>,
    event_type: &str,
    data: &impl Serialize,
    time: Time,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a, D> {
        event_type: &'a str,
        data: &'a D,
        timestamp: UtcTimestamp,
    }
    serde_json::to_writer(
        &mut *out,
        &Line {
            event_type,
            data,
            timestamp: UtcTimestamp(time),
        },
    )?;
    out.write_all(b"\n")
}
