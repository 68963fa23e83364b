//! What a request may cost: backtests in processes of their own, bodies under way, matches that are played slowly, leagues that
//! grow too large. Whatever is asked, the service goes on, and quickly.

#![allow(clippy::disallowed_methods)] // how long things take is what these tests are about

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::now;
use super::{
    Answer, Service, answer, command, ended, example, path_of, prices, refusal, result, until,
};

const HEADER: &str =
    "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n";

/// A league of many teams with a price on each of many days: a backtest of it fits for long.
fn slow_league() -> Value {
    let (teams, mut csv) = (1_900, HEADER.to_owned());
    for round in 0..3 {
        for home in 0..teams {
            let away = (home * 7 + 1 + round) % teams;
            if home != away {
                let goals = (home + round) % 3;
                writeln!(csv, "2015-12-{:02},T{home},T{away},{goals},1,,,", round + 1).unwrap();
            }
        }
    }
    for day in 0..8 * 336 {
        let (year, month, day) = (2016 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
        writeln!(csv, "{year}-{month:02}-{day:02},T1,T2,1,0,2.5,3.4,2.9").unwrap();
    }
    json!({ "csv": csv, "settings": { "window": 0 } })
}

fn slow_backtest(service: &Service) -> Answer {
    service.post("/backtests", &slow_league())
}

fn delete(service: &Service, path: &str) -> u16 {
    answer(service.agent.delete(service.url(path)).call().unwrap()).status
}

/// The processes that a process has started and that are not gone, whatever state they are in.
fn children(parent: u32) -> Vec<u32> {
    let is_child = |path: PathBuf| {
        let pid: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let stat = fs::read_to_string(path.join("stat")).ok()?;
        // the name of the program, in parentheses, may have spaces
        let after = stat.rsplit_once(')')?.1;
        let of: u32 = after.split_whitespace().nth(1)?.parse().ok()?;
        (of == parent).then_some(pid)
    };
    let all = fs::read_dir("/proc").unwrap();
    all.filter_map(|entry| is_child(entry.unwrap().path()))
        .collect()
}

fn only_child(service: &Service) -> u32 {
    let mut pids = Vec::new();
    until("a process", || {
        pids = children(service.child.id());
        !pids.is_empty()
    });
    assert_eq!(pids.len(), 1);
    // it is the worker once it has become another program than the service
    until("a worker", || {
        fs::read(format!("/proc/{}/cmdline", pids[0]))
            .is_ok_and(|line| line.windows(15).any(|part| part == b"backtest-worker"))
    });
    pids[0]
}

fn kill(pid: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status();
    assert!(killed.unwrap().success());
}

/// How long `/health` takes while something is done: the time that all but one in twenty stay within.
fn health_during(service: &Service, act: impl FnOnce()) -> Duration {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let mut times = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                assert_eq!(service.get("/health").status, 200);
                times.push(begun.elapsed());
                thread::sleep(Duration::from_millis(5));
            }
            times.sort();
            times[times.len() * 19 / 20]
        });
        act();
        is_over.store(true, Ordering::Relaxed);
        asked.join().unwrap()
    })
}

#[test]
fn a_backtest_that_is_killed_in_the_middle_of_a_fit_has_failed_and_nobody_notices() {
    let (service, _folder) = Service::new(&[]);
    let slow = health_during(&service, || {
        let path = path_of(&slow_backtest(&service));
        let worker = only_child(&service);
        until("progress", || {
            service.get(&path).ok()["rounds"].as_u64() > Some(3)
        });
        kill(worker);
        let failed = ended(&service, &path);
        assert_eq!(
            (&failed["status"], &failed["summary"]),
            (&json!("failed"), &Value::Null)
        );
        assert!(
            failed["error"].as_str().unwrap().contains("signal 9"),
            "{failed}"
        );
    });
    // on a machine that does nothing else it is a tenth of that
    assert!(slow < Duration::from_millis(100), "{slow:?}");
    assert!(children(service.child.id()).is_empty());
    let again = service.post(
        "/backtests",
        &json!({ "csv": format!("{HEADER}2024-08-16,A,B,1,0,1.6,4.2,5.25\n") }),
    );
    assert_eq!(ended(&service, &path_of(&again))["status"], "done");
}

