//! The page of results, as a file and in a browser, and single pictures.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::backtest::{fails, simbet};
use crate::browser::{chromium, visit};
use crate::result_folders::reseal;

/// A folder of results of a run, and the page that `report` made of it.
fn reported(run: &[&str]) -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    simbet()
        .args(run)
        .args(["-q", "--out", out])
        .assert()
        .success();
    simbet().args(["report", "-q", out]).assert().success();
    let page = folder.path().join("report.html");
    let html = fs::read_to_string(&page).unwrap();
    (folder, page, html)
}

const SAMPLE: [&str; 6] = [
    "backtest",
    "datasets/epl.csv",
    "--markets",
    "1x2,ou",
    "--min-matches",
    "0",
];

/// Nothing is loaded from anywhere: the only addresses are names of XML.
fn assert_self_contained(html: &str) {
    let rest = html.replace("http://www.w3.org/", "");
    for part in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!rest.contains(part), "the page holds {part:?}");
    }
    assert!(html.len() < 2_000_000, "{} bytes", html.len());
}

#[test]
fn the_page_of_a_backtest_holds_what_was_asked_for() {
    let (_folder, _, html) = reported(&SAMPLE);
    assert_self_contained(&html);
    for part in [
        "E0, 2023-08-11 to 2025-05-25",
        "dixon-coles, ev on 1x2, ou at avg prices before the match day",
        "The market knew better",
        "The money shows no sign of skill.",
        "Skill or luck",
        "calibration error",
        "Yield by season",
        "Yield by market",
        "Yield by odds band",
        "Yield by month",
        "expected by the close",
        "have a closing price",
        "1725d600d383ad1f4f46eb118bba425829fb37e994027b3865b77945af8e70f4",
        "strategy.min_ev",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let (shown, _) = html.rsplit_once("<script>").unwrap();
    assert!(!shown.contains("NaN"), "a number is none");
    assert_eq!(
        html.matches("<tr class=\"win\"").count() + html.matches("<tr class=\"loss\"").count(),
        793
    );
}

#[test]
fn the_same_results_give_the_same_page() {
    let (_one, _, html) = reported(&SAMPLE);
    let (_other, _, again) = reported(&SAMPLE);
    assert_eq!(html, again);
}

#[test]
fn a_browser_opens_the_page_sorts_and_filters_it() {
    let Some(browser) = chromium() else { return };
    let (_folder, page, _) = reported(&SAMPLE);
    let script = "
        const rows = () => Array.from(document.querySelectorAll('#bets tbody tr')).filter((row) => !row.hidden);
        const column = (place) => rows().map((row) => row.cells[place].textContent);
        const all = rows().length;
        const filter = document.getElementById('filter');
        const say = (text) => { filter.value = text; filter.dispatchEvent(new Event('input')); };
        say('draw ARSENAL');
        const draws = rows().map((row) => row.textContent);
        const told = document.getElementById('shown').value;
        say('');
        const heads = document.querySelectorAll('#bets th button');
        heads[4].click();
        const up = column(4).map(Number);
        heads[4].click();
        const down = column(4).map(Number);
        return {
          all, draws, told, up, down, sorted: heads[4].parentElement.getAttribute('aria-sort'),
          charts: Array.from(document.querySelectorAll('figure svg')).map((svg) => ({
            marks: svg.querySelectorAll('polyline, polygon, rect, circle').length,
            hover: svg.querySelectorAll('.hover title').length,
            height: svg.getBoundingClientRect().height,
          })),
          wide: document.documentElement.scrollWidth > window.innerWidth,
        };";
    let visit = visit(browser, &page, script);
    assert_eq!(visit.console, [""; 0], "the console is empty");
    let found = visit.found;
    assert_eq!(found["all"], 793);
    let draws = found["draws"].as_array().unwrap();
    assert!(!draws.is_empty() && draws.len() < 50);
    assert!(
        draws
            .iter()
            .all(|row| row.as_str().unwrap().contains("Arsenal")
                && row.as_str().unwrap().contains("draw"))
    );
    let told = found["told"].as_str().unwrap();
    assert!(
        told.starts_with(&format!("{} of 793 bets: staked ", draws.len())),
        "{told}"
    );
    let odds = |name: &str| {
        found[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap())
            .collect::<Vec<_>>()
    };
    assert!(odds("up").is_sorted() && odds("down").iter().rev().is_sorted());
    assert_eq!(found["sorted"], "descending");
    let charts = found["charts"].as_array().unwrap();
    assert!(charts.len() >= 9, "{} charts", charts.len());
    for chart in charts {
        let at_least = |name: &str, least: f64| {
            assert!(chart[name].as_f64().unwrap() >= least, "{name} of {chart}")
        };
        at_least("marks", 3.0);
        at_least("hover", 2.0);
        at_least("height", 80.0);
    }
    assert_eq!(
        found["wide"], false,
        "the page itself does not scroll sideways"
    );
}

/// Team and league names are other people's texts.
#[test]
fn names_that_are_markup_show_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("<b>matches & \"more\".csv");
    let team = "<script>document.title='owned'</script>";
    let mut csv =
        "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
            .to_owned();
    for day in 1..=20 {
        csv += &format!(
            "<i>&amp;</i>,2024-01-{day:02},{team},O'Neill & Söhne,1,{},2.00,4.00,4.00\n",
            day % 3
        );
    }
    csv += "<u>other</u>,2024-02-01,Plain,Other,1,0,2.00,4.00,4.00\n";
    fs::write(&file, csv).unwrap();
    let (_folder, page, html) =
        reported(&["backtest", file.to_str().unwrap(), "--strategy", "flat"]);
    for raw in [team, "<i>", "<u>", "<b>matches"] {
        assert!(!html.contains(raw), "{raw} stands in the page as it is");
    }
    assert!(html.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"));
    assert_self_contained(&html.replace("src=", ""));
    let Some(browser) = chromium() else { return };
    let script = "return { title: document.title, text: document.querySelector('#bets td:nth-child(3)').textContent,
        axis: Array.from(document.querySelectorAll('figure text')).some((text) => text.textContent.includes('<i>')) }";
    let visit = visit(browser, &page, script);
    assert_eq!(visit.console, [""; 0]);
    assert!(!visit.found["title"].as_str().unwrap().contains("owned"));
    assert_eq!(visit.found["text"], format!("{team} – O'Neill & Söhne"));
    assert_eq!(visit.found["axis"], true);
}

