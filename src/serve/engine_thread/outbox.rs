//! Replies, messages and latencies, which are sent once their transaction is durable.

use std::time::Instant;

use tokio::sync::oneshot;

use super::shared::Shared;
use crate::serve::clock;
use crate::serve::order::Reply;

/// A message: its `event_type` and its data.
pub(super) type EventText = (&'static str, String);

/// Replies and messages that wait for the next commit.
#[derive(Default)]
pub(super) struct Outbox {
    replies: Vec<(oneshot::Sender<Reply>, Reply)>,
    events: Vec<EventText>,
    /// When each order was received, taken from the queue and decided.
    steps: Vec<[Instant; 3]>,
}

impl Outbox {
    /// How many replies wait.
    pub const fn replies(&self) -> usize {
        self.replies.len()
    }

    pub fn reply(&mut self, to: oneshot::Sender<Reply>, reply: Reply) {
        self.replies.push((to, reply));
    }

    pub fn publish(&mut self, events: impl IntoIterator<Item = EventText>) {
        self.events.extend(events);
    }

    pub fn measure(&mut self, received: Instant, dequeued_at: Instant) {
        self.steps.push([received, dequeued_at, clock::instant()]);
    }

    /// Sends everything. Latencies are noted first, so that a client that has its reply finds its event counted.
    pub fn send(&mut self, shared: &Shared) {
        let done = clock::instant();
        for [received, dequeued_at, decided] in self.steps.drain(..) {
            shared.stopwatch.note([
                dequeued_at - received,
                decided - dequeued_at,
                done - received,
            ]);
        }
        shared.broadcast.publish(self.events.drain(..));
        for (sender, reply) in self.replies.drain(..) {
            // the client may be gone
            let _ = sender.send(reply);
        }
    }
}
