//! The integration tests: one program, a module per theme.

mod layers;
mod reading;
