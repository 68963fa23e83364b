//! A connection to the node that keeps a partition.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::redis::{
    Client, Cmd, Connection, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, Pipeline,
    ServerErrorKind, Value, cmd,
};
use backon::{BlockingRetryable as _, ExponentialBuilder};

use super::address::other_node;
use super::nodes::{lost_masters, masters};
use super::{Address, RedisError};

/// The timeout of answers and of connecting. Commands that wait for entries wait less than that.
pub(super) const ANSWER: Duration = Duration::from_secs(20);
/// The timeout of a node of a cluster after which the next is asked.
const NEXT_NODE: Duration = Duration::from_secs(3);
/// The most redirects that are followed to the node of a key.
const MOST_REDIRECTS: usize = 5;
/// The oldest version that is supported: it has XAUTOCLAIM.
const LEAST_VERSION: (u32, u32) = (6, 2);

/// A connection, and where it goes.
pub struct Link {
    connection: Connection,
    address: String,
    node: ConnectionAddr,
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
    ///
    /// Any node of a cluster tells which one keeps a key: where one is lost, or cut off from the others, the next is asked.
    pub(super) fn open_within(
        timeout: Duration,
        address: &Address,
        key: &str,
        tagged: bool,
    ) -> Result<Self, RedisError> {
        let nodes = address.nodes();
        let patience = match nodes.len() {
            1 => timeout,
            _ => timeout.min(NEXT_NODE),
        };
        let mut errors = Vec::new();
        for node in nodes {
            match Self::ask_node(&node, patience, address, key, tagged) {
                Ok((link, elsewhere)) => {
                    address.prefer(&node);
                    return link.follow(elsewhere, timeout, address, key);
                }
                Err(error) if error.is_passing() => errors.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(RedisError::of_nodes(errors))
    }

    /// A connection to a node, and the node that keeps the key where that is another.
    fn ask_node(
        node: &ConnectionAddr,
        timeout: Duration,
        address: &Address,
        key: &str,
        tagged: bool,
    ) -> Result<(Self, Option<ConnectionAddr>), RedisError> {
        let mut link = Self::connect(node.clone(), timeout, address)?;
        link.ensure_fit(address, tagged)?;
        let elsewhere = link.redirect_of(key)?;
        Ok((link, elsewhere))
    }

    /// The connection to the node that keeps a key, where another node was said to.
    fn follow(
        mut self,
        mut elsewhere: Option<ConnectionAddr>,
        timeout: Duration,
        address: &Address,
        key: &str,
    ) -> Result<Self, RedisError> {
        for _ in 0..MOST_REDIRECTS {
            let Some(node) = elsewhere else {
                let set = set_timeouts(&self.connection, timeout);
                return set.map(|()| self).map_err(|error| {
                    let address = address.to_string();
                    RedisError::of(&address, &error)
                });
            };
            self = Self::connect(node, timeout, address)?;
            self.is_cluster = true;
            elsewhere = self.redirect_of(key)?;
        }
        Err(RedisError::Unreachable {
            address: address.to_string(),
            message: format!("no node says that it holds {key}"),
        })
    }

    fn connect(
        node: ConnectionAddr,
        timeout: Duration,
        address: &Address,
    ) -> Result<Self, RedisError> {
        let shown = node.to_string();
        let info = address.info_of(node.clone());
        let connection =
            open_connection(info, timeout).map_err(|error| RedisError::of(&shown, &error))?;
        Ok(Self {
            connection,
            address: shown,
            node,
            is_cluster: false,
        })
    }

    /// The node that keeps a key; `None` where it is this one.
    fn redirect_of(&mut self, key: &str) -> Result<Option<ConnectionAddr>, RedisError> {
        let Err(error) = self.connection_answer(cmd("TYPE").arg(key)) else {
            return Ok(None);
        };
        let node = error
            .redirect_node()
            .and_then(|(node, _)| other_node(&self.node, node));
        match node {
            Some(node) => Ok(Some(node)),
            None => Err(self
                .lost_node(&error)
                .unwrap_or_else(|| self.failed(&error))),
        }
    }

    /// The error that names the nodes without which a cluster takes no commands, if that is what an error is about.
    fn lost_node(&mut self, error: &::redis::RedisError) -> Option<RedisError> {
        if error.kind() != ErrorKind::Server(ServerErrorKind::ClusterDown) {
            return None;
        }
        let nodes: String = self.ask(cmd("CLUSTER").arg("NODES")).ok()?;
        let lost = lost_masters(&nodes);
        (!lost.is_empty()).then(|| RedisError::Unreachable {
            address: lost.join(", "),
            message: format!("{} says that its cluster has lost it", self.address),
        })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn ensure_fit(&mut self, known: &Address, tagged: bool) -> Result<(), RedisError> {
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
        if known.names_several() && !self.is_cluster {
            return Err(RedisError::NoCluster { address });
        }
        if self.is_cluster {
            self.learn_nodes(known);
        }
        Ok(())
    }

    /// Has the address remember the other nodes of the cluster, where this user may ask for them.
    fn learn_nodes(&mut self, address: &Address) {
        if let Ok(answer) = self.connection_answer(cmd("CLUSTER").arg("SLOTS")) {
            address.learn(&self.node, &masters(&answer));
        }
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
        ensure_fits(key, found, expected)
    }

    /// The same of several keys, at once.
    pub(super) fn ensure_types(
        &mut self,
        keys: &[(String, &'static str)],
    ) -> Result<(), RedisError> {
        let mut ask = ::redis::pipe();
        keys.iter().for_each(|(key, _)| {
            ask.cmd("TYPE").arg(key);
        });
        let found: Vec<String> = self.ask_all(&ask)?;
        keys.iter()
            .zip(found)
            .try_for_each(|((key, expected), found)| ensure_fits(key, found, expected))
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

/// Whether a key of this type is of the expected one, or not there.
fn ensure_fits(key: &str, found: String, expected: &'static str) -> Result<(), RedisError> {
    if found == expected || found == "none" {
        return Ok(());
    }
    Err(RedisError::Key {
        key: key.to_owned(),
        found,
        expected,
    })
}

/// A connection on which nothing waits longer than this.
fn open_connection(info: ConnectionInfo, timeout: Duration) -> ::redis::RedisResult<Connection> {
    let client = Client::open(info)?;
    let connection = client.get_connection_with_timeout(timeout)?;
    set_timeouts(&connection, timeout)?;
    Ok(connection)
}

fn set_timeouts(connection: &Connection, timeout: Duration) -> ::redis::RedisResult<()> {
    connection.set_read_timeout(Some(timeout))?;
    connection.set_write_timeout(Some(timeout))
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
