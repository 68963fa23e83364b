//! What a grid may say, and what is said of one that cannot be.

use simbet::internals::config::{Axis, Grid, GridPoints};
use simbet::{RunConfig, Settings};

use super::fails;

fn labels(text: &str) -> Vec<String> {
    text.parse::<Axis>()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .labels()
        .map(str::to_owned)
        .collect()
}

fn resolved(axes: &[&str], strategies: &[&str]) -> GridPoints {
    let axes = axes.iter().map(|axis| axis.parse().unwrap()).collect();
    let strategies: Vec<_> = strategies
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    Grid::new(axes, &strategies)
        .unwrap()
        .resolve(&Settings::default(), &RunConfig::resolve)
        .unwrap()
}

#[test]
fn a_range_does_not_drift() {
    let points = resolved(&["min_edge=0.01..0.30:0.01"], &["kelly"]).points;
    let edges: Vec<f64> = points
        .iter()
        .map(|point| point.config.engine.strategy.min_edge.unwrap())
        .collect();
    let written: Vec<f64> = (1..=30)
        .map(|hundredth| format!("0.{hundredth:02}").parse().unwrap())
        .collect();
    assert_eq!(edges, written);
    assert_eq!(labels("min_edge=-0.1..0.1:0.1"), ["-0.1", "0", "0.1"]);
    assert_eq!(labels("min_edge=.5..1.2:.25"), ["0.5", "0.75", "1"]);
    assert_eq!(labels("half_life=100..300:100"), ["100", "200", "300"]);
    assert_eq!(labels("half_life=100..200:100, 500,0.5e3").len(), 4);
}

#[test]
fn values_are_whatever_the_setting_takes() {
    assert_eq!(
        labels("book='b365,avg',best:ps,max"),
        ["b365,avg", "best:ps", "max"]
    );
    assert_eq!(
        labels("markets=1x2,[1x2,ou],[\"ah\"]"),
        ["1x2", "1x2+ou", "ah"]
    );
    assert_eq!(
        labels("from=2024-01-01,2024-02-01"),
        ["2024-01-01", "2024-02-01"]
    );
    assert_eq!(labels("book=[b365,avg],ps"), ["b365+avg", "ps"]);
    assert!("league=[E0,E1]".parse::<Axis>().is_err());
    assert_eq!(labels("multiple=true,false"), ["true", "false"]);
    assert_eq!(labels("pool=E0+E1"), ["E0+E1"]);
    assert_eq!(labels("kelly-fraction=0.5,1"), ["0.5", "1"]);
    let points = resolved(&["markets=1x2,[1x2,ou]", "book=[b365,avg],ps"], &[]).points;
    let strategies: Vec<_> = points
        .iter()
        .map(|point| &point.config.engine.strategy)
        .collect();
    assert_eq!(
        (strategies[2].markets.len(), strategies[2].books.to_string()),
        (2, "b365,avg".to_owned())
    );
}

#[test]
fn what_has_no_effect_makes_no_setting() {
    let grid = resolved(&["kelly_fraction=0.25,0.5,1"], &["ev", "kelly"]);
    assert_eq!((grid.points.len(), grid.repeated), (4, 2));
    assert_eq!(grid.points[0].labels, [Some("ev".to_owned()), None]);
    let grid = resolved(&["half_life=100,200"], &["flat", "ev"]);
    assert_eq!((grid.points.len(), grid.repeated), (3, 1));
}

#[test]
fn the_same_setting_in_other_words_is_left_out() {
    for (axis, differing) in [
        ("book=avg,best:avg", 1),
        ("book=avg,best:avg,'best:avg,ps'", 2),
        ("commission=0,1x2=0", 1),
        ("commission=0,1x2=0,avg=0,0.02", 2),
    ] {
        let grid = resolved(&[axis], &["flat"]);
        assert_eq!(grid.points.len(), differing, "{axis}");
    }
    // a book's side without the other is sold where it is the best, and not where it is the only book
    let lined = resolved(&["book=avg,best:avg", "markets=ah"], &["flat"]);
    assert_eq!(lined.points.len(), 2);
}

