#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod domain;
pub mod ledger;
pub mod metrics;
pub mod predict;
pub mod source;
pub mod strategy;
