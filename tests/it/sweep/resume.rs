//! A sweep that is killed goes on from where it was, and ends with the same bytes.

use std::fs;
use std::io::Write as _;
use std::path::Path;
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
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("MIN_EDGE").env_remove("MAX_STAKE_PERCENTAGE");
    command.arg("sweep").args(GRID).arg("--out").arg(out);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn lines(out: &Path) -> usize {
    let bytes = fs::read(out.join("sweep.journal")).unwrap_or_default();
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Waits until so many settings are finished.
fn wait_for(child: &mut Child, out: &Path, wanted: usize) {
    while lines(out) < wanted && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs to the end; what is said on stderr.
fn finish(out: &Path) -> String {
    let output = simbet().arg("sweep").args(GRID).arg("--out").arg(out).assert().success();
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
            assert!(said.contains(&format!("{kept} of {SETTINGS} settings were finished before")), "{kept}: {said}");
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
    let mut garbage = fs::OpenOptions::new().append(true).open(&journal).unwrap();
    garbage.write_all(b"\n\xff\xff {\nnokey\nhold-out-x {}\n").unwrap();
    let said = finish(folder.path());
    assert!(said.contains("60 of 60 settings were finished before"), "{said}");
    assert_eq!(results(folder.path()), whole);
}

#[test]
fn a_journal_of_another_input_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let input = folder.path().join("epl.csv");
    let run = |out: &str| {
        let arguments = ["--grid", "selections=home,away", "--strategy", "flat", "--out", out];
        json(&[&[input.to_str().unwrap()], &arguments[..]].concat())
    };
    let text = fs::read_to_string("datasets/epl.csv").unwrap();
    fs::write(&input, &text).unwrap();
    let first = run(out.to_str().unwrap());
    let shorter: String = text.lines().take(500).flat_map(|line| [line, "\n"]).collect();
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
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let kept = lines(folder.path());
    if kept < SETTINGS {
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("stopped after {kept} of {SETTINGS} settings: they are kept in ")), "{said}");
        assert!(said.contains("and the same command goes on from there"), "{said}");
        assert!(!folder.path().join("run.json").exists());
    }
    finish(folder.path());
    assert_eq!(results(folder.path()), whole);
}

#[test]
fn two_sweeps_do_not_write_one_journal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = simbet::sink::journal::Journal::open(folder.path(), "sweep.journal").unwrap();
    let output = simbet().arg("sweep").args(GRID).arg("--out").arg(folder.path()).assert().code(1);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("another process is writing it"), "{said}");
    drop(journal);
}
