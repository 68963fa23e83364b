//! Clocks that are ahead: what is refused, and how what was accepted is undone.

use std::process::Output;

use serde_json::{Value, json};

use super::events::with_key;
use super::{Service, after, command, example, prices, refusal, result};

/// Prices at so many seconds from now.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock is what these events are ahead of"
)]
fn from_now(match_id: &str, seconds: i64) -> Value {
    let now = jiff::Timestamp::now().as_second();
    let time = jiff::Timestamp::from_second(now + seconds).unwrap();
    let mut event = prices(match_id, 0);
    event["timestamp"] = json!(time.to_string());
    event
}

fn undo(folder: &tempfile::TempDir, event_id: &str) -> Output {
    command(folder.path(), &["--undo-from", event_id])
        .output()
        .unwrap()
}

#[test]
fn an_event_that_is_ahead_of_the_clock_does_not_lock_the_others_out() {
    let (service, _folder) = Service::new(&[]);
    for seconds in [86_000, 7_200, 400] {
        let problem = service
            .post("/match-events", &from_now("a", seconds))
            .problem(409);
        assert_eq!(problem["type"], "urn:simbet:problem:ahead");
        assert!(problem["detail"].as_str().unwrap().contains("--ahead"));
    }
    service.post("/match-events", &from_now("b", 0)).ok();
    service.post("/match-events", &from_now("c", 200)).ok();
    let (wide, _folder) = Service::new(&["--ahead", "2h"]);
    wide.post("/match-events", &from_now("a", 7_000)).ok();
    wide.post("/match-events", &from_now("b", 7_400))
        .problem(409);
    let (none, _folder) = Service::new(&["--ahead", "0s"]);
    none.post("/match-events", &from_now("a", 20)).problem(409);
    none.post("/match-events", &example()).ok();
}

#[test]
fn an_event_that_locked_the_others_out_can_be_undone() {
    let (service, folder) = Service::new(&[]);
    let first = service.post("/match-events", &prices("a", 0)).ok();
    service
        .post("/match-results", &result("a", [1, 0], 60))
        .ok();
    let bankroll = service.get("/bankroll").ok();
    let settled = service.get("/bets").ok();
    // a season ahead of the others, and yet in the past
    let mut ahead = prices("wrong", 0);
    ahead["timestamp"] = json!("2025-06-01T12:00:00Z");
    let wrong = service.post("/match-events", &ahead).ok();
    service
        .post("/match-events", &prices("b", 120))
        .problem(409);
    service
        .post("/match-results", &result("wrong", [0, 0], 180))
        .ok();
    assert!(service.stop());
    let before = std::fs::read(folder.path().join("simbet.db")).unwrap();

    let undone = undo(&folder, &wrong["event_id"].to_string());
    assert!(undone.status.success(), "{undone:?}");
    let lines: Vec<Value> = String::from_utf8(undone.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let types: Vec<_> = lines.iter().map(|line| &line["event_type"]).collect();
    assert_eq!(types, ["match_event", "match_result"]);
    let kept = folder.path().join("simbet.db.before-3");
    assert_eq!(std::fs::read(kept).unwrap(), before);

    let again = Service::again(&folder, &[]);
    assert_eq!(again.get("/streams/info").ok()["accepted"], 2);
    assert_eq!(again.post("/match-events", &prices("a", 0)).ok(), first);
    assert_eq!(again.get("/bankroll").ok(), bankroll);
    assert_eq!(again.get("/bets").ok(), settled);
    again.post("/match-events", &prices("b", 120)).ok();
    again.post("/match-results", &result("b", [1, 1], 180)).ok();
}

#[test]
fn keys_and_answers_of_what_stays_are_those_of_before() {
    let (service, folder) = Service::new(&[]);
    let post =
        |service: &Service, event: &Value, key| with_key(service, "/match-events", key, event);
    let kept = post(&service, &prices("a", 0), "first");
    post(&service, &prices("b", 1), "second").ok();
    assert!(service.stop());
    assert!(undo(&folder, "2").status.success());
    let again = Service::again(&folder, &[]);
    assert_eq!(post(&again, &prices("a", 0), "first"), kept);
    post(&again, &prices("c", 1), "first").problem(422);
    // the key of what was undone is free again
    post(&again, &prices("c", 1), "second").ok();
}

#[test]
fn what_cannot_be_undone_leaves_the_store_as_it_was() {
    let (service, folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    let in_use = undo(&folder, "1");
    assert_eq!(in_use.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&in_use.stderr).contains("in use"));
    assert!(service.stop());
    let said = refusal(command(folder.path(), &["--undo-from", "2"]));
    assert!(said.contains("has no event 2: its last one is 1"), "{said}");
    let said = refusal(command(
        folder.path(),
        &["--undo-from", "1", "--bankroll", "5"],
    ));
    assert!(said.contains("other settings"), "{said}");
    let usual = command(folder.path(), &["--undo-from", "1"]);
    let full = after("exec > /dev/full", &usual).output().unwrap();
    assert!(!full.status.success());
    let closed = after("exec >&-", &usual).output().unwrap();
    assert_eq!(closed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&closed.stderr);
    assert!(said.starts_with("error: stdout is closed"), "{said}");
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock"))
        .collect();
    names.sort();
    assert_eq!(names, ["simbet.db"]);
    let again = Service::again(&folder, &[]);
    assert_eq!(again.get("/streams/info").ok()["accepted"], 1);
}

/// A store with three events.
fn stopped() -> tempfile::TempDir {
    let (service, folder) = Service::new(&[]);
    for id in ["a", "b", "c"] {
        service.post("/match-events", &prices(id, 0)).ok();
    }
    assert!(service.stop());
    folder
}

#[test]
fn an_undo_that_was_killed_is_no_obstacle_to_the_next() {
    let folder = stopped();
    let path = |suffix: &str| folder.path().join(format!("simbet.db{suffix}"));
    std::fs::copy(path(""), path(".undoing")).unwrap();
    std::fs::write(path(".undoing-wal"), "a part of a log").unwrap();
    assert!(undo(&folder, "3").status.success());
    assert!(!path(".undoing").exists() && !path(".undoing-wal").exists());
    std::fs::write(path(".undoing"), "notes of somebody").unwrap();
    let said = refusal(command(folder.path(), &["--undo-from", "2"]));
    assert!(said.contains("simbet.db.undoing is no store"), "{said}");
    let again = Service::again(&folder, &[]);
    assert_eq!(again.get("/streams/info").ok()["accepted"], 2);
}

#[test]
fn what_an_earlier_undo_has_kept_stays() {
    let folder = stopped();
    let kept = folder.path().join("simbet.db.before-2");
    std::fs::write(&kept, "kept").unwrap();
    let said = refusal(command(folder.path(), &["--undo-from", "2"]));
    assert!(
        said.contains("simbet.db.before-2 is there") && said.contains("move it away"),
        "{said}"
    );
    assert_eq!(std::fs::read(&kept).unwrap(), b"kept");
}

#[test]
fn events_that_nobody_reads_are_not_undone() {
    let folder = stopped();
    let mut child = command(folder.path(), &["--undo-from", "2"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing was undone"), "{said}");
    let again = Service::again(&folder, &[]);
    assert_eq!(again.get("/streams/info").ok()["accepted"], 3);
}

#[test]
fn an_undo_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--store", "typo.db", "--undo-from", "3"];
    let said = refusal(command(folder.path(), &arguments));
    assert!(said.contains("there is no store typo.db"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
