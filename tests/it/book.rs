//! The README and the book are true: their output is real, their commands run, their reference is complete.

mod columns;
mod commands;
mod marks;
mod members;
mod names;
#[cfg(all(
    feature = "parquet",
    feature = "png",
    feature = "redis",
    feature = "serve"
))]
mod options;
mod outputs;
mod pages;
mod readme;
mod shell;

pub use marks::{described, generated};
pub use pages::page;
