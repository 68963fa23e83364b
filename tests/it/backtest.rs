//! The backtest as its user runs it: flags in, tables and files out.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

pub fn simbet() -> Command {
    let mut command = Command::cargo_bin("simbet").unwrap();
    for variable in [
        "INITIAL_BANKROLL",
        "MIN_EDGE",
        "MAX_STAKE_PERCENTAGE",
        "LOG_LEVEL",
    ] {
        command.env_remove(variable);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// What a successful run prints, as JSON.
fn json(arguments: &[&str]) -> Value {
    let output = simbet()
        .args(arguments)
        .args(["--format", "json"])
        .assert()
        .success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
        .collect()
}

const HAND: [&str; 15] = [
    "backtest",
    "tests/data/hand/matches.csv",
    "--strategy",
    "proportional",
    "--stake",
    "0.1",
    "--markets",
    "1x2,ah",
    "--selections",
    "home",
    "--bankroll",
    "1000",
    "--max-round",
    "0.25",
    "--quiet",
];
const HAND_LIMITS: [&str; 6] = ["--round-stake", "5", "--min-stake", "40", "--max-odds", "4"];

/// Ten matches worked out by hand. Every home price up to 4.00 is backed with a tenth of what is free, a round with
/// at most a quarter, stakes are whole fives, and below 40 nothing is placed. No kick-off times, so a result is known
/// at the end of its day.
///
/// 6 January, 1000.00 free: four candidates ask for 100.00 each, 400.00; the round may have 250.00, so each gets
/// 62.50, and 60.00 in whole fives.
///   Ayton 2-1 Brae: 1x2 at 2.00 wins 60.00; −0.25 at 1.80 wins 48.00.
///   Crail 1-1 Doune: 1x2 at 3.50 loses 60.00; +0.25 at 1.95 half wins 60.00 · 0.95 / 2 = 28.50.
///   1000.00 + 60.00 + 48.00 − 60.00 + 28.50 = 1076.50.
/// 13 January: 1x2 at 5.00 is above 4.00; −0.75 asks for 107.65, gets 105.00.
///   Crail 1-0 Ayton: won by one, half wins 105.00 · 1.05 / 2 = 55.125, which is 55.13. 1131.63.
/// 20 January: six candidates ask for 113.16 each; the round may have 282.91, so each gets 47.15, and 45.00.
///   Brae 0-0 Doune: 1x2 loses 45.00; level handicap is void.
///   Crail 0-2 Elie: 1x2 loses 45.00; −1 loses 45.00.
///   Ayton 3-0 Forres: 1x2 at 1.30 wins 13.50; −1.75 at 1.90 wins 40.50.
///   1131.63 − 135.00 + 54.00 = 1050.63.
/// 27 January: eight candidates ask for 105.06 each; the round may have 262.66, so each gets 32.83, and 30.00, which
///   is below 40: all refused.
#[test]
fn a_ledger_worked_out_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    simbet()
        .args(HAND)
        .args(HAND_LIMITS)
        .arg("--out")
        .arg(folder.path())
        .assert()
        .success();
    insta::assert_snapshot!(
        "hand_bets",
        fs::read_to_string(folder.path().join("bets.csv")).unwrap()
    );
    insta::assert_snapshot!(
        "hand_bankroll",
        fs::read_to_string(folder.path().join("bankroll.csv")).unwrap()
    );
    let summary: Value =
        serde_json::from_slice(&fs::read(folder.path().join("summary.json")).unwrap()).unwrap();
    let expected = [
        ("matches", 10.0),
        ("predicted", 0.0),
        ("bets", 11.0),
        ("won", 4.0),
        ("half_won", 2.0),
        ("void", 1.0),
        ("half_lost", 0.0),
        ("lost", 4.0),
        ("refused", 8.0),
        ("open", 0.0),
        ("turnover", 615.0),
        ("profit", 50.63),
        ("yield", 50.63 / 615.0),
        ("growth", 0.05063),
        ("win_rate", 6.0 / 11.0),
        ("initial_bankroll", 1000.0),
        ("final_bankroll", 1050.63),
        ("max_bankroll", 1131.63),
        ("min_bankroll", 1000.0),
        ("max_drawdown", 81.0 / 1131.63),
        ("clv_raw_n", 1.0),
        ("clv_raw_mean", 2.0 / 1.9 - 1.0),
        ("clv_raw_beat_share", 1.0),
    ];
    for (name, value) in expected {
        assert!(
            (summary[name].as_f64().unwrap() - value).abs() < 1e-12,
            "{name}: {} is not {value}",
            summary[name]
        );
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    let run = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [
            "backtest",
            "datasets/epl.csv",
            "--quiet",
            "--markets",
            "1x2,ou,ah",
            "--threads",
            threads,
        ];
        simbet()
            .args(arguments)
            .arg("--out")
            .arg(folder.path())
            .assert()
            .success();
        files(folder.path())
    };
    let one = run("1");
    assert_eq!(
        one.iter()
            .map(|(name, _)| name.to_str().unwrap())
            .collect::<Vec<_>>(),
        [
            "bankroll.csv",
            "bets.csv",
            "forecasts.csv",
            "predictions.csv",
            "run.json",
            "summary.json"
        ]
    );
    assert_eq!(one, run("2"));
    assert_eq!(one, run("8"));
}

#[test]
fn profit_is_what_the_bets_made_and_the_bankroll_says_so() {
    for strategy in ["ev", "kelly", "flat", "proportional"] {
        let arguments = [
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--strategy",
            strategy,
            "--markets",
            "1x2,ou,ah",
            "--bets",
        ];
        let report = json(&arguments);
        let cents = |value: &Value| (value.as_f64().unwrap_or(0.0) * 100.0).round() as i64;
        let bets = report["bets_list"].as_array().unwrap();
        let placed = bets.iter().filter(|bet| bet["result"] != "refused");
        assert_eq!(
            placed.clone().count() as u64,
            report["bets"].as_u64().unwrap(),
            "{strategy}"
        );
        let profit: i64 = placed.map(|bet| cents(&bet["profit"])).sum();
        assert_eq!(
            cents(&report["initial_bankroll"]) + profit,
            cents(&report["final_bankroll"]),
            "{strategy}"
        );
        assert_eq!(profit, cents(&report["profit"]), "{strategy}");
    }
}

#[test]
fn every_format_says_the_same() {
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--strategy",
        "flat",
        "--selections",
        "draw",
    ];
    let report = json(&arguments);
    let text = |format: &str| {
        let output = simbet()
            .args(arguments)
            .args(["--format", format])
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let csv = text("csv");
    assert!(
        csv.starts_with("metric,value\nmatches,760\npredicted,0\nunpriced,0\nbets,760\n"),
        "{csv}"
    );
    assert!(
        csv.contains(&format!("final_bankroll,{}\n", report["final_bankroll"])),
        "{csv}"
    );
    assert!(text("markdown").contains("| bets"), "{}", text("markdown"));
    assert!(text("table").contains("760"));
}

#[test]
fn the_json_has_the_promised_names() {
    let report = json(&["backtest", "datasets/epl.csv", "-q"]);
    let promised = "matches predicted bets won half_won void half_lost lost turnover profit yield growth win_rate \
        average_odds initial_bankroll final_bankroll max_bankroll min_bankroll max_drawdown clv_mean clv_beat_share \
        model market";
    for name in promised.split_whitespace() {
        assert!(report.get(name).is_some(), "{name} is missing");
    }
    for name in ["n", "log_loss", "brier", "rps"] {
        assert!(
            report["model"][name].is_number() && report["market"][name].is_number(),
            "{name}"
        );
    }
}

#[test]
fn what_is_undefined_is_null_and_a_dash() {
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--strategy",
        "flat",
        "--min-odds",
        "1000",
    ];
    let report = json(&arguments);
    assert!(
        report["yield"].is_null() && report["win_rate"].is_null() && report["clv_mean"].is_null()
    );
    let output = simbet().args(arguments).assert().success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    assert!(table.contains('–') && !table.contains("NaN"), "{table}");
}

