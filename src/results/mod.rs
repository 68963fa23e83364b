//! Folders of results: what their files are called, how they are written so that nothing is ever half there, and how they
//! are read again.

pub mod csv;
pub mod folder;
pub mod journal;
#[cfg_attr(not(feature = "parquet"), path = "parquet_disabled.rs")]
pub mod parquet;
mod tables;

pub use tables::{Results, ResultsError, Table};
