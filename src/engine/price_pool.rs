//! Forecasts pooled with the prices that are bet at.
//!
//! The weights are learned from the matches of all leagues of a run, so that the pools of leagues, which predict in parallel, share
//! them. They change on two days of the year: a batch of rounds is cut there, and what it learns from is gathered in the order of
//! the rounds. Nothing depends on where else a batch is cut, or on threads.

use serde::{Deserialize, Serialize};

use super::predictions::{KnownMatch, Lesson, PoolPredictions, RoundMatches};
use crate::calendar;
use crate::domain::{Match, Round, Time};
use crate::match_index::MatchIndex;
use crate::metrics::PricePoolSummary;
use crate::significance::{PricePoolFit, PriceWeights, PricedMatches};

/// Matches from which on weights are learned; with fewer the price is used as it is.
pub const FEWEST: usize = 2000;

/// The weights, and what they are learned from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PricePool {
    matches: PricedMatches,
    /// The last 1 January or 1 August that was reached.
    since: Option<Time>,
    fits: Vec<PricePoolFit>,
}

impl PricePool {
    /// The weights of now.
    pub fn weights(&self) -> PriceWeights {
        self.fits
            .last()
            .map_or_else(PriceWeights::default, |fit| fit.weights)
    }

    /// The weights at a time, which may be later than any round so far.
    pub fn weights_at(&self, time: Time) -> PriceWeights {
        let day = Some(last_boundary(time)).filter(|day| Some(*day) > self.since);
        let fit = day.and_then(|day| self.fit(day));
        fit.map_or_else(|| self.weights(), |fit| fit.weights)
    }

    /// What a summary says of it.
    pub fn summary(&self) -> PricePoolSummary {
        PricePoolSummary {
            matches: self.matches.len() as u64,
            fewest: FEWEST as u64,
            fits: self.fits.clone(),
        }
    }

    /// The first of these rounds after a place at which the weights are learned anew; their number without one.
    pub fn end_of_segment(&self, rounds: &[Round], from: usize) -> usize {
        let since = boundary(&rounds[from]).max(self.since);
        let next = rounds[from + 1..]
            .iter()
            .position(|round| boundary(round) > since);
        next.map_or(rounds.len(), |place| from + 1 + place)
    }

    /// Learns the weights anew where a 1 January or 1 August was reached.
    pub fn advance(&mut self, round: &Round) {
        let day = boundary(round);
        if let Some(day) = day.filter(|_| day > self.since) {
            self.fits.extend(self.fit(day));
            self.since = Some(day);
        }
    }

    fn fit(&self, day: Time) -> Option<PricePoolFit> {
        (self.matches.before(day) >= FEWEST)
            .then(|| self.matches.fit(day))
            .flatten()
    }

    /// Takes in the results of a round.
    pub fn learn_results(
        &mut self,
        round: &Round,
        known: RoundMatches<'_>,
        matches: &mut MatchIndex<KnownMatch>,
    ) {
        for (played, known) in round.results.iter().zip(known.results) {
            if let Some(known) = known {
                self.learn_result(played, matches.get_or_default(known.slot));
            }
        }
    }

    /// Takes in rounds that were predicted, but for the results of the first one, which are known already.
    pub fn learn(
        &mut self,
        rounds: &[Round],
        mut known: RoundMatches<'_>,
        pools: &[PoolPredictions],
        matches: &mut MatchIndex<KnownMatch>,
    ) {
        for (place, round) in rounds.iter().enumerate() {
            let known = known.split_off(round);
            if place > 0 {
                self.learn_results(round, known, matches);
            }
            keep_lessons(known, pools, matches);
        }
    }

    fn learn_result(&mut self, played: &Match, known: &mut KnownMatch) {
        let score = played.status.has_result().then_some(played.score);
        match (known.lesson.as_deref(), score) {
            (Some(Lesson::Priced(ratios)), Some(score)) => {
                let number = self.matches.push(played.fixture.day, *ratios, score);
                known.lesson = Some(Box::new(Lesson::Taught(number as u64)));
            }
            (Some(Lesson::Taught(number)), score) => {
                self.matches.correct(*number as usize, score);
            }
            (Some(Lesson::Priced(_)), None) | (None, _) => {}
        }
    }
}