#[test]
fn a_backtest_that_is_deleted_is_gone_before_another_starts() {
    let (service, _folder) = Service::new(&[]);
    let body = slow_league().to_string();
    for _ in 0..6 {
        let mut started = service.post_text("/backtests", "application/json", &body);
        until("a free place", || {
            if started.status == 429 {
                started = service.post_text("/backtests", "application/json", &body);
            }
            started.status == 202
        });
        assert!(children(service.child.id()).len() <= 2);
        thread::sleep(Duration::from_millis(100));
        assert_eq!(delete(&service, &path_of(&started)), 204);
        assert!(children(service.child.id()).len() <= 2);
    }
    let gone = until("no process", || children(service.child.id()).is_empty());
    assert!(gone < Duration::from_secs(1), "{gone:?}");
}

#[test]
fn a_backtest_has_nothing_of_the_service_but_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &[]);
    command
        .env("SIMBET_API_TOKEN", "a-token-of-the-service")
        .env("SIMBET_SECRET", "x");
    let service = Service::start(command);
    let body = slow_league().to_string();
    let started = service
        .agent
        .post(service.url("/backtests"))
        .content_type("application/json");
    let started = started
        .header("Authorization", "Bearer a-token-of-the-service")
        .send(&body);
    assert_eq!(started.unwrap().status().as_u16(), 202);
    let worker = only_child(&service);
    let environment = fs::read(format!("/proc/{worker}/environ")).unwrap();
    assert_eq!(String::from_utf8_lossy(&environment), "");
    for open in fs::read_dir(format!("/proc/{worker}/fd")).unwrap() {
        let target = fs::read_link(open.unwrap().path()).unwrap();
        // what the service itself was started with is passed on
        let is_of_service = target.starts_with(folder.path())
            || ["socket:", "anon_inode:"]
                .iter()
                .any(|kind| target.to_string_lossy().starts_with(kind));
        assert!(!is_of_service, "{target:?}");
    }
    // the process sets it itself, before it reads what it is to do
    let limits = || fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
    let is_set = || {
        let limits = limits();
        let memory = limits
            .lines()
            .find(|line| line.starts_with("Max data size"));
        memory.unwrap().contains("2000000000")
    };
    let begun = now();
    while !is_set() {
        assert!(begun.elapsed() < Duration::from_secs(5), "{}", limits());
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_backtest_ends_with_its_service() {
    for signal in ["-KILL", "-TERM"] {
        let (mut service, _folder) = Service::new(&[]);
        let started = slow_backtest(&service);
        assert_eq!(started.status, 202);
        let worker = only_child(&service);
        service.signal(signal);
        service.child.wait().unwrap();
        let gone = until("no worker", || {
            !fs::exists(format!("/proc/{worker}")).unwrap()
        });
        assert!(gone < Duration::from_secs(2), "{signal}: {gone:?}");
    }
}

#[test]
fn a_backtest_that_needs_too_much_says_so() {
    let (service, _folder) = Service::new(&["--backtest-memory", "64MB", "--backtest-time", "60s"]);
    let mut csv = HEADER.to_owned();
    for number in 0..200_000 {
        let (day, home) = (number / 10_000, number % 10_000);
        writeln!(
            csv,
            "2020-01-{:02},T{home},U{home},1,0,2.5,3.4,2.9",
            day + 1
        )
        .unwrap();
    }
    let failed = ended(
        &service,
        &path_of(&service.post("/backtests", &json!({ "csv": csv }))),
    );
    assert_eq!(failed["status"], "failed");
    assert!(
        failed["error"]
            .as_str()
            .unwrap()
            .contains("needed more than 64 MB of memory"),
        "{failed}"
    );
    assert_eq!(service.get("/health").status, 200);
    drop(service);

    let (service, _folder) = Service::new(&["--backtest-time", "1s"]);
    let failed = ended(&service, &path_of(&slow_backtest(&service)));
    assert_eq!(failed["status"], "failed");
    assert!(
        failed["error"]
            .as_str()
            .unwrap()
            .contains("took longer than 1s"),
        "{failed}"
    );
    assert!(children(service.child.id()).is_empty());
}

#[test]
fn an_upload_that_grows_beyond_bounds_is_not_told_as_damage() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..80 {
        encoder.write_all(&vec![b'a'; 1 << 20]).unwrap();
    }
    let packed = encoder.finish().unwrap();
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gz\"\r\n\r\n";
    let form = [&head[..], &packed, b"\r\n--b--\r\n"].concat();
    for (memory, expected) in [
        ("64MB", "needed more than 64 MB of memory"),
        ("2GB", "grows to more than a table of matches can have"),
    ] {
        let (service, _folder) = Service::new(&["--backtest-memory", memory]);
        let request = service.agent.post(service.url("/backtests"));
        let request = request.content_type("multipart/form-data; boundary=b");
        let started = answer(request.send(&form[..]).unwrap());
        let failed = ended(&service, &path_of(&started));
        let said = failed["error"].as_str().unwrap();
        // how much memory it takes to see that it is one endless line depends on the system
        let is_one_line = said.contains("line 1 has more than");
        assert!(said.contains(expected) || is_one_line, "{said}");
        assert!(!said.contains("damaged"), "{said}");
    }
}

