//! The state of the streams and of their consumer groups.

use ::redis::cmd;
use ::redis::streams::{StreamInfoConsumersReply, StreamInfoGroupsReply, StreamRangeReply};
use serde::Serialize;

use super::{Address, Keys, Layout, Link, RedisError, ensure_partitions, lease};

/// The streams of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The partition, counted from 0; `None` where there is but one.
    pub partition: Option<u32>,
    /// `match_events`, `predictions`, `bets`, `metrics`, and the dead letters.
    pub streams: Vec<StreamInfo>,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamInfo {
    /// Its key.
    pub name: String,
    /// Entries in it.
    pub length: u64,
    /// Id of the first one.
    pub first_id: Option<String>,
    /// Id of the last one.
    pub last_id: Option<String>,
    /// Its consumer groups.
    pub groups: Vec<GroupInfo>,
}

/// A consumer group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupInfo {
    /// The group's name.
    pub name: String,
    /// Names of its consumers.
    pub consumers: Vec<String>,
    /// The consumer that has the lease; `None` while nobody has.
    pub holder: Option<String>,
    /// Entries that were handed out and are not done.
    pub pending: u64,
    /// Entries that were not handed out; `None` where Redis cannot tell.
    pub lag: Option<u64>,
    /// Id of the entry that was handed out last.
    pub last_delivered_id: String,
    /// Entries that are done since the group began; `None` for a group that does not trade.
    pub done: Option<u64>,
}

/// The state of every stream of every partition.
///
/// # Errors
/// When Redis cannot be used.
pub fn overview(address: &Address, layout: &Layout) -> Result<Vec<Overview>, RedisError> {
    ensure_partitions(address, layout, false)?;
    let mut partitions = Vec::new();
    for (number, keys) in layout.all().iter().enumerate() {
        let mut link = Link::open(address, &keys.match_events, layout.partitions.is_some())?;
        let names = [
            &keys.match_events,
            &keys.predictions,
            &keys.bets,
            &keys.metrics,
            &keys.dead(),
        ];
        let streams = names
            .map(|name| stream(&mut link, keys, name))
            .into_iter()
            .collect::<Result<_, _>>()?;
        partitions.push(Overview {
            partition: layout.partitions.map(|_| number as u32),
            streams,
        });
    }
    Ok(partitions)
}

fn stream(link: &mut Link, keys: &Keys, name: &str) -> Result<StreamInfo, RedisError> {
    link.ensure_type(name, "stream")?;
    let length: u64 = link.ask(cmd("XLEN").arg(name))?;
    let first: StreamRangeReply = link.ask(
        cmd("XRANGE")
            .arg(name)
            .arg("-")
            .arg("+")
            .arg("COUNT")
            .arg(1),
    )?;
    let last: StreamRangeReply = link.ask(
        cmd("XREVRANGE")
            .arg(name)
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1),
    )?;
    let groups = if link.exists(name)? {
        groups(link, keys, name)?
    } else {
        Vec::new()
    };
    Ok(StreamInfo {
        name: name.to_owned(),
        length,
        first_id: only_id(first),
        last_id: only_id(last),
        groups,
    })
}

fn groups(link: &mut Link, keys: &Keys, name: &str) -> Result<Vec<GroupInfo>, RedisError> {
    let reply: StreamInfoGroupsReply = link.ask(cmd("XINFO").arg("GROUPS").arg(name))?;
    let mut groups = Vec::new();
    for group in reply.groups {
        let consumers: StreamInfoConsumersReply =
            link.ask(cmd("XINFO").arg("CONSUMERS").arg(name).arg(&group.name))?;
        let done: Option<Vec<u8>> =
            link.ask(cmd("HGET").arg(keys.state(&group.name)).arg("done_number"))?;
        let done = done.map(|text| String::from_utf8_lossy(&text).into_owned());
        groups.push(GroupInfo {
            consumers: consumers
                .consumers
                .into_iter()
                .map(|consumer| consumer.name)
                .collect(),
            holder: lease::holder(link, keys, &group.name)?,
            pending: group.pending as u64,
            lag: group.lag.map(|lag| lag as u64),
            last_delivered_id: group.last_delivered_id,
            done: done.and_then(|done| done.parse().ok()),
            name: group.name,
        });
    }
    Ok(groups)
}

/// The id of the entry of an answer that has at most one.
fn only_id(reply: StreamRangeReply) -> Option<String> {
    reply.ids.into_iter().next().map(|entry| entry.id)
}
