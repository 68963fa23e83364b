//! The integration tests: one program, a module per theme.

mod layers;
mod ledger;
mod metrics;
mod money;
mod reading;
mod settlement;
mod staking;
