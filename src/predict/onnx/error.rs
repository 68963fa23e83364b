//! Why a trained model cannot be used.

/// A file that is no model that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OnnxError {
    /// Bytes that are no ONNX model.
    #[error("it is not an ONNX model, or it is damaged: {0}")]
    Damaged(String),
    /// Metadata that simbet needs.
    #[error(
        "its metadata have no {key:?}, which says {what}. Set it when you export the model, as in \
         onnx.helper.set_model_props(model, {{\"features\": \"home_elo,away_elo\", \"trained_to\": \"2019-06-30\", \
         \"classes\": \"A,D,H\"}})"
    )]
    Missing {
        key: &'static str,
        what: &'static str,
    },
    /// Metadata that say nothing.
    #[error("its metadata {key:?} must be {expected}, not {found:?}")]
    Metadata {
        key: &'static str,
        expected: String,
        found: String,
    },
    /// A model of another form.
    #[error("{0}")]
    Form(String),
    /// An operation that is not run here.
    #[error(
        "it has the operation {0}, which simbet does not run: scikit-learn's logistic regressions, trees, forests, gradient \
         boosting and multilayer perceptrons have none of these, nor do the usual layers of PyTorch and Keras"
    )]
    Operation(String),
    /// Something that tract cannot do.
    #[error("it cannot be run: {0}")]
    Unusable(String),
}

impl OnnxError {
    pub(super) fn damaged(problem: impl ToString) -> Self {
        Self::Damaged(problem.to_string())
    }
}
