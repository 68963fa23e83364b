//! What lies between requests and the engine: the only way by which a request changes anything.
//!
//! Requests hand in an [`Order`] and wait for its [`Reply`], without blocking; whether the engine is a thread of this process
//! or somebody else behind a transport is all the same to them. What has become durable is read from the store
//! ([`Reads`](super::store::Reads)) and heard of as [`Broadcast`](super::broadcast::Broadcast); both are filled by the engine handle.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::order::{Order, Reply};
use super::views::{Latencies, PredictionAnswer, StreamsAnswer};
use crate::domain::{Bankroll, Time};
use crate::schema::event::{MatchEvent, TradingMetrics};

/// Where events are handed in.
pub trait EngineHandle: Send + Sync {
    /// Hands in an event. The reply comes once its effects are durable.
    ///
    /// # Errors
    /// When there is no room for it now, or nobody to take it any more.
    fn submit(&self, order: Order) -> Result<oneshot::Receiver<Reply>, SubmitError>;

    /// Asks what the model thinks of prices, without betting.
    ///
    /// # Errors
    /// As for [`Self::submit`].
    fn consult(
        &self,
        prices: MatchEvent<'static>,
    ) -> Result<oneshot::Receiver<Opinion>, SubmitError>;

    /// What is known now, which is durable.
    fn status(&self) -> Arc<EngineStatus>;

    /// How long things take.
    fn latencies(&self) -> Latencies;

    /// How what carries events is, where that is not this process; `None` when it is.
    fn bus(&self) -> Option<BusState> {
        None
    }

    /// Whether there is an engine.
    fn is_up(&self) -> bool;

    /// What carries events, and how full it is.
    fn streams(&self) -> StreamsAnswer;
}

/// How a Redis that carries events is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusState {
    /// Whether it answers.
    pub is_up: bool,
    /// Who trades; `None` while nobody does.
    pub trader: Option<String>,
}

/// What the model thinks of prices, or why that cannot be said.
pub type Opinion = Result<PredictionAnswer, Reply>;

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmitError {
    /// There are too many before it.
    Full,
    /// There is no engine.
    Down,
}

/// What is known after the last event.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineStatus {
    /// The time that the events have reached.
    pub time: Option<Time>,
    /// Whether any of them was real, and not of a match that the service invented.
    pub is_real: bool,
    /// What there is.
    pub bankroll: Bankroll,
    /// What the settled bets come to.
    pub metrics: TradingMetrics,
    /// Events that were accepted.
    pub events: u64,
    /// Events that were refused since the service was started.
    pub refused: u64,
    /// Events that only repeated another since the service was started.
    pub repeated: u64,
}
