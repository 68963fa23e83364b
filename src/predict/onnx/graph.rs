//! The graph of a model, reduced to what its probabilities need, and checked before anything of it is run.
//!
//! A file may say anything. Only operations whose memory and time can be told beforehand are run, and operations of
//! scikit-learn's exporter that tract does not know are written as others.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension;
use tract_onnx::pb::type_proto;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto};

use super::error::OnnxError;
use super::forest;
use super::tensors::{self, MOST};
use super::trees::{self, attribute, labels};

/// The most operations.
const MOST_NODES: usize = 5_000;
/// The most dimensions of a tensor of numbers.
const MOST_DIMENSIONS: usize = 6;

/// What is run: each makes at most as many numbers as its inputs have multiplied together.
const OPERATIONS: &[&str] = &[
    "Abs",
    "Add",
    "And",
    "ArgMax",
    "ArrayFeatureExtractor",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "Div",
    "Dropout",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Flatten",
    "Gather",
    "Gelu",
    "Gemm",
    "Greater",
    "GreaterOrEqual",
    "HardSigmoid",
    "Identity",
    "Imputer",
    "IsNaN",
    "LayerNormalization",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "LinearClassifier",
    "LinearRegressor",
    "Log",
    "LogSoftmax",
    "MatMul",
    "Max",
    "Mean",
    "Min",
    "Mul",
    "Neg",
    "Normalizer",
    "Not",
    "Or",
    "PRelu",
    "Pow",
    "Reciprocal",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceSum",
    "Relu",
    "Reshape",
    "Scaler",
    "Selu",
    "Sigmoid",
    "Sign",
    "Slice",
    "Softmax",
    "Softplus",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Sum",
    "Tanh",
    "Transpose",
    "TreeEnsembleClassifier",
    "Unsqueeze",
    "Where",
];

/// What is known of a graph that was prepared.
#[derive(Debug)]
pub(super) struct Prepared {
    /// How many features it takes.
    pub width: usize,
    /// The names of its classes, where it has them.
    pub classes: Option<Vec<String>>,
}

/// Reduces a graph to its probabilities, and checks it.
pub(super) fn prepare(graph: &mut GraphProto) -> Result<Prepared, OnnxError> {
    if !graph.sparse_initializer.is_empty() {
        return Err(OnnxError::Form(
            "it has sparse tensors, which simbet does not read".to_owned(),
        ));
    }
    let output = probabilities(graph)?;
    let zipped = take_off_map(graph, &output);
    let (output, zipped_classes) = zipped.unwrap_or((output, None));
    keep_needed(graph, &output)?;
    let width = width(graph)?;
    check_nodes(graph, width)?;
    let classes = zipped_classes.or_else(|| graph.node.iter().rev().find_map(labels));
    rewrite(graph, width)?;
    check_constants(graph)?;
    graph.output = vec![ValueInfoProto {
        name: output,
        ..ValueInfoProto::default()
    }];
    graph.value_info.clear();
    Ok(Prepared { width, classes })
}

/// The output with the probabilities: the one that is called so, or the only one.
fn probabilities(graph: &GraphProto) -> Result<String, OnnxError> {
    let names: Vec<&str> = graph
        .output
        .iter()
        .map(|output| output.name.as_str())
        .collect();
    let mut called = names
        .iter()
        .filter(|name| name.to_lowercase().contains("prob"));
    match (called.next(), called.next(), names.as_slice()) {
        (Some(name), None, _) | (None, None, [name]) => Ok((*name).to_owned()),
        _ => Err(OnnxError::Form(format!(
            "its outputs are {names:?}: one of them must be called \"probabilities\", or there must be only one"
        ))),
    }
}

/// What a map from classes to probabilities is made of, and its classes.
fn take_off_map(graph: &GraphProto, output: &str) -> Option<(String, Option<Vec<String>>)> {
    let node = graph
        .node
        .iter()
        .find(|node| node.output.iter().any(|name| name == output))?;
    let input = node.input.first()?;
    (node.op_type == "ZipMap").then(|| (input.clone(), labels(node)))
}

/// Leaves out whatever the output does not need.
fn keep_needed(graph: &mut GraphProto, output: &str) -> Result<(), OnnxError> {
    if graph.node.len() > MOST_NODES {
        return Err(OnnxError::Form(format!(
            "it has more than {MOST_NODES} operations"
        )));
    }
    let mut needed: HashSet<String> = HashSet::from([output.to_owned()]);
    let mut nodes = std::mem::take(&mut graph.node);
    nodes.reverse();
    nodes.retain(|node| {
        let is_needed = node.output.iter().any(|name| needed.contains(name));
        if is_needed {
            needed.extend(node.input.iter().cloned());
        }
        is_needed
    });
    nodes.reverse();
    graph.node = nodes;
    graph
        .initializer
        .retain(|tensor| needed.contains(&tensor.name));
    let initial = graph.initializer.iter().map(|t| t.name.as_str());
    let mut known: HashSet<&str> = initial.collect();
    graph
        .input
        .retain(|input| !known.contains(input.name.as_str()) && needed.contains(&input.name));
    known.extend(graph.input.iter().map(|input| input.name.as_str()));
    for node in &graph.node {
        if let Some(unknown) = node
            .input
            .iter()
            .find(|name| !name.is_empty() && !known.contains(name.as_str()))
        {
            return Err(OnnxError::damaged(format!(
                "{} needs {unknown:?}, which nothing makes",
                node.op_type
            )));
        }
        for name in node.output.iter().filter(|name| !name.is_empty()) {
            if !known.insert(name) {
                return Err(OnnxError::damaged(format!("two operations make {name:?}")));
            }
        }
    }
    if known.contains(output) {
        Ok(())
    } else {
        Err(OnnxError::damaged(format!(
            "nothing makes its output {output:?}"
        )))
    }
}

