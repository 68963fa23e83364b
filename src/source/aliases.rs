//! The spellings of teams that a user named, in files and in entries.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::look_alike::normal_name;

/// Other spellings of teams, each with the name that is meant; `E0:spelling` holds in league E0 only. Both are in the form in
/// which names are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Aliases(BTreeMap<String, String>);

impl Aliases {
    pub fn new(aliases: &BTreeMap<String, String>) -> Self {
        let normal = |text: &String| normal_name(text).into_owned();
        let pairs = aliases.iter();
        Self(pairs.map(|(from, to)| (normal(from), normal(to))).collect())
    }

    /// Each spelling, with the name that is meant.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(spelling, name)| (spelling.as_str(), name.as_str()))
    }

    /// The name of a team that is spelled so in a league; `None` where no alias says it.
    pub fn name(&self, league: &str, spelling: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let mut name = self.next_name(league, spelling)?;
        // a name may be a spelling in turn; settings are checked for circles
        for _ in 0..self.0.len() {
            match self.next_name(league, name) {
                Some(next) => name = next,
                None => break,
            }
        }
        Some(name)
    }

    /// The name of a team that is spelled so in a league: the spelling itself where no alias says another.
    pub fn team_name<'a>(&'a self, league: &str, spelling: &'a str) -> &'a str {
        self.name(league, spelling).unwrap_or(spelling)
    }

    /// The name of a team of which the league is not known: that of an alias for every league, else that on which all leagues that
    /// have an alias agree.
    pub fn name_in_any_league<'a>(&'a self, spelling: &'a str) -> &'a str {
        if let Some(name) = self.name("", spelling) {
            return name;
        }
        let own = self.0.iter().filter_map(|(key, name)| {
            let (league, of_league) = key.split_once(':')?;
            (of_league == spelling).then(|| self.team_name(league, name))
        });
        let names: BTreeSet<&str> = own.collect();
        match names.first() {
            Some(name) if names.len() == 1 => name,
            _ => spelling,
        }
    }

    /// What one alias makes of a spelling, first of all the league's own.
    fn next_name(&self, league: &str, spelling: &str) -> Option<&str> {
        let Self(names) = self;
        let name = names.get(&format!("{league}:{spelling}"));
        name.or_else(|| names.get(spelling)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_of_one_league_is_none_of_another() {
        let pairs = [
            ("Spurs", "Tottenham"),
            ("E0:King’s Lynn", "Lynn"),
            ("E0:Spurs", "Hotspur"),
            ("THFC", "Spurs"),
        ];
        let pairs = pairs.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let aliases = Aliases::new(&pairs.into());
        assert_eq!(aliases.name("E1", "Spurs"), Some("Tottenham"));
        assert_eq!(aliases.name("E0", "King's Lynn"), Some("Lynn"));
        assert_eq!(aliases.name("E1", "King's Lynn"), None);
        // a league's own goes first, and names are followed
        assert_eq!(aliases.name("E0", "Spurs"), Some("Hotspur"));
        assert_eq!(aliases.name("E1", "THFC"), Some("Tottenham"));
        // where the league is not known a league's own counts if no other says something else
        assert_eq!(aliases.name_in_any_league("King's Lynn"), "Lynn");
        assert_eq!(aliases.name_in_any_league("Spurs"), "Tottenham");
        assert_eq!(aliases.name_in_any_league("Leeds"), "Leeds");
    }
}
