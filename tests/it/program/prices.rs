//! Prices, for programs that ask for them.

use serde_json::Value;

use super::{Folder, LOGGING};

#[test]
fn prices_are_told_before_the_question_and_closing_ones_never() {
    let folder = Folder::with(LOGGING);
    folder.json(&["--model-prices"]);
    let log = folder.log();
    for closing in ["2.11", "3.41", "2.63", "2.14", "3.27"] {
        assert!(!log.contains(closing), "{closing} in {log}");
    }
    let kinds: Vec<&str> = log
        .lines()
        .map(|line| line.split('"').nth(3).unwrap())
        .collect();
    assert_eq!(
        kinds[..8],
        [
            "hello", "price", "predict", "result", "price", "price", "predict", "result"
        ]
    );
    let price: Value = serde_json::from_str(log.lines().nth(1).unwrap()).unwrap();
    assert_eq!(price["time"], "2024-08-16T00:00:00+00:00");
    assert_eq!(
        price["prices"].to_string(),
        r#"[{"market":"1x2","selection":"home","odds":2.2,"book":"avg"},{"market":"1x2","selection":"draw","odds":3.4,"book":"avg"},{"market":"1x2","selection":"away","odds":3.6,"book":"avg"}]"#
    );
}

#[test]
fn closing_prices_that_are_bet_at_are_told_at_kick_off() {
    let folder = Folder::with(LOGGING);
    folder.json(&["--model-prices", "--price", "close"]);
    let log = folder.log();
    let price: Value = serde_json::from_str(log.lines().nth(1).unwrap()).unwrap();
    assert_eq!(price["time"], "2024-08-16T19:00:00+00:00");
    assert_eq!(price["prices"][0]["odds"], 2.11);
    assert!(!log.contains(r#""odds":2.2,"#), "{log}");
}

#[test]
fn a_program_that_did_not_ask_is_told_none() {
    let folder = Folder::with(LOGGING);
    let without = folder.json(&[]);
    assert!(!folder.log().contains("price\""));
    // the answers are the same, and so is the run
    let with = Folder::with(LOGGING);
    assert_eq!(with.json(&["--model-prices"]), without);
}
