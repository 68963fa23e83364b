//! A trained model that can be run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tract_onnx::pb::{ModelProto, OperatorSetIdProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::infer::Factoid as _;

use super::error::OnnxError;
use super::forest;
use super::graph::{self, Prepared};
use super::metadata::{self, Metadata};
use super::tensors::{MOST, product};

/// The most bytes of a model.
pub(crate) const MOST_BYTES: usize = 64 << 20;

/// How far the sum of the probabilities may be from 1.
const SLACK: f64 = 0.02;

/// A model that takes a row of features and gives three probabilities.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    /// The names of its features, in order.
    pub features: Vec<String>,
    /// The day of the last match that it was trained on, as it is written in the file.
    pub trained_to: String,
    /// The places of home win, draw and away win among its probabilities.
    places: [usize; 3],
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// The model of these bytes.
    ///
    /// # Errors
    /// When they are no model, or one that is not run here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OnnxError> {
        if bytes.len() > MOST_BYTES {
            return Err(OnnxError::Form(format!(
                "it has more than {MOST_BYTES} bytes"
            )));
        }
        let mut model = tract_onnx::onnx()
            .proto_model_for_read(&mut &*bytes)
            .map_err(OnnxError::damaged)?;
        if model
            .graph
            .as_ref()
            .is_none_or(|graph| graph.output.is_empty())
        {
            return Err(OnnxError::damaged("it has no graph"));
        }
        let metadata = Metadata::of(&model)?;
        if !model.functions.is_empty() {
            return Err(OnnxError::Operation("of its own making".to_owned()));
        }
        let prepared = match &mut model.graph {
            Some(graph) => graph::prepare(graph)?,
            None => return Err(OnnxError::damaged("it has no graph")),
        };
        let places = places(&metadata, &prepared)?;
        if !model.opset_import.iter().any(|set| set.domain.is_empty()) {
            let usual = OperatorSetIdProto {
                domain: String::new(),
                version: 18,
            };
            model.opset_import.push(usual);
        }
        let network = Self {
            features: metadata.features,
            trained_to: metadata.trained_to,
            places,
            plan: unwound(|| plan(&model, prepared.width))?,
        };
        network.probabilities(&vec![0.0; prepared.width])?;
        Ok(network)
    }

    /// The probabilities of home win, draw and away win, as they come.
    ///
    /// # Errors
    /// When what comes is no three probabilities.
    pub fn probabilities(&self, features: &[f32]) -> Result<[f64; 3], OnnxError> {
        let raw = unwound(|| self.run(features))?;
        let [home, draw, away] = self
            .places
            .map(|place| raw.get(place).copied().map(f64::from));
        let found = [home, draw, away].map(|p| p.unwrap_or(f64::NAN));
        let sum: f64 = found.iter().sum();
        if raw.len() == 3 && found.iter().all(|p| *p >= -1e-6) && (sum - 1.0).abs() <= SLACK {
            let found = found.map(|p| p.max(0.0));
            let sum: f64 = found.iter().sum();
            return Ok(found.map(|p| p / sum));
        }
        Err(OnnxError::Form(format!(
            "it gives {raw:?} for a match, which are no three probabilities: the output must be those of home win, draw and away \
             win, after a softmax"
        )))
    }

    fn run(&self, features: &[f32]) -> TractResult<Vec<f32>> {
        let input = Tensor::from_shape(&[1, features.len()], features)?;
        let output = self.plan.run(tvec!(input.into()))?;
        let output = output
            .first()
            .map(|output| output.cast_to::<f32>())
            .transpose()?;
        let output = output.map(|output| {
            output
                .to_plain_array_view::<f32>()
                .map(|all| all.iter().copied().collect())
        });
        Ok(output.transpose()?.unwrap_or_default())
    }
}

/// The places of the outcomes, as the metadata say, or the model itself.
fn places(metadata: &Metadata, prepared: &Prepared) -> Result<[usize; 3], OnnxError> {
    if metadata.features.len() != prepared.width {
        return Err(OnnxError::Metadata {
            key: "features",
            expected: format!(
                "the names of the {} features that the model takes",
                prepared.width
            ),
            found: metadata.features.join(","),
        });
    }
    let classes = metadata.classes.as_ref().or(prepared.classes.as_ref());
    metadata::places(classes.ok_or(OnnxError::Missing {
        key: "classes",
        what: "the outcomes in the order of its probabilities: H, D and A in some order",
    })?)
}

/// The graph, ready to run on one match.
fn plan(model: &ModelProto, width: usize) -> TractResult<Arc<TypedRunnableModel>> {
    let mut onnx = tract_onnx::onnx();
    forest::register(&mut onnx);
    let parsed = onnx.parse(model, None)?;
    if !parsed.unresolved_inputs.is_empty() {
        return Err(TractError::msg(
            "its probabilities depend on a class that is chosen",
        ));
    }
    let fact = f32::fact([1, width]).into();
    let mut graph = parsed.model.with_input_fact(0, fact)?;
    graph.analyse(false)?;
    for node in graph.nodes() {
        for output in &node.outputs {
            let shape = output.fact.shape.concretize();
            let volume = shape.and_then(|shape| product(shape.iter().map(|dim| dim.to_i64().ok())));
            if volume.is_some_and(|volume| volume > MOST) {
                return Err(TractError::msg(format!(
                    "{} makes a tensor of too many numbers",
                    node.name
                )));
            }
        }
    }
    graph.into_optimized()?.into_runnable()
}

/// What tract makes of a graph; a panic of it is an error too.
fn unwound<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, OnnxError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(OnnxError::Unusable(format!("{error:#}"))),
        Err(_) => Err(OnnxError::Unusable(
            "its parts do not fit together".to_owned(),
        )),
    }
}
