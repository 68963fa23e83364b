//! The service: the engine over HTTP.
//!
//! Requests are handled by tokio and axum, and never touch the engine. They submit events to an
//! [`EngineHandle`](engine_handle::EngineHandle), which replies when their effects are durable. They read from the [`store`],
//! and listen to the [`broadcast`].

pub mod backtests;
mod body_budget;
pub mod broadcast;
mod causes;
mod clock;
mod digest;
pub mod engine_handle;
pub mod engine_thread;
mod giving_way;
mod guard;
mod host;
mod listener;
mod live;
mod match_update;
mod order;
mod page;
mod params;
pub mod probe;
mod problem;
mod questions;
mod requests;
mod routes;
mod signals;
mod simulated_id;
mod simulation;
mod simulations;
mod state;
pub mod store;
mod target;
pub mod undo;
mod views;

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use signal_hook::flag;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;

use crate::config::RunConfig;
use crate::source::Matches;
use backtests::{BacktestLimits, Backtests};
use body_budget::BodyBudget;
use broadcast::Broadcast;
use engine_thread::{EngineThread, EngineThreadConfig, EngineThreadError};
use guard::Guard;
use listener::{LEAST_FILES, Limits};
use questions::Questions;
use signals::SignalWatch;
use simulations::Simulations;
use state::{App, Parts};
use store::{Reads, StoreError, StoreFile, WalCheckpointer};

/// How the service is run.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// The settings of the run.
    pub run: RunConfig,
    /// Where it listens; port 0 is any that is free.
    pub listen: SocketAddr,
    /// The file of the store.
    pub store: PathBuf,
    /// Events that may wait for the engine, at least 1.
    pub queue: usize,
    /// How far the timestamp of an event may be ahead of the clock.
    pub ahead: Duration,
    /// What the models learn before the first event.
    pub history: Option<Arc<Matches>>,
    /// The streams that events go by, and those who trade there; `None`: this process trades.
    #[cfg(feature = "redis")]
    pub bus: Option<engine_thread::RedisBus>,
    /// The folder of datasets for backtests, if there is one.
    pub datasets: Option<PathBuf>,
    /// What each backtest may take.
    pub backtests: BacktestLimits,
    /// Pages of other origins that may ask, such as `https://example.org`.
    pub origins: Vec<String>,
    /// Whether SIGHUP stops it as SIGTERM does. Not if whoever started this process had it ignore that.
    pub stops_on_hangup: bool,
    /// What a request has to bring; needed unless the address is this machine's own.
    pub token: Option<String>,
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The engine or its store.
    #[error(transparent)]
    EngineHandle(#[from] EngineThreadError),
    /// The address.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// The error of the system.
        source: std::io::Error,
    },
    /// An address that others reach, without a token.
    #[error(
        "{0} can be reached from other machines, so requests need a token: set SIMBET_API_TOKEN in the environment, \
         or listen on 127.0.0.1"
    )]
    Unprotected(SocketAddr),
    /// A token that is too short, or that no header can bring.
    #[error(
        "the environment's SIMBET_API_TOKEN must have at least {MIN_TOKEN} visible ASCII characters"
    )]
    Token,
    /// An origin that is none.
    #[error("{0:?} is not an origin such as https://example.org")]
    Origin(String),
    /// A folder of datasets that is not there.
    #[error("--datasets {}: there is no such folder", .0.display())]
    Datasets(PathBuf),
    /// Events that were to be undone, and could not be handed over. The error of the system is a text and no source: another
    /// command whose pipe nobody reads any more has done its work, but this one has not.
    #[error("the events could not be written to stdout ({0}), so nothing was undone")]
    Unwritten(String),
    /// The store, which failed for good while it was in use.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A limit on open files that is too low.
    #[error(
        "this process may have {0} files open (ulimit -n), and serve needs {LEAST_FILES} or more: raise the limit"
    )]
    Files(u64),
    /// The system.
    #[error("cannot serve")]
    System(#[from] std::io::Error),
}

/// The fewest characters of a token.
const MIN_TOKEN: usize = 16;

impl ServeConfig {
    fn engine_thread(&self) -> EngineThreadConfig {
        EngineThreadConfig {
            engine: self.run.engine.clone(),
            book: self.run.first_book(),
            queue: self.queue,
            history: self.history.clone(),
            aliases: self.run.read.aliases.clone(),
            #[cfg(feature = "redis")]
            bus: self.bus.clone(),
        }
    }

    /// Whether a Redis is waited for at the start, which ends with a signal.
    const fn is_on_bus(&self) -> bool {
        #[cfg(feature = "redis")]
        return self.bus.is_some();
        #[cfg(not(feature = "redis"))]
        return false;
    }

    fn check(&self) -> Result<(), ServeError> {
        if self.token.is_none() && !self.listen.ip().is_loopback() {
            return Err(ServeError::Unprotected(self.listen));
        }
        if let Some(folder) = self.datasets.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(ServeError::Datasets(folder.clone()));
        }
        if !self.token.as_deref().is_none_or(is_token) {
            return Err(ServeError::Token);
        }
        match self.origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => Err(ServeError::Origin(origin.clone())),
            None => Ok(()),
        }
    }
}

/// Whether a token is long enough and a header can carry it.
fn is_token(token: &str) -> bool {
    token.len() >= MIN_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a text is a scheme and an authority without a path.
fn is_origin(origin: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('/'))
        && HeaderValue::from_str(origin).is_ok()
}

