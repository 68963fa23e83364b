//! What is counted in a match, on a pipe: late, corrected, and what cannot be true.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::backtest::simbet;

const TEAMS: [&str; 4] = ["Ashby", "Corfield", "Dunmore", "Eltham"];

fn line(event_type: &str, data: &Value) -> String {
    json!({ "event_type": event_type, "timestamp": data["timestamp"], "data": data }).to_string()
        + "\n"
}

/// The match of a day of January 2024, priced at noon.
fn prices(day: usize) -> String {
    let data = json!({
        "match_id": format!("m{day}"), "home_team": TEAMS[day % 4], "away_team": TEAMS[(day + 1 + day / 4 % 3) % 4],
        "minute": 0, "home_goals": 0, "away_goals": 0, "market_odds_home": 2.1, "market_odds_draw": 3.4,
        "market_odds_away": 3.6, "timestamp": format!("2024-01-{day:02}T12:00:00"), "league": "L",
    });
    line("match_event", &data)
}

/// Its result at an hour of the day.
fn result(day: usize, hour: usize, statistics: Option<&Value>) -> String {
    let mut data = json!({
        "match_id": format!("m{day}"), "home_goals": day * 7 % 4, "away_goals": day * 5 % 3,
        "timestamp": format!("2024-01-{day:02}T{hour}:00:00"),
    });
    if let Some(statistics) = statistics {
        data["statistics"] = statistics.clone();
    }
    line("match_result", &data)
}

/// What was counted in it.
fn counted(day: usize) -> Value {
    json!({
        "home_shots": 9 + day * 3 % 11, "away_shots": 6 + day * 5 % 7, "home_shots_on_target": 3 + day % 6,
        "away_shots_on_target": 1 + day % 5, "home_corners": 2 + day % 9, "away_corners": 1 + day * 2 % 7,
        "last_odds_home": 2.0 + 0.1 * (day % 7) as f64, "last_odds_draw": 3.4, "last_odds_away": 3.7,
    })
}

/// The matches of twenty days, with the results that each has.
fn stream(results: impl Fn(usize) -> String) -> String {
    (1..=20).map(|day| prices(day) + &results(day)).collect()
}

/// The chance of a home win by match, and what was said.
fn forecasts(stream: &str, arguments: &[&str]) -> (BTreeMap<String, f64>, String) {
    let output = simbet()
        .args(["trade", "-"])
        .args(arguments)
        .write_stdin(stream)
        .assert()
        .success();
    let output = output.get_output();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_event = |event: Value| {
        let data = &event["data"];
        (event["event_type"] == "prediction").then(|| {
            let id = data["match_id"].as_str().unwrap().to_owned();
            (id, data["win_prob_home"].as_f64().unwrap())
        })
    };
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    (events.filter_map(of_event).collect(), said)
}

/// The greatest difference between forecasts of the same matches.
#[track_caller]
fn difference(one: &BTreeMap<String, f64>, other: &BTreeMap<String, f64>) -> f64 {
    assert!(one.len() >= 15, "{}", one.len());
    assert!(one.keys().eq(other.keys()));
    one.values()
        .zip(other.values())
        .map(|(one, other)| (one - other).abs())
        .fold(0.0, f64::max)
}

const LEARN: [&[&str]; 3] = [
    &[],
    &["--learn", "goals,shots,prices"],
    &["--model", "filter"],
];

#[test]
fn statistics_that_come_after_the_score_teach() {
    let at_once = stream(|day| result(day, 18, Some(&counted(day))));
    let never = stream(|day| result(day, 18, None));
    let after = stream(|day| result(day, 18, None) + &result(day, 19, Some(&counted(day))));
    // shots first, prices later, and a score without either in between
    let in_parts = stream(|day| {
        let (mut shots, mut odds) = (counted(day), counted(day));
        let is_odds = |name: &str| name.starts_with("last_");
        shots
            .as_object_mut()
            .unwrap()
            .retain(|name, _| !is_odds(name));
        odds.as_object_mut()
            .unwrap()
            .retain(|name, _| is_odds(name));
        result(day, 18, Some(&shots)) + &result(day, 19, None) + &result(day, 20, Some(&odds))
    });
    // of the same instant
    let together = stream(|day| result(day, 18, None) + &result(day, 18, Some(&counted(day))));
    for arguments in LEARN {
        let expected = forecasts(&at_once, arguments).0;
        let without = forecasts(&never, arguments).0;
        assert!(difference(&without, &expected) > 1e-3, "{arguments:?}");
        for late in [&after, &in_parts, &together] {
            let (found, said) = forecasts(late, arguments);
            assert!(difference(&found, &expected) < 1e-6, "{arguments:?}");
            assert!(!said.contains("dropped"), "{said}");
        }
    }
}

