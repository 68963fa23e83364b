//! Names of a store: links, moves, files of others, and who may read.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use rusqlite::Connection;

use super::super::{Service, after, command, refusal};
use super::{beside, store};

#[test]
fn a_store_has_one_service_whatever_its_name() {
    let (service, folder) = Service::new(&[]);
    service.post_prices("first").ok();
    symlink("simbet.db", folder.path().join("link.db")).unwrap();
    fs::hard_link(store(&folder), folder.path().join("hard.db")).unwrap();
    for name in ["link.db", "hard.db", "./simbet.db"] {
        let said = refusal(command(folder.path(), &["--store", name]));
        assert!(said.contains("in use") && said.contains(name), "{said}");
    }
    assert!(service.stop());
    // no file of the lock is left behind, nor a log
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in ["link.db", "hard.db", "simbet.db"] {
        let service = Service::again(&folder, &["--store", name]);
        assert_eq!(service.post_prices("first").ok()["event_id"], 1);
        assert!(service.stop());
    }
}

/// The last events are in a log that belongs to a name: under another name SQLite would not see them.
#[test]
fn events_in_the_log_of_another_name_are_not_forgotten() {
    let (service, folder) = Service::new(&[]);
    service.post_prices("first").ok();
    service.kill();
    fs::hard_link(store(&folder), folder.path().join("hard.db")).unwrap();
    let said = refusal(command(folder.path(), &["--store", "hard.db"]));
    assert!(
        said.contains("simbet.db-wal") && said.contains("hard.db"),
        "{said}"
    );
    fs::remove_file(store(&folder)).unwrap();
    fs::rename(
        folder.path().join("hard.db"),
        folder.path().join("moved.db"),
    )
    .unwrap();
    let said = refusal(command(folder.path(), &["--store", "moved.db"]));
    assert!(
        said.contains("simbet.db-wal") && said.contains("move"),
        "{said}"
    );
    // a new store of the old name would delete the log
    let said = refusal(command(folder.path(), &[]));
    assert!(said.contains("simbet.db-wal"), "{said}");
    fs::rename(beside(&folder, "-wal"), folder.path().join("moved.db-wal")).unwrap();
    fs::remove_file(store(&folder)).unwrap();
    let service = Service::again(&folder, &["--store", "moved.db"]);
    assert_eq!(service.post_prices("first").ok()["event_id"], 1);
    assert_eq!(service.post_prices("second").ok()["event_id"], 2);
}

/// A copy is a store of its own.
#[test]
fn a_copy_is_used_beside_its_original() {
    let (service, folder) = Service::new(&[]);
    service.post_prices("first").ok();
    let copy = folder.path().join("copy.db");
    let sql = "VACUUM INTO ?1";
    Connection::open(store(&folder))
        .unwrap()
        .execute(sql, [copy.to_str()])
        .unwrap();
    let of_copy = Service::again(&folder, &["--store", "copy.db"]);
    assert_eq!(of_copy.post_prices("first").ok()["event_id"], 1);
    service.post_prices("second").ok();
    assert_eq!(of_copy.post_prices("third").ok()["event_id"], 2);
}

#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for mode in ["delete", "wal"] {
        let path = folder.path().join(format!("{mode}.db"));
        let theirs = Connection::open(&path).unwrap();
        theirs.pragma_update(None, "journal_mode", mode).unwrap();
        theirs
            .execute_batch(
                "CREATE TABLE meta (key, value); INSERT INTO meta VALUES ('version', '2')",
            )
            .unwrap();
        drop(theirs);
        let before = fs::read(&path).unwrap();
        let said = refusal(command(folder.path(), &["--store", path.to_str().unwrap()]));
        assert!(said.contains("is no store of simbet serve"), "{said}");
        assert!(fs::read(&path).unwrap() == before);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn what_is_no_file_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["/dev/null", "."] {
        let said = refusal(command(folder.path(), &["--store", name]));
        assert!(said.contains("no regular file"), "{said}");
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_its_owner_may_read_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let files = || ["", "-wal", "-shm"].map(|suffix| beside(&folder, suffix));
    for umask in ["000", "777"] {
        let usual = command(folder.path(), &[]);
        let service = Service::start(after(&format!("umask {umask}"), &usual));
        service.post("/match-events", &super::prices(umask, 0)).ok();
        for file in files() {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
            // as older versions have left them
            fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        service.kill();
    }
}

/// A kill in the first milliseconds leaves nothing that stands in the way of the next start.
#[test]
fn a_start_that_is_killed_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for delay in 0..12 {
        let mut child = command(folder.path(), &[])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(4 * delay));
        child.kill().unwrap();
        child.wait().unwrap();
        if delay % 3 == 2 {
            let service = Service::again(&folder, &[]);
            service.post_prices(&delay.to_string()).ok();
            service.kill();
            for suffix in ["", "-wal", "-shm"] {
                fs::remove_file(beside(&folder, suffix)).unwrap();
            }
        }
    }
}
