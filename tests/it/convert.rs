//! Files written in simbet's plain form: every market that was read, read again as it was.

use std::fs;
use std::path::Path;

use simbet::{Book, Matches, ReadConfig, read};

use crate::backtest::simbet;

/// Totals, handicaps and match odds of two books, before the match and at its close.
const FOOTBALL_DATA: &str = "\
Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,PSH,PSD,PSA,B365H,B365D,B365A,P>2.5,P<2.5,AHh,PAHH,PAHA,PSCH,PSCD,PSCA,AHCh,PCAHH,PCAHA
X1,06/08/2022,15:00,Ashby,Corfield,2,1,H,2.10,3.45,3.60,2.05,3.40,3.50,1.95,1.95,-0.25,1.83,2.08,2.00,3.50,3.90,-0.5,2.02,1.89
X1,13/08/2022,17:30,Dunmore,Elvet,0,0,D,1.80,3.60,4.60,,,,2.05,1.85,-0.75,2.02,1.89,,,,,,
X1,20/08/2022,,Corfield,Dunmore,,,,2.60,3.30,2.80,,,,,,0,1.90,2.00,,,,,,
";

const PLAIN: &str = "\
league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,ou_line,odds_over,odds_under,odds_btts_yes,odds_btts_no,close_btts_yes,close_btts_no
L,2024-08-16,Ayton,Brae,1,0,2.00,3.50,4.00,3.5,2.80,1.44,1.80,2.00,1.75,2.05
L,2024-08-17,Crail,Deal,2,1,1.50,4.20,7.00,,1.60,2.30,1.90,1.90,,
";

/// Converts a file, and gives the file written and what was said.
fn converted(folder: &Path, text: &str, settings: &[&str]) -> (String, String) {
    let [from, to] = ["X1_2022-23.csv", "out.csv"].map(|name| folder.join(name));
    fs::write(&from, text).unwrap();
    let run = simbet()
        .arg("convert")
        .arg(&from)
        .arg("--output")
        .arg(&to)
        .args(settings)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    (fs::read_to_string(to).unwrap(), said)
}

fn matches(folder: &Path, file: &str, books: &[&str]) -> Matches {
    let path = folder.join(file).to_str().unwrap().to_owned();
    let books = books.iter().map(|book| Book::new(book).unwrap()).collect();
    let config = ReadConfig {
        books: Some(books),
        ..ReadConfig::default()
    };
    read(&[path], &config, &|_, _| {}).unwrap()
}

#[track_caller]
fn assert_reads_back(text: &str, book: &str) {
    let folder = tempfile::tempdir().unwrap();
    converted(folder.path(), text, &["--book", book]);
    let [before, after] =
        ["X1_2022-23.csv", "out.csv"].map(|file| matches(folder.path(), file, &[book]));
    assert_eq!(before.records, after.records);
    assert!(before.records.iter().any(|record| record.pre.len() > 3));
}

#[test]
fn every_market_is_written_and_read_back() {
    assert_reads_back(FOOTBALL_DATA, "ps");
    assert_reads_back(PLAIN, "avg");
    assert_reads_back(PLAIN, "mine");
}

#[test]
fn totals_and_handicaps_are_written_without_being_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (written, said) = converted(folder.path(), FOOTBALL_DATA, &["--book", "ps"]);
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    let header = reader.headers().unwrap().clone();
    let first = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &first[header.iter().position(|column| column == name).unwrap()];
    let wanted = [
        ("odds_over", "1.95"),
        ("odds_under", "1.95"),
        ("ah_line", "-0.25"),
        ("odds_ah_home", "1.83"),
        ("odds_ah_away", "2.08"),
        ("close_ah_line", "-0.5"),
    ];
    for (column, value) in wanted {
        assert_eq!(cell(column), value, "{column}");
    }
    assert!(
        said.ends_with("note: left out: 1 other book (b365; see --book)\n"),
        "{said}"
    );
}

#[test]
fn a_market_that_only_simbet_has_columns_for_is_written_where_it_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let (written, said) = converted(folder.path(), PLAIN, &[]);
    assert!(written.contains("close_btts_no"), "{written}");
    assert!(!said.contains("left out"), "{said}");
    let (written, _) = converted(folder.path(), FOOTBALL_DATA, &["--book", "ps"]);
    assert!(!written.contains("btts"), "{written}");
}

#[test]
fn markets_that_are_not_asked_for_are_left_out_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let (written, said) = converted(
        folder.path(),
        FOOTBALL_DATA,
        &["--book", "ps", "--markets", "1x2"],
    );
    assert!(!written.contains("1.95"), "{written}");
    assert!(
        said.contains("2 other markets (ou, ah; see --markets)"),
        "{said}"
    );
}

#[test]
fn each_book_that_is_named_has_a_row_where_it_has_a_price() {
    let folder = tempfile::tempdir().unwrap();
    let (written, said) = converted(folder.path(), FOOTBALL_DATA, &["--book", "ps,b365"]);
    let books: Vec<_> = written
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(9).unwrap())
        .collect();
    assert_eq!(books, ["ps", "b365", "ps", "ps"]);
    assert!(!said.contains("left out"), "{said}");
}

#[test]
fn neutral_ground_is_written_and_read_back() {
    let neutral = "date,neutral,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2024-08-16,1,Ayton,Brae,1,0,2.00,3.50,4.00\n2024-08-17,0,Crail,Deal,2,1,1.50,4.20,7.00\n";
    let folder = tempfile::tempdir().unwrap();
    let (written, _) = converted(folder.path(), neutral, &[]);
    let [before, after] =
        ["X1_2022-23.csv", "out.csv"].map(|file| matches(folder.path(), file, &["avg"]));
    assert_eq!(before.records, after.records);
    assert!(after.records[0].fixture.neutral && !after.records[1].fixture.neutral);
    assert!(!written.contains("as_of"), "{written}");
    let (written, _) = converted(folder.path(), PLAIN, &[]);
    assert!(!written.contains("neutral"), "{written}");
}

#[test]
fn prices_of_several_times_are_written_in_a_row_each_and_read_back() {
    let rounds = "date,time,home_team,away_team,home_goals,away_goals,book,as_of,odds_home,odds_draw,odds_away,close_home,close_draw,close_away\n\
        2024-08-16,20:00,Ayton,Brae,1,0,b365,2024-08-14 12:00,2.00,3.50,4.00,1.90,3.60,4.20\n\
        2024-08-16,20:00,Ayton,Brae,1,0,b365,09:30,1.95,3.50,4.10,,,\n\
        2024-08-16,20:00,Ayton,Brae,1,0,ps,,2.02,3.45,4.05,,,\n\
        2024-08-17,,Crail,Deal,2,1,ps,2024-08-17 00:00,1.50,4.20,7.00,,,\n";
    let folder = tempfile::tempdir().unwrap();
    let books = ["b365", "ps"];
    let (written, _) = converted(folder.path(), rounds, &["--book", "b365,ps"]);
    let [before, after] =
        ["X1_2022-23.csv", "out.csv"].map(|file| matches(folder.path(), file, &books));
    assert_eq!(before.records, after.records);
    assert_eq!(before.records[0].pre.len(), 9);
    let times: Vec<_> = written
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap())
        .collect();
    let expected = ["2024-08-14T12:00:00Z", "2024-08-16T09:30:00Z", "", "", ""];
    assert_eq!(times, expected, "{written}");
}
