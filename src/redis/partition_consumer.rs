//! A trader's place at a partition: what it reads, and the atomic steps in which it answers.

use std::collections::VecDeque;
use std::time::Duration;

use ::redis::{Cmd, Value, cmd, pipe};

use super::reply::{self, EntryId, RawEntry};
use super::{Address, Answers, Keys, Layout, Lease, Link, RedisError};

/// Entries that are read at once.
const READ: usize = 512;
/// MatchRef how many idle_timeouts are remembered: more than there can be from one checkpoint to the next.
const SILENCES: u32 = 50_000;

/// Who trades where.
#[derive(Debug, Clone)]
pub struct PartitionConfig {
    /// Where Redis is.
    pub address: Address,
    /// Which streams there are.
    pub layout: Layout,
    /// The consumer group.
    pub group: String,
    /// The consumer's name in it.
    pub consumer: String,
    /// How long nothing is heard of a consumer until another takes over.
    pub lease: Duration,
    /// Everything that what is traded depends on, as a digest.
    pub settings: String,
    /// MatchRef how many entries a stream of answers keeps; `None`: all.
    pub maxlen: Option<u64>,
}

/// What the traders of a group left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// What a trader knew, and after which entry; `None` without a checkpoint.
    pub checkpoint: Option<(Offset, Vec<u8>)>,
    /// The entry up to which everything is done.
    pub done: Offset,
    /// Entries after which a silence ended a round, from the checkpoint's on.
    pub idle_timeouts: Vec<EntryId>,
    /// Whether the entry at the end of the stream was met.
    pub ended: bool,
}

/// An entry: its id, and its number, counted from 1 since the group began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Offset {
    /// The number.
    pub number: u64,
    /// The id.
    pub id: EntryId,
}

