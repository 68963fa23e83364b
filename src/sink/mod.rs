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
    /// What it is called in a checkpoint: a run goes on with the outputs that it began with.
    fn name(&self) -> &'static str;

    /// Takes an entry.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError>;

    /// Passes on what was taken so far: nothing else is known for now.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// What it has to know to go on from here; nothing unless it says otherwise.
    ///
    /// # Errors
    /// When that cannot be put into bytes.
    fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        Ok(Vec::new())
    }

    /// Goes on from what was saved.
    ///
    /// # Errors
    /// When that is not what it saves.
    fn restore(&mut self, _state: &[u8]) -> Result<(), CheckpointError> {
        Ok(())
    }
}

/// Why an output failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// What takes a stream of entries takes no more.
    #[error("cannot write the stream of entries")]
    Stream(#[source] io::Error),
}
