//! Orders by way of the streams of a Redis: they are posted there, and folded here once the traders have folded them.
//!
//! What comes of an entry is a function of the entries before it and the settings. So the engine of this process comes to
//! what that of the traders came to, provided that the settings are the same, which is checked, and that a round ends where
//! theirs ended, which they note. An order is answered when the traders are done with it: what the answer says is then in
//! `bets`.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::config::EngineThreadConfig;
use super::error::{self, EngineThreadError};
use super::order_processor::OrderProcessor;
use super::posted::Posted;
use super::redis_bus::{Link, RedisBus};
use super::shared::{Incoming, Request, Shared};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::Book;
use crate::error::Error;
use crate::redis::{EntryId, Follower, RawEntry, Seen};
use crate::schema::event::{Event, EventError, MAX_ENTRY};
use crate::serve::clock;
use crate::serve::engine_handle::BusState;
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::{Order, Reply};
use crate::serve::store::StoreError;
use crate::source::stream::redis::entry;

/// Entries after which the state is kept.
const KEEP_EVERY: u64 = 5_000;
/// Orders that are posted at once at most.
const BATCH: usize = 256;
/// How long nothing is asked of Redis while somebody waits for an answer, and while nobody does.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(25)];
/// Looks from one at who trades to the next.
const TRADER_CHECK_EVERY: u64 = 40;

/// Folds what the traders have done; among it, what was ordered here.
pub(super) struct Following<'a> {
    processor: OrderProcessor,
    requests: &'a Receiver<Request>,
    shared: &'a Shared,
    link: Link<'a>,
    book: Book,
    posted: Posted,
    buffer: VecDeque<RawEntry>,
    idle_timeouts: VecDeque<EntryId>,
    /// The last silence that has ended a round here.
    announced: EntryId,
    /// The last entry that was folded, and how many there were.
    last: EntryId,
    number: u64,
    /// Up to here everything is in the store.
    stored: EntryId,
    /// The number of entries with which the state was kept last.
    kept: u64,
    /// Whether everything that is in the store has been folded.
    is_ready: bool,
    is_stopping: bool,
    looks: u64,
}

/// After which entry a state was kept, and how many there were.
#[derive(Default)]
struct SavedPosition {
    number: u64,
    last: EntryId,
}

impl<'a> Following<'a> {
    /// Goes on after what is in the store.
    pub fn open(
        mut processor: OrderProcessor,
        config: &EngineThreadConfig,
        bus: &'a RedisBus,
        requests: &'a Receiver<Request>,
        shared: &'a Shared,
    ) -> Result<Self, EngineThreadError> {
        let kept = resume(&mut processor, config)?;
        let link = Link::open(bus, shared, kept.number == 0, kept.last)?;
        let stored = processor.store().position()?;
        Ok(Self {
            stored: stored
                .and_then(|text| text.parse().ok())
                .unwrap_or_default(),
            processor,
            requests,
            shared,
            link,
            book: config.book,
            posted: Posted::default(),
            buffer: VecDeque::new(),
            idle_timeouts: VecDeque::new(),
            announced: kept.last,
            last: kept.last,
            number: kept.number,
            kept: kept.number,
            is_ready: false,
            is_stopping: false,
            looks: 0,
        })
    }

    /// Folds entries and sees to requests until it is told to stop; `folded` is told once it has caught up with the store.
    pub fn run(mut self, folded: &SyncSender<()>) -> Result<(), EngineThreadError> {
        while !self.is_stopping {
            self.end_rounds()?;
            if !self.is_ready && self.last >= self.stored {
                self.is_ready = true;
                self.processor.ready()?;
                // who waits for it has a reason of its own to be gone
                let _ = folded.send(());
            }
            self.keep_state(KEEP_EVERY)?;
            if self.buffer.is_empty() {
                self.refresh()?;
            }
            if let Some(entry) = self.buffer.pop_front() {
                self.take(&entry)?;
            }
        }
        self.keep_state(1)
    }

    /// Ends the round after whose last entry a silence ended it at the traders.
    fn end_rounds(&mut self) -> Result<(), EngineThreadError> {
        let last = self.last;
        while let Some(id) = self.idle_timeouts.pop_front_if(|id| *id <= last) {
            self.announced = id;
            self.end_round()?;
        }
        Ok(())
    }

    fn end_round(&mut self) -> Result<(), EngineThreadError> {
        if self.is_ready {
            return self.processor.process_boundary();
        }
        self.processor.recall_boundary();
        Ok(())
    }

    fn take(&mut self, entry: &RawEntry) -> Result<(), EngineThreadError> {
        self.last = entry.id;
        self.number += 1;
        let event = entry::event(entry, self.book);
        if let Ok(Event::End(_)) = event {
            return self.end_round();
        }
        if !self.is_ready {
            return self.processor.recall(self.number, event);
        }
        let dequeued_at = clock::instant();
        let Some(incoming) = self.order_of(entry, &event)? else {
            return self.processor.process_unordered(self.number, event);
        };
        let refused = self
            .processor
            .process(self.number, event, incoming, dequeued_at)?;
        if let Some(digest) = refused {
            // one that was refused may be posted again
            self.link
                .ask(|follower| follower.forget(&hex::encode(digest)))?;
        }
        Ok(())
    }

    /// The order that an entry is, or one that nobody waits for; `None` if it was answered before, or is no event.
    fn order_of(
        &mut self,
        entry: &RawEntry,
        event: &Result<Event<'_>, EventError>,
    ) -> Result<Option<Incoming>, StoreError> {
        let mut orders = self.posted.take(entry.id);
        let first = orders.pop().or_else(|| unordered(entry, event));
        self.posted.put_back(orders);
        match first {
            Some(incoming) => self.processor.answer_known(incoming),
            None => Ok(None),
        }
    }

