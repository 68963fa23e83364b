//! Models that were trained elsewhere, in ONNX, which tract runs.

mod error;
mod forest;
mod graph;
mod metadata;
mod network;
mod tensors;
mod trees;

pub(crate) use error::OnnxError;
pub(crate) use network::{MOST_BYTES, Network};
