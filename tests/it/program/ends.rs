//! No process outlives its run.

#![cfg(unix)]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Folder, lives};

/// A program that writes its number into a file when it is asked, and then does something.
fn numbered(then: &str) -> Folder {
    Folder::with(&format!(
        "for message in messages():\n    if message['type'] == 'predict':\n        open('pid', 'w').write(str(os.getpid()) + '\\n')\n        {then}\n"
    ))
}

fn started(folder: &Folder, model: &str) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    let usual = ["backtest", "matches.csv", "-q", "--model", model];
    command
        .args(usual)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The number of the process, once it was asked.
fn pid(folder: &Folder) -> String {
    let path = folder.path().join("pid");
    for _ in 0..1_000 {
        match fs::read_to_string(&path) {
            Ok(pid) if pid.ends_with('\n') => return pid.trim().to_owned(),
            Ok(_) | Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
    panic!("the program was not asked");
}

#[track_caller]
fn ends(pid: &str) {
    for _ in 0..500 {
        if !lives(pid) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("process {pid} goes on");
}

#[test]
fn who_hangs_is_killed_with_all_that_it_started() {
    let folder = numbered("time.sleep(1000)");
    // the shell waits for python, which is in its group
    let model = "exec:sh -c 'python3 model.py; true'";
    let run = [
        "backtest",
        "matches.csv",
        "-q",
        "--model",
        model,
        "--model-timeout",
        "2",
    ];
    folder.simbet(&run).assert().code(1);
    assert!(!lives(&pid(&folder)));
}

#[test]
fn who_goes_on_when_its_stdin_is_closed_is_killed() {
    let folder = numbered("answer(message, [None for fixture in message['fixtures']])");
    let path = folder.path().join("model.py");
    let script = fs::read_to_string(&path).unwrap();
    fs::write(path, script + "time.sleep(1000)\n").unwrap();
    folder.backtest(&["-q"]).assert().success();
    assert!(!lives(&pid(&folder)));
}

#[test]
fn a_signal_to_simbet_ends_it() {
    for signal in ["-INT", "-TERM", "-KILL"] {
        let folder = numbered("sys.stdin.readline()");
        let mut run = started(&folder, "exec:python3 model.py");
        let pid = pid(&folder);
        assert!(lives(&pid));
        let killed = Command::new("kill")
            .args([signal, &run.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        run.wait().unwrap();
        ends(&pid);
    }
}

#[test]
fn a_sweep_that_is_stopped_does_not_wait_for_an_answer() {
    let folder = numbered("time.sleep(1000)");
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    let usual = [
        "sweep",
        "matches.csv",
        "-q",
        "--model",
        "exec:python3 model.py",
    ];
    command
        .args(usual)
        .args(["--grid", "min_ev=0,0.1"])
        .current_dir(folder.path())
        .stderr(Stdio::piped());
    let sweep = command.spawn().unwrap();
    let pid = pid(&folder);
    let killed = Command::new("kill")
        .args(["-INT", &sweep.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let output = sweep.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("stopped after 0 of 2 settings"), "{said}");
    assert!(!lives(&pid));
}

/// A run of simbet in a folder.
fn run_of(folder: &Folder, arguments: &[&str], stdin: Stdio) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("simbet"));
    let model = ["-q", "--model", "exec:python3 model.py"];
    command
        .args(arguments)
        .args(model)
        .current_dir(folder.path())
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

fn signalled(run: &Child, signal: &str) {
    let killed = Command::new("kill")
        .args([signal, &run.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
}

#[test]
fn a_signal_ends_who_hangs_with_all_that_it_started() {
    use std::os::unix::process::ExitStatusExt as _;
    let fixtures =
        "league,date,home_team,away_team,home_goals,away_goals\nAlpha,2024-09-14,Ashby,Borden,,\n";
    for arguments in [
        &["backtest", "matches.csv"][..],
        &["predict", "matches.csv", "--fixtures", "fixtures.csv"],
    ] {
        for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
            let folder = numbered("os.fork(); time.sleep(1000)");
            folder.write("fixtures.csv", fixtures);
            let mut run = run_of(&folder, arguments, Stdio::null());
            let pid = pid(&folder);
            signalled(&run, signal);
            assert_eq!(run.wait().unwrap().signal(), Some(number), "{arguments:?}");
            ends(&pid);
        }
    }
}

#[test]
fn trading_that_is_stopped_does_not_wait_for_an_answer() {
    let folder = numbered("time.sleep(1000)");
    let published = folder.simbet(&["publish", "matches.csv", "-q"]);
    let lines = { published }.output().unwrap().stdout;
    let mut run = run_of(&folder, &["trade", "-"], Stdio::piped());
    let mut stdin = run.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &lines).unwrap();
    let pid = pid(&folder);
    signalled(&run, "-TERM");
    // as without a program: what came so far is reported, and stdin is still open
    assert!(run.wait().unwrap().success());
    ends(&pid);
    drop(stdin);
}

#[test]
fn the_end_of_a_program_whose_child_holds_its_stdout_is_noticed() {
    let folder = numbered("os.fork() and os._exit(7); time.sleep(1000)");
    let said = super::error_of(folder.backtest(&["-q"]), 1);
    assert!(said.contains("ended with exit code 7"), "{said}");
}
