//! Probabilities from files: every form gives the same bets, nothing is known too early, and what is wrong is said.

mod bad_input;
mod doubts;
mod forms;
mod guard;
mod matching;
mod parity;
#[cfg(feature = "parquet")]
mod stored;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::backtest::simbet;

/// Four matches of four teams, at prices that a book might have.
pub const MATCHES: &str = "\
match_id,league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,odds_over,odds_under,ah_line,odds_ah_home,odds_ah_away
m1,L1,2024-08-17,Ashby,Brae,2,1,2.00,3.50,4.00,1.90,1.90,-0.5,1.95,1.95
m2,L1,2024-08-18,Corby,Dunmow,0,0,2.50,3.20,2.90,2.00,1.80,0,1.90,1.90
m3,L1,2024-08-24,Brae,Corby,1,3,3.00,3.30,2.30,1.80,2.00,0.25,1.90,1.90
m4,L1,2024-08-25,Dunmow,Ashby,1,1,2.80,3.20,2.60,1.95,1.85,-0.25,1.90,1.90
";

/// Probabilities of home win, draw and away win of each.
pub const WIDE: &str = "\
date,home_team,away_team,p_home,p_draw,p_away
2024-08-17,Ashby,Brae,0.6,0.25,0.15
2024-08-18,Corby,Dunmow,0.3,0.4,0.3
2024-08-24,Brae,Corby,0.2,0.3,0.5
2024-08-25,Dunmow,Ashby,0.34,0.33,0.33
";

/// A folder with matches and probabilities.
pub fn folder(matches: &str, probabilities: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("matches.csv"), matches).unwrap();
    fs::write(folder.path().join("p.csv"), probabilities).unwrap();
    folder
}

/// What a backtest of a folder prints as JSON.
pub fn json(folder: &Path, more: &[&str]) -> Value {
    let command = ["backtest", "matches.csv", "--model", "file"];
    let mut run = simbet();
    run.current_dir(folder).args(command).args(more);
    let output = run
        .args(["-q", "--bets", "--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// The same with the probabilities of a file.
pub fn with_file(matches: &str, probabilities: &str, more: &[&str]) -> Value {
    let folder = folder(matches, probabilities);
    let more = [more, &["--probabilities", "p.csv"]].concat();
    json(folder.path(), &more)
}

/// The bets of a run, each as the selection, the stake, the probability and the profit.
pub fn bets(run: &Value) -> Vec<(String, f64, f64, f64)> {
    let text = |bet: &Value, name: &str| bet[name].as_str().unwrap_or_default().to_owned();
    let number = |bet: &Value, name: &str| bet[name].as_f64().unwrap_or(f64::NAN);
    let list = run["bets_list"].as_array().unwrap();
    list.iter()
        .map(|bet| {
            let selection = format!("{} {}", text(bet, "date"), text(bet, "selection"));
            (
                selection,
                number(bet, "stake"),
                number(bet, "probability"),
                number(bet, "profit"),
            )
        })
        .collect()
}

/// What a run that fails says, which ends with this code.
pub fn error(matches: &str, probabilities: &str, more: &[&str], code: i32) -> String {
    let folder = folder(matches, probabilities);
    let mut run = simbet();
    run.current_dir(folder.path())
        .args(["backtest", "matches.csv", "--model", "file"])
        .args(more)
        .args(["--probabilities", "p.csv", "-q"]);
    let output = run.assert().code(code);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    said.trim_end().to_owned()
}
