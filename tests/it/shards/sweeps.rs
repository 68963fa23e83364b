//! Parts of sweeps.

use std::fs;
use std::path::Path;

use super::{Place, files, stdout};
use crate::backtest::simbet;

/// Stakes of one model: eighteen settings, of which those of the greatest edge do not bet.
const SWEEP: [&str; 8] = [
    "sweep",
    "datasets/epl.csv",
    "--model=average",
    "--strategy=kelly",
    "--grid",
    "min_edge=0.01..0.05:0.01,0.9",
    "--grid",
    "kelly_fraction=0.1,0.25,1",
];

fn on<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut command = [&SWEEP[..], more].concat();
    command[1] = file;
    command
}

/// The first rows of the matches.
fn fewer_rows(file: &str) -> String {
    let rows = fs::read_to_string(file).unwrap();
    rows.lines()
        .take(300)
        .map(|row| format!("{row}\n"))
        .collect()
}

fn said(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn whatever_the_number_of_parts_the_results_are_those_of_one_sweep() {
    let place = Place::new();
    let command = [
        &[
            "sweep",
            "datasets/epl.csv",
            "--model=poisson",
            "--refit-every=30",
        ][..],
        &[
            "--grid",
            "half_life=150,300,600",
            "--grid",
            "max_stake=0.01..0.05:0.01",
        ],
        &["--strategies", "ev,kelly"],
    ]
    .concat();
    let printed = place.whole(&command);
    for of in [1, 2, 3, 16] {
        let mut parts = place.parts(&command, of);
        parts.reverse();
        let _ = fs::remove_dir_all(place.path("merged"));
        assert_eq!(place.merge(&parts), printed, "{of}");
        place.ensure_same();
    }
}

#[test]
fn the_one_look_at_the_hold_out_is_in_the_merge() {
    let place = Place::new();
    let command = on(
        "datasets/epl.csv",
        &[
            "--hold-out",
            "2025-02-01",
            "--rank-by",
            "yield",
            "--top",
            "3",
        ],
    );
    let printed = place.whole(&command);
    assert!(printed.contains("That was the only look"), "{printed}");
    let parts = place.parts(&command, 4);
    for part in &parts {
        let journal = fs::read_to_string(Path::new(part).join("sweep.journal")).unwrap();
        assert!(!journal.contains("hold-out-"), "{journal}");
    }
    assert_eq!(place.merge(&parts), printed);
    place.ensure_same();
    // the journal of the results is that of a sweep: to repeat the whole command runs nothing
    let merged = place.path("merged");
    let again = simbet()
        .args(&command)
        .args(["--out", &merged])
        .assert()
        .success();
    assert!(said(&again).contains("18 of 18 settings were finished before"));
    place.ensure_same();
}

#[test]
fn the_same_matches_under_another_name_are_the_same_inputs() {
    let place = Place::new();
    let [here, there, other] = ["here", "there", "other"].map(|name| {
        fs::create_dir(place.path(name)).unwrap();
        place.path(&format!("{name}/epl.csv"))
    });
    for copy in [&here, &there] {
        fs::copy("datasets/epl.csv", copy).unwrap();
    }
    fs::write(&other, fewer_rows(&here)).unwrap();
    place.whole(&on(&here, &[]));
    let parts = [
        place.part(&on(&here, &[]), 1, 2),
        place.part(&on(&there, &[]), 2, 2),
    ];
    place.merge(&parts);
    place.ensure_same();
    fs::remove_dir_all(place.path("merged")).unwrap();
    // the file has moved on
    fs::remove_file(&here).unwrap();
    assert!(place.refused(&parts).contains("epl.csv"));
    let merge = |file: &str| {
        let mut merge = simbet();
        merge.args(place.merging(&parts)).args(["--inputs", file]);
        merge.assert()
    };
    let refused = merge(&other).failure();
    assert!(said(&refused).contains("no file that is here has its content"));
    merge(&there).success();
    for name in ["sweep.csv", "summary.json", "sweep.journal"] {
        let [whole, merged] =
            ["whole", "merged"].map(|folder| Path::new(&place.path(folder)).join(name));
        assert!(
            fs::read(whole).unwrap() == fs::read(merged).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_sweep_of_other_matches_is_no_part() {
    let place = Place::new();
    let file = place.path("epl.csv");
    fs::copy("datasets/epl.csv", &file).unwrap();
    let first = place.part(&on(&file, &[]), 1, 2);
    fs::write(&file, fewer_rows(&file)).unwrap();
    let second = place.part(&on(&file, &[]), 2, 2);
    let said = place.refused(&[first, second]);
    assert!(
        said.contains("it read") && said.contains("epl.csv (SHA-256"),
        "{said}"
    );
}

#[test]
fn gaps_overlaps_and_other_settings_are_named() {
    let place = Place::new();
    let parts = place.parts(&SWEEP, 3);
    let said = place.refused(&[parts[0].clone(), parts[2].clone()]);
    assert!(
        said.contains("none of the folders has settings 7 to 12 of 18"),
        "{said}"
    );
    let half = place.part(&SWEEP, 1, 2);
    let said = place.refused(&[&parts[..], &[half]].concat());
    assert!(said.contains("both have settings 1 to"), "{said}");
    for (more, difference) in [
        (["--bankroll", "500"], "first_setting.bankroll"),
        (
            ["--rank-by", "yield"],
            "rank_by is \"yield\", not \"sharpe\"",
        ),
        (["--hold-out", "2025-02-01"], "hold_out"),
    ] {
        let odd = place.part(&on("datasets/epl.csv", &more), 2, 3);
        let said = place.refused(&[parts[0].clone(), odd, parts[2].clone()]);
        assert!(
            said.contains("s3-2 is a part of another run than") && said.contains(difference),
            "{said}"
        );
    }
    let simulation = [
        "simulate",
        "--runs",
        "9",
        "--matches",
        "20",
        "--model",
        "truth",
    ];
    let other = place.part(&simulation, 1, 7);
    let said = place.refused(&[parts[0].clone(), other]);
    assert!(said.contains("it is of simulate, not of sweep"), "{said}");
}

#[test]
fn a_lost_outcome_is_named_with_its_part_and_the_part_runs_it_again() {
    let place = Place::new();
    place.whole(&SWEEP);
    let parts = place.parts(&SWEEP, 2);
    let journal = Path::new(&parts[1]).join("sweep.journal");
    let text = fs::read_to_string(&journal).unwrap();
    let cut: String = text
        .lines()
        .take(4)
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&journal, cut).unwrap();
    let said = place.refused(&parts);
    assert!(
        said.contains("s2-2/sweep.journal does not have the outcome of"),
        "{said}"
    );
    place.part(&SWEEP, 2, 2);
    place.merge(&parts);
    place.ensure_same();
    fs::remove_dir_all(place.path("merged")).unwrap();
    fs::remove_file(&journal).unwrap();
    let said = place.refused(&parts);
    assert!(said.contains("s2-2/sweep.journal"), "{said}");
}

/// The outcomes of other matches stayed in the folder, and with them the right merge had other bytes.
#[test]
fn a_merge_that_fails_leaves_nothing_for_the_next_one() {
    let place = Place::new();
    place.whole(&SWEEP);
    let parts = place.parts(&SWEEP, 2);
    let other = place.path("other");
    let of_other = ["-q", "--bankroll", "500", "--shard", "2/2", "--out", &other];
    stdout(&[&SWEEP[..], &of_other].concat());
    let [journal, of_other] = [&parts[1], &other].map(|part| Path::new(part).join("sweep.journal"));
    let right = fs::read(&journal).unwrap();
    fs::copy(of_other, &journal).unwrap();
    place.refused(&parts);
    // nor where an earlier merge was
    fs::write(&journal, &right).unwrap();
    place.merge(&parts);
    fs::write(
        &journal,
        right.split_inclusive(|c| *c == b'\n').next().unwrap(),
    )
    .unwrap();
    let merged = place.path("merged");
    fs::remove_file(Path::new(&merged).join("sweep.journal")).unwrap();
    simbet().args(place.merging(&parts)).assert().failure();
    fs::write(&journal, &right).unwrap();
    place.merge(&parts);
    place.ensure_same();
}

#[test]
fn a_merge_prints_as_many_settings_as_it_is_asked_for() {
    let place = Place::new();
    let parts = place.parts(&SWEEP, 2);
    let merge = |more: &[&str]| {
        let mut arguments = place.merging(&parts);
        arguments.extend(["--format", "json"].map(str::to_owned));
        arguments.extend(more.iter().map(|&text| text.to_owned()));
        let printed: serde_json::Value = serde_json::from_str(&stdout(&arguments)).unwrap();
        printed["ranked"].as_array().unwrap().len()
    };
    assert_eq!([merge(&[]), merge(&["--top", "3"])], [10, 3]);
}

/// Starts a part, kills it after some settings, and repeats it: it goes on from there.
#[test]
fn a_worker_that_was_killed_goes_on_when_it_is_repeated() {
    let place = Place::new();
    let command = on("datasets/epl.csv", &["--grid", "max_stake=0.01..0.20:0.01"]);
    place.whole(&command);
    let out = place.killed(&command, "1/2", |out| {
        let journal = fs::read_to_string(out.join("sweep.journal"));
        journal.is_ok_and(|lines| lines.lines().count() >= 5)
    });
    let second = place.part(&command, 2, 2);
    let refusal = place.refused(&[out.clone(), second.clone()]);
    assert!(refusal.contains("s2-1 holds no finished part"), "{refusal}");
    let mut again = simbet();
    let again = again
        .args(&command)
        .args(["--shard", "1/2", "--out", &out])
        .assert()
        .success();
    let said = said(&again);
    assert!(
        said.contains("finished before") && said.contains("s2-1 has part 1/2"),
        "{said}"
    );
    place.merge(&[out, second]);
    place.ensure_same();
}

#[test]
fn repeating_a_finished_part_changes_nothing_and_it_may_be_there_twice() {
    let place = Place::new();
    let parts = place.parts(&SWEEP, 2);
    let journal = |part: &str| fs::read(Path::new(part).join("sweep.journal")).unwrap();
    let before = journal(&parts[0]);
    place.part(&SWEEP, 1, 2);
    assert!(journal(&parts[0]) == before && files(Path::new(&parts[0])).len() == 2);
    let copy = place.path("copy");
    let own = ["-q", "--shard", "1/2", "--threads", "3", "--out", &copy];
    stdout(&[&SWEEP[..], &own].concat());
    assert!(journal(&copy) == before);
    place.whole(&SWEEP);
    place.merge(&[parts[0].clone(), copy, parts[1].clone()]);
    place.ensure_same();
}
