//! Both teams to score: a market without a line that football-data does not have, from files and events to bets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use simbet::internals::schema::event::Event;
use simbet::{Book, Market, Selection, Side};

use crate::backtest::simbet;

const MATCHES: &str = "\
date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,odds_btts_yes,odds_btts_no,close_btts_yes,close_btts_no
2024-08-16,Ayton,Brae,1,0,2.00,3.50,4.00,1.80,2.00,1.75,2.05
2024-08-17,Crail,Deal,2,1,1.50,4.20,7.00,1.90,1.90,,
2024-08-18,Epsom,Frome,0,0,2.60,3.10,2.90,2.10,1.72,2.20,1.66
";

/// The margin is removed in proportion, which a hand can work out.
const BETS: [&str; 8] = [
    "--markets",
    "btts",
    "--strategy",
    "flat",
    "--stake",
    "10",
    "--margin-method",
    "multiplicative",
];

/// What a command prints.
fn printed(arguments: &[&str]) -> String {
    let run = simbet().args(arguments).assert().success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// A folder with the matches in it, and their file.
fn matches() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "matches.csv");
    fs::write(&file, MATCHES).unwrap();
    (folder, file)
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// Ten on each side of three matches that end 1-0, 2-1 and 0-0.
#[test]
fn bets_from_a_file_settle_as_by_hand() {
    let (folder, file) = matches();
    let out = path(folder.path(), "out");
    printed(&[&["backtest", &file, "--out", &out], &BETS[..]].concat());
    let bets = rows(&format!("{out}/bets.csv"));
    let found: Vec<_> = bets
        .iter()
        .map(|bet| {
            let cells = [
                "home_team",
                "selection",
                "odds",
                "result",
                "profit",
                "closing_odds",
            ];
            cells.map(|column| bet[column].as_str())
        })
        .collect();
    assert_eq!(
        found,
        [
            ["Ayton", "yes", "1.8", "loss", "-10", "1.75"],
            ["Ayton", "no", "2", "win", "10", "2.05"],
            ["Crail", "yes", "1.9", "win", "9", ""],
            ["Crail", "no", "1.9", "loss", "-10", ""],
            ["Epsom", "yes", "2.1", "loss", "-10", "2.2"],
            ["Epsom", "no", "1.72", "win", "7.2", "1.66"],
        ]
    );
    assert!(
        bets.iter()
            .all(|bet| bet["market"] == "btts" && bet["line"].is_empty())
    );
    // the price less its margin: (1/1.80) / (1/1.80 + 1/2.00)
    let chance: f64 = bets[0]["price_probability"].parse().unwrap();
    assert!((chance - 20.0 / 38.0).abs() < 1e-9, "{chance}");
}

/// Two in a hundred of what is won is kept: 10 · 0.98, and 7.20 · 0.98 to the cent.
#[test]
fn it_has_a_commission_of_its_own() {
    let (folder, file) = matches();
    let out = path(folder.path(), "out");
    let own = ["--commission", "btts=0.02", "--selections", "no"];
    printed(&[&["backtest", &file, "--out", &out], &BETS[..], &own[..]].concat());
    let bets = rows(&format!("{out}/bets.csv"));
    let profits: Vec<_> = bets.iter().map(|bet| bet["profit"].as_str()).collect();
    assert_eq!(profits, ["9.8", "-10", "7.06"]);
}

#[test]
fn a_model_prices_it() {
    let (folder, file) = matches();
    let fixtures = path(folder.path(), "next.csv");
    fs::write(
        &fixtures,
        "league,date,home_team,away_team,odds_btts_yes,odds_btts_no\nmatches,2024-09-01,Ayton,Deal,9.00,1.05\n",
    )
    .unwrap();
    let arguments = [
        "predict",
        &file,
        "--fixtures",
        &fixtures,
        "--markets",
        "btts",
        "--min-matches",
        "0",
        "--format",
        "json",
    ];
    let predicted: Value = serde_json::from_str(&printed(&arguments)).unwrap();
    let text = predicted.to_string();
    assert!(
        text.contains("\"btts\"") && text.contains("\"yes\""),
        "{text}"
    );
}

