//! The engine in a thread of its own, with a store that outlives the process.
//!
//! The thread is fed by a channel that holds so many orders; [`run`](crate::run::run) folds them like those of any other
//! stream. At the start the events of the store are folded once more: the fold is a function of them, so that the engine is
//! afterwards what it was. Their effects are in the store and are not written twice.

#[cfg(feature = "redis")]
mod following;
mod opinion;
mod order_processor;
mod receive;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::backtests::chain;
use super::broadcast::Broadcast;
use super::clock::Stopwatch;
use super::engine_handle::{BusState, EngineHandle, NotTaken, Now, Opinion, Order, Reply};
use super::store::{Place, StoreError, Writer};
use super::views::{Latencies, StreamAnswer, StreamsAnswer};
use crate::domain::{Bankroll, Book};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::run;
use crate::sink::Sink;
use crate::sink::events::Totals;
use crate::source::stream::{Feed, Refused, Stream, StreamConfig};
use crate::source::{Matches, Replay, Source, SourceError, Stoppable};
#[cfg(feature = "redis")]
use following::Following;
#[cfg(feature = "redis")]
pub use following::RedisBus;
use order_processor::OrderProcessor;
use receive::{Inbox, Pause, Waiting};

/// What the engine's thread is told.
enum Request {
    Order(Order, oneshot::Sender<Reply>),
    Question(String, oneshot::Sender<Opinion>),
    Stop,
}

/// What is shared with the thread of the engine.
#[derive(Debug)]
struct Shared {
    now: Mutex<Arc<Now>>,
    stopwatch: Stopwatch,
    is_up: AtomicBool,
    /// Requests that the thread has not taken.
    waiting: AtomicU64,
    broadcast: Arc<Broadcast>,
    /// How what carries events is, where that is not this process.
    bus: Mutex<Option<BusState>>,
}

impl Shared {
    #[cfg(feature = "redis")]
    fn set_bus(&self, bus: Option<BusState>) {
        *self.bus.lock().unwrap_or_else(PoisonError::into_inner) = bus;
    }

    fn now(&self) -> Arc<Now> {
        Arc::clone(&self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_now(&self, now: Now) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
    }
}

/// A engine whose engine is a thread of this process.
#[derive(Debug)]
pub struct EngineThread {
    requests: SyncSender<Request>,
    capacity: usize,
    shared: Arc<Shared>,
    kind_of_bus: &'static str,
}

/// What an engine in this process is made of.
#[derive(Debug, Clone)]
pub struct EngineThreadConfig {
    /// Models, staking and bankroll.
    pub engine: EngineConfig,
    /// Whose prices are those that name no book.
    pub book: Book,
    /// Orders that may wait, at least 1.
    pub queue: usize,
    /// What the models learn before the first event.
    pub history: Option<Arc<Matches>>,
    /// The streams that events go by, and those who trade there; `None`: this process trades.
    #[cfg(feature = "redis")]
    pub bus: Option<RedisBus>,
}

impl EngineThreadConfig {
    /// Whose streams events go by.
    fn streams(&self) -> String {
        #[cfg(feature = "redis")]
        if let Some(RedisBus { layout, group, .. }) = &self.bus {
            return format!("{} of group {group}", layout.keys(0).match_events);
        }
        "none".to_owned()
    }

    /// What events go by, in a word.
    fn kind_of_bus(&self) -> &'static str {
        #[cfg(feature = "redis")]
        if self.bus.is_some() {
            return "redis";
        }
        "embedded"
    }

