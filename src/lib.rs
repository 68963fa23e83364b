#![doc = include_str!("../README.md")]

pub mod checkpoint;
#[allow(clippy::print_stderr)] // this is where the program talks
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod error;
pub mod ledger;
pub mod match_index;
pub mod metrics;
pub mod predict;
#[cfg(feature = "redis")]
pub mod redis;
pub mod report;
pub mod results;
pub mod run;
pub mod schema;
pub mod season;
#[cfg(feature = "serve")]
pub mod serve;
pub mod significance;
pub mod simulate;
pub mod sink;
pub mod source;
pub mod strategy;
pub mod sweep;
