//! Rounds from the entries of a stream, as they come.

mod assembly;
mod entry_error;
mod feed;
mod fixtures;
mod lines;
mod pool_teams;
#[cfg(feature = "redis")]
pub mod redis;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{NextRound, Replay, Source, SourceError, Stage};
use crate::checkpoint::{self, CheckpointError};
use crate::domain::{Book, Names, Round, Time};
use crate::engine::{EngineConfig, EngineError};
use crate::schema::event::{EndOfStream, Event, EventError};
use assembly::Accepted;
#[cfg(all(unix, feature = "serve"))]
pub(crate) use assembly::Accepted as AcceptedEntry;
pub(crate) use assembly::Assembly;
pub use entry_error::EntryError;
pub use feed::{Feed, FeedItem};
#[cfg(all(unix, feature = "serve"))]
pub(crate) use fixtures::season_of;
pub use lines::Lines;
pub(crate) use pool_teams::PoolTeams;

/// How a stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct StreamConfig {
    /// The book of prices that name none.
    pub book: Book,
    /// The silence after which a round without `round_size` is over; `None`: only a
    /// later time, or the end, ends such a round.
    pub linger: Option<Duration>,
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            book: Book::AVG,
            linger: Some(Duration::from_millis(50)),
        }
    }
}

/// An entry that was refused.
#[derive(Debug)]
pub struct Refused<'a> {
    /// Which entry of the stream, counted from 1; of lines, the line.
    pub number: u64,
    /// Why.
    pub reason: EntryError,
    /// Its text, cut off where it is too long.
    pub original: &'a [u8],
}

/// A statistic that cannot be true, of a result that counts without it.
#[derive(Debug)]
pub struct Dropped<'a> {
    /// The entry of the result, counted from 1; of lines, the line.
    pub number: u64,
    /// What is wrong with it.
    pub reason: &'a EventError,
}

/// Counts of the entries of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct StreamCounts {
    /// Accepted entries, repeated ones included, without the end of the stream.
    pub entries: u64,
    /// Of those, entries that repeat another.
    pub repeated: u64,
    /// Entries that were refused.
    pub refused: u64,
    /// Statistics that cannot be true, and were dropped from results that count without them.
    pub dropped_statistics: u64,
    /// The end of the stream; `None` before it.
    pub end: Option<EndOfStream>,
}

/// The saved form: entries, repeated, refused, dropped statistics, and the end. (The JSON form of the end would leave out unknown members.)
type SavedCounts = ([u64; 4], Option<[Option<u64>; 2]>);

impl From<StreamCounts> for SavedCounts {
    fn from(counts: StreamCounts) -> Self {
        let StreamCounts {
            entries,
            repeated,
            refused,
            dropped_statistics: dropped,
            end,
        } = counts;
        (
            [entries, repeated, refused, dropped],
            end.map(|end| [end.entries, end.unpriced]),
        )
    }
}

impl From<SavedCounts> for StreamCounts {
    fn from(([entries, repeated, refused, dropped], end): SavedCounts) -> Self {
        let end = end.map(|[entries, unpriced]| EndOfStream { entries, unpriced });
        Self {
            entries,
            repeated,
            refused,
            dropped_statistics: dropped,
            end,
        }
    }
}

/// A source that assembles the entries of a feed into rounds.
///
/// A round is over when an entry of a later time comes, when `round_size` entries have come,
/// at the end of the stream, or, if its entries have no `round_size`, after a silence
/// ([`StreamConfig::linger`]). So a replay with `round_size` never depends on how fast it is read.
///
/// Entries that repeat others of the same instant change nothing. A late result counts when it comes. The same result of
/// a match again changes nothing, another one corrects it, unless its timestamp is older, and what else was counted may come later. Late prices are refused: nobody offers them any more.
///
/// A match that is over is forgotten [`Match::REMEMBERED`](crate::domain::Match::REMEMBERED) later, on the clock of the
/// stream. A repeated entry after that is refused by its age: that of its timestamp, or of its match day. An
/// entry with a new timestamp and no old match day is of a new match, whatever its id.
pub struct Stream<'a> {
    feed: &'a mut dyn Feed,
    config: StreamConfig,
    on_refused: &'a mut dyn FnMut(&Refused<'_>),
    on_dropped: Option<&'a mut dyn FnMut(&Dropped<'_>)>,
    history: Option<Replay>,
    assembly: Assembly,
    counts: StreamCounts,
    /// The books of the prices so far.
    books: BTreeSet<Book>,
    /// Whether rounds were handed out since the last `Next::Wait`: the caller should then process them without delay.
    owed: bool,
    ended: bool,
}

