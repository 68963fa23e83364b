//! What others wrote.

use std::os::unix::fs::symlink;

use super::*;
use crate::backtest::make_pipe;

const NAMES: [&str; 7] = [
    "bets.csv",
    "runs.csv",
    "fan.csv",
    "sweep.csv",
    "season.csv",
    "report.html",
    "summary.json",
];

/// A file called run.json made a folder simbet's, whoever had written it.
#[test]
fn a_run_json_of_another_tool_makes_no_folder_of_results() {
    for other in [
        "{\"tool\":\"mlflow\"}",
        "{\"simbet\": 1, \"format\": 2}",
        "{\"format\": 2, \"config\": {}}",
        "[\"simbet\"]",
        "simbet",
        "",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path();
        for name in NAMES {
            fs::write(mine.join(name), "years of work").unwrap();
        }
        fs::write(mine.join("run.json"), other).unwrap();
        let before = files(mine);
        fails(
            run("0.1", mine),
            2,
            &["holds run.json, which no run", "another folder"],
        );
        let mut simulate = simbet(&["simulate", "--matches", "20", "--runs", "2", "--out"]);
        simulate.arg(mine);
        fails(simulate, 2, &["holds run.json, which no run"]);
        assert_eq!(files(mine), before, "{other}");
        // and it is not one to be read, or to be passed over
        assert!(!output(report(mine)).status.success());
        fs::copy("tests/data/hand/matches.csv", mine.join("matches.csv")).unwrap();
        for name in NAMES {
            fs::remove_file(mine.join(name)).unwrap();
        }
        fs::write(mine.join("summary.json"), "years of work").unwrap();
        let above = folder.path().to_str().unwrap();
        succeeds(simbet(&["inspect", above]));
    }
}

/// Whatever was put beside the files of a run is not the run's.
#[test]
fn what_somebody_changed_or_put_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let whole = files(&out);
    for (name, text) in &whole {
        let mut edited = text.clone();
        let last = edited.iter().rposition(u8::is_ascii_digit).unwrap();
        edited[last] ^= 1;
        fs::write(out.join(name), &edited).unwrap();
        fails(run("0.2", &out), 2, &[name, "was changed or replaced"]);
        assert_eq!(fs::read(out.join(name)).unwrap(), edited);
        fs::write(out.join(name), text).unwrap();
    }
    for name in ["fan.csv", "runs.csv", "report.html", "sweep.parquet"] {
        fs::write(out.join(name), "mine").unwrap();
        fails(run("0.2", &out), 2, &[name, "which no run of simbet wrote"]);
        assert_eq!(fs::read(out.join(name)).unwrap(), b"mine");
        fs::remove_file(out.join(name)).unwrap();
    }
    assert_eq!(files(&out), whole);
    fs::write(out.join("notes.txt"), "mine").unwrap();
    succeeds(run("0.2", &out));
    assert_eq!(fs::read(out.join("notes.txt")).unwrap(), b"mine");
}

/// A file that stands for another, a folder and a pipe are nobody's results, and none of them is waited for.
#[test]
fn links_folders_and_pipes_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    for name in ["run.json", "bets.csv", "report.html"] {
        let (path, kept) = (out.join(name), folder.path().join(name));
        let is_there = path.exists();
        if is_there {
            fs::rename(&path, &kept).unwrap();
        } else {
            fs::write(&kept, "mine").unwrap();
        }
        symlink(&kept, &path).unwrap();
        // who reads goes by the same rule as who writes
        fails(run("0.2", &out), 2, &[name, "which is a link"]);
        if is_there {
            fails(report(&out), 1, &[name, "which is a link"]);
        }
        assert!(path.is_symlink() && kept.is_file());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        fails(run("0.2", &out), 2, &[name]);
        fs::remove_dir(&path).unwrap();
        make_pipe(&path);
        fails(run("0.2", &out), 2, &[name]);
        fs::remove_file(&path).unwrap();
        if is_there {
            fs::rename(&kept, &path).unwrap();
        }
    }
    let stray = out.join(".simbet-staged-pipe");
    make_pipe(&stray);
    let link = folder.path().join("link");
    symlink(&out, &link).unwrap();
    succeeds(run("0.2", &link));
    assert!(link.is_symlink());
    succeeds(report(&link));
}

#[test]
fn results_without_digests_are_neither_read_nor_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let mut run_json = read_json(&out.join("run.json"));
    for member in ["files", "seal"] {
        run_json.as_object_mut().unwrap().shift_remove(member);
    }
    fs::write(out.join("run.json"), run_json.to_string()).unwrap();
    let before = files(&out);
    let words = ["older simbet", "no digests", "to another folder"];
    fails(run("0.1", &out), 2, &words);
    fails(report(&out), 1, &words);
    assert_eq!(files(&out), before);
}

/// The page of a folder goes with its results, unless somebody wrote into it.
#[test]
fn a_page_that_was_edited_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let page = out.join("report.html");
    let write = || {
        let mut report = simbet(&["report", "-q"]);
        report.arg(&out);
        report
    };
    succeeds(write());
    succeeds(write());
    succeeds(run("0.2", &out));
    assert!(!page.exists());
    succeeds(write());
    let edited = fs::read_to_string(&page).unwrap() + "<p>my notes</p>";
    fs::write(&page, &edited).unwrap();
    fails(run("0.2", &out), 2, &["report.html"]);
    fails(write(), 2, &["report.html", "was edited", "--output"]);
    assert_eq!(fs::read_to_string(&page).unwrap(), edited);
    let mut named = write();
    named.arg("-o").arg(folder.path().join("other.html"));
    succeeds(named);
}