    /// Commits what was folded, sees to requests, and looks what the traders have done since.
    fn refresh(&mut self) -> Result<(), EngineThreadError> {
        self.commit()?;
        let orders = self.requested()?;
        if self.is_stopping {
            return Ok(());
        }
        self.post(orders)?;
        let last = self.last;
        if let Some(seen) = self.link.look(last)? {
            self.enqueue(seen);
        }
        self.check_for_trader()?;
        self.posted.expire();
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.is_ready && self.last > self.stored {
            self.processor.keep_position(&self.last.to_string())?;
            self.stored = self.last;
        }
        self.processor.commit()
    }

    /// Orders that have come, waiting a moment for the first, without those that can be answered at once.
    fn requested(&mut self) -> Result<Vec<Incoming>, StoreError> {
        let mut pause = PAUSES[usize::from(self.posted.is_empty())];
        let mut orders = self.posted.take_unsent();
        while orders.len() < BATCH {
            match self.requests.recv_timeout(pause) {
                Ok(request) => {
                    self.shared.dequeued();
                    orders.extend(self.handle(request));
                }
                Err(RecvTimeoutError::Disconnected) => self.is_stopping = true,
                Err(RecvTimeoutError::Timeout) => break,
            }
            if self.is_stopping {
                return Ok(Vec::new());
            }
            pause = Duration::ZERO;
        }
        let unknown: Result<Vec<_>, StoreError> = orders
            .into_iter()
            .map(|incoming| self.processor.answer_known(incoming))
            .collect();
        Ok(unknown?.into_iter().flatten().collect())
    }

    /// Sees to a request, unless it is an order.
    fn handle(&mut self, request: Request) -> Option<Incoming> {
        match request {
            Request::Order(incoming) => return Some(incoming),
            Request::Question(prices, reply) => {
                // who asked may have gone
                let _ = reply.send(self.processor.opinion(&prices));
            }
            Request::Stop => self.is_stopping = true,
        }
        None
    }

    /// Posts orders; while Redis is away, nobody is kept waiting.
    fn post(&mut self, orders: Vec<Incoming>) -> Result<(), EngineThreadError> {
        let last = self.last;
        let posts: Vec<_> = orders
            .iter()
            .filter_map(|incoming| incoming.post.as_ref())
            .collect();
        let Some(ids) = self.link.post(&posts, last)? else {
            orders
                .into_iter()
                .for_each(|incoming| drop(incoming.reply.send(Reply::Failed)));
            return Ok(());
        };
        for (incoming, id) in orders.into_iter().zip(ids) {
            self.posted.add(id, incoming);
        }
        Ok(())
    }

    fn enqueue(&mut self, seen: Seen) {
        let announced = self.announced;
        self.idle_timeouts = seen
            .idle_timeouts
            .into_iter()
            .filter(|id| *id > announced)
            .collect();
        self.buffer.extend(seen.entries);
    }

    /// Finds out now and then whether there is a trader.
    fn check_for_trader(&mut self) -> Result<(), EngineThreadError> {
        self.looks += 1;
        if self.looks % TRADER_CHECK_EVERY != 1 {
            return Ok(());
        }
        let trader = self.link.ask(Follower::trader)?;
        self.shared.set_bus(BusState {
            is_up: trader.is_some(),
            trader: trader.flatten(),
        });
        Ok(())
    }

    /// Keeps the state if there are so many entries that are not in it.
    fn keep_state(&mut self, least: u64) -> Result<(), EngineThreadError> {
        if !self.is_ready || self.number - self.kept < least || !self.processor.has_state() {
            return Ok(());
        }
        let state = self.processor.state()?;
        self.processor.keep_position(&self.last.to_string())?;
        let state = checkpoint::encode(&(self.number, self.last.0, self.last.1, state))
            .map_err(Error::from)?;
        self.processor.keep_state(&state)?;
        (self.kept, self.stored) = (self.number, self.last);
        Ok(())
    }
}

/// Goes on from the state that was kept in the store, if there is one that can be used.
fn resume(
    processor: &mut OrderProcessor,
    config: &EngineThreadConfig,
) -> Result<SavedPosition, EngineThreadError> {
    let Some((_, bytes)) = processor.store().state()? else {
        return Ok(SavedPosition::default());
    };
    let resumed = decode_state(&bytes)
        .map_err(Error::from)
        .and_then(|(kept, state)| processor.resume(config, &state).map(|()| kept));
    Ok(error::if_usable(resumed)?.unwrap_or_default())
}

/// Takes a state apart that was kept with the place of its last entry.
fn decode_state(bytes: &[u8]) -> Result<(SavedPosition, Vec<u8>), CheckpointError> {
    let (number, time, within, state) = checkpoint::decode("state of a follower", bytes)?;
    let last = EntryId(time, within);
    Ok((SavedPosition { number, last }, state))
}

/// An order of an entry that came from elsewhere, which nobody here waits for.
fn unordered(entry: &RawEntry, event: &Result<Event<'_>, EventError>) -> Option<Incoming> {
    let event = event.as_ref().ok()?.clone();
    let line = entry.line().filter(|line| line.len() <= MAX_ENTRY)?;
    let update = MatchUpdate::of(event.into_owned())?;
    Some(Incoming {
        order: Order::new(update, line),
        reply: oneshot::channel().0,
        post: None,
    })
}
