//! What a match teaches, and what of that is taken back.

use super::GoalModel;
use crate::domain::Match;
use crate::predict::market_rates::rates_of_last_prices;
use crate::predict::shot_goals::{self, Shots};
use crate::predict::sums::Played;
use crate::predict::teaching::{PriceShare, USUAL_HALF_LIFE};

/// Older matches say nothing of what is usual: they have lost all but a thousandth of their weight.
const RECENT_DAYS: i64 = 10 * USUAL_HALF_LIFE as i64;

/// The weight of a match beside that of its age.
fn weight_of(played: &Match) -> f64 {
    let known = played.statistics.as_deref();
    known.and_then(|known| known.taught_weight).unwrap_or(1.0)
}

/// Whether nothing is learned from a match.
pub(super) fn teaches_nothing(played: &Match) -> bool {
    played.fixture.home == played.fixture.away || weight_of(played) <= 0.0
}

impl GoalModel {
    /// Takes a match that is no longer in memory out of the sums.
    pub(super) fn forget(&mut self, played: &Played) {
        let weight = self.weight_at_reference(played.day);
        self.sums.remove(played, weight, &self.teaching);
        self.seen[0] -= usize::from(played.shots.is_some());
        self.seen[1] -= usize::from(played.prices.is_some());
    }

    /// Lets those of the teachers teach that are there: shots with a match in memory, and prices while they are usual.
    pub(super) fn choose_teaching(&mut self) {
        let shots = self.seen[0] > 0;
        let teaching = self.curriculum.teaching(shots, self.are_prices_usual());
        if teaching != self.teaching {
            self.teaching = teaching;
            self.sums.reference = None;
        }
    }

    /// Whether the last matches had prices, as far as that says that the next ones will.
    fn are_prices_usual(&self) -> bool {
        let [_, priced] = self.seen;
        if priced == 0 || priced == self.history.len() {
            return priced > 0;
        }
        let last = self.history.back().map_or(0, |played| played.day);
        let recent = self.history.iter().rev();
        let recent = recent.take_while(|played| last - played.day <= RECENT_DAYS);
        let mut share = PriceShare::default();
        recent.for_each(|played| share.add(last - played.day, played.prices.is_some()));
        share.is_usual()
    }

    /// What a match teaches, with teams by their number in the roster. What its shots were worth follows from earlier days alone.
    pub(super) fn lesson(&mut self, played: &Match) -> Played {
        let (fixture, learn) = (&played.fixture, self.curriculum.learn);
        let day = fixture.day.day();
        let known = played.statistics.as_deref();
        let weight = weight_of(played);
        let counted = known.filter(|_| learn.shots);
        let shots = counted.and_then(|counted| {
            // nobody has to guess what shots were worth that somebody has rated
            if let Some(goals) = shot_goals::rated(counted) {
                return Some((None, goals));
            }
            let shots = Shots::of(counted)?;
            let record = self.shots.entry(fixture.league).or_default();
            let goals = shots.goals(record.worth(day));
            record.add(day, &shots, played.score, weight);
            Some((Some(shots), goals))
        });
        let prices = known
            .filter(|_| learn.prices)
            .and_then(|known| known.last_prices.as_ref())
            .and_then(rates_of_last_prices)
            .map(|rates| [rates.home, rates.away]);
        Played {
            teams: self.roster.enter(fixture),
            score: played.score,
            day,
            neutral: fixture.neutral,
            league: fixture.league,
            shots,
            prices,
            taught: known.and_then(|known| known.taught_goals),
            weight,
        }
    }

    /// Takes the shots of a match out of what shots are worth on later days.
    pub(super) fn unlearn_shots(&mut self, played: &Played) {
        if let Some((Some(shots), _)) = played.shots
            && let Some(record) = self.shots.get_mut(&played.league)
        {
            record.remove(played.day, &shots, played.score, played.weight);
            self.revalue_after(played);
        }
    }

    /// Values the shots of later matches anew, after an earlier one came late or was taken back.
    pub(super) fn revalue_after(&mut self, played: &Played) {
        let Some(record) = self.shots.get(&played.league) else {
            return;
        };
        let later = self.history.iter_mut().rev();
        for later in later.take_while(|later| later.day > played.day) {
            if let Some((Some(shots), goals)) = &mut later.shots
                && later.league == played.league
            {
                *goals = shots.goals(record.worth(later.day));
                self.sums.reference = None;
            }
        }
    }
}
