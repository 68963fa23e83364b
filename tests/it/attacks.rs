//! The scripts of `attack/`, which are run at will, still attack: they run against this build, and tell what is wrong.

use std::path::Path;
use std::process::Command;

/// Runs Python on the scripts, unless there is none. What they said.
fn attack(arguments: &[&str]) -> Option<String> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("attack");
    let ran = Command::new("python3")
        .args(arguments)
        .current_dir(scripts)
        .env("SIMBET", env!("CARGO_BIN_EXE_simbet"))
        .output();
    let Ok(output) = ran else {
        eprintln!("skipped: there is no Python");
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    Some(said)
}

#[test]
fn kills_of_the_service_and_of_runs_that_write_find_no_fault() {
    for (name, times) in [("store", "3"), ("out", "6")] {
        let Some(said) = attack(&["run", name, "--times", times, "--seed", "1"]) else {
            return;
        };
        let last = said.lines().last().unwrap();
        assert!(last.starts_with(&format!("{name}, seed 1")), "{said}");
        assert!(last.ends_with(": OK"), "{said}");
    }
}

#[test]
fn the_recount_of_an_attack_tells_what_is_lost_doubled_or_a_cent_off() {
    attack(&["-B", "-m", "unittest", "-v", "test_recount"]);
}

#[test]
fn a_program_that_is_none_has_faults() {
    let output = Command::new("python3")
        .args(["run", "store", "--times", "1", "--seed", "1"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("attack"))
        .env("SIMBET", "/bin/false")
        .output();
    let Ok(output) = output else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("FAULT: serve did not start") && said.contains("FAULTS, see"),
        "{said}"
    );
    // the logs that it keeps of faults are of no use here
    if let Some(folder) = said
        .lines()
        .last()
        .and_then(|line| line.split("see ").nth(1))
    {
        let _ = std::fs::remove_dir_all(folder);
    }
}
