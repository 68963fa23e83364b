//! A model that is a program: real processes, told what becomes known and nothing else.

mod answers;
mod commands;
mod ends;
mod engine;
mod page;
mod prices;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use crate::backtest::simbet;

/// What every script begins with.
const PRELUDE: &str = "\
import json, os, sys, time

def answer(message, forecasts):
    print(json.dumps({'id': message['id'], 'forecasts': forecasts}), flush=True)

def messages():
    for line in sys.stdin:
        yield json.loads(line)

";

/// Says the same of every match, and keeps what it is told in a file of its own.
const LOGGING: &str = "\
log = open('log.' + str(os.getpid()), 'w')
for line in sys.stdin:
    log.write(line)
    log.flush()
    message = json.loads(line)
    if message['type'] == 'predict':
        answer(message, [{'p': [0.5, 0.27, 0.23]} for fixture in message['fixtures']])
";

/// Matches of two leagues on five days, with opening and closing prices.
const MATCHES: &str = "\
league,date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,close_home,close_draw,close_away
Alpha,2024-08-16,19:00,Ashby,Borden,2,1,2.20,3.40,3.60,2.11,3.41,3.61
Alpha,2024-08-17,14:00,Crewton,Dunmore,0,0,2.10,3.30,3.60,2.12,3.32,3.62
Beta,2024-08-17,14:00,Elmley,Farrow,1,3,2.60,3.10,2.80,2.63,3.13,2.83
Alpha,2024-08-24,14:00,Borden,Crewton,3,2,2.05,3.50,3.90,2.14,3.54,3.94
Beta,2024-08-24,14:00,Farrow,Elmley,0,1,2.25,3.20,3.30,2.15,3.25,3.35
Alpha,2024-08-31,14:00,Dunmore,Ashby,1,1,2.45,3.30,2.95,2.46,3.36,2.96
Beta,2024-09-07,14:00,Elmley,Farrow,4,0,2.35,3.10,3.20,2.37,3.17,3.27
";

/// A folder with matches and a script.
struct Folder(TempDir);

impl Folder {
    fn with(script: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("model.py", &format!("{PRELUDE}{script}"));
        folder.write("matches.csv", MATCHES);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A command in the folder.
    fn simbet(&self, arguments: &[&str]) -> Command {
        let mut command = simbet();
        command.current_dir(self.path()).args(arguments);
        command
    }

    /// A backtest of the matches by the script.
    fn backtest(&self, arguments: &[&str]) -> Command {
        let usual = [
            "backtest",
            "matches.csv",
            "--model",
            "exec:python3 model.py",
        ];
        self.simbet(&[&usual[..], arguments].concat())
    }

    /// What a backtest that succeeds prints, as JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        json_of(self.backtest(arguments))
    }

    /// What each process was told, in no order.
    fn logs(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let logs = paths.filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("log.")
        });
        logs.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// What the only process was told.
    #[track_caller]
    fn log(&self) -> String {
        let mut logs = self.logs();
        assert_eq!(logs.len(), 1, "{logs:?}");
        logs.remove(0)
    }
}

fn json_of(mut command: Command) -> Value {
    let output = command.args(["-q", "--format", "json"]).assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// What a command that fails says.
fn error_of(mut command: Command, code: i32) -> String {
    let output = command.assert().code(code);
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    said
}

/// Whether a process is there that has not ended.
#[cfg(unix)]
fn lives(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // one that nobody has waited for is a zombie
    status.is_ok_and(|status| !status.contains(") Z "))
}
