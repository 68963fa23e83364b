//! What can go wrong with Redis, and whether it is worth trying again.

use ::redis::{ErrorKind, ServerErrorKind};

/// Why Redis cannot be used. No message names a user or a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// What was given is no address of a Redis.
    #[error(
        "expected the URL of a Redis server such as redis://127.0.0.1:6379, found {found:?}{problem}"
    )]
    Url {
        /// What was given, without what may be a password.
        found: String,
        /// What is wrong with it, where that is known.
        problem: String,
    },
    /// Nobody answers, or the connection broke: this may pass.
    #[error(
        "no connection to Redis at {address} ({said}); is it running, and is this its address?"
    )]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system said.
        said: String,
    },
    /// User or password are wrong.
    #[error(
        "Redis at {address} rejected this user and password ({said}); they come from the URL, or else from \
         REDIS_USERNAME and REDIS_PASSWORD"
    )]
    NoLogin {
        /// Host and port.
        address: String,
        /// What Redis said.
        said: String,
    },
    /// The user lacks a right.
    #[error(
        "Redis at {address} denies this user a command that simbet needs ({said}); allow scripts, transactions, and \
         the commands of streams, hashes and strings"
    )]
    NoRight {
        /// Host and port.
        address: String,
        /// What Redis said.
        said: String,
    },
    /// A Redis without the commands that are needed.
    #[error("Redis at {address} is version {version}; simbet needs 6.2 or later")]
    TooOld {
        /// Host and port.
        address: String,
        /// Its version.
        version: String,
    },
    /// A cluster and streams that it would spread over its nodes.
    #[error(
        "Redis at {address} is a cluster, which keeps only the keys of one partition together: give --partitions 1 \
         or more"
    )]
    Cluster {
        /// Host and port.
        address: String,
    },
    /// Redis takes no writes: its memory or disk is full, or it is a replica. Nothing was half done.
    #[error(
        "Redis at {address} refuses writes ({said}); nothing was half written, and repeating the command continues \
         from there"
    )]
    Refused {
        /// Host and port.
        address: String,
        /// What Redis said.
        said: String,
    },
    /// A key that holds something else.
    #[error(
        "{key} is a {found} in this Redis, not a {expected}: choose another --prefix, or remove it"
    )]
    Key {
        /// The key.
        key: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Another trader works on the partition: what this one knows is out of date, and nothing of it was written.
    #[error("another consumer has taken over {key}; the last step of this one was not written")]
    Overtaken {
        /// The key of the lease.
        key: String,
    },
    /// Entries that were trimmed away or deleted and are needed.
    #[error(
        "{lost} entries of {stream} are gone that still had to be read: bets would miss them. Publish with a larger \
         --maxlen, or start afresh with another --group"
    )]
    Trimmed {
        /// The stream.
        stream: String,
        /// How many.
        lost: u64,
    },
    /// The group was begun with other settings.
    #[error(
        "group {group} was started by simbet {version} with other settings of model, staking or history; continue \
         with those, or start afresh with another --group"
    )]
    OtherSettings {
        /// The group.
        group: String,
        /// The version that began it.
        version: String,
    },
    /// Traders with other settings than those that are to follow them.
    #[error(
        "the traders of group {group} have other settings of model, staking, bankroll or history: \
         give the service the same, or name another --group"
    )]
    OtherTraders {
        /// The group.
        group: String,
    },
    /// A replay that is in the stream already.
    #[error(
        "{entries} entries of this replay are already in {stream}: --resume continues after them; another --prefix \
         or --seed, or other files, make another replay"
    )]
    Published {
        /// The stream.
        stream: String,
        /// How many.
        entries: u64,
    },
    /// Entries that Redis had taken and no longer has.
    #[error(
        "entries that Redis at {address} had accepted are missing; was it restarted without its append-only file, \
         or does somebody else publish the same? --resume continues from what is there"
    )]
    Forgot {
        /// Host and port.
        address: String,
    },
    /// An answer that makes no sense.
    #[error("Redis at {address} answered {said}")]
    Answer {
        /// Host and port.
        address: String,
        /// What it said.
        said: String,
    },
    /// Something that cannot be said as JSON.
    #[error("an answer cannot be written as JSON: {said}")]
    Unwritable {
        /// Why.
        said: String,
    },
    /// Somebody said stop while Redis was waited for.
    #[error("stopped while waiting for Redis")]
    Stopped,
}

impl RedisError {
    /// What the library's error means.
    pub(super) fn of(address: &str, error: &::redis::RedisError) -> Self {
        let (address, (code, said)) = (address.to_owned(), said(error));
        match error.kind() {
            // a cluster that moves slots about, a server that is still loading, one that is failing over
            ErrorKind::Io | ErrorKind::Parse => Self::Unreachable { address, said },
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown,
            ) => Self::Unreachable { address, said },
            ErrorKind::AuthenticationFailed => Self::NoLogin { address, said },
            _ => Self::of_code(address, &code, said),
        }
    }

    fn of_code(address: String, code: &str, said: String) -> Self {
        match code {
            "NOAUTH" | "WRONGPASS" => Self::NoLogin { address, said },
            "NOPERM" => Self::NoRight { address, said },
            "ERR" if said.contains("user executing the script can't") => {
                Self::NoRight { address, said }
            }
            "OOM" | "MISCONF" | "NOREPLICAS" | "READONLY" => Self::Refused { address, said },
            "GAP" => Self::Forgot { address },
            // a script of Redis 6 says so in its own words
            "ERR" if said.contains("-OOM ") || said.contains("-MISCONF ") => {
                Self::Refused { address, said }
            }
            _ => Self::Answer { address, said },
        }
    }

    /// Whether it is but the end of a trader's turn: the connection broke, or somebody else took over.
    pub fn ends_a_turn(&self) -> bool {
        self.is_passing() || matches!(self, Self::Overtaken { .. } | Self::Stopped)
    }

    /// Whether it is worth trying again.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// The code of an error, and what Redis said; of several commands, of the first that was refused.
fn said(error: &::redis::RedisError) -> (String, String) {
    match error.clone().into_server_errors() {
        Some(errors) if !errors.is_empty() => {
            let (code, details) = (
                errors[0].1.code(),
                errors[0].1.details().unwrap_or_default(),
            );
            (
                code.to_owned(),
                [code, details].join(" ").trim_end().to_owned(),
            )
        }
        _ => (
            error.code().unwrap_or_default().to_owned(),
            error.to_string(),
        ),
    }
}
