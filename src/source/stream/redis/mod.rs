//! A feed of `match_events` in a Redis, which writes answers in atomic transactions.

mod dead_entry;
pub(crate) mod entry;
mod position;
mod stopwatch;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::entry_error::EntryError;
use super::feed::{Feed, FeedItem};
use crate::checkpoint::CheckpointError;
use crate::redis::{
    Answers, EntryId, Offset, PartitionConsumer, RawEntry, Recovered, RedisError, Transaction,
};
use crate::schema::event::{EndOfStream, Event};
use crate::source::{SourceError, Stage};
use dead_entry::DeadEntry;
use position::{NextStep, Position};
pub use stopwatch::{Clock, Latencies, Stopwatch};

/// The least and the greatest number of entries from one checkpoint to the next.
const CHECKPOINT: [u64; 2] = [500, 20_000];
/// The bytes of checkpoint allowed for each entry: a larger checkpoint is made less often.
const CHECKPOINT_COST: u64 = 64;

/// The settings of a feed.
pub struct RedisConfig {
    /// The silence after which the stream is over; `None`: no silence ends it.
    pub until_idle: Option<Duration>,
    /// Whether to wait for more after an end of the stream, which then only ends the round.
    pub stay: bool,
    /// Measures latencies, and writes them to `metrics`.
    pub stopwatch: Option<Stopwatch>,
}

/// The feed of a partition.
///
/// It resumes the work of earlier traders: entries since the last checkpoint are read again, so that this trader
/// has the state of the one before; the answers to them are not written again.
pub struct RedisFeed {
    consumer: PartitionConsumer,
    answers: Answers,
    position: Position,
    buffer: VecDeque<RawEntry>,
    current: RawEntry,
    /// Entries that were handed out and are not processed yet.
    open: VecDeque<Offset>,
    dead: VecDeque<(u64, DeadEntry)>,
    idle_timeouts: Vec<EntryId>,
    /// The entry of the last checkpoint, and the number of entries until the next.
    checkpointed: u64,
    interval: u64,
    /// The number of the entry that ended the stream.
    end: Option<u64>,
    /// The number of an end that was skipped and is not counted yet.
    passed: Option<u64>,
    idle: Duration,
    config: RedisConfig,
}

impl RedisFeed {
    /// Continues from the recovered state.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn new(
        mut consumer: PartitionConsumer,
        opened: &Recovered,
        config: RedisConfig,
    ) -> Result<Self, RedisError> {
        let position = Position::new(opened);
        let mut open = VecDeque::new();
        if position.last() > opened.done {
            // these entries are in the checkpoint as the open round, and not processed
            let entries = consumer.read_again(opened.done.id)?;
            let marks = entries
                .iter()
                .zip(opened.done.number + 1..)
                .map(|(entry, number)| Offset {
                    number,
                    id: entry.id,
                });
            open.extend(marks.take_while(|mark| *mark <= position.last()));
        }
        Ok(Self {
            answers: consumer.answers(),
            consumer,
            checkpointed: position.last().number,
            position,
            buffer: VecDeque::new(),
            current: RawEntry::default(),
            open,
            dead: VecDeque::new(),
            idle_timeouts: Vec::new(),
            interval: CHECKPOINT[0],
            end: None,
            passed: None,
            idle: Duration::ZERO,
            config,
        })
    }

    /// The buffer of answers.
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }

    /// The latencies, if they were measured.
    pub fn latencies(&self) -> Option<&Latencies> {
        self.config.stopwatch.as_ref().map(Stopwatch::latencies)
    }

    /// Releases the partition, so that another trader can continue at once.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn close(self) -> Result<(), RedisError> {
        self.consumer
            .close(self.open.is_empty() && self.buffer.is_empty())
    }

    /// Fetches entries. Returns whether there are any.
    fn fetch(&mut self, patience: Duration) -> Result<bool, RedisError> {
        let after = self.position.last().id;
        let mut entries = Vec::new();
        if self.position.is_behind() {
            entries = self.consumer.read_again(after)?;
            self.position.caught_up(entries.is_empty());
        }
        if entries.is_empty() {
            entries = self.consumer.read(self.position.last(), patience)?;
        }
        if let Some(stopwatch) = &mut self.config.stopwatch {
            stopwatch.read();
        }
        self.idle = if entries.is_empty() {
            self.idle + patience
        } else {
            Duration::ZERO
        };
        self.buffer.extend(entries);
        Ok(!self.buffer.is_empty())
    }

    fn is_over(&self) -> bool {
        (self.position.is_at_an_end() && !self.config.stay)
            || self
                .config
                .until_idle
                .is_some_and(|limit| self.idle >= limit)
    }

    fn hand_out(&mut self, entry: RawEntry) -> Result<FeedItem<'_>, RedisError> {
        let mark = self.position.advance(entry.id);
        self.ensure_whole(mark)?;
        self.current = entry;
        if !self.position.is_done(mark.number) {
            self.open.push_back(mark);
        }
        if let Some(end) = entry::end(&self.current) {
            return self.hand_out_end(mark.number, end);
        }
        Ok(entry::feed_item(&self.current, mark.number))
    }

    /// Hands out an end of the stream, unless something comes after it.
    fn hand_out_end(&mut self, number: u64, end: EndOfStream) -> Result<FeedItem<'_>, RedisError> {
        if self.config.stay {
            self.passed = Some(number);
            return Ok(FeedItem::Boundary);
        }
        if self.position.is_done(number)
            && (!self.buffer.is_empty() || self.fetch(Duration::ZERO)?)
        {
            // an end with entries after it is no end any more
            return Ok(FeedItem::Boundary);
        }
        self.end = Some(number);
        Ok(FeedItem::Event {
            number,
            event: Event::End(end),
            original: b"",
        })
    }

    /// Checks that the entries that are read again are complete: none was removed.
    fn ensure_whole(&self, mark: Offset) -> Result<(), RedisError> {
        let done = self.position.done();
        if mark.id < done.id {
            return Ok(());
        }
        let least = done.number + u64::from(mark.id > done.id);
        match least.saturating_sub(mark.number) {
            0 => Ok(()),
            lost => Err(RedisError::Trimmed {
                stream: self.consumer.keys().match_events.clone(),
                lost,
            }),
        }
    }

    /// The transaction that completes the entries up to this one.
    fn step(
        &mut self,
        upto: u64,
        checkpoint: Option<(Offset, Vec<u8>)>,
    ) -> Result<Transaction, serde_json::Error> {
        let mut step = Transaction {
            done: self.position.done(),
            received: self.position.last().number,
            ..Transaction::default()
        };
        while let Some(mark) = self.open.pop_front_if(|mark| mark.number <= upto) {
            step.read.push(mark.id);
            step.done = mark;
        }
        // idle timeouts before a checkpoint are part of it
        let known = checkpoint
            .as_ref()
            .map_or(upto, |(mark, _)| mark.number.max(upto));
        while let Some((_, entry)) = self.dead.pop_front_if(|(number, _)| *number <= known) {
            entry.write(&self.answers)?;
        }
        if let Some(stopwatch) = &mut self.config.stopwatch {
            stopwatch.publish(upto, &self.answers)?;
        }
        step.answers = self.answers.take();
        step.ended = self.end == Some(step.done.number);
        step.idle_timeouts = std::mem::take(&mut self.idle_timeouts);
        step.checkpoint = checkpoint;
        Ok(step)
    }

    fn wants_checkpoint(&self) -> bool {
        let last = self.position.last().number;
        !self.position.is_done(last) && last >= self.checkpointed + self.interval
    }

    fn note_checkpoint(&mut self, made: Option<(u64, u64)>) {
        if let Some((number, bytes)) = made {
            self.checkpointed = number;
            self.interval = (bytes / CHECKPOINT_COST).clamp(CHECKPOINT[0], CHECKPOINT[1]);
        }
    }
}

