//! Which match a row is about, what is said of those that are about none, and where else probabilities are bet by.

use std::fs;

use serde_json::Value;

use super::{MATCHES, WIDE, bets, error, folder, json, with_file};
use crate::backtest::simbet;

/// The rows that are about no match, in words.
fn unmatched(row: &str) -> String {
    let text = format!("{WIDE}{row}\n");
    let run = with_file(MATCHES, &text, &[]);
    assert_eq!(run["probabilities"]["without_match"], 1, "{run:#}");
    assert_eq!(bets(&run).len(), 4);
    run["probabilities"]["unmatched"][0]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn rows_without_a_match_are_named_with_the_nearest() {
    for (row, said) in [
        (
            "2024-08-19,Ashby,Brae,0.5,0.3,0.2",
            "p.csv, line 6: 2024-08-19 Ashby – Brae: the match is on 2024-08-17",
        ),
        (
            "2024-08-17,Brae,Ashby,0.5,0.3,0.2",
            "p.csv, line 6: 2024-08-17 Brae – Ashby: home and away are swapped: the match is the other way round",
        ),
        (
            "2024-08-17,Ashbey,Brae,0.5,0.3,0.2",
            "p.csv, line 6: 2024-08-17 Ashbey – Brae: no team is called Ashbey, did you mean Ashby?",
        ),
        (
            "2024-08-17,Zz,Brae,0.5,0.3,0.2",
            "p.csv, line 6: 2024-08-17 Zz – Brae: no team is called Zz",
        ),
        (
            "2024-09-17,Ashby,Brae,0.5,0.3,0.2",
            "p.csv, line 6: 2024-09-17 Ashby – Brae: these two have no match within 3 days",
        ),
        (
            "2024-08-16,Brae,Ashby,0.5,0.3,0.2",
            "p.csv, line 6: 2024-08-16 Brae – Ashby: 2024-08-17 has it with home and away swapped",
        ),
    ] {
        assert_eq!(unmatched(row), said);
    }
}

#[test]
fn an_id_without_a_match_is_named_with_the_nearest() {
    let matches = MATCHES.replace("\nm", "\nmatch-2024-");
    let text =
        "match_id,p_home,p_draw,p_away\nmatch-2024-1,0.6,0.25,0.15\nmatch-2024-7,0.6,0.25,0.15\n";
    let run = with_file(&matches, text, &[]);
    assert_eq!(
        run["probabilities"]["unmatched"][0],
        "p.csv, line 3: match_id match-2024-7: no match has this id, did you mean match-2024-1?"
    );
}

#[test]
fn matches_without_a_row_are_counted_and_named() {
    let text: String = WIDE.lines().take(3).map(|row| format!("{row}\n")).collect();
    let run = with_file(MATCHES, &text, &[]);
    let said = &run["probabilities"];
    assert_eq!(
        (&said["matches"], &said["matches_with"]),
        (&Value::from(4), &Value::from(2))
    );
    assert_eq!(
        said["without"],
        serde_json::json!(["L1 2024-08-24 Brae – Corby", "L1 2024-08-25 Dunmow – Ashby"])
    );
    let folder = folder(MATCHES, &text);
    let mut run = simbet();
    run.current_dir(folder.path());
    let output = run
        .args([
            "backtest",
            "matches.csv",
            "--model",
            "file",
            "--probabilities",
            "p.csv",
        ])
        .assert()
        .success();
    let printed = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    for line in [
        "2 of 4 matches have probabilities (p.csv); look-ahead cannot be excluded: the file has no known_at",
        "2 matches have no row of probabilities:\n  L1 2024-08-24 Brae – Corby\n  L1 2024-08-25 Dunmow – Ashby",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
}

/// A row that is a day off, and one with a name that nobody knows.
#[test]
fn a_match_without_a_row_is_named_with_the_row_that_may_mean_it() {
    let text = WIDE
        .replace("2024-08-24", "2024-08-23")
        .replace("Dunmow,Ashby", "Dunmow,Ashbey");
    let run = with_file(MATCHES, &text, &[]);
    assert_eq!(
        run["probabilities"]["without"],
        serde_json::json!([
            "L1 2024-08-24 Brae – Corby (p.csv, line 4 may mean it)",
            "L1 2024-08-25 Dunmow – Ashby (p.csv, line 5 may mean it)"
        ])
    );
}

/// Two leagues with the same teams on the same day.
#[test]
fn a_match_of_two_leagues_needs_its_league() {
    let twice = MATCHES
        .lines()
        .skip(1)
        .map(|row| row.replace("L1", "L2").replace("\nm", "\nn"));
    let twice: String = twice.map(|row| format!("n{}\n", &row[1..])).collect();
    let matches = format!("{MATCHES}{twice}");
    let said = error(&matches, WIDE, &[], 1);
    assert!(
        said.ends_with("p.csv, line 2: Ashby – Brae on 2024-08-17 is a match of L1 and of L2: say which in a column league"),
        "{said}"
    );
    let named = WIDE.replace("\n2", "\nL2,2").replace("date", "league,date");
    let run = with_file(&matches, &named, &[]);
    assert_eq!(run["probabilities"]["matches_with"], 4);
    let wrong = format!("{named}L3,2024-08-17,Ashby,Brae,0.5,0.3,0.2\n");
    let run = with_file(&matches, &wrong, &[]);
    assert_eq!(
        run["probabilities"]["unmatched"][0],
        "p.csv, line 6: L3 2024-08-17 Ashby – Brae: this is a match of L1: write that in the column league, or leave the column out"
    );
}

#[test]
fn aliases_clubs_and_accents_are_the_same_team() {
    let matches = MATCHES
        .replace("Ashby", "Man United")
        .replace("Brae", "Köln");
    let expected = bets(&with_file(
        &matches,
        &WIDE.replace("Ashby", "Man United").replace("Brae", "Köln"),
        &[],
    ));
    let other = WIDE
        .replace("Ashby", "Manchester United")
        .replace("Brae", "Koln");
    assert_eq!(bets(&with_file(&matches, &other, &[])), expected);
    let alias = ["--alias", "The Reds=Man United"];
    let other = WIDE.replace("Ashby", "The Reds").replace("Brae", "KÖLN");
    assert_eq!(bets(&with_file(&matches, &other, &alias)), expected);
}

#[test]
fn columns_of_other_names_are_mapped() {
    let text = WIDE
        .replace("home_team", "Heim")
        .replace("p_home", "H")
        .replace("p_draw", "U")
        .replace("p_away", "A");
    let map = [
        "--map", "p_home=H", "--map", "p_draw=U", "--map", "p_away=A",
    ];
    let matches = MATCHES.replace("home_team", "Heim");
    let run = with_file(
        &matches,
        &text,
        &[&map[..], &["--map", "home_team=Heim"]].concat(),
    );
    assert_eq!(bets(&run).len(), 4);
    // a header that only one of the two kinds of files has
    let run = with_file(
        MATCHES,
        &text,
        &[&map[..], &["--map", "home_team=Heim"]].concat(),
    );
    assert_eq!(bets(&run).len(), 4);
}

/// Grids and strategies of a sweep share the probabilities.
#[test]
fn sweeps_bet_by_files() {
    let folder = folder(MATCHES, WIDE);
    fs::write(
        folder.path().join("q.csv"),
        WIDE.replace("0.6,0.25,0.15", "0.1,0.1,0.8"),
    )
    .unwrap();
    let sweep = |more: &[&str]| -> Value {
        let mut run = simbet();
        run.current_dir(folder.path());
        run.args([
            "sweep",
            "matches.csv",
            "-q",
            "--format",
            "json",
            "--resamples",
            "10",
            "--parts",
            "2",
        ]);
        let output = run.args(more).assert().success();
        serde_json::from_slice(&output.get_output().stdout).unwrap()
    };
    let by_strategy = sweep(&[
        "--model",
        "file",
        "--probabilities",
        "p.csv",
        "--strategies",
        "ev,kelly",
    ]);
    assert!(
        by_strategy.to_string().contains("\"bets\":4"),
        "{by_strategy:#}"
    );
    let by_file = sweep(&["--model", "file", "--grid", "probabilities=p.csv,q.csv"]);
    assert!(by_file.to_string().contains("q.csv"), "{by_file:#}");
}

/// The digests of the files stand in run.json, beside those of the matches.
#[test]
fn the_files_are_inputs_of_the_run() {
    let folder = folder(MATCHES, WIDE);
    json(folder.path(), &["--probabilities", "p.csv", "--out", "out"]);
    let run = fs::read(folder.path().join("out/run.json")).unwrap();
    let run: Value = serde_json::from_slice(&run).unwrap();
    let inputs = run["inputs"].as_array().unwrap();
    let paths: Vec<&str> = inputs
        .iter()
        .map(|input| input["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["matches.csv", "p.csv"]);
    assert_eq!(
        run["config"]["model"]["outside"]["sha256"][0],
        inputs[1]["sha256"]
    );
    assert_eq!(run["probabilities"]["matches_with"], 4);
}

#[test]
fn fixtures_are_predicted_by_files() {
    let history: String = MATCHES
        .lines()
        .take(3)
        .map(|row| format!("{row}\n"))
        .collect();
    let folder = folder(&history, WIDE);
    let fixtures = "date,home_team,away_team,league,odds_home,odds_draw,odds_away\n2024-08-24,Brae,Corby,L1,3.00,3.30,2.30\n";
    fs::write(folder.path().join("fixtures.csv"), fixtures).unwrap();
    let mut run = simbet();
    run.current_dir(folder.path());
    let output = run
        .args([
            "predict",
            "matches.csv",
            "--fixtures",
            "fixtures.csv",
            "--model",
            "file",
        ])
        .args(["--probabilities", "p.csv", "-q", "--format", "json"])
        .assert()
        .success();
    let said: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(said["predictions"][0]["win_prob_away"], 0.5);
    assert_eq!(said["bets"][0]["selection"], "away");
}

/// A stream of the same matches, found by their ids and by their names, gives the same bets.
#[test]
fn streams_bet_by_files() {
    let folder = folder(MATCHES, WIDE);
    let root = folder.path();
    let published = simbet()
        .current_dir(root)
        .args(["publish", "matches.csv", "-q"])
        .assert()
        .success();
    fs::write(root.join("events.ndjson"), &published.get_output().stdout).unwrap();
    let by_id: String = WIDE
        .lines()
        .zip(["match_id", "m1", "m2", "m3", "m4"])
        .map(|(row, id)| format!("{id},{}\n", row.splitn(4, ',').nth(3).unwrap()))
        .collect();
    fs::write(root.join("by_id.csv"), by_id).unwrap();
    let traded = |file: &str| {
        let mut run = simbet();
        run.current_dir(root);
        let arguments = [
            "trade",
            "events.ndjson",
            "--model",
            "file",
            "--probabilities",
            file,
            "-q",
        ];
        let output = run.args(arguments).assert().success();
        String::from_utf8_lossy(&output.get_output().stdout).into_owned()
    };
    let by_names = traded("p.csv");
    assert_eq!(
        by_names.matches("\"event_type\":\"bet\"").count(),
        4,
        "{by_names}"
    );
    assert_eq!(traded("by_id.csv"), by_names);
}

/// A league that the file calls otherwise, beside another.
#[test]
fn a_league_of_another_name_is_read_where_its_matches_are_of_one_league() {
    let text: String = WIDE
        .lines()
        .enumerate()
        .map(|(at, row)| {
            format!(
                "{},{row}\n",
                if at == 0 { "league" } else { "First Division" }
            )
        })
        .collect();
    let run = with_file(MATCHES, &text, &[]);
    assert_eq!(run["probabilities"]["matches_with"], 4);
    // two names cannot both be the one league
    let two = text.replacen("First Division,2024-08-17", "Second Division,2024-08-17", 1);
    let said = super::error(MATCHES, &two, &[], 1);
    assert!(
        said.contains(
            "this is a match of L1: write that in the column league, or leave the column out"
        ),
        "{said}"
    );
}
