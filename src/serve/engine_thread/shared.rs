//! What the handlers of requests and the thread of the engine share, and the messages between them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

#[cfg(feature = "redis")]
use crate::redis::NewEvent;
use crate::schema::event::MatchEvent;
use crate::serve::broadcast::Broadcast;
use crate::serve::clock::Stopwatch;
use crate::serve::digest::Digest;
use crate::serve::engine_handle::{BusState, EngineStatus, Opinion};
use crate::serve::order::{Order, Reply};
use crate::serve::store::StoreFile;

/// A request to the engine's thread.
pub(super) enum Request {
    Order(Incoming),
    Question(MatchEvent<'static>, oneshot::Sender<Opinion>),
    Stop,
}

/// An order on its way, and where its reply goes.
pub(super) struct Incoming {
    pub order: Order,
    pub reply: oneshot::Sender<Reply>,
    /// The order as it is posted, where events go by Redis.
    #[cfg(feature = "redis")]
    pub post: Option<NewEvent>,
}

impl Incoming {
    /// Gives the order another digest, also where it is posted.
    pub fn set_digest(&mut self, digest: Digest) {
        self.order.digest = digest;
        #[cfg(feature = "redis")]
        if let Some(post) = &mut self.post {
            post.digest = hex::encode(digest);
        }
    }
}

/// What the handlers of requests see of the thread of the engine.
#[derive(Debug)]
pub(super) struct Shared {
    status: Mutex<Arc<EngineStatus>>,
    pub stopwatch: Stopwatch,
    pub is_up: AtomicBool,
    /// Requests that wait in the queue.
    pub waiting: AtomicU64,
    pub broadcast: Arc<Broadcast>,
    pub store: StoreFile,
    /// The state of the Redis that carries events; `None` where this process does.
    bus: Mutex<Option<BusState>>,
}

impl Shared {
    pub fn new(
        status: EngineStatus,
        stopwatch: Stopwatch,
        broadcast: Arc<Broadcast>,
        store: StoreFile,
    ) -> Self {
        Self {
            status: Mutex::new(Arc::new(status)),
            stopwatch,
            is_up: AtomicBool::new(true),
            waiting: AtomicU64::new(0),
            broadcast,
            store,
            bus: Mutex::default(),
        }
    }

    pub fn bus(&self) -> Option<BusState> {
        self.bus
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    #[cfg(feature = "redis")]
    pub fn set_bus(&self, bus: BusState) {
        *self.bus.lock().unwrap_or_else(PoisonError::into_inner) = Some(bus);
    }

    pub fn status(&self) -> Arc<EngineStatus> {
        Arc::clone(&self.status.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_status(&self, status: EngineStatus) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(status);
    }

    /// Notes that a request was taken from the queue.
    pub fn dequeued(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
