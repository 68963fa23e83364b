//! What `run.json` says of the files beside it, so that those of two runs are never taken for those of one.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::error::ResultsError;
use super::names::{self, RUN};
use super::{form, seal};
use crate::schema::files::{self, WRITER};

/// The member with the SHA-256 of each file; while a run puts its files there, with that of the earlier file too.
const FILES: &str = "files";
/// The member of a `run.json` that stands while files are put beside it.
const UNFINISHED: &str = "unfinished";

/// The SHA-256 of files by their names.
pub type Digests = BTreeMap<String, String>;

/// The files of a folder of results.
#[derive(Debug)]
pub struct Manifest {
    digests: BTreeMap<String, Vec<String>>,
    /// Whether the run that wrote it was stopped before all of its files were there.
    pub is_unfinished: bool,
}

impl Manifest {
    /// What the `run.json` of a folder says.
    ///
    /// # Errors
    /// When simbet did not write it, an older or a newer one did, or it was changed.
    pub fn read(folder: &Path, run: &Value) -> Result<Self, ResultsError> {
        if !files::is_run(run) {
            return Err(ResultsError::Foreign {
                path: folder.to_owned(),
                file: RUN.to_owned(),
            });
        }
        form::ensure_current_run(folder, run)?;
        let digests = run.get(FILES).and_then(Value::as_object);
        let digests = digests.ok_or_else(|| ResultsError::NoDigests {
            path: folder.to_owned(),
        })?;
        if !seal::is_sealed(run) {
            return Err(ResultsError::Changed {
                path: folder.to_owned(),
                file: RUN.to_owned(),
            });
        }
        Ok(Self {
            digests: digests.iter().map(listed).collect(),
            is_unfinished: run.get(UNFINISHED).is_some(),
        })
    }

    /// The names of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.digests.keys().map(String::as_str)
    }

    /// Whether another folder has the same files.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.digests == other.digests
    }

    /// Whether a file of this name and SHA-256 belongs to the folder.
    pub fn lists(&self, name: &str, digest: &str) -> bool {
        let known = self.digests.get(name);
        known.is_some_and(|known| known.iter().any(|one| one == digest))
    }
}

fn listed((name, digests): (&String, &Value)) -> (String, Vec<String>) {
    let digests = match digests {
        Value::Array(several) => several,
        one => std::slice::from_ref(one),
    };
    let digests = digests.iter().filter_map(Value::as_str);
    (name.clone(), digests.map(str::to_owned).collect())
}

/// The content of a `run.json`: version and form first, then what the run says of itself, then its files.
pub fn finished(run: &Value, digests: &Digests) -> Value {
    let mut all = head();
    if let (Some(all), Some(run)) = (all.as_object_mut(), run.as_object()) {
        all.extend(run.clone());
    }
    all[FILES] = json!(digests);
    seal::sealed(all)
}

/// The content of the `run.json` that stands while files are put beside it: each is the earlier or the later one.
pub fn unfinished(before: &Digests, after: &Digests) -> Value {
    let mut digests: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (name, digest) in before.iter().chain(after) {
        digests.entry(name).or_default().push(digest);
    }
    let mut all = head();
    all[UNFINISHED] = true.into();
    all[FILES] = json!(digests);
    seal::sealed(all)
}

fn head() -> Value {
    json!({ WRITER: env!("CARGO_PKG_VERSION"), form::MEMBER: names::FORM })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(all: &[(&str, &str)]) -> Digests {
        let own = |(name, digest): &(&str, &str)| ((*name).to_owned(), (*digest).to_owned());
        all.iter().map(own).collect()
    }

    #[test]
    fn while_files_are_put_there_either_run_owns_them() {
        let (before, after) = (
            digests(&[("a", "1"), ("b", "2")]),
            digests(&[("a", "3"), ("c", "4")]),
        );
        let between = Manifest::read(Path::new("out"), &unfinished(&before, &after)).unwrap();
        for (name, digest) in before.iter().chain(&after) {
            assert!(between.lists(name, digest));
        }
        assert!(between.is_unfinished && !between.lists("b", "1"));
        let done = Manifest::read(Path::new("out"), &finished(&json!({}), &after)).unwrap();
        assert!(!done.is_unfinished && done.lists("c", "4") && !done.lists("a", "1"));
    }

    #[test]
    fn a_run_that_is_not_sealed_owns_nothing() {
        let whole = finished(&json!({ "headline": "x" }), &digests(&[("a", "1")]));
        let cases = [
            (json!({ "tool": "mlflow" }), "no run of simbet wrote"),
            (json!({ "simbet": 1 }), "no run of simbet wrote"),
            (json!(null), "no run of simbet wrote"),
            (json!({ "simbet": "0.1.0" }), "older simbet"),
            (json!({ "simbet": "0.1.0", "format": 9 }), "newer simbet"),
            (
                json!({ "simbet": "0.1.0", "format": 2 }),
                "noted no digests",
            ),
            (
                {
                    let mut edited = whole;
                    edited["headline"] = "y".into();
                    edited
                },
                "run.json, which was changed",
            ),
        ];
        for (run, said) in cases {
            let error = Manifest::read(Path::new("out"), &run).unwrap_err();
            assert!(error.to_string().contains(said), "{run}: {error}");
        }
    }
}
