//! The settings of a partition's consumer, and positions in its stream.

use std::time::Duration;

use super::reply::EntryId;
use super::{Address, Layout};

/// The most entries that are read at once.
pub(super) const READ: usize = 512;

/// The settings of a partition's consumer.
#[derive(Debug, Clone)]
pub struct PartitionConfig {
    /// Where Redis is.
    pub address: Address,
    /// Which streams there are.
    pub layout: Layout,
    /// The consumer group.
    pub group: String,
    /// The consumer's name in it.
    pub consumer: String,
    /// The silence of a consumer after which another takes over.
    pub lease: Duration,
    /// A digest of every setting on which the bets depend.
    pub settings: String,
    /// The approximate number of entries that a stream of answers keeps; `None`: all.
    pub maxlen: Option<u64>,
}

/// The position of an entry: its id, and its number, counted from 1 since the group began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Offset {
    /// The number.
    pub number: u64,
    /// The id.
    pub id: EntryId,
}
