//! Orders by way of the streams of a Redis: they are posted there, and folded here once the traders have folded them.
//!
//! What comes of an entry is a function of the entries before it and the settings. So the engine of this process comes to
//! what that of the traders came to, provided that the settings are the same, which is checked, and that a round ends where
//! theirs ended, which they note. An order is answered when the traders are done with it: what the answer says is then in
//! `bets`.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::order_processor::OrderProcessor;
use super::receive::{Pause, Waiting, unusable};
use super::{Request, Shared};
use crate::checkpoint;
use crate::domain::Book;
use crate::redis::{Address, EntryId, Follower, Layout, Post, RawEntry, RedisError, Seen};
use crate::schema::event::{UtcTimestamp, field};
use crate::schema::hex;
use crate::serve::clock;
use crate::serve::engine_handle::{BusState, Order, Reply};
use crate::serve::store::StoreError;
use crate::source::SourceError;
use crate::source::stream::redis::entry;
use crate::source::stream::{Fed, Feed};

/// The streams of a Redis, and whose work there is followed.
#[derive(Debug, Clone)]
pub struct RedisBus {
    /// Where it is.
    pub address: Address,
    /// Its streams.
    pub layout: Layout,
    /// The group of traders.
    pub group: String,
    /// Everything that their work depends on, as a digest.
    pub settings: String,
}

/// An order that was posted, or several that say the same.
struct Posted {
    orders: Vec<(Order, oneshot::Sender<Reply>)>,
    at: Instant,
}

/// Hands out what the traders have done; among it, what was ordered here.
pub(super) struct Following<'a> {
    ledger: Rc<RefCell<OrderProcessor>>,
    requests: &'a Receiver<Request>,
    pause: Arc<AtomicBool>,
    waiting: Waiting,
    shared: Arc<Shared>,
    bus: RedisBus,
    book: Book,
    /// `None` while Redis is away.
    follower: Option<Follower>,
    posted: BTreeMap<EntryId, Posted>,
    buffer: VecDeque<RawEntry>,
    idle_timeouts: VecDeque<EntryId>,
    /// Where a silence was last made known.
    said: EntryId,
    current: RawEntry,
    number: u64,
    /// Up to here everything is in the store.
    stored: EntryId,
    /// The number of entries with which the state was kept last.
    kept: u64,
    in_hand: bool,
    /// Whether everything that is in the store was handed out, and whether it was folded.
    has_caught_up: bool,
    is_ready: bool,
    is_stopping: bool,
    looks: u64,
}

/// Entries after which the state is kept.
const KEEP_EVERY: u64 = 5_000;
/// Orders that are posted at once at most.
const BATCH: usize = 256;
/// How long nothing is asked of Redis while somebody waits for an answer, and while nobody does.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(25)];
/// How long one waits for the traders.
const PATIENCE: Duration = Duration::from_secs(10);
/// Looks from one at who trades to the next.
const ROLL_CALL: u64 = 40;

impl<'a> Following<'a> {
    /// Goes on after what is in the store; the state that was kept there, if any, is of after `kept`.
    pub fn new(
        ledger: Rc<RefCell<OrderProcessor>>,
        requests: &'a Receiver<Request>,
        pause: Arc<AtomicBool>,
        shared: Arc<Shared>,
        (bus, book): (RedisBus, Book),
        kept: Kept,
    ) -> Result<Self, SourceError> {
        let mut follower = Follower::open(&bus.address, &bus.layout, &bus.group)?;
        if kept.number == 0 && follower.gone()?.is_some_and(|gone| gone > 0) {
            let stream = bus.layout.keys(0).match_events;
            return Err(RedisError::Trimmed {
                stream,
                lost: follower.gone()?.unwrap_or(0),
            }
            .into());
        }
        ensure_same(&bus, follower.look(kept.id)?.settings.as_deref())?;
        let stored = ledger.borrow().store().position().map_err(unusable)?;
        let stored = stored
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        Ok(Self {
            ledger,
            requests,
            pause,
            waiting: Rc::default(),
            shared,
            bus,
            book,
            follower: Some(follower),
            posted: BTreeMap::new(),
            buffer: VecDeque::new(),
            idle_timeouts: VecDeque::new(),
            said: kept.id,
            current: RawEntry::without_fields(kept.id),
            number: kept.number,
            stored,
            kept: kept.number,
            in_hand: false,
            has_caught_up: false,
            is_ready: false,
            is_stopping: false,
            looks: 0,
        })
    }

