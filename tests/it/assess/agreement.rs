//! A backtest's own bets, assessed, give the backtest's figures.

use std::path::Path;

use serde_json::Value;

use super::of_path;
use crate::backtest::simbet;

fn epl() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv").to_owned()
}

/// Runs a backtest into a folder, and gives its JSON.
fn backtest(out: &Path, settings: &[&str]) -> Value {
    let run = simbet()
        .args(["backtest", &epl(), "-q", "--format", "json", "--out"])
        .arg(out)
        .args(settings)
        .assert()
        .success();
    serde_json::from_slice(&run.get_output().stdout).unwrap()
}

/// Holds every member that both have against each other by `check`, which also gets its path.
#[track_caller]
fn for_each_pair(
    path: &str,
    one: &Value,
    other: &Value,
    left_out: &[&str],
    check: fn(&str, &Value, &Value),
) {
    if left_out.iter().any(|name| path.ends_with(name)) {
        return;
    }
    let (Value::Object(one), Value::Object(other)) = (one, other) else {
        return check(path, one, other);
    };
    for (name, member) in one {
        if let Some(found) = other.get(name) {
            for_each_pair(&format!("{path}.{name}"), member, found, left_out, check);
        }
    }
}

#[track_caller]
fn agree(path: &str, one: &Value, other: &Value) {
    assert_eq!(one, other, "{path}");
}

/// The same of numbers that were computed from columns whose tenth decimal is rounded.
#[track_caller]
fn near(path: &str, one: &Value, other: &Value) {
    let (Value::Number(one), Value::Number(other)) = (one, other) else {
        return agree(path, one, other);
    };
    let [one, other] = [one, other].map(|number| number.as_f64().unwrap());
    assert!(
        (one - other).abs() <= 1e-7 * one.abs().max(1.0),
        "{path}: {one}, {other}"
    );
}

const RUNS: [&[&str]; 6] = [
    &[
        "--strategy",
        "flat",
        "--selections",
        "home",
        "--model",
        "average",
    ],
    &[
        "--strategy",
        "flat",
        "--model",
        "market",
        "--book",
        "b365",
        "--markets",
        "1x2,ou,ah",
        "--multiple",
        "--min-edge",
        "-0.2",
    ],
    &[
        "--strategy",
        "kelly",
        "--kelly-fraction",
        "0.25",
        "--model",
        "average",
        "--book",
        "max",
        "--min-ev",
        "1.0",
    ],
    &[
        "--strategy",
        "proportional",
        "--model",
        "average",
        "--book",
        "ps",
        "--commission",
        "0.02",
        "--markets",
        "1x2,ou",
    ],
    &[
        "--strategy",
        "flat",
        "--model",
        "average",
        "--book",
        "ps",
        "--price",
        "close",
        "--markets",
        "ah",
    ],
    // the value at the close was that of a probability, and no commission was known
    &[
        "--strategy",
        "flat",
        "--model",
        "average",
        "--markets",
        "ah",
        "--market-book",
        "avg",
        "--book",
        "best:b365,avg",
        "--commission",
        "0.02",
    ],
];

#[test]
fn in_its_folder_to_the_digit() {
    for settings in RUNS {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("d");
        let expected = backtest(&out, settings);
        assert!(expected["bets"].as_u64().unwrap() > 50, "{settings:?}");
        for path in [out.join("bets.csv"), out] {
            let (found, _) = of_path(&path, &["-q"]);
            for_each_pair("", &expected, &found, &[], agree);
            for name in ["yield", "growth", "max_drawdown", "clv_mean", "profit"] {
                assert!(found.get(name).is_some(), "{name}");
            }
        }
    }
}

/// Elsewhere the table alone has to do. It does not tell when a match of the day ended, nor when the first forecast was made,
/// so that falls are measured by day; the rest is computed anew, and is the same.
#[test]
fn copied_elsewhere_by_its_rows_alone() {
    const BY_ROUND: [&str; 7] = [
        "max_drawdown",
        "max_drawdown_days",
        "longest_drawdown_days",
        "longest_drawdown_rounds",
        "max_bankroll",
        "min_bankroll",
        // a line that moved is converted with prices that the table does not have
        "closing_value_unchosen",
    ];
    // of forecasts a table of bets knows nothing
    const OF_FORECASTS: [&str; 6] = [
        "forecast_days",
        "log_loss",
        "brier",
        "rps",
        "model_calibration",
        "market_calibration",
    ];
    for settings in RUNS {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("d");
        let expected = backtest(&out, settings);
        let copy = folder.path().join("bets.csv");
        std::fs::copy(out.join("bets.csv"), &copy).unwrap();
        let (found, _) = of_path(&copy, &["-q"]);
        let left_out = [&BY_ROUND[..], &OF_FORECASTS].concat();
        for_each_pair("", &expected, &found, &left_out, near);
        assert_eq!(expected["initial_bankroll"], found["initial_bankroll"]);
    }
}

/// Groups have the figures of `backtest --by`, as far as the columns of the table have digits.
#[test]
fn groups_agree_with_those_of_the_backtest() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("d");
    let expected = backtest(
        &out,
        &[RUNS[1], &["--by", "market,month,odds-band,selection"]].concat(),
    );
    let (found, _) = of_path(&out, &["-q", "--by", "market,month,odds-band,selection"]);
    for by in ["market", "month", "odds-band", "selection"] {
        let [expected, found] = [&expected, &found].map(|all| all["by"][by].as_array().unwrap());
        assert_eq!(expected.len(), found.len(), "{by}");
        for (expected, found) in expected.iter().zip(found) {
            for_each_pair(by, expected, found, &[], near);
        }
    }
}

#[test]
fn edited_bets_are_read_for_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("d");
    backtest(&out, RUNS[0]);
    let table = out.join("bets.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    let lines: Vec<&str> = text.lines().take(41).collect();
    std::fs::write(&table, lines.join("\n") + "\n").unwrap();
    let (found, said) = of_path(&table, &[]);
    assert_eq!(found["bets"], 40);
    assert!(
        said.contains("are not looked at, and its own rows count"),
        "{said}"
    );
}
