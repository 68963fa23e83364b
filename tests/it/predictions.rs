//! `predict` where there is nothing to predict or nothing to bet on: it says what is missing.

use std::fs;

use crate::backtest::{fails, simbet};
use crate::knowledge::{FIXTURE, history};

/// `predict` on the history with these fixtures, as arguments; the folder has to be kept.
fn arguments(fixtures: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let [past, future] = ["past.csv", "future.csv"].map(|name| {
        let path = folder.path().join(name);
        path.to_str().unwrap().to_owned()
    });
    fs::write(&past, history()).unwrap();
    fs::write(&future, fixtures).unwrap();
    let arguments = ["predict", &past, "--fixtures", &future].map(str::to_owned);
    (folder, arguments.to_vec())
}

/// Fails with exit code 1 and these words.
fn refused(fixtures: &str, more: &[&str], words: &[&str]) {
    let (_folder, arguments) = arguments(fixtures);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    fails(&[&arguments, more].concat(), 1, words);
}

/// What is printed, and what is said on stderr.
fn printed(fixtures: &str, more: &[&str]) -> [String; 2] {
    let (_folder, arguments) = arguments(fixtures);
    let done = simbet().args(arguments).args(more).assert().success();
    let output = done.get_output();
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

const NEXT: &str = "L,2023-01-20,Northgate,Ashby";

#[test]
fn fixtures_without_the_book_that_was_asked_for_are_refused() {
    let b365 = format!("league,date,home_team,away_team,B365H,B365D,B365A\n{NEXT},1.9,3.4,4.2\n");
    let words = [
        "no match has a price of avg on 1x2",
        "hold prices of b365",
        "future.csv",
    ];
    refused(&b365, &[], &words);
    refused(&b365, &["--book", "ps"], &["no match has a price of ps"]);
    printed(&b365, &["--book", "b365"]);
    let own = format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n");
    refused(&own, &["--price", "close"], &["--price pre"]);
}

#[test]
fn no_bet_for_want_of_prices_is_not_put_down_to_the_odds() {
    let columns = format!("{FIXTURE}{NEXT},,,\n");
    let none = format!("league,date,home_team,away_team\n{NEXT}\n");
    for fixtures in [columns, none] {
        let [out, _] = printed(&fixtures, &[]);
        assert!(
            out.contains("No bets: no fixture has a price of avg on 1x2 before the match day."),
            "{out}"
        );
    }
    let one = format!("{FIXTURE}{NEXT},,,\nL,2023-01-20,Zeals,Farley,1.9,3.4,4.2\n");
    let [out, _] = printed(&one, &[]);
    assert!(
        out.contains("No bets: no fixture of teams that the model has seen enough of has a price"),
        "{out}"
    );
    let [out, _] = printed(&format!("{FIXTURE}{NEXT},1.9,3.4,3.9\n"), &[]);
    assert!(out.contains("No bets: no odds were far enough"), "{out}");
}

#[test]
fn nothing_to_predict_is_an_error_that_says_why() {
    let played =
        "league,date,home_team,away_team,home_goals,away_goals\nL,2023-01-20,Northgate,Ashby,1,0\n";
    refused(played, &[], &["future.csv has no match still to be played"]);
    let other = format!("{FIXTURE}M,2023-01-20,Alpha,Beta,1.25,6.5,11\n");
    let words = ["the fixtures are of M, and the results of L"];
    refused(&other, &[], &words);
    refused(&other, &["--format", "json"], &words);
    let slip = format!("{FIXTURE}L,2023-01-20,North Gate,Ashby,1.25,6.5,11\n");
    let words = [
        "did you mean \"Northgate\"?",
        "does not know the leagues or the names",
    ];
    refused(&slip, &[], &words);
    let late = format!("{FIXTURE}{NEXT},1.25,6.5,11\n");
    refused(&late, &["--from", "2024-01-01"], &["--from"]);
}

#[test]
fn nobody_is_told_that_the_fixtures_are_fixtures() {
    let [_, said] = printed(&format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n"), &[]);
    assert!(!said.contains("without a score"), "{said}");
}