/// The kind of a stream's saved state.
const STATE: &str = "checkpoint of a stream";

/// How long a call waits for an entry before it returns `Next::Wait`.
const PATIENCE: Duration = Duration::from_millis(100);

impl<'a> Stream<'a> {
    /// The rounds of a feed. `on_refused` gets every refused entry.
    ///
    /// ```
    /// use simbet::Round;
    /// use simbet::internals::source::stream::{Stream, StreamConfig};
    /// use simbet::internals::source::stream::{Lines, Refused};
    /// use simbet::{NextRound, Source};
    ///
    /// let text = r#"{"event_type":"match_event","data":{"match_id":"7","home_team":"Burnley","away_team":"Man City",
    ///     "minute":0,"home_goals":0,"away_goals":0,"market_odds_home":9.02,"market_odds_away":1.35,
    ///     "timestamp":"2023-08-11T18:00:00Z"},"timestamp":"2023-08-11T18:00:00Z"}"#.replace('\n', "");
    /// let mut lines = Lines::new(std::io::Cursor::new(text));
    /// let mut ignore = |_: &Refused<'_>| {};
    /// let mut stream = Stream::new(&mut lines, StreamConfig::default(), &mut ignore);
    /// let mut round = Round::default();
    /// while stream.next_round(&mut round).unwrap() == NextRound::Wait {}
    /// assert_eq!(round.offers[0].quotes.len(), 2);
    /// ```
    pub fn new(
        feed: &'a mut dyn Feed,
        config: StreamConfig,
        on_refused: &'a mut dyn FnMut(&Refused<'_>),
    ) -> Self {
        Self {
            feed,
            config,
            on_refused,
            on_dropped: None,
            history: None,
            assembly: Assembly::default(),
            counts: StreamCounts::default(),
            books: BTreeSet::new(),
            owed: false,
            ended: false,
        }
    }

    /// Gives every statistic that is dropped to a function.
    #[must_use]
    pub fn noting(mut self, on_dropped: &'a mut dyn FnMut(&Dropped<'_>)) -> Self {
        self.on_dropped = Some(on_dropped);
        self
    }

    /// Adds matches to learn from: their results come first, as far as they were known when the stream
    /// begins.
    #[must_use]
    pub fn with_history(mut self, history: Replay) -> Self {
        self.assembly = Assembly::with_names(history.names().clone());
        self.history = Some(history);
        self
    }

    /// Reads these spellings of teams as others, as [`ReadConfig::aliases`](crate::source::ReadConfig::aliases) has it of
    /// files. To be called after [`Self::with_history`].
    #[must_use]
    pub fn with_aliases(mut self, aliases: &BTreeMap<String, String>) -> Self {
        self.assembly
            .set_aliases(crate::source::aliases::Aliases::new(aliases));
        self
    }

    /// Refuses entries by which a pool would have more teams than its model can take, those of the matches before the stream
    /// counted. To be called after [`Self::with_history`].
    ///
    /// # Errors
    /// When the matches before the stream have too many already.
    pub fn with_team_limit(mut self, config: &EngineConfig) -> Result<Self, EngineError> {
        let history = self.history.as_ref().map(Replay::matches);
        self.assembly.set_teams(PoolTeams::new(config, history)?);
        Ok(self)
    }

    /// Restores another stream from the checkpoint that it gave to its feed. Also returns the state of the rest of that
    /// run, for [`resume`](crate::run::resume). It includes the matches before the stream.
    ///
    /// # Errors
    /// When the bytes are no checkpoint, were damaged, or are of another version.
    pub fn with_state(mut self, checkpoint: &[u8]) -> Result<(Self, Vec<u8>), SourceError> {
        let (assembly, counts, rest) =
            checkpoint::open::<(Assembly, SavedCounts, Vec<u8>)>(STATE, checkpoint)?;
        (self.assembly, self.counts, self.history) = (assembly, counts.into(), None);
        Ok((self, rest))
    }

    /// How many matches are remembered: those that are not over, and those that have not been over for long.
    pub fn remembered(&self) -> usize {
        self.assembly.remembered()
    }

    /// Counts of the entries so far.
    pub const fn counts(&self) -> StreamCounts {
        self.counts
    }

    /// The books of the prices that this stream was handed.
    pub const fn books(&self) -> &BTreeSet<Book> {
        &self.books
    }

    /// First and last day of the matches so far.
    pub const fn days(&self) -> Option<(Time, Time)> {
        self.assembly.days()
    }

    /// The next round of the matches before the stream.
    fn next_history_round(&mut self, round: &mut Round) -> Result<bool, SourceError> {
        let Some(history) = &mut self.history else {
            return Ok(false);
        };
        let Some(first) = self.assembly.now() else {
            return Ok(false);
        };
        if history.next_round(round)? == NextRound::Round && round.time <= first {
            return Ok(true);
        }
        self.history = None;
        Ok(false)
    }

    /// Takes the next entry, waiting for it no longer than `patience`. Returns whether there was one.
    fn listen(&mut self, patience: Duration) -> Result<bool, SourceError> {
        let book = self.config.book;
        let (number, mut event, original) = match self.feed.next(patience)? {
            FeedItem::Event {
                number,
                event,
                original,
            } => (number, Ok(event), original),
            // an empty line is counted and ignored
            FeedItem::Entry { number, text } if text.trim_ascii().is_empty() => {
                self.assembly.number(number);
                return Ok(true);
            }
            FeedItem::Entry { number, text } => (number, Event::of_line(text, book), text),
            FeedItem::Parts {
                number,
                event_type,
                data,
            } => (number, Event::of_parts(event_type, data, book), data),
            FeedItem::Boundary => {
                self.assembly.close();
                return Ok(true);
            }
            FeedItem::Nothing => return Ok(false),
            FeedItem::End => {
                self.end();
                return Ok(true);
            }
        };
        self.assembly.number(number);
        if let Ok(Event::Prices(prices)) = &event {
            self.books
                .extend(prices.quotes.iter().map(|quote| quote.book));
        }
        let dropped = event.as_mut().map(Event::take_dropped).unwrap_or_default();
        match event
            .map_err(EntryError::from)
            .and_then(|event| self.assembly.take(event))
        {
            Ok(taken) => {
                self.count(taken);
                self.note_dropped(number, &dropped);
            }
            Err(reason) => {
                self.counts.refused += 1;
                // the refusal should be written without delay
                self.owed = true;
                (self.on_refused)(&Refused {
                    number,
                    reason: reason.clone(),
                    original,
                });
                self.feed.on_refused(&reason);
            }
        }
        Ok(true)
    }

    fn note_dropped(&mut self, number: u64, dropped: &[EventError]) {
        self.counts.dropped_statistics += dropped.len() as u64;
        if let Some(on_dropped) = &mut self.on_dropped {
            for reason in dropped {
                on_dropped(&Dropped { number, reason });
            }
        }
    }

    fn count(&mut self, taken: Accepted) {
        match taken {
            Accepted::New(fixture) => {
                self.counts.entries += 1;
                self.feed.on_accepted(&fixture.id);
            }
            Accepted::Repeated => {
                self.owed = true;
                self.counts.entries += 1;
                self.counts.repeated += 1;
            }
            Accepted::End(end) => {
                self.counts.end = Some(end);
                self.end();
            }
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.assembly.close();
    }

    /// Ends the open round after a silence, if it has lasted long enough. Returns whether it did.
    fn end_idle_round(&mut self) -> bool {
        let over = !std::mem::take(&mut self.owed) && self.may_linger();
        if over {
            self.feed.on_idle(self.assembly.last());
            self.assembly.close();
        }
        over
    }

    fn may_linger(&self) -> bool {
        self.config.linger.is_some() && self.assembly.is_open_ended()
    }

    fn patience(&self) -> Duration {
        match self.config.linger {
            _ if self.owed => Duration::ZERO,
            Some(linger) if self.assembly.is_open_ended() => linger,
            _ => PATIENCE,
        }
    }
}

impl Source for Stream<'_> {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        loop {
            if self.next_history_round(round)? || self.assembly.hand_out(round) {
                self.owed = true;
                return Ok(NextRound::Round);
            }
            round.reset(round.time);
            if self.ended {
                return Ok(NextRound::End);
            }
            if !self.listen(self.patience())? && !self.end_idle_round() {
                return Ok(NextRound::Wait);
            }
        }
    }

    fn names(&self) -> &Names {
        self.assembly.names()
    }

    fn reached(&mut self, stage: Stage) {
        self.feed.reached(stage);
    }

    fn commit(
        &mut self,
        rest: &dyn Fn() -> Result<Vec<u8>, CheckpointError>,
    ) -> Result<(), SourceError> {
        let (assembly, counts) = (&self.assembly, SavedCounts::from(self.counts));
        let state: &dyn Fn() -> Result<Vec<u8>, CheckpointError> =
            &|| checkpoint::seal(STATE, &(assembly, counts, rest()?));
        // a checkpoint amid the history would need the rest of the history as well
        let can_be_kept = self.history.is_none();
        self.feed
            .commit(assembly.over(), can_be_kept.then_some(state))
    }
}
