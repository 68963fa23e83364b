#![doc = include_str!("../README.md")]



pub mod domain;
pub mod predict;
pub mod sink;
pub mod source;
pub mod strategy;
pub mod wire;
