//! A service whose model is a program; and no request starts another.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, command, ended, path_of, prices, result, until};

const DATASETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets");

/// Expected goals from those that a side has scored so far; what it is told is kept in a file of its own.
const SCRIPT: &str = "\
import json, os, sys, time
from collections import defaultdict
scored, matches = defaultdict(float), defaultdict(float)
log = open(os.path.join(os.path.dirname(__file__), 'log.' + str(os.getpid())), 'w')

def rate(team):
    return (scored[team] + 10.0) / (matches[team] + 10.0)

for line in sys.stdin:
    log.write(line)
    log.flush()
    message = json.loads(line)
    if message['type'] == 'result':
        for side in 'home', 'away':
            scored[message[side + '_team']] += message[side + '_goals']
            matches[message[side + '_team']] += 1.0
    elif message['type'] == 'predict':
        if any(fixture['home_team'] == 'Sleepers' for fixture in message['fixtures']):
            time.sleep(1000)
        forecasts = [{'rates': [1.3 * rate(f['home_team']), rate(f['away_team'])]} for f in message['fixtures']]
        print(json.dumps({'id': message['id'], 'forecasts': forecasts}), flush=True)
";

/// A folder with the script, and the model that it is.
fn script() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.py");
    fs::write(&path, SCRIPT).unwrap();
    let model = format!("exec:python3 {}", path.display());
    (folder, model)
}

fn logs(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let logs = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("log."));
    logs.map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect()
}

/// Prices of a match between two of four teams.
fn event(number: u32) -> Value {
    let mut event = prices(&number.to_string(), 10 * number);
    event["home_team"] = json!(format!("Team {}", number % 4));
    event["away_team"] = json!(format!("Team {}", (number + 1) % 4));
    event
}

/// What a service answers to so many matches, with questions in between or without.
fn play(service: &Service, numbers: std::ops::Range<u32>, ask: bool) -> Vec<Value> {
    let mut said = Vec::new();
    for number in numbers {
        if ask {
            let asked = service.post("/predictions", &event(number)).ok();
            assert!(asked["prediction"]["win_prob_home"].is_f64(), "{asked}");
        }
        said.push(service.post("/match-events", &event(number)).ok());
        let score = [(number % 3) as u8, (number % 2) as u8];
        let result = result(&number.to_string(), score, 10 * number + 5);
        said.push(service.post("/match-results", &result).ok());
    }
    said
}

#[test]
fn a_service_bets_by_a_program_and_goes_on_after_a_kill_as_if_nothing_had_been() {
    let (_scripts, model) = script();
    let (service, _folder) = Service::new(&["--model", &model]);
    let whole = play(&service, 0..12, false);
    assert!(whole.iter().any(|answer| {
        answer["bets"]
            .as_array()
            .is_some_and(|bets| !bets.is_empty())
    }));
    let (service, folder) = Service::new(&["--model", &model]);
    let mut halves = play(&service, 0..6, true);
    service.kill();
    let service = Service::again(&folder, &["--model", &model]);
    halves.extend(play(&service, 6..12, true));
    assert_eq!(halves, whole);
    assert!(service.stop());
}

