//! Traders that end, and others that go on where they ended.

use std::time::Duration;

use super::process::{succeed, wait_until};
use super::streams::{Entry, lines, of_pipe, traded};
use super::{Answers, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for};

const EPL: &str = "datasets/epl.csv";

#[test]
fn a_trader_that_is_to_stay_trades_on_after_an_end_of_the_stream() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.url();
    let trader = Simbet::spawn(&[&["trade", "--redis", &url, "--stay"], SETTINGS]);
    for seed in ["1", "2"] {
        // an end at once, and another
        succeed(&[&[
            "publish",
            "--redis",
            &url,
            "--matches",
            "10",
            "--seed",
            seed,
        ]]);
    }
    wait_for("both ends to be done", || {
        (server.done("match_events:processors") == server.length("match_events")).then_some(())
    });
    trader.signal("TERM");
    let said = trader.succeed().said;
    assert!(said.contains("without an end of the stream"), "{said}");
    server.assert_nothing_pending("match_events", "processors");
}

#[test]
fn a_trader_ends_when_nothing_has_come_for_so_long() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let all: Vec<_> = lines(SMALL).lines().map(Entry::of_line).collect();
    let (end, stream) = all.split_last().unwrap();
    let mut connection = server.connection();
    stream
        .iter()
        .for_each(|entry| entry.add_to("match_events", &mut connection));
    let start = super::now();
    succeed(&[
        &["trade", "--redis", &url, "--until-idle", "600ms"],
        SETTINGS,
    ]);
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(600) && took < Duration::from_secs(20),
        "{took:?}"
    );
    end.add_to("match_events", &mut connection);
    succeed(&[
        &["trade", "--redis", &url, "--until-idle", "600ms"],
        SETTINGS,
    ]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_trader_that_is_told_to_stop_leaves_its_work_to_the_next() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let publisher = Simbet::spawn(&[&["publish"], SMALL, &["--rate", "300", "--redis", &url]]);
    for signal in ["TERM", "INT"] {
        let before = server.done("match_events:processors");
        let mut trader = Simbet::spawn(&[&["trade", "--redis", &url, "--lease", "1h"], SETTINGS]);
        wait_until(&mut trader, "some work", || {
            server.done("match_events:processors") > before + 40
        });
        trader.signal(signal);
        let said = trader.succeed().said;
        assert!(said.contains(" bets, "), "{said}");
        // an hour's lease is given back
        assert!(!server.ask::<bool>(&["EXISTS", "match_events:processors:lease"]));
    }
    publisher.succeed();
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_second_season_is_traded_on_by_the_same_group() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (url, settings) = (server.url(), ["--model", "poisson"]);
    let seasons: [&[&str]; 2] = [&[EPL, "--to", "2024-06-30"], &[EPL, "--from", "2024-07-01"]];
    let season = |number: usize| -> String {
        // the second replay tells of the first season as well; who has read that needs only the rest
        let kept = |line: &&str| number == 0 || !line.contains("\"season\":2023");
        lines(seasons[number])
            .lines()
            .filter(kept)
            .map(|line| line.to_owned() + "\n")
            .collect()
    };
    let (first, second) = (season(0), season(1));
    let mut connection = server.connection();
    let mut add = |text: &str| {
        text.lines()
            .for_each(|line| Entry::of_line(line).add_to("match_events", &mut connection))
    };
    add(&first);
    succeed(&[&["trade", "--redis", &url], &settings]);
    // nothing is left of it
    let again = succeed(&[&["trade", "--redis", &url], &settings]).said;
    assert!(again.contains(" bets, "), "{again}");
    add(&second);
    succeed(&[&["trade", "--redis", &url], &settings]);
    let without_end: String = first
        .lines()
        .filter(|line| !line.contains("end_of_stream"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    let wanted = traded(&(without_end + &second), &settings);
    assert!(wanted.bets.len() > 100);
    wanted.assert_same(&Answers::in_redis(&server, ""), "two seasons");
    // a checkpoint that is gone is damage, and not a beginning
    server.ask::<i64>(&["HDEL", "match_events:processors", "checkpoint"]);
    Simbet::spawn(&[&["trade", "--redis", &url], &settings]).fail(1, "its field checkpoint");
    wanted.assert_same(&Answers::in_redis(&server, ""), "refused");
}

#[test]
fn history_is_learned_before_the_stream_begins_and_not_again_after_a_kill() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let settings = ["--history", EPL, "--model", "poisson"];
    let season: String = lines(&[EPL, "--from", "2024-08-01"])
        .lines()
        .filter(|line| !line.contains("\"season\":2023"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    let wanted = traded(&season, &settings);
    assert!(wanted.bets.len() > 50);
    let mut connection = server.connection();
    season
        .lines()
        .for_each(|line| Entry::of_line(line).add_to("match_events", &mut connection));
    for kill in [1, 300, 700] {
        let mut trader =
            Simbet::spawn(&[&["trade", "--redis", &url, "--consumer", "same"], &settings]);
        wait_for("some work", || {
            (server.done("match_events:processors") >= kill || !trader.is_running()).then_some(())
        });
        trader.kill();
    }
    let trade = ["trade", "--redis", &url, "--consumer", "same"];
    let other = [&trade[..], &["--model", "poisson"]].concat();
    Simbet::spawn(&[&other]).fail(
        1,
        "was started by simbet 0.1.0 with other settings of model, staking or history",
    );
    succeed(&[&trade, &settings]);
    wanted.assert_same(&Answers::in_redis(&server, ""), "history");
}

#[test]
fn other_settings_are_refused_and_change_nothing() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    for other in [
        &["--bankroll", "77"][..],
        &["--min-ev", "0.2"],
        &["--book", "ps"],
    ] {
        let ended = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS, other]);
        ended.fail(
            1,
            "continue with those, or start afresh with another --group",
        );
    }
    of_pipe(SMALL, SETTINGS).assert_same(&Answers::in_redis(&server, ""), "refused");
}

