//! Every command with a program: sweep, simulate, predict, trade; and what is refused before anything starts.

use std::fs;

use serde_json::Value;

use super::{Folder, LOGGING, MATCHES, error_of, json_of};
use crate::backtest::{fails, simbet};

const MODEL: [&str; 2] = ["--model", "exec:python3 model.py"];

#[test]
fn a_sweep_over_staking_asks_one_process_and_gives_the_bets_of_backtests() {
    let folder = Folder::with(LOGGING);
    let sweep = [
        "sweep",
        "matches.csv",
        "--grid",
        "min_ev=0,0.1,0.2",
        "--rank-by",
        "yield",
    ];
    let swept = json_of(folder.simbet(&[&sweep[..], &MODEL].concat()));
    assert_eq!(folder.logs().len(), 1);
    let alone = Folder::with(LOGGING);
    for setting in swept["ranked"].as_array().unwrap() {
        let least = setting["setting"]["min_ev"].as_str().unwrap();
        let summary = alone.json(&["--min-ev", least]);
        for figure in ["bets", "profit", "predicted"] {
            assert_eq!(
                setting["summary"][figure], summary[figure],
                "{figure} of {least}"
            );
        }
    }
}

#[test]
fn a_sweep_over_models_has_a_process_for_each() {
    let folder = Folder::with(LOGGING);
    let script = fs::read_to_string(folder.path().join("model.py")).unwrap();
    folder.write(
        "other.py",
        &script.replace("0.5, 0.27, 0.23", "0.4, 0.3, 0.3"),
    );
    let grid = "model=exec:python3 model.py,exec:python3 other.py,average";
    let swept = json_of(folder.simbet(&[
        "sweep",
        "matches.csv",
        "--grid",
        grid,
        "--grid",
        "min_ev=0,0.1",
    ]));
    assert_eq!(swept["settings"], 6);
    assert_eq!(folder.logs().len(), 2);
}

#[test]
fn a_simulation_tells_the_minute_and_the_score_in_play() {
    let folder = Folder::with(LOGGING);
    let simulate = [
        "simulate",
        "--matches",
        "12",
        "--teams",
        "4",
        "--in-play",
        "--every",
        "45",
    ];
    let summary = json_of(folder.simbet(&[&simulate[..], &MODEL].concat()));
    let log = folder.log();
    let questions = log.lines().filter(|line| line.contains("predict"));
    let fixtures: Vec<Value> = questions
        .flat_map(|line| {
            let message: Value = serde_json::from_str(line).unwrap();
            message["fixtures"].as_array().unwrap().clone()
        })
        .collect();
    let minutes: Vec<_> = fixtures
        .iter()
        .filter_map(|fixture| fixture["minute"].as_u64())
        .collect();
    assert!(
        minutes.contains(&45) && minutes.len() < fixtures.len(),
        "{minutes:?}"
    );
    let in_play = fixtures.iter().filter(|fixture| fixture["minute"].is_u64());
    assert!(
        in_play
            .clone()
            .all(|fixture| fixture["home_goals"].is_u64())
    );
    assert!(
        fixtures
            .iter()
            .filter(|fixture| fixture["minute"].is_null())
            .all(|f| f["home_goals"].is_null())
    );
    let again = Folder::with(LOGGING);
    assert_eq!(
        json_of(again.simbet(&[&simulate[..], &MODEL].concat())),
        summary
    );
    assert_eq!(again.log(), log);
}

#[test]
fn runs_of_a_simulation_do_not_know_of_each_other() {
    let folder = Folder::with(LOGGING);
    let simulate = ["simulate", "--matches", "12", "--teams", "4", "--runs", "3"];
    json_of(folder.simbet(&[&simulate[..], &MODEL].concat()));
    let logs = folder.logs();
    assert_eq!(logs.len(), 3);
    assert!(
        logs.iter()
            .all(|log| log.matches("hello").count() == 1 && log.contains(r#""id":1,"#))
    );
}

#[test]
fn fixtures_to_come_are_predicted_with_the_process_that_knows_the_past() {
    let folder = Folder::with(LOGGING);
    let fixtures = "league,date,home_team,away_team,odds_home,odds_draw,odds_away\n\
        Alpha,2024-09-14,Ashby,Crewton,2.3,3.3,3.2\nBeta,2024-09-14,Farrow,Elmley,1.8,3.5,4.6\n";
    folder.write("fixtures.csv", fixtures);
    let predict = ["predict", "matches.csv", "--fixtures", "fixtures.csv"];
    let predicted = json_of(folder.simbet(&[&predict[..], &MODEL].concat()));
    let forecasts = predicted["predictions"].as_array().unwrap();
    assert_eq!(forecasts.len(), 2);
    assert_eq!(forecasts[0]["win_prob_home"], 0.5);
    let bets = predicted["bets"].as_array().unwrap();
    assert_eq!(bets.len(), 2, "{predicted}");
    // the fixtures, and the comparison with the market on the matches before
    let mut logs = folder.logs();
    logs.retain(|log| log.contains("Alpha:2024-09-14:Ashby:Crewton"));
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0].matches("result").count(), 7);
}

