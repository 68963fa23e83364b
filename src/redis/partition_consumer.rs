//! A trader's place at a partition: what it reads, and the atomic steps in which it answers.

use std::collections::VecDeque;
use std::time::Duration;

use ::redis::{Cmd, Value, cmd, pipe};

use super::partition::{Offset, PartitionConfig, READ};
use super::recovery::{Recovered, Recovery, gone_so_far};
use super::reply::{self, EntryId, RawEntry};
use super::transaction::Transaction;
use super::{Answers, Keys, Lease, Link, RedisError};

/// A partition on which nobody else works.
#[derive(Debug)]
pub struct PartitionConsumer {
    link: Link,
    keys: Keys,
    config: PartitionConfig,
    lease: Lease,
    /// Entries that were gone before the group began; `None` where Redis does not say.
    gone: Option<u64>,
    /// The last entry that the group had been handed when this began.
    handed_out: Option<EntryId>,
    /// An entry that the stream has and the group did not hand out when it was asked last.
    suspect: Option<EntryId>,
    /// What was sent and whose answers were not taken, in order.
    expected: VecDeque<Expected>,
    /// Entries that were asked for ahead.
    ahead: Option<EntriesReply>,
}

/// What answers are to.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// A step of so many commands.
    Transaction(usize),
    /// A question for entries.
    Entries,
}

/// What was answered to a question for entries.
#[derive(Debug)]
struct EntriesReply {
    /// What the group handed out.
    entries: Vec<RawEntry>,
    /// What is next in the stream, and what is first in it.
    next: Option<EntryId>,
    first: Option<EntryId>,
}

impl PartitionConsumer {
    /// Takes the lease of a partition and finds what others left behind; `None` while somebody else has the lease.
    ///
    /// # Errors
    /// When Redis cannot be used, or the group was begun with other settings.
    pub fn open(
        mut link: Link,
        config: PartitionConfig,
        partition: u32,
    ) -> Result<Option<(Self, Recovered)>, RedisError> {
        let keys = config.layout.keys(partition);
        for key in [
            &keys.match_events,
            &keys.predictions,
            &keys.bets,
            &keys.metrics,
            &keys.dead(),
        ] {
            link.ensure_type(key, "stream")?;
        }
        link.ensure_type(&keys.state(&config.group), "hash")?;
        let names = [keys.lease(&config.group), keys.fence(&config.group)];
        let Some(lease) = Lease::take(&mut link, names, &config.consumer, config.lease)? else {
            return Ok(None);
        };
        let (expected, ahead) = (VecDeque::new(), None);
        let mut consumer = Self {
            link,
            keys,
            config,
            lease,
            gone: None,
            handed_out: None,
            suspect: None,
            expected,
            ahead,
        };
        match consumer.begin() {
            Ok(opened) => Ok(Some((consumer, opened))),
            Err(error) => {
                // others should not have to wait for one that cannot work
                let _ = consumer.lease.give_back(&mut consumer.link);
                Err(error)
            }
        }
    }

    /// The keys of the partition.
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// A place for answers, which a step takes from there.
    pub fn answers(&self) -> Answers {
        Answers::new(self.keys.clone(), self.config.maxlen)
    }

    fn begin(&mut self) -> Result<Recovered, RedisError> {
        let recovery = Recovery::new(&mut self.link, &self.keys, &self.config);
        let (opened, gone) = recovery.run()?;
        self.gone = gone;
        let needed = opened
            .checkpoint
            .as_ref()
            .map_or(0, |(mark, _)| mark.number);
        self.ensure_whole(needed)?;
        Ok(opened)
    }

    /// Checks that no entry after the one of this number was trimmed away.
    fn ensure_whole(&mut self, number: u64) -> Result<(), RedisError> {
        let Some(at_first) = self.gone else {
            return Ok(());
        };
        let lost = gone_so_far(&mut self.link, &self.keys)?
            .map_or(0, |gone| gone.saturating_sub(at_first + number));
        self.none_lost(lost)
    }

    /// Entries that a consumer of the group was handed before, in order, after that id.
    ///
    /// # Errors
    /// When Redis cannot be used, or somebody else has the lease.
    pub fn read_again(&mut self, after: EntryId) -> Result<Vec<RawEntry>, RedisError> {
        self.settle()?;
        let last = match self.handed_out {
            Some(last) => last,
            None => self.last_handed_out()?,
        };
        self.handed_out = Some(last);
        if after >= last {
            Ok(Vec::new())
        } else {
            self.range(after, &last.to_string())
        }
    }

    fn last_handed_out(&mut self) -> Result<EntryId, RedisError> {
        let groups: ::redis::streams::StreamInfoGroupsReply = self
            .link
            .ask(cmd("XINFO").arg("GROUPS").arg(&self.keys.match_events))?;
        let group = groups
            .groups
            .iter()
            .find(|group| group.name == self.config.group);
        let last = group.map(|group| group.last_delivered_id.as_str());
        reply::id(last, self.link.address())
    }

