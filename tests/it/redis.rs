//! Streams over a real Redis: what is traded there is what is traded over a pipe, whatever is killed, cut or full.

mod cluster;
mod damage;
mod dead;
mod faults;
mod kills;
mod login;
mod outages;
mod overview;
mod parity;
pub mod process;
pub mod proxy;
mod publishing;
mod seasons;
pub mod server;
pub mod streams;

use std::time::{Duration, Instant};

use process::Simbet;
use server::Server;
use streams::{Answers, of_pipe};

use crate::wire;

/// Long enough for any machine; nobody waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// The key of the state of a group that nobody named.
const STATE: &str = "match_events:processors";

/// Invented matches in play: some hundred entries.
const SMALL: &[&str] = &[
    "--matches",
    "40",
    "--seed",
    "3",
    "--in-play",
    "--every",
    "15",
];
/// Some thousand entries, between which there are checkpoints.
const LONG: &[&str] = &[
    "--matches",
    "130",
    "--seed",
    "9",
    "--in-play",
    "--every",
    "15",
];
/// What both are traded with.
const SETTINGS: &[&str] = &[
    "--model",
    "average",
    "--min-matches",
    "3",
    "--strategy",
    "kelly",
    "--profile",
    "empirical",
];

#[allow(clippy::disallowed_methods, reason = "nobody waits for ever")]
fn now() -> Instant {
    Instant::now()
}

/// Asks again and again until there is an answer; what it waits for stands in the panic when there is none.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain for {what}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Draws without a library, the same in every version.
struct Draws(u64);

impl Draws {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn pause(&mut self, most: u64) {
        std::thread::sleep(Duration::from_millis(self.below(most)));
    }
}

/// Publishes and trades on a server, and asks for what the same comes to over a pipe.
fn assert_traded_like_a_pipe(server: &Server, published: &[&str], settings: &[&str]) {
    let wanted = of_pipe(published, settings);
    assert!(
        wanted.bets.len() > 10,
        "{published:?} {settings:?} hardly bets"
    );
    wanted.assert_same(
        &Answers::in_redis(server, ""),
        &format!("{published:?} {settings:?}"),
    );
    server.assert_nothing_pending("match_events", "processors");
    assert_strict_models_read(server, &["predictions", "bets", "metrics"]);
}

/// Whatever simbet has written to streams, a consumer with strict models reads it.
fn assert_strict_models_read(server: &Server, streams: &[&str]) {
    for &stream in streams {
        let entries = streams::entries(server, stream);
        // without a model there are no predictions
        assert!(!entries.is_empty() || stream == "predictions", "{stream}");
        for entry in entries {
            wire::instant(&entry.timestamp);
            wire::read(&entry.event_type, &entry.json());
        }
    }
}
