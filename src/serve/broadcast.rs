//! Messages to all listeners: match events, predictions, bets, metrics.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

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

/// Messages that are kept for listeners that reconnect.
const KEPT: usize = 8_192;

/// Sends messages, and keeps the last of them.
#[derive(Debug)]
pub struct Broadcast {
    last: Mutex<Last>,
    sender: broadcast::Sender<Arc<Message>>,
}

#[derive(Debug)]
struct Last {
    next: u64,
    messages: VecDeque<Arc<Message>>,
}

/// The messages that a listener has missed.
#[derive(Debug)]
pub enum Missed {
    /// These, oldest first.
    Messages(Vec<Arc<Message>>),
    /// More than is kept.
    TooMuch,
}

impl Broadcast {
    /// Numbers messages from `first`, which has to be above every number that was used before.
    pub fn new(first: u64) -> Self {
        let last = Mutex::new(Last {
            next: first,
            messages: VecDeque::new(),
        });
        Self {
            last,
            sender: broadcast::Sender::new(KEPT),
        }
    }

    /// Sends messages in order. Each is an `event_type` and its data.
    pub fn publish(&self, messages: impl IntoIterator<Item = (&'static str, String)>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        for (event, data) in messages {
            let message = Arc::new(Message {
                id: last.next,
                event,
                data,
            });
            last.next += 1;
            if last.messages.len() == KEPT {
                last.messages.pop_front();
            }
            last.messages.push_back(Arc::clone(&message));
            // there may be no listener
            let _ = self.sender.send(message);
        }
    }

    /// Listens from now on, and returns the messages missed since the one with a number.
    pub fn listen(&self, since: Option<u64>) -> (Missed, broadcast::Receiver<Arc<Message>>) {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = self.sender.subscribe();
        let Some(since) = since else {
            return (Missed::Messages(Vec::new()), receiver);
        };
        let first = last
            .messages
            .front()
            .map_or(last.next, |message| message.id);
        if since.saturating_add(1) < first || since >= last.next {
            return (Missed::TooMuch, receiver);
        }
        let messages = last
            .messages
            .iter()
            .filter(|message| message.id > since)
            .cloned()
            .collect();
        (Missed::Messages(messages), receiver)
    }
}
