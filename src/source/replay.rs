//! Matches replayed as rounds: everything at the instant it became known.

use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::matches::{Matches, Record};
use super::{Source, SourceError};
use crate::domain::{Match, MatchState, Names, Offer, Quote, Round, Time};

/// Which price bets are struck at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum PriceTime {
    /// The price before the match, at the start of the match day.
    #[default]
    Pre,
    /// The closing price, at kick-off.
    Close,
}

/// Which matches are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offered {
    /// Those that were played, at prices that were read.
    #[default]
    Played,
    /// Those still to be played, priced or not.
    Fixtures,
}

/// How matches are replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayConfig {
    /// Which price bets are struck at.
    pub price: PriceTime,
    /// Which matches are offered.
    pub offered: Offered,
    /// The first day whose matches are offered; earlier ones still tell their results.
    pub from: Option<Time>,
    /// The last day whose matches are offered, that day included.
    pub to: Option<Time>,
}

impl ReplayConfig {
    fn covers(&self, day: Time) -> bool {
        self.from.is_none_or(|from| day >= from.start_of_day()) && self.to.is_none_or(|to| day <= to.start_of_day())
    }
}

/// How many played matches a replay offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReplayCounts {
    /// Played matches: each one's result is told.
    pub played: u64,
    /// Of those, matches on days that are bet on.
    pub in_period: u64,
    /// Of those, matches with a price that was read: they are offered.
    pub offered: u64,
}

/// How long after kick-off a result is known, in seconds: two halves, the break, and stoppage time.
const RESULT_AFTER: i64 = 2 * 3600;

/// What happens at an instant. The order of the variants is the order within a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Result,
    Offer,
    Close,
}

/// When something happens, what, and to which record.
type Event = (Time, What, u32);

/// A source that replays matches in order of time.
///
/// | what | is known |
/// |---|---|
/// | price before the match | at the start of the match day |
/// | closing price | at kick-off; at the start of the match day where that is not known |
/// | result | two hours after kick-off; at the end of the match day where kick-off is not known |
#[derive(Debug)]
pub struct Replay {
    matches: Arc<Matches>,
    config: ReplayConfig,
    events: Vec<Event>,
    next: usize,
    counts: ReplayCounts,
    /// Buffers of earlier offers, to be filled again.
    spare: Vec<Vec<Quote>>,
}

impl Replay {
    /// A replay of the matches from the first round on.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use simbet::domain::Round;
    /// use simbet::source::{ReadConfig, Replay, ReplayConfig, Source, read_bytes};
    ///
    /// let csv = b"Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA\n\
    ///     E0,11/08/2023,20:00,Burnley,Man City,0,3,9.02,5.35,1.35\n";
    /// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
    /// let mut replay = Replay::new(Arc::new(matches), ReplayConfig::default());
    /// let mut round = Round::default();
    /// assert!(replay.next_round(&mut round).unwrap());
    /// assert_eq!((round.offers.len(), round.results.len()), (1, 0));
    /// assert!(replay.next_round(&mut round).unwrap());
    /// assert_eq!((round.offers.len(), round.results.len()), (0, 1));
    /// assert!(!replay.next_round(&mut round).unwrap());
    /// ```
    pub fn new(matches: Arc<Matches>, config: ReplayConfig) -> Self {
        let mut replay = Self {
            matches: Arc::clone(&matches),
            config,
            events: Vec::with_capacity(matches.records.len() * 3),
            next: 0,
            counts: ReplayCounts::default(),
            spare: Vec::new(),
        };
        for at in by_id(&matches.records) {
            replay.schedule(at, &matches.records[at as usize]);
        }
        // Stable: what happens at one instant stays in the order of days and fixture ids.
        replay.events.sort_by_key(|&(time, what, _)| (time, what));
        replay
    }

    /// How many matches are offered.
    pub const fn counts(&self) -> ReplayCounts {
        self.counts
    }

    fn schedule(&mut self, at: u32, record: &Record) {
        let fixture = &record.fixture;
        let played = record.score.is_some();
        if played {
            self.counts.played += 1;
            let known = fixture.kickoff.map_or(fixture.day + Time::DAY, |kickoff| kickoff + RESULT_AFTER);
            self.events.push((known, What::Result, at));
        }
        if played == (self.config.offered == Offered::Played) && self.config.covers(fixture.day) {
            self.counts.in_period += 1;
            self.schedule_prices(at, record);
        }
    }

    fn schedule_prices(&mut self, at: u32, record: &Record) {
        let closing = record.fixture.kickoff.unwrap_or(record.fixture.day);
        let (quotes, time) = match self.config.price {
            PriceTime::Pre => (&record.pre, record.fixture.day),
            PriceTime::Close => (&record.close, closing),
        };
        if quotes.is_empty() && self.config.offered == Offered::Played {
            return;
        }
        self.counts.offered += 1;
        self.events.push((time, What::Offer, at));
        if !record.close.is_empty() {
            self.events.push((closing, What::Close, at));
        }
    }

    fn tell(&mut self, (_, what, at): Event, round: &mut Round) {
        let record = &self.matches.records[at as usize];
        let quotes = match (what, self.config.price, record.score) {
            (What::Result, _, Some(score)) => {
                round.results.push(Match { fixture: Arc::clone(&record.fixture), score });
                return;
            }
            (What::Offer, PriceTime::Pre, _) => &record.pre,
            _ => &record.close,
        };
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.extend_from_slice(quotes);
        let offer = Offer { fixture: Arc::clone(&record.fixture), state: MatchState::default(), quotes: buffer };
        if what == What::Offer { round.offers.push(offer) } else { round.closes.push(offer) }
    }

    /// Takes the buffers back that the last round was filled with.
    fn recycle(&mut self, round: &mut Round) {
        for mut offer in round.offers.drain(..).chain(round.closes.drain(..)) {
            offer.quotes.clear();
            self.spare.push(offer.quotes);
        }
    }
}

impl Source for Replay {
    fn next_round(&mut self, round: &mut Round) -> Result<bool, SourceError> {
        self.recycle(round);
        let Some(&(time, ..)) = self.events.get(self.next) else {
            round.reset(round.time);
            return Ok(false);
        };
        round.reset(time);
        while let Some(&event) = self.events.get(self.next).filter(|event| event.0 == time) {
            self.next += 1;
            self.tell(event, round);
        }
        Ok(true)
    }

    fn names(&self) -> &Names {
        &self.matches.names
    }
}

/// Positions of the records by day and fixture id: as they stand, when they come from reading.
fn by_id(records: &[Record]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(records.len()).expect("fewer than 2^32 records")).collect();
    let key = |at: &u32| {
        let fixture = &records[*at as usize].fixture;
        (fixture.day, &fixture.id)
    };
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    order
}
