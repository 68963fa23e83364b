//! Every column of every file that a run writes is described.

use std::fs;
use std::path::Path;

use super::described;
use crate::backtest::simbet;

const PAGE: &str = "docs/src/reference/columns.md";
const SEARCHED: &str = "min_odds";

/// What is run, and the tables that it writes.
const RUNS: [(&str, &[&str]); 7] = [
    (
        "backtest datasets/epl.csv --model average --bets-format csv --out",
        &["predictions", "forecasts", "bankroll"],
    ),
    (
        "simulate --matches 60 --runs 3 --model truth --out",
        &["runs", "fan"],
    ),
    (
        "season datasets/epl.csv --as-of 2025-01-01 --runs 20 --out",
        &["season", "positions"],
    ),
    (
        "sweep datasets/epl.csv --strategy flat --grid min_odds=1,2 --out",
        &["sweep"],
    ),
    (
        "tune datasets/epl.csv --grid half_life=100,200 --from 2025-04-01 --out",
        &["tune"],
    ),
    (
        "assess examples/my_bets.csv --runs 100 --out",
        &["assessment", "groups"],
    ),
    ("backtest datasets/epl.csv --strategy flat --out", &["bets"]),
];

/// The first line of a file, as its columns.
fn columns(file: &Path) -> Vec<String> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let header = text.lines().next().unwrap();
    header.split(',').map(str::to_owned).collect()
}

/// Whether it is a figure of a summary, which a page of its own describes.
fn is_figure(column: &str) -> bool {
    let page = super::page("docs/src/reference/summary.md").text;
    let figure = column.split('.').next().unwrap();
    page.contains(&format!("`{figure}`"))
}

#[test]
fn every_column_of_every_file_is_described() {
    for (command, tables) in RUNS {
        let folder = tempfile::tempdir().unwrap();
        simbet()
            .args(command.split(' '))
            .arg(folder.path())
            .arg("-q")
            .assert()
            .success();
        for table in tables {
            let mut columns = columns(&folder.path().join(format!("{table}.csv")));
            // a sweep and a tuning have a column for each setting of their grid
            columns.retain(|column| ![SEARCHED, "half_life"].contains(&column.as_str()));
            if ["runs", "sweep"].contains(table) {
                columns.retain(|column| !is_figure(column));
            }
            if *table == "bets" {
                let known = simbet::internals::schema::BET_COLUMNS
                    .iter()
                    .map(|column| column.name);
                assert!(known.eq(columns.iter().map(String::as_str)));
            } else {
                described(PAGE, table, &columns);
            }
        }
    }
}

#[test]
fn every_column_of_what_predict_features_and_convert_write_is_described() {
    let printed = |command: &str| {
        let run = simbet().args(command.split(' ')).assert().success();
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    let groups = "elo,pi,form,goals,shots,corners,rest,table,calendar,strengths,market";
    let command =
        format!("features datasets/epl.csv --format csv --from 2025-05-25 -q --features {groups}");
    let features = printed(&command);
    let mut columns: Vec<String> = Vec::new();
    for column in features.lines().next().unwrap().split(',') {
        // both sides have the same features, and both goal models
        let column = column
            .replace("poisson_", "MODEL_")
            .replace("dixon_coles_", "MODEL_");
        let of_home = column.replace("away_", "home_");
        if !columns.contains(&column)
            && (of_home == column || !columns.contains(&of_home) || column.starts_with("target_"))
        {
            columns.push(column);
        }
    }
    described(PAGE, "features", &columns);
    let selections = simbet::internals::schema::SELECTION_COLUMNS.map(str::to_owned);
    described(PAGE, "selections", &selections);
}
