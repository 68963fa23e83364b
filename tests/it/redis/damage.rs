//! What simbet keeps in a Redis, and somebody else has changed: it is refused and named, and nothing is made of it.

use std::time::Duration;

use super::process::succeed;
use super::{Answers, LONG, SETTINGS, SMALL, STATE, Server, Simbet, assert_traded_like_a_pipe};

/// Runs a trader that must refuse at once what stands at a key, and change nothing.
fn assert_refused(server: &Server, said: &str) {
    let before = Answers::in_redis(server, "");
    let start = super::now();
    let ended = Simbet::spawn(&[
        &["trade", "--redis", &server.url(), "--consumer", "same"],
        SETTINGS,
    ])
    .fail(1, said);
    assert!(start.elapsed() < Duration::from_secs(5), "{}", ended.said);
    assert!(!ended.said.contains("trying again"), "{}", ended.said);
    before.assert_same(&Answers::in_redis(server, ""), said);
}

/// Regression: a number that could not be read counted as 0, and every bet was made twice.
#[test]
fn a_field_of_the_state_that_is_garbage_or_missing_is_refused_by_its_name() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], LONG, &["--redis", &url]]);
    succeed(&[&["trade", "--redis", &url, "--consumer", "same"], SETTINGS]);
    let fields: Vec<String> = server.ask(&["HKEYS", STATE]);
    assert!(fields.len() > 10, "{fields:?}");
    for field in &fields {
        let whole: Vec<u8> = server.ask(&["HGET", STATE, field]);
        server.ask::<()>(&["HSET", STATE, field, "garbage"]);
        assert_refused(
            &server,
            "match_events:processors in this Redis is damaged: its field",
        );
        server.ask::<()>(&["HDEL", STATE, field]);
        assert_refused(&server, &format!("its field {field}"));
        ::redis::cmd("HSET")
            .arg(STATE)
            .arg(field)
            .arg(&whole)
            .exec(&mut server.connection())
            .unwrap();
    }
    // a digit
    let done: u64 = server.done(STATE);
    server.ask::<()>(&["HSET", STATE, "done_number", &(done - 1).to_string()]);
    assert_refused(&server, "its field seal is");
    server.ask::<()>(&["HSET", STATE, "done_number", &done.to_string()]);
    succeed(&[&["trade", "--redis", &url, "--consumer", "same"], SETTINGS]);
    assert_traded_like_a_pipe(&server, LONG, SETTINGS);
}

#[test]
fn a_state_that_is_gone_or_of_another_type_is_not_taken_for_a_beginning() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    succeed(&[&["publish"], SMALL, &["--redis", &url]]);
    succeed(&[&["trade", "--redis", &url, "--consumer", "same"], SETTINGS]);
    server.ask::<()>(&["RENAME", STATE, "aside"]);
    assert_refused(
        &server,
        "it is missing, although group processors has been handed entries",
    );
    server.ask::<()>(&["HSET", STATE, "colour", "green"]);
    assert_refused(&server, "it has none of the fields of a state");
    server.ask::<()>(&["DEL", STATE]);
    server.ask::<()>(&["SET", STATE, "garbage"]);
    assert_refused(
        &server,
        "match_events:processors is a string in this Redis, not a hash",
    );
    server.ask::<()>(&["RENAME", "aside", STATE]);
    let stream = "match_events:processors:silences";
    let _: String = server.ask(&["XADD", stream, "*", "ended", "1"]);
    assert_refused(&server, "entries were removed from it, or added");
    server.ask::<()>(&["DEL", stream]);
    // a group that somebody has destroyed begins where the state says
    let _: u64 = server.ask(&["XGROUP", "DESTROY", "match_events", "processors"]);
    succeed(&[&["trade", "--redis", &url, "--consumer", "same"], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
    server.ask::<()>(&["DEL", "match_events"]);
    let _: String = server.ask(&["XADD", "match_events", "5-1", "a", "b"]);
    assert_refused(&server, "match_events is not the stream that it was");
}

#[test]
fn a_lease_that_is_none_is_not_waited_for() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    succeed(&[&["publish"], SMALL, &["--redis", &server.url()]]);
    let (lease, fence) = (
        "match_events:processors:lease",
        "match_events:processors:fence",
    );
    for garbage in ["", "garbage", "x 7", "7"] {
        server.ask::<()>(&["SET", lease, garbage]);
        assert_refused(
            &server,
            "match_events:processors:lease in this Redis is damaged",
        );
    }
    server.ask::<()>(&["SET", lease, "7 somebody"]);
    assert_refused(&server, "this lease never runs out");
    server.ask::<()>(&["DEL", lease]);
    for garbage in ["", "x", "-1", "1.5", "99999999999999999999"] {
        server.ask::<()>(&["SET", fence, garbage]);
        assert_refused(
            &server,
            "match_events:processors:fence in this Redis is damaged",
        );
    }
    server.ask::<()>(&["DEL", fence]);
    let _: u64 = server.ask(&["RPUSH", lease, "1 same"]);
    assert_refused(
        &server,
        "match_events:processors:lease is a list in this Redis, not a string",
    );
    server.ask::<()>(&["DEL", lease]);
    succeed(&[
        &["trade", "--redis", &server.url(), "--consumer", "same"],
        SETTINGS,
    ]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

#[test]
fn the_progress_of_a_replay_that_was_changed_is_refused() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let resume = [&["publish"], SMALL, &["--redis", &url, "--resume"]].concat();
    succeed(&[&resume]);
    let key = "match_events:published";
    let replays: Vec<String> = server.ask(&["HKEYS", key]);
    let whole: String = server.ask(&["HGET", key, &replays[0]]);
    let other_digit = whole.replacen('3', "4", 1);
    for garbage in [
        "garbage",
        "",
        "0",
        "361",
        "-1",
        &other_digit,
        &whole[..whole.len() - 1],
    ] {
        server.ask::<()>(&["HSET", key, &replays[0], garbage]);
        Simbet::spawn(&[&resume]).fail(1, "match_events:published in this Redis is damaged");
    }
    server.ask::<()>(&["HSET", key, &replays[0], &whole]);
    // a stream that is away: what was published there is not to be missed
    server.ask::<()>(&["RENAME", "match_events", "aside"]);
    Simbet::spawn(&[&resume]).fail(1, "match_events is not the stream that it was");
    server.ask::<()>(&["RENAME", "aside", "match_events"]);
    succeed(&[&resume]);
    succeed(&[&["trade", "--redis", &url], SETTINGS]);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}
