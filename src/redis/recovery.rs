//! The stored state of a group's traders, and how the next trader takes it over.

use ::redis::streams::StreamInfoGroupsReply;
use ::redis::{Value, cmd};

use super::partition::{Offset, PartitionConfig, READ};
use super::reply::{self, EntryId};
use super::state::{self, GroupState, IdleTimeouts};
use super::{Keys, Lease, Link, RedisError, scripts};
use crate::checkpoint;

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
    pub link: &'a mut Link,
    pub keys: &'a Keys,
    pub config: &'a PartitionConfig,
    pub lease: &'a Lease,
    pub partition: u32,
}

/// How often a beginning is tried again when entries are trimmed at the same time.
const BEGINNINGS: u32 = 20;

impl Recovery<'_> {
    /// Takes over the stored state, or makes one.
    pub fn run(mut self) -> Result<(Recovered, GroupState), RedisError> {
        let key = self.keys.state(&self.config.group);
        let (state, recovered) = match load(self.link, &key, self.partition)? {
            Some(state) => {
                let recovered = self.take_over(&key, &state)?;
                (state, recovered)
            }
            None => (self.begin(&key)?, Recovered::default()),
        };
        self.take_over_pending()?;
        Ok((recovered, state))
    }

    /// The last id that the group was handed; `None` where there is no stream or no group.
    fn handed_out(&mut self) -> Result<Option<EntryId>, RedisError> {
        if !self.link.exists(&self.keys.match_events)? {
            return Ok(None);
        }
        last_handed_out(self.link, self.keys, &self.config.group)
    }

    /// Begins a group of which nothing is stored.
    fn begin(&mut self, key: &str) -> Result<GroupState, RedisError> {
        // others than traders may have read before the first of them came
        let is_first = self.lease.token() == "1";
        let handed_out = self.handed_out()?.unwrap_or_default();
        if !is_first && handed_out > EntryId::default() {
            return Err(RedisError::Damaged {
                key: key.to_owned(),
                problem: format!(
                    "it is missing, although group {} has been handed entries of {}",
                    self.config.group, self.keys.match_events
                ),
            });
        }
        for _ in 0..BEGINNINGS {
            let state = GroupState {
                settings: self.config.settings.clone(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                gone: gone_so_far(self.link, self.keys)?,
                ..GroupState::default()
            };
            self.make_group(EntryId::default(), Some(&state))?;
            // entries that were trimmed meanwhile would seem lost
            if gone_so_far(self.link, self.keys)? == state.gone {
                return Ok(state);
            }
            self.link.ask::<i64>(cmd("DEL").arg(key))?;
        }
        Err(RedisError::Unreachable {
            address: self.link.address().to_owned(),
            message: "entries are trimmed faster than a group can begin".to_owned(),
        })
    }

    /// Makes the group, if it is not there, and with it its first state.
    fn make_group(&mut self, since: EntryId, new: Option<&GroupState>) -> Result<(), RedisError> {
        let Self {
            keys,
            config,
            lease,
            ..
        } = self;
        let state = keys.state(&config.group);
        let mut begin =
            scripts::on_keys(scripts::BEGIN, &[&keys.match_events, &state, &lease.fence]);
        begin
            .arg(lease.token())
            .arg(&config.group)
            .arg(since)
            .arg(u8::from(new.is_some()));
        for (name, value) in new.map_or_else(Vec::new, |new| new.fields(self.partition)) {
            begin.arg(name).arg(value);
        }
        let answer = self.link.ask::<i64>(&begin);
        answer.map(|_| ()).map_err(|error| lease.refused(error))
    }

    /// The stored state, after a check that it was made with the same settings, on this stream.
    fn take_over(&mut self, key: &str, state: &GroupState) -> Result<Recovered, RedisError> {
        if state.settings != self.config.settings {
            return Err(RedisError::OtherSettings {
                group: self.config.group.clone(),
                version: state.version.clone(),
            });
        }
        let stream = about_stream(self.link, self.keys)?;
        let last = stream.and_then(|answer| reply::last_of(&answer));
        if last.unwrap_or_default() < state.done.id {
            return Err(RedisError::Replaced {
                key: self.keys.match_events.clone(),
            });
        }
        let checkpoint = self.load_checkpoint(key, state)?;
        let since = checkpoint
            .as_ref()
            .map_or(EntryId::default(), |(at, _)| at.id);
        if self.handed_out()?.is_none() {
            // somebody has removed it: what was read stands in the state
            self.make_group(state.done.id.max(since), None)?;
        }
        Ok(Recovered {
            checkpoint,
            done: state.done,
            idle_timeouts: self.load_idle_timeouts(since, state)?,
            ended: state.ended,
        })
    }

    fn load_checkpoint(
        &mut self,
        key: &str,
        state: &GroupState,
    ) -> Result<Option<(Offset, Vec<u8>)>, RedisError> {
        let Some((at, digest)) = &state.checkpoint else {
            return Ok(None);
        };
        let bytes: Option<Vec<u8>> = self.link.ask(cmd("HGET").arg(key).arg(state::CHECKPOINT))?;
        let bytes = bytes.unwrap_or_default();
        if !checkpoint::is_whole(&bytes, digest) {
            return Err(RedisError::Damaged {
                key: key.to_owned(),
                problem: format!(
                    "its field checkpoint ({} bytes) is missing or was changed",
                    bytes.len()
                ),
            });
        }
        Ok(Some((*at, bytes)))
    }

    /// Where idle timeouts ended rounds, from that entry on.
    fn load_idle_timeouts(
        &mut self,
        since: EntryId,
        state: &GroupState,
    ) -> Result<Vec<EntryId>, RedisError> {
        let key = self.keys.idle_timeouts(&self.config.group);
        self.link.ensure_type(&key, "stream")?;
        let answer: Value = self.link.ask(cmd("XRANGE").arg(&key).arg(since).arg("+"))?;
        let ids: Vec<_> = reply::entries(answer, self.link.address())?
            .iter()
            .map(|entry| entry.id)
            .collect();
        if IdleTimeouts::of(&ids) != state.idle_timeouts {
            return Err(RedisError::Damaged {
                key,
                problem: "entries were removed from it, or added".to_owned(),
            });
        }
        Ok(ids)
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

/// The state that stands at a key; `None` where there is none.
fn load(link: &mut Link, key: &str, partition: u32) -> Result<Option<GroupState>, RedisError> {
    let values: Vec<Option<Vec<u8>>> = link.ask(cmd("HMGET").arg(key).arg(&state::FIELDS))?;
    let state = GroupState::read(key, partition, &values)?;
    if state.is_none() && link.exists(key)? {
        return Err(RedisError::Damaged {
            key: key.to_owned(),
            problem: "it has none of the fields of a state".to_owned(),
        });
    }
    Ok(state)
}

/// The last id that a group was handed; `None` where there is no such group.
pub(super) fn last_handed_out(
    link: &mut Link,
    keys: &Keys,
    group: &str,
) -> Result<Option<EntryId>, RedisError> {
    let reply: StreamInfoGroupsReply =
        link.ask(cmd("XINFO").arg("GROUPS").arg(&keys.match_events))?;
    let found = reply.groups.iter().find(|found| found.name == group);
    found
        .map(|found| reply::id(&found.last_delivered_id, link.address()))
        .transpose()
}

/// The answer to XINFO STREAM; `None` where there is no stream.
fn about_stream(link: &mut Link, keys: &Keys) -> Result<Option<Value>, RedisError> {
    if !link.exists(&keys.match_events)? {
        return Ok(None);
    }
    link.ask(cmd("XINFO").arg("STREAM").arg(&keys.match_events))
        .map(Some)
}

/// The number of entries trimmed from the stream; `None` where Redis does not say, or some were deleted one by one.
pub(super) fn gone_so_far(link: &mut Link, keys: &Keys) -> Result<Option<u64>, RedisError> {
    let answer = about_stream(link, keys)?;
    Ok(answer.map_or(Some(0), |answer| reply::gone_of(&answer)))
}
