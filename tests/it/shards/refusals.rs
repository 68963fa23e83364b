//! What is not put together, and why.

use std::fs;
use std::path::Path;

use super::{Place, stdout};
use crate::backtest::{fails, simbet};

const SIMULATION: [&str; 7] = [
    "simulate",
    "--runs",
    "40",
    "--matches",
    "20",
    "--model",
    "truth",
];

/// The folders of four parts.
fn four(place: &Place) -> Vec<String> {
    place.parts(&SIMULATION, 4)
}

#[test]
fn a_gap_is_named_by_what_is_missing() {
    let place = Place::new();
    let parts = four(&place);
    let said = place.refused(&[parts[0].clone(), parts[3].clone()]);
    assert!(
        said.contains("none of the folders has runs 11 to 30 of 40; they have 1/4, 4/4"),
        "{said}"
    );
    let said = place.refused(&parts[1..]);
    assert!(said.contains("runs 1 to 10 of 40"), "{said}");
    let said = place.refused(&parts[..3]);
    assert!(said.contains("runs 31 to 40 of 40"), "{said}");
}

#[test]
fn an_overlap_is_named_and_a_worker_that_was_repeated_elsewhere_counts_once() {
    let place = Place::new();
    let mut parts = four(&place);
    let half = place.part(&SIMULATION, 1, 2);
    let said = place.refused(&[&parts[..], std::slice::from_ref(&half)].concat());
    assert!(
        said.contains("s4-1 (part 1/4) and")
            && said.contains("s2-1 (part 1/2) both have runs 1 to 10"),
        "{said}"
    );
    // parts of different sizes are as good when they are neighbours
    place.whole(&SIMULATION);
    place.merge(&[half, parts[2].clone(), parts[3].clone()]);
    place.ensure_same();
    let again = place.path("again");
    let own = ["-q", "--shard", "2/4", "--threads", "2", "--out", &again];
    stdout(&[&SIMULATION[..], &own].concat());
    parts.push(again);
    place.merge(&parts);
    place.ensure_same();
}

#[test]
fn a_part_of_other_settings_is_named_with_the_first_that_differs() {
    let place = Place::new();
    let mut parts = four(&place);
    for (setting, difference) in [
        (["--seed", "2"], "synthetic.seed is 2, not 1"),
        (["--min-ev", "0.07"], "min_ev is 0.07, not 0.05"),
        (["--ruin", "0.4"], "ruin is 0.4, not 0.5"),
    ] {
        let other = [&SIMULATION[..], &setting].concat();
        parts[2] = place.part(&other, 3, 4);
        let said = place.refused(&parts);
        assert!(
            said.contains(difference) && said.contains("s4-3 is a part of another run than"),
            "{said}"
        );
    }
    let longer = [
        "simulate",
        "--runs",
        "44",
        "--matches",
        "20",
        "--model",
        "truth",
    ];
    parts[2] = place.part(&longer, 3, 4);
    assert!(place.refused(&parts).contains("runs is 44, not 40"));
}

#[test]
fn a_part_of_other_files_is_named_with_the_file() {
    let place = Place::new();
    let matches = place.path("matches.csv");
    let emit = |seed: &str| {
        let folder = [
            "simulate",
            "-q",
            "--emit",
            &matches,
            "--matches",
            "90",
            "--teams",
            "10",
        ];
        stdout(&[&folder[..], &["--seed", seed]].concat());
    };
    let simulation = [
        "simulate",
        "--runs",
        "6",
        "--matches",
        "40",
        "--model",
        "truth",
        "--from",
        &matches,
    ];
    emit("1");
    let first = place.part(&simulation, 1, 2);
    emit("2");
    let second = place.part(&simulation, 2, 2);
    let said = place.refused(&[first, second]);
    assert!(
        said.contains("it read") && said.contains("matches.csv (SHA-256 "),
        "{said}"
    );
}

#[test]
fn a_damaged_part_is_named_with_its_file() {
    let place = Place::new();
    let parts = four(&place);
    for (file, said) in [
        ("blocks.bin", "is not as its worker wrote it"),
        ("runs.csv", "is not as its worker wrote it"),
        ("predictions.csv", "is not as its worker wrote it"),
        ("run.json", "was changed after it was written"),
    ] {
        let path = Path::new(&parts[0]).join(file);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        let place_of = |text: &[u8]| whole.windows(text.len()).position(|found| found == text);
        let middle = place_of(b"\"ruin\": 0.5").map_or(whole.len() / 2, |start| start + 8);
        changed[middle] ^= 1;
        fs::write(&path, &changed).unwrap();
        let refusal = place.refused(&parts);
        assert!(
            refusal.contains(said) && refusal.contains(file),
            "{refusal}"
        );
        fs::remove_file(&path).unwrap();
        let refusal = place.refused(&parts);
        assert!(refusal.contains("s4-1"), "{refusal}");
        fs::write(&path, &whole).unwrap();
    }
    place.merge(&parts);
}