/// What one atomic step does.
#[derive(Debug, Default)]
pub struct Transaction {
    /// Answers, as packed commands.
    pub answers: Vec<u8>,
    /// How many commands those are.
    pub commands: usize,
    /// Entries that are done with.
    pub read: Vec<EntryId>,
    /// How many entries have been read since the group began, those included that are not done.
    pub heard: u64,
    /// The last of them.
    pub done: Offset,
    /// Whether that is the end of the stream.
    pub ended: bool,
    /// Entries after which a silence ended a round.
    pub idle_timeouts: Vec<EntryId>,
    /// What the trader knows after the entry that is named.
    pub checkpoint: Option<(Offset, Vec<u8>)>,
}

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
    ahead: Option<Answered>,
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
struct Answered {
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
        self.make_group()?;
        let opened = self.load()?;
        self.take_over_pending()?;
        let needed = opened
            .checkpoint
            .as_ref()
            .map_or(0, |(mark, _)| mark.number);
        self.ensure_whole(needed)?;
        Ok(opened)
    }

    fn make_group(&mut self) -> Result<(), RedisError> {
        let mut create = cmd("XGROUP");
        create
            .arg("CREATE")
            .arg(&self.keys.match_events)
            .arg(&self.config.group)
            .arg("0")
            .arg("MKSTREAM");
        match self.link.ask::<Value>(&create) {
            Err(RedisError::Answer { said, .. }) if said.contains("BUSYGROUP") => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// What others left behind, after checking that it was made with the same settings.
    fn load(&mut self) -> Result<Recovered, RedisError> {
        let state = self.keys.state(&self.config.group);
        let mut get = cmd("HMGET");
        get.arg(&state).arg(&[
            "settings",
            "version",
            "done",
            "done_number",
            "ended",
            "gone",
        ]);
        let fields: [Option<String>; 6] = self.link.ask(&get)?;
        let [settings, version, done, number, ended, gone] = fields;
        let number_of = |text: Option<String>| text.and_then(|text| text.parse::<u64>().ok());
        let (number, ended, gone) = (number_of(number), number_of(ended), number_of(gone));
        self.gone = gone;
        let Some(settings) = settings else {
            self.note_beginning(&state)?;
            return Ok(Recovered::default());
        };
        if settings != self.config.settings {
            let version = version.unwrap_or_else(|| "another version".to_owned());
            return Err(RedisError::OtherSettings {
                group: self.config.group.clone(),
                version,
            });
        }
        let done = Offset {
            number: number.unwrap_or(0),
            id: self.id(done.as_deref())?,
        };
        let checkpoint = self.load_checkpoint(&state)?;
        let idle_timeouts = self.load_silences(
            checkpoint
                .as_ref()
                .map_or(EntryId::default(), |(mark, _)| mark.id),
        )?;
        Ok(Recovered {
            checkpoint,
            done,
            idle_timeouts,
            ended: ended == Some(1),
        })
    }

    fn load_checkpoint(&mut self, state: &str) -> Result<Option<(Offset, Vec<u8>)>, RedisError> {
        let mut get = cmd("HMGET");
        get.arg(state)
            .arg(&["checkpoint_at", "checkpoint_number", "checkpoint"]);
        let (at, number, bytes): (Option<String>, Option<u64>, Option<Vec<u8>>) =
            self.link.ask(&get)?;
        let (Some(number), Some(bytes)) = (number, bytes) else {
            return Ok(None);
        };
        Ok(Some((
            Offset {
                number,
                id: self.id(at.as_deref())?,
            },
            bytes,
        )))
    }

    /// Where idle_timeouts ended rounds, from that entry on.
    fn load_silences(&mut self, since: EntryId) -> Result<Vec<EntryId>, RedisError> {
        let key = self.keys.idle_timeouts(&self.config.group);
        let answer: Value = self.link.ask(cmd("XRANGE").arg(key).arg(since).arg("+"))?;
        Ok(reply::entries(answer, self.link.address())?
            .iter()
            .map(|entry| entry.id)
            .collect())
    }

    fn id(&self, text: Option<&str>) -> Result<EntryId, RedisError> {
        let text = text.unwrap_or("0-0");
        let strange = |_| RedisError::Answer {
            address: self.link.address().to_owned(),
            said: format!("the id {text}"),
        };
        text.parse().map_err(strange)
    }

    fn note_beginning(&mut self, state: &str) -> Result<(), RedisError> {
        self.gone = self.gone_so_far()?;
        let mut set = cmd("HSET");
        set.arg(state)
            .arg("settings")
            .arg(&self.config.settings)
            .arg("version")
            .arg(env!("CARGO_PKG_VERSION"));
        if let Some(gone) = self.gone {
            set.arg("gone").arg(gone);
        }
        self.link.ask(&set)
    }

    /// Makes what other consumers were handed and did not finish this one's: they have lost the lease.
    fn take_over_pending(&mut self) -> Result<(), RedisError> {
        let mut from = "0-0".to_owned();
        loop {
            let mut claim = cmd("XAUTOCLAIM");
            claim
                .arg(&self.keys.match_events)
                .arg(&self.config.group)
                .arg(&self.config.consumer)
                .arg(0)
                .arg(&from);
            claim.arg("COUNT").arg(10 * READ).arg("JUSTID");
            let answer: Vec<Value> = self.link.ask(&claim)?;
            let next: String = answer
                .first()
                .and_then(|next| ::redis::from_redis_value_ref(next).ok())
                .unwrap_or_default();
            if next.is_empty() || next == "0-0" {
                return Ok(());
            }
            from = next;
        }
    }

    /// How many entries of the stream are gone; `None` where Redis does not say, or some were deleted one by one.
    fn gone_so_far(&mut self) -> Result<Option<u64>, RedisError> {
        let answer: Value = self
            .link
            .ask(cmd("XINFO").arg("STREAM").arg(&self.keys.match_events))?;
        Ok(gone_of(&answer))
    }

    /// Checks that no entry after the one of this number was trimmed away.
    fn ensure_whole(&mut self, number: u64) -> Result<(), RedisError> {
        let Some(at_first) = self.gone else {
            return Ok(());
        };
        let lost = self
            .gone_so_far()?
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
        self.id(group.map(|group| group.last_delivered_id.as_str()))
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

    fn take_entries(&mut self) -> Result<Answered, RedisError> {
        let [held, handed_out, next, first] = [(); 4].map(|()| self.link.receive());
        self.ensure_held(if held? == Value::Int(1) { 1 } else { 0 })?;
        let address = self.link.address();
        let first_of = |answer| {
            reply::entries(answer, address).map(|entries| entries.first().map(|entry| entry.id))
        };
        Ok(Answered {
            next: first_of(next?)?,
            first: first_of(first?)?,
            entries: reply::of_one_stream(handed_out?, address)?,
        })
    }

    /// The entries that follow, whatever the group handed out.
    fn check(&mut self, after: Offset, answered: Answered) -> Result<Vec<RawEntry>, RedisError> {
        let Answered {
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
        let Some(gone) = gone_of(&answer) else {
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
            self.ensure_whole(step.heard + ahead)?;
        }
        self.watch()?;
        let (packed, commands) = self.pack(step);
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

    /// The commands of a step, and how many there are between MULTI and EXEC.
    fn pack(&self, step: &Transaction) -> (Vec<u8>, usize) {
        let mut packed = Vec::with_capacity(step.answers.len() + 1024);
        cmd("MULTI").write_packed_command(&mut packed);
        packed.extend_from_slice(&step.answers);
        let others = self.bookkeeping(step);
        for command in &others {
            command.write_packed_command(&mut packed);
        }
        cmd("EXEC").write_packed_command(&mut packed);
        (packed, step.commands + others.len())
    }

    fn bookkeeping(&self, step: &Transaction) -> Vec<Cmd> {
        let (state, idle_timeouts) = (
            self.keys.state(&self.config.group),
            self.keys.idle_timeouts(&self.config.group),
        );
        let mut commands = Vec::new();
        if !step.read.is_empty() {
            let mut acknowledge = cmd("XACK");
            acknowledge
                .arg(&self.keys.match_events)
                .arg(&self.config.group)
                .arg(&step.read);
            commands.push(acknowledge);
        }
        let mut set = cmd("HSET");
        set.arg(&state)
            .arg("done")
            .arg(step.done.id)
            .arg("done_number")
            .arg(step.done.number);
        set.arg("ended").arg(u8::from(step.ended));
        if let Some((mark, bytes)) = &step.checkpoint {
            set.arg("checkpoint_at")
                .arg(mark.id)
                .arg("checkpoint_number")
                .arg(mark.number);
            set.arg("checkpoint").arg(bytes.as_slice());
        }
        commands.push(set);
        for id in &step.idle_timeouts {
            let mut add = cmd("XADD");
            // as an entry of the same id, so that whoever reads along finds it in its place
            add.arg(&idle_timeouts)
                .arg("MAXLEN")
                .arg("~")
                .arg(SILENCES)
                .arg(id)
                .arg("ended")
                .arg(1);
            commands.push(add);
        }
        commands.push(self.lease.prolongation());
        commands
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

/// How many entries are gone, by what XINFO STREAM says since Redis 7.
pub(super) fn gone_of(answer: &Value) -> Option<u64> {
    let fields: std::collections::BTreeMap<String, Value> =
        ::redis::from_redis_value_ref(answer).ok()?;
    let number = |name: &str| {
        fields
            .get(name)
            .and_then(|value| ::redis::from_redis_value_ref::<u64>(value).ok())
    };
    let deleted: String =
        ::redis::from_redis_value_ref(fields.get("max-deleted-entry-id")?).ok()?;
    let (added, length) = (number("entries-added")?, number("length")?);
    (deleted == "0-0").then(|| added.saturating_sub(length))
}
