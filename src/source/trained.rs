//! Files of models that were trained elsewhere.

use crate::engine::EngineConfig;
use crate::predict::{ModelConfig, ModelKind};

/// A file that is no model that can be used.
#[derive(Debug, thiserror::Error)]
#[error("--model onnx:{file}: {problem}")]
pub struct TrainedFileError {
    file: String,
    problem: String,
}

/// Reads the model of these settings where it is a file of a trained model.
///
/// # Errors
/// When the file cannot be read or used.
pub fn load_trained(engine: &mut EngineConfig) -> Result<(), TrainedFileError> {
    let models = engine.model.iter_mut();
    for model in models.filter(|model| model.kind == ModelKind::Onnx) {
        let file = model.argument.clone().unwrap_or_default();
        read(&file, model).map_err(|problem| TrainedFileError { file, problem })?;
    }
    Ok(())
}

#[cfg(not(feature = "onnx"))]
fn read(_: &str, _: &mut ModelConfig) -> Result<(), String> {
    Err("this simbet was built without trained models: build it with `cargo build --release --features onnx`".to_owned())
}

#[cfg(feature = "onnx")]
fn read(file: &str, model: &mut ModelConfig) -> Result<(), String> {
    use crate::predict::{MOST_BYTES, Outside, Trained};
    use sha2::{Digest as _, Sha256};
    use std::sync::Arc;

    let bytes = super::load(file.as_ref(), MOST_BYTES as u64);
    let bytes = bytes.map_err(|error| format!("it cannot be read: {error}"))?;
    let trained = Trained::from_bytes(&bytes).map_err(|error| error.to_string())?;
    model.outside = Some(Outside {
        source: vec![file.to_owned()],
        sha256: vec![hex::encode(Sha256::digest(&bytes))],
        maker: Some(Arc::new(trained)),
    });
    Ok(())
}
