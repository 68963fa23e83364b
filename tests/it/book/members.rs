//! Every member of what is printed as JSON is described.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::{described, generated, page};
use crate::backtest::simbet;

const PAGE: &str = "docs/src/reference/json.md";

/// Pages that describe members as well.
const OTHER_PAGES: [&str; 2] = [
    "docs/src/reference/summary.md",
    "docs/src/reference/columns.md",
];

/// What is printed, by the command; `FOLDER` is one for what a command needs.
const PRINTED: [(&str, &str); 11] = [
    (
        "backtest",
        "datasets/epl.csv --model average --by league --bets",
    ),
    (
        "simulate",
        "--matches 60 --runs 3 --model truth --strategies ev,flat --precision 0.01",
    ),
    ("season", "datasets/epl.csv --as-of 2025-04-01 --runs 20"),
    (
        "sweep",
        "datasets/epl.csv --strategy flat --grid min_odds=1,2 --hold-out 2025-01-01",
    ),
    (
        "tune",
        "datasets/epl.csv --grid half_life=100,200 --from 2025-03-01 --hold-out 2025-05-01",
    ),
    ("assess", "examples/my_bets.csv --bankroll 500 --runs 100"),
    ("fit", "datasets/epl.csv"),
    ("predict", "datasets/epl.csv --fixtures FOLDER/fixtures.csv"),
    ("inspect", "datasets/epl.csv"),
    (
        "compare-models",
        "examples/my_model.csv FOLDER/other.csv --results datasets/epl.csv",
    ),
    ("compare", "FOLDER/base FOLDER/new"),
];

/// Two runs, for what compares them.
const RUNS: [(&str, &str); 2] = [
    ("base", "--model average --min-ev 0.05"),
    ("new", "--model average --min-ev 0.03"),
];

/// Objects whose members are settings, named as flags are.
const SETTINGS: &str = "run.json.config";

/// Objects whose members are names of teams, seasons, settings and the like.
const BY_NAME: [(&str, &str); 6] = [
    ("leagues[].teams", "matches of each team by its name"),
    ("seasons", "by season"),
    ("setting", "value of each setting of the grid"),
    ("closing_prices", "matches by the code of the book"),
    ("by", "groups by what was asked for"),
    ("files", "SHA-256 by the name of the file"),
];

fn printed(command: &str, arguments: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let model = fs::read_to_string("examples/my_model.csv").unwrap();
    fs::write(
        folder.path().join("other.csv"),
        model.replace("0.5282", "0.5283"),
    )
    .unwrap();
    let fixture = "Div,Date,Time,HomeTeam,AwayTeam,AvgH,AvgD,AvgA\nE0,16/08/2025,15:00,Arsenal,Chelsea,1.90,3.60,4.10\n";
    fs::write(folder.path().join("fixtures.csv"), fixture).unwrap();
    if command == "compare" {
        RUNS.iter()
            .for_each(|(name, model)| write_run(&folder.path().join(name), model));
    }
    let arguments = arguments.replace("FOLDER", folder.path().to_str().unwrap());
    let mut run = simbet();
    run.arg(command)
        .args(arguments.split(' '))
        .args(["-q", "--format", "json"]);
    let finished = run.assert();
    // two runs that differ are no success
    let finished = match command {
        "compare" => finished.failure(),
        _ => finished.success(),
    };
    serde_json::from_slice(&finished.get_output().stdout).unwrap()
}

fn write_run(folder: &Path, arguments: &str) {
    let mut run = simbet();
    run.args(["backtest", "datasets/epl.csv", "-q", "--out"])
        .arg(folder)
        .args(arguments.split(' '));
    run.assert().success();
}

fn run_json() -> Value {
    let folder = tempfile::tempdir().unwrap();
    write_run(folder.path(), RUNS[0].1);
    serde_json::from_slice(&fs::read(folder.path().join("run.json")).unwrap()).unwrap()
}

/// The members of all that is printed, as an outline; objects of the same members stand in it once.
#[derive(Default)]
struct Outline {
    text: String,
    /// Where objects were shown, by their members.
    shown: BTreeMap<Vec<String>, String>,
    names: BTreeSet<String>,
}

impl Outline {
    fn add(&mut self, path: &str, depth: usize, members: &Map<String, Value>) {
        let indent = "  ".repeat(depth);
        let (objects, plain): (Vec<_>, Vec<_>) = members
            .iter()
            .partition(|(_, value)| object_of(value).is_some());
        self.names.extend(members.keys().cloned());
        if !plain.is_empty() {
            let plain: Vec<&str> = plain.iter().map(|(name, _)| name.as_str()).collect();
            let _ = writeln!(self.text, "{indent}{}", plain.join(", "));
        }
        for (name, value) in objects {
            let (list, inner) = (
                if value.is_array() { "[]" } else { "" },
                object_of(value).unwrap_or(members),
            );
            let place = format!("{path}.{name}{list}");
            let _ = write!(self.text, "{indent}{name}{list}:");
            let keys: Vec<String> = inner.keys().cloned().collect();
            let by_name = BY_NAME
                .iter()
                .find(|(end, _)| place.ends_with(&format!(".{end}")));
            if place == SETTINGS {
                self.text
                    .push_str(" settings, named as in a configuration\n");
            } else if let Some((_, about)) = by_name {
                let _ = writeln!(self.text, " {about}");
                inner
                    .values()
                    .filter_map(object_of)
                    .take(1)
                    .for_each(|inner| self.add(&place, depth + 1, inner));
            } else if let Some(before) = self.shown.get(&keys) {
                let _ = writeln!(self.text, " as {before}");
            } else {
                self.shown.insert(keys, place.clone());
                self.text.push('\n');
                self.add(&place, depth + 1, inner);
            }
        }
    }
}

/// The object that a value is, or a list is of: with the members of all in the list.
fn object_of(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members).filter(|members| !members.is_empty()),
        Value::Array(list) => list
            .iter()
            .filter_map(object_of)
            .max_by_key(|members| members.len()),
        _ => None,
    }
}

#[test]
fn every_member_of_what_is_printed_is_described() {
    let (mut outline, mut page_text) = (Outline::default(), String::new());
    let printed = PRINTED.map(|(command, arguments)| (command, printed(command, arguments)));
    for (command, printed) in printed.into_iter().chain([("run.json", run_json())]) {
        outline.text.clear();
        outline.add(command, 0, object_of(&printed).unwrap());
        let _ = writeln!(page_text, "### {command}\n\n```text\n{}```\n", outline.text);
    }
    generated(PAGE, "outline", &page_text);
    let others = OTHER_PAGES.map(|path| page(path).text).concat();
    let others: BTreeSet<&str> = others
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(str::split_whitespace)
        .collect();
    let own = outline
        .names
        .into_iter()
        .filter(|name| !others.contains(name.as_str()));
    described(PAGE, "members", &own.collect::<Vec<_>>());
}
