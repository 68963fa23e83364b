//! Records of bets: what is read of them, what is said of them, and that it agrees with a backtest.

mod agreement;
mod bad_tables;
mod doubts;
mod figures;
mod folders;
mod null_records;
mod tables;
mod trackers;

use std::path::Path;

use serde_json::Value;

use crate::backtest::simbet;

/// What `assess` prints of a table, as JSON, and what it says beside it.
fn assessed(table: &str, more: &[&str]) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.csv");
    std::fs::write(&path, table).unwrap();
    of_path(&path, more)
}

fn of_path(path: &Path, more: &[&str]) -> (Value, String) {
    let run = simbet()
        .arg("assess")
        .arg(path)
        .args(["--format", "json"])
        .args(few_runs(more))
        .args(more)
        .assert()
        .success();
    let output = run.get_output();
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Few runs of the future, where a test does not say how many.
fn few_runs(more: &[&str]) -> &'static [&'static str] {
    if more.contains(&"--runs") {
        &[]
    } else {
        &["--runs", "200"]
    }
}

/// What `assess` prints as text.
fn printed(table: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.csv");
    std::fs::write(&path, table).unwrap();
    let run = simbet()
        .arg("assess")
        .arg(&path)
        .args(more)
        .args(["-q", "--runs", "200"])
        .assert()
        .success();
    String::from_utf8_lossy(&run.get_output().stdout).into_owned()
}

#[track_caller]
fn near(found: &Value, expected: f64) {
    let number = found
        .as_f64()
        .unwrap_or_else(|| panic!("{found} is no number"));
    let error = (number - expected).abs();
    assert!(
        error <= 1e-12 * expected.abs().max(1.0),
        "{number} should be {expected}"
    );
}