/// Refuses to serve where too few files may be open at once, before any is.
///
/// # Errors
/// When the limit of this process is too low.
pub fn ensure_files() -> Result<(), ServeError> {
    limits().map(drop)
}

fn limits() -> Result<Limits, ServeError> {
    Limits::of_process().map_err(ServeError::Files)
}

/// Serves until the process is told to stop. `ready` is called with the address once requests are accepted.
///
/// # Errors
/// When the store, the engine or the address cannot be used, or one of them fails for good.
pub fn serve(config: ServeConfig, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    config.check()?;
    let limits = limits()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(limits.readers)
        .enable_all()
        .build()?;
    let broadcast = Arc::new(Broadcast::new(clock::microseconds()));
    full_disk_is_no_end()?;
    let store = StoreFile::open(&config.store)?;
    let signals = SignalWatch::start(config.stops_on_hangup, config.is_on_bus())?;
    let (engine, thread) = EngineThread::start(&config.engine_thread(), &store, &broadcast)?;
    let wal_checkpointer = WalCheckpointer::start(&store)?;
    let engine = Arc::new(engine);
    let (stop, stopping) = watch::channel(false);
    let app = App::new(Parts {
        engine: Arc::clone(&engine) as Arc<dyn engine_handle::EngineHandle>,
        reads: Arc::new(Reads::new(store.clone())),
        broadcast,
        config: config.run.clone(),
        book: config.run.first_book(),
        ahead: config.ahead,
        started: clock::instant(),
        backtests: Backtests::new(config.datasets.clone(), config.backtests),
        bodies: BodyBudget::default(),
        simulations: Simulations::default(),
        questions: Questions::default(),
        stopping,
    });
    let listening = listen(app.clone(), &config, stop, limits, &signals, ready);
    runtime.block_on(until_failure(listening, &app))?;
    drop(app);
    // handlers that are still running have no time left
    runtime.shutdown_timeout(Duration::from_secs(1));
    engine.stop();
    let ended = match engine_thread::wait_for(thread) {
        Err(error) if error.is_stop() => Ok(()),
        ended => ended,
    };
    let moved = wal_checkpointer.stop();
    match store.failure() {
        Some(error) => Err(error.into()),
        None => Ok(ended.map(|()| moved)??),
    }
}

/// Makes a file that may not grow a full disk, and no end of the process.
fn full_disk_is_no_end() -> std::io::Result<()> {
    flag::register(signal_hook::consts::SIGXFSZ, Arc::default()).map(|_| ())
}

/// Serves until the end, or until something fails for good: then nobody waits for anybody, and the process ends.
async fn until_failure(
    listening: impl Future<Output = Result<(), ServeError>>,
    app: &App,
) -> Result<(), ServeError> {
    tokio::select! {
        ended = listening => ended,
        () = app.reads.file().failed() => {
            app.backtests.stop();
            // those who wait are told
            tokio::time::sleep(LAST_WORDS).await;
            Ok(())
        }
    }
}

/// How long answers are still written after something has failed for good.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Accepts requests until a signal to stop, and then answers those that have been accepted.
async fn listen(
    app: App,
    config: &ServeConfig,
    stop: watch::Sender<bool>,
    limits: Limits,
    watch: &SignalWatch,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let address = config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let bound = listener.local_addr()?;
    let signals = Signals::watch(config.stops_on_hangup)?;
    watch.listens();
    let router = guarded(routes::all(app.clone(), config.token.is_some()), config);
    ready(bound);
    listener::serve(listener, router, limits, shutdown(signals, stop)).await;
    app.backtests.stop();
    // matches that are played as time passes are played to their end at once
    let all = app.simulations.ended();
    if tokio::time::timeout(SHUTDOWN_GRACE, all).await.is_err() {
        tracing::warn!("simulated matches were interrupted");
    }
    Ok(())
}

/// The signals to stop.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

impl Signals {
    fn watch(stops_on_hangup: bool) -> std::io::Result<Self> {
        let hangup = stops_on_hangup.then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup.transpose()?,
        })
    }

    async fn one(mut self) {
        let hung_up = async {
            match &mut self.hangup {
                Some(hangup) => drop(hangup.recv().await),
                None => pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = hung_up => {}
        }
    }
}

/// Waits for a signal to stop, and passes it on.
async fn shutdown(signals: Signals, stop: watch::Sender<bool>) {
    signals.one().await;
    // there may be no listener
    let _ = stop.send(true);
}

/// How long a service that is being stopped waits for simulated matches.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// The most bytes of a body, but for uploads.
const MAX_BODY: usize = crate::schema::event::MAX_ENTRY;
/// How long a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The routes behind everything that holds for all of them. It is one layer: each would be copied for each request.
fn guarded(router: Router, config: &ServeConfig) -> Router {
    let guard = Guard::new(config.token.as_deref(), &config.origins);
    let origins: Vec<_> = config
        .origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    let cors = (!origins.is_empty()).then(|| cors(origins));
    router.layer(
        ServiceBuilder::new()
            .layer(map_response(guard::finish))
            .option_layer(cors)
            .layer(from_fn_with_state(guard, guard::admit))
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(
                StatusCode::GATEWAY_TIMEOUT,
                REQUEST_TIMEOUT,
            ))
            .layer(DefaultBodyLimit::max(MAX_BODY)),
    )
}

fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .vary([
            header::ORIGIN,
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_REQUEST_HEADERS,
        ])
}