#[test]
fn large_uploads_that_stall_keep_no_small_backtest_out() {
    let (service, _folder) = Service::new(&[]);
    let mut stalled: Vec<_> = (0..2)
        .map(|_| begun(&service, "/backtests", 16 << 20))
        .collect();
    for stream in &mut stalled {
        stream.write_all(b"{").unwrap();
    }
    // another upload that came between them would take the room of the second
    thread::sleep(Duration::from_millis(500));
    let row = "2024-08-16,A,B,1,0,1.6,4.2,5.25\n";
    let large = json!({ "csv": format!("{HEADER}{row}{}", "\n".repeat(64 << 10)) });
    until("no room for a third", || {
        service.post("/backtests", &large).status == 503
    });
    let small = json!({ "csv": format!("{HEADER}{row}") });
    // one that came before the uploads stalled may still have a place
    let mut started = None;
    until("a place for a small one", || {
        let answer = service.post("/backtests", &small);
        assert_ne!(answer.status, 503);
        started = (answer.status == 202).then_some(answer);
        started.is_some()
    });
    ended(&service, &path_of(&started.unwrap()));
}

#[test]
fn limits_of_backtests_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (option, value) in [
        ("--backtest-memory", "2"),
        ("--backtest-memory", "1KB"),
        ("--backtest-time", "0s"),
        ("--backtest-time", "x"),
    ] {
        let said = refusal(command(folder.path(), &[option, value]));
        assert!(said.contains(option) && said.contains("expected"), "{said}");
    }
}

#[test]
fn a_league_of_too_many_teams_is_a_failed_backtest() {
    let (service, _folder) = Service::new(&[]);
    let mut csv = HEADER.to_owned();
    for number in 0..20_001 {
        writeln!(
            csv,
            "2020-01-01,T{number},T{},1,0,,,",
            (number * 7 + 1) % 20_001
        )
        .unwrap();
    }
    csv += "2020-02-01,T1,T2,1,0,2.5,3.4,2.9\n";
    let failed = ended(
        &service,
        &path_of(&service.post("/backtests", &json!({ "csv": csv }))),
    );
    assert_eq!(failed["status"], "failed");
    let error = failed["error"].as_str().unwrap();
    assert!(
        error.contains("20001 teams in one model") && error.contains("--league"),
        "{error}"
    );
}

