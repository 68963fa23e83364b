//! Results side by side: what moved is found, what may move may, and the exit code says which.

mod properties;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backtest::simbet;
use crate::result_folders::reseal;

/// Ten matches with kick-offs of their own and four bets on each of some: enough rows to move about.
const RUN: [&str; 9] = [
    "tests/data/hand/matches.csv",
    "--strategy",
    "proportional",
    "--markets",
    "1x2,ah",
    "--selections",
    "home",
    "--quiet",
    "--min-stake=1",
];

/// A folder of results.
fn results(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    simbet()
        .arg("backtest")
        .args(RUN)
        .args(more)
        .arg("--out")
        .arg(&path)
        .assert()
        .success();
    path
}

/// Two equal folders of results, to change one of.
fn pair() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let base = results(&folder, "base", &[]);
    let new = results(&folder, "new", &[]);
    (folder, base, new)
}

fn compare(base: &Path, new: &Path, more: &[&str]) -> Output {
    simbet()
        .arg("compare")
        .arg(base)
        .arg(new)
        .args(more)
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The comparison as JSON, and the exit code.
fn compared(base: &Path, new: &Path, more: &[&str]) -> (Value, i32) {
    let output = compare(base, new, &[more, &["--format", "json"]].concat());
    let value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)));
    (value, code(&output))
}

fn metric<'a>(comparison: &'a Value, name: &str) -> &'a Value {
    comparison["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|metric| metric["name"] == name)
        .unwrap()
}

