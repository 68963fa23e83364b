//! Errors of Redis, and whether a retry can help.

use ::redis::{ErrorKind, ServerErrorKind};

use crate::printable::excerpt;

/// Why Redis cannot be used. No message names a user or a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// The text is no address of a Redis.
    #[error(
        "expected the URL of a Redis server such as redis://127.0.0.1:6379, found {found:?}{problem}"
    )]
    Url {
        /// The text, without a password.
        found: String,
        /// The problem, where it is known.
        problem: String,
    },
    /// Redis does not answer, or the connection broke: a retry can help.
    #[error(
        "no connection to Redis at {address} ({message}); is it running, and is this its address?"
    )]
    Unreachable {
        /// Host and port.
        address: String,
        /// The message of the system.
        message: String,
    },
    /// User or password are wrong.
    #[error(
        "Redis at {address} rejected this user and password ({message}); they come from the URL, or else from \
         REDIS_USERNAME and REDIS_PASSWORD"
    )]
    NoLogin {
        /// Host and port.
        address: String,
        /// The message of Redis.
        message: String,
    },
    /// The user lacks a right.
    #[error(
        "Redis at {address} denies this user a command that simbet needs ({message}); allow scripts, transactions, and \
         the commands of streams, hashes and strings"
    )]
    NoRight {
        /// Host and port.
        address: String,
        /// The message of Redis.
        message: String,
    },
    /// A Redis without the commands that are needed.
    #[error("Redis at {address} is version {version}; simbet needs 6.2 or later")]
    TooOld {
        /// Host and port.
        address: String,
        /// Its version.
        version: String,
    },
    /// A cluster, and streams without partitions, which it would spread over its nodes.
    #[error(
        "Redis at {address} is a cluster, which keeps only the keys of one partition together: give --partitions 1 \
         or more"
    )]
    Cluster {
        /// Host and port.
        address: String,
    },
    /// Several nodes were named, as of a cluster, and one of them is of none.
    #[error(
        "Redis at {address} is no node of a cluster: several addresses are for the nodes of one cluster; name one alone"
    )]
    NoCluster {
        /// Host and port.
        address: String,
    },
    /// Redis takes no writes: its memory or disk is full, or it is a replica. Nothing was half done.
    #[error(
        "Redis at {address} refuses writes ({message}); nothing was half written, and repeating the command continues \
         from there"
    )]
    Refused {
        /// Host and port.
        address: String,
        /// The message of Redis.
        message: String,
    },
    /// A key that holds something else.
    #[error(
        "{key} is a {found} in this Redis, not a {expected}: choose another --prefix, or remove it"
    )]
    Key {
        /// The key.
        key: String,
        /// Its type.
        found: String,
        /// The type that is needed.
        expected: &'static str,
    },
    /// What simbet keeps at a key is not what simbet has written there.
    #[error(
        "{key} in this Redis is damaged: {problem}. Nothing was written. Restore that key from a copy, or start afresh \
         with another --group or --prefix"
    )]
    Damaged {
        /// The key.
        key: String,
        /// What is wrong with it: the field, what it is, and what is expected.
        problem: String,
    },
    /// A stream with a last id that leaves no room.
    #[error(
        "{key} takes no more entries: its last id is the greatest there is. Nothing was written. Remove the entry that \
         was added with it (XDEL) and set the last id back (XSETID), or move the stream away (RENAME)"
    )]
    Exhausted {
        /// The key.
        key: String,
    },
    /// A stream that was removed or replaced.
    #[error(
        "{key} is not the stream that it was: its last id is lower than that of an entry that was there before. Nothing \
         was written. Put the stream back, or start afresh with another --group or --prefix"
    )]
    Replaced {
        /// The key.
        key: String,
    },
    /// The streams are spread over another number of partitions.
    #[error(
        "the streams of this prefix are {found} ({key}); asked for: {asked}; give {option}, or choose another --prefix"
    )]
    OtherPartitions {
        /// The key that says so.
        key: String,
        /// How the streams are spread.
        found: String,
        /// How they should have been.
        asked: String,
        /// The option that fits.
        option: String,
    },
    /// A server whose certificate is not trusted.
    #[error("Redis at {address} is not trusted ({message}); SSL_CERT_FILE names other authorities")]
    NotTrusted {
        /// Host and port.
        address: String,
        /// What is wrong with its certificate.
        message: String,
    },
    /// Another trader has the lease of the partition. This trader's state is out of date, and its last step was not written.
    #[error("another consumer has taken over {key}; the last step of this one was not written")]
    Overtaken {
        /// The key of the lease.
        key: String,
    },
    /// Entries that were trimmed away or deleted and are needed.
    #[error(
        "entries of {stream} are gone that still had to be read ({lost}): bets would miss them. Publish with a larger \
         --maxlen, or start afresh with another --group"
    )]
    Trimmed {
        /// The stream.
        stream: String,
        /// The number.
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
    /// The traders of the group have other settings than their follower.
    #[error(
        "the traders of group {group} have other settings of model, staking, bankroll or history: \
         give the service the same, or name another --group"
    )]
    OtherTraders {
        /// The group.
        group: String,
    },
    /// The replay is in the stream already.
    #[error(
        "entries of this replay are already in {stream} ({entries}): --resume continues after them; another --prefix \
         or --seed, or other files, make another replay"
    )]
    Published {
        /// The stream.
        stream: String,
        /// The number.
        entries: u64,
    },
    /// Redis lost entries that it had taken.
    #[error(
        "entries that Redis at {address} had accepted are missing; was it restarted without its append-only file, \
         or does somebody else publish the same? --resume continues from what is there"
    )]
    Forgot {
        /// Host and port.
        address: String,
    },
    /// An answer that is not as expected.
    #[error("Redis at {address} answered {message}")]
    Answer {
        /// Host and port.
        address: String,
        /// The message.
        message: String,
    },
    /// A value that cannot be serialized as JSON.
    #[error("an answer cannot be written as JSON: {message}")]
    Unwritable {
        /// Why.
        message: String,
    },
    /// A stop came while waiting for Redis.
    #[error("stopped while waiting for Redis")]
    Stopped,
}

