//! The stored state of a group's traders, and how the next trader takes it over.

use ::redis::{Value, cmd};

use super::partition::{Offset, PartitionConfig, READ};
use super::reply::{self, EntryId};
use super::{Keys, Link, RedisError};

/// The stored state of a group's traders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// A trader's checkpoint, and the entry after which it was made.
    pub checkpoint: Option<(Offset, Vec<u8>)>,
    /// The last entry that was processed.
    pub done: Offset,
    /// Entries after which a silence ended a round, from the checkpoint's on.
    pub idle_timeouts: Vec<EntryId>,
    /// Whether the stream had ended.
    pub ended: bool,
}

/// The work of a trader that has just taken the lease of a partition, before it reads.
pub(super) struct Recovery<'a> {
    link: &'a mut Link,
    keys: &'a Keys,
    config: &'a PartitionConfig,
    /// Entries that were gone before the group began; `None` where Redis does not say.
    gone: Option<u64>,
}

impl<'a> Recovery<'a> {
    pub fn new(link: &'a mut Link, keys: &'a Keys, config: &'a PartitionConfig) -> Self {
        Self {
            link,
            keys,
            config,
            gone: None,
        }
    }

    /// Takes over the stored state. Returns it, and how many entries had been removed before the group began.
    pub fn run(mut self) -> Result<(Recovered, Option<u64>), RedisError> {
        self.make_group()?;
        let recovered = self.load()?;
        self.take_over_pending()?;
        Ok((recovered, self.gone))
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
            Err(RedisError::Answer { message, .. }) if message.contains("BUSYGROUP") => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// The stored state, after a check that it was made with the same settings.
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
        let [number, ended, gone] =
            [number, ended, gone].map(|text| text.and_then(|text| text.parse::<u64>().ok()));
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
            id: reply::id(done.as_deref(), self.link.address())?,
        };
        let checkpoint = self.load_checkpoint(&state)?;
        let idle_timeouts = self.load_idle_timeouts(
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
                id: reply::id(at.as_deref(), self.link.address())?,
            },
            bytes,
        )))
    }

    /// Where idle timeouts ended rounds, from that entry on.
    fn load_idle_timeouts(&mut self, since: EntryId) -> Result<Vec<EntryId>, RedisError> {
        let key = self.keys.idle_timeouts(&self.config.group);
        let answer: Value = self.link.ask(cmd("XRANGE").arg(key).arg(since).arg("+"))?;
        Ok(reply::entries(answer, self.link.address())?
            .iter()
            .map(|entry| entry.id)
            .collect())
    }

    fn note_beginning(&mut self, state: &str) -> Result<(), RedisError> {
        self.gone = gone_so_far(self.link, self.keys)?;
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

    /// Claims the pending entries of other consumers: they have lost the lease.
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
}

/// The number of entries trimmed from the stream; `None` where Redis does not say, or some were deleted one by one.
pub(super) fn gone_so_far(link: &mut Link, keys: &Keys) -> Result<Option<u64>, RedisError> {
    let answer: Value = link.ask(cmd("XINFO").arg("STREAM").arg(&keys.match_events))?;
    Ok(reply::gone_of(&answer))
}
