//! Matches without a result, and results that are corrected, on a pipe.

use serde_json::{Value, json};

use super::{Written, assert_same, publish, run, trade};
use crate::backtest::simbet;

fn prices(id: &str, teams: [&str; 2], time: &str) -> String {
    let data = json!({
        "match_id": id, "home_team": teams[0], "away_team": teams[1], "minute": 0, "home_goals": 0, "away_goals": 0,
        "market_odds_home": 3.5, "market_odds_draw": 3.6, "market_odds_away": 2.2, "timestamp": time, "league": "L",
        "date": &time[..10],
    });
    line("match_event", &data)
}

fn line(event_type: &str, data: &Value) -> String {
    json!({ "event_type": event_type, "timestamp": data["timestamp"], "data": data }).to_string()
        + "\n"
}

fn result(id: &str, score: Option<[u8; 2]>, status: Option<&str>, time: &str) -> String {
    let mut data = json!({ "match_id": id, "timestamp": time });
    if let Some([home, away]) = score {
        data["home_goals"] = json!(home);
        data["away_goals"] = json!(away);
    }
    if let Some(status) = status {
        data["status"] = json!(status);
    }
    line("match_result", &data)
}

const FLAT: [&str; 6] = [
    "--strategy",
    "flat",
    "--stake",
    "6000",
    "--selections",
    "home",
];

/// The events that a trader wrote of one kind.
fn events(stream: &str, kind: &str) -> Vec<Value> {
    let output = simbet()
        .args(["trade", "-", "-q"])
        .args(FLAT)
        .write_stdin(stream)
        .assert()
        .success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["event_type"] == kind)
        .map(|event| event["data"].clone())
        .collect()
}

fn summary(written: &Written) -> Value {
    serde_json::from_str(&written.summary).unwrap()
}

#[test]
fn the_stake_on_an_abandoned_match_is_free_again() {
    let stream = [
        prices("m1", ["Ashby", "Corfield"], "2024-03-02T12:00:00"),
        result("m1", None, Some("abandoned"), "2024-03-02T17:00:00"),
        // without a status a result has goals
        result("m1", None, None, "2024-03-02T17:00:00"),
        prices("m2", ["Dunmore", "Eltham"], "2024-06-02T12:00:00"),
    ]
    .concat();
    let settled = events(&stream, "bet_settled");
    assert_eq!(settled.len(), 1);
    assert_eq!(
        (
            &settled[0]["result"],
            &settled[0]["payout"],
            &settled[0]["stake"]
        ),
        (&json!("void"), &json!(6000.0), &json!(6000.0))
    );
    assert_eq!(events(&stream, "bet").len(), 2);
    let written = summary(&trade(&stream, &FLAT));
    assert_eq!(
        (
            &written["bets"],
            &written["void"],
            &written["open"],
            &written["refused"]
        ),
        (&json!(2), &json!(1), &json!(1), &json!(0))
    );
    assert_eq!(written["matches"], 0);
}

#[test]
fn a_corrected_result_is_an_event_of_its_own_and_the_files_show_the_final_outcome() {
    let teams = ["Ashby", "Corfield"];
    let begin = prices("m1", teams, "2024-03-02T12:00:00");
    let corrections = [
        result("m1", Some([1, 0]), None, "2024-03-02T17:00:00"),
        result("m1", Some([1, 1]), None, "2024-03-02T18:00:00"),
        result("m1", Some([1, 1]), Some("abandoned"), "2024-03-03T09:00:00"),
        result("m1", Some([2, 1]), Some("played"), "2024-03-04T09:00:00"),
        // it is sent again
        result("m1", Some([1, 1]), None, "2024-03-02T18:00:00"),
        result("m1", Some([2, 1]), Some("played"), "2024-03-04T09:00:00"),
    ];
    let stream = begin.clone() + &corrections.concat();
    let settled = events(&stream, "bet_settled");
    let corrected = events(&stream, "bet_corrected");
    assert_eq!((settled.len(), corrected.len()), (1, 3));
    let of = |event: &Value| (event["result"].clone(), event["payout"].clone());
    assert_eq!(of(&settled[0]), (json!("win"), json!(21_000.0)));
    let after: Vec<_> = corrected.iter().map(of).collect();
    let expected = [
        (json!("loss"), json!(0.0)),
        (json!("void"), json!(6000.0)),
        (json!("win"), json!(21_000.0)),
    ];
    assert_eq!(after, expected);
    for event in &corrected {
        assert_eq!(event["corrects"], settled[0]["bet_id"]);
        assert_eq!(event["bet_id"], settled[0]["bet_id"]);
    }
    let metrics = events(&stream, "trading_metrics");
    let balances: Vec<_> = metrics.iter().map(|one| one["bankroll"].as_f64()).collect();
    let expected = [10_000.0, 25_000.0, 4000.0, 10_000.0, 25_000.0].map(Some);
    assert_eq!(balances, expected);
    let last = metrics.last().unwrap();
    assert_eq!(
        (
            &last["total_bets"],
            &last["winning_bets"],
            &last["total_payout"]
        ),
        (&json!(1), &json!(1), &json!(21_000.0))
    );

    let written = trade(&stream, &FLAT);
    let at_once = trade(
        &(begin + &result("m1", Some([2, 1]), None, "2024-03-02T17:00:00")),
        &FLAT,
    );
    assert_eq!(written.bets, at_once.bets);
    let (mut written, at_once) = (summary(&written), summary(&at_once));
    assert_eq!(written["corrected"].take(), 3);
    for member in [
        "matches",
        "bets",
        "won",
        "lost",
        "void",
        "profit",
        "turnover",
        "final_bankroll",
    ] {
        assert_eq!(written[member], at_once[member], "{member}");
    }
}

/// A file with every status, its bets, and the same over a pipe.
#[test]
fn voids_are_the_same_on_a_pipe_and_in_files() {
    let words = [
        "played",
        "abandoned",
        "FT",
        "postponed",
        "awarded",
        "",
        "cancelled",
        "scheduled",
    ];
    let mut text = "league,date,time,status,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    for (number, word) in words.iter().cycle().take(64).enumerate() {
        let (day, goals) = (number / 4 + 1, [number % 3, number % 2]);
        text.push_str(&format!(
            "L,2023-08-{day:02},15:00,{word},Home {number},Away {number},{},{},2.6,3.4,3.1\n",
            goals[0], goals[1]
        ));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("L.csv");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let settings = ["--strategy", "flat", "--selections", "home"];
    let backtest = run(&[&["backtest", path], &settings[..]].concat(), b"");
    let stream = publish(&[&[path], &settings[..]].concat());
    assert!(stream.contains(r#""status":"awarded""#));
    assert_same(&trade(&stream, &settings), &backtest, "statuses");
    let written = summary(&backtest);
    assert_eq!(
        (&written["matches"], &written["void"]),
        (&json!(24), &json!(32))
    );
}