/// A connection on which a request with a body of this length has begun.
fn begun(service: &Service, path: &str, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(&service.address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The resident memory of a service, in MB.
fn memory(service: &Service) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse::<u64>()
        .unwrap()
        / 1024
}

/// The problem that a connection is answered, as far as it comes within some seconds.
fn answered(stream: &mut TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let (mut answer, mut part) = (String::new(), [0; 4096]);
    while !answer.ends_with('}') {
        match stream.read(&mut part) {
            Ok(read @ 1..) => answer += &String::from_utf8_lossy(&part[..read]),
            _ => break,
        }
    }
    answer
}

#[test]
fn uploads_under_way_are_bounded_together_and_the_rest_is_told_at_once() {
    let (service, _folder) = Service::new(&[]);
    let before = memory(&service);
    let length = (16 << 20) - 100;
    let part = vec![b'a'; length - 100];
    let mut stalled: Vec<_> = (0..12)
        .map(|number| {
            let stream = begun(&service, "/backtests", length);
            if number == 1 {
                // the first two are to have the room, and not any two
                thread::sleep(Duration::from_millis(300));
            }
            stream
        })
        .collect();
    thread::scope(|scope| {
        for stream in &mut stalled {
            // some are refused while they send
            scope.spawn(|| {
                drop(
                    stream
                        .write_all(br#"{"csv":""#)
                        .and_then(|()| stream.write_all(&part)),
                )
            });
        }
    });
    let grown = memory(&service) - before;
    assert!(grown < 70, "{grown} MB for uploads that are not whole");
    let refused: Vec<_> = stalled[2..].iter_mut().map(answered).collect();
    for refused in refused {
        assert!(
            refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 1"),
            "{refused}"
        );
        assert!(refused.contains("urn:simbet:problem:bodies"), "{refused}");
    }
    // events have room of their own
    service.post("/match-events", &example()).ok();
    drop(stalled);
    let small = json!({ "csv": format!("{HEADER}2024-08-16,A,B,1,0,1.6,4.2,5.25\n") });
    until("room", || service.post("/backtests", &small).status == 202);
}

#[test]
fn an_upload_that_could_not_run_is_refused_before_it_is_sent() {
    let (service, _folder) = Service::new(&[]);
    let running: Vec<_> = (0..2).map(|_| path_of(&slow_backtest(&service))).collect();
    let mut third = begun(&service, "/backtests", 16 << 20);
    let refused = answered(&mut third);
    assert!(
        refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after: 1"),
        "{refused}"
    );
    // a client that sends first and reads then has its answer as well
    let large = json!({ "csv": "x".repeat(15 << 20) });
    assert_eq!(
        service.post("/backtests", &large).problem(429)["type"],
        "urn:simbet:problem:too-many"
    );
    // too large is said before anything is read
    running
        .iter()
        .for_each(|path| assert_eq!(delete(&service, path), 204));
    until("no process", || children(service.child.id()).is_empty());
    let refused = answered(&mut begun(&service, "/backtests", (16 << 20) + 1));
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    let refused = answered(&mut begun(&service, "/match-events", 1 << 20));
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    // what was not read is in the way of the next request
    assert!(refused.contains("connection: close"), "{refused}");
}

#[test]
fn slow_matches_keep_no_quick_one_waiting_and_end_with_the_service() {
    let (service, _folder) = Service::new(&[]);
    for _ in 0..200 {
        assert_eq!(service.post_nothing("/simulate/match?pace=0.1").status, 202);
    }
    let played = service
        .post_nothing("/simulate/match?duration_minutes=10")
        .ok();
    assert_eq!(played["is_over"], true);
    let begun = Instant::now();
    assert!(service.stop());
    assert!(
        begun.elapsed() < Duration::from_secs(12),
        "{:?}",
        begun.elapsed()
    );
}

/// Results of so many teams, two of them a match.
fn teams(number: usize) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "league,date,home_team,away_team,home_goals,away_goals\n".to_owned();
    for pair in 0..number / 2 {
        writeln!(csv, "L,2023-12-01,T{},T{},1,0", 2 * pair, 2 * pair + 1).unwrap();
    }
    let path = folder.path().join("past.csv");
    fs::write(&path, csv).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn of_league(mut event: Value, league: &str, sides: [&str; 2]) -> Value {
    event["league"] = json!(league);
    (event["home_team"], event["away_team"]) = (json!(sides[0]), json!(sides[1]));
    event
}

#[test]
fn a_team_too_many_is_refused_and_everything_else_goes_on() {
    let (_past, path) = teams(20_000);
    let (service, _folder) = Service::new(&["--history", &path]);
    let one_more = of_league(prices("a", 0), "L", ["T1", "another"]);
    let problem = service.post("/match-events", &one_more).problem(409);
    assert_eq!(
        (&problem["type"], &problem["field"]),
        (
            &json!("urn:simbet:problem:too-many-teams"),
            &json!("league")
        )
    );
    let mut played = result("b", [1, 0], 5);
    played = of_league(played, "L", ["one", "two"]);
    service.post("/match-results", &played).problem(409);
    // teams that are known, and other leagues, are as before
    let known = of_league(result("c", [1, 0], 6), "L", ["T1", "T2"]);
    service.post("/match-results", &known).ok();
    service
        .post(
            "/match-events",
            &of_league(prices("d", 7), "M", ["another", "one"]),
        )
        .ok();
    assert_eq!(service.get("/health").status, 200);

    // the same where events are lines
    let line = json!({ "event_type": "match_event", "data": one_more, "timestamp": one_more["timestamp"] });
    let mut trade = crate::backtest::simbet();
    let trade = trade
        .args(["trade", "-", "--history", &path])
        .write_stdin(format!("{line}\n"));
    let output = trade.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(problem["detail"].as_str().unwrap()), "{said}");
}

#[test]
fn a_history_of_too_many_teams_is_no_start() {
    let (_past, path) = teams(20_002);
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["--history", &path]);
    command.stdout(Stdio::null());
    let said = refusal(command);
    assert!(
        said.contains("20002 teams in one model") && said.contains("no prediction for L"),
        "{said}"
    );
}
