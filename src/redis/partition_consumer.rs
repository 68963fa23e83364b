//! The consumer of a partition: it reads entries, and writes answers in atomic transactions.

use std::collections::VecDeque;
use std::time::Duration;

use ::redis::{Cmd, Value, cmd, pipe};

use super::partition::{Offset, PartitionConfig, READ};
use super::recovery::{Recovered, Recovery, gone_so_far, last_handed_out};
use super::reply::{self, EntryId, RawEntry};
use super::state::GroupState;
use super::transaction::{Place, Transaction};
use super::{Answers, Keys, Lease, Link, RedisError, scripts};

/// A partition whose lease this consumer holds.
#[derive(Debug)]
pub struct PartitionConsumer {
    link: Link,
    keys: Keys,
    config: PartitionConfig,
    partition: u32,
    lease: Lease,
    /// The digest of the script of a step.
    script: String,
    /// The state as the last step has left it.
    state: GroupState,
    /// The last entry that the group had received when this consumer began.
    handed_out: Option<EntryId>,
    /// An entry that is in the stream and that the group did not hand out at the last request.
    suspect: Option<EntryId>,
    /// The requests whose answers were not read yet, in order.
    expected: VecDeque<Expected>,
    /// Entries that were requested ahead.
    ahead: Option<EntriesReply>,
    /// The most entries that are requested at once.
    count: usize,
}

/// The number of entries of the first request.
const FIRST_READ: usize = 16;
/// About the most bytes of the entries of a request, as long as the next are no longer than the last.
const READ_BYTES: usize = 8 << 20;

/// How many entries to request after these: twice as many as before, unless they are long.
fn next_count(count: usize, entries: &[RawEntry]) -> usize {
    let longest = entries.iter().map(RawEntry::length).max();
    longest.map_or(count, |longest| {
        (READ_BYTES / longest.max(1)).clamp(1, READ.min(2 * count))
    })
}

/// A request whose answer was not read yet.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// A transaction.
    Transaction,
    /// A request for entries.
    Entries,
}

/// The answer to a request for entries.
#[derive(Debug)]
struct EntriesReply {
    /// The entries that the group handed out.
    entries: Vec<RawEntry>,
    /// The next entry of the stream, and the first one in it.
    next: Option<EntryId>,
    first: Option<EntryId>,
}

impl PartitionConsumer {
    /// Takes the lease of a partition and recovers the state of earlier consumers; `None` while another has the lease.
    ///
    /// # Errors
    /// When Redis cannot be used, or the group was begun with other settings.
    pub fn open(
        mut link: Link,
        config: PartitionConfig,
        partition: u32,
    ) -> Result<Option<(Self, Recovered)>, RedisError> {
        let keys = config.layout.keys(partition);
        link.ensure_types(&keys.kinds(&config.group))?;
        let names = [keys.lease(&config.group), keys.fence(&config.group)];
        let Some(lease) = Lease::take(&mut link, names, &config.consumer, config.lease)? else {
            return Ok(None);
        };
        let (expected, ahead) = (VecDeque::new(), None);
        let mut consumer = Self {
            link,
            keys,
            config,
            partition,
            lease,
            script: String::new(),
            state: GroupState::default(),
            handed_out: None,
            suspect: None,
            expected,
            ahead,
            count: FIRST_READ,
        };
        match consumer.begin() {
            Ok(opened) => Ok(Some((consumer, opened))),
            Err(error) => {
                // other consumers should not have to wait for one that cannot work
                let _ = consumer.lease.release(&mut consumer.link);
                Err(error)
            }
        }
    }

    /// The keys of the partition.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// An empty buffer of answers for this partition.
    pub fn answers(&self) -> Answers {
        Answers::default()
    }

    fn begin(&mut self) -> Result<Recovered, RedisError> {
        self.script = self.link.load(scripts::COMMIT)?;
        let recovery = Recovery {
            link: &mut self.link,
            keys: &self.keys,
            config: &self.config,
            lease: &self.lease,
            partition: self.partition,
        };
        let opened;
        (opened, self.state) = recovery.run()?;
        let needed = opened
            .checkpoint
            .as_ref()
            .map_or(0, |(mark, _)| mark.number);
        self.ensure_whole(needed)?;
        Ok(opened)
    }

    /// Checks that no entry after the one of this number was trimmed away.
    fn ensure_whole(&mut self, number: u64) -> Result<(), RedisError> {
        let Some(at_first) = self.state.gone else {
            return Ok(());
        };
        let lost = gone_so_far(&mut self.link, &self.keys)?
            .map_or(0, |gone| gone.saturating_sub(at_first + number));
        self.ensure_none_lost(lost)
    }

