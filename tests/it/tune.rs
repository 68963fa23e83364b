//! Settings chosen by how well they forecast.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::backtest::{fails, simbet};

const EPL: &str = "datasets/epl.csv";
/// A fast model that forgets.
const AVERAGE: [&str; 4] = ["--model", "average", "--grid", "half_life=30,120,480"];

fn stdout(command: &str, arguments: &[&str]) -> String {
    let run = simbet()
        .args([command, "-q"])
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn json(command: &str, arguments: &[&str]) -> Value {
    let printed = stdout(command, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&printed).unwrap()
}

fn tuned(arguments: &[&str]) -> Value {
    json("tune", arguments)
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

/// The setting of a profile with this half-life.
fn of<'a>(tuned: &'a Value, half_life: &str) -> &'a Value {
    let profile = tuned["profile"].as_array().unwrap();
    let found = profile
        .iter()
        .find(|one| one["setting"]["half_life"] == half_life);
    found.unwrap_or_else(|| panic!("{half_life} is not in {tuned}"))
}

const PERIOD: [&str; 4] = ["--from", "2024-02-01", "--to", "2025-03-31"];

#[test]
fn each_setting_has_to_the_last_digit_the_scores_of_its_backtest() {
    for model in ["average", "dixon-coles"] {
        let options = [&[EPL, "--model", model][..], &PERIOD].concat();
        let grid = ["--grid", "half_life=60,300"];
        let tuned = tuned(&[&options[..], &grid].concat());
        for half_life in ["60", "300"] {
            let alone = [
                &options[..],
                &["--half-life", half_life, "--markets", "1x2,ou"],
            ]
            .concat();
            let summary = json("backtest", &alone);
            let setting = of(&tuned, half_life);
            for score in ["log_loss", "brier", "rps"] {
                assert_eq!(
                    setting[score], summary["model"][score],
                    "{model} {half_life} {score}"
                );
            }
            assert_eq!(setting["score"]["matches"], summary["model"]["n"]);
            let over =
                &summary["forecasts"]["all"]["over_2_5"]["scores"]["model"]["own"]["log_loss"];
            assert!(
                (number(&setting["over_2_5"]) - number(over)).abs() < 1e-12,
                "{over}"
            );
        }
        assert_eq!(tuned["market"], json("backtest", &options)["market"]);
    }
}

