//! Whether the other spellings of teams contradict each other.

use std::collections::BTreeMap;

use super::{ConfigError, Pair};
use crate::look_alike::normal_name;
use crate::printable::excerpt;
use crate::schema::{NAME, name_of, trimmed};

/// Checks that no spelling has two names, and that no names go round in a circle.
///
/// # Errors
/// When one does; the error names both.
pub(super) fn check(aliases: &[Pair]) -> Result<(), ConfigError> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for pair in aliases {
        check_names(pair)?;
        let Pair(spelling, name) = pair;
        let [spelling, name] = [spelling, name].map(|text| normal_name(text).into_owned());
        match names.insert(spelling.clone(), name.clone()) {
            Some(other) if other != name => {
                return Err(ConfigError::range(format!(
                    "--alias gives {spelling:?} two names, {other:?} and {name:?}: leave one of them out"
                )));
            }
            Some(_) | None => {}
        }
    }
    match names.keys().find(|spelling| is_circular(spelling, &names)) {
        Some(spelling) => Err(ConfigError::range(format!(
            "--alias \"{spelling}={}\" leads back to {spelling:?} by another one: leave one of them out",
            names[spelling]
        ))),
        None => Ok(()),
    }
}

/// Checks that the name can be one, and that the spelling has no control characters, so that a file may have it.
fn check_names(Pair(spelling, name): &Pair) -> Result<(), ConfigError> {
    let has_controls = trimmed(spelling).chars().any(char::is_control);
    if name_of(name).is_some() && !has_controls {
        return Ok(());
    }
    let found = format!("\"{}={}\"", excerpt(spelling), excerpt(name));
    Err(ConfigError::value(
        "--alias",
        &format!("names of teams, each {NAME}"),
        found,
    ))
}

/// Whether the name of a spelling is a spelling of it in turn.
fn is_circular(spelling: &str, names: &BTreeMap<String, String>) -> bool {
    let mut name = spelling;
    for _ in 0..names.len() {
        match names.get(name) {
            Some(next) if next == spelling && name != spelling => return true,
            Some(next) => name = next,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(aliases: &[(&str, &str)]) -> Result<(), String> {
        let pair = |&(spelling, name): &(&str, &str)| Pair(spelling.to_owned(), name.to_owned());
        let pairs: Vec<Pair> = aliases.iter().map(pair).collect();
        check(&pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn aliases_that_contradict_each_other_are_refused() {
        let error = checked(&[("Ash", "Ashby"), ("Ash ", "Ashford")]).unwrap_err();
        assert!(
            error.contains("\"Ash\" two names, \"Ashby\" and \"Ashford\""),
            "{error}"
        );
        let error = checked(&[("A", "B"), ("B", "C"), ("C", "A")]).unwrap_err();
        assert!(error.contains("leads back"), "{error}");
        for right in [
            &[("Ash", "Ashby"), ("Ash", "Ashby")][..],
            &[("A", "B"), ("B", "C")],
            &[("A", "A"), ("L:A", "B")],
        ] {
            assert_eq!(checked(right), Ok(()), "{right:?}");
        }
    }
}
