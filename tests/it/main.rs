//! The integration tests: one program, a module per theme.

mod backtest;
mod both_teams;
mod browser;
mod charts;
mod checkpoint;
mod compare;
mod corrections;
mod engine;
mod examples;
mod face;
mod grid;
mod ledger;
mod look_ahead;
mod margins;
mod metrics;
mod models;
mod money;
mod reading;
mod readme;
#[cfg(feature = "redis")]
mod redis;
mod replay;
mod report;
mod season;
#[cfg(feature = "serve")]
mod serve;
mod settlement;
mod significance;
mod simulate;
mod simulate_theory;
mod skill;
mod staking;
mod statuses;
mod stream;
mod sweep;
mod walls;
