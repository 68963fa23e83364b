//! Folders of results: what their files are called, how they are written so that nothing is ever half there, and how they
//! are read again.

pub mod folder;
pub mod journal;
mod tables;

pub use tables::{Results, ResultsError, Table};
