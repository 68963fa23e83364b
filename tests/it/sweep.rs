//! Grids of settings: each setting as a backtest has it, and what is said of the best.

mod grid;
mod noise;
mod parity;
mod ranking;
mod resume;
mod same_content;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::backtest::simbet;

/// What a successful sweep prints.
fn stdout(arguments: &[&str]) -> String {
    let output = simbet()
        .args(["sweep", "-q"])
        .args(arguments)
        .assert()
        .success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// What is said on stderr.
fn said(arguments: &[&str]) -> String {
    let output = simbet().arg("sweep").args(arguments).assert().success();
    String::from_utf8(output.get_output().stderr.clone()).unwrap()
}

/// Says this on stderr, and nothing on stdout.
fn fails(arguments: &[&str], code: i32, word: &str) {
    crate::backtest::fails(arguments, code, &[word]);
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

const EPL: &str = "datasets/epl.csv";
const FLAT: [&str; 5] = [
    EPL,
    "--strategy",
    "flat",
    "--grid",
    "selections=home,draw,away",
];

#[test]
fn settings_are_ranked_and_those_without_bets_come_last() {
    let swept = json(&[
        EPL,
        "--strategy",
        "flat",
        "--grid",
        "min_odds=1000,1.5,3",
        "--grid",
        "selections=home,away",
    ]);
    let ranked = swept["ranked"].as_array().unwrap();
    let sharpes: Vec<Option<f64>> = ranked.iter().map(|one| one["sharpe"].as_f64()).collect();
    assert_eq!(ranked.len(), 6);
    assert!(
        sharpes[..4].windows(2).all(|pair| pair[0] >= pair[1]) && sharpes[3].is_some(),
        "{sharpes:?}"
    );
    assert_eq!(sharpes[4..], [None, None]);
    assert_eq!(ranked[5]["setting"]["min_odds"], "1000");
    let table = stdout(&[
        EPL,
        "--strategy",
        "flat",
        "--grid",
        "min_odds=1000,1.5",
        "--format",
        "markdown",
    ]);
    let last = table
        .lines()
        .find(|line| line.starts_with("|  2 |"))
        .expect(&table);
    assert!(last.contains("1000") && last.contains('–'), "{table}");
}

#[test]
fn every_figure_ranks() {
    for by in [
        "sharpe",
        "yield",
        "growth",
        "log-growth",
        "log_growth",
        "clv",
        "drawdown",
        "log-loss",
    ] {
        let swept = json(&[
            EPL,
            "--grid",
            "min_ev=0.02,0.1",
            "--model",
            "average",
            "--rank-by",
            by,
        ]);
        let figure = |place: usize| {
            let one = &swept["ranked"][place];
            match by {
                "sharpe" => one["sharpe"].as_f64(),
                "log-growth" | "log_growth" => one["log_growth"].as_f64(),
                "clv" => one["summary"]["clv_mean"].as_f64(),
                "drawdown" => one["summary"]["max_drawdown"].as_f64().map(|value| -value),
                "log-loss" => one["summary"]["model"]["log_loss"]
                    .as_f64()
                    .map(|value| -value),
                name => one["summary"][name].as_f64(),
            }
        };
        assert!(figure(0).unwrap() >= figure(1).unwrap(), "{by}");
    }
}

#[test]
fn a_sweep_is_the_same_whatever_the_threads() {
    let run = |threads| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let grid = [
            "--grid",
            "half_life=200,400,800",
            "--strategies",
            "ev,kelly:0.5",
        ];
        let text = stdout(
            &[
                &[
                    EPL,
                    "--threads",
                    threads,
                    "--out",
                    out,
                    "--hold-out",
                    "2025-01-01",
                ],
                &grid[..],
            ]
            .concat(),
        );
        (
            text,
            ["sweep.csv", "summary.json", "run.json"].map(|name| read(folder.path(), name)),
        )
    };
    assert_eq!(run("1"), run("3"));
}

#[test]
fn a_sweep_writes_every_setting_with_every_figure() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    stdout(&[&FLAT[..], &["--top", "1", "--out", out]].concat());
    let table = read(folder.path(), "sweep.csv");
    assert!(
        table.starts_with("rank,selections,sharpe,log_growth,matches,predicted,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 4);
    let summary: Value = serde_json::from_str(&read(folder.path(), "summary.json")).unwrap();
    assert_eq!(
        (
            summary["settings"].as_u64(),
            summary["ranked"].as_array().unwrap().len()
        ),
        (Some(3), 1)
    );
    let run: Value = serde_json::from_str(&read(folder.path(), "run.json")).unwrap();
    assert_eq!(
        run["grid"][0]["selections"],
        serde_json::json!(["home", "draw", "away"])
    );
    assert_eq!(run["inputs"][0]["path"], EPL);
    assert_eq!(
        folder.path().join("sweep.parquet").exists(),
        cfg!(feature = "parquet")
    );
}

#[test]
fn a_ranking_fits_eighty_columns_and_shows_more_on_a_wide_terminal() {
    let shown = |columns: &str| {
        let output = simbet()
            .env("COLUMNS", columns)
            .args(["sweep", "-q"])
            .args(FLAT)
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let csv = stdout(&[&FLAT[..], &["--format", "csv"]].concat());
    assert!(shown("80").contains("luck alone would show"));
    assert!(
        csv.contains("\n\nfigure,value\nselection.trials,3\n"),
        "{csv}"
    );
}

// ------------------------------------------------------------------------------- the hold-out

const HOLD: [&str; 8] = [
    EPL,
    "--model",
    "average",
    "--hold-out",
    "2024-08-01",
    "--strategies",
    "ev,kelly",
    "--grid",
];

#[test]
fn the_search_sees_nothing_of_the_hold_out_and_the_best_is_run_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let swept = json(&[&HOLD[..], &["min_odds=1.5,3"]].concat());
    let backtest = |extra: &[&str]| -> Value {
        let best = &swept["hold_out"]["setting"];
        let (strategy, odds) = (
            best["strategy"].as_str().unwrap(),
            best["min_odds"].as_str().unwrap(),
        );
        let flags = [
            "backtest",
            EPL,
            "-q",
            "--model",
            "average",
            "--format",
            "json",
            "--strategy",
            strategy,
        ];
        let output = simbet()
            .args(flags)
            .args(["--min-odds", odds])
            .args(extra)
            .assert()
            .success();
        let mut summary: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        summary.as_object_mut().unwrap().remove("forecasts");
        summary
    };
    let mut searched = backtest(&["--to", "2024-07-31"]);
    // whether the best of many was skill is what the corrections for selection say
    searched.as_object_mut().unwrap().remove("luck");
    assert_eq!(swept["ranked"][0]["summary"], searched);
    assert_eq!(
        swept["hold_out"]["summary"],
        backtest(&["--from", "2024-08-01"])
    );

    // other results in the hold-out change nothing of the search
    let text = fs::read_to_string(EPL).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let columns: Vec<&str> = header.trim_end().split(',').collect();
    let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    let (date, goals, result) = (at("Date"), at("FTHG"), at("FTR"));
    let changed = rows.lines().map(|row| {
        let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        // dd/mm/yyyy
        let day = &cells[date];
        if format!("{}-{}", &day[6..], &day[3..5]).as_str() >= "2024-08" {
            cells[goals] = "9".to_owned();
            cells[result] = "H".to_owned();
        }
        cells.join(",")
    });
    let changed = format!("{header}\n{}\n", changed.collect::<Vec<_>>().join("\n"));
    assert!(changed != text, "something was changed");
    let path = folder.path().join("epl.csv");
    fs::write(&path, changed).unwrap();
    let other = json(&[&[path.to_str().unwrap()], &HOLD[1..], &["min_odds=1.5,3"]].concat());
    assert_eq!(other["ranked"][0]["setting"], swept["ranked"][0]["setting"]);
    assert_eq!(other["selection"], swept["selection"]);
    assert_ne!(other["hold_out"], swept["hold_out"]);
}

#[test]
fn a_hold_out_that_was_looked_at_before_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let out = ["--out", folder.path().to_str().unwrap()];
    let first = said(&[&HOLD[..], &["min_odds=1.5,3"], &out].concat());
    assert!(!first.contains("looked at before"), "{first}");
    // the same again is no second look
    let again = simbet()
        .arg("sweep")
        .args(HOLD)
        .arg("min_odds=1.5,3")
        .args(out)
        .assert()
        .success();
    let text = String::from_utf8_lossy(&again.get_output().stdout).into_owned();
    assert!(text.contains("That was the only look"), "{text}");
    let other = simbet()
        .arg("sweep")
        .args(HOLD)
        .arg("min_odds=1.5,4")
        .args(out)
        .assert()
        .success();
    let text = String::from_utf8_lossy(&other.get_output().stdout).into_owned();
    let note = String::from_utf8_lossy(&other.get_output().stderr).into_owned();
    assert!(
        text.contains("Another sweep had looked at it before"),
        "{text}"
    );
    assert!(
        note.contains(
            "this hold-out was looked at before: the one from 2024-08-01, with strategy="
        ),
        "{note}"
    );
    let summary: Value = serde_json::from_str(&read(folder.path(), "summary.json")).unwrap();
    assert_eq!(
        summary["hold_out"]["looked_at_before"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_hold_out_must_leave_something_on_both_sides() {
    for (extra, day) in [
        (["--from", "2024-09-01"], "2024-08-01"),
        (["--to", "2024-07-01"], "2024-08-01"),
    ] {
        let all = [&["sweep"], &FLAT[..], &["--hold-out", day], &extra].concat();
        fails(
            &all,
            2,
            "--hold-out 2024-08-01 must lie after the first day that is bet on, and not after the last",
        );
    }
}

#[test]
fn a_hold_out_without_a_match_is_no_look_but_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let words = |first, last| {
        format!(
            "must lie after the first day that is bet on ({first}), and not after the last ({last})"
        )
    };
    let all = ("2023-08-11", "2025-05-25");
    let cases = [
        ("2030-01-01", &[][..], all),
        ("2025-05-26", &[], all),
        ("1990-01-01", &[], all),
        ("2023-08-11", &[], all),
        (
            "2024-08-01",
            &["--from", "2024-06-01"],
            ("2024-08-16", all.1),
        ),
        ("2024-06-01", &["--to", "2024-07-01"], (all.0, "2024-05-19")),
    ];
    for (day, more, (first, last)) in cases {
        let arguments = [
            &["sweep"],
            &FLAT[..],
            &["--out", out, "--hold-out", day],
            more,
        ]
        .concat();
        fails(
            &arguments,
            2,
            &format!("--hold-out {day} {}", words(first, last)),
        );
    }
    let journal = read(folder.path(), "sweep.journal");
    assert!(
        !journal.contains("hold-out"),
        "nothing was looked at: {journal}"
    );
    for day in ["2025-05-25", "2023-08-12"] {
        assert!(
            json(&[&FLAT[..], &["--hold-out", day]].concat())["hold_out"].is_object(),
            "{day}"
        );
    }
}

#[test]
fn a_hold_out_without_the_price_of_the_best_is_not_looked_at() {
    // half of the matches have no price by Pinnacle's name
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epl.csv");
    let plain = |day: &str, number: usize, ps: &str| {
        format!("{day},A{number},B{number},1,0,2.00,3.40,3.80,{ps}")
    };
    let header = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA,PSH,PSD,PSA";
    let early = (1..=9).map(|day| {
        format!(
            "E0,{}",
            plain(&format!("0{day}/01/2024"), day, "2.10,3.50,3.90")
        )
    });
    let late = (1..=9).map(|day| format!("E0,{}", plain(&format!("0{day}/02/2024"), day, ",,")));
    let lines: Vec<String> = [header.to_owned()]
        .into_iter()
        .chain(early)
        .chain(late)
        .collect();
    fs::write(&path, lines.join("\n")).unwrap();
    let arguments = [
        "--strategy",
        "flat",
        "--grid",
        "selections=home,draw",
        "--hold-out",
        "2024-02-01",
    ];
    let run = |book: &[&'static str]| [&[path.to_str().unwrap()], &arguments[..], book].concat();
    fails(
        &[&["sweep"], &run(&["--book", "ps"])[..]].concat(),
        2,
        "not after the last (2024-01-09)",
    );
    // the first setting's price is there, the better one's is not
    let swept = stdout(&run(&["--grid", "book=avg,ps", "--rank-by", "yield"]));
    let why =
        "No match of the hold-out has a price for the first setting, so it was not looked at.";
    assert!(swept.contains(why), "{swept}");
}

#[test]
fn a_hold_out_makes_no_more_settings_than_there_are() {
    use simbet::internals::config::Grid;
    use simbet::internals::sweep::SweepConfig;
    use simbet::internals::sweep::sweep;
    use simbet::{RunConfig, Settings};
    let grid = Grid::new(
        vec!["selections=home,draw,away".parse().unwrap()],
        &["flat:10".parse().unwrap()],
    )
    .unwrap();
    let points = grid
        .resolve(&Settings::default(), &RunConfig::resolve)
        .unwrap()
        .points;
    let names = grid.names().into_iter().map(str::to_owned).collect();
    let day = "2024-08-01"
        .parse::<simbet::internals::config::Day>()
        .unwrap()
        .0;
    let config = SweepConfig {
        hold_out: Some(day),
        ..SweepConfig::new(names, points)
    };
    let csv = fs::read(EPL).unwrap();
    let mut read = |config: &_| simbet::read_bytes(EPL, &csv, config).map(std::sync::Arc::new);
    let most = std::sync::atomic::AtomicUsize::new(0);
    let progress = |done| {
        most.fetch_max(done, std::sync::atomic::Ordering::Relaxed);
    };
    let swept = sweep(
        &config,
        &mut read,
        None,
        &std::sync::atomic::AtomicBool::new(false),
        &progress,
    )
    .unwrap();
    assert!(swept.hold_out.is_some());
    assert_eq!(most.into_inner(), 3);
}