/// How many features its input has.
fn width(graph: &GraphProto) -> Result<usize, OnnxError> {
    let [input] = graph.input.as_slice() else {
        return Err(OnnxError::Form(format!(
            "it has {} inputs instead of one: export it with all features in one, as FloatTensorType([None, {}])",
            graph.input.len(),
            graph.input.len().max(2),
        )));
    };
    let found = input
        .r#type
        .as_ref()
        .and_then(|kind| match kind.value.as_ref()? {
            type_proto::Value::TensorType(tensor) => Some(tensor),
        });
    let is_float = found.is_some_and(|tensor| tensor.elem_type == DataType::Float as i32);
    let dims = found
        .and_then(|tensor| tensor.shape.as_ref())
        .map(|shape| shape.dim.as_slice());
    match dims {
        Some([_, features]) if is_float => match features.value {
            Some(dimension::Value::DimValue(width)) if (1..=10_000).contains(&width) => Ok(width as usize),
            _ => Err(OnnxError::Form("its input does not say how many features it has".to_owned())),
        },
        _ => Err(OnnxError::Form(
            "its input must be a table of 32-bit floats, a row for each match and a column for each feature: \
             FloatTensorType([None, number of features])"
                .to_owned(),
        )),
    }
}

fn check_nodes(graph: &GraphProto, width: usize) -> Result<(), OnnxError> {
    for node in &graph.node {
        let is_known = ["", "ai.onnx", "ai.onnx.ml"].contains(&node.domain.as_str());
        if !is_known || !OPERATIONS.contains(&node.op_type.as_str()) {
            let name = [node.domain.as_str(), node.op_type.as_str()].join(":");
            return Err(OnnxError::Operation(
                name.trim_start_matches(':').to_owned(),
            ));
        }
        let has_graph =
            |attribute: &AttributeProto| attribute.g.is_some() || !attribute.graphs.is_empty();
        let is_referred = |attribute: &AttributeProto| !attribute.ref_attr_name.is_empty();
        if node
            .attribute
            .iter()
            .any(|attribute| has_graph(attribute) || is_referred(attribute))
        {
            return Err(OnnxError::Operation(format!(
                "{} with a graph of its own",
                node.op_type
            )));
        }
        if node.op_type == "TreeEnsembleClassifier" {
            trees::check(node, width)?;
        }
        if node.op_type.ends_with("Classifier")
            && labels(node).is_none_or(|labels| labels.len() != 3)
        {
            return Err(OnnxError::Form(format!(
                "its {} has {} classes instead of three: home win, draw and away win",
                node.op_type,
                labels(node).map_or(0, |labels| labels.len()),
            )));
        }
    }
    Ok(())
}

/// Writes operations that tract does not know as others.
fn rewrite(graph: &mut GraphProto, width: usize) -> Result<(), OnnxError> {
    for node in std::mem::take(&mut graph.node) {
        match node.op_type.as_str() {
            "Scaler" => scaler(&node, graph)?,
            "Imputer" => imputer(&node, graph)?,
            "ArrayFeatureExtractor" => graph.node.push(gather(node)),
            "LinearClassifier" => graph.node.push(numbered(node, "classlabels_ints")),
            "TreeEnsembleClassifier" => graph.node.push(forest_of(node, width)?),
            _ => graph.node.push(node),
        }
    }
    Ok(())
}

/// (x − offset) · scale.
fn scaler(node: &NodeProto, graph: &mut GraphProto) -> Result<(), OnnxError> {
    let [input, output] = ends(node)?;
    let centred = format!("{output}:centred");
    let offset = constant(
        graph,
        format!("{output}:offset"),
        attribute(node, "offset")?,
    )?;
    let scale = constant(graph, format!("{output}:scale"), attribute(node, "scale")?)?;
    graph
        .node
        .push(operation("Sub", &[input, &offset], &centred));
    graph
        .node
        .push(operation("Mul", &[&centred, &scale], output));
    Ok(())
}

