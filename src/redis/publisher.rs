//! Writes entries into `match_events`, with the progress of a replay.

use std::collections::VecDeque;

use serde::Serialize;

use super::packed::Arguments;
use super::{Address, Keys, Layout, Link, Patience, RedisError, ensure_partitions, scripts};
use crate::domain::Time;

/// Entries that go into the stream in one atomic step.
const BATCH: u32 = 512;
/// Steps that are sent before the first is answered, so that Redis never waits for the next.
const UNDER_WAY: usize = 4;

/// The settings of a publisher.
#[derive(Debug, Clone)]
pub struct PublisherConfig {
    /// Where Redis is.
    pub address: Address,
    /// The streams.
    pub layout: Layout,
    /// The digest of the replay's inputs, which identifies it.
    pub replay: String,
    /// The approximate number of entries that a stream keeps; `None`: all.
    pub maxlen: Option<u64>,
    /// Whether to continue a replay of which a part is there.
    pub resume: bool,
}

/// Writes entries in atomic steps, each of which also notes the progress of the replay. So after a failure no entry is
/// missing or duplicated.
pub struct Publisher<'a> {
    config: PublisherConfig,
    patience: Patience<'a>,
    boxes: Vec<Outbox>,
    scratch: Vec<u8>,
}

/// The entries on their way to a partition.
struct Outbox {
    keys: Keys,
    link: Link,
    /// The digest of the script that adds entries.
    script: String,
    /// Entries handed in.
    written: u64,
    /// Entries that were in the stream at the start.
    skipped: u64,
    batch: Arguments,
    /// Entries in the batch.
    queued: u32,
    sent: VecDeque<Batch>,
}

struct Batch {
    packed: Vec<u8>,
    /// Entries handed in before this batch, and with it.
    before: u64,
    upto: u64,
}