impl Feed for RedisFeed {
    fn next(&mut self, patience: Duration) -> Result<FeedItem<'_>, SourceError> {
        if let Some(number) = self.passed.take() {
            return Ok(FeedItem::Entry { number, text: b"" });
        }
        match self.position.next_step() {
            NextStep::Boundary => return Ok(FeedItem::Boundary),
            NextStep::Pause => return Ok(FeedItem::Nothing),
            NextStep::Entry => {}
        }
        if self.buffer.is_empty() && !self.fetch(patience)? {
            return Ok(if self.is_over() {
                FeedItem::End
            } else {
                FeedItem::Nothing
            });
        }
        match self.buffer.pop_front() {
            Some(entry) => Ok(self.hand_out(entry)?),
            None => Ok(FeedItem::Nothing),
        }
    }

    fn commit(
        &mut self,
        upto: u64,
        state: Option<&dyn Fn() -> Result<Vec<u8>, CheckpointError>>,
    ) -> Result<(), SourceError> {
        if self.position.is_done(upto) {
            // written before, by this trader or by another
            self.answers.take();
            return Ok(());
        }
        let state = state.filter(|_| self.wants_checkpoint());
        let checkpoint = match state {
            Some(state) => Some((self.position.last(), state()?)),
            None => None,
        };
        let made = checkpoint
            .as_ref()
            .map(|(mark, bytes)| (mark.number, bytes.len() as u64));
        let step = self
            .step(upto, checkpoint)
            .map_err(|error| RedisError::Unwritable {
                message: error.to_string(),
            })?;
        self.consumer.commit(&step)?;
        self.position.finish(step.done);
        self.note_checkpoint(made);
        Ok(())
    }

    fn on_idle(&mut self, _number: u64) {
        self.idle_timeouts.push(self.position.last().id);
    }

    fn on_accepted(&mut self, match_id: &Arc<str>) {
        let (last, id) = (self.position.last(), self.current.id);
        if let Some(stopwatch) = self
            .config
            .stopwatch
            .as_mut()
            .filter(|_| !self.position.is_done(last.number))
        {
            stopwatch.on_accepted(last.number, id, match_id);
        }
    }

    fn on_refused(&mut self, reason: &EntryError) {
        let number = self.position.last().number;
        if !self.position.is_done(number) {
            let entry = DeadEntry::of(&std::mem::take(&mut self.current), reason.to_string());
            self.dead.push_back((number, entry));
        }
    }

    fn reached(&mut self, stage: Stage) {
        if let Some(stopwatch) = &mut self.config.stopwatch {
            stopwatch.reached(stage);
        }
    }
}
