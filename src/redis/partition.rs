//! A partition: who trades there, and where an entry stands in it.

use std::time::Duration;

use super::reply::EntryId;
use super::{Address, Layout};

/// Entries that are read at once.
pub(super) const READ: usize = 512;

/// Who trades where.
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
    /// How long nothing is heard of a consumer until another takes over.
    pub lease: Duration,
    /// Everything that what is traded depends on, as a digest.
    pub settings: String,
    /// About how many entries a stream of answers keeps; `None`: all.
    pub maxlen: Option<u64>,
}

/// An entry: its id, and its number, counted from 1 since the group began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Offset {
    /// The number.
    pub number: u64,
    /// The id.
    pub id: EntryId,
}
