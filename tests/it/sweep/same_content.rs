//! A journal knows what was read by its content, wherever it lay and whatever it was called.

use std::fs;
use std::path::Path;

use super::{EPL, read};
use crate::backtest::simbet;

const TAKEN: &str = "2 of 2 settings were finished before";
const ONLY: &str =
    "That was the only look it allows: the hold-out is used up. The journal has no earlier one.";
const SPENT: &str = "Another sweep had looked at it before, so it proves nothing.";

/// What is printed and what is said.
fn sweep(file: &Path, out: Option<&Path>, grid: &[&str]) -> (String, String) {
    let mut command = simbet();
    command
        .arg("sweep")
        .arg(file)
        .args([
            "--strategy",
            "flat",
            "--hold-out",
            "2024-08-01",
            "--resamples",
            "20",
        ])
        .args(grid);
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let output = command.assert().success();
    let [printed, said] = [&output.get_output().stdout, &output.get_output().stderr]
        .map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    (printed, said)
}

const GRID: [&str; 2] = ["--grid", "selections=home,away"];
const WIDER: [&str; 2] = ["--grid", "selections=home,draw,away"];

fn copy(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn moved_and_renamed_data_and_copied_folders_are_the_same_look() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(EPL).unwrap();
    let (one, other) = (
        copy(folder.path(), "here/epl.csv", &text),
        copy(folder.path(), "there/england.csv", &text),
    );
    let (out, copied) = (folder.path().join("out"), folder.path().join("copied"));
    let (first, said) = sweep(&one, Some(&out), &GRID);
    assert!(
        first.contains(ONLY) && !said.contains("finished before"),
        "{first}{said}"
    );
    fs::create_dir(&copied).unwrap();
    for name in ["sweep.journal", "run.json"] {
        fs::write(copied.join(name), read(&out, name)).unwrap();
    }
    for grid in [GRID, ["--grid", "selections=away,home"]] {
        let (printed, said) = sweep(&other, Some(&copied), &grid);
        assert!(said.contains(TAKEN), "{said}");
        assert!(printed.contains(ONLY), "{printed}");
    }
    let (printed, said) = sweep(&other, Some(&copied), &WIDER);
    assert!(
        said.contains("2 of 3 settings were finished before"),
        "{said}"
    );
    assert!(printed.contains(SPENT), "{printed}");
    assert!(
        said.contains("this hold-out was looked at before"),
        "{said}"
    );
}

#[test]
fn data_in_another_form_or_with_more_beside_it_shows_the_same_hold_out() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(EPL).unwrap();
    let out = folder.path().join("out");
    sweep(&copy(folder.path(), "a/epl.csv", &text), Some(&out), &GRID);
    let lines = text
        .replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .replacen("\r\n", "\n", 1);
    assert_ne!(lines, text);
    let (printed, said) = sweep(&copy(folder.path(), "b/epl.csv", &lines), Some(&out), &GRID);
    assert!(
        !said.contains("finished before") && printed.contains(SPENT),
        "{printed}{said}"
    );
    // another league beside it changes nothing of what was seen
    let beside = folder.path().join("c");
    copy(&beside, "epl.csv", &text);
    copy(
        &beside,
        "other.csv",
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A\n\
         SC0,17/08/2024,Ayr,Brechin,1,0,2.0,3.4,3.8\nSC0,24/08/2024,Cove,Ayr,0,0,2.5,3.2,2.9\n",
    );
    let (printed, _) = sweep(&beside, Some(&out), &GRID);
    assert!(
        printed.contains("2 other sweeps had looked at it before"),
        "{printed}"
    );
}

#[test]
fn other_data_under_the_same_path_is_another_look() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(EPL).unwrap();
    let out = folder.path().join("out");
    let path = copy(folder.path(), "epl.csv", &text);
    sweep(&path, Some(&out), &GRID);
    // the same file with all teams under other names: nobody has seen these matches
    let (header, rows) = text.split_once('\n').unwrap();
    let renamed: String = rows
        .lines()
        .map(|row| {
            let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            let home = header
                .split(',')
                .position(|name| name == "HomeTeam")
                .unwrap();
            for cell in &mut cells[home..home + 2] {
                cell.insert_str(0, "FC ");
            }
            cells.join(",") + "\n"
        })
        .collect();
    let path = copy(folder.path(), "epl.csv", &format!("{header}\n{renamed}"));
    let (printed, said) = sweep(&path, Some(&out), &GRID);
    assert!(
        !said.contains("finished before") && printed.contains(ONLY),
        "{printed}{said}"
    );
}

#[test]
fn without_a_journal_nobody_can_know_of_earlier_looks() {
    let (printed, _) = sweep(Path::new(EPL), None, &GRID);
    assert!(
        printed.contains("Without --out nothing records"),
        "{printed}"
    );
    assert!(!printed.contains("no earlier one"), "{printed}");
}
