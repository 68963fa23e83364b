//! Says once why a model that is asked about matches does not bet on them.

use std::collections::BTreeSet;

use super::{Sink, SinkError};
use crate::domain::{Entry, Fixture, LeagueId, Names, TeamId, Withheld};
use crate::source::stream::NOWHERE;

/// Passes on the reasons why nothing is bet on matches of a stream, each once. Newcomers are too many for that: they are
/// counted.
pub struct WithheldNotes<'a> {
    said: BTreeSet<(LeagueId, Option<TeamId>)>,
    say: &'a (dyn Fn(&str) + Sync),
}

impl<'a> WithheldNotes<'a> {
    /// Notes that are passed to `say`, a sentence each.
    pub fn new(say: &'a (dyn Fn(&str) + Sync)) -> Self {
        Self {
            said: BTreeSet::new(),
            say,
        }
    }

    /// Passes on the reason of an entry, if it has one that is new.
    pub fn note(&mut self, entry: &Entry, names: &Names) {
        let Entry::Withheld {
            fixture, reason, ..
        } = entry
        else {
            return;
        };
        let team = match reason {
            Withheld::UnknownLeague => None,
            Withheld::Misspelt { team, .. } => Some(*team),
            Withheld::Newcomer { .. } => return,
        };
        if self.said.insert((fixture.league, team)) {
            let hint = team.map_or(" (see --history)", |_| "");
            (self.say)(&(sentence(fixture, *reason, names) + hint));
        }
    }
}

impl Sink for WithheldNotes<'_> {
    fn name(&self) -> &'static str {
        "withheld"
    }

    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError> {
        self.note(entry, names);
        Ok(())
    }
}

/// The reason in a sentence.
pub fn sentence(fixture: &Fixture, reason: Withheld, names: &Names) -> String {
    let league = names.league(fixture.league);
    match reason {
        Withheld::UnknownLeague if league == NOWHERE => format!(
            "no forecast and no bet on entries without a league: the model has seen no result of the league {NOWHERE:?}"
        ),
        Withheld::UnknownLeague => format!(
            "no forecast and no bet in {league}: the model has seen no result of this league"
        ),
        Withheld::Misspelt { team, meant } => format!(
            "{:?} is not known in {league}, did you mean {:?}? No forecast and no bet",
            names.team(team),
            names.team(meant)
        ),
        Withheld::Newcomer { team, seen } => format!(
            "no bet: the model has seen {seen} {} of {}",
            if seen == 1 { "match" } else { "matches" },
            names.team(team)
        ),
    }
}
