//! The integration tests: one program, a module per theme.

mod backtest;
mod examples;
mod layers;
mod ledger;
mod metrics;
mod money;
mod reading;
mod settlement;
mod staking;
