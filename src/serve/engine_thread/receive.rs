//! Orders from the channel, one after another.
//!
//! At the start the events of the store are replayed. The state of the engine depends only on them, so that it is afterwards
//! the same as before. Replies wait until no order is left or a batch is full, and the transaction of them all is committed.
//! Where several orders shared a transaction others are on their way: the next one begins a little later, with more of them.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::thread;
use std::time::Duration;

use super::config::EngineThreadConfig;
use super::error::{self, EngineThreadError};
use super::order_processor::OrderProcessor;
use super::shared::{Request, Shared};
use crate::domain::Book;
use crate::schema::event::Event;
use crate::serve::store::StoreError;

/// Events after which the state is saved: a start replays no more than these.
const KEEP_EVERY: u64 = 50_000;
/// Events of the store that are fetched at once.
const BLOCK: usize = 4_096;
/// The most orders that share a transaction.
const BATCH: usize = 256;
/// How long orders wait for others to share a transaction with, at most. Each transaction writes whole pages of the store:
/// the more orders have their rows in one of them, the less there is to write.
const GATHERING: Duration = Duration::from_millis(2);
/// The pause between two looks at how many have come.
const GLANCE: Duration = Duration::from_micros(250);

/// Handles requests until a request to stop.
pub(super) struct Inbox<'a> {
    processor: OrderProcessor,
    requests: &'a Receiver<Request>,
    shared: &'a Shared,
    /// The event after which the state was saved last.
    kept: u64,
}

impl<'a> Inbox<'a> {
    /// Continues from the state in the store, or from the beginning, and replays the events after it.
    pub fn open(
        processor: OrderProcessor,
        config: &EngineThreadConfig,
        requests: &'a Receiver<Request>,
        shared: &'a Shared,
    ) -> Result<Self, EngineThreadError> {
        let mut inbox = Self {
            kept: 0,
            processor,
            requests,
            shared,
        };
        inbox.resume(config)?;
        inbox.recall(config.book)?;
        inbox.processor.ready()?;
        Ok(inbox)
    }

    fn resume(&mut self, config: &EngineThreadConfig) -> Result<(), EngineThreadError> {
        let Some((event_id, state)) = self.processor.store().state()? else {
            return Ok(());
        };
        let resumed = self.processor.resume(config, &state);
        if error::if_usable(resumed)?.is_some() {
            self.kept = event_id;
        }
        Ok(())
    }

    /// Replays the events of the store that are not in the state.
    fn recall(&mut self, book: Book) -> Result<(), EngineThreadError> {
        let mut number = self.kept;
        loop {
            let lines = self.processor.store().events_after(number, BLOCK)?;
            if lines.is_empty() {
                return Ok(());
            }
            for line in lines {
                number += 1;
                let event = Event::of_line(line.as_bytes(), book);
                self.processor.recall(number, event)?;
            }
        }
    }

    /// Handles requests until a request to stop. `folded` gets a message at the beginning.
    pub fn run(mut self, folded: &SyncSender<()>) -> Result<(), EngineThreadError> {
        // the thread that waits for it may be gone
        let _ = folded.send(());
        loop {
            match self.request()? {
                Request::Order(incoming) => {
                    self.processor.take(incoming)?;
                    self.keep_state(KEEP_EVERY)?;
                }
                // nobody waits for the answer to a question that was given up
                Request::Question(_, reply) if reply.is_closed() => {}
                Request::Question(prices, reply) => {
                    self.processor.commit()?;
                    // the client may be gone
                    let _ = reply.send(self.processor.opinion(&prices));
                }
                Request::Stop => {
                    self.processor.commit()?;
                    return self.keep_state(1);
                }
            }
        }
    }

    /// The next request. Accepted orders are committed before the thread waits.
    fn request(&mut self) -> Result<Request, StoreError> {
        if self.processor.waiting() < BATCH {
            match self.requests.try_recv() {
                Ok(request) => return Ok(self.note(request)),
                Err(TryRecvError::Disconnected) => return Ok(Request::Stop),
                Err(TryRecvError::Empty) => {}
            }
        }
        let together = self.processor.waiting();
        self.processor.commit()?;
        self.gather(together);
        let request = self.requests.recv();
        Ok(request.map_or(Request::Stop, |request| self.note(request)))
    }

    /// Waits until as many requests have come as shared the last transaction, but not for long. A client that is alone, and
    /// asks again when it has its answer, never waits.
    fn gather(&self, together: usize) {
        if together < 2 {
            return;
        }
        let glances = GATHERING.as_micros() / GLANCE.as_micros();
        for _ in 0..glances {
            if self.shared.waiting.load(Ordering::Relaxed) >= together as u64 {
                return;
            }
            thread::sleep(GLANCE);
        }
    }

    fn note(&self, request: Request) -> Request {
        self.shared.dequeued();
        request
    }

    /// Saves the state if at least so many events are not in it.
    fn keep_state(&mut self, least: u64) -> Result<(), EngineThreadError> {
        let last = self.processor.store().last_event();
        if last.saturating_sub(self.kept) >= least && self.processor.has_state() {
            let state = self.processor.state()?;
            self.processor.keep_state(&state)?;
            self.kept = last;
        }
        Ok(())
    }
}