    /// Entries after that id, up to one.
    fn range(&mut self, after: EntryId, upto: &str) -> Result<Vec<RawEntry>, RedisError> {
        let mut both = pipe();
        both.add_command(self.lease.renewal())
            .add_command(self.xrange(after, upto, READ));
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
    /// One that has lost the lease and does not know yet may be handed entries meanwhile. So what the group hands out is
    /// compared with what is next in the stream, and if it is not the same the stream counts.
    ///
    /// # Errors
    /// When Redis cannot be used, somebody else has the lease, or entries were trimmed away before they were read.
    pub fn read(&mut self, after: Offset, patience: Duration) -> Result<Vec<RawEntry>, RedisError> {
        self.settle()?;
        let answered = match self.ahead.take().filter(|ahead| !ahead.entries.is_empty()) {
            Some(ahead) => ahead,
            None => {
                self.ask_for_entries(after.id, patience)?;
                self.take_entries()?
            }
        };
        let entries = self.check(after, answered)?;
        if let Some(last) = entries.last().filter(|_| entries.len() >= READ) {
            // there are more, which Redis can look up while these are folded
            self.ask_for_entries(last.id, Duration::ZERO)?;
            self.expected.push_back(Expected::Entries);
        }
        Ok(entries)
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

    /// The entries that follow, whatever the group handed out.
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
        let Some(at_first) = self.gone else {
            return Ok(());
        };
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
        self.none_lost(gone.saturating_sub(at_first + after.number + read))
    }

    fn none_lost(&self, lost: u64) -> Result<(), RedisError> {
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
            .arg(READ);
        if !patience.is_zero() {
            // 0 would be for ever
            read.arg("BLOCK").arg(patience.as_millis().max(1) as u64);
        }
        read.arg("STREAMS").arg(&self.keys.match_events).arg(">");
        read
    }

    fn ensure_held(&self, held: i64) -> Result<(), RedisError> {
        if held == 1 {
            Ok(())
        } else {
            Err(self.lease.overtaken())
        }
    }

    /// Does everything of a step or nothing, and that only as long as nobody else has the lease.
    ///
    /// Redis works on it while the caller goes on; whether it was done is known with the next call, and whoever is then told
    /// that it was not has to begin anew from what is there.
    ///
    /// # Errors
    /// When Redis refuses this step or the one before, cannot be used, or somebody else has the lease.
    pub fn commit(&mut self, step: &Transaction) -> Result<(), RedisError> {
        self.settle()?;
        if step.checkpoint.is_some() {
            let ahead = self
                .ahead
                .as_ref()
                .map_or(0, |ahead| ahead.entries.len() as u64);
            self.ensure_whole(step.received + ahead)?;
        }
        self.watch()?;
        let (packed, commands) = step.pack(&self.keys, &self.config.group, &self.lease);
        self.link.send(&packed)?;
        self.expected.push_back(Expected::Transaction(commands));
        Ok(())
    }

    /// Takes every answer that is still to come.
    fn settle(&mut self) -> Result<(), RedisError> {
        while let Some(expected) = self.expected.pop_front() {
            match expected {
                Expected::Transaction(commands) => self.take_step(commands)?,
                Expected::Entries => self.ahead = Some(self.take_entries()?),
            }
        }
        Ok(())
    }

    /// Takes the answers to a step of so many commands.
    fn take_step(&mut self, commands: usize) -> Result<(), RedisError> {
        let mut refused = None;
        for _ in 0..=commands {
            match self.link.receive() {
                Ok(_) => {}
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        // the answer to EXEC: nothing when somebody took the lease since it was watched
        match (refused, self.link.receive()) {
            (Some(error), _) | (None, Err(error)) => Err(error),
            (None, Ok(Value::Nil)) => Err(self.lease.overtaken()),
            (None, Ok(_)) => Ok(()),
        }
    }

    fn watch(&mut self) -> Result<(), RedisError> {
        let mut both = pipe();
        both.cmd("WATCH")
            .arg(&self.lease.fence)
            .ignore()
            .cmd("GET")
            .arg(&self.lease.fence);
        let (token,): (Option<String>,) = self.link.ask_all(&both)?;
        if token.as_deref() == Some(self.lease.token()) {
            Ok(())
        } else {
            Err(self.lease.overtaken())
        }
    }

    /// Leaves the group, unless entries are left undone, and gives the lease back.
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
        if is_done && settled.is_ok() {
            let mut leave = cmd("XGROUP");
            leave
                .arg("DELCONSUMER")
                .arg(&self.keys.match_events)
                .arg(&self.config.group)
                .arg(&self.config.consumer);
            self.link.ask::<i64>(&leave)?;
        }
        self.lease.give_back(&mut self.link)?;
        settled
    }
}

/// The id of the first entry of an answer to XRANGE.
fn first_id(answer: Value, address: &str) -> Result<Option<EntryId>, RedisError> {
    let entries = reply::entries(answer, address)?;
    Ok(entries.first().map(|entry| entry.id))
}
