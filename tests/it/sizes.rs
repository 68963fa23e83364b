//! What is read is bounded before anything is made of it: rows, lines, cells, bytes, and files that never end.

use std::fs::File;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use simbet::{ReadConfig, SourceError, read, read_bytes};

use crate::backtest::{fails, simbet};
use crate::shapes::workbooks::workbook;

const HEADER: &str = "date,home_team,away_team,home_goals,away_goals";

#[allow(
    clippy::disallowed_methods,
    reason = "what never ends must be told in time"
)]
fn now() -> Instant {
    Instant::now()
}

/// A file with this many rows.
fn csv(rows: usize) -> String {
    let teams = ["Ashford", "Bexley", "Corby", "Dunmow"];
    let row = |at: usize| {
        let (home, away) = (teams[at % 4], teams[(at + 1) % 4]);
        format!(
            "{}-01-{:02},{home},{away},1,0\n",
            1980 + at / 28,
            1 + at % 28
        )
    };
    format!("{HEADER}\n{}", (0..rows).map(row).collect::<String>())
}

fn most(max_rows: u64) -> ReadConfig {
    ReadConfig {
        max_rows,
        ..ReadConfig::default()
    }
}

fn failure(name: &str, bytes: &[u8], config: &ReadConfig) -> String {
    read_bytes(name, bytes, config).unwrap_err().to_string()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What simbet says of input that it refuses; it may take neither long nor more than a gigabyte.
fn refused(arguments: &str, stdin: Stdio) -> String {
    let simbet = assert_cmd::cargo::cargo_bin("simbet");
    let started = now();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "ulimit -v 3000000; exec {} {arguments}",
            simbet.display()
        ))
        .stdin(stdin)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments}: {said}");
    assert!(started.elapsed() < Duration::from_secs(20), "{arguments}");
    assert!(
        said.starts_with("error: ") && !said.contains("panicked"),
        "{said}"
    );
    said
}

#[test]
fn one_row_more_than_is_allowed_is_an_error_in_every_kind_of_file() {
    let cells: Vec<Vec<String>> = csv(3)
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect();
    let rows: Vec<Vec<&str>> = cells
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    for (name, bytes) in [
        ("a.csv", csv(3).into_bytes()),
        ("a.csv", csv(3).trim_end().replace('\n', "\r").into_bytes()),
        (
            "a.zip",
            zipped(&[("a.csv", csv(1).as_bytes()), ("b.csv", csv(2).as_bytes())]),
        ),
        ("a.xlsx", workbook(&[("Sheet1", &rows)])),
    ] {
        let read = read_bytes(name, &bytes, &most(3));
        assert!(read.is_ok(), "{name}: {:?}", read.err());
        let error = failure(name, &bytes, &most(2));
        assert!(
            error.starts_with("the input has more than 2 rows") && error.contains("--max-rows"),
            "{name}: {error}"
        );
    }
}

#[test]
fn the_rows_of_all_files_count_together_and_the_error_is_one() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.csv", "b.csv", "c.csv"] {
        std::fs::write(folder.path().join(name), csv(40)).unwrap();
    }
    std::fs::write(
        folder.path().join("a_bad.csv"),
        "nothing,of,matches\n1,2,3\n",
    )
    .unwrap();
    let inputs = [folder.path().to_str().unwrap().to_owned()];
    for _ in 0..20 {
        let error = read(&inputs, &most(100), &|_, _| {}).unwrap_err();
        assert!(
            matches!(error, SourceError::TooManyRows { most: 100 }),
            "{error}"
        );
    }
    let path = folder.path().join("a.csv");
    let path = path.to_str().unwrap();
    for command in ["backtest", "inspect", "fit"] {
        fails(
            &[command, path, "--max-rows", "39"],
            1,
            &["more than 39 rows", "--max-rows"],
        );
    }
    fails(&["backtest", path, "--max-rows", "0"], 2, &["--max-rows"]);
    simbet()
        .args(["inspect", path, "--max-rows", "40"])
        .assert()
        .success();
}

#[test]
fn a_line_without_an_end_and_a_million_cells_are_errors() {
    let long = format!("{}{}\n", csv(2), "x".repeat(3 << 20));
    let error = failure("a.csv", long.as_bytes(), &ReadConfig::default());
    assert!(error.starts_with("a.csv: line 4 has more than"), "{error}");
    let header = format!("{HEADER}{}\n", ",".repeat(1_000_000));
    let error = failure("a.csv", header.as_bytes(), &ReadConfig::default());
    assert!(error.contains("more than 16384"), "{error}");
    // a row with too many cells is no header that is looked for, and costs no more than others
    let wide = format!("{}soon{}\n", csv(2), ",".repeat(1_000_000));
    assert!(read_bytes("a.csv", wide.as_bytes(), &ReadConfig::default()).is_err());
    let zeros = [csv(2).as_bytes(), &[0; 1000], b"\n"].concat();
    assert!(read_bytes("a.csv", &zeros, &ReadConfig::default()).is_err());
}

