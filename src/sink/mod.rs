//! Where the ledger's entries go.

pub mod csv;
pub mod folder;
pub mod journal;
pub mod memory;
#[cfg_attr(not(feature = "parquet"), path = "parquet_disabled.rs")]
pub mod parquet;
pub mod witness;

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
    /// A journal cannot be opened, or not be read.
    #[error("cannot open {}", path.display())]
    Unopened {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file stands where the journal should be.
    #[error(
        "{} is there and is no journal of this version, so it is left alone: name another folder, or move it away",
        path.display()
    )]
    NoJournal {
        /// Which one.
        path: PathBuf,
    },
    /// A journal cannot be written on.
    #[error("cannot write {}; what was finished before is kept in it, and the same command goes on from there", path.display())]
    Journal {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}; no file was left half written", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
