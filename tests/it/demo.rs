//! Two invented divisions to try everything on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::backtest::simbet;

/// A match as far as these tests need it.
#[derive(Debug)]
struct Row {
    division: String,
    season: i32,
    teams: [String; 2],
    goals: [i32; 2],
    shots: [i32; 4],
}

fn rows(csv: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let places = [
        "Div", "Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG", "HS", "AS", "HST", "AST",
    ]
    .map(at);
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        let text = |k: usize| record[places[k]].to_owned();
        let number = |k: usize| text(k).parse::<i32>().unwrap();
        let date: Vec<i32> = text(1)
            .split('/')
            .map(|part| part.parse().unwrap())
            .collect();
        Row {
            division: text(0),
            season: if date[1] < 7 { date[2] - 1 } else { date[2] },
            teams: [text(2), text(3)],
            goals: [number(4), number(5)],
            shots: [number(6), number(7), number(8), number(9)],
        }
    });
    records.collect()
}

/// The final table of a division: points, goal difference, goals, and then by name.
fn table(rows: &[Row], division: &str, season: i32) -> Vec<String> {
    let mut records: BTreeMap<&str, [i32; 3]> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|row| row.division == division && row.season == season)
    {
        for side in 0..2 {
            let [own, other] = [row.goals[side], row.goals[1 - side]];
            let record = records.entry(&row.teams[side]).or_default();
            record[0] += if own > other {
                3
            } else {
                i32::from(own == other)
            };
            record[1] += own - other;
            record[2] += own;
        }
    }
    let mut teams: Vec<_> = records.into_iter().collect();
    teams.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    teams.into_iter().map(|(team, _)| team.to_owned()).collect()
}

fn written(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.csv");
    simbet()
        .arg("demo")
        .arg(&path)
        .args(arguments)
        .assert()
        .success();
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_file_that_is_here_is_what_the_command_writes() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/demo.csv");
    assert!(fs::read_to_string(here).unwrap() == written(&[]));
}

#[test]
fn three_go_up_and_three_go_down() {
    let rows = rows(&written(&[]));
    assert_eq!(rows.len(), 5 * 2 * 16 * 15);
    for season in 2020..2024 {
        let [upper, lower] = ["SIM1", "SIM2"].map(|division| table(&rows, division, season));
        let [next_upper, next_lower] = ["SIM1", "SIM2"]
            .map(|division| BTreeSet::from_iter(table(&rows, division, season + 1)));
        let expected = upper[..13].iter().chain(&lower[..3]).cloned().collect();
        assert_eq!(next_upper, expected, "{season}");
        let expected = upper[13..].iter().chain(&lower[3..]).cloned().collect();
        assert_eq!(next_lower, expected, "{season}");
    }
}

#[test]
fn shots_go_with_goals_as_in_real_leagues() {
    let rows = rows(&written(&[]));
    let mean = |value: &dyn Fn(&Row) -> i32| {
        rows.iter().map(|row| f64::from(value(row))).sum::<f64>() / rows.len() as f64
    };
    assert!(
        rows.iter()
            .all(|row| row.goals[0] <= row.shots[2] && row.shots[2] <= row.shots[0])
    );
    assert!((10.0..16.0).contains(&mean(&|row| row.shots[0])));
    assert!((3.5..6.0).contains(&mean(&|row| row.shots[2])));
    assert!(mean(&|row| row.shots[0]) > mean(&|row| row.shots[1]));
}

#[test]
fn who_asks_for_fewer_seasons_gets_the_first_ones() {
    let all = written(&[]);
    assert!(all.starts_with(&written(&["--seasons", "2"])));
    assert!(!all.starts_with(&written(&["--seasons", "2", "--seed", "2"])));
}

#[test]
fn a_promoted_team_is_known_where_both_divisions_are_one_pool() {
    let left_out = |pool: &[&str]| {
        let run = simbet()
            .args(["backtest", "datasets/demo.csv", "--format", "json", "-q"])
            .args(pool)
            .assert()
            .success();
        let summary: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
        assert_eq!(summary["matches"], 2400);
        assert!(summary["bets"].as_u64().unwrap() > 100);
        summary["newcomer_bets"].as_u64().unwrap()
    };
    assert!(left_out(&["--pool", "SIM1+SIM2"]) < left_out(&[]));
}

#[test]
fn no_other_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    let mine = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG\nE0,08/08/2020,15:00,A,B,1,0\n";
    fs::write(&path, mine).unwrap();
    let run = simbet().arg("demo").arg(&path).assert().code(2);
    let error = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(
        error.contains("mine.csv is not what demo writes with --seed 1")
            && error.contains("name another file"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), mine);
    // its own it does replace, also by one of other seasons or of another seed
    let own = folder.path().join("own.csv");
    let demo = |arguments: &[&str]| simbet().arg("demo").arg(&own).args(arguments).assert();
    for arguments in [&[][..], &["--seasons", "2"], &[], &["--seed", "2"]] {
        demo(arguments).success();
    }
    demo(&["--seed", "2", "--seasons", "1"]).success();
}

#[test]
fn a_demo_that_was_edited_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.csv");
    let whole = written(&["--seasons", "1"]);
    let edited = [
        whole.replacen(",15:00,", ",16:00,", 1),
        format!("{whole}SIM1,09/08/2021\n"),
        whole[..whole.len() - 1].to_owned(),
        whole.replace('\n', "\r\n"),
    ];
    for edited in edited {
        assert_ne!(edited, whole);
        fs::write(&path, &edited).unwrap();
        let run = simbet().arg("demo").arg(&path).assert().code(2);
        let error = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(
            error.contains("or was edited, so it was not replaced"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    }
}

#[test]
fn a_demo_is_written_under_the_name_of_csv_alone() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["d.parquet", "demo", "demo.csv.gz"] {
        let path = folder.path().join(name);
        let run = simbet().arg("demo").arg(&path).assert().code(2);
        let error = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(
            error.contains("must end in .csv") && error.contains("simbet convert makes Parquet"),
            "{error}"
        );
        assert!(!path.exists());
    }
}