#[test]
fn the_page_of_many_runs_has_a_fan_and_distributions_for_each_strategy() {
    let run = [
        "simulate",
        "--matches",
        "100",
        "--runs",
        "50",
        "--model",
        "truth",
        "--strategies",
        "ev,kelly:0.5",
    ];
    let (_folder, page, html) = reported(&run);
    assert_self_contained(&html);
    assert_eq!(html.matches("<figure>").count(), 6);
    for part in [
        "Bankroll over the matches",
        "Final bankroll",
        "Greatest fall from a peak",
        "kelly:0.5",
        "50 runs of seed 1",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let Some(browser) = chromium() else { return };
    let visit = visit(
        browser,
        &page,
        "return document.querySelectorAll('figure svg polygon, figure svg rect').length",
    );
    assert_eq!(visit.console, [""; 0]);
    assert!(visit.found.as_u64().unwrap() > 20);
}

#[test]
fn the_page_of_a_season_has_its_table() {
    let (_folder, _, html) = reported(&[
        "season",
        "datasets/epl.csv",
        "--as-of",
        "2025-01-01",
        "--runs",
        "200",
    ]);
    assert_self_contained(&html);
    assert!(
        html.contains("Liverpool")
            && html.contains("top four")
            && html.contains("simulated 200 times")
    );
}

#[test]
fn the_page_of_a_sweep_ranks_its_settings_and_says_what_luck_would_show() {
    let run = [
        "sweep",
        "datasets/epl.csv",
        "--strategy",
        "flat",
        "--model",
        "average",
        "--grid",
        "max_odds=2,4,8,<i>",
    ];
    let refused = simbet().args(run).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("<i>"));
    let (_folder, page, html) = reported(
        &[
            &run[..7],
            &["max_odds=1.5..8:0.5", "--grid", "selections=home,away"],
        ]
        .concat(),
    );
    assert_self_contained(&html);
    for part in [
        "28 settings on 229 match days",
        "could well be luck",
        "luck alone",
        "deflated Sharpe ratio",
        "SPA (Hansen): p",
        "reality check (White): p",
        "max_odds",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let Some(browser) = chromium() else { return };
    assert_eq!(visit(browser, &page, "return 0").console, [""; 0]);
}

#[test]
fn a_run_without_bets_has_a_page_as_well() {
    let (_folder, page, html) = reported(&["backtest", "datasets/epl.csv", "--min-ev", "99"]);
    assert!(html.contains("no settled bet") && html.contains("nothing to show"));
    let Some(browser) = chromium() else { return };
    assert_eq!(visit(browser, &page, "return 0").console, [""; 0]);
}

#[test]
fn a_simulated_run_in_play_has_a_page() {
    let run = [
        "simulate",
        "--matches",
        "40",
        "--in-play",
        "--every",
        "30",
        "--strategy",
        "flat",
        "--bankroll",
        "1000000",
    ];
    let (_folder, _, html) = reported(&run);
    assert!(
        html.contains(", 30&#39;") || html.contains(", 30'"),
        "bets in play say the minute"
    );
}

#[test]
fn a_long_list_of_bets_is_cut_and_says_so() {
    let run = [
        "simulate",
        "--matches",
        "3000",
        "--strategy",
        "flat",
        "--bankroll",
        "1000000",
    ];
    let (_folder, _, html) = reported(&run);
    assert_self_contained(&html);
    assert!(
        html.contains("The last 2,000 of 9,000 bets"),
        "the cut is said"
    );
}

#[cfg(feature = "parquet")]
#[test]
fn bets_in_parquet_give_the_same_page() {
    let (_one, _, csv) = reported(&SAMPLE);
    let (_other, _, parquet) = reported(&[&SAMPLE[..], &["--bets-format", "parquet"]].concat());
    assert_eq!(csv, parquet);
}

/// Tables are read back by these names.
#[test]
fn a_record_of_a_bet_has_every_column_of_the_table() {
    let bets = simbet()
        .args(SAMPLE)
        .args(["-q", "--bets", "--format", "csv"])
        .assert()
        .success();
    let text = String::from_utf8(bets.get_output().stdout.clone()).unwrap();
    let first: simbet::internals::schema::BetRecord = csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .next()
        .unwrap()
        .unwrap();
    let Value::Object(members) = serde_json::to_value(first).unwrap() else {
        panic!()
    };
    let columns: Vec<&str> = simbet::internals::schema::BET_COLUMNS
        .iter()
        .map(|column| column.name)
        .collect();
    assert_eq!(
        members.keys().map(String::as_str).collect::<Vec<_>>(),
        columns
    );
}

#[test]
fn the_page_goes_where_it_is_asked_to_go() {
    let (folder, _, html) = reported(&SAMPLE);
    let other = folder.path().join("monday.html");
    let out = folder.path().to_str().unwrap();
    let said = simbet()
        .args(["report", out, "-o"])
        .arg(&other)
        .assert()
        .success();
    assert!(String::from_utf8_lossy(&said.get_output().stderr).contains("monday.html"));
    assert_eq!(fs::read_to_string(&other).unwrap(), html);
    let printed = simbet()
        .args(["report", "-q", out, "-o", "-"])
        .assert()
        .success();
    assert_eq!(printed.get_output().stdout, html.as_bytes());
}

/// What a backtest printed can be printed once more, with the same skill or luck.
#[test]
fn the_summary_is_printed_as_the_backtest_printed_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for format in ["table", "json", "csv", "markdown"] {
        let backtest = simbet()
            .args(SAMPLE)
            .args(["-q", "--out", out, "--format", format])
            .assert()
            .success();
        let report = simbet()
            .args(["report", "-q", out, "--format", format])
            .assert()
            .success();
        let text = |assert: assert_cmd::assert::Assert| {
            String::from_utf8(assert.get_output().stdout.clone()).unwrap()
        };
        assert_eq!(text(backtest), text(report), "{format}");
    }
}