#[test]
fn the_best_comes_first_and_the_others_are_compared_with_it() {
    let tuned = tuned(&[&[EPL][..], &AVERAGE].concat());
    let profile = tuned["profile"].as_array().unwrap();
    let losses: Vec<f64> = profile.iter().map(|one| number(&one["log_loss"])).collect();
    assert!(losses.is_sorted(), "{losses:?}");
    assert_eq!(profile[0]["less_best"], Value::Null);
    for (one, loss) in profile.iter().zip(&losses).skip(1) {
        assert!((number(&one["less_best"]["difference"]) - (loss - losses[0])).abs() < 1e-12);
        assert!(number(&one["less_best"]["std_error"]) < number(&one["score"]["std_error"]));
    }
    for one in profile {
        let n = number(&one["score"]["matches"]);
        assert!((number(&one["log_likelihood"]) + n * number(&one["log_loss"])).abs() < 1e-9);
        let days: f64 = one["setting"]["half_life"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((number(&one["xi_per_day"]) - 2.0_f64.ln() / days).abs() < 1e-15);
        assert!((number(&one["xi_per_half_week"]) - 3.5 * 2.0_f64.ln() / days).abs() < 1e-15);
    }
}

#[test]
fn a_score_orders_by_itself() {
    for (score, member) in [("brier", "brier"), ("rps", "rps"), ("over-2.5", "over_2_5")] {
        let tuned = tuned(&[&[EPL, "--score", score][..], &AVERAGE].concat());
        let profile = tuned["profile"].as_array().unwrap();
        let scores: Vec<f64> = profile.iter().map(|one| number(&one[member])).collect();
        assert!(scores.is_sorted(), "{score} {scores:?}");
        assert_eq!(profile[0]["score"]["mean"], profile[0][member]);
    }
}

#[test]
fn leagues_have_profiles_of_their_own_that_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(EPL).unwrap();
    let other = text.replace("E0,", "X1,").replace("Man City", "Mann City");
    for (name, text) in [("E0.csv", &text), ("X1.csv", &other)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let folder = folder.path().to_str().unwrap();
    let tuned = tuned(&[&[folder][..], &AVERAGE].concat());
    let leagues = tuned["by_league"].as_array().unwrap();
    assert_eq!(leagues.len(), 2);
    let matches: f64 = leagues.iter().map(|one| number(&one["matches"])).sum();
    assert_eq!(matches, number(&tuned["matches"]));
    // the same matches twice: each league says what all say
    for league in leagues {
        let best = &league["profile"][0];
        assert!((number(&best["log_loss"]) - number(&tuned["best"]["log_loss"])).abs() < 1e-12);
        assert_eq!(best["setting"], tuned["best"]["setting"]);
    }
    let csv = stdout(
        "tune",
        &[&[folder, "--format", "csv"][..], &AVERAGE].concat(),
    );
    assert!(csv.starts_with("league,rank,half_life,matches,match_days,log_loss,brier,rps,over_2_5,std_error,less_best"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 3 * 3, "{csv}");
}

#[test]
fn the_hold_out_is_scored_once_with_the_setting_that_was_chosen_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tuned");
    let out = out.to_str().unwrap();
    let day = "2025-01-01";
    let options = [&[EPL, "--hold-out", day, "--out", out][..], &AVERAGE].concat();
    let found = tuned(&options);
    let earlier = tuned(&[&[EPL, "--to", "2024-12-31"][..], &AVERAGE].concat());
    assert_eq!(found["profile"], earlier["profile"]);
    let chosen = found["best"]["setting"]["half_life"].as_str().unwrap();
    assert_eq!(found["hold_out"]["setting"]["half_life"], chosen);
    let alone = json(
        "backtest",
        &[
            EPL,
            "--model",
            "average",
            "--half-life",
            chosen,
            "--from",
            day,
        ],
    );
    assert_eq!(
        found["hold_out"]["score"]["mean"],
        alone["model"]["log_loss"]
    );
    assert_eq!(found["hold_out"]["looked_at_before"], serde_json::json!([]));
    // the same command again is the same look, another grid is another one
    assert_eq!(tuned(&options)["hold_out"], found["hold_out"]);
    let other = ["--model", "average", "--grid", "half_life=60,240"];
    let again = tuned(&[&[EPL, "--hold-out", day, "--out", out][..], &other].concat());
    assert_eq!(
        again["hold_out"]["looked_at_before"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let verdict = again["verdict"].to_string();
    assert!(verdict.contains("proves nothing"), "{verdict}");
}

#[test]
fn threads_and_a_journal_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tuned");
    let out = out.to_str().unwrap();
    let with = |more: &[&str]| {
        stdout(
            "tune",
            &[&[EPL][..], &AVERAGE, &["--format", "json"], more].concat(),
        )
    };
    let first = with(&["--threads", "1"]);
    assert_eq!(first, with(&["--threads", "3", "--out", out]));
    let run = simbet()
        .arg("tune")
        .arg(EPL)
        .args(AVERAGE)
        .args(["--format", "json", "--out", out])
        .assert()
        .success();
    assert_eq!(first, String::from_utf8_lossy(&run.get_output().stdout));
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(
        said.contains("3 of 3 settings were finished before"),
        "{said}"
    );
    for name in ["tune.csv", "summary.json", "run.json", "report.html"] {
        assert!(Path::new(out).join(name).is_file(), "{name}");
    }
    simbet()
        .args(["report", out, "-q", "-o", "-"])
        .assert()
        .success();
}

#[test]
fn the_profile_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile.svg");
    let options = [&[EPL, "--plot", file.to_str().unwrap()][..], &AVERAGE].concat();
    let printed = stdout("tune", &options);
    assert!(printed.contains("ξ a half-week"), "{printed}");
    let svg = fs::read_to_string(file).unwrap();
    assert!(svg.contains("half life 120: log loss"), "{svg}");
    let by_name = folder.path().join("models.svg");
    let models = [
        "--grid",
        "model=average,market",
        "--plot",
        by_name.to_str().unwrap(),
    ];
    stdout("tune", &[&[EPL][..], &models].concat());
    assert!(
        fs::read_to_string(by_name)
            .unwrap()
            .contains("model=average")
    );
}

#[test]
fn matches_without_prices_are_tuned_on_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.csv");
    let text = fs::read_to_string(EPL).unwrap();
    let results: Vec<String> = text
        .lines()
        .map(|line| line.split(',').take(7).collect::<Vec<_>>().join(","))
        .collect();
    fs::write(&file, results.join("\n")).unwrap();
    let found = tuned(&[&[file.to_str().unwrap()][..], &AVERAGE].concat());
    let priced = tuned(&[&[EPL][..], &AVERAGE].concat());
    assert_eq!(found["market"]["n"], 0);
    assert!(number(&found["matches"]) >= number(&priced["matches"]));
    let gap = number(&found["best"]["log_loss"]) - number(&priced["best"]["log_loss"]);
    assert!(gap.abs() < 0.01, "{gap}");
}