fn bets(comparison: &Value) -> &Value {
    comparison["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rows| rows["table"] == "bets")
        .unwrap()
}

fn edit_json(path: &Path, edit: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    edit(&mut value);
    fs::write(path, value.to_string()).unwrap();
    reseal(path.parent().unwrap());
}

fn edit_lines(path: &Path, edit: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    edit(&mut lines);
    fs::write(path, lines.join("\n") + "\n").unwrap();
    reseal(path.parent().unwrap());
}

// ---- verdicts ----

#[test]
fn a_run_compared_with_itself_holds_in_every_form() {
    let (_folder, base, new) = pair();
    for (base, new) in [
        (base.clone(), new.clone()),
        (base.join("summary.json"), new.join("summary.json")),
    ] {
        for format in ["table", "json", "markdown", "junit"] {
            let output = compare(&base, &new, &["--format", format]);
            assert_eq!(
                code(&output),
                0,
                "{format}: {}{}",
                out(&output),
                err(&output)
            );
            assert_eq!(err(&output), "");
        }
    }
    let output = compare(&base, &new, &[]);
    assert!(out(&output).contains("Nothing moved: "), "{}", out(&output));
    assert!(out(&output).contains(" bets, "), "{}", out(&output));
}

#[test]
fn a_metric_that_moved_is_named_with_its_difference() {
    let (_folder, base, new) = pair();
    edit_json(&new.join("summary.json"), |summary| {
        summary["profit"] = json!(summary["profit"].as_f64().unwrap() + 0.01)
    });
    let (comparison, code) = compared(&base, &new, &[]);
    assert_eq!(code, 1);
    let profit = metric(&comparison, "profit");
    assert_eq!(profit["verdict"], "moved");
    assert_eq!(profit["difference"], 0.01);
    assert_eq!(profit["tolerance"], 0.0);
    let moved = comparison["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|metric| metric["verdict"] != "same");
    assert_eq!(moved.count(), 1);
    let output = compare(&base, &new, &[]);
    assert!(out(&output).contains("+0.01"), "{}", out(&output));
    assert!(err(&output).starts_with("error: 1 of "), "{}", err(&output));
}

#[test]
fn what_is_undefined_came_or_went_is_said_so() {
    let (_folder, base, new) = pair();
    edit_json(&new.join("summary.json"), |summary| {
        summary["yield"] = Value::Null;
        summary["sharpness"] = json!(1);
        summary.as_object_mut().unwrap().shift_remove("growth");
    });
    let (comparison, code) = compared(&base, &new, &[]);
    assert_eq!(code, 1);
    for (name, verdict) in [
        ("yield", "moved"),
        ("sharpness", "new"),
        ("growth", "gone"),
        ("luck.bets", "same"),
    ] {
        assert_eq!(metric(&comparison, name)["verdict"], verdict, "{name}");
    }
    let anything = [
        "--tolerance",
        "yield=inf",
        "--tolerance",
        "sharpness=inf",
        "--tolerance",
        "growth=inf",
    ];
    assert_eq!(compared(&base, &new, &anything).1, 0);
}

// ---- tolerances ----

#[test]
fn a_tolerance_lets_a_metric_move_so_far() {
    let (_folder, base, new) = pair();
    edit_json(&new.join("summary.json"), |summary| {
        for model in ["model", "market"] {
            summary[model]["n"] = json!(summary[model]["n"].as_u64().unwrap() + 2);
        }
    });
    let with = |tolerances: &[&str]| {
        let arguments: Vec<&str> = tolerances
            .iter()
            .flat_map(|tolerance| ["--tolerance", tolerance])
            .collect();
        compared(&base, &new, &arguments).1
    };
    assert_eq!(with(&[]), 1);
    assert_eq!(with(&["n=2"]), 0, "a name may leave out its first parts");
    assert_eq!(with(&["n=1.99"]), 1);
    assert_eq!(with(&["model.n=2"]), 1, "the market's moved too");
    assert_eq!(with(&["model.n=2", "market.n=2"]), 0);
    assert_eq!(with(&["m*.n=2"]), 0);
    assert_eq!(with(&["*=inf"]), 0);
    assert_eq!(
        with(&["*=2", "market.n=1"]),
        1,
        "the last that matches counts"
    );
    assert_eq!(with(&["market.n=1", "*=2"]), 0);
    let (comparison, _) = compared(&base, &new, &["--tolerance", "n=2"]);
    assert_eq!(metric(&comparison, "model.n")["verdict"], "within");
}

#[test]
fn a_tolerance_for_nothing_that_is_there_is_a_mistake_with_a_hint() {
    let (_folder, base, new) = pair();
    let output = compare(&base, &new, &["--tolerance", "yeild=0.1"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("did you mean yield?"),
        "{}",
        err(&output)
    );
    assert!(
        err(&compare(&base, &new, &["--tolerance", "logloss=1"]))
            .contains("did you mean log_loss?")
    );
    assert!(
        err(&compare(&base, &new, &["--tolerance", "bets.odd=1"]))
            .contains("did you mean bets.odds?")
    );
    let output = compare(&base, &new, &["--tolerance", "quux.*=0.1"]);
    assert_eq!(
        (code(&output), err(&output).contains("--all lists them")),
        (2, true),
        "{}",
        err(&output)
    );
    for wrong in ["yield", "yield=", "yield=-1", "yield=nan", "=1", "yield=a"] {
        let output = compare(&base, &new, &["--tolerance", wrong]);
        assert_eq!(code(&output), 2, "{wrong}");
        assert!(
            err(&output).contains("expected NAME=AMOUNT such as yield=0.001"),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn a_tolerance_for_a_column_of_bets_lets_its_cells_move() {
    let (_folder, base, new) = pair();
    let stake = column(&new, "stake");
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[2] = with_cell(&lines[2], stake, |cell| format!("{cell}.5"))
    });
    assert_eq!(compared(&base, &new, &[]).1, 1);
    assert_eq!(
        compared(&base, &new, &["--tolerance", "bets.stake=0.5"]).1,
        0
    );
    assert_eq!(compared(&base, &new, &["--tolerance", "bets.*=0.4"]).1, 1);
    let (comparison, code) = compared(&base, &new, &["--tolerance", "*=0.5"]);
    assert_eq!((code, bets(&comparison)["within"].as_u64()), (0, Some(1)));
}

// ---- bets ----

fn column(folder: &Path, name: &str) -> usize {
    let text = fs::read_to_string(folder.join("bets.csv")).unwrap();
    text.lines()
        .next()
        .unwrap()
        .split(',')
        .position(|column| column == name)
        .unwrap()
}

fn with_cell(line: &str, place: usize, cell: impl FnOnce(&str) -> String) -> String {
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    cells[place] = cell(&cells[place]);
    cells.join(",")
}

#[test]
fn the_first_bet_that_differs_is_shown_with_both_versions() {
    let (_folder, base, new) = pair();
    let odds = column(&new, "odds");
    edit_lines(&new.join("bets.csv"), |lines| {
        for line in &mut lines[3..6] {
            *line = with_cell(line, odds, |_| "9.75".to_owned());
        }
    });
    let (comparison, code) = compared(&base, &new, &["--fail-on", "bets"]);
    assert_eq!(code, 1);
    let bets = bets(&comparison);
    assert_eq!(
        (bets["moved"].as_u64(), bets["first"]["base_row"].as_u64()),
        (Some(3), Some(3))
    );
    let moved: Vec<_> = bets["first"]["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|cell| cell["verdict"] == "moved")
        .collect();
    assert_eq!(moved.len(), 1);
    assert_eq!(
        (&moved[0]["column"], &moved[0]["new"]),
        (&json!("odds"), &json!("9.75"))
    );
    let output = compare(&base, &new, &[]);
    let table = out(&output);
    assert!(
        table.contains("3 moved; odds in 3.") && table.contains("9.75"),
        "{table}"
    );
    assert!(!table.contains("home_team"), "only what moved: {table}");
    assert!(out(&compare(&base, &new, &["--all"])).contains("home_team"));
}

#[test]
fn a_bet_that_came_or_went_leaves_the_others_the_same() {
    let (_folder, base, new) = pair();
    let mut count = 0;
    edit_lines(&new.join("bets.csv"), |lines| {
        lines.remove(4);
        count = lines.len() as u64 - 1;
    });
    let (comparison, _) = compared(&base, &new, &[]);
    let rows = bets(&comparison);
    assert_eq!(
        (
            rows["only_base"].as_u64(),
            rows["same"].as_u64(),
            rows["changed"].as_u64()
        ),
        (Some(1), Some(count), Some(1))
    );
    assert_eq!(
        (&rows["first"]["verdict"], &rows["first"]["base_row"]),
        (&json!("gone"), &json!(4))
    );
    let (swapped, _) = compared(&new, &base, &[]);
    let rows = bets(&swapped);
    assert_eq!(
        (rows["only_new"].as_u64(), rows["same"].as_u64()),
        (Some(1), Some(count))
    );
    assert_eq!(
        (&rows["first"]["verdict"], &rows["first"]["new_row"]),
        (&json!("new"), &json!(4))
    );
    let table = out(&compare(&base, &new, &[]));
    assert!(table.contains("(row 4 of the base alone)"), "{table}");
}

#[test]
fn bets_in_another_order_are_reported() {
    let (_folder, base, new) = pair();
    edit_lines(&new.join("bets.csv"), |lines| lines.swap(2, 3));
    let (comparison, code) = compared(&base, &new, &[]);
    let rows = bets(&comparison);
    assert_eq!(
        (code, rows["reordered"].as_u64(), rows["moved"].as_u64()),
        (1, Some(1), Some(0))
    );
    assert!(out(&compare(&base, &new, &[])).contains("1 in another order"));
}

#[test]
fn a_bet_listed_twice_is_new_once() {
    let (_folder, base, new) = pair();
    edit_lines(&new.join("bets.csv"), |lines| {
        lines.insert(3, lines[3].clone())
    });
    let (comparison, code) = compared(&base, &new, &[]);
    let rows = bets(&comparison);
    assert_eq!(
        (code, rows["only_new"].as_u64(), rows["changed"].as_u64()),
        (1, Some(1), Some(1))
    );
    edit_lines(&base.join("bets.csv"), |lines| {
        lines.insert(3, lines[3].clone())
    });
    assert_eq!(compared(&base, &new, &[]).1, 0);
}

#[test]
fn the_bets_of_two_strategies_are_paired_by_what_was_backed() {
    let folder = tempfile::tempdir().unwrap();
    let (base, new) = (results(&folder, "base", &[]), folder.path().join("new"));
    let flat = RUN.map(|argument| {
        if argument == "proportional" {
            "flat"
        } else {
            argument
        }
    });
    simbet()
        .arg("backtest")
        .args(flat)
        .arg("--out")
        .arg(&new)
        .assert()
        .success();
    let (comparison, code) = compared(&base, &new, &[]);
    assert_eq!(code, 1);
    assert_eq!(
        (
            bets(&comparison)["only_base"].as_u64(),
            bets(&comparison)["only_new"].as_u64()
        ),
        (Some(0), Some(0))
    );
    let kind = comparison["settings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|setting| setting["name"] == "strategy.kind");
    assert_eq!(kind.unwrap()["new"], "flat");
}

#[test]
fn a_column_that_came_or_went_is_a_change_once() {
    let (_folder, base, new) = pair();
    edit_lines(&new.join("bets.csv"), |lines| {
        for (place, line) in lines.iter_mut().enumerate() {
            line.push_str(if place == 0 { ",mood" } else { ",fine" });
        }
    });
    let output = compare(&base, &new, &[]);
    assert_eq!(code(&output), 1);
    assert!(
        out(&output)
            .contains("all are as before, apart from columns that were added or removed: mood"),
        "{}",
        out(&output)
    );
    assert_eq!(
        compared(&base, &new, &["--tolerance", "bets.mood=inf"]).1,
        0
    );
}

#[test]
fn numbers_written_otherwise_are_the_same_and_texts_are_not() {
    let (_folder, base, new) = pair();
    let (odds, book) = (column(&new, "odds"), column(&new, "book"));
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[1] = with_cell(&lines[1], odds, |cell| format!("{cell}.000"))
    });
    assert_eq!(compared(&base, &new, &[]).1, 0);
    let numbers = [("1e3", "1000"), ("NaN", "nan"), ("inf", "Infinity")];
    for (one, other) in numbers {
        edit_lines(&base.join("bets.csv"), |lines| {
            lines[1] = with_cell(&lines[1], book, |_| one.to_owned())
        });
        edit_lines(&new.join("bets.csv"), |lines| {
            lines[1] = with_cell(&lines[1], book, |_| other.to_owned())
        });
        assert_eq!(
            compared(&base, &new, &[]).1,
            1,
            "a book called {one} is none called {other}"
        );
    }
}

#[cfg(feature = "parquet")]
#[test]
fn bets_as_parquet_and_as_csv_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let base = results(&folder, "base", &[]);
    let new = results(&folder, "new", &["--bets-format", "parquet"]);
    assert_eq!(compared(&base, &new, &[]).1, 0);
}

// ---- what fails ----

#[test]
fn fail_on_chooses_what_counts() {
    let (_folder, base, new) = pair();
    let odds = column(&new, "odds");
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[1] = with_cell(&lines[1], odds, |_| "9.75".to_owned())
    });
    let on = |base: &Path, new: &Path, what| code(&compare(base, new, &["--fail-on", what]));
    assert_eq!(
        ["any", "metrics", "bets"].map(|what| on(&base, &new, what)),
        [1, 0, 1]
    );
    let output = compare(&base, &new, &["--fail-on", "metrics"]);
    assert!(
        out(&output).contains("moved, which --fail-on metrics allows"),
        "{}",
        out(&output)
    );
    fs::copy(base.join("bets.csv"), new.join("bets.csv")).unwrap();
    reseal(&new);
    edit_json(&new.join("summary.json"), |summary| {
        summary["won"] = json!(99)
    });
    assert_eq!(
        ["any", "metrics", "bets"].map(|what| on(&base, &new, what)),
        [1, 1, 0]
    );
    // a summary alone has no bets that could fail
    let output = compare(&base.join("summary.json"), &new, &["--fail-on", "bets"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("has none"), "{}", err(&output));
}

#[test]
fn settings_that_differ_are_listed_and_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let (base, new) = (
        results(&folder, "base", &[]),
        results(&folder, "new", &["--max-odds", "999"]),
    );
    let output = compare(&base, &new, &[]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(
        out(&output).contains("One setting differs") && out(&output).contains("strategy.max_odds"),
        "{}",
        out(&output)
    );
}

#[test]
fn other_data_cannot_be_compared_unless_allowed() {
    let (folder, base, _) = pair();
    let text = fs::read_to_string("tests/data/hand/matches.csv").unwrap();
    let (data, new) = (folder.path().join("other.csv"), folder.path().join("other"));
    fs::write(&data, text.trim_end().to_owned() + "\n\n").unwrap();
    let path = data.to_str().unwrap();
    let run = RUN.map(|argument| if argument == RUN[0] { path } else { argument });
    simbet()
        .arg("backtest")
        .args(run)
        .arg("--out")
        .arg(&new)
        .assert()
        .success();
    let output = compare(&base, &new, &[]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("--allow-input-change"),
        "{}",
        err(&output)
    );
    let output = compare(&base, &new, &["--allow-input-change"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(
        out(&output).contains("did not read the same data"),
        "{}",
        out(&output)
    );
}

#[test]
fn simulations_are_compared_run_by_run_and_kinds_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let simulate = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let arguments = [
            "simulate",
            "--matches",
            "30",
            "--runs",
            "4",
            "--model",
            "truth",
            "--quiet",
        ];
        simbet()
            .args(arguments)
            .args(more)
            .arg("--out")
            .arg(&path)
            .assert()
            .success();
        path
    };
    let (base, same, other) = (
        simulate("a", &[]),
        simulate("b", &[]),
        simulate("c", &["--seed", "2"]),
    );
    assert_eq!(compared(&base, &same, &[]).1, 0);
    let (comparison, code_of_other) = compared(&base, &other, &[]);
    assert_eq!(code_of_other, 1);
    assert_eq!(comparison["tables"][0]["table"], "runs");
    assert_eq!(comparison["tables"][0]["moved"], 4);
    assert!(metric(&comparison, "strategies.0.growth.mean")["difference"].is_f64());
    let backtest = results(&folder, "backtest", &[]);
    let output = compare(&base, &backtest, &[]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("many simulated runs") && err(&output).contains("a single run"),
        "{}",
        err(&output)
    );
}

// ---- what cannot be read ----

#[test]
fn what_cannot_be_read_says_where_and_why() {
    let (folder, base, new) = pair();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let bets =
        |bets: &str| format!("{{\"baseline\": 2, \"summary\": {{\"a\": 1}}, \"bets\": {bets}}}");
    let cases = [
        (folder.path().join("nowhere"), "cannot read"),
        (
            file("half.json", "{\"profit\": 1"),
            "half.json is damaged: EOF while parsing an object at line 1 column 12",
        ),
        (file("empty.json", ""), "empty.json is damaged"),
        (file("list.json", "[1, 2]"), "it holds no JSON object"),
        (file("nothing.json", "{}"), "it holds no figures"),
        (
            file("other.json", "{\"name\": \"left-pad\"}"),
            "a single run",
        ),
        (file("nan.json", "{\"profit\": NaN}"), "nan.json is damaged"),
        (
            file("newer.json", "{\"baseline\": 3}"),
            "by a newer simbet (results of form 3; this one has form 2): update simbet, or write it again with \
             --update-baseline",
        ),
        (
            file(
                "older.json",
                "{\"baseline\": 1, \"simbet\": \"0.1.0\", \"summary\": {\"roi\": 1}}",
            ),
            "by an older simbet (version 0.1.0, results of form 1; this one has form 2), whose figures have other names \
             or meanings: write it again with --update-baseline",
        ),
        (
            file("text.json", "{\"baseline\": \"x\"}"),
            "not the number of a format",
        ),
        (
            file("bare.json", "{\"baseline\": 2}"),
            "it has no \"summary\"",
        ),
        (
            file(
                "rows.json",
                &bets("{\"columns\": [\"a\", \"b\"], \"rows\": [[1, 2], [3]]}"),
            ),
            "row 2 of its \"bets\"",
        ),
        (
            file("row.json", &bets("{\"columns\": [\"a\"], \"rows\": [7]}")),
            "row 1 of its \"bets\"",
        ),
        (
            file(
                "twice.json",
                &bets("{\"columns\": [\"a\", \"a\"], \"rows\": []}"),
            ),
            "two columns have the same name",
        ),
        (file("none.json", &bets("3")), "no list of \"columns\""),
        (PathBuf::from("tests/data"), "it has no run.json"),
        (
            PathBuf::from(RUN[0]),
            "compare a folder of --out, its summary.json, or a baseline",
        ),
    ];
    for (path, said) in cases {
        for (one, other) in [(&path, &new), (&base, &path)] {
            let output = compare(one, other, &[]);
            assert_eq!(code(&output), 2, "{}", path.display());
            assert!(
                err(&output).contains(said),
                "{}: {}",
                path.display(),
                err(&output)
            );
        }
    }
}

#[test]
fn damaged_bets_are_no_comparison() {
    let (_folder, base, new) = pair();
    fs::write(new.join("bets.csv"), "").unwrap();
    reseal(&new);
    let output = compare(&base, &new, &[]);
    assert_eq!(
        (code(&output), err(&output).contains("bets.csv is damaged")),
        (2, true),
        "{}",
        err(&output)
    );
    fs::write(new.join("bets.csv"), "bet_id,odds\n1\n").unwrap();
    reseal(&new);
    assert_eq!(code(&compare(&base, &new, &[])), 2);
    fs::remove_file(new.join("bets.csv")).unwrap();
    reseal(&new);
    let output = compare(&base, &new, &[]);
    assert_eq!(
        (
            code(&output),
            err(&output).contains("has bets: a file is missing")
        ),
        (2, true),
        "{}",
        err(&output)
    );
}

#[test]
fn runs_without_a_bet_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name| results(&folder, name, &["--min-odds", "900"]);
    let (comparison, code) = compared(&run("a"), &run("b"), &[]);
    assert_eq!((code, bets(&comparison)["base"].as_u64()), (0, Some(0)));
}

// ---- forms ----

/// Names of teams, files and settings are anybody's.
#[test]
fn nothing_that_a_file_says_breaks_out_of_a_form() {
    let (_folder, base, new) = pair();
    let (home, odds) = (column(&new, "home_team"), column(&new, "odds"));
    for path in [&base, &new] {
        let evil = "<script>alert(1)</script> | `*@me*` #1 ]]> & https://evil.test www.evil.test \u{1b}[31m\u{202e}";
        edit_lines(&path.join("bets.csv"), |lines| {
            lines[1] = with_cell(&lines[1], home, |_| evil.to_owned())
        });
    }
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[1] = with_cell(&lines[1], odds, |_| "<b>|\u{7}".to_owned())
    });
    edit_json(&new.join("summary.json"), |summary| {
        summary["<i>|@you\u{1b}"] = json!("</details>")
    });
    let page = out(&compare(&base, &new, &["--format", "markdown", "--all"]));
    for wrong in [
        "<script", "<b>", "<i>", "@me", "@you", " #1", "https://", "www.evil", "\u{1b}", "\u{7}",
        "\u{202e}",
    ] {
        assert!(!page.contains(wrong), "{wrong:?} in {page}");
    }
    assert_eq!(
        page.matches("<details>").count(),
        page.matches("</details>").count()
    );
    for row in page.lines().filter(|line| line.starts_with('|')) {
        assert!([5, 7].contains(&row.matches('|').count()), "{row}");
    }
    let table = out(&compare(&base, &new, &["--all"]));
    assert!(
        !table.contains('\u{1b}') && !table.contains('\u{7}'),
        "{table}"
    );
    let xml = out(&compare(&base, &new, &["--format", "junit"]));
    let report = Report::deserialize_from_str(&xml).unwrap();
    assert!(
        xml.contains("&lt;i&gt;|@you") && !xml.contains('\u{1b}'),
        "{xml}"
    );
    assert_eq!(report.failures, 2);
}

