//! A sweep that is killed goes on from where it was, and ends with the same bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{json, read};
use crate::backtest::simbet;

const GRID: [&str; 9] = [
    "datasets/epl.csv",
    "--grid",
    "half_life=150,300,600",
    "--grid",
    "max_stake=0.01..0.10:0.01",
    "--strategies",
    "ev,kelly",
    "--hold-out",
    "2025-02-01",
];
const SETTINGS: usize = 60;

fn spawn(out: &Path) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("MIN_EDGE")
        .env_remove("MAX_STAKE_PERCENTAGE");
    command.arg("sweep").args(GRID).arg("--out").arg(out);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn lines(out: &Path) -> usize {
    let bytes = fs::read(out.join("sweep.journal")).unwrap_or_default();
    // the first line says what the file is
    bytes
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        .saturating_sub(1)
}

/// Waits until so many settings are finished.
fn wait_for(child: &mut Child, out: &Path, wanted: usize) {
    while lines(out) < wanted && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs to the end; what is said on stderr.
fn finish(out: &Path) -> String {
    let output = simbet()
        .arg("sweep")
        .args(GRID)
        .arg("--out")
        .arg(out)
        .assert()
        .success();
    String::from_utf8(output.get_output().stderr.clone()).unwrap()
}

fn results(out: &Path) -> [String; 3] {
    ["sweep.csv", "summary.json", "run.json"].map(|name| read(out, name))
}

fn whole() -> [String; 3] {
    let folder = tempfile::tempdir().unwrap();
    let said = finish(folder.path());
    assert!(!said.contains("finished before"), "{said}");
    results(folder.path())
}

#[test]
fn a_sweep_that_is_killed_at_any_instant_ends_with_the_same_bytes() {
    let whole = whole();
    for wanted in [0, 1, 7, 31, SETTINGS] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = spawn(folder.path());
        wait_for(&mut child, folder.path(), wanted);
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = lines(folder.path()).min(SETTINGS);
        assert!(kept >= wanted);
        let said = finish(folder.path());
        if kept > 0 {
            assert!(
                said.contains(&format!("{kept} of {SETTINGS} setting")),
                "{kept}: {said}"
            );
        }
        assert_eq!(results(folder.path()), whole, "killed after {kept}");
    }
}

#[test]
fn a_torn_line_is_dropped_and_run_again() {
    let whole = whole();
    let folder = tempfile::tempdir().unwrap();
    finish(folder.path());
    let journal = folder.path().join("sweep.journal");
    let bytes = fs::read(&journal).unwrap();
    for cut in [1, 100, bytes.len() / 2, bytes.len() - 70] {
        fs::write(&journal, &bytes[..bytes.len() - cut]).unwrap();
        finish(folder.path());
        assert_eq!(results(folder.path()), whole, "{cut}");
    }
}

/// A journal whose sweep came to its end, and its lines.
fn journal() -> (tempfile::TempDir, PathBuf, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let said = finish(folder.path());
    let mut notes = said.lines().filter(|line| line.starts_with("note: "));
    assert!(notes.all(|note| note.starts_with("note: wrote ")), "{said}");
    let path = folder.path().join("sweep.journal");
    let lines = fs::read(&path)
        .unwrap()
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    (folder, path, lines)
}

#[test]
fn a_damaged_look_at_the_hold_out_does_not_make_it_fresh_without_a_word() {
    let (folder, path, lines) = journal();
    let look = lines
        .iter()
        .position(|line| line.starts_with(b"hold-out-"))
        .unwrap();
    let other = || {
        let more = [
            "--grid",
            "min_odds=1.5",
            "--out",
            folder.path().to_str().unwrap(),
        ];
        let output = simbet()
            .arg("sweep")
            .args(GRID)
            .args(more)
            .assert()
            .success();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            text(&output.get_output().stdout),
            text(&output.get_output().stderr),
        )
    };
    // the key, the day, the end of the line
    let day = lines[look]
        .windows(5)
        .position(|bytes| bytes == b"2025-")
        .unwrap();
    for place in [0, day + 3, lines[look].len() - 1] {
        let mut damaged = lines.clone();
        damaged[look][place] = b'7';
        fs::write(&path, damaged.concat()).unwrap();
        let (printed, said) = other();
        assert!(
            said.contains("note: a line of sweep.journal could not be read"),
            "{place}: {said}"
        );
        assert!(
            said.contains("note: this hold-out may have been looked at before"),
            "{place}: {said}"
        );
        assert!(
            printed.contains("It may have been looked at before"),
            "{place}: {printed}"
        );
        assert!(!printed.contains("the only look"), "{place}: {printed}");
    }
    let summary: serde_json::Value =
        serde_json::from_str(&read(folder.path(), "summary.json")).unwrap();
    assert_eq!(summary["hold_out"]["may_have_been_looked_at"], true);
    fs::write(&path, lines.concat()).unwrap();
    let (printed, said) = other();
    assert!(
        said.contains("this hold-out was looked at before"),
        "{said}"
    );
    assert!(
        printed.contains("Another sweep had looked at it before"),
        "{printed}"
    );
}