#[test]
fn what_is_no_folder_of_results_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    fails(
        &["report", "no-such-folder"],
        1,
        &["cannot read no-such-folder"],
    );
    fails(
        &["report", path],
        1,
        &["is not a folder of results: it has no run.json; write one with --out"],
    );
    fails(
        &["report", "datasets/epl.csv"],
        2,
        &["needs a folder that --out wrote", "epl.csv is a file"],
    );
    simbet()
        .args(SAMPLE)
        .args(["-q", "--out", path])
        .assert()
        .success();
    fails(
        &["report", path, "-o", path],
        2,
        &["--output must name a file"],
    );
    let bets = folder.path().join("bets.csv");
    let text = fs::read_to_string(&bets).unwrap();
    let damaged = |text: &str, word: &str| {
        fs::write(&bets, text).unwrap();
        fails(
            &["report", path],
            1,
            &["bets.csv is not the file that run.json was written with"],
        );
        reseal(folder.path());
        fails(&["report", path], 1, &["bets.csv is damaged", word]);
    };
    damaged(
        &text.replacen(",100,", ",a hundred,", 1),
        "line 2, column stake: \"a hundred\" does not fit",
    );
    damaged(&text[..text.len() - 20], "bets.csv");
    fs::remove_file(&bets).unwrap();
    fails(
        &["report", path],
        1,
        &["bets.csv is not the file", "it is not there"],
    );
    reseal(folder.path());
    fails(
        &["report", path],
        1,
        &["has no bets.csv, bets.parquet, fan.csv, season.csv or sweep.csv"],
    );
    fs::write(folder.path().join("summary.json"), "{").unwrap();
    reseal(folder.path());
    fails(&["report", path], 1, &["summary.json is damaged", "line 1"]);
    assert!(!folder.path().join("report.html").exists());
}

