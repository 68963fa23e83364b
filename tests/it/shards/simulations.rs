//! Parts of simulations.

use std::fs;
use std::path::Path;

use super::{Place, stdout};
use crate::backtest::simbet;

/// Strategies that differ, one of which goes broke and has no yield at times.
const SIMULATION: [&str; 9] = [
    "simulate",
    "--runs",
    "37",
    "--matches",
    "60",
    "--model",
    "truth",
    "--strategies",
    "ev,kelly,flat:4000",
];

#[test]
fn whatever_the_number_of_parts_the_results_are_those_of_one_run() {
    let place = Place::new();
    let printed = place.whole(&SIMULATION);
    for of in [1, 2, 3, 16, 50] {
        let mut parts = place.parts(&SIMULATION, of);
        parts.reverse();
        assert_eq!(place.merge(&parts), printed, "{of}");
        place.ensure_same();
    }
}

#[test]
fn a_model_that_learns_and_a_precision_go_through_parts() {
    let place = Place::new();
    let simulation = [
        "simulate",
        "--runs",
        "5",
        "--matches",
        "100",
        "--precision",
        "0.01",
        "--seed",
        "9",
    ];
    let printed = place.whole(&simulation);
    assert_eq!(place.merge(&place.parts(&simulation, 2)), printed);
    place.ensure_same();
    assert!(
        Path::new(&place.path("merged"))
            .join("predictions.csv")
            .exists()
    );
}

/// Beyond so many balances a point of the fan counts them in bins: some parts have few and are exact, and the whole is not.
#[test]
fn many_runs_are_binned_as_in_one_run() {
    let place = Place::new();
    let simulation = [
        "simulate",
        "--runs",
        "10100",
        "--matches",
        "2",
        "--teams",
        "2",
        "--strategy",
        "flat",
    ];
    place.whole(&simulation);
    let parts = place.parts(&simulation, 3);
    place.merge(&parts);
    place.ensure_same();
}

#[test]
fn settings_of_the_environment_and_of_files_are_those_of_the_parts() {
    let place = Place::new();
    let file = place.path("settings.toml");
    fs::write(&file, "bankroll = 500\nmin_ev = 0.03\n").unwrap();
    let simulation = [
        "simulate",
        "--runs",
        "8",
        "--matches",
        "60",
        "--model",
        "truth",
        "--config",
        &file,
    ];
    let with_edge = |arguments: &[&str]| {
        let mut command = simbet();
        command.args(arguments).env("MIN_EDGE", "0.01");
        command.assert().success();
    };
    let (whole, parts) = (place.path("whole"), [place.path("1"), place.path("2")]);
    with_edge(&[&simulation[..], &["-q", "--out", &whole]].concat());
    for (part, shard) in parts.iter().zip(["1/2", "2/2"]) {
        with_edge(&[&simulation[..], &["-q", "--shard", shard, "--out", part]].concat());
    }
    // elsewhere neither is there
    fs::remove_file(&file).unwrap();
    place.merge(&parts);
    place.ensure_same();
}

#[test]
fn a_league_like_a_real_one_needs_no_files_for_the_merge() {
    let place = Place::new();
    let matches = place.path("matches.csv");
    stdout(&[
        "simulate",
        "-q",
        "--emit",
        &matches,
        "--matches",
        "90",
        "--teams",
        "10",
    ]);
    let simulation = [
        "simulate",
        "--runs",
        "6",
        "--matches",
        "40",
        "--model",
        "truth",
        "--from",
        &matches,
    ];
    place.whole(&simulation);
    let parts = place.parts(&simulation, 4);
    fs::remove_file(&matches).unwrap();
    place.merge(&parts);
    place.ensure_same();
}

/// Starts a part, kills it as soon as it writes, and repeats it.
#[test]
fn a_worker_that_was_killed_leaves_nothing_that_counts_and_is_repeated() {
    let place = Place::new();
    let simulation = [
        "simulate",
        "--runs",
        "400",
        "--matches",
        "380",
        "--model",
        "truth",
    ];
    place.whole(&simulation);
    let out = place.killed(&simulation, "2/2", |out| {
        fs::read_dir(out).is_ok_and(|mut files| files.next().is_some())
    });
    let first = place.part(&simulation, 1, 2);
    let said = place.refused(&[first.clone(), out.clone()]);
    assert!(said.contains("s2-2 holds no finished part"), "{said}");
    let again = place.part(&simulation, 2, 2);
    place.merge(&[first, again]);
    place.ensure_same();
}
