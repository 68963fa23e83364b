//! The comparison of the figures of two summaries.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Number, Value};

use super::tolerance::{self, Tolerance};
use crate::rounding::rounded;

/// The result of comparing a figure, a bet or a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal in all ten decimals.
    Same,
    /// Not equal, and within the tolerance.
    Within,
    /// Different by more than the tolerance.
    Moved,
    /// Only in the new run.
    New,
    /// Only in the base.
    Gone,
}

impl Verdict {
    /// Whether it is a change that no tolerance allows.
    pub fn is_change(self) -> bool {
        matches!(self, Self::Moved | Self::New | Self::Gone)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Within => "within tolerance",
            Self::Moved => "moved",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// A figure of the summary in both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The name, the parts of nested ones joined by dots: `luck.yield.std_error`.
    pub name: String,
    /// The value in the base; `None` where it is absent, null where it is undefined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Value>,
    /// The value in the new run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// New less base; `None` unless both are numbers.
    pub difference: Option<f64>,
    /// The greatest difference allowed; `None` if any is.
    pub tolerance: Option<f64>,
    /// The result of the comparison.
    pub verdict: Verdict,
}

/// The figures of a summary by name, in its order. Names of members, and indices of lists, are joined by dots.
pub(super) fn flatten(summary: &Value) -> Vec<(String, Value)> {
    let mut figures = Vec::new();
    descend(String::new(), summary, &mut figures);
    figures
}

fn descend(name: String, value: &Value, figures: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(part, value)| descend(join(&name, part), value, figures)),
        Value::Array(members) => {
            members.iter().enumerate().for_each(|(index, value)| {
                descend(join(&name, &index.to_string()), value, figures);
            });
        }
        other => figures.push((name, other.clone())),
    }
}

fn join(name: &str, part: &str) -> String {
    if name.is_empty() {
        part.to_owned()
    } else {
        format!("{name}.{part}")
    }
}

/// Replaces a group that is undefined as a whole by its figures, each undefined, where the other side has them.
fn expand_undefined(
    figures: &[(String, Value)],
    other: &[(String, Value)],
) -> Vec<(String, Value)> {
    let mut order: Vec<usize> = (0..other.len()).collect();
    order.sort_by_key(|&index| &other[index].0);
    let mut expanded = Vec::with_capacity(figures.len());
    for (name, value) in figures {
        let group = format!("{name}.");
        let first = order.partition_point(|&index| other[index].0 < group);
        let mut members: Vec<usize> = order[first..]
            .iter()
            .copied()
            .take_while(|&index| other[index].0.starts_with(&group))
            .collect();
        if members.is_empty() || !value.is_null() {
            expanded.push((name.clone(), value.clone()));
            continue;
        }
        members.sort_unstable();
        expanded.extend(
            members
                .into_iter()
                .map(|index| (other[index].0.clone(), Value::Null)),
        );
    }
    expanded
}

/// Compares every figure of either run, in the order of the base, new ones last.
pub(super) fn compare(
    base: &[(String, Value)],
    new: &[(String, Value)],
    tolerances: &[Tolerance],
) -> Vec<Figure> {
    let (base, new) = (&expand_undefined(base, new), &expand_undefined(new, base));
    let mut unseen: HashMap<&str, Vec<&Value>> = HashMap::new();
    for (name, value) in new.iter().rev() {
        unseen.entry(name).or_default().push(value);
    }
    let mut figures: Vec<Figure> = Vec::with_capacity(base.len());
    for (name, value) in base {
        let partner = unseen.get_mut(name.as_str()).and_then(Vec::pop);
        figures.push(figure(name, Some(value), partner, tolerances));
    }
    for (name, _) in new {
        if let Some(value) = unseen.get_mut(name.as_str()).and_then(Vec::pop) {
            figures.push(figure(name, None, Some(value), tolerances));
        }
    }
    figures
}

