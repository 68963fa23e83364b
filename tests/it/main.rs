//! The integration tests: one program, a module per theme.

mod margins;
mod models;
