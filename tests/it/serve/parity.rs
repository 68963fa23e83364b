//! Posted one by one, events lead to the bets and the bankroll of a backtest.

use serde_json::Value;

use super::Service;
use crate::backtest::simbet;
use crate::stream::of_publisher;

/// Bets as far as a table and an answer both have them: id, selection, odds, stake, payout.
type Bet = (String, String, String, String, String);

fn of_backtest(settings: &[&str]) -> (Vec<Bet>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = simbet();
    command
        .args([
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--min-matches",
            "0",
            "--out",
        ])
        .arg(folder.path())
        .args(settings)
        .assert()
        .success();
    let mut table = csv::Reader::from_path(folder.path().join("bets.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let mut bets = Vec::new();
    for row in table.records().map(Result::unwrap) {
        let cell =
            |name: &str| row[header.iter().position(|other| other == name).unwrap()].to_owned();
        if cell("result") != "refused" {
            let number = |name| format!("{:.4}", cell(name).parse::<f64>().unwrap());
            bets.push((
                cell("bet_id"),
                cell("selection"),
                number("odds"),
                number("stake"),
                number("payout"),
            ));
        }
    }
    bets.sort();
    let summary: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("summary.json")).unwrap())
            .unwrap();
    (bets, summary["final_bankroll"].to_string())
}

fn of_service(settings: &[&str]) -> (Vec<Bet>, String) {
    let (service, _folder) = Service::new(settings);
    let stream = simbet()
        .args(["publish", "datasets/epl.csv"])
        .args(of_publisher(settings))
        .assert()
        .success();
    for line in String::from_utf8(stream.get_output().stdout.clone())
        .unwrap()
        .lines()
    {
        let entry: Value = serde_json::from_str(line).unwrap();
        match entry["event_type"].as_str().unwrap() {
            "match_event" => drop(service.post("/match-events", &entry["data"]).ok()),
            "match_result" => drop(service.post("/match-results", &entry["data"]).ok()),
            _ => {}
        }
    }
    let (mut bets, mut query) = (Vec::new(), "?limit=500".to_owned());
    loop {
        let page = service.get(&format!("/bets{query}")).ok();
        for bet in page["bets"].as_array().unwrap() {
            let text = |name: &str| bet[name].as_str().unwrap().to_owned();
            let number = |name: &str| format!("{:.4}", bet[name].as_f64().unwrap());
            bets.push((
                text("bet_id"),
                text("selection"),
                number("odds_taken"),
                number("stake"),
                number("payout"),
            ));
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=500&cursor={cursor}");
    }
    bets.sort();
    (bets, service.get("/bankroll").ok()["current"].to_string())
}

#[test]
fn events_that_are_posted_one_by_one_lead_to_the_bets_of_a_backtest() {
    let settings: [&[&str]; 2] = [
        &[],
        &[
            "--strategy",
            "kelly",
            "--markets",
            "1x2,ou,ah",
            "--book",
            "best:ps,b365",
        ],
    ];
    for settings in settings {
        let (expected, posted) = (of_backtest(settings), of_service(settings));
        assert!(expected.0.len() > 20, "{settings:?} hardly bets");
        for (posted, expected) in posted.0.iter().zip(&expected.0) {
            assert_eq!(posted, expected, "{settings:?}");
        }
        assert_eq!(
            (posted.0.len(), posted.1),
            (expected.0.len(), expected.1),
            "{settings:?}"
        );
    }
}
