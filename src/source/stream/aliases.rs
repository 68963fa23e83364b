//! The spellings of teams that a user named, in entries as in files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::look_alike::normal_name;

/// Other spellings of teams, each with the name that is meant; `E0:spelling` holds in league E0 only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Aliases(BTreeMap<String, String>);

impl Aliases {
    pub fn new(aliases: &BTreeMap<String, String>) -> Self {
        let normal = |text: &String| normal_name(text).into_owned();
        let pairs = aliases.iter();
        Self(pairs.map(|(from, to)| (normal(from), normal(to))).collect())
    }

    /// The name of a team that is spelled so in a league.
    pub fn name<'a>(&'a self, league: &str, spelling: &'a str) -> &'a str {
        let Self(names) = self;
        if names.is_empty() {
            return spelling;
        }
        let name = names.get(spelling);
        name.or_else(|| names.get(&format!("{league}:{spelling}")))
            .map_or(spelling, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_of_one_league_is_none_of_another() {
        let pairs = [("Spurs", "Tottenham"), ("E0:King’s Lynn", "Lynn")];
        let pairs = pairs.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let aliases = Aliases::new(&pairs.into());
        assert_eq!(aliases.name("E1", "Spurs"), "Tottenham");
        assert_eq!(aliases.name("E0", "King's Lynn"), "Lynn");
        assert_eq!(aliases.name("E1", "King's Lynn"), "King's Lynn");
    }
}
