//! Over a Redis as over a pipe.

use serde_json::Value;

use super::process::succeed;
use super::streams::{entries, of_pipe};
use crate::stream::{of_publisher, of_trader};
use crate::wire::{self, Entry};

use super::{
    Answers, SETTINGS, SMALL, Server, assert_strict_models_read, assert_traded_like_a_pipe,
};

const EPL: &str = "datasets/epl.csv";

fn assert_parity(published: &[&str], settings: &[&str]) {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (published, settings) = (&of_publisher(published)[..], &of_trader(settings)[..]);
    succeed(&[&["publish"], published, &["--redis", &server.url()]]);
    succeed(&[&["trade", "--redis", &server.url()], settings]);
    assert_traded_like_a_pipe(&server, published, settings);
    assert_strict_models_read(&server, &["match_events"]);
}

#[test]
fn files_are_traded_over_redis_as_over_a_pipe() {
    let settings: [&[&str]; 8] = [
        &[],
        &[
            "--model",
            "poisson",
            "--refit-every",
            "5",
            "--strategy",
            "kelly",
            "--kelly-fraction",
            "0.25",
            "--book",
            "b365",
        ],
        &["--price", "close", "--book", "ps,avg", "--max-round", "0.1"],
        &[
            "--markets",
            "1x2,ou,ah",
            "--book",
            "best:ps,b365,max",
            "--multiple",
        ],
        &["--strategy", "flat", "--selections", "home", "--book", "ps"],
        &[
            "--strategy",
            "proportional",
            "--markets",
            "ah",
            "--price",
            "close",
            "--commission",
            "0.02",
        ],
        &[
            "--model",
            "market",
            "--market-book",
            "ps",
            "--book",
            "max",
            "--min-ev",
            "0.01",
        ],
        &[
            "--model",
            "average",
            "--markets",
            "ou",
            "--min-matches",
            "3",
        ],
    ];
    for settings in settings {
        assert_parity(&[&[EPL], settings].concat(), settings);
    }
    let settings = ["--strategy", "kelly", "--max-exposure", "0.2"];
    assert_parity(
        &[
            &[EPL][..],
            &settings,
            &["--from", "2024-01-01", "--to", "2024-12-31"],
        ]
        .concat(),
        &settings,
    );
}

/// A model that is a program, with a process for each trader.
const PROGRAM: &[&str] = &["--model", "exec:python3 examples/models/elo.py"];

#[test]
fn a_program_trades_over_redis_as_over_a_pipe() {
    assert_parity(&[&[EPL], PROGRAM].concat(), PROGRAM);
}

#[test]
fn invented_matches_in_play_are_traded_over_redis_as_over_a_pipe() {
    let invented = [
        "--matches",
        "230",
        "--seed",
        "7",
        "--in-play",
        "--every",
        "15",
    ];
    for settings in [
        &["--markets", "1x2,ou,ah"][..],
        &["--price", "close", "--strategy", "kelly"],
    ] {
        assert_parity(
            &[&invented, settings].concat(),
            &[settings, &["--profile", "empirical"]].concat(),
        );
    }
}

#[test]
fn a_season_is_invented_when_nothing_is_said_of_what_to_publish() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    succeed(&[&["publish", "--redis", &server.url()]]);
    let results = entries(&server, "match_events")
        .iter()
        .filter(|entry| entry.event_type == "match_result")
        .count();
    assert_eq!(results, 380);
}

/// Regression in waiting: what was read from a Redis must not depend on how the entries were cut into batches.
#[test]
fn one_entry_after_the_other_is_traded_like_all_at_once() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let trader = super::Simbet::spawn(&[
        &["trade", "--redis", &server.url(), "--linger", "1"],
        SETTINGS,
    ]);
    succeed(&[
        &["publish"],
        SMALL,
        &["--rate", "600", "--redis", &server.url()],
    ]);
    trader.succeed();
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn every_event_of_a_match_is_timed_in_metrics_and_all_of_them_on_stderr() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let events = ["publish", "--matches", "20", "--redis", &server.url()].map(str::to_owned);
    succeed(&[&events.each_ref().map(String::as_str)]);
    let said = succeed(&[&["trade", "--redis", &server.url()], SETTINGS]).said;
    assert!(
        said.contains("milliseconds an entry took, at p50, p99 and p99.9: to be read "),
        "{said}"
    );
    assert!(
        said.contains("; predicted ") && said.contains("; decided ") && said.contains("; in all "),
        "{said}"
    );
    let latencies: Vec<_> = entries(&server, "metrics")
        .into_iter()
        .filter(|entry| entry.event_type == "latency_metrics")
        .collect();
    // all but that at the end
    assert_eq!(latencies.len() as u64, server.length("match_events") - 1);
    for latency in latencies {
        let data = latency.json();
        let Entry::LatencyMetrics(times) = wire::read("latency_metrics", &data) else {
            panic!("{data}")
        };
        let instants = [
            times.ingestion_time,
            times.prediction_time,
            times.decision_time,
        ];
        assert!(instants.is_sorted(), "{data}");
        let durations = [times.ingestion_ms, times.prediction_ms, times.decision_ms];
        assert!(
            durations
                .iter()
                .all(|time| (0.0..=times.end_to_end_latency_ms).contains(time)),
            "{data}"
        );
        assert!(
            data["match_id"]
                .as_str()
                .is_some_and(|id| id.starts_with("SIM:")),
            "{data}"
        );
        assert!(latency.timestamp.starts_with("20"), "{}", latency.timestamp);
    }
    succeed(&[
        &[
            "trade",
            "--redis",
            &server.url(),
            "--group",
            "silent",
            "--no-latency",
        ],
        SETTINGS,
    ]);
    let timed = entries(&server, "metrics")
        .iter()
        .filter(|entry| entry.event_type == "latency_metrics")
        .count();
    assert_eq!(
        timed as u64,
        server.length("match_events") - 1,
        "one that is not to time entries"
    );
}

#[test]
fn streams_whose_names_begin_alike_have_nothing_to_do_with_others() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let (url, small) = (server.url(), of_pipe(SMALL, SETTINGS));
    succeed(&[&["publish"], SMALL, &["--redis", &url, "--prefix", "mine:"]]);
    succeed(&[&["trade", "--redis", &url, "--prefix", "mine:"], SETTINGS]);
    small.assert_same(&Answers::in_redis(&server, "mine:"), "prefix");
    let keys: Vec<String> = server.ask(&["KEYS", "*"]);
    assert!(keys.iter().all(|key| key.starts_with("mine:")), "{keys:?}");
}

#[test]
fn groups_know_nothing_of_one_another() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    let once = Answers::in_redis(&server, "");
    succeed(&[&["trade", "--redis", &url, "--group", "second"], SETTINGS]);
    let mut twice = once.clone();
    twice.predictions.extend(once.predictions);
    twice.bets.extend(once.bets);
    twice.metrics.extend(once.metrics);
    twice.assert_same(&Answers::in_redis(&server, ""), "the same again");
    let done: Value = server.done("match_events:second").into();
    assert_eq!(done, server.length("match_events"));
}
