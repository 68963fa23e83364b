//! The integration tests: one program, a module per theme.

mod backtest;
mod examples;
mod layers;
mod ledger;
mod margins;
mod metrics;
mod models;
mod money;
mod reading;
mod settlement;
mod staking;
