//! The interface between requests and the engine: the only way by which a request changes anything.
//!
//! A request submits an `Order` and waits for its `Reply` without blocking a thread. It does not know whether the engine is
//! a thread of this process or behind a transport. Durable effects are read from the store
//! ([`Reads`](super::store::Reads)), and sent as messages of the [`Broadcast`](super::broadcast::Broadcast). The engine fills
//! both.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::order::{Order, Reply};
use super::store::Stall;
use super::views::{Latencies, PredictionAnswer, StreamsAnswer};
use crate::domain::{Bankroll, Time};
use crate::schema::event::{MatchEvent, TradingMetrics};

/// Where events are submitted.
pub trait EngineHandle: Send + Sync {
    /// Submits an event. The reply comes once its effects are durable.
    ///
    /// # Errors
    /// When the queue is full, nothing can be written, or the engine has stopped.
    fn submit(&self, order: Order) -> Result<Pending<Reply>, SubmitError>;

    /// Asks for the assessment of prices, without betting.
    ///
    /// # Errors
    /// As for [`Self::submit`].
    fn consult(&self, prices: MatchEvent<'static>) -> Result<Pending<Opinion>, SubmitError>;

    /// The status after the last durable event.
    fn status(&self) -> Arc<EngineStatus>;

    /// The latencies so far.
    fn latencies(&self) -> Latencies;

    /// The state of the Redis that carries events; `None` where this process does.
    fn bus(&self) -> Option<BusState> {
        None
    }

    /// Since when nothing can be written, and why; `None` while all is well.
    fn stall(&self) -> Option<Stall>;

    /// Whether there is an engine.
    fn is_up(&self) -> bool;

    /// The streams of events, and how full the queue is.
    fn streams(&self) -> StreamsAnswer;
}

/// The state of a Redis that carries events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusState {
    /// Whether it answers.
    pub is_up: bool,
    /// The trader; `None` while there is none.
    pub trader: Option<String>,
}

/// What is waited for. It fails when the engine stops, or nothing can be written for a moment.
pub type Pending<T> = BoxFuture<'static, Result<T, SubmitError>>;

/// The assessment of prices, or why there is none.
pub type Opinion = Result<PredictionAnswer, Reply>;

/// Why an order has no reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitError {
    /// The queue is full.
    Full,
    /// Nothing can be written now, for this reason. An order that was submitted may still be taken.
    Stalled(Arc<str>),
    /// There is no engine.
    Down,
}

/// The status of the engine after the last event.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineStatus {
    /// The time that the events have reached.
    pub time: Option<Time>,
    /// Whether any of them was real, and not of a match that the service invented.
    pub is_real: bool,
    /// The bankroll.
    pub bankroll: Bankroll,
    /// The metrics of the settled bets.
    pub metrics: TradingMetrics,
    /// Events that were accepted.
    pub events: u64,
    /// Events that were refused since the service was started.
    pub refused: u64,
    /// Events that only repeated another since the service was started.
    pub repeated: u64,
}
