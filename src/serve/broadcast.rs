//! Messages to all listeners: match events, predictions, bets, metrics.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Something that happened, and is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number; numbers grow, also beyond the end of a process.
    pub id: u64,
    /// The `event_type` of streams.
    pub event: &'static str,
    /// The `data` of streams: a JSON object.
    pub data: String,
}

/// The most messages that are kept for listeners that reconnect, or are slow.
const KEPT: usize = 8_192;
/// The most bytes of them. Listeners hold no messages of their own: however many are slow, it is no more than this.
const KEPT_BYTES: usize = 32 * 1024 * 1024;
/// The most messages that a listener takes at once.
const BATCH: usize = 16;

/// Sends messages, and keeps the last of them.
#[derive(Debug)]
pub struct Broadcast {
    last: Mutex<Last>,
    /// The number of the next message, for those who wait for it.
    next: watch::Sender<u64>,
}

#[derive(Debug)]
struct Last {
    next: u64,
    messages: VecDeque<Arc<Message>>,
    bytes: usize,
}

/// The messages that a listener has not had.
#[derive(Debug)]
pub enum Missed {
    /// These, oldest first.
    Messages(Vec<Arc<Message>>),
    /// More than is kept.
    TooMuch,
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Listener {
    broadcast: Arc<Broadcast>,
    /// The number of the next message to be taken.
    next: u64,
    published: watch::Receiver<u64>,
}

impl Last {
    fn push(&mut self, event: &'static str, data: String) {
        self.bytes += data.len();
        let id = self.next;
        self.messages
            .push_back(Arc::new(Message { id, event, data }));
        self.next += 1;
        while self.messages.len() > KEPT || self.bytes > KEPT_BYTES {
            let first = self.messages.pop_front();
            self.bytes -= first.map_or(0, |first| first.data.len());
        }
    }

    /// The messages from a number on, at most so many.
    fn since(&self, next: u64, most: usize) -> Missed {
        let first = self.next - self.messages.len() as u64;
        if next < first || next > self.next {
            return Missed::TooMuch;
        }
        let had = (next - first) as usize;
        let messages = self.messages.iter().skip(had).take(most);
        Missed::Messages(messages.cloned().collect())
    }
}

impl Broadcast {
    /// Numbers messages from `first`, which has to be above every number that was used before.
    pub fn new(first: u64) -> Self {
        let last = Mutex::new(Last {
            next: first,
            messages: VecDeque::new(),
            bytes: 0,
        });
        Self {
            last,
            next: watch::Sender::new(first),
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends messages in order. Each is an `event_type` and its data.
    pub fn publish(&self, messages: impl IntoIterator<Item = (&'static str, String)>) {
        let next = {
            let mut last = self.last();
            for (event, data) in messages {
                last.push(event, data);
            }
            last.next
        };
        self.next
            .send_if_modified(|known| std::mem::replace(known, next) != next);
    }

    /// Listens from now on, or from the message after the one with a number.
    pub fn listen(self: &Arc<Self>, since: Option<u64>) -> Listener {
        let published = self.next.subscribe();
        let next = match since {
            None => self.last().next,
            Some(since) => since.saturating_add(1),
        };
        Listener {
            broadcast: Arc::clone(self),
            next,
            published,
        }
    }
}

impl Listener {
    /// What comes next, once there is something. After too much it goes on with what is new.
    pub async fn next(&mut self) -> Missed {
        loop {
            self.published.borrow_and_update();
            match self.take() {
                Missed::Messages(none) if none.is_empty() => {}
                some => return some,
            }
            // it cannot end before those who listen: they hold it
            let _ = self.published.changed().await;
        }
    }

    fn take(&mut self) -> Missed {
        let last = self.broadcast.last();
        let missed = last.since(self.next, BATCH);
        self.next = match &missed {
            Missed::Messages(messages) => self.next + messages.len() as u64,
            Missed::TooMuch => last.next,
        };
        missed
    }

    /// Goes on with what is new.
    pub fn skip(&mut self) {
        self.next = self.broadcast.last().next;
        self.published.borrow_and_update();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(broadcast: &Broadcast, count: usize, bytes: usize) {
        broadcast.publish((0..count).map(|_| ("bet", "x".repeat(bytes))));
    }

    async fn ids(listener: &mut Listener) -> Vec<u64> {
        match listener.next().await {
            Missed::Messages(messages) => messages.iter().map(|message| message.id).collect(),
            Missed::TooMuch => Vec::new(),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let broadcast = Arc::new(Broadcast::new(1));
        let mut slow = broadcast.listen(None);
        publish(&broadcast, KEPT, 10);
        assert_eq!(ids(&mut slow).await, (1..=BATCH as u64).collect::<Vec<_>>());
        publish(&broadcast, BATCH + 1, 10);
        assert!(ids(&mut slow).await.is_empty(), "it has missed one");
        publish(&broadcast, 1_000, 64 * 1024);
        assert!(broadcast.last().bytes <= KEPT_BYTES);
        let bytes: usize = broadcast
            .last()
            .messages
            .iter()
            .map(|one| one.data.len())
            .sum();
        assert_eq!(broadcast.last().bytes, bytes);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_listener_has_every_message_once_and_waits_for_the_next() {
        let broadcast = Arc::new(Broadcast::new(5));
        let mut listener = broadcast.listen(None);
        publish(&broadcast, 2, 1);
        assert_eq!(ids(&mut listener).await, [5, 6]);
        let waiting = tokio::spawn(async move { ids(&mut listener).await });
        publish(&broadcast, 1, 1);
        assert_eq!(waiting.await.unwrap(), [7]);
        assert_eq!(ids(&mut broadcast.listen(Some(6))).await, [7]);
        for unknown in [0, 3, 8, u64::MAX] {
            let mut listener = broadcast.listen(Some(unknown));
            assert!(ids(&mut listener).await.is_empty(), "{unknown}");
        }
        let mut listener = broadcast.listen(Some(4));
        listener.skip();
        publish(&broadcast, 1, 1);
        assert_eq!(ids(&mut listener).await, [8]);
    }
}
