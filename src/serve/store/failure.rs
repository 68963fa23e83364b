//! What ends the service though nobody asked it to stop: a supervisor can act on a process that ends, and not on one that
//! only looks alive.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::error::StoreError;

/// The first fault that does not pass.
#[derive(Debug, Default)]
pub(super) struct Failure {
    first: Mutex<Option<StoreError>>,
    occurred: Notify,
}

impl Failure {
    pub fn report(&self, error: StoreError) {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(error);
        self.occurred.notify_one();
    }

    pub fn note_end(&self) {
        self.occurred.notify_one();
    }

    pub async fn occurred(&self) {
        self.occurred.notified().await;
    }

    pub fn take(&self) -> Option<StoreError> {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
