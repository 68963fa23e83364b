//! A connection to the node that keeps a partition.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::redis::{Client, Cmd, Connection, FromRedisValue, Pipeline, Value, cmd};
use backon::{BlockingRetryable as _, ExponentialBuilder};

use super::{Address, RedisError};

/// The timeout of answers and of connecting. Commands that wait for entries wait less than that.
pub(super) const ANSWER: Duration = Duration::from_secs(20);
/// The most redirects that are followed to the node of a key.
const MOST_REDIRECTS: usize = 5;
/// The oldest version that is supported: it has XAUTOCLAIM.
const LEAST_VERSION: (u32, u32) = (6, 2);

/// A connection, and where it goes.
pub struct Link {
    connection: Connection,
    address: String,
    is_cluster: bool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({})", self.address)
    }
}

/// How long to retry. Pauses grow from 50 ms to two seconds.
#[derive(Clone)]
pub struct Patience<'a> {
    /// The total duration; zero: one try.
    pub total: Duration,
    /// Raised to stop.
    pub stop: Arc<AtomicBool>,
    /// Called with the error of every try that failed.
    pub note: &'a (dyn Fn(&RedisError) + Sync),
}

impl Patience<'_> {
    /// Tries until it works, a retry cannot help, the time is up or `stop` is raised.
    ///
    /// # Errors
    /// The error of the last try.
    pub fn retry<T>(
        &self,
        attempt: impl FnMut() -> Result<T, RedisError>,
    ) -> Result<T, RedisError> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_secs(2))
            .with_total_delay(Some(self.total))
            .without_max_times();
        let stop = Arc::clone(&self.stop);
        let result = attempt
            .retry(pauses)
            .sleep(move |pause| sleep(pause, &stop))
            .when(|error| error.is_passing() && !self.is_over())
            .notify(|error, _| (self.note)(error))
            .call();
        if self.is_over() && result.as_ref().is_err_and(RedisError::is_passing) {
            return Err(RedisError::Stopped);
        }
        result
    }

    /// Whether a stop was requested.
    pub fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn sleep(mut pause: Duration, stop: &AtomicBool) {
    while !pause.is_zero() && !stop.load(Ordering::Relaxed) {
        let slice = pause.min(Duration::from_millis(50));
        std::thread::sleep(slice);
        pause -= slice;
    }
}

/// Whether a version is supported; one that cannot be read is not.
fn is_recent(version: &str) -> bool {
    let mut numbers = version
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    matches!((numbers.next(), numbers.next()), (Some(major), Some(minor)) if (major, minor) >= LEAST_VERSION)
}

impl Link {
    /// A connection to the node that keeps `key`; without partitions (`tagged` false) it must not be one of a cluster.
    ///
    /// # Errors
    /// When there is none, or it is too old.
    pub fn open(address: &Address, key: &str, tagged: bool) -> Result<Self, RedisError> {
        Self::open_within(ANSWER, address, key, tagged)
    }

    /// The same, on which nothing waits longer than this for an answer.
    pub(super) fn open_within(
        timeout: Duration,
        address: &Address,
        key: &str,
        tagged: bool,
    ) -> Result<Self, RedisError> {
        let mut link = Self::connect(address, timeout)?;
        link.ensure_fit(tagged)?;
        for _ in 0..MOST_REDIRECTS {
            match link.connection_answer(cmd("TYPE").arg(key)) {
                Ok(_) => return Ok(link),
                Err(error) => match error
                    .redirect_node()
                    .and_then(|(node, _)| address.on_node(node))
                {
                    Some(node) => {
                        link = Self::connect(&node, timeout)?;
                        link.is_cluster = true;
                    }
                    None => return Err(RedisError::of(&link.address, &error)),
                },
            }
        }
        Err(RedisError::Unreachable {
            address: address.to_string(),
            message: format!("no node says that it holds {key}"),
        })
    }

