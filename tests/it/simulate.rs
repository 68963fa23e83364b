//! Simulations as their user runs them: flags in, tables and files out.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::backtest::{fails, simbet};

/// What a successful run prints.
fn stdout(arguments: &[&str]) -> String {
    let output = simbet().args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// What a successful simulation prints, as JSON.
fn json(arguments: &[&str]) -> Value {
    let all = [&["simulate", "-q", "--format", "json"], arguments].concat();
    serde_json::from_str(&stdout(&all)).unwrap()
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

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The rows of a table, by the names of its columns.
fn rows(csv: &str) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let row = |record: csv::StringRecord| {
        header
            .iter()
            .cloned()
            .zip(record.iter().map(str::to_owned))
            .collect()
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

fn cell<'a>(row: &'a [(String, String)], column: &str) -> &'a str {
    &row.iter()
        .find(|(name, _)| name == column)
        .unwrap_or_else(|| panic!("no column {column}"))
        .1
}

// ------------------------------------------------------------------------------- the same as a backtest

/// A simulation whose matches are written, and a backtest of those: the same bets, to the byte.
fn emitted_matches_give_the_same_bets(simulation: &[&str], both: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (matches, simulated, replayed) = (path("m.csv"), path("simulated"), path("replayed"));
    let emit = ["simulate", "-q", "--emit", &matches, "--out", &simulated];
    simbet()
        .args(emit)
        .args(simulation)
        .args(both)
        .assert()
        .success();
    let output = simbet()
        .args(["backtest", &matches, "--out", &replayed])
        .args(both)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.lines().all(|line| line.starts_with("note: wrote ")),
        "what was written is read without a word: {said}"
    );
    for name in ["bets.csv", "bankroll.csv"] {
        let [one, other] = [&simulated, &replayed].map(|folder| read(Path::new(folder), name));
        assert!(one.lines().count() > 2, "{name} has something in it");
        assert!(one == other, "{name} differs for {simulation:?} {both:?}");
    }
}

#[test]
fn a_backtest_of_what_was_simulated_places_the_same_bets() {
    emitted_matches_give_the_same_bets(&[], &[]);
}

#[test]
fn so_it_does_with_kelly_at_closing_prices() {
    emitted_matches_give_the_same_bets(
        &["--seed", "9"],
        &["--strategy", "kelly", "--price", "close"],
    );
}

#[test]
fn so_it_does_in_three_markets_of_a_league_that_drifts() {
    let both = ["--markets", "1x2,ou,ah", "--book", "ps", "--multiple"];
    emitted_matches_give_the_same_bets(
        &["--drift", "0.03", "--run", "3", "--bookmaker-noise", "0.2"],
        &both,
    );
}

#[test]
fn so_it_does_with_both_teams_to_score() {
    let both = ["--markets", "1x2,btts", "--book", "ps", "--multiple"];
    emitted_matches_give_the_same_bets(&["--bookmaker-noise", "0.2"], &both);
}

#[test]
fn so_it_does_with_a_league_like_a_real_one() {
    emitted_matches_give_the_same_bets(
        &["--from", "datasets/epl.csv", "--run", "5"],
        &["--model", "poisson"],
    );
}

#[test]
fn so_it_does_when_the_season_is_cut_short() {
    emitted_matches_give_the_same_bets(
        &["--teams", "8", "--matches", "3"],
        &["--strategy", "flat"],
    );
}

#[test]
fn so_it_does_when_some_sides_are_too_sure_for_a_price() {
    let simulation = ["--spread", "0.9", "--margin", "0.1", "--odds-decimals", "4"];
    let both = [
        "--strategy",
        "flat",
        "--stake",
        "1",
        "--markets",
        "1x2,ou,ah",
        "--margin-method",
        "additive",
    ];
    emitted_matches_give_the_same_bets(&simulation, &both);
}