#[test]
fn statistics_that_are_corrected_teach_what_is_right() {
    let wrong = json!({ "home_shots": 40, "home_shots_on_target": 30, "away_shots": 1, "away_shots_on_target": 0 });
    let right = stream(|day| result(day, 18, Some(&counted(day))));
    let corrected =
        stream(|day| result(day, 18, Some(&wrong)) + &result(day, 19, Some(&counted(day))));
    // the older word comes again, and comes late
    let repeated = stream(|day| {
        let first = result(day, 18, Some(&wrong));
        result(day, 19, Some(&counted(day))) + &first + &first
    });
    for arguments in LEARN {
        let expected = forecasts(&right, arguments).0;
        for stream in [&corrected, &repeated] {
            let found = forecasts(stream, arguments).0;
            assert!(difference(&found, &expected) < 1e-6, "{arguments:?}");
        }
    }
}

#[test]
fn statistics_that_come_later_settle_no_bet_anew() {
    let bets = |stream: &str| {
        let output = simbet()
            .args(["trade", "-", "-q", "--strategy", "flat", "--stake", "100"])
            .args(["--selections", "home"])
            .write_stdin(stream)
            .assert()
            .success();
        let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
        let of_bets = |line: &&str| line.contains(r#""event_type":"bet"#);
        text.lines()
            .filter(of_bets)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let once = bets(&stream(|day| result(day, 18, None)));
    let later = stream(|day| result(day, 18, None) + &result(day, 19, Some(&counted(day))));
    assert!(once.len() >= 40, "{}", once.len());
    assert_eq!(bets(&later), once);
}

#[test]
fn a_statistic_that_cannot_be_true_costs_no_result() {
    let with = |member: &str, value: Value| {
        let mut wrong = counted(3);
        wrong[member] = value;
        stream(move |day| {
            let of_day = counted(day);
            result(day, 18, Some(if day == 3 { &wrong } else { &of_day }))
        })
    };
    let without = |prefix: &str| {
        let mut fewer = counted(3);
        let members = fewer.as_object_mut().unwrap();
        members.retain(|name, _| !name.ends_with(prefix) && !name.starts_with(prefix));
        stream(move |day| {
            let of_day = counted(day);
            result(day, 18, Some(if day == 3 { &fewer } else { &of_day }))
        })
    };
    let cases = [
        (
            "home_shots",
            json!(-3),
            "_shots",
            "a count, 0 to 80, found -3",
        ),
        (
            "home_shots",
            json!(10.5),
            "_shots",
            "a count, 0 to 80, found 10.5",
        ),
        (
            "home_shots",
            json!(999),
            "_shots",
            "a count, 0 to 80, found 999",
        ),
        (
            "away_corners",
            json!(999),
            "_corners",
            "a count, 0 to 50, found 999",
        ),
        (
            "last_odds_home",
            json!(0.5),
            "last_odds",
            "decimal odds above 1, found 0.5",
        ),
    ];
    let learn = ["--learn", "goals,shots,prices"];
    for (member, value, gone, reason) in cases {
        let (found, said) = forecasts(&with(member, value), &learn);
        // the sixth line: prices and result of two days come before
        let expected = format!(
            "warning: line 6: {member}: expected {reason}: dropped, and the result counts without it"
        );
        assert!(said.contains(&expected), "{said}");
        assert!(said.contains("0 rejected, 1 statistic dropped"), "{said}");
        assert_eq!(found, forecasts(&without(gone), &learn).0, "{member}");
    }
}
