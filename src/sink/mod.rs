//! Where the ledger's entries go.

pub mod csv;
pub mod folder;
pub mod memory;
#[cfg(feature = "parquet")]
pub mod parquet;

use std::io;
use std::path::PathBuf;

use crate::domain::{Entry, Names};

/// A consumer of entries.
pub trait Sink {
    /// Takes an entry.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError>;
}

/// Why an output failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// A file or folder cannot be written.
    #[error("cannot write {}; no file was left half written", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// This build cannot write the format.
    #[error("this simbet was built without Parquet; build it with the default features, or write CSV")]
    NoParquet,
}