#[test]
fn so_it_does_without_a_margin() {
    let both = ["--strategy", "proportional", "--markets", "1x2,ou,ah"];
    emitted_matches_give_the_same_bets(&["--margin", "0", "--longshot-bias", "0.1"], &both);
}

// -------------------------------------------------------------------------------------- the same again

#[test]
fn threads_change_no_file() {
    let run = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [
            "simulate",
            "-q",
            "--runs",
            "12",
            "--matches",
            "120",
            "--drift",
            "0.01",
            "--threads",
            threads,
        ];
        let strategies = ["--strategies", "ev,kelly:0.5,flat", "--markets", "1x2,ah"];
        simbet()
            .args(arguments)
            .args(strategies)
            .arg("--out")
            .arg(folder.path())
            .assert()
            .success();
        files(folder.path())
    };
    let one = run("1");
    let names: Vec<_> = one.iter().map(|(name, _)| name.to_str().unwrap()).collect();
    let files = [
        "fan.csv",
        "predictions.csv",
        "run.json",
        "runs.csv",
        "summary.json",
    ];
    assert_eq!(names, files);
    assert!(one == run("2") && one == run("8"));
}

/// Whether two texts are one number, but for the last digit, which the reader of JSON does not care for.
fn close(one: &str, other: &str) -> bool {
    let numbers = one.parse::<f64>().ok().zip(other.parse::<f64>().ok());
    numbers.is_some_and(|(one, other)| (one - other).abs() <= 1e-14 * other.abs())
}

/// A row of runs.csv.
fn row_of(folder: &Path, run: &str, strategy: &str) -> Vec<(String, String)> {
    let rows = rows(&read(folder, "runs.csv"));
    rows.into_iter()
        .find(|row| cell(row, "run") == run && cell(row, "strategy") == strategy)
        .unwrap()
}

#[test]
fn a_run_alone_is_what_it_is_among_others() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ["--strategy", "kelly", "--matches", "100"];
    let out = ["--runs", "12", "--out", folder.path().to_str().unwrap()];
    simbet()
        .args(["simulate", "-q"])
        .args(settings)
        .args(out)
        .assert()
        .success();
    let row = row_of(folder.path(), "7", "kelly");
    let alone = json(&[&settings[..], &["--run", "7"]].concat());
    for (name, text) in row
        .iter()
        .filter(|(name, _)| !["run", "strategy"].contains(&name.as_str()))
    {
        let value = name.split('.').fold(&alone, |value, part| &value[part]);
        let found = if value.is_null() {
            String::new()
        } else {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        assert!(
            found == *text || close(&found, text),
            "{name}: {found} alone, {text} among others"
        );
    }
}

#[test]
fn a_strategy_alone_is_what_it_is_among_others() {
    a_strategy_is_the_same_alone(&["--model", "truth", "--model-noise", "0.1"]);
}

#[test]
fn a_strategy_that_learns_with_others_is_what_it_is_alone() {
    a_strategy_is_the_same_alone(&["--model", "dixon-coles"]);
    a_strategy_is_the_same_alone(&["--model", "elo", "--in-play", "--every", "30"]);
}

fn a_strategy_is_the_same_alone(model: &[&str]) {
    let runs = |strategies: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        simbet()
            .args(["simulate", "-q", "--runs", "3", "--matches", "60"])
            .args(model)
            .args(strategies)
            .arg("--out")
            .arg(folder.path())
            .assert()
            .success();
        folder
    };
    let all = runs(&["--strategies", "ev,flat,kelly,proportional"]);
    for strategy in ["ev", "flat", "kelly", "proportional"] {
        let alone = runs(&["--strategy", strategy]);
        for run in ["1", "2", "3"] {
            assert_eq!(
                row_of(alone.path(), run, strategy),
                row_of(all.path(), run, strategy)
            );
        }
    }
}

