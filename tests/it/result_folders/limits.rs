//! Full disks, and streams that are closed or full.

use super::*;

/// The same command in a shell, after this.
pub fn after(shell: &str, command: &Command) -> Command {
    let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(quoted).collect();
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(shell.replace("{}", &words.join(" ")));
    bash.current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null());
    bash
}

/// The limit on the size of a file ended the run by a signal, without a word, and left its half of a file behind.
#[test]
fn a_limit_on_files_is_an_error_and_keeps_earlier_results() {
    let folder = tempfile::tempdir().unwrap();
    let out = results(folder.path(), "out", "0.1");
    let before = files(&out);
    for blocks in [0, 1, 2] {
        let limited = after(&format!("ulimit -f {blocks}; {{}}"), &run("0.2", &out));
        fails(limited, 1, &["error: cannot write", "File too large"]);
        assert_eq!((files(&out) == before, staged(&out)), (true, 0), "{blocks}");
        let new = folder.path().join("new");
        let limited = after(&format!("ulimit -f {blocks}; {{}}"), &run("0.2", &new));
        let told = said(&output(limited));
        assert!(told.contains("error: cannot write"), "{told}");
        // that name is of a file which is gone
        assert!(!told.contains(".simbet-staged-"), "{told}");
        assert_eq!((files(&new).len(), staged(&new)), (0, 0), "{blocks}");
    }
    succeeds(report(&out));
}

#[test]
fn a_full_disk_is_an_error_and_keeps_earlier_results() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "simbet"])
        .arg(&disk)
        .output();
    if !mount.is_ok_and(|mount| mount.status.success()) {
        eprintln!("skipped: only root can mount a small disk");
        return;
    }
    let out = results(&disk, "out", "0.1");
    let before = files(&out);
    fs::write(disk.join("ballast"), vec![0; 1 << 20]).unwrap_err();
    let outcome = std::panic::catch_unwind(|| {
        fails(
            run("0.2", &out),
            1,
            &["error: cannot write", "No space left"],
        );
        assert_eq!((files(&out) == before, staged(&out)), (true, 0));
        succeeds(report(&out));
        fs::remove_file(disk.join("ballast")).unwrap();
        succeeds(run("0.2", &out));
    });
    let unmounted = Command::new("umount").arg(&disk).status().unwrap();
    outcome.unwrap();
    assert!(unmounted.success());
}

/// A file that is opened in place of stdout or stderr must not get what they would have got.
#[test]
fn closed_streams_change_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let whole = files(&results(folder.path(), "whole", "0.1"));
    for (place, closed) in [">&-", "2>&-", "<&-", ">&- 2>&- <&-"].iter().enumerate() {
        let out = folder.path().join(place.to_string());
        succeeds(after(&format!("{{}} {closed}"), &run("0.1", &out)));
        assert_eq!((files(&out) == whole, staged(&out)), (true, 0), "{closed}");
    }
}

#[test]
fn a_full_stdout_is_an_error_of_every_answer() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: this system has no /dev/full");
        return;
    }
    let run: Vec<&str> = RUN.into_iter().chain(["0.1"]).collect();
    for answer in [&["--help"][..], &["--version"], &["help", "backtest"]] {
        fails(
            after("{} > /dev/full", &simbet(answer)),
            1,
            &["cannot write to stdout"],
        );
    }
    for format in ["table", "json", "csv", "markdown"] {
        let answer = simbet(&[&run[..], &["--format", format]].concat());
        fails(
            after("{} > /dev/full", &answer),
            1,
            &["cannot write to stdout"],
        );
    }
    // the results are kept all the same
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fails(
        after("{} > /dev/full", &super::run("0.1", &out)),
        1,
        &["cannot write to stdout"],
    );
    succeeds(report(&out));
}

/// A line of the log that could not be written ended the program.
#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let run: Vec<&str> = RUN.into_iter().chain(["0.1", "-vv"]).collect();
    let closed = "set -o pipefail; { {}; } 2>&1 >/dev/null | true";
    succeeds(after(closed, &simbet(&run)));
    if Path::new("/dev/full").exists() {
        succeeds(after("{} 2> /dev/full", &simbet(&run)));
    }
}