#[test]
fn a_stream_is_traded_as_its_file_is_backtested() {
    let folder = Folder::with(LOGGING);
    let published = folder
        .simbet(&["publish", "matches.csv", "-o", "matches.ndjson", "-q"])
        .assert();
    let published = if published.get_output().status.success() {
        fs::read(folder.path().join("matches.ndjson")).unwrap()
    } else {
        folder
            .simbet(&["publish", "matches.csv", "-q"])
            .assert()
            .success()
            .get_output()
            .stdout
            .clone()
    };
    folder.write("matches.ndjson", &String::from_utf8(published).unwrap());
    let mut trade = folder.simbet(&["trade", "matches.ndjson", "-q"]);
    let output = trade.args(MODEL).assert().success();
    let lines = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let bets = lines.matches(r#""event_type":"bet""#).count();
    let summary = folder.json(&[]);
    assert_eq!(Some(bets as u64), summary["bets"].as_u64(), "{lines}");
    assert!(bets > 3);
    let logs = folder.logs();
    assert_eq!(logs.len(), 2);
    let questions = |log: &str| log.lines().filter(|line| line.contains("predict")).count();
    assert_eq!(questions(&logs[0]), questions(&logs[1]));
}

#[test]
fn what_cannot_be_started_is_refused_before_anything_is_read() {
    let folder = Folder::with("");
    folder.write("model", "#!/bin/sh\n");
    for (model, problem) in [
        (
            "exec:no-such-program model.py",
            "there is no program \"no-such-program\" in any folder of PATH",
        ),
        ("exec:./no-such-file", "there is no file \"./no-such-file\""),
        (
            "exec:./model",
            "the file \"./model\" cannot be executed: name its interpreter",
        ),
        (
            "exec:model.py",
            "for the file here write ./model.py, or name its interpreter",
        ),
        (
            "exec:python3 'model.py",
            "a quotation mark of \"python3 'model.py\" is not closed",
        ),
        ("exec:", "exec:COMMAND is needed"),
        ("exec", "exec:COMMAND is needed"),
    ] {
        let said = error_of(
            folder.simbet(&["backtest", "no-such.csv", "--model", model]),
            2,
        );
        assert!(said.contains(problem), "{model}: {said}");
    }
}

#[test]
fn what_only_a_program_uses_is_refused_without_one_and_what_none_uses_with_one() {
    fails(
        &["backtest", "datasets/epl.csv", "--model-timeout", "5s"],
        2,
        &["error: --model-timeout has no effect: the model dixon-coles does not use it"],
    );
    fails(
        &[
            "backtest",
            "datasets/epl.csv",
            "--model",
            "average",
            "--model-prices",
        ],
        2,
        &["error: --model-prices has no effect"],
    );
    for option in [
        "--half-life 90",
        "--min-matches 3",
        "--pool Alpha+Beta",
        "--refit-every 2",
    ] {
        let folder = Folder::with(LOGGING);
        let typed: Vec<&str> = option.split(' ').collect();
        let said = error_of(folder.backtest(&typed), 2);
        assert!(
            said.contains(&format!(
                "error: {} has no effect: the model exec does not use it",
                typed[0]
            )),
            "{said}"
        );
    }
    fails(
        &["backtest", "datasets/epl.csv", "--model-timeout", "soon"],
        2,
        &["expected a time from 1ms to 24h, such as 90s or 5m, not \"soon\""],
    );
}

#[test]
fn a_file_of_settings_names_a_program_too() {
    let folder = Folder::with(LOGGING);
    let toml = "model = 'exec:python3 model.py'\nmodel_timeout = 30\nmodel_prices = true\n";
    folder.write("settings.toml", toml);
    let summary = json_of(folder.simbet(&["backtest", "matches.csv", "--config", "settings.toml"]));
    assert_eq!(summary["predicted"], 7);
    assert!(folder.log().contains(r#""prices":true"#));
}

#[test]
fn a_folder_of_results_names_the_command_and_the_digest_of_its_script() {
    let folder = Folder::with(LOGGING);
    folder
        .backtest(&["-q", "--out", "results"])
        .assert()
        .success();
    let run = fs::read_to_string(folder.path().join("results/run.json")).unwrap();
    let run: Value = serde_json::from_str(&run).unwrap();
    let outside = &run["config"]["model"]["outside"];
    assert_eq!(outside["source"], serde_json::json!(["python3 model.py"]));
    assert_eq!(outside["sha256"][0].as_str().map(str::len), Some(64));
    assert!(
        run["headline"]
            .as_str()
            .unwrap()
            .contains("exec:python3 model.py, ev on 1x2")
    );
    assert!(MATCHES.len() > 100);
}

#[test]
fn the_examples_run() {
    let run = |command: &str| {
        let mut simbet = simbet();
        simbet.args(["backtest", "datasets/epl.csv", "--model", command]);
        json_of(simbet)
    };
    let elo = run("exec:python3 examples/models/elo.py");
    assert_eq!(elo["predicted"], 747);
    assert!(
        elo["model"]["log_loss"].as_f64().unwrap() < 1.04,
        "{}",
        elo["model"]
    );
    let has_r = std::process::Command::new("Rscript")
        .arg("--version")
        .output()
        .is_ok();
    if !has_r {
        assert!(
            std::env::var_os("SIMBET_REQUIRE_R").is_none(),
            "Rscript is not there"
        );
        eprintln!("skipped: Rscript is not there");
        return;
    }
    let regression = run("exec:Rscript examples/models/poisson.R");
    assert!(regression["predicted"].as_u64().unwrap() > 600);
    assert!(
        regression["model"]["log_loss"].as_f64().unwrap() < 0.99,
        "{}",
        regression["model"]
    );
}

/// Of each match the home side, and the cells of a file of probabilities; a program says the same of it.
const SAID: [(&str, &str, &str); 3] = [
    (
        "Ashby",
        "0.4137,0.2719,0.3144,2.25,0.4011,0.3803,0.2186,-0.5,0.41,0.59,0.5321,,",
        "{'p': [0.4137, 0.2719, 0.3144], 'markets': [
            {'market': 'ou', 'selection': 'over', 'line': 2.25, 'probability': 0.4011, 'push': 0.2186},
            {'market': 'ou', 'selection': 'under', 'line': 2.25, 'probability': 0.3803},
            {'market': 'ah', 'selection': 'home', 'line': -0.5, 'probability': 0.41},
            {'market': 'ah', 'selection': 'away', 'line': -0.5, 'probability': 0.59},
            {'market': 'btts', 'selection': 'yes', 'probability': 0.5321}]}",
    ),
    (
        "Crewton",
        "0.5,0.3,0.207,2.5,0.52,0.487,,,,,,,",
        "{'p': [0.5, 0.3, 0.207], 'markets': [
            {'market': 'ou', 'selection': 'over', 'probability': 0.52},
            {'market': 'ou', 'selection': 'under', 'probability': 0.487}]}",
    ),
    (
        "Elmley",
        ",,,,,,,,,,,1.6180339887498949,1.1",
        "{'rates': [1.6180339887498949, 1.1]}",
    ),
];

