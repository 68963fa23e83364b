//! `simbet inspect`: what was understood of files, and how it is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases")
}

/// What `simbet inspect` says of files: its exit code, and both of its outputs.
fn inspect(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_simbet"))
        .arg("inspect")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let [stdout, stderr] = [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (run.status.code().unwrap(), stdout, stderr)
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Whether a file is read by the build that is tested, and is one of matches.
fn is_inspected(name: &str) -> bool {
    let is_events = name.ends_with(".ndjson");
    !is_events && (cfg!(feature = "parquet") || !name.ends_with(".parquet"))
}

#[test]
fn what_is_said_of_every_case() {
    for case in names(&folder()) {
        let place = folder().join(&case);
        let files = names(&place);
        let files: Vec<&str> = files
            .iter()
            .map(String::as_str)
            .filter(|name| is_inspected(name))
            .collect();
        if files.is_empty() {
            continue;
        }
        let (code, stdout, stderr) = inspect(&place, &files);
        insta::assert_snapshot!(
            case.as_str(),
            format!(
                "simbet inspect {}\n\n{stdout}\n{stderr}\nexit code {code}",
                files.join(" ")
            )
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let temporary = tempfile::tempdir().unwrap();
    let good = "date,home_team,away_team,home_goals,away_goals\n2023-08-05,Ashford,Bexley,2,0\n";
    fs::write(temporary.path().join("good.csv"), good).unwrap();
    fs::write(temporary.path().join("bad.csv"), "a,b\n1,2\n").unwrap();
    let (code, stdout, _) = inspect(
        temporary.path(),
        &["bad.csv", "good.csv", "--format", "json"],
    );
    assert_eq!(code, 1);
    let inspection: Value = serde_json::from_str(&stdout).unwrap();
    let files = inspection["files"].as_array().unwrap();
    assert!(files[0]["problem"].as_str().unwrap().starts_with("bad.csv"));
    assert_eq!(files[1]["problem"], Value::Null);
    assert_eq!(files[1]["tables"][0]["rows"], 1);
    assert_eq!(inspection["leagues"][0]["teams"]["Ashford"], 1);
}

#[test]
fn every_column_is_listed_for_programs() {
    let temporary = tempfile::tempdir().unwrap();
    let text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,Attendance,PSH,PSD,PSA\nX1,13/08/2023,A,B,1,0,900,2.1,3.4,3.6\n";
    fs::write(temporary.path().join("X1.csv"), text).unwrap();
    let (code, stdout, _) = inspect(temporary.path(), &["X1.csv", "--format", "csv"]);
    assert_eq!(code, 0);
    let mut lines = stdout.lines();
    assert_eq!(lines.next(), Some("table,column,header,read_as"));
    assert!(
        lines.clone().any(|line| line == "X1.csv,7,Attendance,"),
        "{stdout}"
    );
    assert!(
        lines.any(|line| line == "X1.csv,9,PSD,odds of ps: 1x2 draw"),
        "{stdout}"
    );
}

/// A league whose teams meet on ten days, and these further rows.
fn league(folder: &Path, further: &str) -> String {
    let mut csv =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    for day in 1..=10 {
        csv += &format!("L,2023-08-{day:02},Northgate,Ashby,1,0,2.4,3.3,2.95\n");
    }
    fs::write(folder.join("in.csv"), csv + further).unwrap();
    let (code, stdout, stderr) = inspect(folder, &["in.csv"]);
    assert_eq!(code, 0, "{stderr}");
    stdout
}

#[test]
fn misspelt_names_are_shown_beside_those_that_they_look_like() {
    let folder = tempfile::tempdir().unwrap();
    let said = league(
        folder.path(),
        "L,2023-09-01,North Gate,Asbhy,,,,,\nL,2023-09-08,North Gate,Corfield,,,,,\nL,2023-09-15,North Gate,Corfield,,,,,\n",
    );
    assert!(
        said.contains(
            "Names of L that look alike: Asbhy (1) and Ashby (10), North Gate (3) and Northgate (10); --alias reads them as one"
        ),
        "{said}"
    );
    let said = league(folder.path(), "");
    assert!(!said.contains("look alike"), "{said}");
}

#[test]
fn fixtures_are_not_counted_as_matches_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let said = league(
        folder.path(),
        "L,2023-09-01,Northgate,Ashby,,,2.4,3.3,2.95\n",
    );
    for part in [
        "Teams of L and their matches and fixtures: Ashby 11",
        "Books: matches and fixtures with a price",
        "in % of its matches and fixtures",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = league(folder.path(), "");
    assert!(
        said.contains("Teams of L and their matches: Ashby 10"),
        "{said}"
    );
}

#[test]
fn the_book_of_prices_that_name_none_is_said_to_be_assumed() {
    let folder = tempfile::tempdir().unwrap();
    let said = league(folder.path(), "");
    let sentence = "in.csv: no column of books: prices that name none count as those of the first --book, which is avg";
    assert!(said.contains(sentence), "{said}");
    for named in [
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA\nL,2023-08-05,A,B,1,0,2.4,3.3,2.95\n",
        "league,date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away\n\
         L,2023-08-05,A,B,1,0,avg,2.4,3.3,2.95\n",
    ] {
        fs::write(folder.path().join("named.csv"), named).unwrap();
        let (_, said, _) = inspect(folder.path(), &["named.csv"]);
        assert!(!said.contains("no column of books"), "{said}");
    }
}

#[test]
fn what_is_odd_is_said_of_each_file_with_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let header = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,Status\n";
    let rows = "X1,05/08/2023,Ashford,Bexley,2,0,FT\nX1,soon,Corby,Dunmow,1,1,FT\n";
    let more = "X1,06/08/2023,Epsom,Frome,0,0,Awarded\nX1,then,Goole,Hythe,1,1,FT\n";
    fs::write(folder.path().join("a.csv"), format!("{header}{rows}")).unwrap();
    fs::write(folder.path().join("b.csv"), format!("{header}{more}{rows}")).unwrap();
    let (_, said, _) = inspect(folder.path(), &["a.csv", "b.csv", "--on-bad-row", "skip"]);
    for expected in [
        "6 rows: 1 match, 0 fixtures, 1 void, 1 repeat, 0 empty, 3 left out",
        "3 rows without a readable date: left out (a.csv: line 3, b.csv: 2 from line 3)",
        "1 row of an awarded match: no result, bets on it are void (b.csv: line 2)",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let (_, said, _) = inspect(folder.path(), &["b.csv"]);
    let expected =
        "With --on-bad-row skip: 2 rows without a readable date: left out (first in line 3)";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn why_a_file_cannot_be_read_is_said_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("epl.csv"), "").unwrap();
    let expected = "cannot read elp.csv: no such file, did you mean epl.csv?";
    let (code, said, _) = inspect(folder.path(), &["elp.csv"]);
    assert_eq!(code, 1);
    assert_eq!(said, format!("Cannot be used: {expected}\n\n"));
    let (_, said, _) = inspect(folder.path(), &["elp.csv", "--format", "json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["files"][0]["problem"], expected);
}

#[test]
#[cfg(unix)]
fn a_file_without_permission_is_said_to_be_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.csv");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return eprintln!("skipped: root reads every file");
    }
    let (_, said, _) = inspect(folder.path(), &["locked.csv"]);
    let expected = "Cannot be used: cannot read locked.csv: Permission denied";
    assert!(said.starts_with(expected), "{said}");
}
