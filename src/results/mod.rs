//! Folders of results: the names of their files, how they are written so that they are never incomplete, and how they
//! are read again.

pub mod baseline;
pub mod csv;
mod error;
mod folder;
pub mod form;
mod journal;
mod loading;
mod lock;
mod manifest;
pub mod names;
mod owned;
#[cfg_attr(not(feature = "parquet"), path = "parquet_disabled.rs")]
pub mod parquet;
mod part;
mod seal;
mod tables;

pub use error::ResultsError;
pub use folder::{Committed, Folder, make_folder, write_file};
pub use journal::Journal;
pub use lock::{Wait, hold_renames};
pub use part::{Part, PartError, Span, ensure_no_other_part, first_missing};
pub use seal::{is_sealed_page, sealed_page};
pub use tables::{Results, Table};
