//! The lease of a partition: one consumer holds it at a time, until it runs out or is released.

use std::time::Duration;

use ::redis::{Cmd, cmd, pipe};

use super::{Keys, Link, RedisError, scripts};

/// Renews the lease. One that ran out is still valid as long as nobody took it since.
const RENEW: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end \
    if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end \
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) \
    return 1";
const GIVE_BACK: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// A lease that was granted: a fencing token, which grows with every lease, and the consumer's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub(super) key: String,
    /// The key of the last token that was granted. As long as it is this lease's, nobody else works on the partition.
    pub(super) fence: String,
    pub(super) holder: String,
    pub(super) milliseconds: u64,
}

impl Lease {
    /// Takes the lease of `key` for this duration; `None` while another consumer has it.
    ///
    /// # Errors
    /// When Redis cannot be used, or holds something there that is no lease.
    pub fn take(
        link: &mut Link,
        [key, fence]: [String; 2],
        consumer: &str,
        time: Duration,
    ) -> Result<Option<Self>, RedisError> {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mut take = scripts::on_keys(scripts::TAKE, &[&key, &fence]);
        take.arg(consumer).arg(milliseconds);
        let holder: Option<String> = link.ask(&take)?;
        Ok(holder.map(|holder| Self {
            key,
            fence,
            holder,
            milliseconds,
        }))
    }

    /// Whether another consumer has the lease of a partition, for what can be seen without asking for it.
    ///
    /// # Errors
    /// When Redis cannot be reached.
    pub fn is_with_another(
        link: &mut Link,
        keys: &Keys,
        group: &str,
        consumer: &str,
    ) -> Result<bool, RedisError> {
        let key = keys.lease(group);
        let mut look = pipe();
        look.cmd("GET").arg(&key).cmd("PTTL").arg(&key);
        let (lease, left): (Option<Vec<u8>>, i64) = match link.ask_all(&look) {
            Err(error) if error.is_passing() => return Err(error),
            // whoever asks for the lease is told what is wrong with it
            Err(_) => return Ok(false),
            Ok(found) => found,
        };
        Ok(left > 0 && lease.is_some_and(|lease| is_of_another(&lease, consumer)))
    }

    /// The command that makes the lease last anew; its answer is 0 when the lease was lost.
    pub(super) fn renewal(&self) -> Cmd {
        let mut renew = scripts::on_keys(RENEW, &[&self.key, &self.fence]);
        renew
            .arg(&self.holder)
            .arg(self.milliseconds)
            .arg(self.token());
        renew
    }

    /// The fencing token.
    pub(super) fn token(&self) -> &str {
        self.holder.split_once(' ').map_or("", |(token, _)| token)
    }

    /// Releases the lease, so that nobody has to wait until it runs out.
    ///
    /// # Errors
    /// When Redis cannot be used.
    pub fn release(&self, link: &mut Link) -> Result<(), RedisError> {
        let mut release = scripts::on_keys(GIVE_BACK, &[&self.key]);
        release.arg(&self.holder);
        link.ask::<i64>(&release).map(|_| ())
    }

    pub(super) fn lost(&self) -> RedisError {
        RedisError::Overtaken {
            key: self.key.clone(),
        }
    }

    /// The error of a script that looks at the token: that this lease was lost, where the script says so.
    pub(super) fn refused(&self, error: RedisError) -> RedisError {
        match error {
            RedisError::Answer { message, .. } if message.starts_with("OVERTAKEN") => self.lost(),
            other => other,
        }
    }
}

/// Whether a lease is one of simbet's, of another consumer.
fn is_of_another(lease: &[u8], consumer: &str) -> bool {
    let lease = String::from_utf8_lossy(lease);
    let Some((token, name)) = lease.split_once(' ') else {
        return false;
    };
    let is_token = !token.is_empty() && token.bytes().all(|digit| digit.is_ascii_digit());
    is_token && name != consumer
}

/// The consumer that has the lease of a group; `None` while nobody has.
pub(super) fn holder(
    link: &mut Link,
    keys: &Keys,
    group: &str,
) -> Result<Option<String>, RedisError> {
    let holder: Option<String> = link.ask(cmd("GET").arg(keys.lease(group)))?;
    Ok(holder.and_then(|holder| holder.split_once(' ').map(|(_, name)| name.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::is_of_another;

    #[test]
    fn only_a_lease_with_a_token_and_another_name_is_of_another() {
        assert!(is_of_another(b"12 b", "a"));
        assert!(is_of_another(b"12 b c", "b"));
        for mine_or_none in [&b"12 a"[..], b"garbage", b"x b", b" b", b"", b"\xff b"] {
            assert!(!is_of_another(mine_or_none, "a"));
        }
    }
}
