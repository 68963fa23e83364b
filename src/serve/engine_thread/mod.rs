//! The engine in a thread of its own, with a store that outlives the process.
//!
//! The thread receives an event (`receive` takes it from the channel, `following` from the streams of a Redis), assembles
//! rounds and processes them (`fold`), stores the effects (`recorder`), commits, and replies (`outbox`). It calls the
//! engine; the engine does not pull. At the start the events of the store are replayed. Their effects are in the store and
//! are not written twice.

mod answer;
mod config;
mod error;
mod fold;
#[cfg(feature = "redis")]
mod following;
mod history;
mod known;
mod opinion;
mod order_processor;
mod outbox;
#[cfg(feature = "redis")]
mod posted;
mod receive;
mod recorder;
#[cfg(feature = "redis")]
mod redis_bus;
mod shared;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::broadcast::Broadcast;
use super::causes::chain;
use super::clock::Stopwatch;
use super::engine_handle::{BusState, EngineHandle, EngineStatus, Opinion, Pending, SubmitError};
use super::order::{Order, Reply};
use super::store::{Stall, StoreFile, Writer};
use super::views::{Latencies, StreamAnswer, StreamsAnswer};
use crate::domain::{Bankroll, Time};
use crate::engine::Engine;
use crate::error::Error;
use crate::schema::event::MatchEvent;
use crate::sink::events::Totals;
pub use config::EngineThreadConfig;
pub use error::EngineThreadError;
#[cfg(feature = "redis")]
use following::Following;
use order_processor::OrderProcessor;
use receive::Inbox;
#[cfg(feature = "redis")]
pub use redis_bus::RedisBus;
use shared::{Incoming, Request, Shared};

/// A handle on an engine that is a thread of this process.
#[derive(Debug)]
pub struct EngineThread {
    requests: SyncSender<Request>,
    capacity: usize,
    shared: Arc<Shared>,
    is_on_redis: bool,
}

/// The thread of the engine, to wait for its end.
pub type EngineJoinHandle = JoinHandle<Result<(), EngineThreadError>>;

impl EngineThread {
    /// Opens the store, starts the thread, and waits until the events of the store have been folded.
    ///
    /// # Errors
    /// When the store cannot be used or a setting is out of range.
    pub fn start(
        config: &EngineThreadConfig,
        store: &StoreFile,
        broadcast: &Arc<Broadcast>,
    ) -> Result<(Self, EngineJoinHandle), EngineThreadError> {
        let writer = Writer::open(store, &config.settings())?;
        let engine = Engine::new(&config.engine).map_err(Error::from)?;
        let now = initial_status(*engine.ledger().bankroll());
        let stopwatch = Stopwatch::new().ok_or_else(|| std::io::Error::other("no clock"))?;
        let shared = Shared::new(now, stopwatch, Arc::clone(broadcast), store.clone());
        let shared = Arc::new(shared);
        let (requests, inbox) = sync_channel(config.queue);
        let (folded, is_folded) = sync_channel(1);
        let (theirs, ours) = (Arc::clone(&shared), config.clone());
        let thread = thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || {
                // also dropped when it panics
                let _guard = theirs.store.guard();
                let ended = run_engine(writer, &inbox, &ours, &theirs, folded)
                    .map_err(|error| error.of_store(&theirs.store));
                theirs.is_up.store(false, Ordering::Release);
                ended.inspect_err(|error| {
                    if !error.is_stop() {
                        tracing::error!("the engine stopped: {}", chain(error));
                    }
                })
            })?;
        if is_folded.recv().is_err() {
            wait_for(thread)?;
            return Err(std::io::Error::other("it ended before it began").into());
        }
        let handle = Self {
            requests,
            capacity: config.queue,
            shared,
            is_on_redis: config.is_on_redis(),
        };
        Ok((handle, thread))
    }

    /// Makes the thread end once it has handled all earlier requests.
    pub fn stop(&self) {
        self.shared.store.stop();
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        // the thread may have ended already
        let _ = self.requests.send(Request::Stop);
    }

    fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<Pending<T>, SubmitError> {
        let (sender, reply) = oneshot::channel();
        self.request(request(sender))?;
        Ok(Box::pin(reply_to(reply, self.shared.store.clone())))
    }

    fn request(&self, request: Request) -> Result<(), SubmitError> {
        if let Some(stall) = self.stall() {
            return Err(SubmitError::Stalled(stall.reason));
        }
        // counted before it can be taken
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        self.requests.try_send(request).map_err(|error| {
            self.shared.dequeued();
            match error {
                TrySendError::Full(_) => SubmitError::Full,
                TrySendError::Disconnected(_) => SubmitError::Down,
            }
        })
    }
}