/// What a folder is made of must be of one run: a page of two runs would show the charts of one and the figures of another.
#[test]
fn a_folder_of_two_runs_is_no_results() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    simbet()
        .args(SAMPLE)
        .args(["-q", "--out"])
        .arg(&one)
        .assert()
        .success();
    simbet()
        .args(SAMPLE)
        .args(["-q", "--strategy", "kelly", "--out"])
        .arg(&other)
        .assert()
        .success();
    let swapped = |file: &str, parts: &[&str]| {
        let kept = fs::read(one.join(file)).unwrap();
        fs::copy(other.join(file), one.join(file)).unwrap();
        let said = "is not the file that run.json was written with";
        fails(&["report", one.to_str().unwrap()], 1, &[file, said]);
        // a run.json of both would be found out by its figures
        reseal(&one);
        let parts = [&["one contradicts itself: its tables have"], parts].concat();
        fails(&["report", one.to_str().unwrap()], 1, &parts);
        fs::write(one.join(file), kept).unwrap();
        reseal(&one);
    };
    swapped("bets.csv", &["and summary.json says 793"]);
    swapped("summary.json", &["bets 793"]);
    swapped("bankroll.csv", &["a final bankroll of", "says 4781.66"]);
    let bets = fs::read_to_string(one.join("bets.csv")).unwrap();
    let edited = |from: &str, to: &str, part: &str| {
        fs::write(one.join("bets.csv"), bets.replacen(from, to, 1)).unwrap();
        reseal(&one);
        fails(
            &["report", one.to_str().unwrap()],
            1,
            &["contradicts itself", part],
        );
    };
    edited(
        ",win,",
        ",wxn,",
        "has the result \"wxn\", which does not exist",
    );
    edited(",loss,0,-100,", ",loss,0,100,", "a profit of");
    edited(",avg,9.02,", ",avg,NaN,", "has odds of NaN");
    let last = bets.trim_end().rfind('\n').unwrap();
    fs::write(one.join("bets.csv"), &bets[..=last]).unwrap();
    reseal(&one);
    fails(
        &["report", one.to_str().unwrap()],
        1,
        &["its tables have bets 792, and summary.json says 793"],
    );
}

