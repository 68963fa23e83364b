//! A part of a run: what one of several workers did, in a folder of its own.
//!
//! It is a folder of results whose `run.json` has a member that says of which run it is which part. As in every folder
//! `run.json` comes last, is sealed, and has the digests of the other files, so that what a worker left that was killed is
//! never taken for a part.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ResultsError;
use super::lock::{self, Wait};
use super::manifest::Manifest;
use super::names::RUN;
use super::{loading, seal};
use crate::schema::files::{self, PART, WRITER};

/// The form of parts. It grows with every change of what is in them; a part of another form is not merged.
const FORM: u64 = 1;

/// Which part of which kind of run it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The form of parts.
    form: u64,
    /// The command.
    pub command: String,
    /// As it was asked for: `3/16`.
    pub shard: String,
    /// The first item, counted from 0.
    pub first: u64,
    /// The item after the last.
    pub end: u64,
    /// The items of the whole.
    pub all: u64,
}

/// A finished part.
#[derive(Debug)]
pub struct Part {
    /// Where it is.
    pub path: PathBuf,
    /// Which part it is.
    pub span: Span,
    /// The content of its `run.json`.
    pub run: Value,
    manifest: Manifest,
}

/// Why a folder is no part that can be merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartError {
    /// There is no such folder.
    #[error("{} is no folder: parts are the folders that --shard wrote", path.display())]
    NoFolder {
        /// What is there, or not.
        path: PathBuf,
    },
    /// Nothing was finished.
    #[error(
        "{} holds no finished part: its worker was stopped, or is still at work; repeat its command, or wait for it",
        path.display()
    )]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// Another thing than a part.
    #[error("{} holds {what} and no part of a run that --shard wrote: leave it out", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        what: &'static str,
    },
    /// A part of another version.
    #[error(
        "{} is a part that simbet {found} wrote{form}, and this is {}: merge with the version that wrote the parts, or repeat \
         them with this one",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// The folder.
        path: PathBuf,
        /// The version that wrote it.
        found: String,
        /// Its form, in words, where that is another one.
        form: String,
    },
    /// A part whose files are not what its worker wrote.
    #[error(
        "{} is damaged: {problem}; remove {} and repeat the command of this part",
        path.display(),
        folder_of(path).display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A part whose command means something else to this build, though its version has the same number.
    #[error(
        "{} was written by another build of simbet, which understood its command otherwise: merge with that one, or repeat the \
         parts",
        path.display()
    )]
    OtherBuild {
        /// The folder.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsError),
}

impl Span {
    /// A part of a run of this command, of the form of this version.
    pub fn new(command: &str, shard: impl ToString, items: std::ops::Range<u64>, all: u64) -> Self {
        Self {
            form: FORM,
            command: command.to_owned(),
            shard: shard.to_string(),
            first: items.start,
            end: items.end,
            all,
        }
    }

    /// Makes the members of a `run.json` those of this part.
    pub fn mark(&self, run: &mut Value) {
        run[PART] = serde_json::to_value(self).unwrap_or_default();
    }
}

impl Part {
    /// Reads what a folder says of itself; its files are read on request.
    ///
    /// # Errors
    /// When it is no part, unfinished, damaged, or of another version.
    pub fn read(path: &Path, wait: Wait<'_>) -> Result<Self, PartError> {
        if !path.is_dir() {
            return Err(PartError::NoFolder {
                path: path.to_owned(),
            });
        }
        fs::read_dir(path).map_err(|source| ResultsError::Read {
            path: path.to_owned(),
            source,
        })?;
        let _lock = lock::shared(path, wait)?;
        if !loading::is_there(path, RUN)? {
            return Err(PartError::Unfinished {
                path: path.to_owned(),
            });
        }
        let run: Value = serde_json::from_slice(&loading::of_folder(path, RUN)?)
            .map_err(|error| damaged(&path.join(RUN), error))?;
        ensure_version(path, &run)?;
        let manifest = manifest(path, &run)?;
        let span = run.get(PART).ok_or(PartError::Foreign {
            path: path.to_owned(),
            what: "the results of a whole run",
        })?;
        let span = Span::deserialize(span).map_err(|error| damaged(&path.join(RUN), error))?;
        Ok(Self {
            path: path.to_owned(),
            span,
            run,
            manifest,
        })
    }

    /// The error of a file of this part that is not what its worker wrote.
    pub fn damaged(&self, name: &str, problem: impl ToString) -> PartError {
        damaged(&self.path.join(name), problem)
    }

    /// The error where this build understands its command otherwise.
    pub fn of_other_build(&self) -> PartError {
        PartError::OtherBuild {
            path: self.path.clone(),
        }
    }

