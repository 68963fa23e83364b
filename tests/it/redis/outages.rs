//! A Redis that is away, cut off, full or read-only.

use std::fs;
use std::thread;
use std::time::Duration;

use super::process::succeed;
use super::proxy::Proxy;
use super::server::free_port;
use super::{LONG, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for};

#[test]
fn a_redis_that_is_killed_and_restarted_under_them_changes_nothing() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let url = server.url();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "120", "--redis", &url]]);
    for round in 1..4 {
        wait_for("some entries", || {
            (server.done("match_events:processors") > round * 50).then_some(())
        });
        server.kill();
        thread::sleep(Duration::from_millis(150));
        server.restart();
    }
    let said = publisher.succeed().said + &trader.succeed().said;
    assert!(
        said.contains("no connection to Redis at 127.0.0.1:"),
        "{said}"
    );
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_connection_that_is_cut_for_seconds_is_waited_for_without_a_hurry() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let proxy = Proxy::to(server.port());
    let url = proxy.url();
    let mut trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    let mut publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "200", "--redis", &url]]);
    wait_for("some entries", || {
        (server.done("match_events:processors") > 50).then_some(())
    });
    proxy.cut();
    thread::sleep(Duration::from_millis(100));
    let (attempts, ticks) = (proxy.attempts(), trader.ticks() + publisher.ticks());
    thread::sleep(Duration::from_secs(3));
    let (attempts, ticks) = (
        proxy.attempts() - attempts,
        trader.ticks() + publisher.ticks() - ticks,
    );
    // pauses of 100, 200, 400, 800 ms and so on, for each of the two
    assert!(
        (2..=24).contains(&attempts),
        "{attempts} attempts in three seconds"
    );
    assert!(
        ticks < 60,
        "{ticks} ticks of the processor in three seconds of waiting"
    );
    assert!(trader.is_running() && publisher.is_running());
    proxy.open();
    let said = publisher.succeed().said + &trader.succeed().said;
    assert!(said.contains("trying again"), "{said}");
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_trader_that_waits_for_redis_ends_when_it_is_told_to() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let proxy = Proxy::to(server.port());
    let trader = Simbet::spawn(&[&["trade", "--redis", &proxy.url()], SETTINGS]);
    trader.wait_until_said("trades on");
    proxy.cut();
    trader.wait_until_said("trying again");
    trader.signal("TERM");
    trader.succeed();
}

#[test]
fn a_redis_that_is_not_there_at_first_is_waited_for_as_it_is_later() {
    let url = format!("redis://127.0.0.1:{}", free_port());
    // who only looks wants to know now
    Simbet::spawn(&[&["streams", "--redis", &url]])
        .fail(1, "is it running, and is this its address?");
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store").display().to_string();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--store", &store];
    for (command, signal) in [
        (&["publish"][..], "INT"),
        (&["trade"], "TERM"),
        (&["trade", "--partitions", "3"], "INT"),
        (&serve, "TERM"),
    ] {
        let mut simbet = Simbet::spawn(&[command, &["--redis", &url]]);
        simbet.wait_until_said("trying again");
        assert!(simbet.is_running(), "{}", simbet.said());
        let start = super::now();
        simbet.signal(signal);
        let ended = simbet.wait();
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{command:?} took {:?}",
            start.elapsed()
        );
        assert!(ended.out.is_empty() && !ended.said.contains("panicked"));
    }
}

#[test]
fn a_redis_that_comes_late_finds_all_waiting_for_it() {
    let Some(mut server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    server.kill();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--redis", &url]]);
    trader.wait_until_said("trying again");
    publisher.wait_until_said("trying again");
    server.restart();
    publisher.succeed();
    trader.succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// A script of somebody else that is flushed, or one that holds Redis up, is no reason to end.
#[test]
fn scripts_that_are_flushed_are_loaded_again() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "250", "--redis", &url]]);
    for round in 1..4 {
        wait_for("some entries", || {
            (server.done("match_events:processors") > round * 60).then_some(())
        });
        server.ask::<()>(&["SCRIPT", "FLUSH"]);
    }
    publisher.succeed();
    trader.succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Whatever Redis refuses, it refuses whole steps: the same commands go on from there once it takes them again.
