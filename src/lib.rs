#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod domain;
pub mod predict;
pub mod sink;
pub mod source;
pub mod strategy;
pub mod wire;
