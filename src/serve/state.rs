//! What every handler gets at.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use super::backtests::Backtests;
use super::body_budget::BodyBudget;
use super::broadcast::Broadcast;
use super::engine_handle::EngineHandle;
use super::problem::Problem;
use super::questions::Questions;
use super::simulations::Simulations;
use super::store::{Reads, StoreError};
use crate::config::RunConfig;
use crate::domain::Book;

/// What every handler can use: the engine makes changes, the reads know what is durable, the broadcast has the messages.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of a service.
pub struct Parts {
    /// Where events are handed in.
    pub engine: Arc<dyn EngineHandle>,
    /// Bets and matches, as far as they are durable.
    pub reads: Arc<Reads>,
    /// The messages on what happens.
    pub broadcast: Arc<Broadcast>,
    /// The settings of the run.
    pub config: RunConfig,
    /// Whose prices are those that name no book.
    pub book: Book,
    /// When the service was started.
    pub started: Instant,
    /// Backtests in the background.
    pub backtests: Backtests,
    /// Bytes of bodies that may be under way.
    pub bodies: BodyBudget,
    /// Simulated matches that may be played at once.
    pub simulations: Simulations,
    /// Questions that may be put to the engine at once.
    pub questions: Questions,
    /// Whether it is being stopped.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// A service of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Ends when the service is being stopped: what has no end of its own has to end then.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.0.stopping.clone();
        async move {
            // a service that is gone is stopped as well
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }

    /// Reads from the store, in a thread that may wait for it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reads) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let reads = Arc::clone(&self.0.reads);
        let read = tokio::task::spawn_blocking(move || read(&reads)).await;
        read.map_err(|error| Problem::internal(&error))?
            .map_err(|error| Problem::internal(&error))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