#[test]
fn a_page_begins_with_the_verdict_and_folds_the_rest() {
    let (_folder, base, new) = pair();
    let odds = column(&new, "odds");
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[1] = with_cell(&lines[1], odds, |_| "9.75".to_owned())
    });
    edit_json(&new.join("summary.json"), |summary| {
        summary["won"] = json!(99)
    });
    let page = out(&compare(&base, &new, &["--format", "markdown"]));
    assert!(
        page.starts_with("### simbet compare: results moved\n\n1 of "),
        "{page}"
    );
    assert!(
        page.contains("metrics moved, 1 of ") && page.contains("bets moved."),
        "{page}"
    );
    assert!(
        page.contains("| won ") && page.contains("<details><summary>Of "),
        "{page}"
    );
}

#[test]
fn a_build_server_sees_a_test_for_each_metric_and_table() {
    let (_folder, base, new) = pair();
    let odds = column(&new, "odds");
    edit_lines(&new.join("bets.csv"), |lines| {
        lines[1] = with_cell(&lines[1], odds, |_| "9.75".to_owned())
    });
    edit_json(&new.join("summary.json"), |summary| {
        summary["won"] = json!(99)
    });
    let report = |more: &[&str]| {
        let output = compare(&base, &new, &[more, &["--format", "junit"]].concat());
        Report::deserialize_from_str(&out(&output)).unwrap()
    };
    let all = report(&[]);
    let names: Vec<&str> = all
        .test_suites
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    assert_eq!(names, ["metrics", "bets", "bankroll"]);
    let won = all.test_suites[0]
        .test_cases
        .iter()
        .find(|case| case.name.as_str() == "won")
        .unwrap();
    let TestCaseStatus::NonSuccess { kind, message, .. } = &won.status else {
        panic!("{won:?}")
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    assert!(
        message
            .as_ref()
            .unwrap()
            .as_str()
            .contains("-> 99, difference +"),
        "{message:?}"
    );
    assert_eq!((all.failures, all.skipped), (2, 0));
    let metrics = report(&["--fail-on", "metrics"]);
    assert_eq!((metrics.failures, metrics.skipped), (1, 1));
}

#[test]
fn a_reader_that_goes_away_changes_nothing_of_the_verdict() {
    let (_folder, base, new) = pair();
    edit_json(&new.join("summary.json"), |summary| {
        summary["won"] = json!(99)
    });
    let binary = simbet().get_program().to_owned();
    let mut child = std::process::Command::new(binary)
        .arg("compare")
        .args([&base, &new])
        .arg("--format=json")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_comparison_that_cannot_be_said_is_not_taken_for_results_that_moved() {
    let (folder, base, new) = pair();
    let full = || {
        fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    let binary = simbet().get_program().to_owned();
    for moved in [false, true] {
        if moved {
            edit_json(&new.join("summary.json"), |summary| {
                summary["won"] = json!(99)
            });
        }
        for format in ["table", "json", "markdown", "junit"] {
            let mut command = std::process::Command::new(&binary);
            command
                .arg("compare")
                .args([&base, &new])
                .args(["--format", format]);
            let output = command
                .current_dir(folder.path())
                .stdout(full())
                .stderr(Stdio::piped())
                .output()
                .unwrap();
            let said = err(&output);
            assert_eq!(code(&output), 2, "{format}: {said}");
            assert!(
                said.starts_with("error: cannot write to stdout: No space left on device"),
                "{format}: {said}"
            );
        }
    }
}

#[test]
fn a_slip_of_the_pen_after_junit_costs_no_file() {
    let (folder, base, new) = pair();
    let matches = folder.path().join("mine.csv");
    fs::copy(RUN[0], &matches).unwrap();
    for precious in [
        &matches,
        &new.join("summary.json"),
        &new.join("bets.csv"),
        &base,
    ] {
        let before = fs::read(precious).ok();
        let output = compare(&base, &new, &["--junit", precious.to_str().unwrap()]);
        assert_eq!(code(&output), 2, "{}", err(&output));
        assert!(err(&output).contains("--junit"), "{}", err(&output));
        assert_eq!(fs::read(precious).ok(), before);
    }
    let baseline = folder.path().join("baseline.json");
    assert_eq!(code(&backtest(&baseline, &["--update-baseline"])), 0);
    let output = backtest(&baseline, &["--junit", matches.to_str().unwrap()]);
    assert!(
        code(&output) == 2 && output.stdout.is_empty(),
        "said before the work: {}",
        err(&output)
    );
    assert_eq!(fs::read(&matches).unwrap(), fs::read(RUN[0]).unwrap());

    let report = folder.path().join("report.xml");
    fs::write(&report, "").unwrap();
    for _ in 0..2 {
        assert_eq!(
            code(&compare(
                &base,
                &new,
                &["--junit", report.to_str().unwrap()]
            )),
            0
        );
        assert!(Report::deserialize_from_str(&fs::read_to_string(&report).unwrap()).is_ok());
    }
}

#[test]
fn rows_of_the_bankroll_move_and_not_so_many_bankrolls() {
    let (_folder, base, new) = pair();
    // time, balance, reserved, free
    edit_lines(&new.join("bankroll.csv"), |lines| {
        lines[1] = with_cell(&lines[1], 1, |_| "1".to_owned())
    });
    let (value, code) = compared(&base, &new, &[]);
    let rows = value["tables"][1]["base"].as_u64().unwrap();
    assert_eq!(
        (value["verdict"].as_str().unwrap(), code),
        (&*format!("1 of {rows} rows of the bankroll moved"), 1)
    );
}

// ---- baselines ----

fn backtest(baseline: &Path, more: &[&str]) -> Output {
    simbet()
        .arg("backtest")
        .args(RUN)
        .arg("--baseline")
        .arg(baseline)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn a_backtest_is_compared_with_its_baseline_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("deep/baseline.json");
    let output = backtest(&baseline, &[]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("write it with --update-baseline"),
        "{}",
        err(&output)
    );
    assert_eq!(code(&backtest(&baseline, &["--update-baseline"])), 0);
    let output = backtest(&baseline, &[]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).contains("Nothing moved: "), "{}", out(&output));

    let junit = folder.path().join("report.xml");
    let other = ["--stake", "0.02", "--junit", junit.to_str().unwrap()];
    for format in ["table", "markdown", "csv", "json"] {
        let output = backtest(&baseline, &[&other[..], &["--format", format]].concat());
        assert_eq!(code(&output), 1, "{format}");
        assert!(err(&output).contains("metrics moved"), "{}", err(&output));
    }
    assert!(
        Report::deserialize_from_str(&fs::read_to_string(&junit).unwrap())
            .unwrap()
            .failures
            > 1
    );
    let value: Value = serde_json::from_slice(
        &backtest(&baseline, &["--stake", "0.02", "--format", "json"]).stdout,
    )
    .unwrap();
    assert_eq!(value["comparison"]["failed"], true);
    assert!(value["profit"].is_f64());
    assert_eq!(
        code(&backtest(
            &baseline,
            &["--stake", "0.02", "--update-baseline"]
        )),
        0
    );
    assert_eq!(code(&backtest(&baseline, &["--stake", "0.02"])), 0);
    assert_eq!(
        fs::read_dir(baseline.parent().unwrap()).unwrap().count(),
        1,
        "nothing but the baseline is left"
    );
}

#[test]
fn a_baseline_can_be_compared_with_a_folder() {
    let (folder, base, _) = pair();
    let baseline = folder.path().join("baseline.json");
    backtest(&baseline, &["--update-baseline"]);
    for (one, other) in [
        (&baseline, &base),
        (&base, &baseline),
        (&baseline, &baseline),
    ] {
        assert_eq!(compared(one, other, &[]).1, 0);
    }
}

#[test]
fn two_machines_write_the_same_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere.csv");
    fs::copy(RUN[0], &elsewhere).unwrap();
    let (one, other) = (
        folder.path().join("one.json"),
        folder.path().join("other.json"),
    );
    backtest(&one, &["--update-baseline"]);
    let run = RUN.map(|argument| {
        if argument == RUN[0] {
            elsewhere.to_str().unwrap()
        } else {
            argument
        }
    });
    simbet()
        .arg("backtest")
        .args(run)
        .arg("--update-baseline")
        .arg("--baseline")
        .arg(&other)
        .assert()
        .success();
    let text = fs::read_to_string(&one).unwrap();
    assert_eq!(text, fs::read_to_string(&other).unwrap());
    assert!(!text.contains("matches.csv"), "{text}");
    // a line for each bet
    assert!(
        text.lines()
            .any(|line| line.starts_with("      [\"") && line.contains("Ayton")),
        "{text}"
    );
}

#[test]
fn nothing_but_a_baseline_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let matches = folder.path().join("matches.csv");
    fs::copy(RUN[0], &matches).unwrap();
    let output = backtest(&matches, &["--update-baseline"]);
    assert_eq!(code(&output), 2);
    assert!(
        err(&output).contains("--update-baseline would replace"),
        "{}",
        err(&output)
    );
    assert_eq!(fs::read(&matches).unwrap(), fs::read(RUN[0]).unwrap());
    assert_eq!(code(&backtest(folder.path(), &["--update-baseline"])), 2);
    let baseline = folder.path().join("baseline.json");
    fs::write(&baseline, "{\n<<<<<<< ours\n  \"baseline\": 1,\n").unwrap();
    assert_eq!(code(&backtest(&baseline, &[])), 2);
    assert_eq!(code(&backtest(&baseline, &["--update-baseline"])), 0);
    assert_eq!(
        code(&backtest(&baseline, &["--junit", "/dev/null/report.xml"])),
        2,
        "nothing moved"
    );
}

