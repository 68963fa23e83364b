//! Ensembles of trees, as an operation of tract's graphs.
//!
//! tract has one of its own. It looks for the weights of a leaf from the first leaf on, which takes milliseconds for a match, and
//! it trusts the numbers in the file.

use tract_onnx::model::ParsingContext;
use tract_onnx::pb::NodeProto;
use tract_onnx::tract_hir::internal::*;

use super::error::OnnxError;
use super::trees::{attribute, ints, labels};

/// The name of the operation.
pub(super) const NAME: &str = "SimbetForest";

/// What is done with the sums of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Transform {
    None,
    Softmax,
    Logistic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Comparison {
    LessOrEqual,
    Less,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node {
    Branch {
        feature: usize,
        comparison: Comparison,
        /// The bits of a 32-bit float.
        threshold: u32,
        missing_is_yes: bool,
        yes: usize,
        no: usize,
    },
    /// Weights in this range of the list.
    Leaf(std::ops::Range<usize>),
}

/// Trees whose every path ends, which was checked before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Forest {
    width: usize,
    classes: usize,
    roots: Vec<usize>,
    nodes: Vec<Node>,
    /// A class, and the bits of its weight.
    weights: Vec<(usize, u32)>,
    base: Vec<u32>,
    transform: Transform,
}

impl Forest {
    /// The forest of a node that was checked by [`super::trees::check`], over so many features.
    pub fn of(node: &NodeProto, width: usize) -> Result<Self, OnnxError> {
        let classes = labels(node).map_or(0, |labels| labels.len());
        let bits = |floats: &[f32]| floats.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let base =
            attribute(node, "base_values").map_or_else(|_| vec![0; classes], |a| bits(&a.floats));
        if base.len() != classes {
            return Err(OnnxError::damaged(
                "its trees have not as many base values as classes",
            ));
        }
        let mut forest = Self {
            width,
            classes,
            roots: Vec::new(),
            nodes: Vec::new(),
            weights: Vec::new(),
            base,
            transform: transform(node)?,
        };
        forest.add_nodes(node)?;
        Ok(forest)
    }

    fn add_nodes(&mut self, node: &NodeProto) -> Result<(), OnnxError> {
        let trees = ints(node, "nodes_treeids")?;
        let [ids, features, yes, no] = [
            "nodes_nodeids",
            "nodes_featureids",
            "nodes_truenodeids",
            "nodes_falsenodeids",
        ]
        .map(|name| ints(node, name));
        let (ids, features, yes, no) = (ids?, features?, yes?, no?);
        let thresholds = &attribute(node, "nodes_values")?.floats;
        let modes = &attribute(node, "nodes_modes")?.strings;
        let missing = ints(node, "nodes_missing_value_tracks_true").unwrap_or_default();
        let leaves = leaves(node)?;
        for (at, tree) in trees.iter().enumerate() {
            if ids[at] == 0 {
                self.roots.push(at);
            }
            let root = self.roots.last().copied().unwrap_or(0);
            let child = |id: i64| root + id as usize;
            let made = match comparison(&modes[at])? {
                Some(comparison) => Node::Branch {
                    feature: features[at] as usize,
                    comparison,
                    threshold: thresholds[at].to_bits(),
                    missing_is_yes: missing.get(at).is_some_and(|tracks| *tracks != 0),
                    yes: child(yes[at]),
                    no: child(no[at]),
                },
                None => {
                    let start = self.weights.len();
                    let own = leaves.get(&(*tree, ids[at])).into_iter().flatten();
                    self.weights.extend(own);
                    Node::Leaf(start..self.weights.len())
                }
            };
            self.nodes.push(made);
        }
        Ok(())
    }

    /// The probabilities of the classes for a row of features.
    fn row(&self, features: &[f32]) -> Vec<f32> {
        let mut sums: Vec<f32> = self.base.iter().map(|bits| f32::from_bits(*bits)).collect();
        for root in &self.roots {
            let mut node = &self.nodes[*root];
            while let Node::Branch {
                feature,
                comparison,
                threshold,
                missing_is_yes,
                yes,
                no,
            } = node
            {
                let x = features[*feature];
                let goes = if x.is_nan() {
                    *missing_is_yes
                } else {
                    comparison.holds(x, f32::from_bits(*threshold))
                };
                node = &self.nodes[if goes { *yes } else { *no }];
            }
            if let Node::Leaf(weights) = node {
                for (class, bits) in &self.weights[weights.clone()] {
                    sums[*class] += f32::from_bits(*bits);
                }
            }
        }
        self.transform.apply(&mut sums);
        sums
    }
}

/// The weights of each leaf for the classes, by tree and node.
type Leaves = HashMap<(i64, i64), Vec<(usize, u32)>>;

