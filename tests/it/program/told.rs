//! What a program is told: what is known, in order, and never anything else.

use proptest::prelude::*;
use serde_json::Value;

use super::{Folder, LOGGING, MATCHES};

fn messages(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A line in a few words: its type and of what matches.
fn short(message: &Value) -> String {
    let text = |member: &Value| member.as_str().unwrap_or_default().to_owned();
    match text(&message["type"]).as_str() {
        "hello" => format!("hello {}", message["protocol"]),
        "predict" => {
            let fixtures = message["fixtures"].as_array().unwrap().iter();
            let fixtures: Vec<String> = fixtures
                .map(|fixture| {
                    format!(
                        "{} - {}",
                        text(&fixture["home_team"]),
                        text(&fixture["away_team"])
                    )
                })
                .collect();
            format!(
                "predict {} {}: {}",
                message["id"],
                text(&message["time"]),
                fixtures.join(", ")
            )
        }
        kind => format!(
            "{kind} {} - {} {}:{}",
            text(&message["home_team"]),
            text(&message["away_team"]),
            message["home_goals"],
            message["away_goals"]
        ),
    }
}

#[test]
fn everything_comes_in_order_of_time_whatever_the_league() {
    let folder = Folder::with(LOGGING);
    folder.json(&[]);
    let told: Vec<String> = messages(&folder.log()).iter().map(short).collect();
    assert_eq!(
        told,
        [
            "hello 1",
            "predict 1 2024-08-16T00:00:00+00:00: Ashby - Borden",
            "result Ashby - Borden 2:1",
            "predict 2 2024-08-17T00:00:00+00:00: Crewton - Dunmore, Elmley - Farrow",
            "result Crewton - Dunmore 0:0",
            "result Elmley - Farrow 1:3",
            "predict 3 2024-08-24T00:00:00+00:00: Borden - Crewton, Farrow - Elmley",
            "result Borden - Crewton 3:2",
            "result Farrow - Elmley 0:1",
            "predict 4 2024-08-31T00:00:00+00:00: Dunmore - Ashby",
            "result Dunmore - Ashby 1:1",
            "predict 5 2024-09-07T00:00:00+00:00: Elmley - Farrow",
        ]
    );
}

#[test]
fn a_result_has_its_statistics_and_a_fixture_has_no_score() {
    let folder = Folder::with(LOGGING);
    folder.json(&[]);
    let messages = messages(&folder.log());
    assert_eq!(
        messages[2].to_string(),
        r#"{"type":"result","match_id":"Alpha:2024-08-16:Ashby:Borden","league":"Alpha","season":2024,"date":"2024-08-16","kickoff":"2024-08-16T19:00:00+00:00","home_team":"Ashby","away_team":"Borden","neutral":false,"home_goals":2,"away_goals":1,"status":"played"}"#
    );
    let fixture = &messages[1]["fixtures"][0];
    let names: Vec<&String> = fixture.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "match_id",
            "league",
            "season",
            "date",
            "kickoff",
            "home_team",
            "away_team",
            "neutral"
        ]
    );
}

#[test]
fn threads_and_the_order_of_rows_change_nothing_that_is_told() {
    let told = |threads: &str, matches: &str| {
        let folder = Folder::with(LOGGING);
        folder.write("matches.csv", matches);
        let summary = folder.json(&["--threads", threads]);
        (folder.log(), summary)
    };
    let one = told("1", MATCHES);
    assert_eq!(one, told("4", MATCHES));
    let mut rows: Vec<&str> = MATCHES.lines().collect();
    rows[1..].reverse();
    assert_eq!(one.0, told("4", &rows.join("\n")).0);
}

/// The matches with the later rows, from this one on, changed: their goals, closing prices and opening prices.
fn changed_from(row: usize, seed: u64) -> String {
    let lines = MATCHES.lines().enumerate().map(|(place, line)| {
        if place <= row {
            return line.to_owned();
        }
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let number = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(place as u64 * 977);
        cells[5] = (number % 5).to_string();
        cells[6] = (number / 5 % 4).to_string();
        for (place, cell) in cells.iter_mut().enumerate().skip(7) {
            // lower by 1 to 7 %, so that they stay prices
            let factor = 1.0 - (1 + (number >> place) % 7) as f64 / 100.0;
            *cell = format!("{:.2}", cell.parse::<f64>().unwrap() * factor);
        }
        cells.join(",")
    });
    lines.collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// Whatever happens from a day on, not a byte of what was told before the questions of that day is another.
    #[test]
    fn the_future_changes_no_line_that_is_told_before(row in 1_usize..7, seed in 0_u64..1_000_000) {
        let told = |matches: &str| {
            let folder = Folder::with(LOGGING);
            folder.write("matches.csv", matches);
            folder.json(&["--model-prices"]);
            folder.log()
        };
        let day = |place: usize| MATCHES.lines().nth(place).unwrap().split(',').nth(1).unwrap();
        let first = day(row + 1);
        let before = |log: &str| -> Vec<String> {
            let is_later = |line: &str| line.contains(&format!("\"date\":\"{first}\""));
            log.lines().take_while(|line| !is_later(line)).map(str::to_owned).collect()
        };
        let (usual, changed) = (told(MATCHES), told(&changed_from(row, seed)));
        prop_assert_ne!(&usual, &changed);
        // rows of the same day as the first changed one may come before it in the file
        prop_assert_eq!(before(&usual), before(&changed));
        prop_assert!(before(&usual).len() >= 2);
    }
}
