//! Folders of results: the names of their files, how they are written so that they are never incomplete, and how they
//! are read again.

pub mod baseline;
pub mod csv;
mod error;
mod folder;
pub mod form;
mod journal;
pub mod names;
#[cfg_attr(not(feature = "parquet"), path = "parquet_disabled.rs")]
pub mod parquet;
mod tables;

pub use error::ResultsError;
pub use folder::{Folder, make_folder, write_file};
pub use journal::Journal;
pub use tables::{Results, Table};