impl RedisError {
    /// The error that an error of the client library stands for.
    pub(super) fn of(address: &str, error: &::redis::RedisError) -> Self {
        let (address, (code, message)) = (address.to_owned(), code_and_message(error));
        let message = excerpt(&message);
        match error.kind() {
            // a cluster that moves slots about, a server that is still loading, one that is failing over
            ErrorKind::Io if message.contains("certificate") => {
                Self::NotTrusted { address, message }
            }
            ErrorKind::Io => Self::Unreachable { address, message },
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::TryAgain
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                // the scripts are loaded anew with the next connection
                | ServerErrorKind::NoScript,
            ) => Self::Unreachable { address, message },
            ErrorKind::AuthenticationFailed => Self::NoLogin { address, message },
            _ => Self::of_code(address, &code, message),
        }
    }

    /// The error of a cluster, of which no node could be used.
    pub(super) fn of_nodes(errors: Vec<Self>) -> Self {
        let mut all: Vec<String> = Vec::new();
        let mut last = String::new();
        for error in errors {
            let Self::Unreachable { address, message } = error else {
                return error;
            };
            if !all.contains(&address) {
                all.push(address);
            }
            last = message;
        }
        Self::Unreachable {
            address: all.join(", "),
            message: last,
        }
    }

    fn of_code(address: String, code: &str, message: String) -> Self {
        match code {
            "NOAUTH" | "WRONGPASS" => Self::NoLogin { address, message },
            "NOPERM" => Self::NoRight { address, message },
            // a script of somebody else holds it up; a master became a replica while this waited for entries
            "BUSY" | "UNBLOCKED" => Self::Unreachable { address, message },
            "WRONGKEY" | "DAMAGED" | "CHANGED" | "EXHAUSTED" | "REPLACED" => {
                Self::of_script(code, &message)
            }
            "ERR" if message.contains("user executing the script can't") => {
                Self::NoRight { address, message }
            }
            "OOM" | "MISCONF" | "NOREPLICAS" | "READONLY" => Self::Refused { address, message },
            "GAP" => Self::Forgot { address },
            // Redis 6 reports such an error of a script in another form
            "ERR"
                if [
                    "-OOM ",
                    "-MISCONF ",
                    "-READONLY ",
                    "-NOREPLICAS ",
                    "Script killed",
                ]
                .iter()
                .any(|refusal| message.contains(refusal)) =>
            {
                Self::Refused { address, message }
            }
            _ => Self::Answer { address, message },
        }
    }

    /// The error of a script of ours that refused, whose message has the code first.
    fn of_script(code: &str, message: &str) -> Self {
        let rest = message.strip_prefix(code).unwrap_or(message).trim_start();
        match code {
            "WRONGKEY" => Self::of_wrong_key(rest),
            "DAMAGED" => {
                let (key, problem) = rest.split_once(": ").unwrap_or((rest, "it does not fit"));
                let [key, problem] = [key, problem].map(str::to_owned);
                Self::Damaged { key, problem }
            }
            "CHANGED" => Self::Damaged {
                key: rest.to_owned(),
                problem: "it was changed, and not by the trader that has the lease".to_owned(),
            },
            "EXHAUSTED" => Self::Exhausted {
                key: rest.to_owned(),
            },
            _ => Self::Replaced {
                key: rest.to_owned(),
            },
        }
    }

    /// The error of `found wanted key`.
    fn of_wrong_key(text: &str) -> Self {
        let mut parts = text.splitn(3, ' ');
        let [found, wanted, key] = [(); 3].map(|()| parts.next().unwrap_or_default());
        let expected = ["stream", "hash"]
            .into_iter()
            .find(|known| *known == wanted)
            .unwrap_or("string");
        Self::Key {
            key: key.to_owned(),
            found: found.to_owned(),
            expected,
        }
    }

    /// Whether a trader can recover by starting again: the connection broke, or another trader took over.
    pub fn is_recoverable(&self) -> bool {
        self.is_passing() || matches!(self, Self::Overtaken { .. } | Self::Stopped)
    }

    /// Whether a retry can help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// The code and the message of an error; of several commands, those of the first that was refused.
fn code_and_message(error: &::redis::RedisError) -> (String, String) {
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