#[test]
fn a_damaged_setting_is_counted_and_run_again() {
    let whole = whole();
    let (folder, path, mut lines) = journal();
    for place in [3, 8] {
        // a digit of a figure, which reads as well as the true one
        let digit = lines[place].iter().rposition(u8::is_ascii_digit).unwrap();
        lines[place][digit] = if lines[place][digit] == b'1' {
            b'2'
        } else {
            b'1'
        };
    }
    lines.push(b"\xff\xff {\n".to_vec());
    fs::write(&path, lines.concat()).unwrap();
    let said = finish(folder.path());
    assert!(
        said.contains("3 lines of sweep.journal could not be read: their settings are run again"),
        "{said}"
    );
    assert!(
        said.contains("58 of 60 settings were finished before"),
        "{said}"
    );
    assert_eq!(read(folder.path(), "sweep.csv"), whole[0]);
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sweep.journal");
    for text in [
        &b"Dear diary,\ntoday I bet on Burnley.\n"[..],
        b"\x00\x9c\xff no line",
        b"0123 {}\n",
    ] {
        fs::write(&path, text).unwrap();
        let output = simbet()
            .arg("sweep")
            .args(GRID)
            .arg("--out")
            .arg(folder.path())
            .assert()
            .code(2);
        let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(
            said.contains(
                "sweep.journal exists and is not a journal of this version, so it was not replaced"
            ),
            "{said}"
        );
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

/// A limit on the size of files, which needs no disk to be filled.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_what_was_finished_and_says_so() {
    let whole = whole();
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "-c",
        "trap '' XFSZ; ulimit -f 64; exec \"$@\"",
        "sh",
    ]);
    command
        .arg(assert_cmd::cargo::cargo_bin("simbet"))
        .arg("sweep")
        .args(GRID)
        .arg("--out")
        .arg(folder.path());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(
            "it keeps what was finished before, and repeating the command continues from there"
        ),
        "{said}"
    );
    let kept = lines(folder.path());
    assert!((1..SETTINGS).contains(&kept), "{kept}");
    let said = finish(folder.path());
    assert!(
        said.contains(&format!(
            "{kept} of {SETTINGS} settings were finished before"
        )),
        "{said}"
    );
    assert!(!said.contains("could not be read"), "{said}");
    assert_eq!(results(folder.path()), whole);
}

#[test]
fn a_journal_of_another_input_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let input = folder.path().join("epl.csv");
    let run = |out: &str| {
        let arguments = [
            "--grid",
            "selections=home,away",
            "--strategy",
            "flat",
            "--out",
            out,
        ];
        json(&[&[input.to_str().unwrap()], &arguments[..]].concat())
    };
    let text = fs::read_to_string("datasets/epl.csv").unwrap();
    fs::write(&input, &text).unwrap();
    let first = run(out.to_str().unwrap());
    let shorter: String = text
        .lines()
        .take(500)
        .flat_map(|line| [line, "\n"])
        .collect();
    fs::write(&input, shorter).unwrap();
    let other = run(out.to_str().unwrap());
    assert_ne!(first, other);
    assert_eq!(other, run(folder.path().join("fresh").to_str().unwrap()));
    fs::write(&input, &text).unwrap();
    assert_eq!(run(out.to_str().unwrap()), first);
}

#[cfg(unix)]
#[test]
fn ctrl_c_says_what_is_kept_and_how_to_go_on() {
    let whole = whole();
    let folder = tempfile::tempdir().unwrap();
    let mut child = spawn(folder.path());
    wait_for(&mut child, folder.path(), 3);
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let kept = lines(folder.path());
    if kept < SETTINGS {
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(&format!(
                "stopped after {kept} of {SETTINGS} settings: they are kept in "
            )),
            "{said}"
        );
        assert!(said.contains(": repeat the command to continue"), "{said}");
        assert!(!folder.path().join("run.json").exists());
    }
    finish(folder.path());
    assert_eq!(results(folder.path()), whole);
}

#[test]
fn two_sweeps_do_not_write_one_journal() {
    let folder = tempfile::tempdir().unwrap();
    let journal =
        simbet::internals::results::Journal::open(folder.path(), "sweep.journal").unwrap();
    let output = simbet()
        .arg("sweep")
        .args(GRID)
        .arg("--out")
        .arg(folder.path())
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("another process is writing it"), "{said}");
    drop(journal);
}

#[cfg(target_os = "linux")]
#[test]
fn a_ranking_that_cannot_be_printed_says_that_stdout_was_meant() {
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "sweep",
        "datasets/epl.csv",
        "--strategies",
        "flat",
    ]);
    let output = command.stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("error: cannot write to stdout: No space left on device"),
        "{said}"
    );
}