    /// Where it is said why the run was left.
    pub fn waiting(&self) -> Waiting {
        Rc::clone(&self.waiting)
    }

    fn last(&self) -> EntryId {
        self.current.id
    }

    /// Whether there is something to be folded; what that is, is then the current entry.
    fn find(&mut self) -> Result<Turn, SourceError> {
        if std::mem::take(&mut self.in_hand) {
            return Ok(Turn::Nothing);
        }
        self.conclude()?;
        let last = self.last();
        if let Some(id) = self.idle_timeouts.pop_front_if(|id| *id <= last) {
            self.said = id;
            return Ok(Turn::Boundary);
        }
        if self.begins_to_note()? || self.wants_checkpoint() {
            return Ok(Turn::Nothing);
        }
        if self.buffer.is_empty() && !self.refresh()? {
            return Ok(Turn::Nothing);
        }
        let Some(entry) = self.buffer.pop_front() else {
            return Ok(Turn::Nothing);
        };
        self.take(entry)
    }

    /// Makes what comes of entries from here on news, once everything before has been folded; whether that is to be done
    /// first.
    fn begins_to_note(&mut self) -> Result<bool, SourceError> {
        if self.is_ready || self.last() < self.stored {
            return Ok(false);
        }
        if !std::mem::replace(&mut self.has_caught_up, true) {
            return Ok(true);
        }
        self.is_ready = true;
        self.ledger.borrow_mut().ready().map_err(unusable)?;
        Ok(false)
    }

    /// Sees to the entry in hand; one that was refused may be posted again.
    fn conclude(&mut self) -> Result<(), SourceError> {
        let refused = self.ledger.borrow_mut().conclude().map_err(unusable)?;
        if let Some(digest) = refused {
            self.try_redis(|follower| follower.forget(&hex(&digest)))?;
        }
        Ok(())
    }

    fn take(&mut self, entry: RawEntry) -> Result<Turn, SourceError> {
        self.current = entry;
        self.number += 1;
        if entry::is_end(&self.current) {
            return Ok(Turn::Boundary);
        }
        if self.is_ready {
            self.put_in_hand()?;
        } else if let Some(line) = self.current.line() {
            self.ledger.borrow_mut().recall(&line);
        }
        Ok(Turn::Entry)
    }

    /// Puts the order of the current entry in hand, or makes one of it that nobody waits for.
    fn put_in_hand(&mut self) -> Result<(), SourceError> {
        let mut ledger = self.ledger.borrow_mut();
        let taken = clock::instant();
        let mut orders = self
            .posted
            .remove(&self.current.id)
            .map(|posted| posted.orders)
            .unwrap_or_default();
        let first = orders.pop().or_else(|| {
            let order = self
                .current
                .line()
                .and_then(|line| Order::new(line, self.book, None).ok());
            order.map(|order| (order, oneshot::channel().0))
        });
        let Some((order, reply)) = first else {
            return Ok(());
        };
        if let Some((order, reply)) = ledger.answer_known(order, reply).map_err(unusable)? {
            ledger.put_in_hand(order, reply, taken).map_err(unusable)?;
            self.in_hand = true;
        }
        drop(ledger);
        // those who ordered the same are answered from the store, once it is there
        for (order, reply) in orders {
            self.post_later(order, reply);
        }
        Ok(())
    }

    fn post_later(&mut self, order: Order, reply: oneshot::Sender<Reply>) {
        let later = EntryId(u64::MAX, 0);
        let at = clock::instant();
        self.posted
            .entry(later)
            .or_insert_with(|| Posted {
                orders: Vec::new(),
                at,
            })
            .orders
            .push((order, reply));
    }

    /// Commits what was folded, takes requests, and looks what the traders have done since; whether that is anything.
    fn refresh(&mut self) -> Result<bool, SourceError> {
        self.commit_all()?;
        let orders = self.requested()?;
        if self.pause.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.post(orders)?;
        let last = self.last();
        if let Some(seen) = self.try_redis(|follower| follower.look(last))? {
            self.take_in(seen)?;
        }
        self.call_the_roll()?;
        self.give_up_on_some();
        Ok(!self.buffer.is_empty() || !self.idle_timeouts.is_empty())
    }