/// Keeps what price and model said in a round, until the results come.
fn keep_lessons(
    known: RoundMatches<'_>,
    pools: &[PoolPredictions],
    matches: &mut MatchIndex<KnownMatch>,
) {
    let lessons = known.lessons.iter().flatten();
    let lessons = lessons.map(|one| (one.slot, one.lesson(pools)));
    let offers = known.offers.iter().flatten();
    let offers = offers.map(|one| (one.slot, one.priced(pools)));
    for (slot, ratios) in lessons.chain(offers) {
        if let Some(ratios) = ratios {
            matches.get_or_default(slot).lesson = Some(Box::new(Lesson::Priced(ratios)));
        }
    }
}

/// The last 1 January or 1 August before a round in which something is forecast. Results alone need no weights: those that are shown
/// at the end are those that were used last.
fn boundary(round: &Round) -> Option<Time> {
    let asks = !round.offers.is_empty() || !round.lessons.is_empty();
    asks.then(|| last_boundary(round.time))
}

/// The last 1 January or 1 August that is not after a time.
fn last_boundary(time: Time) -> Time {
    let now = calendar::civil(time);
    let month = if now.month() < 8 { 1 } else { 8 };
    let days = i64::from(now.date().day_of_year()) - 1;
    let january = time.start_of_day() + -days * Time::DAY;
    match month {
        1 => january,
        _ => {
            let before = if now.date().in_leap_year() { 213 } else { 212 };
            january + before * Time::DAY
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::parse_time;
    use crate::domain::{Fixture, LeagueId, MatchState, Offer, TeamId};

    fn time(text: &str) -> Time {
        parse_time(text).unwrap()
    }

    #[test]
    fn weights_change_on_the_first_of_january_and_of_august() {
        for (now, boundary) in [
            ("2019-01-01T00:00:00", "2019-01-01T00:00:00"),
            ("2019-07-31T23:59:59", "2019-01-01T00:00:00"),
            ("2019-08-01T00:00:00", "2019-08-01T00:00:00"),
            ("2019-12-31T12:00:00", "2019-08-01T00:00:00"),
            ("2020-07-31T12:00:00", "2020-01-01T00:00:00"),
            ("2020-08-01T12:00:00", "2020-08-01T00:00:00"),
        ] {
            assert_eq!(last_boundary(time(now)), time(boundary), "{now}");
        }
    }

    #[test]
    fn a_batch_is_cut_where_forecasts_reach_a_boundary() {
        let offer = || Offer {
            fixture: Arc::new(Fixture {
                id: "m1".into(),
                league: LeagueId(0),
                home: TeamId(0),
                away: TeamId(1),
                season: 2019,
                day: Time::default(),
                kickoff: None,
                neutral: false,
            }),
            state: MatchState::default(),
            quotes: Vec::new(),
        };
        let round = |(now, offers): (&str, usize)| Round {
            time: time(now),
            offers: (0..offers).map(|_| offer()).collect(),
            ..Round::default()
        };
        let rounds: Vec<Round> = [
            ("2019-07-30T12:00:00", 1),
            ("2019-07-31T12:00:00", 0),
            ("2019-08-02T12:00:00", 0),
            ("2019-08-03T12:00:00", 2),
            ("2019-08-04T12:00:00", 1),
        ]
        .map(round)
        .into();
        let mut pool = PricePool::default();
        assert_eq!(pool.end_of_segment(&rounds, 0), 3);
        pool.advance(&rounds[0]);
        pool.advance(&rounds[2]);
        assert_eq!(pool.since, Some(time("2019-01-01T00:00:00")));
        assert_eq!(pool.end_of_segment(&rounds, 1), 3);
        assert_eq!(pool.end_of_segment(&rounds, 3), 5);
        pool.advance(&rounds[3]);
        assert_eq!(pool.since, Some(time("2019-08-01T00:00:00")));
    }
}
