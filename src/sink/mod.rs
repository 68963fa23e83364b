//! Where the ledger's entries go.

pub mod daily_profits;
pub mod events;
pub mod forecasts;
mod list;
pub mod memory;
pub mod significance;
pub mod simulation;

use std::io;

pub use list::Outputs;

use crate::checkpoint::CheckpointError;
use crate::domain::{Entry, Names};

/// A consumer of entries.
pub trait Sink {
    /// Its name in a checkpoint. A run must continue with the outputs that it began with.
    fn name(&self) -> &'static str;

    /// Takes an entry.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError>;

    /// Writes everything that was taken so far. The source has nothing more for now.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// The state from which it can continue; empty by default.
    ///
    /// # Errors
    /// When the state cannot be serialized.
    fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        Ok(Vec::new())
    }

    /// Restores a saved state.
    ///
    /// # Errors
    /// When the bytes are not a state of this sink.
    fn restore(&mut self, _state: &[u8]) -> Result<(), CheckpointError> {
        Ok(())
    }
}

/// Why an output failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The receiver of the entries does not take any more.
    #[error("cannot write the stream of entries")]
    Stream(#[source] io::Error),
}
