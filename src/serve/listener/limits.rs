//! How many connections there may be: fewer than the process may have files open, and of one client fewer than of all.

use rustix::process::{Resource, getrlimit};

/// The most of what connections may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections.
    pub connections: usize,
    /// Connections of one client. Behind a proxy all have its address: hence most of all.
    pub connections_of_client: usize,
    /// Connections that listen, which have no end of their own. The rest remains for requests.
    pub listeners: usize,
    /// Connections of one client that listen.
    pub listeners_of_client: usize,
    /// Threads that read the store, each with files of its own.
    pub readers: usize,
}

/// The most connections, however many files the process may have open: each costs memory as well.
const MOST: u64 = 4_096;
/// Open files of everything else (the store, those who read it, Redis, backtests), and of connections that are on their way
/// out: a quarter of the limit, within these.
const RESERVE: [u64; 2] = [32, 512];
/// A reader has the store, its log and the index of its log open.
const FILES_OF_READER: u64 = 3;

impl Limits {
    /// Those that the limits of this process leave.
    pub fn of_process() -> Self {
        Self::of_files(getrlimit(Resource::Nofile).current)
    }

    /// Those of a process that may have so many files open; `None`: as many as it likes.
    fn of_files(files: Option<u64>) -> Self {
        let files = files.unwrap_or(u64::MAX);
        let reserve = (files / 4).clamp(RESERVE[0], RESERVE[1]);
        let connections = files.saturating_sub(reserve).clamp(8, MOST) as usize;
        let connections_of_client = connections / 4 * 3;
        Self {
            connections,
            connections_of_client,
            listeners: connections / 2,
            listeners_of_client: connections_of_client / 2,
            readers: (reserve / 2 / FILES_OF_READER).max(2) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_readers_fit_into_the_limit_of_open_files() {
        for files in [64, 128, 256, 1_024, 4_096, 1_048_576] {
            let limits = Limits::of_files(Some(files));
            let readers = limits.readers as u64 * FILES_OF_READER;
            assert!(
                limits.connections as u64 + readers < files,
                "{files}: {limits:?}"
            );
        }
    }

    #[test]
    fn the_usual_limit_leaves_room_for_hundreds_of_connections_of_one_machine() {
        let limits = Limits::of_files(Some(1_024));
        assert!(limits.connections_of_client >= 500, "{limits:?}");
        assert!(Limits::of_files(None).listeners_of_client >= 1_000);
    }

    #[test]
    fn one_client_leaves_room_for_others_and_listeners_for_requests() {
        for files in [64, 1_024, 1_048_576] {
            let limits = Limits::of_files(Some(files));
            assert!(limits.connections_of_client < limits.connections);
            assert!(limits.listeners < limits.connections);
            assert!(limits.listeners_of_client < limits.connections_of_client);
        }
    }
}
