//! Orders on their way through the streams of a Redis.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::shared::Incoming;
use crate::redis::EntryId;
use crate::serve::clock;
use crate::serve::order::Reply;

/// How long one waits for the traders.
const PATIENCE: Duration = Duration::from_secs(10);

/// Orders that were posted, by the entry that they are, and those that have yet to be.
#[derive(Default)]
pub(super) struct Posted {
    sent: BTreeMap<EntryId, Waiting>,
    unsent: Vec<Incoming>,
}

/// Those who wait for an entry: several orders may say the same.
struct Waiting {
    orders: Vec<Incoming>,
    since: Instant,
}

impl Posted {
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.unsent.is_empty()
    }

    /// Notes that an order has become an entry.
    pub fn add(&mut self, id: EntryId, incoming: Incoming) {
        let since = clock::instant();
        let waiting = self.sent.entry(id).or_insert_with(|| Waiting {
            orders: Vec::new(),
            since,
        });
        waiting.orders.push(incoming);
    }

    /// The orders that an entry is.
    pub fn take(&mut self, id: EntryId) -> Vec<Incoming> {
        self.sent
            .remove(&id)
            .map_or_else(Vec::new, |waiting| waiting.orders)
    }

    /// Keeps orders that say the same as one that is folded: they are answered from the store, once it is there.
    pub fn put_back(&mut self, orders: Vec<Incoming>) {
        self.unsent.extend(orders);
    }

    /// The orders that have yet to be posted.
    pub fn take_unsent(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.unsent)
    }

    /// Says to those who have waited too long that nobody has taken up their event.
    pub fn give_up_on_some(&mut self) {
        let now = clock::instant();
        let late = |waiting: &Waiting| now - waiting.since > PATIENCE;
        for waiting in self.sent.extract_if(.., |_, waiting| late(waiting)) {
            for incoming in waiting.1.orders {
                // who asked may have gone
                let _ = incoming.reply.send(Reply::NotYet);
            }
        }
    }
}
