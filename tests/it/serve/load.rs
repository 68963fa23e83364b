//! Many clients at once: orders share transactions, and the log of the store is begun anew while they come.

use std::collections::BTreeSet;
use std::fs;
use std::thread;

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, prices, until};

/// The most that the log has when nobody has written for some seconds: see `docs/src/service-guarantees.md`.
const REST: u64 = 16 << 20;

/// Posts distinct prices of so many bytes each, by several clients at once, and returns the number that each event was given.
fn load(service: &Service, clients: usize, events: usize, bytes: usize) -> Vec<u64> {
    let pad = "x".repeat(bytes);
    let post = |client: usize, number: usize| {
        let mut event = prices(&format!("{client}-{number}"), 0);
        // a few teams: each has a strength of its own
        event["home_team"] = json!(format!("Home {}", number % 10));
        event["away_team"] = json!(format!("Away {}", number % 10));
        event["note"] = json!(pad);
        service.post("/match-events", &event).ok()["event_id"]
            .as_u64()
            .unwrap()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                let post = &post;
                scope.spawn(move || {
                    let ids = (0..events).map(|number| post(client, number));
                    ids.collect::<Vec<_>>()
                })
            })
            .collect();
        let ids = threads.into_iter().map(|thread| thread.join().unwrap());
        ids.flatten().collect()
    })
}

/// What SQLite finds wrong with the store, and how many events it has.
fn count(folder: &TempDir) -> (String, u64) {
    let store = Connection::open(folder.path().join("simbet.db")).unwrap();
    let found: String = store
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .unwrap();
    let events: i64 = store
        .query_row("SELECT count(*) FROM events", [], |row| row.get(0))
        .unwrap();
    (found, events as u64)
}

#[test]
fn orders_that_share_a_transaction_each_have_their_own_answer_and_are_all_there_after_a_kill() {
    let (service, folder) = Service::new(&[]);
    let ids = load(&service, 16, 40, 10);
    let distinct: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(distinct, (1..=640).collect::<BTreeSet<u64>>());
    service.kill();
    assert_eq!(count(&folder), ("ok".to_owned(), 640));
    let service = Service::again(&folder, &[]);
    let mut event = prices("3-7", 0);
    event["home_team"] = json!("Home 7");
    event["away_team"] = json!("Away 7");
    let again: Value = service.post("/match-events", &event).ok();
    assert_eq!(again["event_id"], ids[3 * 40 + 7], "it was there before");
}

#[test]
fn the_log_is_short_again_after_a_load_that_was_longer_than_it_may_be() {
    let (service, folder) = Service::new(&[]);
    let log = folder.path().join("simbet.db-wal");
    // 90 MiB in all
    load(&service, 8, 190, 60_000);
    assert!(fs::metadata(&log).unwrap().len() > 0);
    until("a short log", || fs::metadata(&log).unwrap().len() <= REST);
    assert_eq!(
        service.post("/match-events", &prices("last", 0)).ok()["event_id"],
        8 * 190 + 1
    );
    assert!(service.stop());
    assert_eq!(count(&folder), ("ok".to_owned(), 8 * 190 + 1));
}