#[test]
fn seeds_and_runs_differ() {
    let last = |arguments: &[&str]| {
        json(&[&["--strategy", "flat", "--matches", "40"], arguments].concat())
    };
    let one = last(&["--seed", "1"]);
    assert_eq!(one, last(&["--seed", "1", "--run", "1"]));
    assert_ne!(one, last(&["--seed", "2"]));
    assert_ne!(one, last(&["--seed", "1", "--run", "2"]));
}

#[test]
fn the_headline_named_the_model_of_the_first_strategy_alone() {
    let text = stdout(&[
        "simulate",
        "-q",
        "--strategies",
        "flat,ev",
        "--runs",
        "2",
        "--matches",
        "20",
    ]);
    assert!(text.contains("dixon-coles, flat, ev on 1x2"), "{text}");
}

// ---------------------------------------------------------------------------------------------- in play

#[test]
fn bets_are_struck_in_play_until_the_match_is_over() {
    let arguments = [
        "--in-play",
        "--every",
        "15",
        "--strategy",
        "flat",
        "--stake",
        "1",
        "--matches",
        "20",
        "--bets",
    ];
    let report = json(&arguments);
    let bets = report["bets_list"].as_array().unwrap();
    let minute = |bet: &Value| {
        let clock = bet["placed_at"]
            .as_str()
            .unwrap()
            .split('T')
            .nth(1)
            .unwrap()
            .to_owned();
        let parts: Vec<i64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
        parts[0] * 60 + parts[1] - 15 * 60
    };
    let in_play: Vec<&Value> = bets.iter().filter(|bet| minute(bet) > 0).collect();
    assert!(in_play.len() > bets.len() / 2);
    assert!(
        in_play
            .iter()
            .all(|bet| minute(bet) <= 90 + 15 && bet["market"] == "1x2")
    );
    assert!(
        in_play.iter().all(|bet| bet["closing_odds"].is_null()),
        "what is struck in play is not beside a closing price"
    );
    let minutes: std::collections::BTreeSet<i64> = in_play.iter().map(|bet| minute(bet)).collect();
    assert_eq!(
        minutes.into_iter().collect::<Vec<_>>(),
        [15, 30, 45, 75, 90, 105]
    );
}

// ------------------------------------------------------------------------------------------- wrong use