    /// Entries that a consumer of the group was handed before, in order, after that id.
    ///
    /// # Errors
    /// When Redis cannot be used, or another consumer has the lease.
    pub fn read_again(&mut self, after: EntryId) -> Result<Vec<RawEntry>, RedisError> {
        self.settle()?;
        let last = match self.handed_out {
            Some(last) => last,
            None => {
                last_handed_out(&mut self.link, &self.keys, &self.config.group)?.unwrap_or_default()
            }
        };
        self.handed_out = Some(last);
        if after >= last {
            Ok(Vec::new())
        } else {
            self.range(after, &last.to_string())
        }
    }

    /// Entries after one id, up to another.
    fn range(&mut self, after: EntryId, upto: &str) -> Result<Vec<RawEntry>, RedisError> {
        let mut both = pipe();
        both.add_command(self.lease.renewal())
            .add_command(self.xrange(after, upto, self.count));
        let (held, answer): (i64, Value) = self.link.ask_all(&both)?;
        self.ensure_held(held)?;
        reply::entries(answer, self.link.address())
    }

    fn xrange(&self, after: EntryId, upto: &str, count: usize) -> Cmd {
        let mut range = cmd("XRANGE");
        range
            .arg(&self.keys.match_events)
            .arg(format!("({after}"))
            .arg(upto)
            .arg("COUNT")
            .arg(count);
        range
    }

    /// Entries after that id, waiting for them no longer than that.
    ///
    /// A consumer that has lost its lease unnoticed may still receive entries. So the entries that the group hands out are
    /// compared with the stream, and where they differ the stream counts.
    ///
    /// # Errors
    /// When Redis cannot be used, another consumer has the lease, or entries were trimmed away before they were read.
    pub fn read(&mut self, after: Offset, patience: Duration) -> Result<Vec<RawEntry>, RedisError> {
        self.read_next(after, patience)
            .map_err(|error| self.link.named(error, &self.keys.kinds(&self.config.group)))
    }

    fn read_next(
        &mut self,
        after: Offset,
        patience: Duration,
    ) -> Result<Vec<RawEntry>, RedisError> {
        let mut ahead = self.take_ahead();
        if ahead.is_none() {
            self.settle()?;
            ahead = self.take_ahead();
        }
        // with entries at hand, Redis may still be at the last step
        let answered = match ahead {
            Some(ahead) => ahead,
            None => {
                self.ask_for_entries(after.id, patience)?;
                self.take_entries()?
            }
        };
        let entries = self.check(after, answered)?;
        let is_full = entries.len() >= self.count;
        self.count = next_count(self.count, &entries);
        if let Some(last) = entries.last().filter(|_| is_full) {
            // there are more, which Redis can look up while these are processed
            self.ask_for_entries(last.id, Duration::ZERO)?;
            self.expected.push_back(Expected::Entries);
        }
        Ok(entries)
    }

    fn take_ahead(&mut self) -> Option<EntriesReply> {
        self.ahead.take().filter(|ahead| !ahead.entries.is_empty())
    }

    fn ask_for_entries(&mut self, after: EntryId, patience: Duration) -> Result<(), RedisError> {
        let mut packed = Vec::new();
        let next = self.xrange(after, "+", 1);
        let first = self.xrange(EntryId::default(), "+", 1);
        for command in [self.lease.renewal(), self.xreadgroup(patience), next, first] {
            command.write_packed_command(&mut packed);
        }
        self.link.send(&packed)
    }

    fn take_entries(&mut self) -> Result<EntriesReply, RedisError> {
        let [held, handed_out, next, first] = [(); 4].map(|()| self.link.receive());
        self.ensure_held(if held? == Value::Int(1) { 1 } else { 0 })?;
        let address = self.link.address();
        Ok(EntriesReply {
            next: first_id(next?, address)?,
            first: first_id(first?, address)?,
            entries: reply::of_one_stream(handed_out?, address)?,
        })
    }

    /// The next entries of the stream, whatever the group handed out.
    fn check(
        &mut self,
        after: Offset,
        answered: EntriesReply,
    ) -> Result<Vec<RawEntry>, RedisError> {
        let EntriesReply {
            mut entries,
            next,
            first,
        } = answered;
        let suspect = std::mem::replace(&mut self.suspect, next.filter(|_| entries.is_empty()));
        let was_taken = match entries.first() {
            // seen twice: one that only came between the two questions would have been handed out by now
            None => next.is_some() && suspect == next,
            Some(first) => next != Some(first.id),
        };
        if was_taken {
            entries = self.read_what_was_taken(after.id)?;
        }
        if first.is_none_or(|first| first > after.id) {
            self.ensure_none_skipped(after, &entries)?;
        }
        Ok(entries)
    }

    /// Checks that these are the entries that follow, where the stream does not reach back so far that nobody need ask.
    fn ensure_none_skipped(
        &mut self,
        after: Offset,
        entries: &[RawEntry],
    ) -> Result<(), RedisError> {
        let Some(at_first) = self.state.gone else {
            return Ok(());
        };
        self.settle()?;
        let answer: Value = self
            .link
            .ask(cmd("XINFO").arg("STREAM").arg(&self.keys.match_events))?;
        let Some(gone) = reply::gone_of(&answer) else {
            return Ok(());
        };
        // of those that are gone by now, the ones that were read before
        let first = reply::first_of(&answer);
        let read = entries
            .iter()
            .filter(|entry| first.is_none_or(|first| entry.id < first))
            .count() as u64;
        self.ensure_none_lost(gone.saturating_sub(at_first + after.number + read))
    }

