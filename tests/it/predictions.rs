//! `predict` where there is nothing to predict or nothing to bet on: it says what is missing.

use std::fs;

use serde_json::Value;

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

/// What is printed in JSON, by this command on files of these texts, the first of which is the history.
fn json_of(command: &str, history: &str, fixtures: Option<&str>, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let [past, future] = ["past.csv", "future.csv"].map(|name| folder.path().join(name));
    fs::write(&past, history).unwrap();
    let mut simbet = simbet();
    simbet.arg(command).arg(&past);
    if let Some(fixtures) = fixtures {
        fs::write(&future, fixtures).unwrap();
        simbet.arg("--fixtures").arg(&future);
    }
    let done = simbet.args(["--format", "json"]).args(more).assert();
    serde_json::from_slice(&done.success().get_output().stdout).unwrap()
}

/// The history with the same three prices in every row.
fn priced_history() -> String {
    let mut lines = Vec::new();
    for (i, line) in history().lines().enumerate() {
        let more = if i == 0 {
            "odds_home,odds_draw,odds_away"
        } else {
            "2.4,3.3,2.95"
        };
        lines.push(format!("{line},{more}"));
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_side_has_price_fair_odds_value_and_stake_or_the_reason() {
    let fixtures = format!("{FIXTURE}{NEXT},1.25,6.5,11\nL,2023-01-20,Zeals,Farley,1.9,3.4,4.2\n");
    let done = json_of("predict", &history(), Some(&fixtures), &[]);
    let rows = done["selections"].as_array().unwrap();
    assert_eq!(rows.len(), 6, "{done}");
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        let (odds, fair) = (number("odds"), number("fair_odds"));
        assert!((number("probability") * fair - 1.0).abs() < 1e-6, "{row}");
        assert!((number("expected_value") - (odds / fair - 1.0)).abs() < 1e-6);
        assert_eq!(row["book"], "avg");
        assert_ne!(row["stake"].is_null(), row["reason"].is_null(), "{row}");
        if row["home_team"] == "Zeals" {
            assert_eq!(row["reason"], "newcomer");
        }
    }
    let staked: f64 = rows.iter().filter_map(|row| row["stake"].as_f64()).sum();
    assert!(staked > 0.0, "{done}");
    assert_eq!(done["staked"].as_f64(), Some(staked));
    assert_eq!(done["bankroll"], 10_000.0);
}

#[test]
fn a_fixture_without_prices_has_fair_odds() {
    let fixtures = format!("{FIXTURE}{NEXT},,,\n");
    let [out, _] = printed(&fixtures, &["--markets", "1x2,btts"]);
    assert!(out.contains("both score: yes"), "{out}");
    let done = json_of(
        "predict",
        &history(),
        Some(&fixtures),
        &["--markets", "1x2,btts"],
    );
    let rows = done["selections"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert!(row["fair_odds"].as_f64().unwrap() > 1.0);
        assert!(row["odds"].is_null() && row["expected_value"].is_null());
        assert_eq!(row["reason"], "no_price");
    }
}

#[test]
fn a_handicap_is_shown_from_the_side_that_is_backed() {
    let fixtures = format!(
        "league,date,home_team,away_team,AvgH,AvgD,AvgA,AHh,AvgAHH,AvgAHA,Avg>2.5,Avg<2.5\n{NEXT},1.9,3.4,4.2,-1,1.9,1.95,1.9,1.95\n"
    );
    let [out, _] = printed(&fixtures, &["--markets", "1x2,ou,ah"]);
    for words in ["Northgate -1", "Ashby +1", "over 2.5", "under 2.5"] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn what_is_recommended_is_what_a_backtest_bets() {
    let rows = [
        "L,2023-01-20,Northgate,Ashby",
        "L,2023-01-20,Corfield,Farley",
        "L,2023-01-20,Dunmore,Eltham",
    ];
    let prices = ["1.25,6.5,11", "3.4,3.3,2.95", "2.9,3.9,2.1"];
    let header =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";
    let unpriced: Vec<String> = history()
        .lines()
        .skip(1)
        .map(|row| format!("{row},,,"))
        .collect();
    let with = |score: &str| {
        let rows = rows.iter().zip(prices);
        let rows: Vec<String> = rows
            .map(|(row, odds)| format!("{row},{score},{odds}"))
            .collect();
        format!("{header}\n{}\n", rows.join("\n"))
    };
    let past = format!("{header}\n{}\n", unpriced.join("\n"));
    let whole = past.clone() + with("1,0").split_once('\n').unwrap().1;
    for strategy in ["ev", "kelly", "flat", "proportional"] {
        let flags = ["--strategy", strategy];
        let today = json_of("predict", &past, Some(&with(",")), &flags);
        let replayed = json_of(
            "backtest",
            &whole,
            None,
            &[&flags[..], &["--bets"]].concat(),
        );
        let common = |bets: &Value| -> Vec<String> {
            let names = ["bet_id", "placed_at", "book", "odds", "stake"];
            let bets = bets.as_array().unwrap().iter();
            bets.map(|bet| names.map(|name| bet[name].to_string()).join(" "))
                .collect()
        };
        let bets = common(&today["bets"]);
        assert!(!bets.is_empty(), "{strategy}");
        assert_eq!(bets, common(&replayed["bets_list"]), "{strategy}");
    }
}

#[test]
fn the_figure_against_the_market_is_that_of_the_backtest() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n");
    let done = json_of("predict", &priced_history(), Some(&fixtures), &[]);
    let against = &done["against_market"];
    let from = against["from"].as_str().unwrap();
    let replayed = json_of("backtest", &priced_history(), None, &["--from", from]);
    let close =
        |one: &Value, other: &Value| (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() < 1e-9;
    assert!(close(
        &against["model_log_loss"],
        &replayed["model"]["log_loss"]
    ));
    assert!(close(
        &against["market_log_loss"],
        &replayed["market"]["log_loss"]
    ));
    assert_eq!(against["matches"], replayed["market"]["n"]);
}

#[test]
fn without_prices_in_the_history_nothing_is_said_of_the_market() {
    let [out, _] = printed(&format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n"), &[]);
    assert!(out.contains("cannot be said"), "{out}");
}

/// The history with three rows without a score: long past, late in the history, and after it.
fn history_with_dead_matches() -> String {
    let mut lines: Vec<String> = history().lines().map(str::to_owned).collect();
    lines.push("L,2022-01-05,Ashby,Holme,,".to_owned());
    lines.push("L,2023-02-05,Garth,Holme,,".to_owned());
    lines.join("\n") + "\n"
}

/// The matches that are predicted, and what is said on stderr.
fn predicted(history: &str, fixtures: &str, more: &[&str]) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let [past, future] = ["past.csv", "future.csv"].map(|name| folder.path().join(name));
    fs::write(&past, history).unwrap();
    fs::write(&future, fixtures).unwrap();
    let done = simbet()
        .arg("predict")
        .arg(&past)
        .arg("--fixtures")
        .arg(&future)
        .args(["--format", "json"])
        .args(more)
        .assert()
        .success();
    let output = done.get_output();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = json["predictions"].as_array().unwrap().iter();
    let of = |row: &Value| row["home_team"].as_str().unwrap().to_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (rows.map(of).collect(), said)
}

#[test]
fn a_match_of_the_history_without_a_score_is_no_fixture() {
    let fixtures = format!("{FIXTURE}{NEXT},1.25,6.5,11\n");
    let (homes, said) = predicted(&history_with_dead_matches(), &fixtures, &[]);
    assert_eq!(homes, ["Northgate"]);
    let words = "2 rows without a score that are in no file of --fixtures: left out";
    assert!(said.contains(words), "{said}");
    // what stands in both is a fixture
    let both = format!("{fixtures}L,2023-02-05,Garth,Holme,2,3,4\n");
    let (homes, said) = predicted(&history_with_dead_matches(), &both, &[]);
    assert_eq!(homes, ["Northgate", "Garth"]);
    assert!(said.contains("1 row without a score that is in"), "{said}");
}

#[test]
fn a_fixture_before_the_last_result_of_its_league_is_none() {
    let dead = "L,2022-01-05,Ashby,Holme,1.25,6.5,11\n";
    let fixtures = format!("{FIXTURE}{NEXT},1.25,6.5,11\n{dead}");
    let (homes, said) = predicted(&history(), &fixtures, &[]);
    assert_eq!(homes, ["Northgate"]);
    assert!(said.contains("Ashby – Holme on 2022-01-05"), "{said}");
    refused(
        &format!("{FIXTURE}{dead}"),
        &[],
        &["nothing is predicted: what has no score in --fixtures is of days before"],
    );
}

#[test]
fn old_results_are_said_to_be_old() {
    let fixtures = format!("{FIXTURE}L,2030-08-20,Northgate,Ashby,1.25,6.5,11\n");
    let (_, said) = predicted(&history(), &fixtures, &[]);
    assert!(said.contains("the results of L end on 2022-"), "{said}");
    let soon = format!("{FIXTURE}L,2022-06-20,Northgate,Ashby,1.25,6.5,11\n");
    let (_, said) = predicted(&history(), &soon, &[]);
    assert!(!said.contains("the results of L end"), "{said}");
}

#[test]
fn no_bets_has_the_reasons_of_the_rows() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,9\n");
    let cases = [
        (
            vec!["--min-odds", "100"],
            "3 outside --min-odds and --max-odds",
        ),
        (
            vec!["--max-odds", "1.05"],
            "3 outside --min-odds and --max-odds",
        ),
        (
            vec!["--min-prob", "0.9"],
            "3 of a probability below --min-prob",
        ),
        (vec!["--min-stake", "9000"], "--min-stake"),
        (vec!["--bankroll", "0"], "bankroll"),
        (
            vec!["--strategy", "flat", "--stake", "20000"],
            "3 for more than is free of the bankroll",
        ),
    ];
    for (more, words) in cases {
        let [out, _] = printed(&fixtures, &more);
        let sentence = out.lines().find(|line| line.starts_with("No bets:"));
        let sentence = sentence.unwrap_or_else(|| panic!("{more:?}: {out}"));
        assert!(sentence.contains(words), "{more:?}: {sentence}");
        assert!(!sentence.contains("no odds were far enough"), "{sentence}");
    }
}

#[test]
fn what_takes_all_of_the_bankroll_says_so() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,9\n");
    let [out, _] = printed(&fixtures, &["--strategy", "flat", "--stake", "5000"]);
    let words = "10,000.00 staked on 2 bets, from a bankroll of 10,000.00, of which 0.00 is left. 1 more bet was wanted and not \
                 placed: 1 for more than is free of the bankroll.";
    assert!(out.contains(words), "{out}");
    assert!(out.contains(" 5,000.00 "), "{out}");
    let [out, _] = printed(&fixtures, &["--strategy", "flat", "--stake", "10"]);
    assert!(out.contains("from a bankroll of 10,000.00.\n"), "{out}");
}

