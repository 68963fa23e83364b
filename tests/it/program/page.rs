//! The page on the protocol and its schema say what is.

use std::fs;
use std::process::Command;

use super::{Folder, LOGGING};

const PAGE: &str = include_str!("../../../docs/src/models/protocol.md");
const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/docs/src/models/model-protocol.schema.json"
);

/// The dialogue of the page: lines that begin with `>` or `<`.
fn dialogue() -> Vec<&'static str> {
    let (_, rest) = PAGE.split_once("<!-- dialogue -->\n```text\n").unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    block.lines().collect()
}

#[test]
fn the_dialogue_of_the_page_is_a_real_one() {
    let answers: Vec<&str> = dialogue()
        .iter()
        .filter_map(|line| line.strip_prefix("< "))
        .collect();
    let folder = Folder::with(&format!(
        "answers = {answers:?}\nlog = open('log.1', 'w')\nfor line in sys.stdin:\n    log.write('> ' + line)\n    if '\"predict\"' in line:\n        log.write('< ' + answers[0] + '\\n')\n        print(answers.pop(0), flush=True)\n    log.flush()\n"
    ));
    let matches = "league,date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        Alpha,2024-08-16,19:00,Ashby,Borden,2,1,1.90,3.40,4.20\n\
        Alpha,2024-08-17,14:00,Crewton,Dunmore,0,0,2.10,3.30,3.60\n\
        Beta,2024-08-17,14:00,Elmley,Farrow,1,3,2.60,3.10,2.80\n";
    folder.write("matches.csv", matches);
    folder.json(&["--model-prices"]);
    let log = folder.log();
    let version = env!("CARGO_PKG_VERSION");
    let page = dialogue()
        .join("\n")
        .replace(r#""simbet":"0.1.0""#, &format!("\"simbet\":\"{version}\""));
    assert_eq!(log.trim_end(), page);
}

#[test]
fn the_least_program_of_the_page_works() {
    let (_, rest) = PAGE.split_once("```python\n").unwrap();
    let (script, _) = rest.split_once("```").unwrap();
    let folder = Folder::with("");
    folder.write("model.py", script);
    assert_eq!(folder.json(&[])["predicted"], 7);
}

/// A check by the `jsonschema` of Python, which stands beside the client that makes up requests.
const CHECK: &str = r##"
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
def validator(name):
    return Draft202012Validator({"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/" + name})
told, answer = validator("told"), validator("answer")
for line in open(sys.argv[2]):
    kind, text = line[0], line[2:]
    problems = [error.message for error in (told if kind in ">x" else answer).iter_errors(json.loads(text))]
    if bool(problems) != (kind in "x!"):
        sys.exit(f"{line} {problems}")
print("ok")
"##;

/// Lines that are none: of simbet (`x`) and of a program (`!`).
const NOT: &[&str] = &[
    r#"x {"type":"hello","protocol":2,"simbet":"0.1.0","prices":true}"#,
    r#"x {"type":"predict","id":1,"time":"2024-08-16T00:00:00+00:00","fixtures":[]}"#,
    r#"x {"type":"predict","id":1,"time":"2024-08-16T00:00:00+00:00","fixtures":[{"match_id":"a","league":"L","season":2024,"date":"2024-08-16","home_team":"A","away_team":"B","neutral":false,"home_goals":2,"away_goals":1}]}"#,
    r#"! {"forecasts":[]}"#,
    r#"! {"id":1,"forecasts":[{"p":[0.5,0.5]}]}"#,
    r#"! {"id":1,"forecasts":[{"rho":0.1}]}"#,
    r#"! {"id":1,"forecasts":[{"rates":[1,1],"grid":[[1]]}]}"#,
    r#"! {"id":1,"forecasts":[{}]}"#,
    r#"! {"id":1,"forecasts":[{"prob":[0.5,0.3,0.2]}]}"#,
];

#[test]
fn every_line_of_the_page_and_of_real_runs_is_one_of_the_schema() {
    let folder = Folder::with(LOGGING);
    folder.json(&["--model-prices"]);
    let simulate = [
        "simulate",
        "--matches",
        "12",
        "--teams",
        "4",
        "--in-play",
        "--every",
        "30",
        "--model-prices",
    ];
    let markets = [
        "--markets",
        "1x2,ou,ah,btts",
        "--model",
        "exec:python3 model.py",
    ];
    folder
        .simbet(&[&simulate[..], &markets].concat())
        .assert()
        .success();
    let logs = folder.logs();
    assert_eq!(logs.len(), 2);
    let mut lines: Vec<String> = logs
        .iter()
        .flat_map(|log| log.lines())
        .map(|line| format!("> {line}"))
        .collect();
    lines.extend(dialogue().into_iter().map(str::to_owned));
    lines.extend(NOT.iter().map(|line| (*line).to_owned()));
    lines.push(r#"< {"id":1,"forecasts":[{"p":[1,0,0],"grid":[[0.5,0.5]],"markets":[{"market":"ah","selection":"home","line":-0.75,"probability":0.4,"push":0.2}]}]}"#.to_owned());
    let path = folder.write("lines.txt", &(lines.join("\n") + "\n"));
    let tools = std::env::var_os("HOME")
        .map(|home| std::path::PathBuf::from(home).join(".cache/simbet-tools/bin/python"));
    let pythons = [Some("python3".into()), tools];
    let python = pythons.into_iter().flatten().find(|python| {
        let has_it = Command::new(python)
            .args(["-c", "import jsonschema"])
            .output();
        has_it.is_ok_and(|output| output.status.success())
    });
    let Some(python) = python else {
        assert!(
            std::env::var_os("SIMBET_REQUIRE_SCHEMATHESIS").is_none(),
            "no Python has jsonschema"
        );
        eprintln!("skipped: no Python has jsonschema");
        return;
    };
    let script = folder.write("check.py", CHECK);
    let output = Command::new(python)
        .arg(script)
        .arg(SCHEMA)
        .arg(path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(fs::metadata(SCHEMA).unwrap().len() > 1_000);
}
