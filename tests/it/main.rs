//! The integration tests: one program, a module per theme.

mod backtest;
mod both_teams;
mod browser;
mod charts;
mod checkpoint;
mod compare;
mod convert;
mod corrections;
mod dates;
mod engine;
mod examples;
mod face;
mod grid;
mod headers;
mod identity;
mod inspect;
mod knowledge;
mod large_leagues;
mod ledger;
mod look_ahead;
mod margins;
mod metrics;
mod models;
mod money;
#[cfg(feature = "parquet")]
mod parquet;
mod predictions;
mod price_formats;
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
mod shapes;
mod significance;
mod simulate;
mod simulate_theory;
mod skill;
mod staking;
mod statuses;
mod stream;
mod sweep;
mod walls;
mod wire;
