//! Orders as the entries of a stream.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Request;
use super::order_processor::OrderProcessor;
use crate::serve::clock;
use crate::serve::engine_handle::Opinion;
use crate::serve::store::StoreError;
use crate::source::SourceError;
use crate::source::stream::{Fed, Feed};

/// Why the run was left for a moment.
pub(super) enum Pause {
    Question(String, oneshot::Sender<Opinion>),
    Stop,
}

/// A reason to pause that was not seen to yet.
pub(super) type Waiting = Rc<RefCell<Option<Pause>>>;

/// Hands out first the events of the store, then the orders that come.
///
/// After each order it has nothing for once, so that its round is folded before the next one: what comes of it is then the
/// effect of this order and no other. Answers wait until there is no order left, or a batch is full, and the transaction
/// that holds them all is committed.
pub(super) struct Inbox<'a> {
    ledger: Rc<RefCell<OrderProcessor>>,
    requests: &'a Receiver<Request>,
    pause: Arc<AtomicBool>,
    waiting: Waiting,
    /// The entry that was handed out last.
    line: String,
    number: u64,
    /// Events of the store that are to be folded once more; `None` when all are.
    stored: Option<VecDeque<String>>,
    /// Whether the last order has not been folded.
    in_hand: bool,
    /// The event after which the state was kept last.
    kept: u64,
    is_ready: bool,
    is_stopping: bool,
}

/// Events after which the state is kept, so that a start does not fold more of them than these.
const KEEP_EVERY: u64 = 50_000;

/// Events that are fetched at once.
const BLOCK: usize = 4_096;
/// Orders that share a transaction at most.
const BATCH: usize = 256;

impl<'a> Inbox<'a> {
    /// Begins after the event whose number is `kept`.
    pub fn new(
        ledger: Rc<RefCell<OrderProcessor>>,
        requests: &'a Receiver<Request>,
        pause: Arc<AtomicBool>,
        kept: u64,
    ) -> Self {
        Self {
            ledger,
            requests,
            pause,
            waiting: Rc::default(),
            line: String::new(),
            number: kept,
            stored: Some(VecDeque::new()),
            in_hand: false,
            kept,
            is_ready: false,
            is_stopping: false,
        }
    }

    /// Where it is said why the run was left.
    pub fn waiting(&self) -> Waiting {
        Rc::clone(&self.waiting)
    }

    /// The next event of the store, if there is one.
    fn recall(&mut self) -> Result<bool, StoreError> {
        let Some(stored) = &mut self.stored else {
            return Ok(false);
        };
        if stored.is_empty() {
            stored.extend(
                self.ledger
                    .borrow()
                    .store()
                    .events_after(self.number, BLOCK)?,
            );
        }
        let Some(line) = stored.pop_front() else {
            return Ok(false);
        };
        self.number += 1;
        self.ledger.borrow_mut().recall(&line);
        self.line = line;
        Ok(true)
    }

    /// The next request; what was accepted is committed before there is time to wait for it.
    fn request(&mut self, patience: Duration) -> Result<Option<Request>, StoreError> {
        if self.ledger.borrow().waiting() < BATCH {
            match self.requests.try_recv() {
                Ok(request) => return Ok(Some(self.note(request))),
                Err(TryRecvError::Disconnected) => return Ok(Some(Request::Stop)),
                Err(TryRecvError::Empty) => {}
            }
        }
        self.ledger.borrow_mut().commit()?;
        match self.requests.recv_timeout(patience) {
            Ok(request) => Ok(Some(self.note(request))),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Ok(Some(Request::Stop)),
        }
    }

    fn note(&self, request: Request) -> Request {
        self.ledger.borrow().took_one();
        request
    }

    /// Takes requests until there is an order that has to be folded; whether there is one.
    fn listen(&mut self, patience: Duration) -> Result<bool, StoreError> {
        loop {
            match self.request(patience)? {
                None => return Ok(false),
                Some(Request::Order(order, reply)) => {
                    let line = self
                        .ledger
                        .borrow_mut()
                        .take(order, reply, clock::instant())?;
                    if let Some(line) = line {
                        self.line = line;
                        // one that is refused leaves its number to the next
                        self.number = self.ledger.borrow().store().last_event() + 1;
                        return Ok(true);
                    }
                }
                Some(Request::Question(line, reply)) => {
                    return self.leave(Pause::Question(line, reply));
                }
                Some(Request::Stop) => {
                    self.is_stopping = true;
                    return self.leave(Pause::Stop);
                }
            }
        }
    }

    fn leave(&mut self, why: Pause) -> Result<bool, StoreError> {
        self.ledger.borrow_mut().commit()?;
        *self.waiting.borrow_mut() = Some(why);
        self.pause.store(true, Ordering::Relaxed);
        Ok(false)
    }

    fn find(&mut self, patience: Duration) -> Result<bool, StoreError> {
        if self.stored.is_some() {
            if self.recall()? {
                return Ok(true);
            }
            self.stored = None;
            // the last of the store are folded before the first that comes
            return Ok(false);
        }
        if !std::mem::replace(&mut self.is_ready, true) {
            self.ledger.borrow_mut().ready()?;
        }
        if std::mem::take(&mut self.in_hand) {
            return Ok(false);
        }
        self.ledger.borrow_mut().conclude()?;
        if self.wants_checkpoint() {
            return Ok(false);
        }
        self.in_hand = self.listen(patience)?;
        Ok(self.in_hand)
    }
}

impl Feed for Inbox<'_> {
    fn next(&mut self, patience: Duration) -> Result<Fed<'_>, SourceError> {
        let found = self.find(patience).map_err(unusable)?;
        Ok(if found {
            Fed::Entry {
                number: self.number,
                text: self.line.as_bytes(),
            }
        } else {
            Fed::Nothing
        })
    }

    fn commit(&mut self, upto: u64) -> Result<(), SourceError> {
        if upto >= self.number {
            self.ledger.borrow_mut().fold();
        }
        Ok(())
    }

    /// Only between orders: of one in hand it is not known whether it will be kept.
    fn wants_checkpoint(&self) -> bool {
        let events = self.ledger.borrow().store().last_event() - self.kept;
        self.is_ready && !self.in_hand && (events >= KEEP_EVERY || (self.is_stopping && events > 0))
    }

    fn checkpoint(&mut self, state: Vec<u8>) -> Result<(), SourceError> {
        self.ledger
            .borrow_mut()
            .keep_state(&state)
            .map_err(unusable)?;
        self.kept = self.ledger.borrow().store().last_event();
        Ok(())
    }
}

pub(super) fn unusable(error: StoreError) -> SourceError {
    SourceError::Io {
        path: "the store".to_owned(),
        source: std::io::Error::other(error),
    }
}
