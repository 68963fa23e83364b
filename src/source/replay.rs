//! Matches replayed as rounds: everything at the instant it became known.

use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::table::{MatchRecord, Matches};
use super::{NextRound, Source, SourceError};
use crate::calendar;
use crate::domain::{Fixture, MatchState, Names, Offer, Quote, Round, Time};

/// Which price bets are struck at.
///
/// ```
/// use simbet::{PriceTime, Settings};
/// let settings = Settings::from_toml("price = 'close'").unwrap();
/// assert_eq!(settings.price, Some(PriceTime::Close));
/// ```
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
    /// Those that are over, at prices that were read. Bets on one without a result are void.
    #[default]
    Played,
    /// Those still to be played, priced or not.
    Fixtures,
    /// All that were read, priced or not.
    Every,
}

impl Offered {
    /// Whether a match that is over, or one that is not, is among them.
    const fn has(self, is_over: bool) -> bool {
        match self {
            Self::Played => is_over,
            Self::Fixtures => !is_over,
            Self::Every => true,
        }
    }
}

/// How matches are replayed.
///
/// ```
/// use std::sync::Arc;
/// use simbet::{ReadConfig, Replay, ReplayConfig, Time, read_bytes};
/// let csv = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Man United,Fulham,1,0,1.60,4.20,5.25\n";
/// let matches = Arc::new(read_bytes("mine.csv", csv, &ReadConfig::default()).unwrap());
/// let all = Replay::new(Arc::clone(&matches), ReplayConfig::default());
/// assert_eq!(all.counts().offered, 1);
/// let later = matches.records[0].fixture.day + Time::DAY;
/// let none = Replay::new(matches, ReplayConfig { from: Some(later), ..ReplayConfig::default() });
/// assert_eq!((none.counts().played, none.counts().offered), (1, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReplayConfig {
    /// Which price bets are struck at.
    pub price: PriceTime,
    /// Which matches are offered.
    pub offered: Offered,
    /// The first day whose matches are offered; earlier ones still tell their results.
    #[serde(serialize_with = "calendar::serialize_day")]
    pub from: Option<Time>,
    /// The last day whose matches are offered, that day included.
    #[serde(serialize_with = "calendar::serialize_day")]
    pub to: Option<Time>,
    /// Whether the prices of other matches that are over, up to the last day, are shown as lessons: forecasts that are pooled with
    /// prices are weighed by them.
    #[serde(skip_serializing_if = "is_false")]
    pub lessons: bool,
}

/// Whether a run has no lessons.
const fn is_false(lessons: &bool) -> bool {
    !*lessons
}

impl ReplayConfig {
    /// When the last prices of a match are offered; `None` where it is not offered.
    pub(crate) fn last_offer(&self, record: &MatchRecord) -> Option<Time> {
        let is_played = self.offered == Offered::Played;
        let fixture = &record.fixture;
        if record.is_fixture() == is_played || !self.covers(fixture.day) {
            return None;
        }
        let closing = fixture.kickoff.unwrap_or(fixture.day);
        let (quotes, time) = match self.price {
            PriceTime::Pre => (&record.pre, closing.min(fixture.day)),
            PriceTime::Close => (&record.close, closing),
        };
        match self.price {
            _ if quotes.is_empty() => (!is_played).then_some(time),
            PriceTime::Pre => quotes.iter().map(|quote| quote.as_of).max(),
            PriceTime::Close => Some(time),
        }
    }

    /// The same for every match, priced or not.
    pub(crate) const fn of_every_match(self) -> Self {
        Self {
            offered: Offered::Every,
            ..self
        }
    }

    fn covers(&self, day: Time) -> bool {
        self.from.is_none_or(|from| day >= from.start_of_day()) && self.ends_after(day)
    }

    fn ends_after(&self, day: Time) -> bool {
        self.to.is_none_or(|to| day <= to.start_of_day())
    }
}

/// How many matches that are over a replay offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReplayCounts {
    /// Matches that are over, whose results are replayed; of some it is that there is none.
    pub played: u64,
    /// Of those, matches on days that are bet on.
    pub in_period: u64,
    /// Of those, matches with a price that was read: they are offered.
    pub offered: u64,
}

/// How long after kick-off a result is known, in seconds: two halves, the break, and stoppage time.
pub(super) const RESULT_AFTER: i64 = 2 * 3600;

/// A schedule of records by time, then by fixture id.
#[derive(Debug, Clone, Default)]
struct Schedule {
    events: Vec<(Time, u32)>,
    next: usize,
}

impl Schedule {
    fn add(&mut self, time: Time, record: usize) {
        self.events.push((
            time,
            u32::try_from(record).expect("fewer than 2^32 records"),
        ));
    }

    /// Sorts by time; what happens at one instant stays in the order of the records, by day and id.
    fn sort(&mut self) {
        self.events.sort_by_key(|(time, _)| *time);
    }

