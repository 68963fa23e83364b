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

/// By SIGTERM: SIGINT is ignored where a shell started the tests in the background.
fn stop(child: &mut Child) -> std::process::ExitStatus {
    let pid = child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
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
    assert_eq!(stop(&mut child).signal(), Some(15));
    let mut reader = simbet(&["report", "-o", "-"]);
    reader.arg(&out);
    let (mut reader, _) = waiting(reader);
    let (mut second, _) = waiting(run("0.2", &out));
    assert_eq!(files(&out), before);
    held.unlock().unwrap();
    assert!(second.wait().unwrap().success() && reader.wait().unwrap().success());
    assert_ne!(files(&out), before);
}

/// As nohup has it.
#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let held = File::open(&out).unwrap();
    held.lock().unwrap();
    let ignoring = limits::after("trap '' HUP INT; exec {}", &run("0.2", &out));
    let (mut child, _) = waiting(ignoring);
    for signal in ["-HUP", "-INT"] {
        let pid = child.id().to_string();
        Command::new("kill").args([signal, &pid]).status().unwrap();
    }
    held.unlock().unwrap();
    assert!(child.wait().unwrap().success());
}

/// A page is made while another run puts its results there: 24 times, so that some meet.
#[test]
fn a_page_lies_only_beside_the_results_that_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let page = out.join("report.html");
    for round in 0..24 {
        let mut writer = run(["0.2", "0.1"][round % 2], &out);
        let mut writer = writer.stdout(Stdio::null()).spawn().unwrap();
        let mut report = simbet(&["report", "-q"]);
        report.arg(&out);
        let told = output(report);
        assert!(writer.wait().unwrap().success());
        let settled = String::from_utf8(output(self::report(&out)).stdout).unwrap();
        assert!(
            !page.exists() || fs::read_to_string(&page).unwrap() == settled,
            "{round}: {}",
            said(&told)
        );
    }
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
    assert_eq!(stop(&mut child).code(), Some(1));
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