    fn commit_all(&mut self) -> Result<(), SourceError> {
        let mut ledger = self.ledger.borrow_mut();
        if self.is_ready && self.last() > self.stored {
            ledger
                .keep_position(&self.last().to_string())
                .map_err(unusable)?;
            self.stored = self.last();
        }
        ledger.commit().map_err(unusable)
    }

    /// Requests that have come, waiting a moment for the first.
    fn requested(&mut self) -> Result<Vec<(Order, oneshot::Sender<Reply>)>, SourceError> {
        let mut orders = Vec::new();
        if let Some(posted) = self.posted.remove(&EntryId(u64::MAX, 0)) {
            orders = posted.orders;
        }
        let is_waited_for = !self.posted.is_empty() || !orders.is_empty();
        let mut pause = if is_waited_for { PAUSES[0] } else { PAUSES[1] };
        while orders.len() < BATCH {
            match self.requests.recv_timeout(pause) {
                Ok(request) => {
                    self.ledger.borrow().took_one();
                    match request {
                        Request::Order(order, reply) => orders.push((order, reply)),
                        Request::Question(line, reply) => self.leave(Pause::Question(line, reply)),
                        Request::Stop => self.stop(),
                    }
                }
                Err(RecvTimeoutError::Disconnected) => self.stop(),
                Err(RecvTimeoutError::Timeout) => break,
            }
            if self.pause.load(Ordering::Relaxed) {
                break;
            }
            pause = Duration::ZERO;
        }
        if self.pause.load(Ordering::Relaxed) {
            orders
                .into_iter()
                .for_each(|(order, reply)| self.post_later(order, reply));
            return Ok(Vec::new());
        }
        let mut ledger = self.ledger.borrow_mut();
        let unknown: Result<Vec<_>, StoreError> = orders
            .into_iter()
            .map(|(order, reply)| ledger.answer_known(order, reply))
            .collect();
        Ok(unknown.map_err(unusable)?.into_iter().flatten().collect())
    }

    fn stop(&mut self) {
        self.is_stopping = true;
        self.leave(Pause::Stop);
    }

    fn leave(&mut self, why: Pause) {
        *self.waiting.borrow_mut() = Some(why);
        self.pause.store(true, Ordering::Relaxed);
    }

    /// Posts orders; while Redis is away, nobody is kept waiting.
    fn post(&mut self, orders: Vec<(Order, oneshot::Sender<Reply>)>) -> Result<(), SourceError> {
        let posts: Vec<_> = orders.iter().map(|(order, _)| post_of(order)).collect();
        let Some(mut ids) = self.try_redis(|follower| follower.post(&posts))? else {
            orders
                .into_iter()
                .for_each(|(_, reply)| drop(reply.send(Reply::Failed)));
            return Ok(());
        };
        let last = self.last();
        for (place, post) in posts.iter().enumerate() {
            // it is past, and nothing came of it, or it would be in the store: this is another try
            if ids[place] <= last
                && let Some(again) = self.try_redis(|follower| {
                    follower.forget(&post.digest)?;
                    follower.post(std::slice::from_ref(post))
                })?
            {
                ids[place] = again[0];
            }
        }
        let at = clock::instant();
        for (order, id) in orders.into_iter().zip(ids) {
            self.posted
                .entry(id)
                .or_insert_with(|| Posted {
                    orders: Vec::new(),
                    at,
                })
                .orders
                .push(order);
        }
        Ok(())
    }

    fn take_in(&mut self, seen: Seen) -> Result<(), SourceError> {
        ensure_same(&self.bus, seen.settings.as_deref())?;
        let said = self.said;
        self.idle_timeouts = seen
            .idle_timeouts
            .into_iter()
            .filter(|id| *id > said)
            .collect();
        self.buffer.extend(seen.entries);
        Ok(())
    }