#[test]
fn a_league_or_bookmaker_that_cannot_be_is_refused_with_what_is_allowed() {
    for (arguments, words) in [
        (["--teams", "0"], ["between 2 and 100", "0"]),
        (["--teams", "7"], ["even number", "7"]),
        (["--teams", "102"], ["between 2 and 100", "102"]),
        (["--margin", "1"], ["at least 0 and below 1", "1"]),
        (["--margin", "-0.1"], ["at least 0 and below 1", "-0.1"]),
        (["--home-goals", "-1"], ["between 0.01 and 10", "-1"]),
        (["--away-goals", "11"], ["between 0.01 and 10", "11"]),
        (["--spread", "-1"], ["between 0 and 1", "-1"]),
        (["--spread", "nan"], ["between 0 and 1", "NaN"]),
        (["--rho", "2"], ["between -1 and 1", "2"]),
        (["--drift", "0.3"], ["between 0 and 0.25", "0.3"]),
        (["--bookmaker-noise", "-1"], ["between 0 and 3", "-1"]),
        (
            ["--closing-noise", "0.2"],
            ["at most that of the opening ones", "0.2"],
        ),
        (["--longshot-bias", "1"], ["between 0 and 0.99", "1"]),
        (["--odds-decimals", "1"], ["between 2 and 10", "1"]),
        (["--matches", "0"], ["between 1 and 3039620", "0"]),
        (
            ["--matches", "3039621"],
            ["between 1 and 3039620", "--runs"],
        ),
        (
            ["--matches", "1e9"],
            ["between 1 and 3039620", "1000000000"],
        ),
        (["--matches", "1e9.5"], ["--matches", "1e9.5"]),
        (["--model-noise", "0.1"], ["--model is truth", "0.1"]),
        (["--runs", "0"], ["at least 1", "0"]),
        (
            ["--runs", "99999999999"],
            ["at most 4294967295", "99999999999"],
        ),
        (["--run", "0"], ["at least 1", "0"]),
        (["--ruin", "1.5"], ["at least 0 and below 1", "1.5"]),
        (["--ruin", "-1"], ["at least 0 and below 1", "-1"]),
        (["--precision", "0"], ["above 0", "0"]),
        (["--precision", "-1"], ["above 0", "-1"]),
        (["--every", "5"], ["--in-play", "--every"]),
        (
            ["--strategies", "foo"],
            ["ev, kelly, flat and proportional", "foo"],
        ),
        (
            ["--strategies", "ev,ev"],
            ["different strategies", "ev twice"],
        ),
        (["--strategies", "kelly:x"], ["a share such as", "x"]),
        (["--strategies", "kelly:3"], ["at most 2", "3"]),
        (["--strategies", "flat:0"], ["at least 0.01", "0"]),
        (["--threads", "0"], ["between 1 and 256", "0"]),
        (["--seed", "x"], ["--seed", "x"]),
    ] {
        fails(&[&["simulate"], &arguments[..]].concat(), 2, &words);
    }
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    fails(
        &["simulate", "--in-play", "--every", "0"],
        2,
        &["--every", "0 is not in 1..=90"],
    );
    fails(
        &["simulate", "--in-play", "--every", "91"],
        2,
        &["--every", "91 is not in 1..=90"],
    );
    fails(
        &["simulate", "--strategies", "ev,flat", "--stake", "1"],
        2,
        &["--strategies", "flat:50 or kelly:0.5, not"],
    );
    fails(
        &["simulate", "--strategies", "ev,kelly", "--strategy", "ev"],
        2,
        &["--strategies"],
    );
    fails(&["simulate", "--runs", "3", "--run", "3"], 2, &["--run"]);
    fails(
        &["simulate", "--runs", "3", "--bets"],
        2,
        &["--bets", "--run"],
    );
    fails(
        &["simulate", "--strategies", "ev,kelly", "--by", "market"],
        2,
        &["--by", "a single strategy"],
    );
    fails(
        &["simulate", "--teams", "4", "--from", "datasets/epl.csv"],
        2,
        &["--from", "--teams"],
    );
    fails(
        &["backtest", "datasets/epl.csv", "--model", "truth"],
        2,
        &["simulations"],
    );
    fails(
        &["fit", "datasets/epl.csv", "--model", "truth"],
        2,
        &["truth"],
    );
}

#[test]
fn what_cannot_be_emitted_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.csv");
    let emit = ["simulate", "--emit", file.to_str().unwrap()];
    for (arguments, words) in [
        (&["--in-play"][..], &["--emit", "--in-play"][..]),
        (&["--runs", "3"], &["--emit", "--run"]),
        (&["--book", "mine"], &["--book mine", "football-data"]),
        (&["--margin", "0.5"], &["0.39", "0.5"]),
        (
            &["--teams", "2", "--matches", "10000"],
            &["198 matches", "10000"],
        ),
    ] {
        fails(&[&emit[..], arguments].concat(), 2, words);
        assert!(!file.exists(), "{arguments:?}");
    }
}

