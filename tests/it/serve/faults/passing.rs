//! What passes: a lock of another program, a full disk, somebody who reads for long.

use std::fs;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;

use super::super::driver::now;
use super::super::{Service, result};
use super::{beside, other};

/// Whoever waits at the beginning of a fault is answered soon, and so is whoever comes later.
#[track_caller]
fn assert_degraded(service: &Service) {
    let begun = now();
    service.post_prices("waits").problem(503);
    assert!(begun.elapsed() < Duration::from_secs(2));
    let begun = now();
    let problem = service.post_prices("later").problem(503);
    assert_eq!(problem["type"], "urn:simbet:problem:unwritable");
    service
        .post("/predictions", &super::prices("asked", 0))
        .problem(503);
    service.post_nothing("/simulate/match?seed=1").problem(503);
    assert!(begun.elapsed() < Duration::from_millis(900));
    let health = service.get("/health");
    assert_eq!(
        (health.status, &health.json()["status"]),
        (503, &json!("degraded"))
    );
    assert!(
        health.json()["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
    // what is there can be read
    assert_eq!(
        service.get("/bets").ok()["bets"].as_array().unwrap().len(),
        1
    );
    service.get("/bankroll").ok();
}

#[track_caller]
fn assert_well(service: &Service) {
    let soon = Duration::from_secs(5);
    let taken = |id| {
        service.post_until_taken("/match-events", &super::prices(id, 0), soon)["event_id"].take()
    };
    taken("after");
    // what waited was kept, and is there once
    assert_eq!(taken("waits"), 2);
    assert_eq!(taken("after"), 3);
    assert_eq!(taken("later"), 4);
    let health = service.get("/health").ok();
    assert_eq!(
        (&health["status"], &health["reason"]),
        (&json!("ok"), &json!(null))
    );
    let settled = service
        .post("/match-results", &result("waits", [1, 0], 10))
        .ok();
    assert_eq!(settled["event_id"], 5);
}

#[test]
fn a_lock_of_another_program_passes() {
    for begin in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let (service, folder) = Service::new(&[]);
        service.post_prices("first").ok();
        let other = other(&folder);
        other.execute_batch(begin).unwrap();
        assert_degraded(&service);
        other.execute_batch("ROLLBACK").unwrap();
        assert_well(&service);
        assert!(service.stop());
    }
}

#[test]
fn a_refusal_while_nothing_can_be_written_says_when_to_try_again() {
    let (service, folder) = Service::new(&[]);
    let other = other(&folder);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    service.post_prices("waits").problem(503);
    let body = super::prices("later", 0).to_string();
    let answer = service.raw(&format!(
        "POST /match-events HTTP/1.1\nHost: {}\nContent-Type: application/json\nConnection: close\nContent-Length: {}\n\n{body}",
        service.address,
        body.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.to_lowercase().contains("\r\nretry-after: 1\r\n"),
        "{answer}"
    );
}

#[test]
fn a_full_disk_passes() {
    let (service, _folder) = Service::new(&[]);
    service.post_prices("first").ok();
    if !service.limit_files("100") {
        eprintln!("skipped: no prlimit is installed");
        return;
    }
    assert_degraded(&service);
    assert!(service.limit_files("unlimited"));
    assert_well(&service);
    assert!(service.stop());
}

#[test]
fn a_service_that_is_stopped_while_nothing_can_be_written_says_so_and_keeps_what_was_answered() {
    let (service, folder) = Service::new(&[]);
    let first = service.post_prices("first").ok();
    let other = other(&folder);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    service.post_prices("waits").problem(503);
    let begun = now();
    service.signal("-TERM");
    let (code, said) = service.end();
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("error: simbet.db could not be written on"),
        "{said}"
    );
    drop(other);
    let service = Service::again(&folder, &[]);
    assert_eq!(service.post_prices("first").ok(), first);
    assert_eq!(service.post_prices("waits").ok()["event_id"], 2);
}

#[test]
fn a_full_disk_at_the_stop_keeps_what_was_answered() {
    let (service, folder) = Service::new(&[]);
    let first = service.post_prices("first").ok();
    if !service.limit_files("100") {
        eprintln!("skipped: no prlimit is installed");
        return;
    }
    service.signal("-TERM");
    let (code, said) = service.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("disk"), "{said}");
    let service = Service::again(&folder, &[]);
    assert_eq!(service.post_prices("first").ok(), first);
}

/// Writes 140 MiB into the log, more than it has before it is begun anew.
fn fill_log(other: &Connection) {
    let sql = "CREATE TABLE filler (content BLOB); \
        INSERT INTO filler SELECT zeroblob(1048576) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
        WHERE i < 140) SELECT i FROM n)";
    other.execute_batch(sql).unwrap();
}

/// The log was moved by a command that waits for whoever reads, while whoever writes waits for it.
#[test]
fn whoever_reads_for_long_stops_nobody_and_the_log_shrinks_afterwards() {
    let (service, folder) = Service::new(&[]);
    service.post_prices("first").ok();
    let reader = other(&folder);
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM events")
        .unwrap();
    let writer = other(&folder);
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer.busy_timeout(Duration::from_secs(5)).unwrap();
    fill_log(&writer);
    drop(writer);
    let length = || fs::metadata(beside(&folder, "-wal")).unwrap().len();
    assert!(length() > 140 << 20);
    let begun = now();
    for number in 0.. {
        let asked = now();
        service.post_prices(&number.to_string()).ok();
        assert!(asked.elapsed() < Duration::from_secs(2));
        if begun.elapsed() > Duration::from_secs(4) {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    drop(reader);
    let begun = now();
    while length() > 129 << 20 {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{} bytes",
            length()
        );
        service
            .post_prices(&format!("after {:?}", begun.elapsed()))
            .ok();
        thread::sleep(Duration::from_millis(50));
    }
    assert!(service.stop());
}

/// Other programs may shorten the log, too, and pack the file.
#[test]
fn other_programs_may_move_the_log_and_pack_the_file() {
    let (service, folder) = Service::new(&[]);
    for number in 0..40 {
        service.post_prices(&number.to_string()).ok();
    }
    let other = other(&folder);
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    for sql in [
        "VACUUM",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA wal_checkpoint(RESTART)",
    ] {
        let mut statement = other.prepare(sql).unwrap();
        statement.query([]).unwrap().next().unwrap();
        service.post_prices(sql).ok();
        service.get("/bets").ok();
    }
    drop(other);
    thread::sleep(Duration::from_millis(2_500));
    assert_eq!(service.post_prices("last").ok()["event_id"], 44);
    assert!(service.stop());
}
