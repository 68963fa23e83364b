//! Faults of the store: what passes has passed when it is over, and what does not ends the process.

mod instants;
mod log;
mod lost;
mod names;
mod passing;

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::driver::now;
use super::{Answer, Service, prices};

fn store(folder: &TempDir) -> PathBuf {
    folder.path().join("simbet.db")
}

fn beside(folder: &TempDir, suffix: &str) -> PathBuf {
    folder.path().join(format!("simbet.db{suffix}"))
}

/// Another program that has the store open.
fn other(folder: &TempDir) -> Connection {
    Connection::open(store(folder)).unwrap()
}

impl Service {
    fn post_prices(&self, id: &str) -> Answer {
        self.post("/match-events", &prices(id, 0))
    }

    /// Posts something until it is taken, which is soon once a fault is over.
    #[track_caller]
    fn post_until_taken(&self, path: &str, body: &Value, soon: Duration) -> Value {
        let begun = now();
        loop {
            let answer = self.post(path, body);
            if answer.status == 200 {
                return answer.json();
            }
            answer.problem(503);
            assert!(begun.elapsed() < soon, "{answer:?}");
            thread::sleep(Duration::from_millis(15));
        }
    }

    /// The exit code and what was said, of a service that ends soon and by itself.
    #[track_caller]
    fn end(mut self) -> (Option<i32>, String) {
        let begun = now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(15),
                "the process lives on"
            );
            thread::sleep(Duration::from_millis(10));
        };
        // the thread that reads has the rest in a moment
        for _ in 0..200 {
            if self.said.lock().unwrap().contains("error: ") {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        (status.code(), self.said.lock().unwrap().clone())
    }

    /// Lets no file of the process grow beyond some bytes: a full disk, as the process sees it. Returns whether that could
    /// be done.
    fn limit_files(&self, bytes: &str) -> bool {
        let limit = Command::new("prlimit")
            .args(["--pid", &self.child.id().to_string()])
            .arg(format!("--fsize={bytes}:unlimited"))
            .status();
        limit.is_ok_and(|status| status.success())
    }
}