/// Whoever names the wrong file keeps it.
#[test]
fn other_kinds_of_files_are_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (out, data) = (folder.path().join("out"), folder.path().join("mine.svg"));
    fs::write(&data, "date,home_team,away_team\n").unwrap();
    let data = data.to_str().unwrap();
    fails(
        &[&SAMPLE[..], &["--plot", data]].concat(),
        2,
        &["--plot would replace", "another kind of file"],
    );
    simbet()
        .args(SAMPLE)
        .args(["-q", "--out"])
        .arg(&out)
        .assert()
        .success();
    for file in ["bets.csv", "run.json"] {
        let path = out.join(file);
        fails(
            &[
                "report",
                out.to_str().unwrap(),
                "-o",
                path.to_str().unwrap(),
            ],
            2,
            &["--output would replace"],
        );
    }
    assert_eq!(
        fs::read_to_string(data).unwrap(),
        "date,home_team,away_team\n"
    );
    // its own kind it does replace
    let (svg, page) = (
        folder.path().join("chart.svg"),
        folder.path().join("page.html"),
    );
    for _ in 0..2 {
        simbet()
            .args(SAMPLE)
            .args(["-q", "--plot"])
            .arg(&svg)
            .assert()
            .success();
        simbet()
            .args(["report", "-q"])
            .arg(&out)
            .arg("-o")
            .arg(&page)
            .assert()
            .success();
    }
}

#[test]
fn a_folder_with_files_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("bets.csv");
    fs::write(&own, "mine\n").unwrap();
    let out = folder.path().to_str().unwrap();
    let runs = ["simulate", "--matches", "20", "--runs", "2"];
    let season = [
        "season",
        "datasets/epl.csv",
        "--as-of",
        "2025-05-01",
        "--runs",
        "5",
    ];
    let sweep = [
        "sweep",
        "datasets/epl.csv",
        "--strategy",
        "flat",
        "--grid",
        "max_odds=2,3",
    ];
    for run in [&SAMPLE[..], &runs, &season, &sweep] {
        let said = simbet()
            .args(run)
            .args(["-q", "--out", out])
            .assert()
            .failure();
        let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
        assert!(
            said.contains("holds bets.csv, which no run of simbet wrote"),
            "{said}"
        );
    }
    assert_eq!(fs::read_to_string(&own).unwrap(), "mine\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Of a hundred pairs of runs into one folder, fourteen left files of both, and forty-seven lost one run.
#[test]
fn two_runs_into_one_folder_leave_all_of_one_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let simbet = || {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("simbet"));
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(std::process::Stdio::null());
        command
    };
    for round in 0..12 {
        if round % 2 == 0 {
            // also where there is no folder yet
            let _ = fs::remove_dir_all(&out);
        }
        let start = |strategy: &str| {
            simbet()
                .args(SAMPLE)
                .args(["-q", "--model", "average", "--strategy", strategy, "--out"])
                .arg(&out)
                .spawn()
                .unwrap()
        };
        for mut run in [start("ev"), start("kelly"), start("flat")] {
            assert!(run.wait().unwrap().success());
        }
        assert!(
            simbet()
                .args(["report", "-q"])
                .arg(&out)
                .status()
                .unwrap()
                .success()
        );
    }
    let staged = fs::read_dir(&out).unwrap().filter(|file| {
        file.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with('.')
    });
    assert_eq!(staged.count(), 0);
}

/// `simbet ... 2>&1 | true` ended with a panic.
#[test]
fn a_closed_stderr_changes_nothing_of_the_exit_code() {
    let program = assert_cmd::cargo::cargo_bin("simbet");
    let script = format!(
        "{} backtest no-such.csv 2>&1 | true; exit ${{PIPESTATUS[0]}}",
        program.display()
    );
    let status = std::process::Command::new("bash")
        .args(["-c", &script])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_full_disk_behind_stdout_is_said_to_be_behind_stdout() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        eprintln!("skipped: this system has no /dev/full");
        return;
    };
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    let output = command
        .args(["fit", "datasets/epl.csv"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot write to stdout: No space left")
    );
}

/// A page of an earlier run beside the results of a later one would be taken for its page.
#[test]
fn a_new_run_takes_the_old_page_away() {
    let (folder, page, _) = reported(&SAMPLE);
    simbet()
        .args(SAMPLE)
        .args(["-q", "--out", folder.path().to_str().unwrap()])
        .assert()
        .success();
    assert!(!page.exists());
}

fn plotted(command: &[&str], chart: &str, path: &Path) -> Vec<u8> {
    simbet()
        .args(command)
        .args(["-q", "--chart", chart, "--plot"])
        .arg(path)
        .assert()
        .success();
    fs::read(path).unwrap()
}

