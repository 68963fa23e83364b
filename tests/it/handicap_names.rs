//! A handicap is printed as that of the team that is backed; tables for programs keep the home side's line.

use std::fs;

use crate::backtest::simbet;

const MATCHES: &str = "date,home_team,away_team,home_goals,away_goals,ah_line,odds_ah_home,odds_ah_away\n\
    2024-09-05,Spain,Andorra,5,0,-3.25,1.90,1.98\n\
    2024-09-06,Malta,Cyprus,1,1,0,1.95,1.93\n\
    2024-09-07,Latvia,Faroe,1,0,0.25,1.85,2.05\n";

fn printed(side: &str, format: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nations.csv");
    fs::write(&file, MATCHES).unwrap();
    let output = simbet()
        .arg("backtest")
        .arg(&file)
        .args(["-q", "--strategy", "flat", "--markets", "ah", "--bets"])
        .args(["--selections", side, "--format", format])
        .assert()
        .success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn the_team_that_is_backed_has_its_own_handicap() {
    for format in ["table", "markdown"] {
        let (home, away) = (printed("home", format), printed("away", format));
        for name in ["ah Spain -3.25", "ah Malta 0", "ah Latvia +0.25"] {
            assert!(home.contains(name), "{name}: {home}");
        }
        for name in ["ah Andorra +3.25", "ah Cyprus 0", "ah Faroe -0.25"] {
            assert!(away.contains(name), "{name}: {away}");
        }
    }
}

#[test]
fn the_column_keeps_the_line_of_the_home_side() {
    let away = printed("away", "csv");
    assert!(away.contains("ah,away,-3.25,"), "{away}");
    let json: serde_json::Value = serde_json::from_str(&printed("away", "json")).unwrap();
    let lines: Vec<_> = json["bets_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bet| &bet["line"])
        .collect();
    assert_eq!(lines, [-3.25, 0.0, 0.25]);
}

#[test]
fn a_page_names_the_team_too() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("nations.csv"), folder.path().join("out"));
    fs::write(&file, MATCHES).unwrap();
    simbet()
        .arg("backtest")
        .arg(&file)
        .args([
            "-q",
            "--strategy",
            "flat",
            "--markets",
            "ah",
            "--selections",
            "away",
            "--out",
        ])
        .arg(&out)
        .assert()
        .success();
    let page = folder.path().join("page.html");
    simbet()
        .args(["report", "-q"])
        .arg(&out)
        .arg("--output")
        .arg(&page)
        .assert()
        .success();
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("ah Andorra +3.25") && !page.contains("ah away"),
        "{page}"
    );
}
