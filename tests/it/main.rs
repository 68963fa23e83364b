//! The integration tests: one program, a module per theme.

mod reading;
mod replay;
