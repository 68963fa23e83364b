//! Models from outside simbet: probabilities in a file, a program, a trained network.

use super::config::ModelConfig;
use super::{ModelConfigError, Predictor};

/// The model of these settings, made by who loaded it.
pub(super) fn make(
    pool: &str,
    config: &ModelConfig,
) -> Result<Box<dyn Predictor>, ModelConfigError> {
    config
        .outside
        .as_ref()
        .and_then(|outside| outside.maker.as_ref())
        .ok_or(ModelConfigError::NotLoaded)?
        .make(pool, config)
}
