//! The processes that share the partitions of a group.

use std::time::Duration;

use ::redis::cmd;

use super::{Address, Layout, Link, RedisError};

/// Notes that a member is alive, removes members that were silent for too long, and counts the rest, by the server's clock.
const TELL: &str = "redis.replicate_commands() \
    local time = redis.call('TIME') \
    local now = time[1] * 1000 + math.floor(time[2] / 1000) \
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) \
    redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) \
    redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2]) \
    return redis.call('ZCARD', KEYS[1])";

/// One of the traders of a group that share the partitions.
#[derive(Debug)]
pub struct Members {
    link: Link,
    key: String,
    consumer: String,
    partitions: u32,
}

/// The timeout of an answer: whoever divides the partitions has other things to do as well.
const ANSWER: Duration = Duration::from_secs(2);
/// Milliseconds of silence after which a member is removed.
const ALIVE: u32 = 5_000;

impl Members {
    /// Connects.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn open(
        address: &Address,
        layout: &Layout,
        group: &str,
        consumer: &str,
    ) -> Result<Self, RedisError> {
        let key = layout.members(group);
        let link = Link::open_within(ANSWER, address, &key, layout.partitions.is_some())?;
        Ok(Self {
            link,
            key,
            consumer: consumer.to_owned(),
            partitions: layout.count(),
        })
    }

    /// Notes that this member is alive. Returns the most partitions that it may work on: its share, rounded up.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn share(&mut self) -> Result<u32, RedisError> {
        let mut tell = cmd("EVAL");
        tell.arg(TELL)
            .arg(1)
            .arg(&self.key)
            .arg(&self.consumer)
            .arg(ALIVE);
        let alive: u32 = self.link.ask(&tell)?;
        Ok(self.partitions.div_ceil(alive.max(1)))
    }

    /// Removes this member.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn leave(mut self) -> Result<(), RedisError> {
        self.link
            .ask::<i64>(cmd("ZREM").arg(&self.key).arg(&self.consumer))
            .map(|_| ())
    }
}