#[test]
fn a_header_of_all_columns_that_are_allowed_is_judged_in_time() {
    let names: String = (0..16_000).map(|at| format!(",Column {at}")).collect();
    let empty = ",".repeat(16_000);
    let rows: String = csv(20)
        .lines()
        .skip(1)
        .map(|row| format!("{row}{empty}\n"))
        .collect();
    let started = now();
    read_bytes(
        "a.csv",
        format!("{HEADER}{names}\n{rows}").as_bytes(),
        &ReadConfig::default(),
    )
    .unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[test]
#[cfg(target_os = "linux")]
fn files_that_never_end_are_errors() {
    let said = refused("backtest /dev/zero", Stdio::null());
    assert!(said.contains("device"), "{said}");
    let said = refused("backtest -", File::open("/dev/zero").unwrap().into());
    assert!(said.contains("<stdin> is a binary file"), "{said}");
    let said = refused("backtest /proc/self/mem", Stdio::null());
    assert!(said.contains("/proc/self/mem"), "{said}");
    let said = refused("backtest /proc/cpuinfo", Stdio::null());
    assert!(said.contains("/proc/cpuinfo"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_stream_of_text_without_an_end_is_an_error() {
    let mut endless = Command::new("yes")
        .arg("2023-08-05,Ashford,Bexley,1,0,2.1,3.4,3.6,and so on and on and on and on and on and on and on and on and on")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = refused(
        "backtest - --threads 1",
        endless.stdout.take().unwrap().into(),
    );
    endless.wait().unwrap();
    assert!(said.contains("more than 1 GiB"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_pipe_to_which_nobody_writes_is_an_error_and_one_that_is_written_to_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    crate::backtest::make_pipe(&pipe);
    let said = refused(&format!("backtest {}", pipe.display()), Stdio::null());
    assert!(said.contains("nobody has written"), "{said}");
    let own = pipe.clone();
    let writer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        std::fs::write(own, csv(3)).unwrap();
    });
    simbet().arg("inspect").arg(&pipe).assert().success();
    writer.join().unwrap();
}

#[test]
fn a_file_of_nothing_but_length_is_told_by_its_first_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let sparse = |name: &str, length: u64| {
        let path = folder.path().join(name);
        File::create(&path).unwrap().set_len(length).unwrap();
        path
    };
    let said = |path: &Path| refused(&format!("backtest {}", path.display()), Stdio::null());
    assert!(said(&sparse("large.csv", 4 << 30)).contains("more than 1 GiB"));
    assert!(said(&sparse("fair.csv", 1 << 30)).contains("a binary file"));
    fails(
        &["backtest", folder.path().to_str().unwrap()],
        1,
        &["fair.csv is a binary file"],
    );
}

#[test]
fn a_workbook_that_claims_texts_without_number_is_an_error_and_no_abort() {
    let sheet: &[&[&str]] = &[
        &["date", "home_team", "away_team"],
        &["2023-08-05", "A", "B"],
    ];
    let with = |claim: &str| {
        let book = Cursor::new(workbook(&[("Sheet1", sheet)]));
        let mut writer = zip::ZipWriter::new_append(book).unwrap();
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("xl/sharedStrings.xml", options).unwrap();
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        write!(
            writer,
            "<sst xmlns=\"{main}\" {claim}><si><t>A</t></si></sst>"
        )
        .unwrap();
        writer.finish().unwrap().into_inner()
    };
    let fair = read_bytes("a.xlsx", &with("uniqueCount=\"1\""), &ReadConfig::default());
    assert_eq!(fair.unwrap().counts.fixtures, 1);
    for claim in [
        "uniqueCount=\"99999999999\"",
        "uniqueCount='4000000000000000000'",
        "count=\"1\" uniqueCount = \"123456789012345678901234567890\"",
    ] {
        let error = failure("a.xlsx", &with(claim), &ReadConfig::default());
        assert!(error.contains("more texts than it has"), "{error}");
    }
}

#[test]
fn a_workbook_whose_cells_stand_far_out_takes_no_memory_for_those_before() {
    let mut rows: Vec<&[&str]> = vec![
        &["date", "home_team", "away_team"],
        &["2023-08-05", "A", "B"],
    ];
    rows.resize(2_000, &["2023-08-05", "A", "B"]);
    let error = failure("a.xlsx", &workbook(&[("Sheet1", &rows)]), &most(1_000));
    assert!(error.contains("more than 1000 rows"), "{error}");
}

/// Settings, spellings, baselines and results were read whole, whatever they were: without bound, or for ever.
#[test]
#[cfg(target_os = "linux")]
fn files_that_are_no_matches_are_bounded_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (sparse, pipe) = (path("sparse"), path("pipe"));
    File::create(&sparse).unwrap().set_len(3 << 30).unwrap();
    crate::backtest::make_pipe(&pipe);
    let program = assert_cmd::cargo::cargo_bin("simbet").display().to_string();
    let run = format!("{program} backtest tests/data/hand/matches.csv --strategy flat");
    let said = |command: &str, code: i32| {
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(format!("ulimit -v 3000000; {command}"));
        let output = bash.current_dir(env!("CARGO_MANIFEST_DIR")).output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{command}: {said}");
        said
    };
    for (file, problem) in [("/dev/zero", "a device"), (&sparse, "has more than")] {
        for command in [
            format!("{run} --config {file}"),
            format!("{run} --alias-file {file}"),
            format!("{run} --baseline {file}"),
            format!("{program} compare {file} {file}"),
        ] {
            let said = said(&command, 2);
            assert!(said.contains(problem), "{command}: {said}");
        }
    }
    assert!(said(&format!("{run} --config {pipe}"), 2).contains("nobody has written"));
    said(&format!("{run} --config <(echo 'min_edge = 0.05')"), 0);
    said(
        &format!("echo 'min_edge = 0.05' | {run} --config /dev/stdin"),
        0,
    );
    said(&format!("{run} --config /dev/null"), 0);
    // a folder of results whose run.json is too large, or no file
    let out = path("out");
    said(&format!("{run} --out {out}"), 0);
    let run_json = format!("{out}/run.json");
    File::create(&run_json).unwrap().set_len(3 << 30).unwrap();
    assert!(said(&format!("{program} report {out}"), 1).contains("has more than"));
    assert!(said(&format!("{run} --out {out}"), 2).contains("has more than"));
    std::fs::remove_file(&run_json).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &run_json).unwrap();
    assert!(said(&format!("{program} report {out}"), 1).contains("which is a link"));
}