/// Probabilities give the same bets, to the last byte, whether a file says them or a program.
#[test]
fn a_program_places_the_bets_of_a_file_with_the_same_probabilities() {
    let prices = ",ou_line,odds_over,odds_under,ah_line,odds_ah_home,odds_ah_away,odds_btts_yes,odds_btts_no\n";
    let of_match = [
        "Alpha,2024-08-16,Ashby,Borden,2,1,2.60,3.90,3.60,2.25,2.30,2.40,-0.5,2.60,1.80,2.05,2.10",
        "Alpha,2024-08-17,Crewton,Dunmore,0,0,2.10,3.60,5.40,2.5,2.05,2.15,0.25,2.10,2.00,2.00,2.00",
        "Beta,2024-08-17,Elmley,Farrow,1,3,2.60,3.90,3.60,3,2.90,1.95,-0.75,2.50,1.95,1.95,2.30",
    ];
    let header =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";
    let matches = format!("{header}{prices}{}\n", of_match.join("\n"));
    let mut probabilities = "league,date,home_team,away_team,p_home,p_draw,p_away,line,p_over,p_under,p_total_push,ah_line,p_ah_home,\
        p_ah_away,p_btts,expected_goals_home,expected_goals_away\n"
        .to_owned();
    let mut script = "said = {}\n".to_owned();
    for ((home, cells, said), row) in SAID.iter().zip(of_match) {
        let key: Vec<&str> = row.split(',').take(4).collect();
        probabilities += &format!("{},{cells}\n", key.join(","));
        script += &format!("said['{home}'] = {said}\n");
    }
    script += "for message in messages():\n    if message['type'] == 'predict':\n        answer(message, [said[f['home_team']] for f in message['fixtures']])\n";
    let folder = Folder::with(&script);
    folder.write("matches.csv", &matches);
    folder.write("probabilities.csv", &probabilities);
    let bets = |name: &str, model: &[&str]| {
        let usual = [
            "backtest",
            "matches.csv",
            "-q",
            "--markets",
            "1x2,ou,ah,btts",
            "--strategy",
            "flat",
        ];
        folder
            .simbet(&[&usual[..], &["--out", name], model].concat())
            .assert()
            .success();
        fs::read_to_string(folder.path().join(name).join("bets.csv")).unwrap()
    };
    let of_program = bets("by-program", &MODEL);
    let of_file = bets(
        "by-file",
        &["--model", "file", "--probabilities", "probabilities.csv"],
    );
    assert_eq!(of_program, of_file);
    assert!(of_program.lines().count() > 15, "{of_program}");
}
