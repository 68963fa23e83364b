//! Replays that are cut and resumed: nothing is there twice, nothing is missing.

use super::process::{succeed, wait_until};
use super::proxy::Proxy;
use super::streams::{Entry, entries, lines};
use super::{Draws, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for};

const SEASON: &[&str] = &["--matches", "300", "--seed", "2"];

fn published(arguments: &[&str]) -> Vec<Entry> {
    lines(arguments).lines().map(Entry::of_line).collect()
}

/// Kills a publisher again and again; what is published in the end by one that nobody kills.
fn assert_resumed(server: &Server, arguments: &[&str], kills: usize, seed: u64) {
    let (url, mut draws) = (server.url(), Draws(seed));
    let publish = [&["publish"], SEASON, arguments, &["--redis", &url]].concat();
    for kill in 0..kills {
        let before = [&publish[..], &["--rate", "600"]].concat();
        let mut publisher = Simbet::spawn(&[&before, if kill == 0 { &[] } else { &["--resume"] }]);
        draws.pause(150);
        assert!(publisher.is_running(), "{}", publisher.said());
        publisher.kill();
    }
    let there: usize = (0..4)
        .map(|partition| server.length(&format!("match_events:{{{partition}}}")) as usize)
        .sum();
    assert!(
        there + server.length("match_events") as usize > 0,
        "nothing was published before the last kill"
    );
    Simbet::spawn(&[&publish]).fail(1, "--resume continues after them");
    let said = succeed(&[&publish, &["--resume"]]).said;
    assert!(said.contains("were there already"), "{said}");
}

#[test]
fn a_replay_that_is_killed_again_and_again_is_resumed_without_a_gap() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    assert_resumed(&server, &[], 8, 1);
    assert_eq!(entries(&server, "match_events"), published(SEASON));
    // and once more: nothing is left to do
    let said = succeed(&[
        &["publish"],
        SEASON,
        &["--redis", &server.url(), "--resume"],
    ])
    .said;
    let count = server.length("match_events");
    let count = simbet::internals::report::text_table::thousands(&count.to_string());
    assert!(
        said.contains(&format!(
            "published 0 entries after the {count} that were there already"
        )),
        "{said}"
    );
    assert_eq!(entries(&server, "match_events"), published(SEASON));
}

#[test]
fn a_replay_over_partitions_is_resumed_without_a_gap() {
    let (Some(server), Some(whole)) = (Server::with(&[]), Server::with(&[])) else {
        return;
    };
    assert_resumed(&server, &["--partitions", "3"], 6, 5);
    succeed(&[
        &["publish"],
        SEASON,
        &["--redis", &whole.url(), "--partitions", "3"],
    ]);
    for partition in 0..3 {
        let key = format!("match_events:{{{partition}}}");
        assert_eq!(entries(&server, &key), entries(&whole, &key), "{key}");
    }
}

/// Regression: the entries that were there were skipped in streams over which other matches had been spread.
#[test]
fn streams_are_spread_over_one_number_of_partitions_by_all() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let publish = [&["publish"], SEASON, &["--redis", &url]].concat();
    succeed(&[&publish, &["--partitions", "2"]]);
    assert_eq!(
        server.ask::<String>(&["GET", "match_events:partitions"]),
        "2"
    );
    let said = "spread over 2 partitions (match_events:partitions); asked for:";
    let trade = ["trade", "--redis", &url];
    for other in [&["--partitions", "3"][..], &["--partitions", "1"], &[]] {
        Simbet::spawn(&[&publish, other, &["--resume"]]).fail(1, said);
        Simbet::spawn(&[&trade, other]).fail(1, said);
        Simbet::spawn(&[&["streams", "--redis", &url], other]).fail(1, "give --partitions 2");
    }
    // where nothing is noted, the streams that are there tell
    server.ask::<()>(&["DEL", "match_events:partitions"]);
    Simbet::spawn(&[&trade, &["--partitions", "3"]]).fail(1, said);
    Simbet::spawn(&[&trade]).fail(1, said);
    succeed(&[&publish, &["--partitions", "2", "--resume"]]);
    assert_eq!(
        server.ask::<String>(&["GET", "match_events:partitions"]),
        "2"
    );
    for garbage in ["", "0", "02", "two", "99999"] {
        server.ask::<()>(&["SET", "match_events:partitions", garbage]);
        Simbet::spawn(&[&trade, &["--partitions", "2"]])
            .fail(1, "match_events:partitions in this Redis is damaged");
    }
}

#[test]
fn streams_without_partitions_are_not_spread_later() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    let trade = ["trade", "--redis", &url, "--partitions", "2"];
    Simbet::spawn(&[&trade]).fail(1, "not spread over partitions");
    server.ask::<()>(&["DEL", "match_events:partitions"]);
    Simbet::spawn(&[&trade]).fail(1, "give no --partitions");
    // an older simbet noted nothing
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    assert_eq!(
        server.ask::<String>(&["GET", "match_events:partitions"]),
        "none"
    );
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn a_replay_into_a_stream_that_keeps_but_the_last_entries_is_resumed_without_a_gap() {
    let Some(server) = Server::with(&["--stream-node-max-entries", "10"]) else {
        return;
    };
    assert_resumed(&server, &["--maxlen", "100"], 5, 9);
    let (left, all) = (entries(&server, "match_events"), published(SEASON));
    assert!((100..150).contains(&left.len()), "{} entries", left.len());
    assert_eq!(left, all[all.len() - left.len()..]);
}

#[test]
fn a_replay_that_is_stopped_says_so_and_is_resumed() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let publish = [&["publish"], SMALL, &["--redis", &url]].concat();
    for signal in ["INT", "TERM"] {
        let mut publisher = Simbet::spawn(&[&publish, &["--rate", "300", "--resume"]]);
        let before = server.length("match_events");
        wait_until(&mut publisher, "some entries", || {
            server.length("match_events") > before + 20
        });
        publisher.signal(signal);
        assert!(publisher.succeed().said.contains("stopped after"));
    }
    succeed(&[&publish, &["--resume"]]);
    assert_eq!(entries(&server, "match_events"), published(SMALL));
    succeed(&[&["trade", "--redis", &server.url()], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Regression: what had been sent before a connection broke was there twice when it arrived after all.
#[test]
fn what_arrives_after_the_connection_has_broken_is_not_there_twice() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let proxy = Proxy::to(server.port());
    let publisher = Simbet::spawn(&[
        &["publish"],
        SMALL,
        &["--rate", "400", "--redis", &proxy.url()],
    ]);
    wait_for("some entries", || {
        (server.length("match_events") > 50).then_some(())
    });
    for _ in 0..3 {
        proxy.freeze();
        std::thread::sleep(std::time::Duration::from_millis(40));
        proxy.throw_out();
        std::thread::sleep(std::time::Duration::from_millis(40));
        proxy.open();
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let ended = publisher.wait();
    if ended.code != Some(0) {
        // it may find that the old ones came in between, but then says so
        assert!(ended.said.contains("--resume continues"), "{}", ended.said);
        succeed(&[&["publish"], SMALL, &["--resume", "--redis", &server.url()]]);
    }
    assert_eq!(entries(&server, "match_events"), published(SMALL));
}
