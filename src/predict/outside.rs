//! Models from outside simbet: probabilities in a file, a program, a trained network.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ModelConfig, ModelConfigError, Predictor};

/// Makes the models of pools from something outside simbet.
///
/// Whoever reads the file or starts the program implements this: models themselves open nothing.
pub trait MakeModel: Send + Sync {
    /// The model of a pool, which is named by its leagues.
    ///
    /// # Errors
    /// When the model cannot be made.
    fn make(
        &self,
        pool: &str,
        config: &ModelConfig,
    ) -> Result<Box<dyn Predictor>, ModelConfigError>;

    /// What a user should know of the models that it has made, once a run is over: a sentence each.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}

/// How a program is asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProgramConfig {
    /// How long it may take for an answer. It changes no result.
    #[serde(skip)]
    pub timeout: Duration,
    /// Whether it is told prices.
    pub prices: bool,
}

impl Default for ProgramConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(60),
            prices: false,
        }
    }
}

impl ProgramConfig {
    /// Whether it is told what every program is told.
    pub(super) const fn is_usual(&self) -> bool {
        !self.prices
    }
}

/// What a model from outside is, and who makes it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Outside {
    /// What it is, in the words of the user: paths, or a command.
    pub source: Vec<String>,
    /// The SHA-256 of its content, in hexadecimal, as far as that can be known: a change of it is another model.
    pub sha256: Vec<String>,
    /// Who makes it; `None` in settings that were read from a file and not loaded.
    #[serde(skip)]
    pub maker: Option<Arc<dyn MakeModel>>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside")
            .field("source", &self.source)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Outside {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, &self.sha256) == (&other.source, &other.sha256)
    }
}

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
