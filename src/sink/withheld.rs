//! Says once why a model that is asked about matches does not bet on them.

use std::collections::BTreeSet;

use super::{Sink, SinkError};
use crate::domain::{Entry, Fixture, LeagueId, Names, TeamId, Withheld};
use crate::strategy::StrategyConfig;

/// Passes on the reasons why nothing is bet on matches of a stream, each once. Newcomers are too many for that: they are
/// counted.
pub struct WithheldNotes<'a> {
    said: BTreeSet<(LeagueId, Option<TeamId>)>,
    /// Whether bets depend on the model.
    needs_model: bool,
    say: &'a (dyn Fn(&str) + Sync),
}

impl<'a> WithheldNotes<'a> {
    /// Notes that are passed to `say`, a sentence each.
    pub fn new(strategy: &StrategyConfig, say: &'a (dyn Fn(&str) + Sync)) -> Self {
        Self {
            said: BTreeSet::new(),
            needs_model: strategy.needs_model(),
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
            let sentence = sentence(fixture, *reason, names, self.needs_model);
            (self.say)(&(sentence + hint));
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

/// The reason in a sentence. Bets that do not depend on the model are placed all the same where it knows nothing of the
/// league.
pub fn sentence(fixture: &Fixture, reason: Withheld, names: &Names, needs_model: bool) -> String {
    let league = names.league(fixture.league);
    let nothing = if needs_model {
        "no forecast and no bet"
    } else {
        "no forecast"
    };
    match reason {
        Withheld::UnknownLeague if league == LeagueId::UNNAMED => format!(
            "{nothing} on entries without a league: the model has seen no result of the league {:?}",
            LeagueId::UNNAMED
        ),
        Withheld::UnknownLeague => {
            format!("{nothing} in {league}: the model has seen no result of this league")
        }
        Withheld::Misspelt { team, meant } => format!(
            "{:?} is not known in {league}, did you mean {:?}? No forecast and no bet",
            names.team(team),
            names.team(meant)
        ),
        Withheld::Newcomer { team, seen, .. } => format!(
            "no bet: the model has seen {seen} {} of {}",
            if seen == 1 { "match" } else { "matches" },
            names.team(team)
        ),
    }
}
