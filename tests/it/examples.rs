//! The examples run, and their assertions hold.

#[allow(dead_code)]
#[path = "../../examples/own_model.rs"]
mod own_model;
#[allow(dead_code)]
#[path = "../../examples/own_sink.rs"]
mod own_sink;
#[allow(dead_code)]
#[path = "../../examples/own_source.rs"]
mod own_source;
#[allow(dead_code)]
#[path = "../../examples/own_staking.rs"]
mod own_staking;

use crate::backtest::simbet;

#[test]
fn own_model_runs() {
    own_model::main().unwrap();
}

#[test]
fn own_staking_runs() {
    own_staking::main().unwrap();
}

#[test]
fn own_source_runs() {
    own_source::main().unwrap();
}

#[test]
fn own_sink_runs() {
    own_sink::main().unwrap();
}

#[test]
fn the_example_settings_are_settings() {
    simbet()
        .args([
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--config",
            "examples/simbet.toml",
        ])
        .assert()
        .success();
}

#[test]
fn the_example_column_map_reads_a_file_with_such_columns() {
    let csv = "date,Home,Guest,HGoals,AGoals,1,X,2\n2024-01-06,Man Utd,Leeds,2,0,1.8,3.5,4.5\n";
    let arguments = [
        "backtest",
        "-",
        "-q",
        "--config",
        "examples/columns.toml",
        "--strategy",
        "flat",
        "--bets",
    ];
    let output = simbet()
        .args(arguments)
        .args(["--format", "csv"])
        .write_stdin(csv)
        .assert()
        .success();
    let bets = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(
        bets.contains("Man United,Leeds,0,0-0,1x2,home,,avg,1.8"),
        "{bets}"
    );
}