/// Whatever of two runs lies together is told, in whichever file they differ.
#[test]
fn files_of_two_runs_are_no_results() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (
        results(folder.path(), "one", "0.1"),
        results(folder.path(), "other", "0.2"),
    );
    let whole = files(&one);
    let compare = |path: &Path| {
        let mut compare = simbet(&["compare"]);
        compare.arg(path).arg(&other);
        compare
    };
    for (name, text) in &whole {
        fs::copy(other.join(name), one.join(name)).unwrap();
        let words = ["is not the file that run.json was written with"];
        fails(report(&one), 1, &words);
        fails(compare(&one), 2, &words);
        fs::remove_file(one.join(name)).unwrap();
        fails(report(&one), 1, &[name.as_str()]);
        fs::write(one.join(name), text).unwrap();
    }
    succeeds(report(&one));
    let summary = one.join("summary.json");
    fs::copy(other.join("summary.json"), &summary).unwrap();
    fails(compare(&summary), 2, &["is not the file that run.json"]);
    fs::write(&summary, &whole["summary.json"]).unwrap();
    let run_json = fs::read_to_string(one.join("run.json")).unwrap();
    let edited = run_json.replacen("proportional", "kelly", 1);
    assert_ne!(run_json, edited);
    fs::write(one.join("run.json"), edited).unwrap();
    let words = ["run.json was changed after the run wrote it"];
    fails(report(&one), 1, &words);
    fails(compare(&one), 2, &words);
}

/// Files that an option names are replaced by their own kind only.
#[test]
fn options_replace_files_of_their_own_kind_only() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let out = out.to_str().unwrap();
    let cases: [(&str, &[&str], &str, &str); 6] = [
        (
            "mine.csv",
            &["convert", "tests/data/hand/matches.csv", "-o"],
            "--output",
            "date,home_team,away_team,notes\n",
        ),
        (
            "pom.xml",
            &["compare", out, out, "--junit"],
            "--junit",
            "<?xml version=\"1.0\"?>\n<project/>\n",
        ),
        (
            "drawing.svg",
            &["report", "-q", "-o", "-", out, "--plot"],
            "--plot",
            "<?xml version=\"1.0\"?>\n<project/>\n",
        ),
        (
            "page.html",
            &["report", "-q", out, "-o"],
            "--output",
            "<!DOCTYPE html><title>My page</title>\n",
        ),
        (
            "settings.json",
            &[
                "backtest",
                "tests/data/hand/matches.csv",
                "--strategy",
                "flat",
                "--update-baseline",
                "--baseline",
            ],
            "--update-baseline",
            "{ \"comment\": \"the \\\"baseline\\\" of my work\" }\n",
        ),
        (
            "emitted.csv",
            &["simulate", "--matches", "20", "--emit"],
            "--emit",
            "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,AvgH\nE0,12/08/2001,15:00,A,B,1,0,H,2\n",
        ),
    ];
    for (name, command, option, text) in cases {
        let path = folder.path().join(name);
        let write = || {
            let mut write = simbet(command);
            write.arg(&path);
            write
        };
        fs::write(&path, text).unwrap();
        fails(write(), 2, &[option, "another kind of file"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{name}");
        fs::remove_file(&path).unwrap();
        succeeds(write());
        succeeds(write());
        // a link leads to the file, and to none that is not there
        let kept = folder.path().join("kept");
        fs::rename(&path, &kept).unwrap();
        symlink(&kept, &path).unwrap();
        succeeds(write());
        assert!(path.is_symlink());
        fs::remove_file(&kept).unwrap();
        fails(write(), 2, &[option]);
        assert!(path.is_symlink() && !kept.exists());
    }
}

#[test]
fn a_journal_of_somebody_else_makes_no_folder_of_results() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path();
    fs::write(mine.join("bets.csv"), "mine").unwrap();
    let sweep = || {
        let mut sweep = simbet(&["sweep", "tests/data/hand/matches.csv", "--strategy", "flat"]);
        sweep
            .args(["--grid", "selections=home,away", "--out"])
            .arg(mine);
        sweep
    };
    for journal in ["mine", "simbet journal 2\n"] {
        fs::write(mine.join("sweep.journal"), journal).unwrap();
        let before = files(mine);
        fails(sweep(), 2, &["holds bets.csv, which no run"]);
        fails(run("0.1", mine), 2, &["holds bets.csv, which no run"]);
        assert_eq!(files(mine), before);
    }
    fs::remove_file(mine.join("bets.csv")).unwrap();
    fs::write(mine.join("sweep.journal"), "mine").unwrap();
    fails(sweep(), 2, &["is not a journal"]);
    assert_eq!(fs::read(mine.join("sweep.journal")).unwrap(), b"mine");
    fs::remove_file(mine.join("sweep.journal")).unwrap();
    let pipe = mine.join("sweep.journal");
    make_pipe(&pipe);
    fails(sweep(), 2, &["is not a journal"]);
}