    /// All that bets depend on.
    fn settings(&self) -> serde_json::Value {
        let mut settings = serde_json::to_value(&self.engine).unwrap_or_default();
        settings["book"] = self.book.as_str().into();
        let history = self
            .history
            .iter()
            .flat_map(|matches| &matches.inputs)
            .map(|input| input.sha256.as_str());
        settings["history"] = history.collect();
        settings["streams"] = self.streams().into();
        settings
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineThreadError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run.
    #[error(transparent)]
    Run(#[from] Error),
    /// The thread.
    #[error("the thread of the engine cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The thread of the engine: it can be waited for.
pub type EngineJoinHandle = JoinHandle<Result<(), EngineThreadError>>;

impl EngineThread {
    /// Opens the store, starts the thread, and waits until the events of the store have been folded.
    ///
    /// # Errors
    /// When the store cannot be used or a setting is out of range.
    pub fn start(
        config: &EngineThreadConfig,
        place: &Place,
        broadcast: &Arc<Broadcast>,
    ) -> Result<(Self, EngineJoinHandle), EngineThreadError> {
        let store = Writer::open(place, &config.settings())?;
        let engine = Engine::new(&config.engine).map_err(Error::from)?;
        let (requests, inbox) = sync_channel(config.queue);
        let shared = Arc::new(Shared {
            now: Mutex::new(Arc::new(beginning(*engine.ledger().bankroll()))),
            stopwatch: Stopwatch::new().ok_or_else(|| std::io::Error::other("no clock"))?,
            is_up: AtomicBool::new(true),
            waiting: AtomicU64::new(0),
            broadcast: Arc::clone(broadcast),
            bus: Mutex::default(),
        });
        let (folded, is_folded) = sync_channel(1);
        let (theirs, ours) = (Arc::clone(&shared), config.clone());
        let thread = thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || {
                let ended = work(store, &inbox, &ours, &theirs, folded);
                theirs.is_up.store(false, Ordering::Release);
                ended.inspect_err(|error| tracing::error!("the engine stopped: {}", chain(error)))
            })?;
        if is_folded.recv().is_err() {
            wait_for(thread)?;
            return Err(std::io::Error::other("it ended before it began").into());
        }
        Ok((
            Self {
                requests,
                capacity: config.queue,
                shared,
                kind_of_bus: config.kind_of_bus(),
            },
            thread,
        ))
    }

    /// Has the thread end once everything that it was told before is done.
    pub fn stop(&self) {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        // a thread that is gone needs no word
        let _ = self.requests.send(Request::Stop);
    }

    fn tell(&self, request: Request) -> Result<(), NotTaken> {
        // counted before it can be taken
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        self.requests.try_send(request).map_err(|error| {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => NotTaken::Full,
                TrySendError::Disconnected(_) => NotTaken::Down,
            }
        })
    }
}

impl EngineHandle for EngineThread {
    fn submit(&self, order: Order) -> Result<oneshot::Receiver<Reply>, NotTaken> {
        let (sender, receiver) = oneshot::channel();
        self.tell(Request::Order(order, sender)).map(|()| receiver)
    }

    fn consult(&self, line: String) -> Result<oneshot::Receiver<Opinion>, NotTaken> {
        let (sender, receiver) = oneshot::channel();
        self.tell(Request::Question(line, sender))
            .map(|()| receiver)
    }

    fn now(&self) -> Arc<Now> {
        self.shared.now()
    }

    fn latencies(&self) -> Latencies {
        self.shared.stopwatch.latencies()
    }

    fn bus(&self) -> Option<BusState> {
        self.shared
            .bus
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn is_up(&self) -> bool {
        self.shared.is_up.load(Ordering::Acquire)
    }

    fn streams(&self) -> StreamsAnswer {
        let now = self.now();
        let stream = |name: &str, length| StreamAnswer {
            name: name.to_owned(),
            length,
        };
        let metrics = now.metrics;
        StreamsAnswer {
            bus: self.kind_of_bus.to_owned(),
            waiting: self.shared.waiting.load(Ordering::Relaxed),
            capacity: self.capacity as u64,
            accepted: now.events,
            refused: now.refused,
            repeated: now.repeated,
            streams: vec![
                stream("match_events", now.events),
                stream("bets", 2 * metrics.total_bets + metrics.open_bets),
            ],
        }
    }
}

/// How the engine ended, once it has.
///
/// # Errors
/// When it failed.
pub fn wait_for(thread: EngineJoinHandle) -> Result<(), EngineThreadError> {
    thread
        .join()
        .unwrap_or_else(|_| Err(std::io::Error::other("it panicked").into()))
}

fn beginning(bankroll: Bankroll) -> Now {
    let metrics = Totals::default().metrics(crate::domain::Time::default(), &bankroll);
    Now {
        time: None,
        is_real: false,
        bankroll,
        metrics,
        events: 0,
        refused: 0,
        repeated: 0,
    }
}

/// What the thread of the engine works with.
struct Work<'a> {
    config: &'a EngineThreadConfig,
    requests: &'a Receiver<Request>,
    #[cfg_attr(
        not(feature = "redis"),
        expect(dead_code, reason = "only who follows others tells how they are")
    )]
    shared: &'a Arc<Shared>,
    ledger: Rc<RefCell<OrderProcessor>>,
}