#[test]
fn flags_go_before_the_environment_and_that_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("simbet.toml");
    fs::write(
        &file,
        "bankroll = 1000\nstrategy = \"flat\"\nselections = [\"home\"]\nmap = { home_team = \"HomeTeam\" }\n",
    )
    .unwrap();
    let initial = |flags: &[&str], variable: Option<&str>| {
        let mut command = simbet();
        command
            .args([
                "backtest",
                "datasets/epl.csv",
                "-q",
                "--format",
                "json",
                "--config",
            ])
            .arg(&file)
            .args(flags);
        if let Some(value) = variable {
            command.env("INITIAL_BANKROLL", value);
        }
        let output = command.assert().success();
        let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        (
            report["initial_bankroll"].as_f64().unwrap(),
            report["bets"].as_u64().unwrap(),
        )
    };
    assert_eq!(initial(&[], None).0, 1000.0);
    assert_eq!(initial(&[], Some("2000")).0, 2000.0);
    assert_eq!(initial(&["--bankroll", "3000"], Some("2000")).0, 3000.0);
}

/// Makes a pipe.
#[cfg(unix)]
pub fn make_pipe(path: impl AsRef<Path>) {
    let mut mkfifo = Command::new("mkfifo");
    mkfifo.arg(path.as_ref()).assert().success();
}

