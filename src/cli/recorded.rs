//! A command with all that it read of its surroundings but the matches: another machine understands it as this one did.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::usage;
use crate::config::Environment;
use crate::source::load;

/// A command, as a part of its work remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// What was typed, the program's name first.
    pub arguments: Vec<String>,
    /// The variables of the environment that are settings.
    environment: BTreeMap<String, String>,
    /// The texts of files of settings, by their paths as they were typed.
    files: BTreeMap<PathBuf, String>,
}

impl Recorded {
    /// The command that was typed, with these files of settings.
    pub fn new(arguments: &[std::ffi::OsString], files: &[(&Path, u64)]) -> anyhow::Result<Self> {
        let text = |argument: &std::ffi::OsString| {
            let text = argument.to_str().map(str::to_owned);
            text.ok_or_else(|| usage("--shard needs arguments that are UTF-8: rename the file"))
        };
        let read = |(path, most): &(&Path, u64)| {
            let bytes = load(path, *most).map_err(|error| usage(error.to_string()))?;
            let text = String::from_utf8(bytes)
                .map_err(|_| usage(format!("{} is not UTF-8", path.display())))?;
            Ok(((*path).to_owned(), text))
        };
        Ok(Self {
            arguments: arguments.iter().map(text).collect::<Result<_, _>>()?,
            environment: variables()?,
            files: files.iter().map(read).collect::<anyhow::Result<_>>()?,
        })
    }

    /// The settings of the environment as it was.
    pub fn environment(&self) -> anyhow::Result<Environment> {
        Environment::read(|name| self.environment.get(name).cloned()).map_err(usage)
    }

    /// The bytes of a file of settings as it was.
    pub fn file(&self, path: &Path) -> Result<Vec<u8>, String> {
        let text = self.files.get(path);
        text.map(|text| text.clone().into_bytes())
            .ok_or_else(|| "the part did not note it".to_owned())
    }
}

/// The variables of the environment that are settings.
fn variables() -> anyhow::Result<BTreeMap<String, String>> {
    let seen = RefCell::new(BTreeMap::new());
    Environment::read(|name| {
        let text = std::env::var(name).ok()?;
        seen.borrow_mut().insert(name.to_owned(), text.clone());
        Some(text)
    })
    .map_err(usage)?;
    Ok(seen.into_inner())
}