#[test]
fn settings_that_differ_in_what_they_can_forecast_are_scored_on_the_same_matches() {
    // elo says nothing of goals
    let found = tuned(&[EPL, "--grid", "model=elo,average", "--score", "over-2.5"]);
    assert_eq!(found["profile"].as_array().unwrap().len(), 1);
    assert!(
        found["verdict"]
            .to_string()
            .contains("1 setting is without a forecast"),
        "{found}"
    );
    fails(
        &["tune", EPL, "--grid", "model=elo,pi", "--score", "over-2.5"],
        1,
        &["over 2.5", "--model"],
    );
}

#[test]
fn what_cannot_change_a_forecast_is_refused() {
    fails(
        &["tune", EPL, "--grid", "min_edge=0.01,0.02"],
        2,
        &["min_edge", "sweep"],
    );
    fails(
        &["tune", EPL, "--grid", "min_matches=1,2"],
        2,
        &["min_matches"],
    );
    fails(
        &["tune", EPL, "--half-life", "100"],
        2,
        &["--grid half_life=100,200"],
    );
    fails(
        &["tune", EPL, "--model", "market"],
        2,
        &["market", "half-life", "--grid"],
    );
    fails(
        &["tune", EPL, "--strategy", "kelly"],
        2,
        &["--strategy", "places no bets"],
    );
    fails(
        &["tune", EPL, "--grid", "half_life=10,20", "--top", "0"],
        2,
        &["--top"],
    );
    fails(
        &[
            "tune",
            EPL,
            "--hold-out",
            "2035-01-01",
            "--to",
            "2030-01-01",
        ],
        2,
        &["--hold-out"],
    );
    fails(
        &["tune", EPL, "--from", "2035-01-01"],
        1,
        &["no match was played between --from and --to"],
    );
}

#[test]
fn the_markets_score_says_of_which_matches_it_is_where_these_are_others() {
    // Elo does not forecast the first match, which the market prices
    let run = simbet()
        .args(["tune", "datasets/epl.csv", "--grid", "model=market,elo"])
        .assert()
        .success();
    let printed = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(printed.contains("2 settings"), "{printed}");
    assert!(printed.contains("759 matches"), "{printed}");
    assert!(
        printed.contains("the market's is 0.93904 over 760 matches."),
        "{printed}"
    );
}
