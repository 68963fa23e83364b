//! A trader on a pipe that stays open.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Long enough for any machine; nobody waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

fn spawn(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simbet"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The lines of a program as they come.
fn listen(child: &mut Child) -> Receiver<Value> {
    let out = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let _ = sender.send(serde_json::from_str(&line).unwrap());
        }
    });
    lines
}

fn prices(id: &str, time: &str, odds: f64) -> String {
    let data = json!({
        "match_id": id, "home_team": format!("{id} home"), "away_team": format!("{id} away"), "minute": 0,
        "home_goals": 0, "away_goals": 0, "market_odds_home": odds, "market_odds_away": 2.0, "timestamp": time
    });
    json!({ "event_type": "match_event", "data": data, "timestamp": time }).to_string() + "\n"
}

#[cfg(unix)]
fn terminate(child: &Child) {
    let status = Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(status.success());
}

/// Regression: the loop used to wait for hundreds of events, or the end, before it bet on any.
#[test]
fn a_price_is_answered_while_the_pipe_stays_open() {
    let mut child = spawn(&["trade", "-", "--min-matches", "0"]);
    let mut stdin = child.stdin.take().unwrap();
    let lines = listen(&mut child);
    for (id, day) in [("a", "01"), ("b", "02"), ("c", "03")] {
        stdin
            .write_all(prices(id, &format!("2024-01-{day}T12:00:00Z"), 9.0).as_bytes())
            .unwrap();
        stdin.flush().unwrap();
        let types = ["prediction", "bet", "trading_metrics"];
        for event_type in types {
            let entry = lines
                .recv_timeout(PATIENCE)
                .expect("an answer before the end of the stream");
            assert_eq!(entry["event_type"], event_type);
        }
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// A program that reads nothing more is no reason to fail.
#[test]
fn a_consumer_that_goes_away_is_no_failure() {
    let mut child = spawn(&["publish", "--matches", "5000"]);
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.starts_with("{\"event_type\":\"match_event\""));
    assert!(child.wait().unwrap().success());

    let mut child = spawn(&["trade", "-", "--min-matches", "0"]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(prices("a", "2024-01-01T12:00:00Z", 9.0).as_bytes());
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_trader_that_is_told_to_stop_writes_what_it_has_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = spawn(&[
        "trade",
        "-",
        "--min-matches",
        "0",
        "--out",
        folder.path().to_str().unwrap(),
    ]);
    let mut stdin = child.stdin.take().unwrap();
    let lines = listen(&mut child);
    stdin
        .write_all(prices("a", "2024-01-01T12:00:00Z", 9.0).as_bytes())
        .unwrap();
    assert_eq!(
        lines.recv_timeout(PATIENCE).unwrap()["event_type"],
        "prediction"
    );
    terminate(&child);
    assert!(child.wait().unwrap().success());
    let written = super::written(folder.path());
    assert_eq!(written.bets.lines().count(), 2, "{}", written.bets);
    drop(stdin);
}

/// The pipe is silent for longer than the linger in the middle of rounds, which say how many entries they have.
#[test]
fn a_slow_publisher_is_bet_on_like_a_fast_one() {
    let fast = super::trade(
        &super::publish(&["--matches", "10"]),
        &["--min-matches", "0"],
    );
    let folder = tempfile::tempdir().unwrap();
    let mut publisher = spawn(&["publish", "--matches", "10", "--rate", "200"]);
    let mut trader = Command::new(env!("CARGO_BIN_EXE_simbet"));
    trader
        .args([
            "trade",
            "-",
            "-q",
            "--min-matches",
            "0",
            "--linger",
            "1",
            "--out",
        ])
        .arg(folder.path());
    let out = publisher.stdout.take().unwrap();
    let status = trader.stdin(out).stdout(Stdio::null()).status().unwrap();
    assert!(status.success() && publisher.wait().unwrap().success());
    super::assert_same(&super::written(folder.path()), &fast, "slow");
}

#[cfg(unix)]
#[test]
fn a_publisher_that_is_told_to_stop_ends_with_a_whole_line() {
    let mut child = spawn(&["publish", "--matches", "100", "--speed", "1"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    out.read_line(&mut text).unwrap();
    terminate(&child);
    while out.read_line(&mut text).unwrap() > 0 {}
    assert!(child.wait().unwrap().success());
    assert!(text.ends_with("}\n"));
    for line in text.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}
