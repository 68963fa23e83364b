//! A log or a table that has lost something while no service ran: a start says so, and drops nothing without a word.

use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;

use super::super::{Service, after, command, refusal};
use super::{beside, other, store};

/// A store with so many events, as a kill leaves it.
fn killed(events: u32) -> TempDir {
    let (service, folder) = Service::new(&[]);
    for number in 0..events {
        service.post_prices(&number.to_string()).ok();
    }
    service.kill();
    folder
}

fn accepted(folder: &TempDir) -> serde_json::Value {
    let service = Service::again(folder, &[]);
    let accepted = service.get("/streams/info").ok()["accepted"].clone();
    assert!(service.stop());
    accepted
}

#[track_caller]
fn assert_refused(folder: &TempDir, words: &[&str]) {
    let said = refusal(command(folder.path(), &[]));
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_log_that_was_damaged_after_a_kill_is_refused_and_stays_as_it_is() {
    let folder = killed(12);
    let (log, index) = (beside(&folder, "-wal"), beside(&folder, "-shm"));
    let length = fs::metadata(&log).unwrap().len() as usize;
    let before = fs::read(store(&folder)).unwrap();
    // the header, a frame's header, a page, the last page
    for at in [9, 32 + 12, length / 2, length - 1] {
        flip(&log, at);
        assert_refused(
            &folder,
            &["simbet.db-wal is damaged", "put back", "-shm away"],
        );
        flip(&log, at);
    }
    flip(&log, length / 2);
    fs::rename(&index, beside(&folder, ".index")).unwrap();
    assert_refused(&folder, &["simbet.db-wal is damaged", "frames can be read"]);
    assert!(fs::read(store(&folder)).unwrap() == before);
    flip(&log, length / 2);
    assert_eq!(accepted(&folder), 12);
}

#[test]
fn a_log_that_was_cut_after_a_kill_is_refused_until_its_index_is_moved_away() {
    let folder = killed(12);
    let log = beside(&folder, "-wal");
    let whole = fs::read(&log).unwrap();
    for length in [whole.len() - 3, whole.len() / 2, 0] {
        fs::write(&log, &whole[..length]).unwrap();
        assert_refused(&folder, &["simbet.db-wal was cut", "-shm away"]);
    }
    fs::remove_file(&log).unwrap();
    assert_refused(&folder, &["simbet.db-wal was cut"]);
    fs::write(&log, &whole[..whole.len() - 3]).unwrap();
    fs::remove_file(beside(&folder, "-shm")).unwrap();
    assert_eq!(accepted(&folder), 11);
}

#[test]
fn events_that_are_missing_are_noticed_at_the_start() {
    for (condition, word) in [
        ("event_id > 3", "saved state"),
        ("event_id = 3", "5 events"),
        ("true", "saved state"),
    ] {
        let (service, folder) = Service::new(&[]);
        for number in 0..6 {
            service.post_prices(&number.to_string()).ok();
        }
        assert!(service.stop());
        let sql = format!("DELETE FROM events WHERE {condition}");
        assert!(other(&folder).execute(&sql, []).unwrap() > 0);
        assert_refused(&folder, &["simbet.db is damaged", word, "put back"]);
    }
}

#[test]
fn the_lock_of_an_older_version_keeps_others_out() {
    let folder = tempfile::tempdir().unwrap();
    let lock = File::create(beside(&folder, ".lock")).unwrap();
    lock.lock().unwrap();
    assert_refused(&folder, &["simbet.db is in use"]);
    lock.unlock().unwrap();
    let service = Service::again(&folder, &[]);
    assert!(lock.try_lock().is_err());
    assert!(service.stop());
    lock.try_lock().unwrap();
}

#[test]
fn a_full_disk_at_the_start_is_no_reason_for_another_store() {
    let folder = killed(2);
    let usual = command(folder.path(), &[]);
    let output = after("ulimit -f 0", &usual).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("simbet.db cannot be used now") && said.contains("start again"),
        "{said}"
    );
    assert!(
        !said.contains("--store") && !said.contains("Error code"),
        "{said}"
    );
    assert_eq!(accepted(&folder), 2);
}

#[test]
fn a_name_that_leaves_no_room_for_the_log_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a".repeat(253);
    let said = refusal(command(folder.path(), &["--store", &name]));
    assert!(said.contains("its name has 253 bytes"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