/// Folds what is in the store, and then what comes, until it is told to stop.
fn work(
    store: Writer,
    requests: &Receiver<Request>,
    config: &EngineThreadConfig,
    shared: &Arc<Shared>,
    folded: SyncSender<()>,
) -> Result<(), EngineThreadError> {
    let kept = store.state()?;
    let ledger = Rc::new(RefCell::new(OrderProcessor::new(
        store,
        Arc::clone(shared),
        config,
        folded,
    )));
    let work = Work {
        config,
        requests,
        shared,
        ledger,
    };
    match kept {
        None => work.begin(None),
        Some(state) => match work.begin(Some(state)) {
            // a state that cannot be gone on from, as that of another version, is only a short cut
            Err(EngineThreadError::Run(
                Error::State(error)
                | Error::Engine(EngineError::State(error))
                | Error::Source(SourceError::State(error)),
            )) => {
                tracing::warn!("{error}; every event of the store is folded instead");
                work.begin(None)
            }
            done => done,
        },
    }
}

impl Work<'_> {
    /// Folds from a state, which is that after an event of this number, or from the beginning.
    fn begin(&self, kept: Option<(u64, Vec<u8>)>) -> Result<(), EngineThreadError> {
        let (ledger, pause) = (Rc::clone(&self.ledger), Arc::new(AtomicBool::new(false)));
        #[cfg(feature = "redis")]
        if let Some(bus) = &self.config.bus {
            return self.follow(bus, kept.map(|(_, bytes)| bytes), pause);
        }
        let after = kept.as_ref().map_or(0, |(event_id, _)| *event_id);
        let mut inbox = Inbox::new(ledger, self.requests, Arc::clone(&pause), after);
        let waiting = inbox.waiting();
        self.fold(&mut inbox, kept.map(|(_, state)| state), &pause, &waiting)
    }

    #[cfg(feature = "redis")]
    fn follow(
        &self,
        bus: &RedisBus,
        kept: Option<Vec<u8>>,
        pause: Arc<AtomicBool>,
    ) -> Result<(), EngineThreadError> {
        let kept = kept
            .map(|bytes| following::Kept::open(&bytes))
            .transpose()
            .map_err(Error::from)?;
        let (kept, state) = kept.map_or_else(Default::default, |(kept, state)| (kept, Some(state)));
        let (ledger, shared) = (Rc::clone(&self.ledger), Arc::clone(self.shared));
        let place = (bus.clone(), self.config.book);
        let following = Following::new(
            ledger,
            self.requests,
            Arc::clone(&pause),
            shared,
            place,
            kept,
        );
        let mut following = following.map_err(Error::from)?;
        let waiting = following.waiting();
        self.fold(&mut following, state, &pause, &waiting)
    }

    /// Folds what a feed hands out, and sees to questions in between, until it is told to stop.
    fn fold(
        &self,
        feed: &mut dyn Feed,
        kept: Option<Vec<u8>>,
        pause: &AtomicBool,
        waiting: &Waiting,
    ) -> Result<(), EngineThreadError> {
        let Self { config, ledger, .. } = self;
        let mut engine = Engine::new(&config.engine).map_err(Error::from)?;
        let mut refuse = |refused: &Refused<'_>| ledger.borrow_mut().refuse(&refused.reason);
        let how = StreamConfig {
            book: config.book,
            linger: None,
        };
        let mut stream = Stream::new(feed, how, &mut refuse);
        let mut state = None;
        ledger.borrow_mut().begin_anew();
        if let Some(bytes) = kept {
            let (resumed, rest) = stream.with_state(&bytes).map_err(Error::from)?;
            (stream, state) = (resumed, Some(rest));
        } else if let Some(history) = &config.history {
            stream = stream.with_history(Replay::of_results(Arc::clone(history)));
        }
        let mut sink = order_processor::StoreSink::new(Rc::clone(ledger));
        loop {
            pause.store(false, Ordering::Relaxed);
            fold(
                &mut Stoppable::endless(&mut stream, pause),
                &mut engine,
                &mut sink,
                state.take(),
            )?;
            match waiting.borrow_mut().take() {
                Some(Pause::Question(line, answer)) => {
                    let opinion = opinion::of(
                        &line,
                        config.book,
                        &ledger.borrow(),
                        &engine,
                        stream.names(),
                    );
                    // who asked may have gone
                    let _ = answer.send(opinion);
                }
                Some(Pause::Stop) | None => return Ok(()),
            }
        }
    }
}

/// Folds until there is a reason to pause, from a state where there is one.
fn fold(
    source: &mut dyn Source,
    engine: &mut Engine,
    sink: &mut dyn Sink,
    state: Option<Vec<u8>>,
) -> Result<(), EngineThreadError> {
    match state {
        Some(state) => run::resume(&state, source, engine, &mut [sink], &mut |_| {})?,
        None => run::run(source, engine, &mut [sink], &mut |_| {})?,
    };
    Ok(())
}
