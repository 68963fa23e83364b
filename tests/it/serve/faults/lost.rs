//! What does not pass: a file that is not there any more, or not what it was, and an engine that has ended.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};

use tempfile::TempDir;

use super::super::{Service, command, refusal};
use super::{beside, other, store};

/// What becomes of the files, and a word of what is said then.
type Act = (fn(&TempDir), &'static str);

const ACTS: &[Act] = &[
    (
        |folder| fs::remove_file(store(folder)).unwrap(),
        "deleted or moved",
    ),
    (
        |folder| fs::rename(store(folder), beside(folder, ".moved")).unwrap(),
        "deleted or moved",
    ),
    (
        |folder| fs::rename(another_store(folder), store(folder)).unwrap(),
        "replaced",
    ),
    (
        |folder| assert!(fs::copy(another_store(folder), store(folder)).unwrap() > 0),
        "written over",
    ),
    (|folder| cut(folder, 0), "cut"),
    (|folder| cut(folder, 3_000), "cut"),
    (
        |folder| fs::remove_file(beside(folder, "-wal")).unwrap(),
        "-wal was deleted",
    ),
    (
        |folder| {
            fs::write(beside(folder, ".new"), "")
                .and_then(|()| fs::rename(beside(folder, ".new"), beside(folder, "-wal")))
                .unwrap()
        },
        "-wal was deleted",
    ),
];

/// The file of another service, that has ended.
fn another_store(folder: &TempDir) -> std::path::PathBuf {
    let (another, of_another) = Service::new(&[]);
    another.post_prices("another").ok();
    assert!(another.stop());
    let path = folder.path().join("another.db");
    fs::copy(store(&of_another), &path).unwrap();
    path
}

fn cut(folder: &TempDir, bytes: u64) {
    let file = fs::File::options().write(true).open(store(folder)).unwrap();
    file.set_len(bytes).unwrap();
}

#[track_caller]
fn assert_ended(service: Service, word: &str) {
    let (code, said) = service.end();
    assert_eq!(code, Some(1), "{said}");
    let error = said.lines().find(|line| line.starts_with("error: "));
    assert!(
        error.is_some_and(|error| error.contains(word)),
        "{word}: {said}"
    );
}

#[test]
fn a_file_that_is_not_what_it_was_is_noticed_before_the_next_event_is_answered() {
    for (act, word) in ACTS {
        let (service, folder) = Service::new(&[]);
        service.post_prices("first").ok();
        act(&folder);
        service.post_prices("second").problem(503);
        assert_ended(service, word);
    }
}

#[test]
fn a_file_that_is_not_what_it_was_is_noticed_before_the_next_question_is_answered() {
    for (path, (act, word)) in ["/bets", "/bankroll", "/metrics", "/live-matches"]
        .iter()
        .cycle()
        .zip(ACTS)
    {
        let (service, folder) = Service::new(&[]);
        service.post_prices("first").ok();
        service.get(path).ok();
        act(&folder);
        let answer = service.agent.get(service.url(path)).call();
        // it may have been noticed meanwhile
        assert!(answer.is_err() || answer.unwrap().status() == 503);
        assert_ended(service, word);
    }
}

#[test]
fn a_file_that_is_not_what_it_was_is_noticed_though_nobody_asks() {
    let index: Act = (
        |folder| fs::remove_file(beside(folder, "-shm")).unwrap(),
        "-shm was deleted",
    );
    let log: Act = (
        |folder| {
            let log = fs::File::options().write(true).open(beside(folder, "-wal"));
            log.unwrap().set_len(40).unwrap();
        },
        "-wal was cut",
    );
    for (act, word) in ACTS.iter().chain([&index, &log]) {
        let (service, folder) = Service::new(&[]);
        service.post_prices("first").ok();
        act(&folder);
        assert_ended(service, word);
    }
}

#[test]
fn what_was_answered_is_there_though_the_files_beside_the_store_were_deleted() {
    for suffix in ["-wal", "-shm"] {
        let (service, folder) = Service::new(&[]);
        let first = service.post_prices("first").ok();
        fs::remove_file(beside(&folder, suffix)).unwrap();
        assert_ended(service, suffix);
        let service = Service::again(&folder, &[]);
        assert_eq!(service.post_prices("first").ok(), first);
        assert_eq!(service.post_prices("second").ok()["event_id"], 2);
    }
}

/// The engine was dead, and the process waited for a signal for ever.
#[test]
fn an_engine_that_has_ended_ends_the_process() {
    let (service, folder) = Service::new(&[]);
    service.post_prices("first").ok();
    let sql = "INSERT INTO events VALUES (2, 'x', 'x', x'00', 'x')";
    other(&folder).execute(sql, []).unwrap();
    service.post_prices("second").problem(503);
    assert_ended(service, "store");
}

#[test]
fn damaged_pages_are_found_at_the_start_and_nothing_is_written() {
    let (service, folder) = Service::new(&[]);
    for number in 0..100 {
        service.post_prices(&number.to_string()).ok();
    }
    assert!(service.stop());
    let mut file = fs::File::options()
        .write(true)
        .open(store(&folder))
        .unwrap();
    file.seek(SeekFrom::Start(2_048 * 20)).unwrap();
    file.write_all(&[0xff; 3 * 2_048]).unwrap();
    drop(file);
    let before = fs::read(store(&folder)).unwrap();
    let said = refusal(command(folder.path(), &[]));
    assert!(
        said.contains("simbet.db is damaged") && said.contains("--store"),
        "{said}"
    );
    assert!(fs::read(store(&folder)).unwrap() == before);
}
