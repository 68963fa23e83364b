//! The values of settings: how they are read, and the errors of those that cannot be read.

use std::fmt;

use clap::ValueEnum;

/// Why a setting cannot be used.
///
/// ```
/// use simbet::{ConfigError, Settings};
/// let error = Settings::from_toml("bankrol = 100").unwrap_err();
/// let ConfigError::UnknownKey { suggestion, .. } = error else { panic!("{error}") };
/// assert_eq!(suggestion.as_deref(), Some("bankroll"));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is no TOML, or a value has the wrong type.
    #[error("{0}")]
    Toml(String),
    /// A key that no setting has.
    #[error("unknown setting `{key}`: {}", suggestion.as_ref().map_or_else(|| NAMES.to_owned(), |name| format!("did you mean `{name}`?")))]
    UnknownKey {
        /// The key.
        key: String,
        /// The setting it resembles most.
        suggestion: Option<String>,
    },
    /// A value is out of its range.
    #[error("{0}")]
    Range(String),
    /// A value that a setting does not take.
    #[error("{setting} must be {expected}, not {found}")]
    Value {
        /// The setting, as it was given.
        setting: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
}

/// The hint where no name can be suggested.
const NAMES: &str = "settings have the names of the flags that simbet backtest --help lists";

/// The message about a value of the wrong type, without Rust's names of types.
pub(super) fn plain(message: &str) -> String {
    let types = [
        ("expected f64", "expected a number"),
        ("expected u32", "expected a whole number"),
        ("expected u64", "expected a whole number"),
        ("expected usize", "expected a whole number"),
        ("expected a boolean", "expected true or false"),
    ];
    types
        .iter()
        .fold(message.to_owned(), |message, (rust, words)| {
            message.replace(rust, words)
        })
}

/// The setting that an error says is out of its range, what it may be, and what it was; `None` of any other error.
pub(crate) fn out_of_range(error: &str) -> Option<(&str, &str, &str)> {
    let (setting, rest) = error.split_once(" must be ")?;
    let (allowed, found) = rest.rsplit_once(", not ")?;
    Some((setting, allowed, found))
}

impl ConfigError {
    pub(super) fn toml(error: toml::de::Error) -> Self {
        Self::Toml(plain(error.to_string().trim_end()))
    }

    pub(super) fn layer(error: toml::ser::Error) -> Self {
        Self::Toml(error.to_string())
    }

    /// An error that says this.
    pub(crate) fn range(error: impl fmt::Display) -> Self {
        Self::Range(error.to_string())
    }

    pub(super) fn unknown_key(key: &str, names: &[String]) -> Self {
        let whole = names
            .iter()
            .find(|name| name.split('_').any(|part| part == key));
        // one mistake is allowed, and another for every four letters
        let misspelt = names
            .iter()
            .filter(|name| strsim::damerau_levenshtein(key, name) <= 1 + key.len() / 4)
            .min_by_key(|name| strsim::damerau_levenshtein(key, name));
        let suggestion = whole
            .or(misspelt)
            .or_else(|| names.iter().find(|name| share_a_word(key, name)));
        Self::UnknownKey {
            key: key.to_owned(),
            suggestion: suggestion.cloned(),
        }
    }

    pub(super) fn value(setting: &str, expected: &str, found: impl fmt::Display) -> Self {
        Self::Value {
            setting: setting.to_owned(),
            expected: expected.to_owned(),
            found: found.to_string(),
        }
    }
}

/// Whether the names have a word in common, other than `min` and `max`.
fn share_a_word(one: &str, other: &str) -> bool {
    one.split(['_', '-'])
        .filter(|part| !["min", "max", ""].contains(part))
        .any(|part| other.split('_').any(|other| other == part))
}

/// Two texts joined by `=`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair(pub String, pub String);

/// Reads a pair; the example says what an option takes.
pub fn pair(example: &'static str) -> impl Fn(&str) -> Result<Pair, String> + Clone {
    move |text| match text.split_once('=') {
        Some((left, right)) if !left.trim().is_empty() && !right.trim().is_empty() => {
            Ok(Pair(left.trim().to_owned(), right.trim().to_owned()))
        }
        _ => Err(format!(
            "expected two texts joined by '=', such as {example:?}, not {text:?}"
        )),
    }
}

/// Pairs as a table.
pub(super) mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Pair;

    pub fn serialize<S: Serializer>(pairs: &[Pair], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|Pair(left, right)| (left, right)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Pair>, D::Error> {
        let table = BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(table
            .into_iter()
            .map(|(left, right)| Pair(left, right))
            .collect())
    }
}

/// The name of a value of an enum on the command line.
pub fn value_name(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map_or_else(String::new, |possible| possible.get_name().to_owned())
}
