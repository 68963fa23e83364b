//! Runs that several workers share out: what they wrote, put together, is what one would have written.

mod refusals;
mod simulations;
mod sweeps;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::backtest::simbet;

/// Where the parts and the results of a test are.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Runs the whole command into the folder `whole`; what it printed.
    fn whole(&self, command: &[&str]) -> String {
        let out = self.path("whole");
        let arguments = [command, &["-q", "--out", &out]].concat();
        stdout(&arguments)
    }

    /// Runs every part of a command, on as many threads as its number says.
    fn parts(&self, command: &[&str], of: usize) -> Vec<String> {
        (1..=of)
            .map(|number| self.part(command, number, of))
            .collect()
    }

    /// Runs one part; its folder.
    fn part(&self, command: &[&str], number: usize, of: usize) -> String {
        let out = self.path(&format!("s{of}-{number}"));
        let (shard, threads) = (format!("{number}/{of}"), (1 + number % 3).to_string());
        let own = [
            "-q",
            "--shard",
            &shard,
            "--threads",
            &threads,
            "--out",
            &out,
        ];
        assert_eq!(
            stdout(&[command, &own].concat()),
            "",
            "a part prints no results"
        );
        out
    }

    /// Starts a part on one thread, kills it when it has written enough, and returns its folder.
    fn killed(&self, command: &[&str], shard: &str, has_enough: impl Fn(&Path) -> bool) -> String {
        let out = self.path(&format!("s2-{}", &shard[..1]));
        let own = ["-q", "--shard", shard, "--threads", "1", "--out", &out];
        let mut child = Command::new(env!("CARGO_BIN_EXE_simbet"))
            .args([command, &own].concat())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while !has_enough(Path::new(&out)) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "it ended before it was killed"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
        out
    }

    /// Merges parts into the folder `merged`; what was printed.
    fn merge(&self, parts: &[String]) -> String {
        stdout(&self.merging(parts))
    }

    fn merging(&self, parts: &[String]) -> Vec<String> {
        let mut arguments = vec!["merge".to_owned(), "-q".to_owned()];
        arguments.extend(parts.iter().cloned());
        arguments.extend(["--out".to_owned(), self.path("merged")]);
        arguments
    }

    /// The error of a merge, which writes nothing.
    fn refused(&self, parts: &[String]) -> String {
        let output = simbet().args(self.merging(parts)).assert().failure();
        let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(!Path::new(&self.path("merged")).exists(), "{said}");
        said
    }

    /// Checks that both folders have the same files with the same bytes.
    fn ensure_same(&self) {
        let [whole, merged] = ["whole", "merged"].map(|name| files(Path::new(&self.path(name))));
        let names = |files: &[(PathBuf, Vec<u8>)]| {
            files
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&merged), names(&whole));
        for ((name, merged), (_, whole)) in merged.iter().zip(&whole) {
            assert!(merged == whole, "{} differs", name.display());
        }
    }
}

fn stdout<T: AsRef<std::ffi::OsStr>>(arguments: &[T]) -> String {
    let output = simbet().args(arguments).assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: PathBuf| (path.file_name().unwrap().into(), fs::read(&path).unwrap());
    paths.into_iter().map(named).collect()
}
