//! Folders of results under attack: what others wrote is never touched, results of two runs are never mixed untold, whenever
//! a run is killed, and whoever is waited for is named.

mod foreign;
mod kills;
mod limits;
mod turns;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A quick run; its stakes differ with the last argument.
const RUN: [&str; 9] = [
    "backtest",
    "tests/data/hand/matches.csv",
    "--strategy",
    "proportional",
    "--selections",
    "home",
    "--markets",
    "1x2,ah",
    "--stake",
];

fn simbet(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    command
}

/// The run with this stake into this folder.
fn run(stake: &str, out: &Path) -> Command {
    let mut command = simbet(&RUN);
    command.args([stake, "--out"]).arg(out);
    command
}

fn report(out: &Path) -> Command {
    let mut command = simbet(&["report", "-q", "-o", "-"]);
    command.arg(out);
    command
}

fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs, which must succeed.
fn succeeds(command: Command) {
    let output = output(command);
    assert!(output.status.success(), "{}", said(&output));
}

/// Runs, which must fail with this code and say this.
fn fails(command: Command, code: i32, words: &[&str]) {
    let output = output(command);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} in {said}");
    }
}

/// The files of a folder, without those of a run that was killed while it wrote.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let entries = entries.filter(|entry| entry.path().is_file());
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .filter(|(name, _)| !name.starts_with(".simbet-staged-"))
        .collect()
}

/// How many files were left behind by runs that were killed while they wrote.
fn staged(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names
        .filter(|name| name.starts_with(".simbet-staged-"))
        .count()
}

/// A folder with the results of the run with this stake.
fn results(folder: &Path, name: &str, stake: &str) -> PathBuf {
    let out = folder.join(name);
    succeeds(run(stake, &out));
    out
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a `run.json` with its seal.
fn seal(path: &Path, mut run: Value) {
    run.as_object_mut().unwrap().shift_remove("seal");
    run["seal"] = digest(run.to_string().as_bytes()).into();
    fs::write(path, format!("{run:#}\n")).unwrap();
}

/// Makes the files of a folder those that its `run.json` was written with, for tests of what comes after that check.
pub fn reseal(folder: &Path) {
    let path = folder.join("run.json");
    if !path.exists() {
        return;
    }
    let mut run = read_json(&path);
    let Some(files) = run["files"].as_object_mut() else {
        return;
    };
    files.retain(|name, _| folder.join(name).exists());
    for (name, known) in files {
        *known = digest(&fs::read(folder.join(name)).unwrap()).into();
    }
    seal(&path, run);
}