    fn peek(&self) -> Option<Time> {
        self.events.get(self.next).map(|(time, _)| *time)
    }

    /// The next record of this instant.
    fn take(&mut self, now: Time) -> Option<usize> {
        let (_, record) = self
            .events
            .get(self.next)
            .filter(|(time, _)| *time == now)?;
        self.next += 1;
        Some(*record as usize)
    }
}

/// A source that replays matches in order of time.
///
/// | what | is known |
/// |---|---|
/// | price before the match | at the start of the match day, which is midnight UTC, or at kick-off where that is earlier; one with a time of its own (`as_of`) then |
/// | closing price | at kick-off; at the start of the match day where that is not known |
/// | result, or that there is none | two hours after kick-off; at the end of the match day, which is midnight UTC or the end of a later match of that day, where kick-off is not known |
///
/// A clone of a replay that has not begun replays the same matches, without sorting them again.
#[derive(Debug, Clone)]
pub struct Replay {
    matches: Arc<Matches>,
    config: ReplayConfig,
    results: Schedule,
    offers: Schedule,
    closes: Schedule,
    lessons: Schedule,
    counts: ReplayCounts,
    /// Buffers of earlier offers, to be filled again.
    spare: Vec<Vec<Quote>>,
}

impl Replay {
    /// A replay of results only: no match is offered.
    pub fn of_results(matches: Arc<Matches>) -> Self {
        Self::of_history(matches, false)
    }

    /// A replay in which no match is offered, with or without the prices before matches as lessons.
    pub fn of_history(matches: Arc<Matches>, lessons: bool) -> Self {
        let never = Time::from_seconds(i64::MAX);
        Self::new(
            matches,
            ReplayConfig {
                from: Some(never),
                lessons,
                ..ReplayConfig::default()
            },
        )
    }

    /// The matches that are replayed.
    pub(crate) fn matches(&self) -> &Matches {
        &self.matches
    }

    /// A replay of the matches from the first round on.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use simbet::Round;
    /// use simbet::{NextRound, ReadConfig, Replay, ReplayConfig, Source, read_bytes};
    ///
    /// let csv = b"Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA\n\
    ///     E0,11/08/2023,20:00,Burnley,Man City,0,3,9.02,5.35,1.35\n";
    /// let matches = read_bytes("E0.csv", csv, &ReadConfig::default()).unwrap();
    /// let mut replay = Replay::new(Arc::new(matches), ReplayConfig::default());
    /// let mut round = Round::default();
    /// assert_eq!(replay.next_round(&mut round).unwrap(), NextRound::Round);
    /// assert_eq!((round.offers.len(), round.results.len()), (1, 0));
    /// assert_eq!(replay.next_round(&mut round).unwrap(), NextRound::Round);
    /// assert_eq!((round.offers.len(), round.results.len()), (0, 1));
    /// assert_eq!(replay.next_round(&mut round).unwrap(), NextRound::End);
    /// ```
    pub fn new(matches: Arc<Matches>, config: ReplayConfig) -> Self {
        let mut replay = Self {
            matches: Arc::clone(&matches),
            config,
            results: Schedule::default(),
            offers: Schedule::default(),
            closes: Schedule::default(),
            lessons: Schedule::default(),
            counts: ReplayCounts::default(),
            spare: Vec::new(),
        };
        let (records, order) = (&matches.records, by_id(&matches.records));
        for day in order.chunk_by(|a, b| records[*a].fixture.day == records[*b].fixture.day) {
            let fixtures = day.iter().map(|at| &*records[*at].fixture);
            let end = end_of_day(records[day[0]].fixture.day, fixtures);
            for &at in day {
                replay.schedule(at, &records[at], end);
            }
        }
        let Self {
            results,
            offers,
            closes,
            lessons,
            ..
        } = &mut replay;
        for schedule in [results, offers, closes, lessons] {
            schedule.sort();
        }
        replay
    }

    /// How many matches are offered.
    pub const fn counts(&self) -> ReplayCounts {
        self.counts
    }

    /// The first and the last day on which a match is offered.
    pub fn offered_days(&self) -> Option<(Time, Time)> {
        let records = self.offers.events.iter().map(|(_, record)| *record);
        let days = records.map(|record| self.matches.records[record as usize].fixture.day);
        Some((days.clone().min()?, days.max()?))
    }

    /// The days in UTC on which the results of offered matches become known, in days since 1970-01-01, in order, each once.
    pub fn match_days(&self) -> Vec<i64> {
        let mut offered: Vec<u32> = self
            .offers
            .events
            .iter()
            .map(|(_, record)| *record)
            .collect();
        offered.sort_unstable();
        let known = self
            .results
            .events
            .iter()
            .filter(|(_, record)| offered.binary_search(record).is_ok());
        let mut days: Vec<i64> = known.map(|(time, _)| time.day()).collect();
        days.dedup();
        days
    }