/// Regression: what was trimmed away while a trader was at work, but could not keep up, was not missed.
#[test]
fn entries_that_are_trimmed_away_unread_are_missed() {
    let Some(server) = Server::with(&["--stream-node-max-entries", "10"]) else {
        return;
    };
    let (url, proxy) = (server.url(), super::proxy::Proxy::to(server.port()));
    let trader = Simbet::spawn(&[
        &["trade", "--lease", "1h", "--redis", &proxy.url()],
        SETTINGS,
    ]);
    let all: Vec<_> = lines(SMALL).lines().map(Entry::of_line).collect();
    let mut connection = server.connection();
    all[..30]
        .iter()
        .for_each(|entry| entry.add_to("match_events", &mut connection));
    wait_for("some work", || {
        (server.done("match_events:processors") >= 20).then_some(())
    });
    proxy.freeze();
    std::thread::sleep(Duration::from_millis(200));
    all[30..]
        .iter()
        .for_each(|entry| entry.add_to("match_events", &mut connection));
    let gone: u64 = server.ask(&["XTRIM", "match_events", "MAXLEN", "50"]);
    assert!(gone > 200);
    proxy.open();
    trader.fail(1, "entries of match_events are gone");
    Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS])
        .fail(1, "start afresh with another --group");
}

/// Regression: a trader that read again what it had done took what came after that for done as well.
#[test]
fn entries_that_are_deleted_and_needed_again_are_missed() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let all: Vec<_> = lines(SMALL).lines().map(Entry::of_line).collect();
    let mut connection = server.connection();
    all[..200]
        .iter()
        .for_each(|entry| entry.add_to("match_events", &mut connection));
    let trade = ["trade", "--redis", &url, "--until-idle", "200ms"];
    succeed(&[&trade, SETTINGS]);
    let ids: Vec<(String, Vec<String>)> =
        server.ask(&["XRANGE", "match_events", "-", "+", "COUNT", "20"]);
    server.ask::<i64>(&["XDEL", "match_events", &ids[11].0]);
    all[200..]
        .iter()
        .for_each(|entry| entry.add_to("match_events", &mut connection));
    let before = Answers::in_redis(&server, "");
    Simbet::spawn(&[&trade, SETTINGS]).fail(
        1,
        "entries of match_events are gone that still had to be read (1)",
    );
    before.assert_same(&Answers::in_redis(&server, ""), "nothing of it is written");
}

/// Regression: the state of a group called dead was kept where the dead letters are.
#[test]
fn names_of_groups_that_would_meet_other_keys_are_refused() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    for name in ["dead", "published", "a:lease", ""] {
        let refused = Simbet::spawn(&[&["trade", "--redis", &server.url(), "--group", name]]);
        refused.fail(2, "expected a name without ':'");
    }
}
