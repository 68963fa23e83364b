//! What files of probabilities were once taken for, or were not told.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::backtest::simbet;

/// What a command says on stdout and on stderr, in a folder with these files.
fn said(files: &[(&str, &str)], arguments: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    said_in(folder.path(), arguments)
}

fn said_in(folder: &Path, arguments: &[&str]) -> (String, String) {
    let run = simbet()
        .current_dir(folder)
        .args(arguments)
        .assert()
        .success();
    let output = run.get_output();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

const BETS: [&str; 6] = [
    "backtest",
    "m.csv",
    "--model=file",
    "--probabilities=p.csv",
    "--format=csv",
    "--bets",
];

/// Matches of 120 days, with prices at evens, and forecasts that know their results.
fn known_results() -> [(&'static str, String); 2] {
    let mut matches =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    let mut own = "date,home_team,away_team,p_home,p_draw,p_away,known_at\n".to_owned();
    let first = jiff::civil::date(2023, 8, 1);
    for number in 0..120_i64 {
        let day = first + jiff::Span::new().days(number);
        let known = day - jiff::Span::new().days(1);
        let [score, p] = match number % 4 {
            0 => ["1,0", "0.9,0.05,0.05"],
            1 => ["0,0", "0.05,0.9,0.05"],
            2 => ["1,0", "0.8,0.1,0.1"],
            _ => ["0,1", "0.05,0.05,0.9"],
        };
        let teams = format!("T{},T{}", number % 7, 7 + number % 5);
        writeln!(matches, "L,{day},{teams},{score},2.9,2.9,2.9").unwrap();
        writeln!(own, "{day},{teams},{p},{known}").unwrap();
    }
    [("m.csv", matches), ("p.csv", own)]
}

/// Only a backtest said so: the command that judges models called them better, and no more.
#[test]
fn a_model_that_knew_the_results_is_said_to_by_every_command_that_judges_it() {
    let files = known_results();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    for arguments in [
        &["compare-models", "p.csv", "--results", "m.csv"][..],
        &[
            "tune",
            "m.csv",
            "--model=file",
            "--grid=probabilities=p.csv",
        ],
        &["backtest", "m.csv", "--model=file", "--probabilities=p.csv"],
    ] {
        let (text, notes) = said(&files, arguments);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("A lead of more than 0.05 is nearly always look-ahead"),
            "{arguments:?}: {text} {notes}"
        );
    }
}

/// An expected value of exactly 5 % passed or did not by its last digit.
#[test]
fn what_is_just_as_much_as_asked_is_not_above_it() {
    let mut matches =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    let mut own = "date,home_team,away_team,p_home,p_draw,p_away\n".to_owned();
    let pairs = [
        (0.5, 2.1),
        (0.42, 2.5),
        (0.525, 2.0),
        (0.7, 1.5),
        (0.35, 3.0),
        (0.3, 3.5),
        (0.21, 5.0),
        (0.25, 4.2),
        (0.6, 1.75),
        (0.15, 7.0),
    ];
    for (number, (p, odds)) in pairs.into_iter().enumerate() {
        let rest = (1.0 - p) / 2.0;
        let row = format!("2024-03-{:02},A{number},B{number}", number + 1);
        let other = 2.0 / (1.05 - 1.0 / odds);
        writeln!(matches, "L,{row},1,0,{odds},{other:.2},{other:.2}").unwrap();
        writeln!(own, "{row},{p},{rest},{rest}").unwrap();
    }
    let files = [("m.csv", &*matches), ("p.csv", &*own)];
    let rows = |more: &[&str]| {
        let (bets, _) = said(&files, &[&BETS[..], more].concat());
        bets.lines().count() - 1
    };
    assert_eq!(rows(&[]), 0);
    assert_eq!(rows(&["--min-ev=0.0499"]), 10);
}

#[test]
fn a_spelling_that_only_forecasts_have_is_no_alias_without_effect() {
    let matches = "league,date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        A,2024-03-01,15:00,United,City,2,1,2.0,3.5,4.0\nA,2024-03-02,15:00,Rovers,Town,1,1,2.2,3.4,3.5\n";
    let own = "date,home_team,away_team,p_home,p_draw,p_away\n2024-03-02,Rovrs,Town,0.6,0.2,0.2\n";
    let files = [("m.csv", matches), ("p.csv", own)];
    for alias in ["Rovrs=Rovers", "A:Rovrs=Rovers"] {
        let (bets, notes) = said(&files, &[&BETS[..], &["--alias", alias]].concat());
        assert_eq!(bets.lines().count(), 2, "{bets}");
        assert!(!notes.contains("has no effect"), "{alias}: {notes}");
    }
    let (_, notes) = said(
        &files,
        &[
            &BETS[..],
            &["--alias", "Rovrs=Rovers", "--alias", "Cty=City"],
        ]
        .concat(),
    );
    assert!(
        notes.contains("--alias \"Cty=City\" has no effect"),
        "{notes}"
    );
}

#[test]
fn two_of_three_probabilities_need_not_sum_to_one_but_to_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let matches = "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\nA,2024-03-01,United,City,2,1,2.0,3.5,4.0\n";
    fs::write(folder.path().join("m.csv"), matches).unwrap();
    let own = "date,home_team,away_team,p_home,p_draw\n2024-03-01,United,City,0.7,0.31\n";
    fs::write(folder.path().join("p.csv"), own).unwrap();
    let run = simbet()
        .current_dir(folder.path())
        .args(BETS)
        .assert()
        .failure();
    let error = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(
        error.contains("probabilities of two of three results, which sum to 1 at most"),
        "{error}"
    );
}