#[test]
fn the_plain_form_has_its_columns_where_it_is_asked_for() {
    let (folder, file) = matches();
    let [asked, again, without] =
        ["asked.csv", "again.csv", "without.csv"].map(|name| path(folder.path(), name));
    let convert = |from: &str, to: &str, markets: &str| {
        printed(&["convert", from, "--markets", markets, "--output", to]);
        fs::read_to_string(to).unwrap()
    };
    let written = convert(&file, &asked, "1x2,btts");
    let header = written.lines().next().unwrap();
    assert!(
        header.contains(",odds_ah_away,odds_btts_yes,odds_btts_no,close_home,"),
        "{header}"
    );
    assert!(
        header.ends_with(",close_ah_away,close_btts_yes,close_btts_no,status"),
        "{header}"
    );
    assert_eq!(rows(&asked)[2]["close_btts_no"], "1.66");
    assert_eq!(convert(&asked, &again, "1x2,btts"), written);
    assert!(!convert(&file, &without, "1x2,ou,ah").contains("btts"));
    if cfg!(feature = "parquet") {
        let parquet = path(folder.path(), "asked.parquet");
        printed(&[
            "convert",
            &file,
            "--markets",
            "1x2,btts",
            "--output",
            &parquet,
        ]);
        assert_eq!(convert(&parquet, &again, "1x2,btts"), written);
    }
}

#[test]
fn an_event_quotes_it() {
    let entry = |market: Value| {
        json!({ "event_type": "match_event", "timestamp": "2024-08-16T18:00:00Z", "data": {
            "match_id": "m1", "home_team": "Ayton", "away_team": "Brae", "minute": 0, "home_goals": 0, "away_goals": 0,
            "quotes": [{ "market": market, "selection": "no", "odds": 2.05 }], "timestamp": "2024-08-16T18:00:00Z"
        }})
        .to_string()
    };
    let line = entry(json!("btts"));
    let Ok(Event::Prices(event)) = Event::of_line(line.as_bytes(), Book::AVG) else {
        panic!("these are prices");
    };
    let wanted = Selection::new(Market::BothTeamsToScore, Side::No).unwrap();
    assert_eq!(
        (event.quotes[0].selection, event.quotes[0].odds.decimal()),
        (wanted, 2.05)
    );
    let line = entry(json!("corners"));
    let refusal = Event::of_line(line.as_bytes(), Book::AVG)
        .unwrap_err()
        .to_string();
    assert_eq!(
        refusal,
        "quotes[0].market: expected 1x2, ou, ah or btts, found \"corners\""
    );
}

#[test]
fn a_stream_gives_the_bets_of_the_file() {
    let (folder, file) = matches();
    let [traded, replayed] = ["traded", "replayed"].map(|name| path(folder.path(), name));
    let events = printed(&["publish", &file, "--markets", "1x2,btts"]);
    assert!(
        events.contains("\"market\":\"btts\",\"selection\":\"yes\""),
        "{events}"
    );
    printed(&[&["backtest", &file, "--out", &replayed], &BETS[..]].concat());
    let trade = [&["trade", "-", "--out", &traded], &BETS[..]].concat();
    simbet().args(trade).write_stdin(events).assert().success();
    let bets = |out: &str| {
        let bets = rows(&format!("{out}/bets.csv")).into_iter();
        bets.map(|bet| {
            ["home_team", "selection", "odds", "profit"].map(|column| bet[column].clone())
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(bets(&replayed).len(), 6);
    assert_eq!(bets(&traded), bets(&replayed));
}

/// What is priced for one market moves no price of another, and no score.
#[test]
fn an_emitted_run_has_it_where_it_is_bet_on_and_is_else_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let emit = |markets: &str| {
        let file = path(folder.path(), "emitted.csv");
        printed(&[
            "simulate",
            "--seed",
            "5",
            "--matches",
            "40",
            "--emit",
            &file,
            "--markets",
            markets,
        ]);
        rows(&file)
    };
    let (with, without) = (emit("1x2,btts"), emit("1x2"));
    assert_eq!(with.len(), without.len());
    for (with, without) in with.iter().zip(&without) {
        let prices = [
            "odds_btts_yes",
            "odds_btts_no",
            "close_btts_yes",
            "close_btts_no",
        ];
        assert!(
            prices
                .iter()
                .all(|name| with[*name].parse::<f64>().is_ok_and(|odds| odds > 1.0))
        );
        let others = |row: &BTreeMap<String, String>| {
            let mut row = row.clone();
            row.retain(|name, _| !name.contains("btts"));
            row
        };
        assert_eq!(&others(with), without);
    }
}

#[test]
fn a_commission_is_named_where_there_is_one() {
    use simbet::Commission;
    let written = |text: &str| text.parse::<Commission>().unwrap().to_string();
    assert_eq!(written("1x2=0.05"), "1x2=0.05");
    assert_eq!(written("btts=0.02, 0.01"), "0.01,btts=0.02");
    assert_eq!(written("0.03"), "0.03");
}