    /// Finds out now and then whether there is a trader.
    fn call_the_roll(&mut self) -> Result<(), SourceError> {
        self.looks += 1;
        if self.looks % ROLL_CALL != 1 {
            return Ok(());
        }
        let trader = self.try_redis(Follower::trader)?;
        let state = BusState {
            is_up: trader.is_some(),
            trader: trader.flatten(),
        };
        self.shared.set_bus(Some(state));
        Ok(())
    }

    /// Says to those who have waited too long that nobody has taken up their event.
    fn give_up_on_some(&mut self) {
        let now = clock::instant();
        let over: Vec<_> = self
            .posted
            .iter()
            .filter(|(_, posted)| now - posted.at > PATIENCE)
            .map(|(id, _)| *id)
            .collect();
        for posted in over.into_iter().filter_map(|id| self.posted.remove(&id)) {
            for (_, reply) in posted.orders {
                // who asked may have gone
                let _ = reply.send(Reply::NotYet);
            }
        }
    }

    /// Does something with Redis; nothing while it is away.
    fn try_redis<T>(
        &mut self,
        act: impl FnOnce(&mut Follower) -> Result<T, RedisError>,
    ) -> Result<Option<T>, SourceError> {
        if self.follower.is_none() {
            std::thread::sleep(PAUSES[1]);
            self.follower =
                Follower::open(&self.bus.address, &self.bus.layout, &self.bus.group).ok();
        }
        let Some(follower) = &mut self.follower else {
            return Ok(None);
        };
        match act(follower) {
            Ok(done) => Ok(Some(done)),
            Err(error @ (RedisError::Unreachable { .. } | RedisError::Refused { .. })) => {
                tracing::warn!("{error}");
                self.follower = None;
                self.shared.set_bus(Some(BusState {
                    is_up: false,
                    trader: None,
                }));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Checks that the traders, if there have been any, have the settings of this service.
fn ensure_same(bus: &RedisBus, settings: Option<&str>) -> Result<(), RedisError> {
    match settings {
        Some(settings) if settings != bus.settings => Err(RedisError::OtherTraders {
            group: bus.group.clone(),
        }),
        _ => Ok(()),
    }
}

fn post_of(order: &Order) -> Post {
    let value: serde_json::Value = serde_json::from_str(&order.line).unwrap_or_default();
    let event_type = value[field::EVENT_TYPE]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let data = value[field::DATA].to_string();
    Post {
        digest: hex(&order.digest),
        event_type,
        data,
        timestamp: UtcTimestamp(order.time).to_string(),
    }
}

enum Turn {
    Entry,
    Boundary,
    Nothing,
}

/// Where the state of a store was kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    /// Entries so far.
    pub number: u64,
    /// The last of them.
    pub id: EntryId,
}

impl Kept {
    /// Takes a state apart that [`Following`] kept.
    pub fn open(bytes: &[u8]) -> Result<(Self, Vec<u8>), SourceError> {
        let (number, time, within, state): (u64, u64, u64, Vec<u8>) =
            checkpoint::decode("state of a follower", bytes)?;
        Ok((
            Self {
                number,
                id: EntryId(time, within),
            },
            state,
        ))
    }
}

impl Feed for Following<'_> {
    fn next(&mut self, _: Duration) -> Result<Fed<'_>, SourceError> {
        Ok(match self.find()? {
            Turn::Nothing => Fed::Nothing,
            Turn::Boundary => Fed::Boundary,
            Turn::Entry => entry::fed(&self.current, self.number),
        })
    }

    fn commit(&mut self, upto: u64) -> Result<(), SourceError> {
        if upto >= self.number {
            self.ledger.borrow_mut().fold();
        }
        Ok(())
    }

    fn wants_checkpoint(&self) -> bool {
        let entries = self.number - self.kept;
        self.is_ready
            && !self.in_hand
            && (entries >= KEEP_EVERY || (self.is_stopping && entries > 0))
    }

    fn checkpoint(&mut self, state: Vec<u8>) -> Result<(), SourceError> {
        let id = self.last();
        let mut ledger = self.ledger.borrow_mut();
        ledger.keep_position(&id.to_string()).map_err(unusable)?;
        ledger
            .keep_state(&checkpoint::encode(&(self.number, id.0, id.1, state))?)
            .map_err(unusable)?;
        (self.kept, self.stored) = (self.number, id);
        Ok(())
    }
}