    fn connect(address: &Address, timeout: Duration) -> Result<Self, RedisError> {
        let shown = address.to_string();
        let connection =
            open_connection(address, timeout).map_err(|error| RedisError::of(&shown, &error))?;
        Ok(Self {
            connection,
            address: shown,
            is_cluster: false,
        })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn ensure_fit(&mut self, tagged: bool) -> Result<(), RedisError> {
        let info: String = self.ask(cmd("INFO").arg("server"))?;
        let version = info_field(&info, "redis_version").unwrap_or("unknown");
        let address = self.address.clone();
        if !is_recent(version) {
            return Err(RedisError::TooOld {
                address,
                version: version.to_owned(),
            });
        }
        self.is_cluster = info_field(&info, "redis_mode") == Some("cluster");
        if self.is_cluster && !tagged {
            return Err(RedisError::Cluster { address });
        }
        Ok(())
    }

    /// Whether keys may be on other nodes.
    pub(super) const fn is_cluster(&self) -> bool {
        self.is_cluster
    }

    /// Has Redis remember a script; the digest by which it is called.
    pub(super) fn load(&mut self, script: &str) -> Result<String, RedisError> {
        self.ask(cmd("SCRIPT").arg("LOAD").arg(script))
    }

    fn connection_answer(&mut self, command: &Cmd) -> Result<Value, ::redis::RedisError> {
        use ::redis::ConnectionLike as _;
        self.connection
            .req_command(command)
            .and_then(Value::extract_error)
    }

    fn failed(&self, error: &::redis::RedisError) -> RedisError {
        RedisError::of(&self.address, error)
    }

    /// Sends a command and takes its answer.
    ///
    /// # Errors
    /// When the connection breaks, or Redis refuses.
    pub fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, RedisError> {
        command
            .query(&mut self.connection)
            .map_err(|error| self.failed(&error))
    }

    /// Sends commands at once and takes their answers.
    ///
    /// # Errors
    /// As for [`Self::ask`].
    pub fn ask_all<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, RedisError> {
        commands
            .query(&mut self.connection)
            .map_err(|error| self.failed(&error))
    }

    /// Sends packed commands and takes no answer.
    pub(super) fn send(&mut self, packed: &[u8]) -> Result<(), RedisError> {
        self.connection
            .send_packed_command(packed)
            .map_err(|error| self.failed(&error))
    }

    /// Reads the next answer.
    pub(super) fn receive(&mut self) -> Result<Value, RedisError> {
        let answer = self
            .connection
            .recv_response()
            .and_then(Value::extract_error);
        answer.map_err(|error| self.failed(&error))
    }

    /// Whether there is anything at a key.
    pub(super) fn exists(&mut self, key: &str) -> Result<bool, RedisError> {
        self.ask(cmd("EXISTS").arg(key))
    }

    /// Checks that a key is of a type, or is not there.
    pub(super) fn ensure_type(
        &mut self,
        key: &str,
        expected: &'static str,
    ) -> Result<(), RedisError> {
        let found: String = self.ask(cmd("TYPE").arg(key))?;
        if found == expected || found == "none" {
            return Ok(());
        }
        Err(RedisError::Key {
            key: key.to_owned(),
            found,
            expected,
        })
    }

    /// The error of a key of another type, named by its key, where that is what an error is about.
    pub(super) fn named(
        &mut self,
        error: RedisError,
        keys: &[(String, &'static str)],
    ) -> RedisError {
        if !matches!(&error, RedisError::Answer { message, .. } if message.contains("WRONGTYPE")) {
            return error;
        }
        let misfit = keys
            .iter()
            .find_map(|(key, expected)| self.ensure_type(key, expected).err());
        misfit.unwrap_or(error)
    }
}

/// A connection on which nothing waits longer than this.
fn open_connection(address: &Address, timeout: Duration) -> ::redis::RedisResult<Connection> {
    let client = Client::open(address.info())?;
    let connection = client.get_connection_with_timeout(timeout)?;
    connection.set_read_timeout(Some(timeout))?;
    connection.set_write_timeout(Some(timeout))?;
    Ok(connection)
}

/// A value of an answer to INFO, whose lines are `name:value`.
fn info_field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::is_recent;

    #[test]
    fn versions_are_compared_number_by_number() {
        for recent in ["6.2.0", "6.10.1", "7.0.15", "8.0", "10.1.0"] {
            assert!(is_recent(recent), "{recent}");
        }
        for old in [
            "6.0.16", "6.1.99", "5.9", "2.8.24", "unknown", "", "6", "7.x",
        ] {
            assert!(!is_recent(old), "{old}");
        }
    }
}