fn figure(
    name: &str,
    base: Option<&Value>,
    new: Option<&Value>,
    tolerances: &[Tolerance],
) -> Figure {
    let most = tolerance::of(tolerances, name);
    let difference = match (base, new) {
        (Some(Value::Number(base)), Some(Value::Number(new))) => difference(base, new),
        _ => None,
    };
    let verdict = match (base, new) {
        _ if base == new || difference == Some(0.0) => Verdict::Same,
        _ if most == f64::INFINITY => Verdict::Within,
        (None, _) => Verdict::New,
        (_, None) => Verdict::Gone,
        _ if difference.is_some_and(|difference| difference.abs() <= most) => Verdict::Within,
        _ => Verdict::Moved,
    };
    let tolerance = most.is_finite().then_some(most);
    Figure {
        name: name.to_owned(),
        base: base.cloned(),
        new: new.cloned(),
        difference,
        tolerance,
        verdict,
    }
}

/// New less base, both to ten decimals; whole numbers exactly, because a seed may not fit a float.
fn difference(base: &Number, new: &Number) -> Option<f64> {
    match (base.as_i128(), new.as_i128()) {
        (Some(base), Some(new)) => Some((new - base) as f64),
        _ => Some(rounded_difference(base.as_f64()?, new.as_f64()?)),
    }
}

/// New less base, both rounded to ten decimals, and the difference as well.
///
/// simbet writes ten decimals into tables. Further digits are rounding errors, which differ between compilers and
/// processors.
pub(super) fn rounded_difference(base: f64, new: f64) -> f64 {
    rounded(rounded(new) - rounded(base))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(base: Value, new: Value, tolerance: &str) -> Verdict {
        let tolerances = [tolerance.parse().unwrap()];
        figure("x", Some(&base), Some(&new), &tolerances).verdict
    }

    #[test]
    fn a_difference_of_just_the_tolerance_is_within_it() {
        assert_eq!(verdict(json!(0.29), json!(0.30), "x=0.01"), Verdict::Within);
        assert_eq!(
            verdict(json!(0.29), json!(0.30), "x=0.0099999"),
            Verdict::Moved
        );
    }

    #[test]
    fn noise_beyond_ten_decimals_is_no_difference() {
        assert_eq!(verdict(json!(0.3), json!(0.1 + 0.2), "y=1"), Verdict::Same);
        assert_eq!(verdict(json!(1), json!(1.0), "y=1"), Verdict::Same);
    }

    #[test]
    fn whole_numbers_are_compared_to_the_last_digit() {
        assert_eq!(
            verdict(json!(u64::MAX), json!(u64::MAX - 1), "x=0"),
            Verdict::Moved
        );
    }

    #[test]
    fn a_group_that_is_undefined_is_each_of_its_figures_undefined() {
        let flat = |value: Value| flatten(&json!({ "test": value, "n": 1 }));
        let then = flat(json!({ "p": 0.5, "t": null }));
        let verdicts = |base: &[(String, Value)], new: &[(String, Value)]| -> Vec<_> {
            compare(base, new, &[])
                .into_iter()
                .map(|figure| (figure.name, figure.verdict))
                .collect()
        };
        let expected = [
            ("test.p", Verdict::Moved),
            ("test.t", Verdict::Same),
            ("n", Verdict::Same),
        ];
        let expected = expected.map(|(name, verdict)| (name.to_owned(), verdict));
        assert_eq!(verdicts(&then, &flat(Value::Null)), expected);
        assert_eq!(verdicts(&flat(Value::Null), &then), expected);
        assert_eq!(verdicts(&flat(Value::Null), &flat(Value::Null)).len(), 2);
    }

    #[test]
    fn undefined_against_a_number_is_moved_unless_anything_goes() {
        assert_eq!(verdict(json!(null), json!(0), "x=1"), Verdict::Moved);
        assert_eq!(verdict(json!(null), json!(0), "x=inf"), Verdict::Within);
        assert_eq!(verdict(json!("1"), json!(1), "x=1"), Verdict::Moved);
    }
}