/// Runs and expects this exit code, these words on stderr, and nothing on stdout.
pub fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = simbet().args(arguments).assert().code(code);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    for word in words {
        assert!(
            said.contains(word),
            "{arguments:?} should say {word:?}:\n{said}"
        );
    }
    assert!(
        output.get_output().stdout.is_empty(),
        "{arguments:?} prints nothing on stdout"
    );
}

#[test]
fn wrong_use_is_exit_code_2_with_a_word_on_what_is_right() {
    let epl = "datasets/epl.csv";
    fails(&["backtest"], 2, &["<FILE>"]);
    fails(&["backtest", epl, "--stratgy", "ev"], 2, &["--strategy"]);
    fails(
        &["backtest", epl, "--strategy", "martingale"],
        2,
        &["ev, kelly, flat, proportional"],
    );
    fails(&["backtest", epl, "--from", "1/2/2024"], 2, &["2024-02-01"]);
    fails(
        &[
            "backtest",
            epl,
            "--from",
            "2024-02-01",
            "--to",
            "2024-01-01",
        ],
        2,
        &["--to", "2024-02-01"],
    );
    fails(
        &["backtest", epl, "--half-life=-3"],
        2,
        &["half-life", "-3"],
    );
    fails(&["backtest", epl, "--bankroll=-3"], 2, &["bankroll", "-3"]);
    fails(&["backtest", epl, "--max-stake", "5"], 2, &["max", "5"]);
    fails(&["backtest", epl, "--threads", "0"], 2, &["--threads"]);
    fails(
        &["backtest", epl, "--config", "no-such.toml"],
        2,
        &["no-such.toml"],
    );
    fails(&["fit", epl, "--model", "market"], 2, &["poisson"]);
}

#[test]
fn an_unknown_setting_in_the_file_gets_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("simbet.toml");
    fs::write(&file, "min_edeg = 0.1\n").unwrap();
    fails(
        &[
            "backtest",
            "datasets/epl.csv",
            "--config",
            file.to_str().unwrap(),
        ],
        2,
        &["simbet.toml", "min_edeg", "min_edge"],
    );
}

#[test]
fn a_setting_of_the_environment_that_is_no_number_is_named() {
    let output = simbet()
        .args(["backtest", "datasets/epl.csv"])
        .env("MIN_EDGE", "much")
        .assert()
        .code(2);
    assert!(String::from_utf8_lossy(&output.get_output().stderr).contains("MIN_EDGE"));
}

#[test]
fn a_percentage_of_the_environment_that_is_no_fraction_is_named() {
    let output = simbet()
        .args(["backtest", "datasets/epl.csv"])
        .env("MAX_STAKE_PERCENTAGE", "5")
        .assert()
        .code(2);
    assert!(
        String::from_utf8_lossy(&output.get_output().stderr)
            .contains("MAX_STAKE_PERCENTAGE must be a fraction")
    );
}

#[test]
fn a_file_that_is_not_there_or_no_csv_is_exit_code_1() {
    fails(&["backtest", "no/such/file.csv"], 1, &["no/such/file.csv"]);
    fails(&["backtest", "Cargo.toml"], 1, &["Cargo.toml"]);
}

#[test]
fn results_of_an_earlier_run_are_replaced_together() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    simbet()
        .args(["backtest", "datasets/epl.csv", "-q", "--out", out])
        .assert()
        .success();
    let before = files(folder.path());
    simbet()
        .args([
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--strategy",
            "kelly",
            "--out",
            out,
        ])
        .assert()
        .success();
    let after = files(folder.path());
    assert_eq!(before.len(), after.len());
    assert!(
        before
            .iter()
            .zip(&after)
            // the same model has the same predictions, and as good ones
            .all(|(old, new)| old.0 == new.0
                && (old.1 != new.1
                    || ["forecasts.csv", "predictions.csv"].contains(&old.0.to_str().unwrap())))
    );
}

#[test]
fn stdin_reads_like_a_file() {
    let csv = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/epl.csv")).unwrap();
    let output = simbet()
        .args(["backtest", "-", "-q", "--format", "json"])
        .write_stdin(csv)
        .assert()
        .success();
    let piped: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(piped, json(&["backtest", "datasets/epl.csv", "-q"]));
}