    fn ensure_none_lost(&self, lost: u64) -> Result<(), RedisError> {
        match lost {
            0 => Ok(()),
            lost => Err(RedisError::Trimmed {
                stream: self.keys.match_events.clone(),
                lost,
            }),
        }
    }

    fn read_what_was_taken(&mut self, after: EntryId) -> Result<Vec<RawEntry>, RedisError> {
        self.handed_out = None;
        self.read_again(after)
    }

    fn xreadgroup(&self, patience: Duration) -> Cmd {
        let mut read = cmd("XREADGROUP");
        read.arg("GROUP")
            .arg(&self.config.group)
            .arg(&self.config.consumer)
            .arg("COUNT")
            .arg(self.count);
        if !patience.is_zero() {
            // Redis takes 0 as no timeout
            read.arg("BLOCK").arg(patience.as_millis().max(1) as u64);
        }
        read.arg("STREAMS").arg(&self.keys.match_events).arg(">");
        read
    }

    fn ensure_held(&self, held: i64) -> Result<(), RedisError> {
        if held == 1 {
            Ok(())
        } else {
            Err(self.lease.lost())
        }
    }

    /// Executes a transaction, as long as no other consumer has the lease.
    ///
    /// Redis executes it while the caller continues. The next call returns its error, if it failed: the caller then has to
    /// start again from the stored state.
    ///
    /// # Errors
    /// When Redis refuses this transaction or the one before, cannot be used, or another consumer has the lease.
    pub fn commit(&mut self, step: &Transaction) -> Result<(), RedisError> {
        self.settle()?;
        if step.checkpoint.is_some() {
            let ahead = self
                .ahead
                .as_ref()
                .map_or(0, |ahead| ahead.entries.len() as u64);
            self.ensure_whole(step.received + ahead)?;
        }
        let after = step.apply(&self.state);
        let place = Place {
            keys: &self.keys,
            group: &self.config.group,
            partition: self.partition,
            lease: &self.lease,
            maxlen: self.config.maxlen,
            script: &self.script,
        };
        self.link.send(&step.pack(&place, &self.state, &after))?;
        self.state = after;
        self.expected.push_back(Expected::Transaction);
        Ok(())
    }

    /// Reads every outstanding answer.
    fn settle(&mut self) -> Result<(), RedisError> {
        while let Some(expected) = self.expected.pop_front() {
            match expected {
                Expected::Transaction => self.take_step()?,
                Expected::Entries => self.ahead = Some(self.take_entries()?),
            }
        }
        Ok(())
    }

    /// Reads the answer to a transaction.
    fn take_step(&mut self) -> Result<(), RedisError> {
        let answer = self.link.receive();
        answer
            .map(|_| ())
            .map_err(|error| self.lease.refused(error))
    }

    /// Leaves the group, unless entries are pending, and releases the lease.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn close(mut self, is_done: bool) -> Result<(), RedisError> {
        let mut settled = Ok(());
        while !self.expected.is_empty() {
            settled = settled.and(self.settle());
        }
        let is_done = is_done
            && self
                .ahead
                .as_ref()
                .is_none_or(|ahead| ahead.entries.is_empty());
        let keys = [&*self.keys.match_events, &self.lease.fence, &self.lease.key];
        let mut leave = scripts::on_keys(scripts::LEAVE, &keys);
        leave.arg(self.lease.token()).arg(&self.lease.holder);
        leave
            .arg(&self.config.group)
            .arg(&self.config.consumer)
            .arg(u8::from(is_done && settled.is_ok()));
        self.link.ask::<i64>(&leave)?;
        settled
    }
}

/// The id of the first entry of an answer to XRANGE.
fn first_id(answer: Value, address: &str) -> Result<Option<EntryId>, RedisError> {
    let entries = reply::entries(answer, address)?;
    Ok(entries.first().map(|entry| entry.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_long_entries_are_requested_at_once() {
        let entry = |bytes: usize| {
            let texts = vec!["x".to_owned(), "y".repeat(bytes - 1)];
            RawEntry::of_texts(EntryId(1, 1), texts)
        };
        assert_eq!(next_count(16, &[entry(300)]), 32);
        assert_eq!(next_count(400, &[entry(300)]), READ);
        assert_eq!(next_count(512, &[entry(300), entry(1 << 20)]), 8);
        assert_eq!(next_count(512, &[entry(20 << 20)]), 1);
        assert_eq!(next_count(1, &[entry(300)]), 2);
        assert_eq!(next_count(7, &[]), 7);
    }
}
