//! Runs that are killed at any instant.
#![expect(
    clippy::disallowed_methods,
    reason = "instants are chosen within the time that a run takes"
)]

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::*;

/// SplitMix64: as random as instants need to be.
struct Random(u64);

impl Random {
    /// From SIMBET_SEED, else another one each time; it is printed where a test fails.
    fn seeded() -> Self {
        let given = std::env::var("SIMBET_SEED").ok();
        let seed = given.map_or_else(
            || RandomState::new().build_hasher().finish(),
            |seed| seed.parse().unwrap(),
        );
        println!("SIMBET_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn send(signal: &str, child: &Child) {
    let pid = child.id().to_string();
    let _ = Command::new("kill").args([signal, &pid]).status();
}

/// SIMBET_KILLS says how many.
fn kills() -> u64 {
    let given = std::env::var("SIMBET_KILLS").ok();
    given.map_or(60, |kills| kills.parse().unwrap())
}

/// Killed before the last rename, a run left `run.json` of another, and `report` and `compare` said nothing.
#[test]
fn whenever_a_run_is_killed_its_folder_is_whole_or_said_not_to_be() {
    let mut random = Random::seeded();
    let folder = tempfile::tempdir().unwrap();
    let stakes = ["0.1", "0.2", "0.3"];
    let whole = stakes.map(|stake| files(&results(folder.path(), stake, stake)));
    let out = results(folder.path(), "out", "0.1");
    let begun = std::time::Instant::now();
    succeeds(run("0.1", &out));
    let longest = u64::try_from(begun.elapsed().as_micros()).unwrap() * 5 / 4;
    for kill in 0..kills() {
        let stake = stakes[usize::try_from(random.below(3)).unwrap()];
        let signal = ["-KILL", "-INT", "-TERM", "-HUP"][usize::try_from(random.below(4)).unwrap()];
        let mut command = run(stake, &out);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        sleep(Duration::from_micros(random.below(longest)));
        send(signal, &child);
        child.wait().unwrap();
        let is_whole = whole.contains(&files(&out));
        assert!(
            is_whole || signal == "-KILL",
            "{signal} ended the run between renames, {kill}"
        );
        let told = output(report(&out));
        assert_eq!(told.status.success(), is_whole, "{kill}: {}", said(&told));
        if random.below(4) == 0 || !is_whole {
            succeeds(run("0.2", &out));
            assert_eq!((files(&out) == whole[1], staged(&out)), (true, 0), "{kill}");
        }
    }
    succeeds(run("0.3", &out));
    assert_eq!((files(&out) == whole[2], staged(&out)), (true, 0));
}

/// The first run of a folder has no earlier results to fall back on.
#[test]
fn whenever_a_first_run_is_killed_the_next_one_makes_it_whole() {
    let mut random = Random::seeded();
    let folder = tempfile::tempdir().unwrap();
    let begun = std::time::Instant::now();
    let whole = files(&results(folder.path(), "whole", "0.1"));
    let longest = u64::try_from(begun.elapsed().as_micros()).unwrap() * 5 / 4;
    for kill in 0..kills() / 4 {
        let out = folder.path().join(kill.to_string());
        let mut command = run("0.1", &out);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_micros(random.below(longest)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(
            output(report(&out)).status.success(),
            out.exists() && files(&out) == whole,
            "{kill}"
        );
        succeeds(run("0.1", &out));
        assert_eq!((files(&out) == whole, staged(&out)), (true, 0), "{kill}");
    }
}

/// Every state between the renames of a run, made by hand: that of a run which has other files too.
#[test]
fn between_any_two_renames_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (
        results(folder.path(), "one", "0.1"),
        results(folder.path(), "other", "0.2"),
    );
    let (before, after) = (files(&one), files(&other));
    let names: Vec<&String> = before.keys().filter(|name| *name != "run.json").collect();
    let between = |out: &Path, renamed: usize, has_before: bool| {
        let _ = fs::remove_dir_all(out);
        fs::create_dir(out).unwrap();
        let mut run = json!({ "simbet": env!("CARGO_PKG_VERSION"), "format": 2, "unfinished": true, "files": {} });
        for (place, name) in names.iter().enumerate() {
            let earlier = has_before.then(|| digest(&before[*name]));
            let later = digest(&after[*name]);
            run["files"][*name] = earlier.into_iter().chain([later]).collect();
            if place < renamed {
                fs::write(out.join(name), &after[*name]).unwrap();
            } else if has_before {
                fs::write(out.join(name), &before[*name]).unwrap();
            }
        }
        seal(&out.join("run.json"), run);
    };
    let out = folder.path().join("out");
    for (renamed, has_before) in (0..=names.len()).flat_map(|at| [(at, true), (at, false)]) {
        between(&out, renamed, has_before);
        fails(report(&out), 1, &["is incomplete", "repeat its command"]);
        let mut compare = simbet(&["compare"]);
        compare.arg(&out).arg(&other);
        fails(compare, 2, &["is incomplete"]);
        succeeds(run("0.2", &out));
        assert_eq!(files(&out), after, "{renamed}");
        between(&out, renamed, has_before);
        let mut simulate = simbet(&["simulate", "--matches", "20", "--runs", "2", "--out"]);
        simulate.arg(&out);
        succeeds(simulate);
        assert!(!out.join("bets.csv").exists());
        succeeds(report(&out));
    }
    // an edit is nobody's to replace, then either
    between(&out, 1, true);
    fs::write(out.join(names[1]), "mine").unwrap();
    fails(run("0.2", &out), 2, &[names[1], "was changed or replaced"]);
}
