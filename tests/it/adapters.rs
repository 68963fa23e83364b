//! The scripts that play parts of a run on engines of others; `examples/scale/check` runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "examples/scale";

/// What is meant to be read at one sitting.
const MOST_LINES: usize = 59;

fn adapters() -> Vec<(String, PathBuf)> {
    let files = fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut adapters: Vec<(String, PathBuf)> = files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .filter(|(name, _)| name.starts_with("on_"))
        .collect();
    adapters.sort();
    adapters
}

#[test]
fn there_is_one_for_each_engine_and_it_is_thin() {
    let adapters = adapters();
    let names: Vec<&str> = adapters.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "on_dask.py",
        "on_kubernetes.sh",
        "on_parallel.sh",
        "on_ray.py",
        "on_slurm.sh",
    ];
    assert_eq!(names, expected);
    for (name, path) in &adapters {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= MOST_LINES, "{name} has {lines} lines");
    }
}

#[test]
fn the_readme_of_the_folder_says_how_each_is_run_and_the_check_runs_it() {
    let [readme, check] = ["README.md", "check"]
        .map(|name| fs::read_to_string(Path::new(FOLDER).join(name)).unwrap());
    for (name, path) in adapters() {
        let command = format!("{} ", path.display());
        assert!(
            readme.contains(&command),
            "README.md has no command {command}"
        );
        assert!(
            check.contains(&format!("\"{name}\"")),
            "check runs no {name}"
        );
    }
}

#[test]
#[cfg(unix)]
fn each_can_be_started_and_refuses_what_it_does_not_understand() {
    use std::os::unix::fs::PermissionsExt as _;

    for (name, path) in adapters() {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{name}");
        if name.ends_with(".sh") {
            let output = Command::new("bash")
                .arg(&path)
                .args(["4", "results"])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(2), "{name}");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                said.starts_with("usage: ") && said.contains("SHARDS OUT -- "),
                "{said}"
            );
        }
    }
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let shells = adapters()
        .into_iter()
        .filter(|(name, _)| name.ends_with(".sh"));
    let output = Command::new("shellcheck")
        .args(shells.map(|(_, path)| path))
        .output();
    let Ok(output) = output else {
        return eprintln!("skipped: there is no shellcheck");
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
#[cfg(unix)]
fn marks_of_parallel_and_of_shells_in_names_reach_every_shard() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let [program, record] = ["simbet", "record"].map(|name| folder.path().join(name));
    let script =
        "#!/bin/sh\n{ printf '[%s]' \"$RAYON_NUM_THREADS\" \"$@\"; echo; } >> \"$RECORD\"\n";
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new("bash")
        .arg(Path::new(FOLDER).join("on_parallel.sh"))
        .args(["1", "it's 5%g {} $HOME", "--", "sweep", "{.} a b"])
        .envs([("SIMBET", &program), ("RECORD", &record)])
        .env("RAYON_NUM_THREADS", "3")
        .output()
        .unwrap();
    if Command::new("parallel").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no parallel");
    }
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let expected = "[3][sweep][{.} a b][--shard][1/1][--out][it's 5%g {} $HOME.shards/1]\n\
                    [3][merge][it's 5%g {} $HOME.shards/1][--out][it's 5%g {} $HOME]\n";
    assert_eq!(fs::read_to_string(&record).unwrap(), expected);
}