#[test]
fn newcomers_on_both_sides_are_both_named() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,4\nL,2023-01-20,Zeals,Quorn,1.9,3.4,4\n");
    let [_, said] = printed(&fixtures, &[]);
    assert!(said.contains("Quorn 0, Zeals 0"), "{said}");
}

#[test]
fn a_book_or_market_that_nothing_has_is_named() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n");
    for books in ["avg,xyz", "best:avg,xyz"] {
        let (_folder, arguments) = arguments(&fixtures);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let words = ["no match has a price of xyz, which --book names"];
        fails(&[&arguments[..], &["--book", books]].concat(), 2, &words);
    }
    let [_, said] = printed(&fixtures, &["--markets", "1x2,btts,ou"]);
    for market in ["btts", "ou"] {
        let words = format!("no fixture has a price of {market}, which --markets names");
        assert!(said.contains(&words), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("past.csv");
    fs::write(&path, priced_history()).unwrap();
    let path = path.to_str().unwrap();
    for (option, value) in [("--markets", "1x2,btts"), ("--book", "avg,xyz")] {
        fails(
            &["backtest", path, option, value],
            2,
            &["no match has a price of"],
        );
    }
}

#[test]
fn what_predict_does_not_use_is_refused() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,4.2\n");
    let cases = [
        ["--pool", "L+M"],
        ["--market-book", "xyz"],
        ["--stop-drawdown", "0.5"],
    ];
    for case in cases {
        let (_folder, arguments) = arguments(&fixtures);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let words = format!("{} has no effect", case[0]);
        fails(&[&arguments[..], &case].concat(), 2, &[&words]);
    }
}