#[test]
fn rules_of_comparison_need_something_to_compare_with() {
    for rule in [
        &["--tolerance", "yield=1"][..],
        &["--update-baseline"],
        &["--fail-on", "bets"],
        &["--junit", "x"],
    ] {
        let output = simbet()
            .arg("backtest")
            .args(RUN)
            .args(rule)
            .output()
            .unwrap();
        assert_eq!(code(&output), 2, "{rule:?}");
        assert!(err(&output).contains("--baseline"), "{}", err(&output));
    }
}

// ---- in a build ----

fn script(path: &str) -> std::process::Command {
    let mut command = std::process::Command::new(path);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SIMBET", simbet().get_program());
    command
}

#[test]
fn no_result_of_any_model_and_strategy_has_moved() {
    let output = script(".ci/baselines").output().unwrap();
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
}

#[test]
fn the_example_for_builds_fails_when_results_move() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run = |more: &[&str]| {
        let mut command = script("examples/ci/check-results.sh");
        command
            .env("BASELINE", path("baseline.json"))
            .env("RESULTS", path("results"));
        let output = command
            .env("GITHUB_STEP_SUMMARY", path("summary.md"))
            .args(RUN)
            .args(more)
            .output()
            .unwrap();
        (
            code(&output),
            fs::read_to_string(path("results/comparison.md")).unwrap(),
        )
    };
    let (code, page) = run(&[]);
    assert_eq!(
        (code, page.contains("write it with --update-baseline")),
        (2, true),
        "{page}"
    );
    assert_eq!(run(&["--update-baseline"]).0, 0);
    let (code, page) = run(&[]);
    assert_eq!(
        (code, page.starts_with("### simbet compare: results hold")),
        (0, true),
        "{page}"
    );
    let (code, page) = run(&["no-such-file.csv"]);
    assert_eq!(
        (code, page.starts_with("### simbet: no comparison")),
        (2, true),
        "{page}"
    );
    let (code, page) = run(&["--stake", "0.02"]);
    assert_eq!(
        (code, page.starts_with("### simbet compare: results moved")),
        (1, true),
        "{page}"
    );
    let report = fs::read_to_string(path("results/comparison.xml")).unwrap();
    assert!(Report::deserialize_from_str(&report).unwrap().failures > 1);
    let summary = fs::read_to_string(path("summary.md")).unwrap();
    assert!(
        summary.contains("results hold") && summary.contains("results moved"),
        "{summary}"
    );
}

