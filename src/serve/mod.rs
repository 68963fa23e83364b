//! The service: what the engine does on files and streams, over HTTP.
//!
//! Requests are handled by tokio and axum, and never touch the engine. They hand events to a [`desk`], which answers when all
//! that comes of them is durable; they read from the [`store`], and listen to the [`news`].

mod clock;
pub mod desk;
mod digest;
pub mod embedded;
mod live;
pub mod news;
mod page;
mod params;
mod problem;
mod requests;
mod routes;
mod state;
pub mod store;
mod views;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::RunConfig;
use crate::domain::Book;
use embedded::{DeskError, Embedded, EmbeddedConfig, EngineThread};
use news::News;
use state::{App, Parts};
use store::{Place, Reads};

/// How the service is run.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// What is run.
    pub run: RunConfig,
    /// Where it listens; port 0 is any that is free.
    pub listen: SocketAddr,
    /// The file of the store.
    pub store: PathBuf,
    /// Events that may wait for the engine, at least 1.
    pub queue: usize,
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The engine or its store.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system.
    #[error("cannot serve: {0}")]
    System(#[from] std::io::Error),
}

/// Serves until the system says stop; `ready` is told the address once requests are taken.
///
/// # Errors
/// When the store, the engine or the address cannot be used, or the engine fails.
pub fn serve(config: ServeConfig, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let news = Arc::new(News::new(clock::microseconds()));
    let place = Place::file(&config.store);
    let book = config.run.engine.strategy.books.books().first().copied().unwrap_or(Book::AVG);
    let embedded = EmbeddedConfig { engine: config.run.engine.clone(), book, queue: config.queue };
    let (desk, thread) = Embedded::start(&embedded, &place, &news)?;
    let desk = Arc::new(desk);
    let (stop, stopping) = watch::channel(false);
    let app = App::new(Parts {
        desk: Arc::clone(&desk) as Arc<dyn desk::Desk>,
        reads: Arc::new(Reads::new(place)),
        news,
        config: config.run.clone(),
        book,
        started: clock::instant(),
        stopping,
    });
    runtime.block_on(listen(app, config.listen, stop, ready))?;
    // handlers that outlive their time have no more to say
    runtime.shutdown_timeout(Duration::from_secs(1));
    desk.stop();
    wait_for(thread)
}

fn wait_for(thread: EngineThread) -> Result<(), ServeError> {
    match thread.join() {
        Ok(ended) => Ok(ended?),
        Err(_) => Err(std::io::Error::other("the thread of the engine panicked").into()),
    }
}

/// Takes requests until the system says stop, and answers those that are there then.
async fn listen(
    app: App,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })?;
    let bound = listener.local_addr()?;
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (router, _api) = routes::all(app);
    ready(bound);
    let told_to_stop = async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        // nobody may be listening
        let _ = stop.send(true);
    };
    axum::serve(listener, router).with_graceful_shutdown(told_to_stop).await?;
    Ok(())
}