#[test]
fn a_wrong_grid_is_one_clear_error() {
    let wrong = [
        (
            "min_edgr=0.1",
            "unknown setting `min_edgr`: did you mean `min_edge`?",
        ),
        (
            "edge=0.1",
            "unknown setting `edge`: did you mean `min_edge`?",
        ),
        (
            "kelly=0.1",
            "unknown setting `kelly`: did you mean `kelly_fraction`?",
        ),
        (
            "xyz=0.1",
            "unknown setting `xyz`: settings have the names of the flags that",
        ),
        (
            "min_xyz=0.1",
            "unknown setting `min_xyz`: settings have the names of the flags that",
        ),
        (
            "min_edge",
            "a grid must be written setting=values, such as min_edge=0.01..0.10:0.01, not min_edge",
        ),
        ("min_edge=", "min_edge: a value is missing"),
        ("min_edge=0.1,", "min_edge: a value is missing"),
        (
            "min_edge=0.1,0.10",
            "min_edge must be given different values, not 0.1 twice",
        ),
        (
            "min_edge=0.1..0.5",
            "a range is first..last:step, such as 0.01..0.10:0.01, not 0.1..0.5",
        ),
        (
            "min_edge=0.5..0.1:0.1",
            "a range must increase by a step above 0",
        ),
        (
            "min_edge=0.1..0.5:0",
            "a range must increase by a step above 0",
        ),
        ("min_edge=a..b:c", "a range is first..last:step"),
        ("min_edge=1e-3..1:0.1", "a range is first..last:step"),
        (
            "min_edge=0..1000000:0.001",
            "min_edge: the range has 1000000001 values; a grid may have 10000000 settings",
        ),
        (
            "half_life=abc",
            "half_life=abc: expected a number such as 330 or 0.25, not \"abc\"",
        ),
        (
            "min_matches=abc",
            "min_matches=abc: invalid type: string \"abc\", expected a whole number",
        ),
        (
            "multiple=abc",
            "multiple=abc: invalid type: string \"abc\", expected true or false",
        ),
        ("price=late", "price=late: unknown variant `late`"),
        (
            "strategy=martingale",
            "strategy=martingale: unknown variant",
        ),
    ];
    for (grid, message) in wrong {
        fails(&["sweep", "datasets/epl.csv", "--grid", grid], 2, message);
    }
}

#[test]
fn settings_that_cannot_be_run_are_found_before_any_is() {
    let epl = "datasets/epl.csv";
    let absent = [
        "sweep",
        "no-such-file.csv",
        "--grid",
        "min_ev=0.1",
        "--grid",
        "max_stake=0.5,2",
    ];
    fails(&absent, 2, "with min_ev=0.1, max_stake=2: ");
    fails(
        &["sweep", epl, "--grid", "min_ev=0.1,0.2", "--min-ev", "0.3"],
        2,
        "min_ev must be a flag or in the grid, not both",
    );
    fails(
        &["sweep", epl, "--grid", "min_ev=0.1", "--grid", "min-ev=0.2"],
        2,
        "min_ev must be on one axis of the grid, not on two",
    );
    let stakes = [
        "sweep",
        epl,
        "--strategies",
        "flat:10,ev",
        "--grid",
        "stake=1,2",
    ];
    fails(
        &stakes,
        2,
        "stake must be on one axis of the grid, not on two",
    );
    fails(
        &["sweep", epl],
        2,
        "a sweep must be given a grid such as --grid min_edge=0.01..0.10:0.01, or --strategies, not nothing",
    );
    fails(
        &["sweep", epl, "--grid", "model=poisson,truth"],
        2,
        "with model=truth: --model truth is for simulations",
    );
    let many = [
        "sweep",
        epl,
        "--grid",
        "min_ev=0..1:0.0001",
        "--grid",
        "min_odds=1..100:0.01",
    ];
    fails(
        &many,
        2,
        "a grid must be of at most 10000000 settings, not of 10001 times 9901",
    );
    fails(
        &["sweep", "-", "--grid", "book=ps,avg"],
        2,
        "stdin can be read only once",
    );
    fails(
        &["sweep", epl, "--grid", "min_ev=0.1", "--parts", "7"],
        2,
        "--parts must be an even number from 2 to 20, not 7",
    );
    fails(
        &["sweep", epl, "--grid", "min_ev=0.1", "--resamples", "0"],
        2,
        "--resamples must be between 1 and 1000000, not 0",
    );
    fails(
        &[
            "sweep",
            epl,
            "--grid",
            "min_ev=0.1",
            "--block-length",
            "0.5",
        ],
        2,
        "--block-length must be at least 1 match day",
    );
    fails(
        &["sweep", "no-such-file.csv", "--grid", "min_ev=0.1"],
        1,
        "no-such-file.csv",
    );
}

#[test]
fn a_folder_that_cannot_be_is_an_error_before_anything_is_run() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let out = file.path().to_str().unwrap();
    fails(
        &[
            "sweep",
            "datasets/epl.csv",
            "--grid",
            "min_ev=0.1",
            "--out",
            out,
        ],
        2,
        "--out must be a folder",
    );
}