fn leaves(node: &NodeProto) -> Result<Leaves, OnnxError> {
    let [trees, nodes, classes] =
        ["class_treeids", "class_nodeids", "class_ids"].map(|name| ints(node, name));
    let weights = &attribute(node, "class_weights")?.floats;
    let mut leaves = Leaves::default();
    let places = trees?.iter().zip(nodes?);
    for ((place, class), weight) in places.zip(classes?).zip(weights) {
        let weights = leaves.entry((*place.0, *place.1)).or_default();
        weights.push((*class as usize, weight.to_bits()));
    }
    Ok(leaves)
}

fn comparison(mode: &[u8]) -> Result<Option<Comparison>, OnnxError> {
    Ok(Some(match mode {
        b"LEAF" => return Ok(None),
        b"BRANCH_LEQ" => Comparison::LessOrEqual,
        b"BRANCH_LT" => Comparison::Less,
        b"BRANCH_GT" => Comparison::Greater,
        b"BRANCH_GTE" => Comparison::GreaterOrEqual,
        b"BRANCH_EQ" => Comparison::Equal,
        b"BRANCH_NEQ" => Comparison::NotEqual,
        other => {
            let other = String::from_utf8_lossy(other).into_owned();
            return Err(OnnxError::Operation(format!(
                "of trees with branches {other}"
            )));
        }
    }))
}

fn transform(node: &NodeProto) -> Result<Transform, OnnxError> {
    match attribute(node, "post_transform").map_or(b"NONE".as_slice(), |a| a.s.as_slice()) {
        b"NONE" | b"" => Ok(Transform::None),
        b"SOFTMAX" => Ok(Transform::Softmax),
        b"LOGISTIC" => Ok(Transform::Logistic),
        other => {
            let other = String::from_utf8_lossy(other).into_owned();
            Err(OnnxError::Operation(format!(
                "of trees with the transform {other}"
            )))
        }
    }
}

impl Comparison {
    fn holds(self, x: f32, threshold: f32) -> bool {
        match self {
            Self::LessOrEqual => x <= threshold,
            Self::Less => x < threshold,
            Self::Greater => x > threshold,
            Self::GreaterOrEqual => x >= threshold,
            Self::Equal => x == threshold,
            Self::NotEqual => x != threshold,
        }
    }
}

impl Transform {
    fn apply(self, sums: &mut [f32]) {
        match self {
            Self::None => {}
            Self::Softmax => {
                let most = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                sums.iter_mut().for_each(|x| *x = (*x - most).exp());
                let total: f32 = sums.iter().sum();
                sums.iter_mut().for_each(|x| *x /= total);
            }
            Self::Logistic => sums.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp())),
        }
    }
}

/// Adds the operation to those that tract knows. `width` is the number of features.
pub(super) fn register(onnx: &mut tract_onnx::Onnx) {
    onnx.op_register.insert(NAME, build);
}

fn build(_: &ParsingContext, node: &NodeProto) -> TractResult<(Box<dyn InferenceOp>, Vec<String>)> {
    let width = ints(node, "width").map_err(|error| TractError::msg(error.to_string()))?;
    let width = width.first().copied().unwrap_or(0) as usize;
    let forest = Forest::of(node, width).map_err(|error| TractError::msg(error.to_string()))?;
    Ok((expand(forest), Vec::new()))
}

impl Expansion for Forest {
    fn name(&self) -> StaticName {
        NAME.into()
    }

    fn rules<'r, 'p: 'r, 's: 'r>(
        &'s self,
        solver: &mut Solver<'r>,
        inputs: &'p [TensorProxy],
        outputs: &'p [TensorProxy],
    ) -> InferenceResult {
        check_input_arity(inputs, 1)?;
        check_output_arity(outputs, 1)?;
        solver.equals(&inputs[0].rank, 2)?;
        solver.equals(&inputs[0].shape[1], self.width.to_dim())?;
        solver.equals(&outputs[0].datum_type, f32::datum_type())?;
        solver.equals(&outputs[0].rank, 2)?;
        solver.equals(&outputs[0].shape[0], &inputs[0].shape[0])?;
        solver.equals(&outputs[0].shape[1], self.classes.to_dim())
    }

    fn wire(
        &self,
        prefix: &str,
        model: &mut TypedModel,
        inputs: &[OutletId],
    ) -> TractResult<TVec<OutletId>> {
        model.wire_node(prefix, self.clone(), inputs)
    }
}

impl Op for Forest {
    fn name(&self) -> StaticName {
        NAME.into()
    }

    op_as_typed_op!();
}

impl EvalOp for Forest {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let input = input.cast_to::<f32>()?;
        let view = input.to_plain_array_view::<f32>()?;
        let features: Vec<f32> = view.iter().copied().collect();
        ensure!(
            view.ndim() == 2 && view.shape()[1] == self.width,
            "a forest of other features"
        );
        let sums: Vec<f32> = features
            .chunks_exact(self.width)
            .flat_map(|row| self.row(row))
            .collect();
        let output = Tensor::from_shape(&[sums.len() / self.classes, self.classes], &sums)?;
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for Forest {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let rows = inputs[0].shape[0].clone();
        Ok(tvec!(f32::fact(&[rows, self.classes.to_dim()])))
    }

    as_op!();
}
