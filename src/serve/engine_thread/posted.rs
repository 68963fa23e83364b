//! Orders on their way through the streams of a Redis.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::shared::Incoming;
use crate::redis::EntryId;
use crate::serve::clock;
use crate::serve::order::Reply;

/// How long an order waits for the traders.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Orders that were posted, by the entry they became, and orders that are yet to be posted.
#[derive(Default)]
pub(super) struct Posted {
    sent: BTreeMap<EntryId, Waiting>,
    unsent: Vec<Incoming>,
}

/// The orders that wait for one entry: several orders may have the same event.
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

    /// The orders that became this entry.
    pub fn take(&mut self, id: EntryId) -> Vec<Incoming> {
        self.sent
            .remove(&id)
            .map_or_else(Vec::new, |waiting| waiting.orders)
    }

    /// Keeps orders with the same event as one that is being processed. They are answered from the store once it is there.
    pub fn put_back(&mut self, orders: Vec<Incoming>) {
        self.unsent.extend(orders);
    }

    /// The orders that have yet to be posted.
    pub fn take_unsent(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.unsent)
    }

    /// Answers the orders that have waited too long: no trader has processed their event.
    pub fn expire(&mut self) {
        let now = clock::instant();
        let late = self
            .sent
            .extract_if(.., |_, waiting| now - waiting.since > TIMEOUT);
        for (_, waiting) in late {
            for incoming in waiting.orders {
                // the client may be gone
                let _ = incoming.reply.send(Reply::NotYet);
            }
        }
    }
}