#[test]
fn quiet_says_nothing_on_stderr() {
    let output = simbet()
        .args(["backtest", "datasets/epl.csv", "--quiet"])
        .assert()
        .success();
    assert!(output.get_output().stderr.is_empty());
}

/// The bets of the sample, and of the sample converted to simbet's plain form.
fn converted_gives_the_same_bets(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    let markets = ["-q", "--markets", "1x2,ou,ah"];
    simbet()
        .args(["convert", "datasets/epl.csv", "--output"])
        .arg(&file)
        .args(markets)
        .assert()
        .success();
    let bets = |input: &str| {
        let output = simbet()
            .args(["backtest", input, "--bets", "--format", "csv"])
            .args(markets)
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    assert_eq!(bets(file.to_str().unwrap()), bets("datasets/epl.csv"));
}

#[test]
fn the_plain_form_as_csv_gives_the_same_bets() {
    converted_gives_the_same_bets("matches.csv");
}

#[cfg(feature = "parquet")]
#[test]
fn the_plain_form_as_parquet_gives_the_same_bets() {
    converted_gives_the_same_bets("matches.parquet");
}

#[test]
fn groups_add_up_to_the_whole() {
    for by in [
        "league",
        "season",
        "market",
        "month",
        "odds-band",
        "selection",
    ] {
        let report = json(&[
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--markets",
            "1x2,ou,ah",
            "--by",
            by,
        ]);
        let groups = report["by"][by].as_array().unwrap();
        let sum = |name: &str| {
            groups
                .iter()
                .map(|group| group[name].as_f64().unwrap())
                .sum::<f64>()
        };
        assert!(
            !groups.is_empty()
                && (sum("profit") - report["profit"].as_f64().unwrap()).abs() < 0.005,
            "{by}"
        );
        assert_eq!(sum("bets") as u64, report["bets"].as_u64().unwrap(), "{by}");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn the_slim_build_says_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--out",
        out,
        "--bets-format",
        "parquet",
    ];
    fails(
        &arguments,
        2,
        &["--bets-format parquet needs a simbet that was built with its default features"],
    );
}

/// Prints into a pipe whose reader leaves after one line.
fn into_a_closed_pipe(arguments: &[&str]) -> std::process::ExitStatus {
    use std::io::Read as _;
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("simbet"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 8]).unwrap();
    drop(stdout);
    child.wait().unwrap()
}

#[test]
fn a_reader_that_leaves_is_no_failure_in_any_format() {
    for format in ["table", "json", "csv", "markdown"] {
        let flat = [
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--strategy",
            "flat",
            "--bets",
            "--format",
            format,
        ];
        assert!(into_a_closed_pipe(&flat).success(), "{format}");
    }
}

#[test]
fn too_few_matches_for_a_fit_are_an_error_and_no_panic() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/epl.csv")).unwrap();
    let few: String = text
        .lines()
        .take(6)
        .map(|line| format!("{line}\n"))
        .collect();
    let output = simbet()
        .args(["fit", "-", "--prior", "0"])
        .write_stdin(few)
        .assert()
        .code(1);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("do not determine") && said.contains("--prior"),
        "{said}"
    );
}

#[test]
fn results_that_cannot_be_written_are_said_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    fs::write(&file, "mine").unwrap();
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--out",
        file.to_str().unwrap(),
    ];
    let output = simbet().args(arguments).assert().code(2);
    assert!(output.get_output().stdout.is_empty());
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(said.contains("--out must be a folder"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn the_days_in_run_json_are_dates() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    simbet()
        .args([
            "backtest",
            "datasets/epl.csv",
            "-q",
            "--from",
            "2024-08-01",
            "--out",
            out,
        ])
        .assert()
        .success();
    let run: Value =
        serde_json::from_slice(&fs::read(folder.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(run["config"]["replay"]["from"], "2024-08-01");
}

#[test]
fn a_book_that_no_match_has_is_an_error_that_names_those_there_are() {
    fails(
        &["backtest", "datasets/epl.csv", "--book", "b356"],
        1,
        &[
            "no match has a price of b356",
            "avg",
            "max",
            "did you mean b365?",
        ],
    );
}

#[test]
fn min_edge_of_the_environment_does_not_make_a_baseline_ask_a_model() {
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--strategy",
        "flat",
        "--format",
        "json",
    ];
    let output = simbet()
        .args(arguments)
        .env("MIN_EDGE", "0.1")
        .assert()
        .success();
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(report["predicted"], 0);
}

#[test]
fn flat_stakes_are_whole_or_refused() {
    let arguments = [
        "backtest",
        "datasets/epl.csv",
        "-q",
        "--strategy",
        "flat",
        "--bankroll",
        "450",
        "--bets",
    ];
    let report = json(&arguments);
    let bets = report["bets_list"].as_array().unwrap();
    assert!(bets.iter().all(|bet| bet["stake"] == 100.0));
    assert!(bets.iter().any(|bet| bet["reason"] == "no_free_bankroll"));
}

#[test]
fn results_inside_the_folder_of_matches_are_not_read_as_matches() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/epl.csv"),
        folder.path().join("E0.csv"),
    )
    .unwrap();
    let out = format!("{data}/results");
    for _ in 0..2 {
        simbet()
            .args(["backtest", data, "-q", "--out", &out])
            .assert()
            .success();
    }
}

