//! Whether the store can be written on now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::serve::clock;

/// Since when nothing can be written, and why.
#[derive(Debug, Clone)]
pub struct Stall {
    /// Since when.
    pub since: Instant,
    /// Why.
    pub reason: Arc<str>,
}

/// What the one who writes tells all others, and the other way about.
#[derive(Debug, Default)]
pub(super) struct Condition {
    stall: watch::Sender<Option<Stall>>,
    /// The same as a flag, which every request looks at.
    is_stalled: AtomicBool,
    is_stopping: AtomicBool,
    is_log_long: AtomicBool,
}

impl Condition {
    pub fn stall(&self) -> Option<Stall> {
        if self.is_stalled.load(Ordering::Acquire) {
            self.stall.borrow().clone()
        } else {
            None
        }
    }

    /// Notes that nothing can be written. Returns how long that has been so.
    pub fn begin_stall(&self, reason: &str) -> Duration {
        let since = self
            .stall()
            .map_or_else(clock::instant, |stall| stall.since);
        self.stall.send_replace(Some(Stall {
            since,
            reason: reason.into(),
        }));
        self.is_stalled.store(true, Ordering::Release);
        clock::instant() - since
    }

    /// Notes that everything can be written again. Returns the stall that is over.
    pub fn end_stall(&self) -> Option<Stall> {
        self.is_stalled.store(false, Ordering::Release);
        self.stall.send_replace(None)
    }

    /// Waits until a stall has lasted as long as somebody is patient.
    pub async fn stalled(&self, patience: Duration) -> Stall {
        let mut changes = self.stall.subscribe();
        loop {
            let stall = match changes.wait_for(Option::is_some).await {
                Ok(stall) => stall.clone(),
                // the sender lives as long as this
                Err(_) => None,
            };
            let since = stall.map_or_else(clock::instant, |stall| stall.since);
            tokio::time::sleep(patience.saturating_sub(clock::instant() - since)).await;
            if let Some(stall) = self.stall().filter(|stall| stall.since == since) {
                return stall;
            }
        }
    }

    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
    }

    /// Asks the one who writes to move the rest of the log between two transactions.
    pub fn set_log_long(&self) {
        self.is_log_long.store(true, Ordering::Relaxed);
    }

    /// Whether the rest of the log is to be moved.
    pub fn take_log_long(&self) -> bool {
        self.is_log_long.load(Ordering::Relaxed) && self.is_log_long.swap(false, Ordering::Relaxed)
    }
}