#[test]
fn a_part_of_another_version_is_named() {
    let place = Place::new();
    let parts = four(&place);
    let path = Path::new(&parts[1]).join("run.json");
    let text = fs::read_to_string(&path).unwrap();
    let version = format!("\"simbet\": {:?}", env!("CARGO_PKG_VERSION"));
    fs::write(&path, text.replace(&version, "\"simbet\": \"0.0.9\"")).unwrap();
    let said = place.refused(&parts);
    assert!(
        said.contains("s4-2 is a part that simbet 0.0.9 wrote"),
        "{said}"
    );
    fs::write(&path, text.replace("\"form\": 1", "\"form\": 9")).unwrap();
    let said = place.refused(&parts);
    assert!(said.contains("in form 9"), "{said}");
}

#[test]
fn whole_results_are_no_part_and_a_part_is_no_whole() {
    let place = Place::new();
    let parts = four(&place);
    place.whole(&SIMULATION);
    let whole = place.path("whole");
    let said = place.refused(&[&parts[..], &[whole]].concat());
    assert!(
        said.contains("whole holds the results of a whole run"),
        "{said}"
    );
    let said = place.refused(&[place.path("nowhere")]);
    assert!(said.contains("nowhere is no folder"), "{said}");
    fails(&["report", &parts[0]], 1, &["summary.json"]);
}

#[test]
fn the_results_do_not_replace_a_part() {
    let place = Place::new();
    let parts = four(&place);
    let output = simbet()
        .arg("merge")
        .args(&parts)
        .args(["--out", &parts[1]])
        .assert()
        .failure();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(said.contains("is one of the parts"), "{said}");
}

#[test]
fn what_a_part_cannot_do_is_refused() {
    let many = ["simulate", "--runs", "9"];
    let out = ["--out", "/nowhere/of/its/own"];
    let part = [&many[..], &["--shard", "1/2"], &out].concat();
    fails(&[&many[..], &["--shard", "1/2"]].concat(), 2, &["--out"]);
    fails(
        &[&["simulate", "--shard", "1/2"], &out[..]].concat(),
        2,
        &["--runs"],
    );
    fails(
        &[&many[..], &["--shard", "0/2"], &out].concat(),
        2,
        &["such as 3/16"],
    );
    fails(
        &[&part[..], &["--format", "json"]].concat(),
        2,
        &["prints no results"],
    );
    fails(&[&part[..], &["--plot", "x.svg"]].concat(), 2, &["--plot"]);
    fails(
        &[&["simulate", "--run", "9", "--shard", "1/2"], &out[..]].concat(),
        2,
        &["--run"],
    );
}

/// The advice was to repeat the command, which refuses to replace what somebody changed.
#[test]
fn a_damaged_part_is_removed_and_played_again() {
    let place = Place::new();
    let parts = four(&place);
    fs::write(Path::new(&parts[1]).join("runs.csv"), "run\n").unwrap();
    let said = place.refused(&parts);
    let advice = format!("remove {} and repeat the command of this part", parts[1]);
    assert!(said.contains(&advice), "{said}");
    fs::remove_dir_all(&parts[1]).unwrap();
    place.part(&SIMULATION, 2, 4);
    place.whole(&SIMULATION);
    place.merge(&parts);
    place.ensure_same();
}

/// It was waited for without end.
#[cfg(unix)]
#[test]
fn a_pipe_in_a_part_is_not_waited_for() {
    let place = Place::new();
    let parts = four(&place);
    for name in ["runs.csv", "predictions.csv", "blocks.bin"] {
        let path = Path::new(&parts[0]).join(name);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let said = place.refused(&parts);
        assert!(said.contains(name) && said.contains("a pipe"), "{said}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

/// The first was gone without a word.
#[test]
fn a_part_does_not_take_the_place_of_another() {
    let place = Place::new();
    let first = place.part(&SIMULATION, 1, 2);
    let sweep = [
        "sweep",
        "datasets/epl.csv",
        "--strategy",
        "flat",
        "--grid",
        "stake=1,2",
    ];
    for (command, shard, said) in [
        (&SIMULATION[..], "2/2", "for part 2/2 of simulate,"),
        (&sweep, "2/2", "for part 2/2 of sweep,"),
        (&sweep, "1/2", "for part 1/2 of sweep,"),
    ] {
        let other = [command, &["--shard", shard, "--out", &first]].concat();
        fails(
            &other,
            1,
            &["has part 1/2 of simulate: name another folder", said],
        );
    }
    // the same one may be repeated, which is said
    let again = [&SIMULATION[..], &["--shard", "1/2", "--out", &first]].concat();
    let output = simbet().args(&again).assert().success();
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(
        said.contains("has part 1/2, in place of an earlier run: runs 1 to 20"),
        "{said}"
    );
    let second = place.part(&SIMULATION, 2, 2);
    place.whole(&SIMULATION);
    place.merge(&[first, second]);
    place.ensure_same();
}

/// They were read as matches.
#[test]
fn parts_beside_matches_are_no_matches() {
    let place = Place::new();
    let folder = place.path("data");
    fs::create_dir(&folder).unwrap();
    fs::copy("datasets/epl.csv", format!("{folder}/epl.csv")).unwrap();
    let out = format!("{folder}/s/1");
    stdout(&[&SIMULATION[..], &["-q", "--shard", "1/2", "--out", &out]].concat());
    let said = stdout(&["backtest", &folder, "--strategy", "flat", "--format", "csv"]);
    assert_eq!(
        said,
        stdout(&[
            "backtest",
            "datasets/epl.csv",
            "--strategy",
            "flat",
            "--format",
            "csv"
        ])
    );
}
