//! Results whose figures have other meanings are refused: by folder, by summary, by baseline and by journal.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::backtest::{fails, simbet};

const MATCHES: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
    2024-08-16,Ashford,Bexley,1,0,1.60,4.20,5.25\n\
    2024-08-17,Corby,Dunmow,2,2,2.10,3.40,3.50\n\
    2024-08-24,Dunmow,Ashford,0,1,2.90,3.30,2.50\n";

const FLAT: [&str; 5] = ["--strategy", "flat", "--selections", "home", "-q"];

fn matches(folder: &TempDir) -> String {
    let path = folder.path().join("matches.csv");
    fs::write(&path, MATCHES).unwrap();
    path.to_str().unwrap().to_owned()
}

fn results(folder: &TempDir, name: &str, command: &[&str]) -> PathBuf {
    let out = folder.path().join(name);
    let mut run = simbet();
    run.args(command).arg("--out").arg(&out).assert().success();
    out
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Gives profit / initial bankroll its older name.
fn make_old(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(growth) = members.remove("growth") {
                members.insert("roi".to_owned(), growth);
            }
            members.values_mut().for_each(make_old);
        }
        Value::Array(values) => values.iter_mut().for_each(make_old),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without_form(run: &mut Value) {
    let form = run.as_object_mut().unwrap().remove("format");
    assert_eq!(form, Some(2.into()));
}

#[test]
fn a_folder_without_a_form_is_refused_by_report_and_compare() {
    let folder = tempfile::tempdir().unwrap();
    let file = matches(&folder);
    let backtest = [&["backtest", &file], &FLAT[..]].concat();
    let (old, new) = (
        results(&folder, "old", &backtest),
        results(&folder, "new", &backtest),
    );
    edit(&old.join("run.json"), without_form);
    let [old, new] = [&old, &new].map(|path| path.to_str().unwrap());
    let said = [
        old,
        "older simbet (version 0.1.0, results of form 1; this one has form 2)",
        "write them again",
    ];
    let page = folder.path().join("page.html");
    fails(
        &["report", old, "--output", page.to_str().unwrap()],
        1,
        &said,
    );
    fails(&["compare", old, new], 2, &said);
    fails(&["compare", new, old], 2, &said);
    assert!(!page.exists());
}

#[test]
fn figures_of_older_names_are_refused_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let file = matches(&folder);
    let one = results(&folder, "one", &[&["backtest", &file], &FLAT[..]].concat());
    let many = [
        "simulate",
        "--runs",
        "3",
        "--teams",
        "4",
        "--strategies",
        "flat:10",
        "-q",
    ];
    let many = results(&folder, "many", &many);
    for out in [one, many] {
        let lone = folder.path().join("lone.json");
        fs::copy(out.join("summary.json"), &lone).unwrap();
        let lone = lone.to_str().unwrap();
        simbet().args(["compare", lone, lone]).assert().success();
        edit(Path::new(lone), make_old);
        fails(
            &["compare", lone, lone],
            2,
            &[lone, "older simbet", "results of form 1"],
        );
        // the summary of an older folder is known by the run beside it
        edit(&out.join("run.json"), without_form);
        let summary = out.join("summary.json");
        let summary = summary.to_str().unwrap();
        fails(
            &["compare", summary, summary],
            2,
            &[out.to_str().unwrap(), "older simbet"],
        );
    }
}

#[test]
fn an_older_baseline_is_refused_until_it_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (file, baseline) = (matches(&folder), folder.path().join("baseline.json"));
    let path = baseline.to_str().unwrap();
    let run = [&["backtest", &file, "--baseline", path], &FLAT[..]].concat();
    let update = [&run[..], &["--update-baseline"]].concat();
    simbet().args(&update).assert().success();
    simbet().args(&run).assert().success();
    edit(&baseline, |all| all["baseline"] = 1.into());
    fails(&run, 2, &[path, "results of form 1", "--update-baseline"]);
    simbet().args(&update).assert().success();
    simbet().args(&run).assert().success();
    edit(&baseline, make_old);
    fails(&run, 2, &[path, "results of form 1", "--update-baseline"]);
}

#[test]
fn results_of_a_later_form_ask_for_a_newer_simbet() {
    let folder = tempfile::tempdir().unwrap();
    let file = matches(&folder);
    let out = results(&folder, "out", &[&["backtest", &file], &FLAT[..]].concat());
    edit(&out.join("run.json"), |run| run["format"] = 3.into());
    let out = out.to_str().unwrap();
    fails(
        &["compare", out, out],
        2,
        &["newer simbet", "form 3", "update simbet"],
    );
    edit(&Path::new(out).join("run.json"), |run| {
        run["format"] = "two".into()
    });
    fails(&["compare", out, out], 2, &["run.json is damaged"]);
}

#[test]
fn a_journal_of_an_older_form_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (file, results) = (matches(&folder), folder.path().join("swept"));
    fs::create_dir(&results).unwrap();
    let journal = results.join("sweep.journal");
    let old = "simbet journal 1\nhold-out-abc 00000000 {}\n";
    fs::write(&journal, old).unwrap();
    let out = results.to_str().unwrap();
    let sweep = [
        "sweep",
        &file,
        "--strategy",
        "flat",
        "--grid",
        "selections=home,away",
        "--out",
        out,
    ];
    let said = [
        "another version of simbet",
        "name another folder, or remove it",
        "stays used up",
    ];
    fails(&sweep, 2, &said);
    assert_eq!(fs::read_to_string(&journal).unwrap(), old);
}

#[test]
fn profit_over_the_bankroll_is_not_asked_for_by_its_older_name() {
    let said = ["'roi'", "yield", "growth"];
    fails(
        &[
            "sweep",
            "x.csv",
            "--grid",
            "min_odds=2,3",
            "--rank-by",
            "roi",
        ],
        2,
        &said,
    );
}