#[test]
fn real_matches_to_be_like_must_be_of_one_league_and_there() {
    fails(
        &["simulate", "--from", "no/such/file.csv"],
        1,
        &["no/such/file.csv"],
    );
    let folder = tempfile::tempdir().unwrap();
    let [one, other] =
        ["one.csv", "other.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    simbet()
        .args([
            "simulate",
            "-q",
            "--matches",
            "90",
            "--teams",
            "10",
            "--emit",
            &one,
        ])
        .assert()
        .success();
    fs::write(
        &other,
        fs::read_to_string(&one)
            .unwrap()
            .replace("SIM,", "XYZ,")
            .replace("Team ", "Club "),
    )
    .unwrap();
    fails(
        &["simulate", "--from", &one, &other],
        1,
        &["one real league", "SIM, XYZ"],
    );
    let like = json(&["--from", &one, "--matches", "90"]);
    assert_eq!(like["matches"], 90);
}

// -------------------------------------------------------------------------------------------- stopping

#[cfg(unix)]
mod stopping {
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use super::*;

    /// More runs than anybody waits for.
    fn endless(out: &Path) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin!("simbet"))
            .args([
                "simulate",
                "--runs",
                "100000000",
                "--matches",
                "40",
                "--strategies",
                "flat,flat:50",
                "--out",
            ])
            .arg(out)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Whether something comes true within half a minute.
    fn wait_for(mut happened: impl FnMut() -> bool) -> bool {
        (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            happened()
        })
    }

    /// Sends a signal once the table of runs has something in it.
    fn signal(child: &Child, out: &Path, name: &str) {
        let staged = || {
            let entries = fs::read_dir(out).into_iter().flatten().flatten();
            entries
                .filter(|entry| entry.file_name().to_string_lossy().starts_with('.'))
                .flat_map(|entry| {
                    fs::read_dir(entry.path())
                        .into_iter()
                        .flatten()
                        .flatten()
                        .chain([entry])
                })
                .any(|entry| {
                    entry
                        .metadata()
                        .is_ok_and(|data| data.is_file() && data.len() > 0)
                })
        };
        wait_for(staged);
        assert!(
            Command::new("kill")
                .args([name, &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
    }

    #[test]
    fn ctrl_c_reports_the_runs_that_are_done() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = endless(folder.path());
        signal(&child, folder.path(), "-INT");
        assert!(
            wait_for(|| child.try_wait().unwrap().is_some()),
            "it stops soon"
        );
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("stopped after") && said.contains("of 100,000,000 runs"),
            "{said}"
        );
        let table = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(table.contains("less flat, same matches"), "{table}");

        let run: Value = serde_json::from_str(&read(folder.path(), "run.json")).unwrap();
        let summary: Value = serde_json::from_str(&read(folder.path(), "summary.json")).unwrap();
        let rows = rows(&read(folder.path(), "runs.csv"));
        assert_eq!(run["runs_done"].as_u64(), Some(rows.len() as u64 / 2));
        assert_eq!(run["runs_done"], summary["runs"]);
        let numbers: Vec<u64> = rows
            .iter()
            .map(|row| cell(row, "run").parse().unwrap())
            .collect();
        assert!(
            numbers
                .iter()
                .enumerate()
                .all(|(place, &run)| run == place as u64 / 2 + 1),
            "runs are in order"
        );
    }

    #[test]
    fn a_killed_run_leaves_the_earlier_results_whole() {
        let folder = tempfile::tempdir().unwrap();
        let out = [
            "--runs",
            "3",
            "--matches",
            "20",
            "--out",
            folder.path().to_str().unwrap(),
        ];
        simbet()
            .args(["simulate", "-q"])
            .args(out)
            .assert()
            .success();
        let before = files(folder.path());
        let mut child = endless(folder.path());
        signal(&child, folder.path(), "-KILL");
        assert!(!child.wait().unwrap().success());
        for (name, bytes) in before {
            assert!(
                fs::read(folder.path().join(&name)).unwrap() == bytes,
                "{name:?}"
            );
        }
    }

    #[test]
    fn a_stop_before_the_first_run_is_over_says_so() {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("simbet"))
            .args([
                "simulate",
                "--runs",
                "2",
                "--matches",
                "3000000",
                "--strategy",
                "flat",
                "--stake",
                "1",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        assert!(
            Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(1));
        let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
        assert!(said.contains("before the first run was over"), "{said}");
    }
}

// -------------------------------------------------------------------------------------------- the fan

#[test]
fn the_start_of_a_fan_was_not_the_bankroll() {
    let report = json(&[
        "--runs",
        "2",
        "--matches",
        "20",
        "--strategy",
        "flat",
        "--bankroll",
        "12345.67",
    ]);
    let start = &report["strategies"][0]["fan"][0];
    assert_eq!(start["matches"], 0);
    assert_eq!(start["mean"], 12345.67);
    assert!(
        start["quantiles"]
            .as_array()
            .unwrap()
            .iter()
            .all(|quantile| *quantile == 12345.67),
        "{start}"
    );
}

#[test]
fn the_end_of_a_fan_was_not_the_final_bankroll() {
    let report = json(&["--runs", "30", "--matches", "50", "--strategy", "flat"]);
    let strategy = &report["strategies"][0];
    let end = strategy["fan"].as_array().unwrap().last().unwrap();
    assert_eq!(end["quantiles"], strategy["final_bankroll"]["quantiles"]);
    assert_eq!(end["mean"], strategy["final_bankroll"]["mean"]);
}

#[test]
fn the_fan_is_made_of_the_paths_of_the_runs() {
    let settings = ["--strategy", "flat", "--matches", "100"];
    let report = json(&[&settings[..], &["--runs", "3"]].concat());
    let fan = report["strategies"][0]["fan"].as_array().unwrap();
    assert_eq!(fan.len(), 101);
    let path = |run: &str| -> Vec<f64> {
        let folder = tempfile::tempdir().unwrap();
        let out = ["--run", run, "--out", folder.path().to_str().unwrap()];
        simbet()
            .args(["simulate", "-q"])
            .args(settings)
            .args(out)
            .assert()
            .success();
        let rows = rows(&read(folder.path(), "bankroll.csv"));
        let settled = rows.iter().filter(|row| cell(row, "reserved") == "0");
        settled
            .map(|row| cell(row, "balance").parse().unwrap())
            .collect()
    };
    let paths = ["1", "2", "3"].map(path);
    for round in 0..10 {
        let mut balances = [0, 1, 2].map(|run| paths[run][round]);
        balances.sort_by(f64::total_cmp);
        let point = &fan[10 * (round + 1)];
        assert_eq!(point["matches"], 10 * (round + 1));
        let mean = point["mean"].as_f64().unwrap();
        assert!((mean - balances.iter().sum::<f64>() / 3.0).abs() < 1e-6);
        for (quantile, exact) in [(0, balances[0]), (3, balances[1]), (6, balances[2])] {
            let found = point["quantiles"][quantile].as_f64().unwrap();
            assert!(
                (found - exact).abs() < 1e-9,
                "after {round} rounds {found} should be {exact}"
            );
        }
    }
}

// --------------------------------------------------------------------------------------------- output

#[test]
fn every_format_of_many_runs_says_the_same() {
    let settings = [
        "simulate",
        "-q",
        "--runs",
        "4",
        "--matches",
        "60",
        "--strategies",
        "ev,flat",
        "--precision",
        "0.01",
        // in 60 matches nobody is known well
        "--min-matches",
        "0",
    ];
    let text = |format: &str| stdout(&[&settings[..], &["--format", format]].concat());
    let report: Value = serde_json::from_str(&text("json")).unwrap();
    let csv = text("csv");
    for row in rows(csv.split_once("\n\n").unwrap().0) {
        let of_strategy = report["strategies"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["strategy"] == cell(&row, "strategy"));
        let figure = &of_strategy.unwrap()[cell(&row, "figure")];
        assert!(
            figure.is_object(),
            "{} is missing in JSON",
            cell(&row, "figure")
        );
        let same = |column: &str, value: &Value| {
            let text = cell(&row, column);
            assert!(
                close(text, &value.to_string()),
                "{column}: {text} in CSV, {value} in JSON"
            );
        };
        same(
            "mean",
            if figure["share"].is_null() {
                &figure["mean"]
            } else {
                &figure["share"]
            },
        );
        same("standard_error", &figure["standard_error"]);
        if let Some(quantiles) = figure["quantiles"].as_array() {
            same("p50", &quantiles[3]);
            same("p99", &quantiles[6]);
        }
    }
    assert!(text("markdown").contains("| strategy"));
    assert_eq!(report["differences"][0]["strategy"], "flat");
    assert_eq!(report["differences"][0]["less"], "ev");
    assert!(!text("table").contains("NaN"));
}

#[test]
fn precision_says_how_many_runs_it_takes() {
    let settings = [
        "simulate",
        "-q",
        "--runs",
        "10",
        "--matches",
        "40",
        "--strategy",
        "flat",
        "--precision",
    ];
    let text = |precision: &str| stdout(&[&settings[..], &[precision]].concat());
    assert!(
        text("10").contains("the target is 1000.0000 %: reached."),
        "{}",
        text("10")
    );
    let report = json(&[&settings[2..], &["0.0001"]].concat());
    let error = report["strategies"][0]["growth"]["standard_error"]
        .as_f64()
        .unwrap();
    let runs = (10.0 * (error / 0.0001).powi(2)).ceil() as u64;
    assert_eq!(
        report["strategies"][0]["precision"]["runs"].as_u64(),
        Some(runs)
    );
    let said = text("0.0001").replace(',', "");
    assert!(
        said.contains(&format!("that takes about {runs} runs")),
        "{said}"
    );
}

#[test]
fn one_run_of_many_had_another_shape() {
    let report = json(&["--runs", "1", "--matches", "20", "--strategy", "flat"]);
    let figure = &report["strategies"][0]["final_bankroll"];
    assert!(
        figure["n"] == 1 && figure["standard_error"].is_null(),
        "{figure}"
    );
    let alone = json(&["--run", "1", "--matches", "20", "--strategy", "flat"]);
    assert_eq!(figure["mean"], alone["final_bankroll"]);
}

#[test]
fn one_run_without_bets_is_dashes_and_null() {
    let settings = [
        "--runs",
        "2",
        "--matches",
        "10",
        "--strategy",
        "flat",
        "--min-odds",
        "999",
    ];
    let report = json(&settings);
    let figure = &report["strategies"][0]["yield"];
    assert!(
        figure["mean"].is_null() && figure["quantiles"][0].is_null() && figure["n"] == 0,
        "{figure}"
    );
    let text = stdout(&[&["simulate", "-q"], &settings[..]].concat());
    assert!(text.contains('–') && !text.contains("NaN"), "{text}");
}

#[test]
fn piped_output_has_no_colours_and_quiet_says_nothing() {
    let output = simbet()
        .args(["simulate", "-q", "--runs", "3", "--matches", "20"])
        .assert()
        .success();
    assert!(output.get_output().stderr.is_empty());
    assert!(!output.get_output().stdout.contains(&0x1b));
}

// ---- what somebody found who had nothing but the documentation ----

#[cfg(unix)]
#[test]
fn emit_replaced_what_was_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (link, target) = (
        folder.path().join("link.csv"),
        folder.path().join("target.csv"),
    );
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let emit = |path: &Path| {
        simbet()
            .args(["simulate", "-q", "--matches", "4", "--emit"])
            .arg(path)
            .assert()
    };
    emit(&target).success();
    emit(&link).success();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().starts_with("Div,Date"));
    for other in [folder.path(), Path::new("-")] {
        let said = emit(other).code(2);
        let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
        assert!(said.starts_with("error: --emit must name a file"), "{said}");
    }
}

