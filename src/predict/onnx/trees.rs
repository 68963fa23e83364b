//! Ensembles of trees: whether every path through them ends, and uses features that there are.

use tract_onnx::pb::{AttributeProto, NodeProto};

use super::error::OnnxError;

/// Checks an ensemble over so many features.
pub(super) fn check(node: &NodeProto, features: usize) -> Result<(), OnnxError> {
    let ensemble = Ensemble::of(node)?;
    ensemble.check_nodes(features)?;
    ensemble.check_leaves()
}

fn damaged(problem: impl ToString) -> OnnxError {
    OnnxError::Damaged(format!("its trees: {}", problem.to_string()))
}

struct Ensemble<'a> {
    trees: &'a [i64],
    nodes: &'a [i64],
    features: &'a [i64],
    yes: &'a [i64],
    no: &'a [i64],
    modes: &'a [Vec<u8>],
    leaf_trees: &'a [i64],
    leaf_nodes: &'a [i64],
    leaf_classes: &'a [i64],
    classes: usize,
}

impl<'a> Ensemble<'a> {
    fn of(node: &'a NodeProto) -> Result<Self, OnnxError> {
        let ints = |name: &str| ints(node, name);
        let size = |name: &str, all: fn(&AttributeProto) -> usize| attribute(node, name).map(all);
        let ensemble = Self {
            trees: ints("nodes_treeids")?,
            nodes: ints("nodes_nodeids")?,
            features: ints("nodes_featureids")?,
            yes: ints("nodes_truenodeids")?,
            no: ints("nodes_falsenodeids")?,
            modes: &attribute(node, "nodes_modes")?.strings,
            leaf_trees: ints("class_treeids")?,
            leaf_nodes: ints("class_nodeids")?,
            leaf_classes: ints("class_ids")?,
            classes: labels(node).map_or(0, |labels| labels.len()),
        };
        let nodes = ensemble.trees.len();
        let leaves = ensemble.leaf_trees.len();
        let sizes = [
            (nodes, ensemble.nodes.len()),
            (nodes, ensemble.features.len()),
            (nodes, ensemble.yes.len()),
            (nodes, ensemble.no.len()),
            (nodes, ensemble.modes.len()),
            (nodes, size("nodes_values", |a| a.floats.len())?),
            (leaves, ensemble.leaf_nodes.len()),
            (leaves, ensemble.leaf_classes.len()),
            (leaves, size("class_weights", |a| a.floats.len())?),
        ];
        match sizes.iter().find(|(one, other)| one != other) {
            Some((one, other)) => Err(damaged(format!(
                "{one} of something and {other} of its numbers"
            ))),
            None if nodes == 0 || leaves == 0 => Err(damaged("there are none")),
            None => Ok(ensemble),
        }
    }

    /// Whether each tree has nodes 0, 1, 2 … in order, and whether it is a tree.
    fn check_nodes(&self, features: usize) -> Result<(), OnnxError> {
        let mut start = 0;
        for tree in 0.. {
            let rest = &self.trees[start..];
            let size = rest.iter().take_while(|&&id| id == tree).count();
            if size == 0 {
                break;
            }
            self.check_tree(start..start + size, features)?;
            start += size;
        }
        if start == self.trees.len() {
            Ok(())
        } else {
            Err(damaged("they are not numbered 0, 1, 2 …"))
        }
    }

    fn check_tree(&self, range: std::ops::Range<usize>, features: usize) -> Result<(), OnnxError> {
        let (start, size) = (range.start, range.len());
        if !self.nodes[range].iter().copied().eq(0..size as i64) {
            return Err(damaged("their nodes are not numbered 0, 1, 2 …"));
        }
        let mut seen = vec![false; size];
        let mut open = vec![0];
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut seen[node], true) {
                return Err(damaged("two paths lead to one node"));
            }
            let at = start + node;
            if self.modes[at] == b"LEAF" {
                continue;
            }
            if usize::try_from(self.features[at])
                .ok()
                .is_none_or(|feature| feature >= features)
            {
                return Err(damaged(format!(
                    "there is no feature {}",
                    self.features[at]
                )));
            }
            for child in [self.yes[at], self.no[at]] {
                let child = usize::try_from(child).ok().filter(|child| *child < size);
                open.push(child.ok_or_else(|| damaged("a branch leads to no node"))?);
            }
        }
        Ok(())
    }

    /// Whether each weight is of a leaf and of a class. Those of a tree stand together, in the order of the trees.
    fn check_leaves(&self) -> Result<(), OnnxError> {
        let mut start_of_tree = Vec::new();
        for (at, tree) in self.trees.iter().enumerate() {
            if *tree == start_of_tree.len() as i64 {
                start_of_tree.push(at);
            }
        }
        for (leaf, (tree, node)) in self.leaf_trees.iter().zip(self.leaf_nodes).enumerate() {
            let start = usize::try_from(*tree)
                .ok()
                .and_then(|tree| start_of_tree.get(tree));
            let at = start.zip(usize::try_from(*node).ok());
            let at = at.map(|(start, node)| start.saturating_add(node));
            let is_leaf =
                at.is_some_and(|at| self.trees.get(at) == Some(tree) && self.modes[at] == b"LEAF");
            let class = usize::try_from(self.leaf_classes[leaf]);
            if !is_leaf || class.ok().is_none_or(|class| class >= self.classes) {
                return Err(damaged("a weight is of no leaf, or of no class"));
            }
        }
        Ok(())
    }
}

/// The attribute of this name.
pub(super) fn attribute<'a>(
    node: &'a NodeProto,
    name: &str,
) -> Result<&'a AttributeProto, OnnxError> {
    let mut all = node.attribute.iter();
    all.find(|attribute| attribute.name == name)
        .ok_or_else(|| OnnxError::damaged(format!("{} has no {name}", node.op_type)))
}

/// The whole numbers in the attribute of this name.
pub(super) fn ints<'a>(node: &'a NodeProto, name: &str) -> Result<&'a [i64], OnnxError> {
    Ok(&attribute(node, name)?.ints)
}

/// The classes of a node that has them.
pub(super) fn labels(node: &NodeProto) -> Option<Vec<String>> {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    node.attribute
        .iter()
        .find_map(|attribute| match attribute.name.as_str() {
            "classlabels_strings" => Some(attribute.strings.iter().map(text).collect()),
            "classlabels_int64s" | "classlabels_ints" => {
                Some(attribute.ints.iter().map(i64::to_string).collect())
            }
            _ => None,
        })
}
