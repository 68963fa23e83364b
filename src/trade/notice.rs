//! Notices about traders while they trade.

#[cfg(feature = "redis")]
use crate::redis::{Address, RedisError};
#[cfg(feature = "redis")]
use crate::source::stream::Dropped;
use crate::source::stream::Refused;

/// Something that happens while streams are traded on.
#[derive(Debug)]
pub enum Notice<'a> {
    /// A line or an entry is refused.
    Refused(&'a Refused<'a>),
    /// A statistic is dropped from a result.
    #[cfg(feature = "redis")]
    Dropped(&'a Dropped<'a>),
    /// More lines are refused than are reported one by one.
    MoreRefused,
    /// Nothing is bet on an unknown league or name; once for each.
    #[cfg(feature = "redis")]
    Withheld(&'a str),
    /// The traders of a process begin.
    #[cfg(feature = "redis")]
    Started {
        /// The consumer's name.
        consumer: &'a str,
        /// Its group.
        group: &'a str,
        /// The first stream of events.
        stream: &'a str,
        /// Where it is.
        address: &'a Address,
    },
    /// Another consumer trades on this stream, so that this one waits for its turn.
    #[cfg(feature = "redis")]
    StandsBy {
        /// The stream of events.
        stream: &'a str,
    },
    /// Redis cannot be used for now, and is retried.
    #[cfg(feature = "redis")]
    Retrying(&'a RedisError),
}

/// The receiver of notices, called from any thread.
pub type Report<'a> = &'a (dyn Fn(Notice<'_>) + Sync);
