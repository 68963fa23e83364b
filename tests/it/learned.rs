//! Models that learn from features: ratings, the logistic model, and models that were trained elsewhere.

#[cfg(feature = "onnx")]
use std::path::{Path, PathBuf};
#[cfg(feature = "onnx")]
use std::process::Command;

use assert_cmd::cargo::cargo_bin_cmd;

/// What simbet prints on stdout, which it must end well.
fn printed(arguments: &[&str]) -> String {
    let run = cargo_bin_cmd!("simbet").args(arguments).assert().success();
    String::from_utf8_lossy(&run.get_output().stdout).into_owned()
}

/// The JSON that simbet prints.
fn json(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&printed(arguments)).unwrap()
}

/// What simbet says of a run that must fail.
fn refused(arguments: &[&str], code: i32) -> String {
    let run = cargo_bin_cmd!("simbet").args(arguments).assert().code(code);
    String::from_utf8_lossy(&run.get_output().stderr).into_owned()
}

const EPL: &str = "datasets/epl.csv";

#[test]
fn ratings_and_regression_bet_on_the_outcome_alone() {
    for model in ["elo", "pi", "logistic"] {
        let arguments = ["backtest", EPL, "--model", model, "--format", "json", "-q"];
        let run = json(&arguments);
        let forecast = &run["model"];
        let log_loss = forecast["log_loss"].as_f64().unwrap();
        assert!((0.9..1.06).contains(&log_loss), "{model}: {log_loss}");
        let totals = [&arguments[..], &["--markets", "ou"]].concat();
        let run = json(&totals);
        assert_eq!(run["bets"], 0, "{model} says nothing of totals");
    }
}

#[test]
fn the_coefficients_of_the_logistic_model_are_told() {
    let arguments = ["fit", EPL, "--model", "logistic", "--features", "elo,form"];
    let text = printed(&arguments);
    assert!(
        text.contains("multinomial logit") && text.contains("elo_expectation"),
        "{text}"
    );
    let fits = json(
        &[
            &arguments[..],
            &["--link", "ordered", "--ridge", "10", "--format", "json"],
        ]
        .concat(),
    );
    assert_eq!(fits[0]["ridge"], 10.0);
    let coefficients = fits[0]["coefficients"].as_array().unwrap();
    assert_eq!(coefficients.len(), 2 + 7);
    assert!(
        coefficients
            .iter()
            .all(|each| each["standard_error"].as_f64().unwrap() > 0.0)
    );
    let csv = printed(&[&arguments[..], &["--format", "csv"]].concat());
    assert_eq!(csv.lines().count(), 1 + 2 * 8);
}

#[test]
fn settings_that_a_model_does_not_use_are_refused() {
    for (model, setting) in [
        ("elo", ["--half-life", "100"]),
        ("pi", ["--prior", "0.2"]),
        ("elo", ["--features", "form"]),
        ("elo", ["--link", "ordered"]),
        ("dixon-coles", ["--ridge", "3"]),
        ("logistic", ["--window", "900"]),
    ] {
        let said = refused(
            &[&["backtest", EPL, "--model", model], &setting[..]].concat(),
            2,
        );
        assert!(
            said.contains("does not use it") || said.contains("has no effect"),
            "{said}"
        );
    }
}

#[cfg(not(feature = "onnx"))]
#[test]
fn without_the_feature_a_trained_model_is_refused_with_what_to_do() {
    let said = refused(&["backtest", EPL, "--model", "onnx:trees.onnx"], 2);
    assert!(said.contains("--features onnx"), "{said}");
}

/// A Python that has what the example needs; `None`, with a word, where there is none, unless `SIMBET_REQUIRE_TRAINERS` says
/// that there must be one.
#[cfg(feature = "onnx")]
fn python() -> Option<String> {
    let python = std::env::var("SIMBET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let check = Command::new(&python)
        .args(["-c", "import sklearn, skl2onnx, onnx"])
        .output();
    let has_all = check.is_ok_and(|output| output.status.success());
    if !has_all {
        assert!(
            std::env::var_os("SIMBET_REQUIRE_TRAINERS").is_none(),
            "{python} has no scikit-learn, skl2onnx and onnx, and SIMBET_REQUIRE_TRAINERS is set"
        );
        eprintln!(
            "skipped: {python} has no scikit-learn, skl2onnx and onnx (SIMBET_PYTHON names another)"
        );
    }
    has_all.then_some(python)
}

#[cfg(feature = "onnx")]
#[test]
fn models_trained_on_features_are_bet_by_after_the_day_they_were_trained_to() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let features = folder.path().join("features.csv");
    let features = features.to_str().unwrap();
    printed(&[
        "features",
        EPL,
        "--features",
        "elo,pi,form,goals",
        "--output",
        features,
    ]);
    let trained = Command::new(&python)
        .args(["examples/learned/train.py", features, "2024-06-30"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        trained.status.success(),
        "{}",
        String::from_utf8_lossy(&trained.stderr)
    );
    for name in ["logistic", "trees"] {
        let model = format!(
            "onnx:{}",
            folder.path().join(name).with_extension("onnx").display()
        );
        let arguments = ["backtest", EPL, "--model", &model, "--format", "json", "-q"];
        let run = json(&arguments);
        let forecast = &run["model"];
        let log_loss = forecast["log_loss"].as_f64().unwrap();
        assert!((0.9..1.06).contains(&log_loss), "{name}: {log_loss}");
        let later = [&arguments[..], &["--from", "2024-07-01"]].concat();
        let later = json(&later);
        assert_eq!(run["bets"], later["bets"], "nothing was bet before");
        assert!(run["bets"].as_u64().unwrap() > 0);
    }
    hostile(&folder.path().join("trees.onnx"), folder.path());
}

/// Damaged files give one error, and no panic.
#[cfg(feature = "onnx")]
fn hostile(good: &Path, folder: &Path) {
    let bytes = std::fs::read(good).unwrap();
    let bad: PathBuf = folder.join("bad.onnx");
    let model = format!("onnx:{}", bad.display());
    for cut in [0, 1, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&bad, &bytes[..cut]).unwrap();
        let said = refused(&["backtest", EPL, "--model", &model, "-q"], 2);
        assert!(
            said.contains("bad.onnx") && !said.contains("panicked"),
            "{said}"
        );
    }
}

/// The price of totals was no feature where only results were bet on: its coefficient was 0, and the forecasts of a bettor on
/// totals differed.
#[test]
fn the_market_is_the_same_feature_whatever_is_bet_on() {
    let fixed = [
        "backtest",
        EPL,
        "--model",
        "logistic",
        "--features",
        "market",
        "--ridge",
        "10",
        "--format",
        "json",
        "-q",
    ];
    let forecast = |markets| json(&[&fixed[..], &["--markets", markets]].concat())["model"].take();
    assert_eq!(forecast("1x2"), forecast("1x2,ou"));
    let fit = [
        "fit",
        EPL,
        "--model",
        "logistic",
        "--features",
        "market",
        "--ridge",
        "1",
    ];
    let fits = json(&[&fit[..], &["--format", "json"]].concat());
    let mut coefficients = fits[0]["coefficients"].as_array().unwrap().iter();
    let over = coefficients
        .find(|each| each["feature"] == "market_p_over")
        .unwrap();
    assert!(over["estimate"].as_f64().unwrap().abs() > 1e-3, "{over}");
}
