//! The form of results: it grows by one whenever a figure gets another name or meaning, so that files of different
//! meanings are never compared or drawn as if they were alike.

use std::path::Path;

use serde_json::Value;

use super::error::ResultsError;
use super::names::{FORM, RUN};
use crate::schema::files::WRITER;

/// The name of the form's member in `run.json`.
pub const MEMBER: &str = "format";

/// What to do about older results.
const RUN_AGAIN: &str = "write them again with the same command, to another folder";
const UPDATE_BASELINE: &str = "write it again with --update-baseline";

/// Whether a JSON object is a baseline.
pub fn is_baseline(value: &Value) -> bool {
    value.get("baseline").is_some()
}

/// Checks that a folder has the form of this version, by its `run.json`.
///
/// # Errors
/// When it has another one, or one that is no number.
pub fn ensure_current_run(path: &Path, run: &Value) -> Result<(), ResultsError> {
    check(path, form_of(&path.join(RUN), run)?, run, RUN_AGAIN)
}

/// Checks that a summary has the figures of this version, by their names.
///
/// # Errors
/// When it does not.
pub fn ensure_current_summary(path: &Path, summary: &Value) -> Result<(), ResultsError> {
    let form = if has_older_figures(summary) { 1 } else { FORM };
    check(path, form, &Value::Null, RUN_AGAIN)
}

/// Checks that a baseline of this form can be compared.
///
/// # Errors
/// When it cannot.
pub(super) fn ensure_current_baseline(
    path: &Path,
    form: u64,
    baseline: &Value,
) -> Result<(), ResultsError> {
    let has_older = baseline.get("summary").is_some_and(has_older_figures);
    let form = if has_older { 1 } else { form };
    check(path, form, baseline, UPDATE_BASELINE)
}

fn check(path: &Path, form: u64, writer: &Value, remedy: &'static str) -> Result<(), ResultsError> {
    let (path, version) = (path.to_owned(), writer.get(WRITER).and_then(Value::as_str));
    let version = version.map_or_else(String::new, |version| format!("version {version}, "));
    match form.cmp(&FORM) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(ResultsError::Older {
            path,
            version,
            form,
            remedy,
        }),
        std::cmp::Ordering::Greater => Err(ResultsError::Newer {
            path,
            version,
            form,
            remedy,
        }),
    }
}

/// The form that a `run.json` names. The first had no number yet, but the version that wrote it.
fn form_of(path: &Path, run: &Value) -> Result<u64, ResultsError> {
    let damaged = |problem: String| ResultsError::Damaged {
        path: path.to_owned(),
        problem,
    };
    match run.get(MEMBER) {
        None if run.get(WRITER).is_none() => Err(damaged(format!(
            "it has neither \"{MEMBER}\" nor \"simbet\""
        ))),
        None => Ok(1),
        Some(form) => form
            .as_u64()
            .ok_or_else(|| damaged(format!("its \"{MEMBER}\" is not the number of a form"))),
    }
}

/// Whether a summary, or one within it, has profit / initial bankroll under its older name.
fn has_older_figures(summary: &Value) -> bool {
    match summary {
        Value::Object(members) => {
            (members.contains_key("roi") && !members.contains_key("growth"))
                || members.values().any(has_older_figures)
        }
        Value::Array(values) => values.iter().any(has_older_figures),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_older_figure_is_found_at_any_depth() {
        for old in [
            json!({ "roi": 0.1, "yield": 0.2 }),
            json!({ "strategies": [{ "roi": { "mean": 0.1 } }] }),
            json!({ "ranked": [{ "summary": { "roi": null } }] }),
        ] {
            assert!(has_older_figures(&old), "{old}");
        }
        for new in [
            json!({ "growth": 0.1 }),
            json!({ "roi": 1.5, "growth": 0.1 }),
            json!(["roi"]),
        ] {
            assert!(!has_older_figures(&new), "{new}");
        }
    }

    #[test]
    fn folders_without_a_form_are_the_first() {
        let path = Path::new("out");
        let form = |run: Value| ensure_current_run(path, &run);
        assert!(form(json!({ "simbet": "0.1.0", "format": FORM })).is_ok());
        let older = form(json!({ "simbet": "0.1.0" })).unwrap_err().to_string();
        assert_eq!(
            older,
            "out was written by an older simbet (version 0.1.0, results of form 1; this one has form 2), whose figures \
             have other names or meanings: write them again with the same command, to another folder"
        );
        let damaged = form(json!({})).unwrap_err().to_string();
        assert!(
            damaged.contains("damaged") && damaged.contains("neither \"format\" nor \"simbet\""),
            "{damaged}"
        );
        let newer = form(json!({ "format": 9 })).unwrap_err().to_string();
        assert!(
            newer.contains("by a newer simbet") && newer.contains("update simbet"),
            "{newer}"
        );
        assert!(
            form(json!({ "format": "two" }))
                .unwrap_err()
                .to_string()
                .contains("damaged")
        );
    }
}