impl<'a> Publisher<'a> {
    /// Connects, and reads the progress of the replay. Waits for a Redis that cannot be reached.
    ///
    /// # Errors
    /// When Redis cannot be used, or the replay is there in part and is not to be resumed.
    pub fn open(config: PublisherConfig, patience: Patience<'a>) -> Result<Self, RedisError> {
        let boxes = patience.retry(|| {
            ensure_partitions(&config.address, &config.layout, true)?;
            let all = config.layout.all().into_iter();
            all.map(|keys| Outbox::open(keys, &config))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let there: u64 = boxes.iter().map(|outbox| outbox.skipped).sum();
        if there > 0 && !config.resume {
            return Err(RedisError::Published {
                stream: boxes[0].keys.match_events.clone(),
                entries: there,
            });
        }
        Ok(Self {
            config,
            patience,
            boxes,
            scratch: Vec::new(),
        })
    }

    /// Entries that were in the stream at the start, and are not written again.
    pub fn skipped(&self) -> u64 {
        self.boxes.iter().map(|outbox| outbox.skipped).sum()
    }

    /// Entries handed in for a partition so far, those included that were there.
    pub fn written(&self, partition: u32) -> u64 {
        self.boxes[partition as usize].written
    }

    /// The streams that are written.
    pub const fn layout(&self) -> &Layout {
        &self.config.layout
    }

    /// Whether the next entry of a partition is there already.
    pub fn has_next(&self, partition: u32) -> bool {
        let outbox = &self.boxes[partition as usize];
        outbox.written < outbox.skipped
    }

    /// Takes an entry for a partition.
    ///
    /// # Errors
    /// When Redis cannot be used for longer than patience lasts, or refuses.
    pub fn write(
        &mut self,
        partition: u32,
        event_type: &str,
        data: &impl Serialize,
        time: Time,
    ) -> Result<(), RedisError> {
        let Self { boxes, scratch, .. } = self;
        let outbox = &mut boxes[partition as usize];
        outbox.written += 1;
        if outbox.written <= outbox.skipped {
            return Ok(());
        }
        scratch.clear();
        serde_json::to_writer(&mut *scratch, data).map_err(|error| RedisError::Unwritable {
            message: error.to_string(),
        })?;
        outbox.add(event_type, scratch, time);
        if outbox.queued >= BATCH {
            self.send(partition as usize)
        } else {
            Ok(())
        }
    }

    /// Writes every entry so far, and waits for the answers.
    ///
    /// # Errors
    /// As for [`Self::write`].
    pub fn flush(&mut self) -> Result<(), RedisError> {
        for place in 0..self.boxes.len() {
            self.send(place)?;
        }
        for place in 0..self.boxes.len() {
            while !self.boxes[place].sent.is_empty() {
                self.settle(place)?;
            }
        }
        Ok(())
    }

    /// Sends the batch of a partition, after waiting while too many steps are unanswered.
    fn send(&mut self, place: usize) -> Result<(), RedisError> {
        if !self.boxes[place].seal(&self.config) {
            return Ok(());
        }
        if let Err(error) = self.boxes[place].send_last() {
            self.recover(place, error)?;
        }
        while self.boxes[place].sent.len() >= UNDER_WAY {
            self.settle(place)?;
        }
        Ok(())
    }

    /// Waits for the answers to the oldest batch.
    fn settle(&mut self, place: usize) -> Result<(), RedisError> {
        match self.boxes[place].receive_first() {
            Ok(()) => Ok(()),
            Err(error) => self.recover(place, error),
        }
    }

    /// Connects again, and resends the steps that were not executed.
    fn recover(&mut self, place: usize, error: RedisError) -> Result<(), RedisError> {
        if !error.is_passing() {
            return Err(error);
        }
        (self.patience.note)(&error);
        let Self {
            config,
            patience,
            boxes,
            ..
        } = self;
        patience.retry(|| boxes[place].reconnect(config))
    }
}

impl Outbox {
    fn open(keys: Keys, config: &PublisherConfig) -> Result<Self, RedisError> {
        let (link, script, skipped) = connect(&keys, config)?;
        Ok(Self {
            keys,
            link,
            script,
            written: 0,
            skipped,
            batch: Arguments::default(),
            queued: 0,
            sent: VecDeque::new(),
        })
    }

    fn add(&mut self, event_type: &str, data: &[u8], time: Time) {
        self.batch.add_entry(event_type, data, time);
        self.queued += 1;
    }

    /// Makes a step of the batch, if there is anything in it.
    fn seal(&mut self, config: &PublisherConfig) -> bool {
        if self.queued == 0 {
            return false;
        }
        let (upto, before) = (self.written, self.written - u64::from(self.queued));
        let keys = [&*self.keys.match_events, &self.keys.published()];
        let mut add = Arguments::of_script(&self.script, &keys, self.batch.len() + 1024);
        add.add(config.replay.as_bytes());
        add.add_text(before);
        add.add_text(upto);
        add.add_number(config.maxlen);
        add.add_all(&self.batch);
        self.batch.clear();
        self.queued = 0;
        self.sent.push_back(Batch {
            packed: add.command(),
            before,
            upto,
        });
        true
    }

    fn send_last(&mut self) -> Result<(), RedisError> {
        self.sent
            .back()
            .map_or(Ok(()), |batch| self.link.send(&batch.packed))
    }

    fn receive_first(&mut self) -> Result<(), RedisError> {
        self.link.receive()?;
        self.sent.pop_front();
        Ok(())
    }

    /// Finds out which steps were executed before the connection broke, and queues the others again.
    fn reconnect(&mut self, config: &PublisherConfig) -> Result<(), RedisError> {
        let there;
        (self.link, self.script, there) = connect(&self.keys, config)?;
        while self.sent.front().is_some_and(|batch| batch.upto <= there) {
            self.sent.pop_front();
        }
        if self.sent.front().is_some_and(|batch| batch.before > there) {
            return Err(RedisError::Forgot {
                address: self.link.address().to_owned(),
            });
        }
        self.sent
            .iter()
            .try_for_each(|batch| self.link.send(&batch.packed))
    }
}

/// A connection, the digest of the script that adds entries, and how many entries of the replay are in the stream.
fn connect(keys: &Keys, config: &PublisherConfig) -> Result<(Link, String, u64), RedisError> {
    let is_tagged = config.layout.partitions.is_some();
    let mut link = Link::open(&config.address, &keys.match_events, is_tagged)?;
    link.ensure_type(&keys.match_events, "stream")?;
    link.ensure_type(&keys.published(), "hash")?;
    let script = link.load(scripts::PUBLISH)?;
    let mut ask = scripts::on_keys(scripts::PUBLISHED, &[&keys.match_events, &keys.published()]);
    ask.arg(&config.replay);
    let there = link.ask(&ask)?;
    Ok((link, script, there))
}