    fn schedule(&mut self, at: usize, record: &MatchRecord, end_of_day: Time) {
        let fixture = &record.fixture;
        let is_over = !record.is_fixture();
        if is_over {
            self.counts.played += 1;
            let known = fixture.kickoff.map(|kickoff| kickoff + RESULT_AFTER);
            self.results.add(known.unwrap_or(end_of_day), at);
        }
        if self.config.offered.has(is_over) && self.config.covers(fixture.day) {
            self.counts.in_period += 1;
            self.schedule_prices(at, record);
        } else if self.config.lessons && is_over && self.config.ends_after(fixture.day) {
            self.schedule_lessons(at, record);
        }
    }

    fn schedule_lessons(&mut self, at: usize, record: &MatchRecord) {
        match self.config.price {
            PriceTime::Pre => {
                for time in times(&record.pre) {
                    self.lessons.add(time, at);
                }
            }
            PriceTime::Close if record.close.is_empty() => {}
            PriceTime::Close => {
                let fixture = &record.fixture;
                self.lessons.add(fixture.kickoff.unwrap_or(fixture.day), at);
            }
        }
    }

    fn schedule_prices(&mut self, at: usize, record: &MatchRecord) {
        let day = record.fixture.day;
        let closing = record.fixture.kickoff.unwrap_or(day);
        let (quotes, time) = match self.config.price {
            PriceTime::Pre => (&record.pre, closing.min(day)),
            PriceTime::Close => (&record.close, closing),
        };
        if quotes.is_empty() && self.config.offered == Offered::Played {
            return;
        }
        self.counts.offered += 1;
        match self.config.price {
            PriceTime::Pre if !quotes.is_empty() => {
                times(quotes)
                    .into_iter()
                    .for_each(|time| self.offers.add(time, at));
            }
            PriceTime::Pre | PriceTime::Close => self.offers.add(time, at),
        }
        if !record.close.is_empty() {
            self.closes.add(closing, at);
        }
    }

    /// A record's prices before the match that become known now, or those at its close.
    fn offer(&mut self, at: usize, price: PriceTime, now: Time) -> Offer {
        let record = &self.matches.records[at];
        let mut buffer = self.spare.pop().unwrap_or_default();
        match price {
            PriceTime::Pre => {
                buffer.extend(record.pre.iter().filter(|quote| quote.as_of == now));
            }
            PriceTime::Close => buffer.extend_from_slice(&record.close),
        }
        Offer {
            fixture: Arc::clone(&record.fixture),
            state: MatchState::default(),
            quotes: buffer,
        }
    }

    /// Takes back the buffers of the last round.
    fn recycle(&mut self, round: &mut Round) {
        let Round {
            offers,
            closes,
            lessons,
            ..
        } = round;
        for mut offer in offers
            .drain(..)
            .chain(closes.drain(..))
            .chain(lessons.drain(..))
        {
            offer.quotes.clear();
            self.spare.push(offer.quotes);
        }
    }
}

impl Source for Replay {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        self.recycle(round);
        let heads = [
            self.results.peek(),
            self.offers.peek(),
            self.closes.peek(),
            self.lessons.peek(),
        ];
        let Some(now) = heads.into_iter().flatten().min() else {
            round.reset(round.time);
            return Ok(NextRound::End);
        };
        round.reset(now);
        while let Some(at) = self.results.take(now) {
            round.results.extend(self.matches.records[at].ended());
        }
        while let Some(at) = self.offers.take(now) {
            round.offers.push(self.offer(at, self.config.price, now));
        }
        while let Some(at) = self.closes.take(now) {
            round.closes.push(self.offer(at, PriceTime::Close, now));
        }
        while let Some(at) = self.lessons.take(now) {
            round.lessons.push(self.offer(at, self.config.price, now));
        }
        Ok(NextRound::Round)
    }

    fn names(&self) -> &Names {
        &self.matches.names
    }
}

/// The end of the match day of these matches. Where one kicks off after midnight UTC, the day is over when that match is:
/// the results of others whose kick-off is not known may not be known before it.
fn end_of_day<'a>(day: Time, matches: impl Iterator<Item = &'a Fixture>) -> Time {
    let midnight = day + Time::DAY;
    let kickoffs = matches.filter_map(|fixture| fixture.kickoff);
    let late = kickoffs.filter(|kickoff| *kickoff >= midnight).max();
    late.map_or(midnight, |kickoff| kickoff + RESULT_AFTER)
}

/// The instants at which prices become known, in order, each once.
fn times(quotes: &[Quote]) -> Vec<Time> {
    let mut times: Vec<Time> = quotes.iter().map(|quote| quote.as_of).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// Positions of the records by day and fixture id. Records that were read are in this order already.
fn by_id(records: &[MatchRecord]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&records[*a].fixture, &records[*b].fixture);
        (a.day, &a.id).cmp(&(b.day, &b.id))
    });
    order
}
