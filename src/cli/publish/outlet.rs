//! Where entries are published: lines on stdout, or the streams of a Redis.

use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::domain::Time;
use crate::schema::event::{EndOfStream, Publication, write_line};

/// Takes entries.
pub trait Outlet {
    /// How many partitions the matches are spread over.
    fn partitions(&self) -> u32 {
        1
    }

    /// The partition of a match.
    fn partition_of(&self, _match_id: &str) -> u32 {
        0
    }

    /// Whether entries go elsewhere than to stdout.
    fn is_remote(&self) -> bool {
        false
    }

    /// Whether the next entry of a partition is there already, from a replay that was cut.
    fn has_next(&self, _partition: u32) -> bool {
        false
    }

    /// Takes an entry; it may be kept back until others come.
    fn write(&mut self, partition: u32, entry: &Publication<'_>) -> anyhow::Result<()>;

    /// Says that nothing follows.
    fn end(&mut self, unpriced: Option<u64>, time: Time) -> anyhow::Result<()>;

    /// Flushes what is buffered.
    fn pass_on(&mut self) -> anyhow::Result<()>;

    /// Entries taken so far, and those of them that were there already.
    fn counts(&self) -> (u64, u64);
}

/// Bytes that are kept back until there are more of them, or there is time to wait.
const BLOCK: usize = 64 * 1024;

/// Lines of JSON on stdout.
#[derive(Default)]
pub struct Lines {
    lines: Vec<u8>,
    entries: u64,
}

impl Outlet for Lines {
    fn write(&mut self, _: u32, entry: &Publication<'_>) -> anyhow::Result<()> {
        write_line(&mut self.lines, entry.event_type(), entry, entry.time())?;
        self.entries += 1;
        if self.lines.len() >= BLOCK {
            self.pass_on()
        } else {
            Ok(())
        }
    }

    fn end(&mut self, unpriced: Option<u64>, time: Time) -> anyhow::Result<()> {
        let end = EndOfStream {
            entries: Some(self.entries),
            unpriced,
        };
        write_line(&mut self.lines, EndOfStream::TYPE, &end, time)?;
        self.pass_on()
    }

    fn pass_on(&mut self) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.lines).and_then(|()| out.flush());
        self.lines.clear();
        written.context("cannot write to stdout")
    }

    fn counts(&self) -> (u64, u64) {
        (self.entries, 0)
    }
}

/// The streams of a Redis.
#[cfg(feature = "redis")]
pub struct Streams<'a>(pub crate::redis::Publisher<'a>);

#[cfg(feature = "redis")]
impl Outlet for Streams<'_> {
    fn is_remote(&self) -> bool {
        true
    }

    fn partitions(&self) -> u32 {
        self.0.layout().count()
    }

    fn partition_of(&self, match_id: &str) -> u32 {
        self.0.layout().partition_of(match_id)
    }

    fn has_next(&self, partition: u32) -> bool {
        self.0.has_next(partition)
    }

    fn write(&mut self, partition: u32, entry: &Publication<'_>) -> anyhow::Result<()> {
        Ok(self
            .0
            .write(partition, entry.event_type(), entry, entry.time())?)
    }

    fn end(&mut self, unpriced: Option<u64>, time: Time) -> anyhow::Result<()> {
        for partition in 0..self.partitions() {
            // matches without a price are counted in one partition only, so that a sum over the partitions is right
            let unpriced = unpriced.filter(|_| partition == 0);
            let end = EndOfStream {
                entries: Some(self.0.written(partition)),
                unpriced,
            };
            self.0.write(partition, EndOfStream::TYPE, &end, time)?;
        }
        self.pass_on()
    }

    fn pass_on(&mut self) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }

    fn counts(&self) -> (u64, u64) {
        let written = (0..self.partitions())
            .map(|partition| self.0.written(partition))
            .sum();
        (written, self.0.skipped())
    }
}
