//! `simbet streams`.

use serde_json::{Value, json};

use super::process::succeed;
use super::{SETTINGS, SMALL, Server, Simbet, wait_for};

#[test]
fn the_streams_and_who_reads_them_are_listed() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    server.ask::<()>(&["XGROUP", "CREATE", "bets", "readers", "0"]);
    let _: ::redis::Value = server.ask(&[
        "XREADGROUP",
        "GROUP",
        "readers",
        "me",
        "COUNT",
        "3",
        "STREAMS",
        "bets",
        ">",
    ]);
    let table = succeed(&[&["streams", "--redis", &url]]).out;
    let widest = table
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap();
    assert!(widest <= 80, "{widest} columns:\n{table}");
    for word in [
        "match_events",
        "predictions",
        "bets",
        "metrics",
        "match_events:dead",
        "processors",
        "nobody",
        "361",
    ] {
        assert!(table.contains(word), "{word}:\n{table}");
    }
    let found: Value =
        serde_json::from_str(&succeed(&[&["streams", "--redis", &url, "--format", "json"]]).out)
            .unwrap();
    let streams = found[0]["streams"].as_array().unwrap();
    let names: Vec<_> = streams
        .iter()
        .map(|stream| stream["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "match_events",
            "predictions",
            "bets",
            "metrics",
            "match_events:dead"
        ]
    );
    assert_eq!(
        (&streams[0]["length"], &streams[4]["length"]),
        (&json!(361), &json!(0))
    );
    let last: Vec<(String, Vec<String>)> =
        server.ask(&["XREVRANGE", "match_events", "+", "-", "COUNT", "1"]);
    assert_eq!(streams[0]["last_id"], last[0].0);
    let group = &streams[0]["groups"][0];
    let counts = ["pending", "lag", "done"].map(|count| group[count].as_u64());
    assert_eq!(
        (group["name"].as_str(), counts),
        (Some("processors"), [Some(0), Some(0), Some(361)])
    );
    assert_eq!(
        (&group["holder"], &group["consumers"]),
        (&Value::Null, &json!([]))
    );
    let readers = &streams[2]["groups"][0];
    assert_eq!(
        (&readers["pending"], &readers["consumers"], &readers["done"]),
        (&json!(3), &json!(["me"]), &Value::Null)
    );
    for format in ["csv", "markdown"] {
        assert!(
            succeed(&[&["streams", "--redis", &url, "--format", format]])
                .out
                .contains("predictions")
        );
    }
}

#[test]
fn nothing_at_all_is_listed_as_nothing() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let found = succeed(&[&["streams", "--redis", &server.url(), "--format", "json"]]).out;
    let found: Value = serde_json::from_str(&found).unwrap();
    assert!(
        found[0]["streams"]
            .as_array()
            .unwrap()
            .iter()
            .all(|stream| stream["length"] == 0 && stream["first_id"].is_null())
    );
    assert!(
        succeed(&[&["streams", "--redis", &server.url()]])
            .out
            .contains("match_events")
    );
    let keys: Vec<String> = server.ask(&["KEYS", "*"]);
    assert!(keys.is_empty(), "who looks changes nothing: {keys:?}");
}

#[test]
fn streams_are_watched_until_ctrl_c() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let watch = |format| {
        Simbet::spawn(&[&[
            "streams", "--redis", &url, "--watch", "0.1", "--format", format,
        ]])
    };
    let (lines, table) = (watch("json"), watch("table"));
    wait_for("some looks", || {
        (lines.out().lines().count() > 2 && table.out().contains("predictions")).then_some(())
    });
    succeed(&[&["publish", "--matches", "3", "--redis", &url]]);
    let length = server.length("match_events");
    wait_for("the news", || {
        lines
            .out()
            .contains(&format!("\"length\":{length},"))
            .then_some(())
    });
    for watched in [lines, table] {
        watched.signal("INT");
        let out = watched.succeed().out;
        assert!(!out.contains('\u{1b}'), "what is piped needs no terminal");
    }
}

#[test]
fn a_key_that_is_no_stream_is_named() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    server.ask::<()>(&["SET", "bets", "3"]);
    for command in [&["streams"][..], &["trade"]] {
        Simbet::spawn(&[command, &["--redis", &url]])
            .fail(1, "bets is a string in this Redis, not a stream");
    }
    server.ask::<i64>(&["HSET", "match_events", "a", "b"]);
    Simbet::spawn(&[&["publish", "--redis", &url]])
        .fail(1, "match_events is a hash in this Redis, not a stream");
}
