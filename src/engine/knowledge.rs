//! What a pool has seen, and what therefore can be forecast and bet on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{Fixture, Names, Round, TeamId, Withheld};
use crate::look_alike::is_misspelling;

/// Matches after which the name of a team is taken to be spelled right.
const WELL_KNOWN: u32 = 3;

/// The matches of each team that were seen in a pool of leagues.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Knowledge {
    matches: BTreeMap<TeamId, u32>,
    /// Those with [`WELL_KNOWN`] matches. Looking for them among all teams whenever a new one plays would take time that grows
    /// with the square of the number of teams.
    well_known: BTreeSet<TeamId>,
}

impl Knowledge {
    /// Notes the teams of a result.
    pub fn observe(&mut self, fixture: &Fixture) {
        for team in [fixture.home, fixture.away] {
            let matches = self.matches.entry(team).or_insert(0);
            *matches += 1;
            if *matches == WELL_KNOWN {
                self.well_known.insert(team);
            }
        }
    }

    /// Forgets the teams of a result that was none.
    pub fn retract(&mut self, fixture: &Fixture) {
        for team in [fixture.home, fixture.away] {
            let matches = self.seen(team).saturating_sub(1);
            if matches == 0 {
                self.matches.remove(&team);
            } else {
                self.matches.insert(team, matches);
            }
            if matches < WELL_KNOWN {
                self.well_known.remove(&team);
            }
        }
    }

    /// Why nothing is bet on a match; `None` where the model knows enough of it. `seen` is what the model says that it has
    /// seen of both sides, `least` what it takes to bet. `beside` has the other matches of the time.
    pub fn judge(
        &self,
        fixture: &Fixture,
        beside: &Round,
        names: &Names,
        seen: [u32; 2],
        least: u32,
    ) -> Option<Withheld> {
        if self.matches.is_empty() {
            // whoever asks for bets on teams without a match has them in leagues without a match too
            return (least > 0).then_some(Withheld::UnknownLeague);
        }
        let teams = [fixture.home, fixture.away];
        let misspelt = teams.into_iter().find_map(|team| {
            self.meant(team, fixture, beside, names)
                .map(|meant| Withheld::Misspelt { team, meant })
        });
        if misspelt.is_some() {
            return misspelt;
        }
        let rarer = usize::from(seen[1] < seen[0]);
        (seen[rarer] < least).then_some(Withheld::Newcomer {
            team: teams[rarer],
            seen: seen[rarer],
            other: Some(seen[1 - rarer]).filter(|seen| *seen < least),
        })
    }

    fn seen(&self, team: TeamId) -> u32 {
        self.matches.get(&team).copied().unwrap_or_default()
    }

    /// The well-known team that was probably meant by the name of one that is not: a misspelt result makes no name right. A
    /// team that plays on the same day was not: it cannot play twice.
    fn meant(
        &self,
        team: TeamId,
        fixture: &Fixture,
        beside: &Round,
        names: &Names,
    ) -> Option<TeamId> {
        if self.seen(team) >= WELL_KNOWN {
            return None;
        }
        let name = names.team(team);
        self.well_known
            .iter()
            .copied()
            .filter(|&known| {
                is_misspelling(name, names.team(known)) && !plays(known, fixture, beside)
            })
            // the names decide between equals, because numbers of teams differ from run to run
            .max_by_key(|&known| (self.seen(known), Reverse(names.team(known))))
    }
}

/// Whether a team takes part in this match, or in another of the day in the round.
fn plays(team: TeamId, fixture: &Fixture, beside: &Round) -> bool {
    let offered = beside.offers.iter().map(|offer| &offer.fixture);
    let played = beside.results.iter().map(|played| &played.fixture);
    offered
        .chain(played)
        .filter(|other| other.day == fixture.day)
        .map(AsRef::as_ref)
        .chain([fixture])
        .any(|other| other.home == team || other.away == team)
}
