//! A fold over results in the order of their days, whose last results can still be corrected.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::{Match, Time};

/// What learns results one by one, in the order of their days.
///
/// Results of matches that have no team in common may come in any order: they must lead to the same state, to the bit.
pub(crate) trait Folded: Clone {
    /// Learns a result.
    fn learn(&mut self, played: &Match);
}

/// Days for which a result can be taken back or put in its place. Corrections are read for thirty days after a result
/// became known, which is some days after its match day where that was late.
const DAYS: i64 = 2 * Match::REMEMBERED / Time::DAY;

/// A fold that is always in the state to which its results lead in the order of their days.
///
/// Ratings depend on the order of results, and a wrong one cannot be subtracted from them. So the last results are kept beside
/// the state before them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Chronicle<S> {
    /// The state before the results in `recent`.
    before: S,
    /// By day.
    recent: VecDeque<Match>,
    now: S,
}

impl<S: Folded> Chronicle<S> {
    /// A chronicle without results.
    pub fn new(start: S) -> Self {
        Self {
            before: start.clone(),
            recent: VecDeque::new(),
            now: start,
        }
    }

    /// The state after all results.
    pub const fn now(&self) -> &S {
        &self.now
    }

    /// Learns a result.
    pub fn learn(&mut self, played: &Match) {
        let day = played.fixture.day;
        let later = self
            .recent
            .iter()
            .rev()
            .take_while(|other| other.fixture.day > day)
            .count();
        let place = self.recent.len() - later;
        let in_order = !self
            .recent
            .range(place..)
            .any(|other| shares_team(other, played));
        self.recent.insert(place, played.clone());
        if in_order {
            self.now.learn(played);
        } else {
            self.fold_again();
        }
        self.forget_old();
    }

    /// Takes a result back. Nothing changes where it is not among the last ones.
    pub fn retract(&mut self, played: &Match) {
        let is_it =
            |known: &Match| known.fixture.id == played.fixture.id && known.is_same_result(played);
        if let Some(place) = self.recent.iter().rposition(is_it) {
            self.recent.remove(place);
            self.fold_again();
        }
    }

    fn fold_again(&mut self) {
        self.now = self.before.clone();
        for played in &self.recent {
            self.now.learn(played);
        }
    }

    fn forget_old(&mut self) {
        let Some(newest) = self.recent.back().map(|played| played.fixture.day.day()) else {
            return;
        };
        while let Some(old) = self
            .recent
            .pop_front_if(|played| newest - played.fixture.day.day() > DAYS)
        {
            self.before.learn(&old);
        }
    }
}

fn shares_team(one: &Match, other: &Match) -> bool {
    let teams = [other.fixture.home, other.fixture.away];
    teams.contains(&one.fixture.home) || teams.contains(&one.fixture.away)
}

#[cfg(test)]
pub(in crate::predict) mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::{EloRatings, PiRatings};
    use super::*;
    use crate::domain::{Fixture, LeagueId, MatchStatus, Score, TeamId};

    /// A match of two teams on a day.
    pub fn played(day: i64, [home, away]: [u32; 2], [goals, conceded]: [u8; 2]) -> Match {
        let fixture = Fixture {
            id: format!("{day}:{home}:{away}").into(),
            league: LeagueId(0),
            home: TeamId(home),
            away: TeamId(away),
            season: 2020,
            day: Time::from_days(day),
            kickoff: None,
            neutral: false,
        };
        Match {
            fixture: Arc::new(fixture),
            score: Score {
                home: goals,
                away: conceded,
            },
            status: MatchStatus::Played,
            statistics: None,
        }
    }

    /// Matches of six teams, each of which plays once a day.
    pub fn season() -> impl Strategy<Value = Vec<Match>> {
        let round = (0..3_u32, prop::array::uniform6(0..5_u8)).prop_map(|(turn, goals)| {
            let away = |k: u32| 3 + (k + turn) % 3;
            [0, 1, 2].map(|k| ([k, away(k)], [goals[k as usize], goals[k as usize + 3]]))
        });
        prop::collection::vec((1..9_i64, round), 1..25).prop_map(|rounds| {
            let mut day = 18_000;
            let mut matches = Vec::new();
            for (rest, round) in rounds {
                day += rest;
                matches.extend(round.map(|(teams, goals)| played(day, teams, goals)));
            }
            matches
        })
    }

    fn chronicle<S: Folded + Default>(matches: &[Match]) -> Chronicle<S> {
        let mut chronicle = Chronicle::new(S::default());
        for played in matches {
            chronicle.learn(played);
        }
        chronicle
    }

    fn folded<S: Folded + Default>(matches: &[Match]) -> S {
        let mut state = S::default();
        for played in matches {
            state.learn(played);
        }
        state
    }

    proptest! {
        #[test]
        fn a_chronicle_is_the_fold_of_its_results(matches in season()) {
            prop_assert_eq!(chronicle::<EloRatings>(&matches).now, folded(&matches));
            prop_assert_eq!(chronicle::<PiRatings>(&matches).now, folded(&matches));
        }

        #[test]
        fn a_corrected_result_counts_as_if_it_had_been_right_at_once(
            matches in season(), wrong in any::<prop::sample::Index>(), goals in prop::array::uniform2(0..9_u8),
        ) {
            let wrong = matches.len() - 1 - wrong.index(matches.len().min(20));
            let right = matches[wrong].clone();
            let mut read = matches.clone();
            read[wrong].score = Score { home: goals[0], away: goals[1] };
            let mut chronicle: Chronicle<EloRatings> = chronicle(&read);
            chronicle.retract(&read[wrong]);
            chronicle.learn(&right);
            prop_assert_eq!(chronicle.now, folded(&matches));
        }

        #[test]
        fn the_order_in_which_results_come_within_two_months_changes_nothing(
            matches in season().prop_filter("two months", |matches| {
                let days = [0, matches.len() - 1].map(|at| matches[at].fixture.day.day());
                days[1] - days[0] <= DAYS
            }).prop_flat_map(|matches| (Just(matches.clone()), Just(matches).prop_shuffle())),
        ) {
            let (in_order, shuffled) = matches;
            prop_assert_eq!(chronicle::<PiRatings>(&shuffled).now, folded(&in_order));
        }
    }

    #[test]
    fn a_forgotten_result_cannot_be_taken_back() {
        let old = played(0, [0, 1], [1, 0]);
        let matches = [old.clone(), played(DAYS + 1, [2, 3], [1, 0])];
        let mut chronicle: Chronicle<EloRatings> = chronicle(&matches);
        chronicle.retract(&old);
        assert_eq!(chronicle.now, folded(&matches));
    }
}
