//! Orders from the channel, one after another.
//!
//! At the start the events of the store are folded once more: the fold is a function of them, so that the engine is
//! afterwards what it was. Replies wait until there is no order left, or a batch is full, and the transaction that holds
//! them all is committed.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};

use super::config::EngineThreadConfig;
use super::error::{self, EngineThreadError};
use super::order_processor::OrderProcessor;
use super::shared::{Request, Shared};
use crate::domain::Book;
use crate::schema::event::Event;
use crate::serve::store::StoreError;

/// Events after which the state is kept, so that a start does not fold more of them than these.
const KEEP_EVERY: u64 = 50_000;
/// Events of the store that are fetched at once.
const BLOCK: usize = 4_096;
/// Orders that share a transaction at most.
const BATCH: usize = 256;

/// Takes requests until it is told to stop.
pub(super) struct Inbox<'a> {
    processor: OrderProcessor,
    requests: &'a Receiver<Request>,
    shared: &'a Shared,
    /// The event after which the state was kept last.
    kept: u64,
}

impl<'a> Inbox<'a> {
    /// Goes on from the state that was kept in the store, or from the beginning, and folds what came after it.
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

    /// Folds the events of the store that are not in the state.
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

    /// Sees to requests until it is told to stop; `folded` is told that it begins.
    pub fn run(mut self, folded: &SyncSender<()>) -> Result<(), EngineThreadError> {
        // who waits for it has a reason of its own to be gone
        let _ = folded.send(());
        loop {
            match self.request()? {
                Request::Order(incoming) => {
                    self.processor.take(incoming)?;
                    self.keep_state(KEEP_EVERY)?;
                }
                Request::Question(prices, reply) => {
                    self.processor.commit()?;
                    // who asked may have gone
                    let _ = reply.send(self.processor.opinion(&prices));
                }
                Request::Stop => {
                    self.processor.commit()?;
                    return self.keep_state(1);
                }
            }
        }
    }

    /// The next request; what was accepted is committed before there is time to wait for it.
    fn request(&mut self) -> Result<Request, StoreError> {
        if self.processor.waiting() < BATCH {
            match self.requests.try_recv() {
                Ok(request) => return Ok(self.note(request)),
                Err(TryRecvError::Disconnected) => return Ok(Request::Stop),
                Err(TryRecvError::Empty) => {}
            }
        }
        self.processor.commit()?;
        let request = self.requests.recv();
        Ok(request.map_or(Request::Stop, |request| self.note(request)))
    }

    fn note(&self, request: Request) -> Request {
        self.shared.dequeued();
        request
    }

    /// Keeps the state if there are so many events that are not in it.
    fn keep_state(&mut self, least: u64) -> Result<(), EngineThreadError> {
        let last = self.processor.store().last_event();
        if last - self.kept >= least && self.processor.has_state() {
            let state = self.processor.state()?;
            self.processor.keep_state(&state)?;
            self.kept = last;
        }
        Ok(())
    }
}
