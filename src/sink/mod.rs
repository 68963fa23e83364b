//! Where the ledger's entries go.

pub mod events;
pub mod memory;
pub mod significance;

use std::io;
use std::path::PathBuf;

use crate::checkpoint::CheckpointError;
use crate::domain::{Entry, Names};

/// A consumer of entries.
pub trait Sink {
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
    /// A file or folder cannot be written.
    #[error("cannot write {}; no file was left half written", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder holds files that a run would replace and that no run wrote.
    #[error(
        "{} holds {file} but no run.json, so it is no folder of results: choose another, or move {file} away",
        path.display()
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// One of its files.
        file: String,
    },
    /// What takes a stream of entries takes no more.
    #[error("cannot write the stream of entries")]
    Stream(#[source] io::Error),
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
}
