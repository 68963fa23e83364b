//! Redis Streams: the connection, the names of keys, the lease of a trader, and the atomic steps in which entries come and go.
//!
//! A *partition* is a set of streams that one trader at a time works on. Without partitions there is one, and its streams
//! are called as in [`schema::event::stream`](crate::schema::event::stream); the streams of partition 2 of several are
//! `match_events:{2}` and so on, so that a Redis Cluster keeps each partition on one node.

mod address;
mod answers;
mod error;
mod follower;
mod info;
mod lease;
mod link;
mod members;
mod names;
mod nodes;
mod packed;
mod partition;
mod partition_consumer;
mod partitions;
mod publisher;
mod recovery;
mod reply;
mod scripts;
mod state;
mod transaction;

pub use address::Address;
pub use answers::{AnswerBatch, Answers, Channel};
pub use error::RedisError;
pub use follower::{Follower, GroupProgress, NewEvent};
pub use info::{GroupInfo, Overview, StreamInfo, overview};
pub use lease::Lease;
pub use link::{Link, Patience};
pub use members::Members;
pub use names::{Keys, Layout};
pub use partition::{Offset, PartitionConfig};
pub use partition_consumer::PartitionConsumer;
pub use partitions::ensure_partitions;
pub use publisher::{Publisher, PublisherConfig};
pub use recovery::Recovered;
pub use reply::{EntryId, RawEntry};
pub use transaction::Transaction;