#[test]
fn the_comparison_with_the_market_needs_no_bets_on_who_wins() {
    let fixtures = "league,date,home_team,away_team,ou_line,odds_over,odds_under\n\
                    L,2023-01-20,Northgate,Ashby,2.5,1.9,1.9\n";
    let folder = tempfile::tempdir().unwrap();
    let [past, future] = ["past.csv", "future.csv"].map(|name| folder.path().join(name));
    fs::write(&past, priced_history()).unwrap();
    fs::write(&future, fixtures).unwrap();
    let done = simbet()
        .arg("predict")
        .arg(&past)
        .arg("--fixtures")
        .arg(&future)
        .args(["--markets", "ou"])
        .assert()
        .success();
    let out = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(!out.contains("cannot be said"), "{out}");
    assert!(out.contains("On who wins (1X2), over the last"), "{out}");
    assert!(
        out.contains("forecasts and prices of ou are, this does not say"),
        "{out}"
    );
}

#[test]
fn standard_input_is_not_called_a_dash() {
    let (_folder, arguments) = arguments("");
    let played =
        "league,date,home_team,away_team,home_goals,away_goals\nL,2023-01-20,Northgate,Ashby,1,0\n";
    let done = simbet()
        .args(["predict", &arguments[1], "--fixtures", "-"])
        .write_stdin(played)
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        said.contains("standard input has no match still to be played"),
        "{said}"
    );
}

#[test]
fn a_bet_says_what_is_backed() {
    let fixtures = format!("{FIXTURE}{NEXT},1.9,3.4,9\n");
    let more = ["--strategy", "flat", "--selections", "away"];
    let done = json_of("predict", &history(), Some(&fixtures), &more);
    assert_eq!(done["bets"][0]["backed"], "away");
}
