//! The integration tests: one program, a module per theme.

mod ledger;
mod metrics;
mod money;
mod settlement;
mod staking;