fn assert_goes_on_after(server: &Server, refuse: impl Fn(), said: &str, allow: impl Fn()) {
    let url = server.url();
    let publish = [&["publish"], SMALL, &["--redis", &url]].concat();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "a"], SETTINGS]);
    trader.wait_until_said("trades on");
    let publisher = Simbet::spawn(&[&publish, &["--rate", "250"]]);
    wait_for("some entries", || {
        (server.done("match_events:processors") > 60).then_some(())
    });
    refuse();
    assert!(publisher.fail(1, said).said.contains("refuses writes"));
    if said == "OOM" {
        // who has nothing to write needs no room
        trader.signal("TERM");
        trader.wait();
    } else {
        let ended = trader.fail(1, said);
        assert!(ended.said.contains("refuses writes"), "{}", ended.said);
    }
    Simbet::spawn(&[&publish, &["--resume"]]).fail(1, said);
    Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "a"], SETTINGS]).fail(1, said);
    allow();
    succeed(&[&publish, &["--resume"]]);
    succeed(&[&["trade", "--redis", &url, "--consumer", "a"], SETTINGS]);
    assert_traded_like_a_pipe(server, SMALL, SETTINGS);
}

#[test]
fn a_full_redis_stops_both_with_nothing_half_done() {
    let Some(server) = Server::with(&["--maxmemory-policy", "noeviction"]) else {
        return;
    };
    let limit = |bytes: &str| server.ask::<()>(&["CONFIG", "SET", "maxmemory", bytes]);
    assert_goes_on_after(&server, || limit("1mb"), "OOM", || limit("0"));
}

#[test]
fn a_redis_whose_disk_fails_stops_both_with_nothing_half_done() {
    let Some(server) = Server::with(&["--enable-protected-configs", "yes"]) else {
        return;
    };
    let folder = server.folder().join("saved");
    fs::create_dir(&folder).unwrap();
    let path = folder.to_str().unwrap();
    server.ask::<()>(&["CONFIG", "SET", "dir", path]);
    server.ask::<()>(&["CONFIG", "SET", "save", "3600 1000000000"]);
    let fail = || {
        fs::remove_dir_all(&folder).unwrap();
        let _: ::redis::Value = server.ask(&["BGSAVE"]);
        wait_for("the save to fail", || {
            server
                .ask::<String>(&["INFO", "persistence"])
                .contains("rdb_last_bgsave_status:err")
                .then_some(())
        });
    };
    let mend = || {
        fs::create_dir_all(&folder).unwrap();
        server.ask::<()>(&["CONFIG", "SET", "dir", path]);
        server.ask::<()>(&["CONFIG", "SET", "save", ""]);
    };
    assert_goes_on_after(&server, fail, "MISCONF", mend);
}

#[test]
fn a_replica_takes_nothing_and_says_so() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    // of a master that is not there: what it has it keeps
    let follow = || server.ask::<()>(&["REPLICAOF", "127.0.0.1", &free_port().to_string()]);
    let lead = || server.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    assert_goes_on_after(&server, follow, "READONLY", lead);
}

/// Memory runs out amid the answers, again and again.
#[test]
fn a_redis_that_fills_up_while_bets_are_written_has_whole_steps_only() {
    let Some(server) = Server::with(&["--maxmemory-policy", "noeviction"]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], LONG, &["--redis", &url]]);
    let used: String = server.ask(&["INFO", "memory"]);
    let used = used
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"))
        .unwrap();
    let mut limit: u64 = used.parse().unwrap();
    let mut refused = 0;
    loop {
        limit += 200_000;
        assert!(limit < 100_000_000, "memory never suffices");
        server.ask::<()>(&["CONFIG", "SET", "maxmemory", &limit.to_string()]);
        let ended =
            Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "a"], SETTINGS]).wait();
        if ended.code == Some(0) {
            break;
        }
        assert!(
            ended.code == Some(1) && ended.said.contains("refuses writes (OOM"),
            "{}",
            ended.said
        );
        refused += 1;
    }
    assert!(refused > 2, "refused but {refused} times");
    assert_traded_like_a_pipe(&server, LONG, SETTINGS);
}
