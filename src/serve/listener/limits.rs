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
    /// Connections, beyond those, that were told to close and are not gone yet. As many others may be hearing that there is no
    /// room for them.
    pub leaving: usize,
    /// Threads that read the store, each with files of its own.
    pub readers: usize,
}

/// The fewest files that a process has to be allowed to have open, so that some dozens of connections find room.
pub const LEAST: u64 = 128;

/// The most connections, however many files the process may have open: each costs memory as well.
const MOST: u64 = 4_096;
/// Open files of everything else (the store, those who read it, Redis, backtests), and of connections that are on their way
/// out: a quarter of the limit, within these.
const RESERVE: [u64; 2] = [80, 512];
/// Of these what the service has open itself: half of them always, the rest for Redis and the pipes of two backtests.
const OWN: u64 = 40;
/// The most connections on their way out.
const MOST_LEAVING: u64 = 32;
/// A reader has the store, its log and the index of its log open.
const FILES_OF_READER: u64 = 3;

impl Limits {
    /// Those that the limits of this process leave.
    ///
    /// # Errors
    /// When it may have fewer files open than [`LEAST`]: how many.
    pub fn of_process() -> Result<Self, u64> {
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        if files < LEAST {
            return Err(files);
        }
        Ok(Self::of_files(files))
    }

    /// Those of a process that may have so many files open.
    fn of_files(files: u64) -> Self {
        let reserve = (files / 4).clamp(RESERVE[0], RESERVE[1]);
        let connections = files.saturating_sub(reserve).min(MOST) as usize;
        let connections_of_client = connections / 4 * 3;
        let leaving = (reserve / 8).min(MOST_LEAVING);
        let of_readers = reserve.saturating_sub(OWN + 2 * leaving).min(reserve / 2);
        Self {
            connections,
            connections_of_client,
            listeners: connections / 2,
            listeners_of_client: connections_of_client / 2,
            leaving: leaving as usize,
            readers: (of_readers / FILES_OF_READER) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_and_readers_fit_into_the_limit_of_open_files() {
        for files in (LEAST..5_000).chain([1_048_576, u64::MAX]) {
            let limits = Limits::of_files(files);
            let readers = limits.readers as u64 * FILES_OF_READER;
            let connections = (limits.connections + 2 * limits.leaving) as u64;
            assert!(OWN + connections + readers <= files, "{files}: {limits:?}");
            assert!(
                limits.readers >= 4 && limits.connections >= 48,
                "{files}: {limits:?}"
            );
        }
    }

    #[test]
    fn the_usual_limit_leaves_room_for_hundreds_of_connections_of_one_machine() {
        let limits = Limits::of_files(1_024);
        assert!(limits.connections_of_client >= 500, "{limits:?}");
        assert!(Limits::of_files(u64::MAX).listeners_of_client >= 1_000);
    }

    #[test]
    fn one_client_leaves_room_for_others_and_listeners_for_requests() {
        for files in [LEAST, 1_024, 1_048_576] {
            let limits = Limits::of_files(files);
            assert!(limits.connections_of_client < limits.connections);
            assert!(limits.listeners < limits.connections);
            assert!(limits.listeners_of_client < limits.connections_of_client);
        }
    }
}