#[test]
fn a_picture_is_the_same_whoever_draws_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("chart.svg"), folder.path().join("out"));
    let out = out.to_str().unwrap();
    simbet()
        .args(SAMPLE)
        .args(["-q", "--out", out])
        .assert()
        .success();
    let charts = [
        "bankroll",
        "profit",
        "reliability",
        "clv",
        "league",
        "season",
        "market",
        "month",
        "odds-band",
        "selection",
    ];
    for chart in charts {
        let svg = plotted(&SAMPLE, chart, &file);
        assert_eq!(svg, plotted(&["report", out], chart, &file), "{chart}");
        let text = String::from_utf8(svg).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert!(
            document
                .descendants()
                .filter(|node| node.has_tag_name("title"))
                .count()
                > 1,
            "{chart}"
        );
    }
}

#[test]
fn many_runs_are_drawn_as_a_fan() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fan.svg");
    let run = [
        "simulate",
        "-q",
        "--matches",
        "60",
        "--runs",
        "20",
        "--strategies",
        "ev,flat",
        "--plot",
    ];
    simbet().args(run).arg(&file).assert().success();
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .contains("Bankroll over the matches, ev")
    );
}

#[cfg(feature = "png")]
#[test]
fn a_picture_may_be_png() {
    let folder = tempfile::tempdir().unwrap();
    let png = plotted(&SAMPLE, "profit", &folder.path().join("chart.png"));
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1600);
}

#[cfg(not(feature = "png"))]
#[test]
fn a_build_without_png_says_so_before_it_works() {
    fails(
        &["backtest", "datasets/epl.csv", "--plot", "chart.png"],
        2,
        &["--plot with a .png needs", "default features"],
    );
}

#[test]
fn a_picture_that_cannot_be_written_is_told_before_the_work() {
    fails(
        &["backtest", "no.csv", "--plot", "chart.gif"],
        2,
        &["--plot must end in .svg or .png"],
    );
    fails(
        &["backtest", "no.csv", "--plot", "/"],
        2,
        &["--plot must name a file"],
    );
    fails(&["backtest", "no.csv", "--chart", "clv"], 2, &["--plot"]);
    // what was worked out is printed even where its picture cannot be written
    let printed = simbet()
        .args(SAMPLE)
        .args(["-q", "--plot", "/dev/null/chart.svg"])
        .assert()
        .code(1);
    assert!(String::from_utf8_lossy(&printed.get_output().stderr).contains("cannot write"));
    assert!(String::from_utf8_lossy(&printed.get_output().stdout).contains("skill or luck"));
}

/// The policy stops what would get past the escaping: the page as it is, with a script, a style and a handler put into it.
#[test]
fn the_page_runs_no_script_but_its_own() {
    let (folder, page, html) = reported(&SAMPLE);
    assert!(
        !html.contains("unsafe-inline"),
        "nothing inline is allowed unseen"
    );
    for part in [
        "script-src 'sha256-",
        "style-src 'sha256-",
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(
        !html.contains(" style=\""),
        "the policy stops styles of elements"
    );
    let Some(browser) = chromium() else { return };
    let injected = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">\
        <style>h1 { display: none }</style><a id=\"link\" href=\"javascript:document.title='owned'\">x</a><main>";
    let broken = folder.path().join("broken.html");
    fs::write(&broken, html.replacen("<main>", injected, 1)).unwrap();
    let script = "document.getElementById('link').click();
        return { title: document.title, heading: getComputedStyle(document.querySelector('h1')).display,
            rows: document.querySelectorAll('#bets tbody tr').length, buttons: document.querySelectorAll('#bets th button').length };";
    let found = visit(browser, &broken, script).found;
    assert!(
        !found["title"].as_str().unwrap().contains("owned"),
        "{found}"
    );
    assert_ne!(found["heading"], "none");
    // and the page's own still work
    assert!(
        found["rows"].as_u64().unwrap() > 100 && found["buttons"].as_u64().unwrap() > 5,
        "{found}"
    );
    assert_eq!(visit(browser, &page, "return 0").console, [""; 0]);
}