impl EngineHandle for EngineThread {
    fn submit(&self, order: Order) -> Result<Pending<Reply>, SubmitError> {
        self.ask(|reply| {
            Request::Order(Incoming {
                #[cfg(feature = "redis")]
                post: self.is_on_redis.then(|| redis_bus::post_of(&order)),
                order,
                reply,
            })
        })
    }

    fn consult(&self, prices: MatchEvent<'static>) -> Result<Pending<Opinion>, SubmitError> {
        self.ask(|reply| Request::Question(prices, reply))
    }

    fn status(&self) -> Arc<EngineStatus> {
        self.shared.status()
    }

    fn latencies(&self) -> Latencies {
        self.shared.stopwatch.latencies()
    }

    fn bus(&self) -> Option<BusState> {
        self.shared.bus()
    }

    fn stall(&self) -> Option<Stall> {
        self.shared.store.stall()
    }

    fn is_up(&self) -> bool {
        self.shared.is_up.load(Ordering::Acquire)
    }

    fn streams(&self) -> StreamsAnswer {
        let status = self.status();
        let (metrics, bus) = (
            status.metrics,
            if self.is_on_redis {
                "redis"
            } else {
                "embedded"
            },
        );
        StreamsAnswer {
            bus: bus.to_owned(),
            waiting: self.shared.waiting.load(Ordering::Relaxed),
            capacity: self.capacity as u64,
            accepted: status.events,
            refused: status.refused,
            repeated: status.repeated,
            streams: vec![
                stream("match_events", status.events),
                stream("bets", 2 * metrics.total_bets + metrics.open_bets),
            ],
        }
    }
}

/// How long a request waits while nothing can be written.
const PATIENCE: Duration = Duration::from_secs(1);

/// The reply, unless nothing can be written for a moment.
async fn reply_to<T>(reply: oneshot::Receiver<T>, store: StoreFile) -> Result<T, SubmitError> {
    tokio::select! {
        biased;
        reply = reply => reply.map_err(|_| SubmitError::Down),
        stall = store.stalled(PATIENCE) => Err(SubmitError::Stalled(stall.reason)),
    }
}

fn stream(name: &str, length: u64) -> StreamAnswer {
    StreamAnswer {
        name: name.to_owned(),
        length,
    }
}

/// Waits for the end of the engine, and returns how it ended.
///
/// # Errors
/// When it failed.
pub fn wait_for(thread: EngineJoinHandle) -> Result<(), EngineThreadError> {
    thread
        .join()
        .unwrap_or_else(|_| Err(std::io::Error::other("it panicked").into()))
}

fn initial_status(bankroll: Bankroll) -> EngineStatus {
    EngineStatus {
        time: None,
        is_real: false,
        bankroll,
        metrics: Totals::default().metrics(Time::default(), &bankroll),
        events: 0,
        refused: 0,
        repeated: 0,
    }
}

/// Replays the events of the store, and then handles requests until one to stop.
fn run_engine(
    writer: Writer,
    requests: &Receiver<Request>,
    config: &EngineThreadConfig,
    shared: &Arc<Shared>,
    folded: SyncSender<()>,
) -> Result<(), EngineThreadError> {
    let processor = OrderProcessor::new(writer, Arc::clone(shared), config)?;
    #[cfg(feature = "redis")]
    if let Some(bus) = &config.bus {
        return Following::open(processor, config, bus, requests, shared)?.run(&folded);
    }
    Inbox::open(processor, config, requests, shared)?.run(&folded)
}
