//! Each setting of a sweep is, to the byte, the backtest with the same settings.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use simbet::Summary;
use simbet::backtest;
use simbet::internals::config::Grid;
use simbet::internals::sweep::sweep;
use simbet::internals::sweep::{SweepConfig, SweepResult};
use simbet::{Matches, ReadConfig, SourceError, read};
use simbet::{RunConfig, Settings};

use crate::backtest::simbet;

fn matches(config: &ReadConfig) -> Result<Matches, SourceError> {
    read(
        &[format!("{}/datasets/epl.csv", env!("CARGO_MANIFEST_DIR"))],
        config,
        &|_, _| {},
    )
}

fn swept(settings: &str, axes: &[&str], strategies: &[&str]) -> (SweepConfig, SweepResult) {
    let axes = axes.iter().map(|axis| axis.parse().unwrap()).collect();
    let strategies: Vec<_> = strategies
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    let grid = Grid::new(axes, &strategies).unwrap();
    let settings = Settings::from_toml(settings).unwrap();
    let points = grid.resolve(&settings, &RunConfig::resolve).unwrap().points;
    let config = SweepConfig::new(
        grid.names().into_iter().map(str::to_owned).collect(),
        points,
    );
    let mut reader = |config: &ReadConfig| matches(config).map(Arc::new);
    let swept = sweep(&config, &mut reader, None, &AtomicBool::new(false), &|_| {}).unwrap();
    (config, swept)
}

fn assert_each_is_a_backtest(settings: &str, axes: &[&str], strategies: &[&str], least: usize) {
    let (config, swept) = swept(settings, axes, strategies);
    assert!(swept.ranked.len() >= least, "{}", swept.ranked.len());
    for ranked in &swept.ranked {
        let point = &config.points[ranked.place].config;
        let done = backtest(
            &point.engine,
            point.replay,
            matches(&point.read).unwrap(),
            None,
            &mut |_| {},
        )
        .unwrap();
        let alone = Summary {
            significance: None,
            forecasts: None,
            ..done.summary
        };
        let [found, expected] =
            [&ranked.summary, &alone].map(|summary| serde_json::to_string(summary).unwrap());
        assert_eq!(found, expected, "{}", config.label(ranked.place));
    }
}

#[test]
fn every_model_and_strategy_gives_what_it_gives_alone() {
    let settings = "to = '2024-06-01'";
    assert_each_is_a_backtest(
        settings,
        &["model=average,poisson,dixon-coles,market"],
        &["ev", "kelly", "kelly:0.5", "flat:50", "proportional"],
        20,
    );
}

#[test]
fn forecasts_pooled_with_prices_are_those_that_a_run_makes_alone() {
    // matches before the period teach the weights, so that these settings see other prices than their neighbours
    let settings = "min_matches = 1\nmin_ev = 0\nfrom = '2023-11-01'";
    let axes = [
        "pool_with=none,open",
        "model=average,elo",
        "markets=1x2,[1x2,ou]",
    ];
    assert_each_is_a_backtest(settings, &axes, &["ev"], 8);
}

#[test]
fn every_market_and_book_gives_what_it_gives_alone() {
    let axes = [
        "markets=1x2,[1x2,ou],[1x2,ou,ah]",
        "book='b365,avg','best:max,avg',max",
        "min_odds=1.5,2.5",
    ];
    assert_each_is_a_backtest(
        "model = 'average'\nto = '2024-02-01'",
        &axes,
        &["ev", "kelly"],
        36,
    );
}

#[test]
fn every_filter_and_cap_gives_what_it_gives_alone() {
    let axes = [
        "max_round=0.05,0.5",
        "commission=0,0.05",
        "stop_drawdown=0.1,0.9",
        "multiple=true,false",
        "min_prob=0.1,0.4",
    ];
    assert_each_is_a_backtest(
        "model = 'average'\nto = '2024-03-01'",
        &axes,
        &["kelly"],
        32,
    );
    let axes = [
        "refit_every=1,3",
        "half_life=0,100",
        "min_matches=0,10",
        "from=2023-12-01,2024-01-01",
    ];
    assert_each_is_a_backtest("model = 'poisson'\nto = '2024-02-01'", &axes, &[], 16);
}

