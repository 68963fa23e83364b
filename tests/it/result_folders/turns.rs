//! Runs and readers that meet in one folder.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;

use super::*;

/// Starts, and waits until it says that it waits.
fn waiting(mut command: Command) -> (Child, String) {
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    while !line.contains("waiting") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).unwrap() > 0,
            "it ended, or said something else"
        );
    }
    (child, line)
}

fn interrupt(child: &mut Child) -> std::process::ExitStatus {
    let pid = child.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    child.wait().unwrap()
}

/// A run said nothing while it waited for another.
#[test]
fn who_is_waited_for_is_said_and_the_wait_can_be_ended() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let before = files(&out);
    let held = File::open(&out).unwrap();
    held.lock().unwrap();
    let (mut child, line) = waiting(run("0.2", &out));
    assert!(
        line.contains("another run is writing into") && line.contains("out"),
        "{line}"
    );
    // SIGINT
    assert_eq!(interrupt(&mut child).signal(), Some(2));
    let mut reader = simbet(&["report", "-o", "-"]);
    reader.arg(&out);
    let (mut reader, _) = waiting(reader);
    let (mut second, _) = waiting(run("0.2", &out));
    assert_eq!(files(&out), before);
    held.unlock().unwrap();
    assert!(second.wait().unwrap().success() && reader.wait().unwrap().success());
    assert_ne!(files(&out), before);
}

/// A command that ends its work in its own way has nothing to add while it waits.
#[test]
fn a_wait_ends_with_an_error_where_a_signal_stops_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let mut simulate = simbet(&["simulate", "--matches", "20", "--runs", "2", "--out"]);
    simulate.arg(&out);
    let held = File::open(&out).unwrap();
    // a first check passes, so that the wait is that of writing
    held.lock_shared().unwrap();
    let (mut child, _) = waiting(simulate);
    assert_eq!(interrupt(&mut child).code(), Some(1));
    assert_eq!((files(&out).len(), staged(&out)), (0, 0));
}

/// Of a reader during the renames of a run.
#[test]
fn readers_see_either_run_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let writer = std::thread::spawn({
        let out = out.clone();
        move || {
            for round in 0..12 {
                succeeds(run(["0.1", "0.2"][round % 2], &out));
            }
        }
    });
    let mut read = 0;
    while !writer.is_finished() || read < 3 {
        succeeds(report(&out));
        let mut compare = simbet(&[
            "compare",
            "--tolerance",
            "*=inf",
            "--tolerance",
            "bets.*=inf",
        ]);
        compare.args([&out, &out]);
        let told = output(compare);
        assert_ne!(told.status.code(), Some(2), "{}", said(&told));
        read += 1;
    }
    writer.join().unwrap();
}