#[test]
fn a_build_without_data_or_program_does_not_say_that_results_moved() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run = |program: Option<&str>, results: &Path, arguments: &[&str]| {
        let mut command = script("examples/ci/check-results.sh");
        if let Some(program) = program {
            command.env("SIMBET", program);
        }
        command
            .env("BASELINE", path("baseline.json"))
            .env("RESULTS", results)
            .env_remove("GITHUB_STEP_SUMMARY");
        code(&command.args(arguments).output().unwrap())
    };
    let results = path("results");
    assert_eq!(
        run(None, &results, &[&RUN[..], &["--update-baseline"]].concat()),
        0
    );
    assert_eq!(run(None, &results, &RUN), 0);
    assert_eq!(run(None, &results, &["no-such-folder/"]), 2);
    let page = fs::read_to_string(results.join("comparison.md")).unwrap();
    assert!(
        page.starts_with("### simbet: no comparison\n\n    error: "),
        "{page}"
    );
    assert_eq!(run(Some("no-such-simbet"), &results, &RUN), 2);
    assert_eq!(
        run(None, &path("baseline.json"), &RUN),
        2,
        "no folder for the results"
    );
    assert_eq!(
        run(None, &results, &[&RUN[..], &["--stake", "0.02"]].concat()),
        1
    );
}