#[test]
fn what_a_killed_run_left_behind_is_swept_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".simbet-staged-killed"), "half").unwrap();
    fs::write(folder.path().join(".simbet-mine"), "not simbet's to remove").unwrap();
    let out = folder.path().to_str().unwrap();
    simbet()
        .args(["backtest", "datasets/epl.csv", "-q", "--out", out])
        .assert()
        .success();
    let hidden = files(folder.path())
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.to_str().unwrap().starts_with('.'));
    assert_eq!(hidden.collect::<Vec<_>>(), [PathBuf::from(".simbet-mine")]);
}

#[test]
fn predict_leaves_out_leagues_it_knows_nothing_of() {
    let fixtures = "Div,Date,HomeTeam,AwayTeam,AvgH,AvgD,AvgA\nE0,20/08/2025,Arsenal,Everton,1.5,4.2,6.5\n\
        SP2,20/08/2025,Eibar,Huesca,2.1,3.2,3.9\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fixtures.csv");
    fs::write(&file, fixtures).unwrap();
    let arguments = [
        "predict",
        "datasets/epl.csv",
        "--format",
        "json",
        "--fixtures",
    ];
    let output = simbet().args(arguments).arg(&file).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("no forecast and no bet in SP2: the model has seen no result"),
        "{said}"
    );
    let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let predictions = report["predictions"].as_array().unwrap();
    assert_eq!(predictions.len(), 1);
    let sum: f64 = ["win_prob_home", "draw_prob", "win_prob_away"]
        .map(|name| predictions[0][name].as_f64().unwrap())
        .iter()
        .sum();
    assert!((sum - 1.0).abs() < 1e-9 && predictions[0]["win_prob_home"].as_f64() > Some(0.5));
}

#[test]
fn convert_does_not_overwrite_what_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("E0.csv");
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/epl.csv"),
        &file,
    )
    .unwrap();
    fails(
        &[
            "convert",
            file.to_str().unwrap(),
            "--output",
            file.to_str().unwrap(),
        ],
        2,
        &["is also an input"],
    );
}

#[test]
fn an_option_of_pairs_shows_an_example_of_its_own() {
    for (option, example) in [
        ("--status-word", "beendet=played"),
        ("--alias", "Man Utd=Man United"),
        ("--map", "home_team=Home"),
    ] {
        fails(&["backtest", "datasets/epl.csv", option, ""], 2, &[example]);
    }
}

/// A league of ten matches from 2023-08-01 on, then these rows, and what a backtest prints of them.
fn tested_on_ten_and(further: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.csv");
    let mut csv =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    for day in 1..=10 {
        csv += &format!("L,2023-08-{day:02},Northgate,Ashby,1,0,2.4,3.3,2.95\n");
    }
    fs::write(&file, csv + further).unwrap();
    let arguments = ["backtest", file.to_str().unwrap(), "--min-matches", "1"];
    let done = simbet().args(arguments).assert().success();
    String::from_utf8_lossy(&done.get_output().stdout).into_owned()
}

#[test]
fn the_headline_of_a_backtest_is_of_what_was_played() {
    let said = tested_on_ten_and("M,2024-05-05,Corfield,Farley,,,2.4,3.3,2.95\n");
    assert!(said.starts_with("L, 2023-08-01 to 2023-08-10\n"), "{said}");
}

#[test]
fn the_first_round_of_the_only_league_is_not_of_an_unknown_league() {
    let said = tested_on_ten_and("");
    assert!(
        said.contains("no result of the league yet, or a name it does not know"),
        "{said}"
    );
}

#[test]
fn a_verdict_on_few_matches_begins_with_the_doubt() {
    let said = tested_on_ten_and("");
    assert!(
        said.contains("no verdict from fewer than 400 matches."),
        "{said}"
    );
    assert!(!said.contains("knew better"), "{said}");
}