#[test]
fn questions_go_to_a_process_of_their_own() {
    let (scripts, model) = script();
    let (service, _folder) = Service::new(&["--model", &model]);
    play(&service, 0..6, true);
    assert!(service.stop());
    let logs = logs(scripts.path());
    assert_eq!(logs.len(), 2);
    let facts = |log: &str| log.matches(r#""type":"result""#).count();
    // what came after the last question was not told
    assert_eq!([facts(&logs[0]), facts(&logs[1])], [5, 5]);
}

#[test]
fn a_service_that_stops_leaves_no_process() {
    let (scripts, model) = script();
    let (service, _folder) = Service::new(&["--model", &model]);
    play(&service, 0..2, true);
    let pids = || {
        let entries = fs::read_dir(scripts.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let names = entries.map(|name| name.to_string_lossy().into_owned());
        names
            .filter_map(|name| name.strip_prefix("log.").map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let both = pids();
    assert_eq!(both.len(), 2);
    assert!(service.stop());
    for pid in both {
        assert!(!is_alive(&pid), "{pid}");
    }
}

fn is_alive(pid: &str) -> bool {
    Command::new("kill")
        .args(["-0", pid])
        .output()
        .unwrap()
        .status
        .success()
}

#[test]
fn no_request_starts_a_program_or_names_a_file_of_a_model() {
    let (scripts, model) = script();
    let csv = fs::read_to_string("datasets/epl.csv").unwrap();
    let touched = scripts.path().join("touched");
    for arguments in [&[][..], &["--model", &model]] {
        let (service, _folder) = Service::new(arguments);
        for wrong in [
            format!("exec:touch {}", touched.display()),
            "exec:python3 -c 'print(1)'".to_owned(),
            format!("{model} "),
            "onnx:/etc/passwd".to_owned(),
        ] {
            let body = json!({ "csv": csv, "settings": { "model": wrong } });
            let answer = service.post("/backtests", &body);
            if arguments.is_empty() || wrong.trim() != model {
                let problem = answer.problem(422);
                assert_eq!(problem["field"], "settings.model", "{wrong}: {problem}");
                assert!(
                    problem["detail"]
                        .as_str()
                        .unwrap()
                        .contains("requests start no program and open no file")
                );
            }
        }
        service
            .post(
                "/backtests",
                &json!({ "csv": csv, "settings": { "model": "exec:" } }),
            )
            .problem(422);
    }
    assert!(!touched.exists());
}

#[test]
fn a_backtest_may_have_the_program_of_the_service() {
    let (_scripts, model) = script();
    let (service, _folder) = Service::new(&["--model", &model, "--datasets", DATASETS]);
    let body = json!({ "dataset": "epl.csv", "settings": { "model": model } });
    let done = ended(&service, &path_of(&service.post("/backtests", &body)));
    let mut command = crate::backtest::simbet();
    let output = command
        .args([
            "backtest",
            "datasets/epl.csv",
            "--format",
            "json",
            "-q",
            "--model",
            &model,
        ])
        .output()
        .unwrap();
    let expected: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&done["status"], &done["summary"]),
        (&json!("done"), &expected)
    );
}

#[test]
fn a_backtest_that_takes_too_long_ends_with_its_program() {
    let (scripts, model) = script();
    let service = ["--model", &model, "--backtest-time", "4s"];
    let (service, _folder) = Service::new(&service);
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2024-08-16,Sleepers,Fulham,1,0,1.60,4.20,5.25\n";
    let body = json!({ "csv": csv, "settings": { "model": model } });
    let done = ended(&service, &path_of(&service.post("/backtests", &body)));
    assert_eq!(done["status"], "failed");
    assert!(
        done["error"]
            .as_str()
            .unwrap()
            .contains("took longer than 4s"),
        "{done}"
    );
    let name = fs::read_dir(scripts.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let pid = name.filter_map(|name| Some(name.to_string_lossy().strip_prefix("log.")?.to_owned()));
    let pids: Vec<String> = pid.collect();
    assert_eq!(pids.len(), 1);
    until("the end of the program", || !is_alive(&pids[0]));
}

#[test]
fn a_service_whose_program_is_not_there_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let said = super::refusal(command(folder.path(), &["--model", "exec:no-such-program"]));
    assert!(
        said.contains("there is no program \"no-such-program\""),
        "{said}"
    );
}

#[test]
fn a_service_that_is_stopped_does_not_wait_for_an_answer_for_long() {
    for is_hurried in [false, true] {
        let (scripts, model) = script();
        let (service, _folder) = Service::new(&["--model", &model, "--model-timeout", "100s"]);
        let mut sleeping = event(1);
        sleeping["home_team"] = json!("Sleepers");
        let address = service.url("/match-events");
        let asking = std::thread::spawn(move || {
            // the service may be gone before it answers
            let _ = ureq::post(&address).send_json(&sleeping);
        });
        until("the question", || {
            logs(scripts.path())
                .iter()
                .any(|log| log.contains("Sleepers"))
        });
        let begun = super::driver::now();
        service.signal("-TERM");
        if is_hurried {
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        // the second signal, where it is hurried
        assert!(if is_hurried {
            service.stop()
        } else {
            service.stop_was_clean()
        });
        let most = if is_hurried { 3 } else { 12 };
        assert!(begun.elapsed().as_secs() < most, "{:?}", begun.elapsed());
        let names = fs::read_dir(scripts.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let pids: Vec<String> = names
            .filter_map(|name| Some(name.to_string_lossy().strip_prefix("log.")?.to_owned()))
            .collect();
        for pid in pids {
            until("the end of the program", || !is_alive(&pid));
        }
        asking.join().unwrap();
    }
}
