//! An event that is handed in, and what becomes of it.

use std::time::Instant;

use super::clock;
use super::digest::{Digest, digest};
use super::match_update::MatchUpdate;
use crate::source::stream::EntryError;

/// An event to be taken.
#[derive(Debug)]
pub struct Order {
    /// The update.
    pub update: MatchUpdate,
    /// The same as a line of a stream, which is kept.
    pub line: String,
    /// What tells it apart.
    pub digest: Digest,
    /// The client's name for the request.
    pub key: Option<String>,
    /// When the request came.
    pub received: Instant,
}

impl Order {
    /// An order of an update, and the same update as a line.
    pub fn new(update: MatchUpdate, line: String) -> Self {
        Self {
            digest: digest(&update),
            update,
            line,
            key: None,
            received: clock::instant(),
        }
    }
}

/// The outcome of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// It was accepted, now or before: the JSON of its answer.
    Accepted(String),
    /// It cannot be used.
    Refused(EntryError),
    /// The key was used for another event.
    KeyUsed,
    /// It failed, and nothing of it was kept.
    Failed,
    /// It was published, and no trader has processed it so far.
    NotYet,
    /// The Redis that carries the events cannot be reached.
    NoRedis,
}