#[test]
fn fixtures_of_a_league_by_another_name_were_left_out_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let rest = folder.path().join("rest.csv");
    fs::write(
        &rest,
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE9,30/05/2025,Arsenal,Chelsea,,\n",
    )
    .unwrap();
    let season = [
        "season",
        "-q",
        "datasets/epl.csv",
        "--as-of",
        "2025-05-01",
        "--fixtures",
    ];
    let said = simbet().args(season).arg(&rest).assert().code(1);
    let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
    assert!(
        said.contains("--fixtures has no match of E0, only of E9; a file without a column Div"),
        "{said}"
    );
}

#[test]
fn points_taken_away_were_not_on_record() {
    let season = [
        "season",
        "-q",
        "datasets/epl.csv",
        "--as-of",
        "2025-01-01",
        "--runs",
        "10",
        "--deduct",
        "Everton=10",
    ];
    let text = stdout(&season);
    assert!(text.contains("Points deducted: Everton 10."), "{text}");
    let value: Value =
        serde_json::from_str(&stdout(&[&season[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(value["deductions"]["Everton"], 10);
}

#[test]
fn the_log_growth_of_those_that_were_not_ruined_flattered() {
    let ruinous = [
        "simulate",
        "-q",
        "--runs",
        "20",
        "--matches",
        "200",
        "--bankroll",
        "100",
        "--strategies",
        "flat,ev",
    ];
    let text = stdout(&ruinous);
    let row = text
        .lines()
        .find(|line| line.starts_with("│ flat ") && line.contains("±"))
        .unwrap();
    assert!(row.trim_end().ends_with("– ± – │"), "{text}");
    assert!(
        text.contains("runs of flat lost everything, so its log growth has no mean."),
        "{text}"
    );
}

#[test]
fn a_league_like_a_real_one_did_not_say_which_files_it_was_from() {
    let folder = tempfile::tempdir().unwrap();
    let run = [
        "simulate",
        "-q",
        "--from",
        "datasets/epl.csv",
        "--matches",
        "10",
        "--out",
    ];
    simbet().args(run).arg(folder.path()).assert().success();
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(run["inputs"][0]["path"], "datasets/epl.csv");
    assert_eq!(run["inputs"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn differences_were_missing_from_csv() {
    let csv = stdout(&[
        "simulate",
        "-q",
        "--runs",
        "3",
        "--matches",
        "20",
        "--strategies",
        "ev,flat",
        "--format",
        "csv",
    ]);
    let (figures, differences) = csv.split_once("\n\n").unwrap();
    assert!(figures.starts_with("strategy,figure,n,mean"));
    assert!(
        differences
            .starts_with("strategy,less,figure,n,mean,standard_error\nflat,ev,final_bankroll,3,")
    );
}

#[test]
fn the_environment_made_a_strategy_of_a_list_another_than_alone() {
    let run = |strategy: [&str; 2]| {
        let mut command = simbet();
        command.env("MIN_EDGE", "0.03").args([
            "simulate",
            "-q",
            "--runs",
            "3",
            "--matches",
            "60",
            "--format",
            "json",
        ]);
        let output = command.args(strategy).assert().success();
        serde_json::from_slice::<Value>(&output.get_output().stdout).unwrap()
    };
    let (alone, listed) = (
        run(["--strategy", "flat"]),
        run(["--strategies", "kelly,flat"]),
    );
    assert_eq!(
        alone["strategies"][0]["final_bankroll"],
        listed["strategies"][1]["final_bankroll"]
    );
}

#[test]
fn the_standard_error_is_named_and_a_loss_of_more_than_all_explained() {
    let printed = |noise: &str| {
        stdout(&[
            "simulate",
            "-q",
            "--runs",
            "20",
            "--matches",
            "400",
            "--model",
            "truth",
            "--strategy",
            "kelly",
            "--model-noise",
            noise,
        ])
    };
    let bad = printed("0.6");
    assert!(bad.contains("\n± is the standard error.\n"), "{bad}");
    assert!(bad.contains("It may fall below -100 %"), "{bad}");
    let good = printed("0.01");
    assert!(
        good.contains("± is the standard error.") && !good.contains("It may fall"),
        "{good}"
    );
}
