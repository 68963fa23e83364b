//! The integration tests: one program, a module per theme.

mod assess;
#[cfg(feature = "serve")]
mod attacks;
mod backtest;
mod both_teams;
mod browser;
mod charts;
mod checkpoint;
mod closing;
mod commission;
mod compare;
mod compare_models;
mod convert;
mod corrections;
mod credit;
mod dates;
mod effect;
mod engine;
mod examples;
mod face;
mod features;
mod filter;
mod grid;
mod handicap_names;
mod headers;
mod identity;
mod inspect;
mod knowledge;
mod large_leagues;
mod learned;
mod ledger;
mod look_ahead;
mod margins;
mod metrics;
mod models;
mod money;
mod names;
mod no_skill;
mod older_results;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_damage;
mod prediction_files;
mod predictions;
mod price_formats;
mod probabilities;
mod program;
mod reading;
mod readme;
#[cfg(feature = "redis")]
mod redis;
mod replay;
mod report;
mod result_folders;
mod season;
#[cfg(feature = "serve")]
mod serve;
mod settlement;
mod shapes;
mod significance;
mod simulate;
mod simulate_theory;
mod sizes;
mod skill;
mod staking;
mod statuses;
mod stream;
mod sweep;
mod taught;
mod walls;
mod wire;
