//! What a model's metadata say of it.

use tract_onnx::pb::ModelProto;

use super::error::OnnxError;

/// The names of its features, the last day it was trained on, and its classes.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub features: Vec<String>,
    pub trained_to: String,
    /// As they are written there, in the order of the model's probabilities.
    pub classes: Option<Vec<String>>,
}

impl Metadata {
    pub fn of(model: &ModelProto) -> Result<Self, OnnxError> {
        let features = value(model, "features").ok_or(OnnxError::Missing {
            key: "features",
            what: "which columns of `simbet features` are its inputs, in their order",
        })?;
        let trained_to = value(model, "trained_to").ok_or(OnnxError::Missing {
            key: "trained_to",
            what: "the day of the last match that it was trained on, as YYYY-MM-DD: nothing up to that day is bet on",
        })?;
        Ok(Self {
            features: list(features),
            trained_to: trained_to.trim().to_owned(),
            classes: value(model, "classes").map(list),
        })
    }
}

fn value<'a>(model: &'a ModelProto, key: &str) -> Option<&'a str> {
    let mut all = model.metadata_props.iter();
    let known = all.find(|entry| entry.key == key)?;
    Some(known.value.as_str()).filter(|value| !value.trim().is_empty())
}

/// The parts of `a, b, c`; brackets and quotes of JSON and Python are taken off.
fn list(text: &str) -> Vec<String> {
    let text = text.trim().trim_start_matches(['[', '(']);
    let text = text.trim_end_matches([']', ')']);
    let part = |part: &str| part.trim().trim_matches(['"', '\'']).to_owned();
    text.split(',').map(part).collect()
}

/// The place of home win, draw and away win among classes of these names.
pub(super) fn places(classes: &[String]) -> Result<[usize; 3], OnnxError> {
    const WORDS: [&[&str]; 3] = [
        &["h", "home", "home_win", "1"],
        &["d", "draw", "x"],
        &["a", "away", "away_win", "2"],
    ];
    let place = |words: &[&str]| {
        let is_it = |class: &String| words.contains(&class.to_lowercase().as_str());
        classes.iter().position(is_it)
    };
    match WORDS.map(place) {
        [Some(home), Some(draw), Some(away)] if classes.len() == 3 => Ok([home, draw, away]),
        _ => Err(OnnxError::Metadata {
            key: "classes",
            expected: "H, D and A in the order of the model's probabilities (scikit-learn sorts them: A,D,H)".to_owned(),
            found: classes.join(","),
        }),
    }
}
