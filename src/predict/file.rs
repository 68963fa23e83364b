//! Probabilities from a file as a model.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{InPlay, MakeModel, ModelConfig, ModelConfigError, PredictError, Predictor, in_play};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{
    Basis, Match, MatchState, Names, Offer, Opinion, OutcomeDistribution, Rates, Selection, Time,
};

/// What a file says of a match from some time on.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownProbabilities {
    /// From when on; `None`: always.
    pub known_at: Option<Time>,
    /// The rates of a grid of scores.
    pub rates: Option<Rates>,
    /// Single selections, which count before the grid.
    pub named: Arc<[(Selection, OutcomeDistribution)]>,
    /// What the model that said it had seen, where the file says that.
    pub basis: Option<Basis>,
}

impl KnownProbabilities {
    /// The opinion on a match in this state. What is said of single selections is said of the match before kick-off.
    pub fn opinion(&self, state: MatchState, in_play: InPlay) -> Option<Opinion> {
        let mut opinion = self.bare_opinion(state, in_play)?;
        if let Some(basis) = self.basis {
            opinion.rest_on(basis);
        }
        Some(opinion)
    }

    fn bare_opinion(&self, state: MatchState, in_play: InPlay) -> Option<Opinion> {
        let of_rates = self.rates.and_then(|Rates { home, away, rho }| {
            in_play::opinion([home, away], rho, state, in_play)
        });
        if state != MatchState::default() || self.named.is_empty() {
            return of_rates;
        }
        let opinion = of_rates.unwrap_or_default();
        Some(opinion.with_named(self.named.to_vec()))
    }
}

/// What a file says of a match, by the time from which it is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchProbabilities(pub Vec<KnownProbabilities>);

impl MatchProbabilities {
    /// The last of those that were known by now.
    pub fn at(&self, now: Time) -> Option<&KnownProbabilities> {
        let Self(versions) = self;
        let mut known = versions.iter().rev();
        known.find(|version| version.known_at.is_none_or(|known_at| known_at <= now))
    }
}

/// Who plays when, as a file names it: the day, the home and the away team.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedFixture {
    /// The day of the match.
    pub day: Time,
    /// The home side.
    pub home: Box<str>,
    /// The away side.
    pub away: Box<str>,
}

/// The probabilities of a match, with its league where a file names it.
pub type OfLeague = (Option<Box<str>>, MatchProbabilities);

/// The probabilities of files, by match.
#[derive(Debug, Default)]
pub struct ProbabilityTable {
    /// By the id of the match.
    pub by_id: HashMap<Arc<str>, MatchProbabilities, foldhash::fast::FixedState>,
    /// Of matches whose ids are not known: by day and teams, each with its league where the file names it.
    pub by_names: HashMap<NamedFixture, Vec<OfLeague>>,
}

impl ProbabilityTable {
    /// The probabilities of a match by its day and teams; `None` where two leagues have such a match and it is in neither.
    fn of_names(&self, offer: &Offer, names: &Names) -> Option<&MatchProbabilities> {
        let fixture = &offer.fixture;
        let key = NamedFixture {
            day: fixture.day,
            home: names.team(fixture.home).into(),
            away: names.team(fixture.away).into(),
        };
        let found = self.by_names.get(&key)?;
        let league = names.league(fixture.league);
        let own = found
            .iter()
            .find(|(known, _)| known.as_deref() == Some(league));
        let any = || match &found[..] {
            // a stream need not say leagues, nor need a file
            [(known, only)] if known.is_none() || !names_league(league) => Some(only),
            _ => None,
        };
        own.map(|(_, probabilities)| probabilities).or_else(any)
    }
}

/// Whether a match of a stream has the league of those that name none.
fn names_league(league: &str) -> bool {
    league != crate::domain::LeagueId::UNNAMED
}

/// Probabilities of files, for the models of pools.
impl MakeModel for Arc<ProbabilityTable> {
    fn make(&self, _: &str, config: &ModelConfig) -> Result<Box<dyn Predictor>, ModelConfigError> {
        Ok(Box::new(FileModel {
            table: Self::clone(self),
            in_play: config.in_play(),
            by_names: HashMap::new(),
        }))
    }
}

/// A model that says what files say.
struct FileModel {
    table: Arc<ProbabilityTable>,
    in_play: InPlay,
    /// What was found by names of the matches of the round, by their ids.
    by_names: HashMap<Arc<str>, MatchProbabilities>,
}

impl Predictor for FileModel {
    fn observe(&mut self, _: &Match) {}

    fn prepare(
        &mut self,
        offers: &mut dyn Iterator<Item = &Offer>,
        _: Time,
        names: &Names,
        _: &AtomicBool,
    ) -> Result<(), PredictError> {
        if self.table.by_names.is_empty() {
            return Ok(());
        }
        self.by_names.clear();
        for offer in offers {
            if self.table.by_id.contains_key(&offer.fixture.id) {
                continue;
            }
            if let Some(found) = self.table.of_names(offer, names) {
                let id = Arc::clone(&offer.fixture.id);
                self.by_names.insert(id, found.clone());
            }
        }
        Ok(())
    }

    fn predict(&mut self, offer: &Offer, now: Time) -> Result<Option<Opinion>, PredictError> {
        let id = &offer.fixture.id;
        let found = self.table.by_id.get(id).or_else(|| self.by_names.get(id));
        let known = found.and_then(|found| found.at(now));
        Ok(known.and_then(|known| known.opinion(offer.state, self.in_play)))
    }

    /// Empty: predictions depend on the file only.
    fn save(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        checkpoint::decode("state of the model of a file", bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(known_at: Option<i64>, home: f64) -> KnownProbabilities {
        KnownProbabilities {
            known_at: known_at.map(Time::from_seconds),
            rates: None,
            named: [(Selection::HOME, OutcomeDistribution::binary(home))].into(),
            basis: None,
        }
    }

    #[test]
    fn the_latest_that_was_known_counts() {
        let all = MatchProbabilities(vec![
            known(None, 0.1),
            known(Some(10), 0.2),
            known(Some(20), 0.3),
        ]);
        let at = |seconds| {
            all.at(Time::from_seconds(seconds))
                .map(|known| known.named[0].1.won)
        };
        assert_eq!(at(9), Some(0.1));
        assert_eq!(at(10), Some(0.2));
        assert_eq!(at(19), Some(0.2));
        assert_eq!(at(20), Some(0.3));
        let late = MatchProbabilities(vec![known(Some(20), 0.3)]);
        assert_eq!(late.at(Time::from_seconds(19)), None);
    }

    #[test]
    fn single_selections_are_of_the_match_before_kick_off() {
        let rates = Rates {
            home: 1.6,
            away: 1.1,
            rho: 0.0,
        };
        let both = KnownProbabilities {
            rates: Some(rates),
            ..known(None, 0.4)
        };
        let before = both
            .opinion(MatchState::default(), InPlay::default())
            .unwrap();
        assert_eq!(before.distribution(Selection::HOME).unwrap().won, 0.4);
        let state = MatchState {
            minute: 60,
            home_goals: 0,
            away_goals: 0,
        };
        let later = both.opinion(state, InPlay::default()).unwrap();
        assert!(later.named().is_empty());
        assert_eq!(known(None, 0.4).opinion(state, InPlay::default()), None);
    }
}
