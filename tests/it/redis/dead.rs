//! Entries that cannot be used: kept aside with the reason, each once.

use ::redis::{Connection, cmd};
use serde_json::Value;

use super::process::succeed;
use super::streams::{Entry, entries, lines, of_pipe};
use super::{Answers, Draws, SETTINGS, SMALL, Server, Simbet, assert_traded_like_a_pipe, wait_for};

/// The fields of an entry.
type Fields = Vec<(&'static [u8], Vec<u8>)>;

/// What may stand in a stream, and what is said of it.
fn garbage() -> Vec<(Fields, &'static str)> {
    let of = |event_type: &'static str, data: &str| -> Fields {
        vec![
            (b"event_type", event_type.into()),
            (b"data", data.into()),
            (b"timestamp", "2000-01-01T00:00:00Z".into()),
        ]
    };
    let event = |members: &str| {
        let data = format!(
            r#"{{"match_id":"x","home_team":"X","away_team":"Y","home_goals":0,"away_goals":0,"timestamp":"2000-08-12T00:00:00Z",{members}}}"#
        );
        of("match_event", &data)
    };
    vec![
        (of("match_event", "not JSON"), "not an entry in JSON"),
        (
            event(r#""minute":0,"market_odds_away":2.0"#),
            "market_odds_home: expected decimal odds above 1, found nothing",
        ),
        (
            event(r#""minute":0,"market_odds_home":0.9,"market_odds_away":2.0"#),
            "found 0.9",
        ),
        (
            event(r#""minute":-3,"market_odds_home":1.9,"market_odds_away":2.0"#),
            "minute: expected minutes played",
        ),
        (
            of("match_event", &"x".repeat(3_000_000)),
            "the entry is longer than 65536 bytes",
        ),
        (of("match_event", ""), "timestamp: expected a time"),
        (of("match_event", "   "), "timestamp: expected a time"),
        (
            of("tea", "{}"),
            "event_type: expected match_event, match_result or end_of_stream",
        ),
        (vec![(b"data", b"{}".to_vec())], "event_type: expected"),
        (
            vec![(b"event_type", b"match_event".to_vec())],
            "timestamp: expected a time",
        ),
        (
            vec![(b"colour", b"green".to_vec()), (b"taste", b"sour".to_vec())],
            "event_type: expected",
        ),
        (
            vec![
                (b"event_type", vec![0xff, 0, 0xfe]),
                (b"data", b"{}".to_vec()),
            ],
            "event_type: expected",
        ),
        (
            vec![
                (b"event_type", b"match_event".to_vec()),
                (b"data", vec![0, 0xff, 0xfe, b'{']),
            ],
            "not an entry in JSON",
        ),
        (
            event(
                r#""minute":0,"market_odds_home":1.9,"market_odds_away":2.0,"league":"\u001b[31mRed""#,
            ),
            "league: expected a text of 1 to 128 characters without control characters",
        ),
        (
            of(
                "match_result",
                r#"{"match_id":"a\u202eb","home_goals":1,"away_goals":0,"timestamp":"2000-08-12T00:00:00Z"}"#,
            ),
            "match_id: expected a text of 1 to 128 characters without control or invisible characters",
        ),
        (
            of("end_of_stream", r#"{"entries":-1}"#),
            "entries: expected a count",
        ),
    ]
}

fn add(connection: &mut Connection, fields: &[(&[u8], Vec<u8>)]) -> String {
    cmd("XADD")
        .arg("match_events")
        .arg("*")
        .arg(fields)
        .query(connection)
        .unwrap()
}

/// Checks that each of these is among the dead, once, with its id, its reason and what it was.
fn assert_dead(server: &Server, buried: &[(String, usize)]) {
    let (dead, garbage) = (entries(server, "match_events:dead"), garbage());
    for ((id, kind), entry) in buried.iter().zip(&dead) {
        let (letter, (fields, reason)) = (entry.json(), &garbage[*kind]);
        assert_eq!(
            (entry.event_type.as_str(), letter["id"].as_str()),
            ("dead_letter", Some(id.as_str()))
        );
        assert!(
            letter["reason"].as_str().unwrap().contains(reason),
            "{reason}: {}",
            letter["reason"]
        );
        let shown = |bytes: &[u8]| Value::from(String::from_utf8_lossy(bytes));
        let original = letter["original"].as_object().unwrap();
        assert_eq!(original.len(), fields.len());
        let length: usize = fields
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let is_long = length > 65_536;
        // of one that is too long only the beginning is kept, and how long it was
        assert_eq!(letter["length"].as_u64(), is_long.then_some(length as u64));
        for (name, value) in fields {
            let kept = if is_long {
                value.len().min(512)
            } else {
                value.len()
            };
            assert!(
                original[str::from_utf8(name).unwrap()] == shown(&value[..kept]),
                "{id}: {reason}"
            );
        }
    }
    assert_eq!(dead.len(), buried.len());
}

#[test]
fn what_cannot_be_used_is_put_aside_and_the_stream_goes_on() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let mut connection = server.connection();
    let (stream, kinds) = (lines(SMALL), garbage().len());
    let mut buried = Vec::new();
    for (number, line) in stream.lines().enumerate() {
        let kind = number % kinds;
        // the long one but a few times
        if number < 2 * kinds || !garbage()[kind].1.contains("longer") {
            buried.push((add(&mut connection, &garbage()[kind].0), kind));
        }
        Entry::of_line(line).add_to("match_events", &mut connection);
    }
    let said = succeed(&[&["trade", "--redis", &server.url()], SETTINGS]).said;
    assert!(
        said.contains("warning: entry 1: not an entry in JSON"),
        "{}",
        &said[..500]
    );
    assert!(
        said.contains(&format!("{} rejected", buried.len())),
        "{}",
        &said[said.len() - 500..]
    );
    assert_dead(&server, &buried);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Regression: entries of megabytes were copied whole, and a trader took the memory of hundreds of them at once.
#[test]
fn long_entries_are_noted_by_their_beginning_and_length() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let mut connection = server.connection();
    let long = "x".repeat(4_000_000);
    let mut add_long = |fields: &[(&str, &str)]| {
        let _: String = cmd("XADD")
            .arg("match_events")
            .arg("*")
            .arg(fields)
            .query(&mut connection)
            .unwrap();
    };
    for _ in 0..20 {
        add_long(&[("event_type", "match_event"), ("data", &long)]);
    }
    add_long(&[("event_type", &long), ("data", "{}")]);
    add_long(&[(&long, "x")]);
    let many: Vec<_> = (0..40).map(|_| ("field", &long[..10_000])).collect();
    add_long(&many);
    let said = succeed(&[
        &["trade", "--redis", &server.url(), "--until-idle", "300ms"],
        SETTINGS,
    ])
    .said;
    assert!(said.len() < 20_000, "{} bytes were said", said.len());
    let dead = entries(&server, "match_events:dead");
    assert_eq!(dead.len(), 23);
    for letter in &dead {
        assert!(letter.data.len() < 12_000, "{} bytes", letter.data.len());
        assert!(letter.json()["length"].as_u64().unwrap() > 65_536);
    }
}

/// Regression: what was put aside in the midst of a round that was not over was forgotten when a checkpoint was made there
/// and the trader then killed.
#[test]
fn what_is_put_aside_is_put_aside_once_whoever_is_killed() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let trade = [
        "trade",
        "--redis",
        &url,
        "--lease",
        "200ms",
        "--consumer",
        "same",
    ];
    let mut connection = server.connection();
    let (mut buried, mut draws) = (Vec::new(), Draws(6));
    let few: Vec<_> = (0..garbage().len())
        .filter(|kind| !garbage()[*kind].1.contains("longer"))
        .collect();
    let mut trader = Simbet::spawn(&[&trade, SETTINGS]);
    for (number, line) in lines(SMALL).lines().enumerate() {
        for _ in 0..4 {
            let kind = few[draws.below(few.len() as u64) as usize];
            buried.push((add(&mut connection, &garbage()[kind].0), kind));
        }
        Entry::of_line(line).add_to("match_events", &mut connection);
        if number % 3 == 0 {
            // longer than a trader waits until it says what it has done
            draws.pause(12);
        }
        if number % 12 == 11 {
            draws.pause(250);
            let said = trader.kill();
            assert!(!said.contains("error"), "{said}");
            trader = Simbet::spawn(&[&trade, SETTINGS]);
        }
    }
    trader.succeed();
    assert_dead(&server, &buried);
    assert_traded_like_a_pipe(&server, SMALL, SETTINGS);
}

/// Regression: an end that could not be read was taken for one by whoever was started after it.
#[test]
fn an_end_that_cannot_be_read_is_none_for_anybody() {
    let Some(server) = Server::with(&[]) else {
        return;
    };
    let url = server.url();
    let mut connection = server.connection();
    let (kinds, stream) = (garbage(), lines(SMALL));
    let (fields, _) = kinds.last().unwrap();
    add(&mut connection, fields);
    succeed(&[
        &["trade", "--redis", &url, "--until-idle", "200ms"],
        SETTINGS,
    ]);
    let mut trader = Simbet::spawn(&[&["trade", "--redis", &url], SETTINGS]);
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert!(trader.is_running(), "{}", trader.said());
    stream
        .lines()
        .for_each(|line| Entry::of_line(line).add_to("match_events", &mut connection));
    trader.succeed();
    of_pipe(SMALL, SETTINGS).assert_same(&Answers::in_redis(&server, ""), "after a strange end");
    wait_for("the end", || {
        (server.done("match_events:processors") == server.length("match_events")).then_some(())
    });
}
