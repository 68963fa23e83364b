//! The scores of forecasts beside base rates, opening and closing prices.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::backtest::simbet;
use crate::closing::near;

fn stdout(arguments: &[&str]) -> String {
    let run = simbet()
        .args(["backtest", "-q"])
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn forecasts(arguments: &[&str]) -> Value {
    let json = stdout(&[arguments, &["--format", "json"]].concat());
    let mut summary: Value = serde_json::from_str(&json).unwrap();
    summary["forecasts"].take()
}

fn of_table(csv: &str, arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("matches.csv");
    fs::write(&file, csv).unwrap();
    forecasts(&[&[file.to_str().unwrap()], arguments].concat())
}

/// Four matches whose model is in the file. The second has no closing prices.
const BY_HAND: &str = "\
league,season,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,close_home,close_draw,close_away,\
ou_line,odds_over,odds_under,close_over,close_under,ah_line,odds_ah_home,odds_ah_away,close_ah_line,close_ah_home,close_ah_away,\
p_home,p_draw,p_away,p_over,p_under,p_ah_home,p_ah_away,p_ah_push
A,2021,2022-03-05,Ashby,Corfield,2,1,2,4,4,1.6,5,5.714285714,2.5,1.8,2.25,1.6,2.666666667,-0.5,2,2,-0.5,1.8,2.25,0.6,0.2,0.2,0.7,0.3,0.6,0.4,0
A,2021,2022-03-12,Dunmore,Eltham,1,1,2,4,4,,,,2.5,1.8,2.25,,,-0.25,2,2,,,,0.6,0.2,0.2,0.7,0.3,0.5,0.3,0.2
A,2021,2022-03-19,Ashby,Eltham,2,0,2,4,4,1.6,5,5.714285714,2.5,1.8,2.25,1.6,2.666666667,-0.5,2,2,-0.5,1.8,2.25,0.6,0.2,0.2,0.7,0.3,0.6,0.4,0
B,2022,2022-08-20,Fenton,Garford,0,3,2,4,4,1.6,5,5.714285714,2.5,1.8,2.25,1.6,2.666666667,0,2,2,0,1.8,2.25,0.6,0.2,0.2,0.7,0.3,0.6,0.4,0
";

const FROM_FILE: [&str; 10] = [
    "--model",
    "file",
    "--markets",
    "1x2,ou,ah",
    "--book",
    "avg",
    "--margin-method",
    "multiplicative",
    "--min-odds",
    "1000",
];

#[test]
fn everybody_is_scored_on_the_matches_that_all_have() {
    let report = of_table(BY_HAND, &FROM_FILE);
    let of_result = &report["all"]["1x2"];
    assert_eq!(
        (
            of_result["matches"].as_u64(),
            of_result["compared"].as_u64()
        ),
        (Some(4), Some(3))
    );
    let scores = &of_result["scores"];
    // two home wins and an away win: the second match, a draw, has no closing price
    let loss = |p: [f64; 3]| -p.map(f64::ln).iter().sum::<f64>() / 3.0;
    near(&scores["model"]["log_loss"], loss([0.6, 0.6, 0.2]), 1e-12);
    near(
        &scores["opening"]["log_loss"],
        loss([0.5, 0.5, 0.25]),
        1e-12,
    );
    near(
        &scores["closing"]["log_loss"],
        loss([0.625, 0.625, 0.175]),
        1e-9,
    );
    // before the first match of a league all are as likely; before the third one a home win and a draw were seen
    near(
        &scores["base"]["log_loss"],
        loss([1.0 / 3.0, 2.0 / 5.0, 1.0 / 3.0]),
        1e-12,
    );
    near(
        &scores["model"]["own"]["log_loss"],
        -(2.0 * 0.6_f64.ln() + 2.0 * 0.2_f64.ln()) / 4.0,
        1e-12,
    );
    assert_eq!(scores["model"]["own"]["n"], 4);
    assert_eq!(scores["closing"]["own"]["n"], 3);
    let [base, model, close] =
        ["base", "model", "closing"].map(|who| scores[who]["log_loss"].as_f64().unwrap());
    assert!(base > close, "{base} {close}");
    near(
        &scores["model"]["skill"],
        (base - model) / (base - close),
        1e-12,
    );
    near(&scores["base"]["skill"], 0.0, 0.0);
    near(&scores["closing"]["skill"], 1.0, 0.0);
    // saved against the base rates, match by match: x by the model, y by the closing price
    let [x, y] = [[0.6, 0.6, 0.2], [0.625, 0.625, 0.175]]
        .map(|p: [f64; 3]| [p[0] * 3.0, p[1] * 5.0 / 2.0, p[2] * 3.0].map(f64::ln));
    let share = x.iter().sum::<f64>() / y.iter().sum::<f64>();
    let squares: f64 = x.iter().zip(y).map(|(x, y)| (x - share * y).powi(2)).sum();
    near(
        &scores["model"]["skill_std_error"],
        squares.sqrt() / y.iter().sum::<f64>(),
        1e-9,
    );
    let mean = y.iter().sum::<f64>() / 3.0;
    let spread: f64 = y.iter().map(|y| (y - mean).powi(2)).sum();
    near(&of_result["gap_std_error"], spread.sqrt() / 3.0, 1e-9);
    assert!(scores.get("pool").is_none());
}

#[test]
fn totals_have_log_loss_and_the_squared_error_of_the_first_side() {
    let scores = &of_table(BY_HAND, &FROM_FILE)["all"]["over_2_5"]["scores"];
    // over, under and over
    let loss = |p: f64| -(2.0 * p.ln() + (1.0 - p).ln()) / 3.0;
    let brier = |p: f64| (2.0 * (1.0 - p).powi(2) + p * p) / 3.0;
    for (who, p) in [("model", 0.7), ("opening", 1.25 / 2.25), ("closing", 0.625)] {
        near(&scores[who]["log_loss"], loss(p), 1e-9);
        near(&scores[who]["brier"], brier(p), 1e-9);
    }
}

#[test]
fn what_is_half_lost_of_a_handicap_weighs_half_and_what_is_void_nothing() {
    let csv = BY_HAND
        .replace(",-0.25,2,2,,,,", ",-0.25,2,2,-0.25,1.8,2.25,")
        .replace("1,1,2,4,4,,,,", "1,1,2,4,4,1.6,5,5.714285714,");
    let report = of_table(&csv, &FROM_FILE);
    let of_handicap = &report["all"]["ah"];
    // both home wins at -0.5 are won, the draw at -0.25 is half lost and the away win at 0 lost
    assert_eq!(
        (
            of_handicap["matches"].as_u64(),
            of_handicap["compared"].as_u64()
        ),
        (Some(4), Some(4))
    );
    let scores = &of_handicap["scores"];
    let close = 1.25 / 2.25;
    near(&scores["opening"]["log_loss"], 2.0_f64.ln(), 1e-12);
    near(
        &scores["closing"]["log_loss"],
        -(2.0 * f64::ln(close) + 1.5 * f64::ln(1.0 - close)) / 3.5,
        1e-9,
    );
    let quarter = 0.5 / (0.5 + 0.1 + 0.3);
    let model = -(2.0 * 0.6_f64.ln() + 0.4_f64.ln() + 0.5 * f64::ln(1.0 - quarter)) / 3.5;
    near(&scores["model"]["log_loss"], model, 1e-9);
    let csv = csv.replace(
        "B,2022,2022-08-20,Fenton,Garford,0,3",
        "B,2022,2022-08-20,Fenton,Garford,3,3",
    );
    assert_eq!(of_table(&csv, &FROM_FILE)["all"]["ah"]["matches"], 3);
}

#[test]
fn leagues_and_seasons_have_their_own_scores() {
    let report = of_table(BY_HAND, &FROM_FILE);
    let names = |groups: &str, name: &str| -> Vec<String> {
        let groups = report[groups].as_array().unwrap().iter();
        groups
            .map(|group| group[name].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("by_league", "league"), ["A", "B"]);
    assert_eq!(names("by_season", "season"), ["2021-22", "2022-23"]);
    assert_eq!(
        names("by_league_and_season", "season"),
        ["2021-22", "2022-23"]
    );
    let b = &report["by_league"][1]["1x2"]["scores"];
    near(&b["model"]["log_loss"], -(0.2_f64.ln()), 1e-12);
    assert_eq!(report["closing_prices"], serde_json::json!({ "avg": 3 }));
}

#[test]
fn later_results_do_not_change_what_was_scored_before() {
    let (first, changed) = (
        BY_HAND,
        BY_HAND.replace("Ashby,Eltham,2,0", "Ashby,Eltham,5,0"),
    );
    let until = [&FROM_FILE[..], &["--to", "2022-03-12"]].concat();
    assert_eq!(of_table(first, &until), of_table(&changed, &until));
    assert_ne!(of_table(first, &FROM_FILE), of_table(&changed, &FROM_FILE));
}

#[test]
fn at_the_closing_price_the_price_bet_at_is_the_closing_price() {
    let report = of_table(BY_HAND, &[&FROM_FILE[..], &["--price", "close"]].concat());
    let scores = &report["all"]["1x2"]["scores"];
    assert!(scores.get("opening").is_none());
    assert_eq!(scores["closing"]["own"]["n"], 3);
    assert_eq!(
        report["closing_prices"],
        serde_json::json!({ "offered": 3 })
    );
}

#[test]
fn a_run_without_a_model_has_no_forecasts_to_score() {
    assert_eq!(
        forecasts(&["datasets/epl.csv", "--strategy", "flat"]),
        Value::Null
    );
}

#[test]
fn a_pool_that_has_not_learned_yet_is_the_opening_price_beside_the_model_alone() {
    let options = [
        "datasets/epl.csv",
        "--model",
        "average",
        "--markets",
        "1x2,ou",
    ];
    let alone = forecasts(&options);
    let pooled = forecasts(&[&options[..], &["--pool-with", "open"]].concat());
    let [alone, pooled] = [alone, pooled].map(|mut report| report["all"].take());
    let scores = &pooled["1x2"]["scores"];
    near(
        &scores["pool"]["log_loss"],
        number(&scores["opening"]["log_loss"]),
        1e-9,
    );
    near(
        &scores["model"]["log_loss"],
        number(&alone["1x2"]["scores"]["model"]["log_loss"]),
        1e-12,
    );
    let over = &pooled["over_2_5"]["scores"];
    near(
        &over["pool"]["log_loss"],
        number(&over["opening"]["log_loss"]),
        1e-9,
    );
    assert!(over.get("model").is_none());
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

#[test]
fn models_of_other_families_are_scored_on_totals_that_nobody_priced() {
    let options = [
        "datasets/epl.csv",
        "--model",
        "poisson",
        "--marginal",
        "negative-binomial",
        "--from",
        "2025-03-01",
    ];
    let over = &forecasts(&options)["all"]["over_2_5"]["scores"]["model"];
    let loss = number(&over["log_loss"]);
    assert!((0.6..0.75).contains(&loss), "{loss}");
}

#[test]
fn the_folder_and_the_page_have_every_score() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("results");
    let out = out.to_str().unwrap();
    let printed = stdout(&["datasets/epl.csv", "--model", "average", "--out", out]);
    assert!(
        printed.contains("closing price")
            && printed.contains("(± standard error; by log loss of 1X2)"),
        "{printed}"
    );
    let widest = printed
        .lines()
        .filter(|line| line.starts_with("│ opening price"))
        .map(|line| line.chars().count())
        .max();
    assert!(widest <= Some(80), "{printed}");
    let csv = fs::read_to_string(Path::new(out).join("forecasts.csv")).unwrap();
    assert!(
        csv.starts_with(
            "league,season,forecast_of,forecaster,matches,log_loss,brier,rps,skill,skill_std_error,"
        ),
        "{csv}"
    );
    assert!(csv.contains("\nE0,2023-24,1x2,model,"), "{csv}");
    let read = |name: &str| -> Value {
        let text = fs::read_to_string(Path::new(out).join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let (summary, run) = (read("summary.json"), read("run.json"));
    // the summary is that of a run on a stream too, which has no closing prices of its own
    assert!(summary.get("forecasts").is_none());
    let all = &run["forecasts"]["all"]["1x2"];
    // the same scores as the table of model and market has
    near(
        &all["scores"]["model"]["own"]["log_loss"],
        summary["model"]["log_loss"].as_f64().unwrap(),
        1e-14,
    );
    near(
        &all["scores"]["opening"]["own"]["rps"],
        summary["market"]["rps"].as_f64().unwrap(),
        1e-14,
    );
    simbet().args(["report", out, "-q"]).assert().success();
    let page = fs::read_to_string(Path::new(out).join("report.html")).unwrap();
    assert!(page.contains("By league and season"));
    simbet().args(["compare", out, out]).assert().success();
}

fn english() -> Option<Vec<String>> {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    let files = (2017..2023).map(|year| folder.join(format!("E0_{year}-{}.csv", year - 1999)));
    let files: Vec<String> = files.map(|file| file.display().to_string()).collect();
    files
        .iter()
        .all(|file| Path::new(file).is_file())
        .then_some(files)
}

#[test]
fn english_prices_have_the_scores_that_were_measured() {
    let Some(files) = english() else {
        eprintln!("skipped: there is no ../shared/data/football-data");
        return;
    };
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let options = [
        "--model",
        "average",
        "--markets",
        "1x2,ou",
        "--margin-method",
        "power",
        "--from",
        "2018-08-01",
    ];
    let report = forecasts(&[&files[..], &options].concat());
    let [results, over] = ["1x2", "over_2_5"].map(|of| &report["all"][of]["scores"]);
    assert_eq!(results["opening"]["own"]["n"], 1_900);
    let measured = [
        (&results["opening"], [0.95438, 0.56416, 0.19715]),
        (&results["closing"], [0.95173, 0.56246, 0.19618]),
    ];
    for (score, expected) in measured {
        for (rule, expected) in ["log_loss", "brier", "rps"].into_iter().zip(expected) {
            near(&score["own"][rule], expected, 0.000_005_1);
        }
    }
    near(&over["opening"]["own"]["log_loss"], 0.67841, 0.000_005_1);
    assert!(over["closing"]["own"]["n"].as_u64() < Some(1_600));
}

#[test]
fn who_bets_on_handicaps_alone_sees_what_the_market_said_of_the_result() {
    let scores = |arguments: &[&str]| {
        let fixed = [
            "datasets/demo.csv",
            "--markets",
            "ah",
            "--to",
            "2022-06-30",
            "--format",
            "json",
        ];
        let json = stdout(&[&fixed[..], arguments].concat());
        let mut summary: Value = serde_json::from_str(&json).unwrap();
        summary["market"].take()
    };
    let market = scores(&[]);
    assert!(market["n"].as_u64() > Some(900), "{market}");
    // the prices are those of the book that is bet at
    assert_eq!(market, scores(&["--market-book", "avg"]));
}