#[test]
fn environment_and_file_lie_under_the_grid_as_under_flags() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    std::fs::write(
        &path,
        "model = 'average'\nkelly_fraction = 0.5\nmax_odds = 6\nstrategy = 'flat'",
    )
    .unwrap();
    let common = [
        "datasets/epl.csv",
        "-q",
        "--format",
        "json",
        "--config",
        path.to_str().unwrap(),
    ];
    let run = |arguments: &[&str]| -> serde_json::Value {
        let output = simbet()
            .env("MIN_EDGE", "0.04")
            .args(arguments)
            .args(common)
            .assert()
            .success();
        serde_json::from_slice(&output.get_output().stdout).unwrap()
    };
    let swept = run(&[
        "sweep",
        "--strategies",
        "kelly,flat,ev:0.02",
        "--grid",
        "max_odds=4,8",
    ]);
    assert_eq!(swept["ranked"].as_array().unwrap().len(), 6);
    for ranked in swept["ranked"].as_array().unwrap() {
        let (strategy, odds) = (
            ranked["setting"]["strategy"].as_str().unwrap(),
            ranked["setting"]["max_odds"].as_str(),
        );
        let (kind, stake) = strategy
            .split_once(':')
            .map_or((strategy, vec![]), |(kind, stake)| {
                (kind, vec!["--stake", stake])
            });
        let flags = ["backtest", "--strategy", kind, "--max-odds", odds.unwrap()];
        let mut alone = run(&[&flags[..], &stake].concat());
        alone.as_object_mut().unwrap().remove("luck");
        alone.as_object_mut().unwrap().remove("forecasts");
        assert_eq!(ranked["summary"], alone, "{strategy}");
    }
}

/// By hand: 10,000.00; on 16 August 1.60 wins 60.00, on the 17th 2.00 loses 100.00 and 3.00 wins 200.00; the days after
/// have no bets. Returns .006 and 100/10060, then 0; mean of the three over their standard deviation.
#[test]
fn returns_are_per_match_day() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2024-08-16,A,B,1,0,1.60,4.20,5.25\n2024-08-17,C,D,0,1,2.00,3.50,3.60\n2024-08-17,E,F,2,1,3.00,3.20,2.40\n\
        2024-08-20,A,C,0,0,9.00,5.00,1.30\n";
    let axes = vec!["max_odds=3.5,1.1".parse().unwrap()];
    let grid = Grid::new(axes, &["flat".parse().unwrap()]).unwrap();
    let settings = Settings::from_toml("selections = ['home']").unwrap();
    let points = grid.resolve(&settings, &RunConfig::resolve).unwrap().points;
    let config = SweepConfig::new(vec!["strategy".to_owned(), "max_odds".to_owned()], points);
    let mut reader =
        |config: &ReadConfig| simbet::read_bytes("m.csv", csv.as_bytes(), config).map(Arc::new);
    let swept = sweep(&config, &mut reader, None, &AtomicBool::new(false), &|_| {}).unwrap();
    assert_eq!(swept.data_snooping.days, 3);
    let returns = [0.006, 100.0 / 10_060.0, 0.0];
    let mean = returns.iter().sum::<f64>() / 3.0;
    let deviation = (returns
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / 2.0)
        .sqrt();
    assert!((swept.ranked[0].sharpe.unwrap() - mean / deviation).abs() < 1e-12);
    assert_eq!(
        (
            swept.ranked[1].sharpe,
            swept.ranked[1].log_growth,
            swept.data_snooping.trials
        ),
        (None, None, 1)
    );
    assert!((swept.ranked[0].log_growth.unwrap() - 1.016_f64.ln()).abs() < 1e-12);
}
