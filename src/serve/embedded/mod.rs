//! The engine in a thread of its own, with a store that outlives the process.
//!
//! The thread is fed by a channel that holds so many orders; [`run`](crate::run::run) folds them like those of any other
//! stream. At the start the events of the store are folded once more: the fold is a function of them, so that the engine is
//! afterwards what it was. Their effects are in the store and are not written twice.

mod book;
mod inbox;
mod opinion;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::clock::Stopwatch;
use super::desk::{Desk, NotTaken, Now, Opinion, Order, Reply};
use super::news::News;
use super::store::{Place, StoreError, Writer};
use super::views::{Latencies, StreamAnswer, StreamsAnswer};
use crate::domain::{Bankroll, Book};
use crate::engine::{Engine, EngineConfig, EngineError};
use crate::error::Error;
use crate::run;
use crate::sink::Sink;
use crate::sink::events::Totals;
use crate::source::stream::{Refused, Stream, StreamConfig};
use crate::source::{Source, SourceError, Stoppable};
use book::Ledger;
use inbox::{Inbox, Pause};

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
    news: Arc<News>,
}

impl Shared {
    fn now(&self) -> Arc<Now> {
        Arc::clone(&self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_now(&self, now: Now) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
    }
}

/// A desk whose engine is a thread of this process.
#[derive(Debug)]
pub struct Embedded {
    requests: SyncSender<Request>,
    capacity: usize,
    shared: Arc<Shared>,
}

/// What an engine in this process is made of.
#[derive(Debug, Clone)]
pub struct EmbeddedConfig {
    /// Models, staking and bankroll.
    pub engine: EngineConfig,
    /// Whose prices are those that name no book.
    pub book: Book,
    /// Orders that may wait, at least 1.
    pub queue: usize,
}

impl EmbeddedConfig {
    /// All that bets depend on.
    fn settings(&self) -> serde_json::Value {
        let mut settings = serde_json::to_value(&self.engine).unwrap_or_default();
        settings["book"] = self.book.as_str().into();
        settings
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
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
pub type EngineThread = JoinHandle<Result<(), DeskError>>;

impl Embedded {
    /// Opens the store, starts the thread, and waits until the events of the store have been folded.
    ///
    /// # Errors
    /// When the store cannot be used or a setting is out of range.
    pub fn start(config: &EmbeddedConfig, place: &Place, news: &Arc<News>) -> Result<(Self, EngineThread), DeskError> {
        let store = Writer::open(place, &config.settings())?;
        let engine = Engine::new(&config.engine).map_err(Error::from)?;
        let (requests, inbox) = sync_channel(config.queue);
        let shared = Arc::new(Shared {
            now: Mutex::new(Arc::new(beginning(*engine.ledger().bankroll()))),
            stopwatch: Stopwatch::new().ok_or_else(|| std::io::Error::other("no clock"))?,
            is_up: AtomicBool::new(true),
            waiting: AtomicU64::new(0),
            news: Arc::clone(news),
        });
        let (folded, is_folded) = sync_channel(1);
        let (theirs, ours) = (Arc::clone(&shared), config.clone());
        let thread = thread::Builder::new().name("engine".to_owned()).spawn(move || {
            let ended = work(store, &inbox, &ours, &theirs, folded);
            theirs.is_up.store(false, Ordering::Release);
            ended.inspect_err(|error| tracing::error!("the engine stopped: {error}"))
        })?;
        if is_folded.recv().is_err() {
            wait_for(thread)?;
            return Err(std::io::Error::other("it ended before it began").into());
        }
        Ok((Self { requests, capacity: config.queue, shared }, thread))
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

impl Desk for Embedded {
    fn submit(&self, order: Order) -> Result<oneshot::Receiver<Reply>, NotTaken> {
        let (sender, receiver) = oneshot::channel();
        self.tell(Request::Order(order, sender)).map(|()| receiver)
    }

    fn consult(&self, line: String) -> Result<oneshot::Receiver<Opinion>, NotTaken> {
        let (sender, receiver) = oneshot::channel();
        self.tell(Request::Question(line, sender)).map(|()| receiver)
    }

    fn now(&self) -> Arc<Now> {
        self.shared.now()
    }

    fn latencies(&self) -> Latencies {
        self.shared.stopwatch.latencies()
    }

    fn is_up(&self) -> bool {
        self.shared.is_up.load(Ordering::Acquire)
    }

    fn streams(&self) -> StreamsAnswer {
        let now = self.now();
        let stream = |name: &str, length| StreamAnswer { name: name.to_owned(), length };
        let metrics = now.metrics;
        StreamsAnswer {
            bus: "embedded".to_owned(),
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
pub fn wait_for(thread: EngineThread) -> Result<(), DeskError> {
    thread.join().unwrap_or_else(|_| Err(std::io::Error::other("it panicked").into()))
}

fn beginning(bankroll: Bankroll) -> Now {
    let metrics = Totals::default().metrics(crate::domain::Time::default(), &bankroll);
    Now { time: None, is_real: false, bankroll, metrics, events: 0, refused: 0, repeated: 0 }
}

/// What the thread of the engine works with.
struct Work<'a> {
    config: &'a EmbeddedConfig,
    requests: &'a Receiver<Request>,
    ledger: Rc<RefCell<Ledger>>,
}

/// Folds what is in the store, and then what comes, until it is told to stop.
fn work(
    store: Writer,
    requests: &Receiver<Request>,
    config: &EmbeddedConfig,
    shared: &Arc<Shared>,
    folded: SyncSender<()>,
) -> Result<(), DeskError> {
    let kept = store.state()?;
    let ledger = Rc::new(RefCell::new(Ledger::new(store, Arc::clone(shared), config, folded)));
    let work = Work { config, requests, ledger };
    match kept {
        None => work.fold(None),
        Some(state) => match work.fold(Some(state)) {
            // a state that cannot be gone on from, as that of another version, is only a short cut
            Err(DeskError::Run(
                Error::State(error)
                | Error::Engine(EngineError::State(error))
                | Error::Source(SourceError::State(error)),
            )) => {
                tracing::warn!("{error}; every event of the store is folded instead");
                work.fold(None)
            }
            done => done,
        },
    }
}

impl Work<'_> {
    /// Folds from a state, which is that after an event of this number, or from the beginning.
    fn fold(&self, kept: Option<(u64, Vec<u8>)>) -> Result<(), DeskError> {
        let Self { config, requests, ledger } = self;
        let mut engine = Engine::new(&config.engine).map_err(Error::from)?;
        let pause = Arc::new(AtomicBool::new(false));
        let after = kept.as_ref().map_or(0, |(event_id, _)| *event_id);
        let mut inbox = Inbox::new(Rc::clone(ledger), requests, Arc::clone(&pause), after);
        let waiting = inbox.waiting();
        let mut refuse = |refused: &Refused<'_>| ledger.borrow_mut().refuse(&refused.reason);
        let how = StreamConfig { book: config.book, linger: None };
        let mut stream = Stream::new(&mut inbox, how, &mut refuse);
        let mut state = None;
        ledger.borrow_mut().begin_anew();
        if let Some((_, bytes)) = kept {
            let (resumed, rest) = stream.with_state(&bytes).map_err(Error::from)?;
            (stream, state) = (resumed, Some(rest));
        }
        let mut sink = book::BookKeeper::new(Rc::clone(ledger));
        loop {
            pause.store(false, Ordering::Relaxed);
            fold(&mut Stoppable::endless(&mut stream, &pause), &mut engine, &mut sink, state.take())?;
            match waiting.borrow_mut().take() {
                Some(Pause::Question(line, answer)) => {
                    let opinion = opinion::of(&line, config.book, &ledger.borrow(), &engine, stream.names());
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
) -> Result<(), DeskError> {
    match state {
        Some(state) => run::resume(&state, source, engine, &mut [sink], &mut |_| {})?,
        None => run::run(source, engine, &mut [sink], &mut |_| {})?,
    };
    Ok(())
}