/// Values in the places of those that are missing.
fn imputer(node: &NodeProto, graph: &mut GraphProto) -> Result<(), OnnxError> {
    let [input, output] = ends(node)?;
    let (missing, mark) = (format!("{output}:missing"), format!("{output}:mark"));
    let imputed = attribute(node, "imputed_value_floats")?;
    let imputed = constant(graph, format!("{output}:imputed"), imputed)?;
    let marks = attribute(node, "replaced_value_float").map_or(f32::NAN, |attribute| attribute.f);
    if marks.is_nan() {
        graph.node.push(operation("IsNaN", &[input], &missing));
    } else {
        let marks = AttributeProto {
            floats: vec![marks],
            ..AttributeProto::default()
        };
        let mark = constant(graph, mark, &marks)?;
        graph
            .node
            .push(operation("Equal", &[input, &mark], &missing));
    }
    graph
        .node
        .push(operation("Where", &[&missing, &imputed, input], output));
    Ok(())
}

/// The columns of a table.
fn gather(mut node: NodeProto) -> NodeProto {
    node.op_type = "Gather".to_owned();
    node.domain = String::new();
    node.attribute = vec![AttributeProto {
        name: "axis".to_owned(),
        r#type: AttributeType::Int as i32,
        i: -1,
        ..AttributeProto::default()
    }];
    node
}

/// Trees as the operation that runs them here, which gives the probabilities alone.
fn forest_of(mut node: NodeProto, width: usize) -> Result<NodeProto, OnnxError> {
    let [_, probabilities] = node.output.as_slice() else {
        return Err(OnnxError::damaged("its trees must have two outputs"));
    };
    node.output = vec![probabilities.clone()];
    node.op_type = forest::NAME.to_owned();
    node.domain = String::new();
    node.attribute.push(AttributeProto {
        name: "width".to_owned(),
        r#type: AttributeType::Ints as i32,
        ints: vec![width as i64],
        ..AttributeProto::default()
    });
    Ok(node)
}

/// A classifier whose classes are numbers: tract has no names for them, and they are not needed.
fn numbered(mut node: NodeProto, attribute: &str) -> NodeProto {
    let count = labels(&node).map_or(0, |labels| labels.len()) as i64;
    node.attribute
        .retain(|known| !known.name.starts_with("classlabels_"));
    node.attribute.push(AttributeProto {
        name: attribute.to_owned(),
        r#type: AttributeType::Ints as i32,
        ints: (0..count).collect(),
        ..AttributeProto::default()
    });
    node
}

fn ends(node: &NodeProto) -> Result<[&str; 2], OnnxError> {
    match (node.input.as_slice(), node.output.as_slice()) {
        ([input], [output]) => Ok([input, output]),
        _ => Err(OnnxError::damaged(format!(
            "{} must have one input and one output",
            node.op_type
        ))),
    }
}

fn operation(kind: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: kind.to_owned(),
        name: output.to_owned(),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    }
}

/// Adds a row of numbers to a graph; its name.
fn constant(
    graph: &mut GraphProto,
    name: String,
    row: &AttributeProto,
) -> Result<String, OnnxError> {
    if row.floats.is_empty() {
        return Err(OnnxError::damaged(format!("{name:?} has no numbers")));
    }
    graph.initializer.push(TensorProto {
        name: name.clone(),
        data_type: DataType::Float as i32,
        dims: vec![1, row.floats.len() as i64],
        float_data: row.floats.clone(),
        ..TensorProto::default()
    });
    Ok(name)
}

/// Checks every tensor of numbers, and how many numbers operations on them alone may make: those are run when a model is
/// loaded, before the shapes of all others are known.
fn check_constants(graph: &GraphProto) -> Result<(), OnnxError> {
    let mut volumes: HashMap<&str, u64> = HashMap::new();
    for tensor in &graph.initializer {
        if tensor.dims.len() > MOST_DIMENSIONS {
            return Err(OnnxError::damaged(format!(
                "{:?} has {} dimensions",
                tensor.name,
                tensor.dims.len()
            )));
        }
        volumes.insert(&tensor.name, tensors::volume(tensor)?);
    }
    for node in &graph.node {
        for tensor in node
            .attribute
            .iter()
            .filter_map(|attribute| attribute.t.as_ref())
        {
            tensors::volume(tensor)?;
        }
        let inputs = node.input.iter().filter(|name| !name.is_empty());
        let all: Option<Vec<u64>> = inputs
            .map(|name| volumes.get(name.as_str()).copied())
            .collect();
        let Some(all) = all else { continue };
        let own = node
            .attribute
            .iter()
            .filter_map(|attribute| attribute.t.as_ref());
        let own = own
            .map(|tensor| tensors::volume(tensor).unwrap_or(0))
            .sum::<u64>();
        let most = if node.op_type == "Concat" {
            all.iter().sum()
        } else {
            all.iter().fold(own.max(64), |most, volume| {
                most.saturating_mul((*volume).max(1))
            })
        };
        if most > MOST {
            return Err(OnnxError::Form(format!(
                "{} may make a tensor of {most} numbers",
                node.op_type
            )));
        }
        volumes.extend(node.output.iter().map(|name| (name.as_str(), most)));
    }
    Ok(())
}