    /// The paths of the files that it read, by their SHA-256.
    pub fn inputs(&self) -> BTreeMap<&str, &str> {
        let inputs = self.run["inputs"].as_array().into_iter().flatten();
        inputs
            .map(|input| {
                let [sha256, path] = ["sha256", "path"].map(|name| input[name].as_str());
                (sha256.unwrap_or_default(), path.unwrap_or_default())
            })
            .collect()
    }

    /// Whether it has a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.manifest.names().any(|known| known == name)
    }

    /// The bytes of a file, as its worker wrote them.
    ///
    /// # Errors
    /// When it is missing, cannot be read, or is another one.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, PartError> {
        let path = self.path.join(name);
        self.ensure_there(name)?;
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|source| unread(&path, source))?;
        self.ensure_listed(name, &seal::digest(&bytes))?;
        Ok(bytes)
    }

    /// Checks that a file is as its worker wrote it, without keeping it in memory.
    ///
    /// # Errors
    /// When it is missing, cannot be read, or is another one.
    pub fn check(&self, name: &str) -> Result<(), PartError> {
        let path = self.path.join(name);
        self.ensure_there(name)?;
        let digest = seal::digest_of_file(&path).map_err(|source| unread(&path, source))?;
        self.ensure_listed(name, &digest)
    }

    /// Checks that a file is one: a pipe would be waited for.
    fn ensure_there(&self, name: &str) -> Result<(), PartError> {
        if loading::is_there(&self.path, name)? {
            return Ok(());
        }
        Err(self.damaged(name, "it is not there"))
    }

    fn ensure_listed(&self, name: &str, digest: &str) -> Result<(), PartError> {
        if self.manifest.lists(name, digest) {
            return Ok(());
        }
        Err(self.damaged(name, "it is not as its worker wrote it"))
    }

    /// Whether another part is the same: the same items, and the same bytes in every file.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let items = |part: &Self| (part.span.first, part.span.end, part.span.all);
        let journal = |part: &Self| part.run.get("journal").cloned();
        items(self) == items(other)
            && self.manifest.is_same_as(&other.manifest)
            && journal(self) == journal(other)
    }
}

/// Checks that a folder has no other part than this one of this command, whose work would be lost.
///
/// # Errors
/// When it has one.
pub fn ensure_no_other_part(
    path: &Path,
    command: &str,
    shard: impl ToString,
) -> Result<(), ResultsError> {
    let text = loading::of_folder(path, RUN).unwrap_or_default();
    let run: Value = serde_json::from_slice(&text).unwrap_or_default();
    let [found_command, found] = ["command", "shard"].map(|name| run[PART][name].as_str());
    let (Some(found_command), Some(found), true) = (found_command, found, files::is_run(&run))
    else {
        return Ok(());
    };
    let wanted = shard.to_string();
    if found_command == command && found == wanted {
        return Ok(());
    }
    Err(ResultsError::Occupied {
        path: path.to_owned(),
        found: format!("{found} of {found_command}"),
        wanted: format!("{wanted} of {command}"),
    })
}

/// The first of these files, by SHA-256, that is not among others: its SHA-256 and its path.
pub fn first_missing<'a>(
    files: &BTreeMap<&'a str, &'a str>,
    others: &BTreeMap<&str, &str>,
) -> Option<(&'a str, &'a str)> {
    let mut missing = files
        .iter()
        .filter(|(sha256, _)| !others.contains_key(*sha256));
    missing.next().map(|(sha256, path)| (*sha256, *path))
}

/// Checks that this version wrote it.
fn ensure_version(path: &Path, run: &Value) -> Result<(), PartError> {
    if !files::is_run(run) {
        return Err(PartError::Foreign {
            path: path.to_owned(),
            what: "a run.json that simbet did not write",
        });
    }
    let found = run[WRITER].as_str().unwrap_or_default();
    let form = run[PART]["form"].as_u64().unwrap_or(FORM);
    if found == env!("CARGO_PKG_VERSION") && form == FORM {
        return Ok(());
    }
    let other = || format!(", in form {form} where this one has {FORM}");
    Err(PartError::Version {
        path: path.to_owned(),
        found: found.to_owned(),
        form: if form == FORM { String::new() } else { other() },
    })
}

fn manifest(path: &Path, run: &Value) -> Result<Manifest, PartError> {
    match Manifest::read(path, run) {
        Ok(manifest) if manifest.is_unfinished => Err(PartError::Unfinished {
            path: path.to_owned(),
        }),
        Err(ResultsError::Changed { .. }) => Err(damaged(
            &path.join(RUN),
            "it was changed after it was written",
        )),
        manifest => Ok(manifest?),
    }
}

fn unread(path: &Path, source: io::Error) -> PartError {
    if source.kind() == io::ErrorKind::NotFound {
        return damaged(path, "it is not there");
    }
    ResultsError::Read {
        path: path.to_owned(),
        source,
    }
    .into()
}

/// The folder of a part that a file is in.
fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

fn damaged(path: &Path, problem: impl ToString) -> PartError {
    PartError::Damaged {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}
