//! The service by way of the streams of a Redis, with a trader beside it: the arrangement of docker-compose.yml, by hand.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::kept::{play, shown};
use super::{Service, command, example, prices, result};
use crate::redis::process::Simbet;
use crate::redis::proxy::Proxy;
use crate::redis::server::Server;
use crate::redis::streams::entries;
use crate::redis::wait_for;
use crate::wire;

/// What both the service and the trader are told by their environment.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("INITIAL_BANKROLL", "5000"),
    ("MIN_EDGE", "0.02"),
    ("MAX_STAKE_PERCENTAGE", "0.03"),
    ("LOG_LEVEL", "warn"),
];

fn told(mut command: Command, redis: &Server) -> Command {
    command.envs(ENVIRONMENT).env("REDIS_URL", redis.url());
    command
}

fn api(folder: &Path, redis: &Server) -> Service {
    Service::start(told(
        command(folder, &["--redis", "--strategy", "kelly"]),
        redis,
    ))
}

fn processor(redis: &Server) -> Simbet {
    let arguments = [
        "trade",
        "--redis",
        "--strategy",
        "kelly",
        "--min-matches",
        "0",
        "--consumer",
        "processor",
        "--lease",
        "500ms",
    ];
    Simbet::run(told(crate::redis::process::command(&arguments), redis))
}

/// A service that trades by itself, with the same settings.
fn alone(folder: &TempDir) -> Service {
    let mut command = command(folder.path(), &["--strategy", "kelly"]);
    command.envs(ENVIRONMENT);
    Service::start(command)
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Whatever form a body has, the entry that is made of it has the types that consumers rely on.
fn assert_strict_models_read_what_was_posted(api: &Service, redis: &Server) {
    let mut event = prices("loose", 10_000);
    event["minute"] = json!(45.0);
    event["timestamp"] = json!("2024-01-02 15:00");
    for side in ["home", "draw", "away"] {
        event[format!("market_odds_{side}")] = Value::Null;
    }
    event["quotes"] = json!([{ "market": "ou", "selection": "over", "line": 2.5, "odds": 1.9 }]);
    api.post("/match-events", &event).ok();
    let mut score = result("loose", [1, 0], 0);
    score["home_goals"] = json!(1.0);
    score["timestamp"] = json!("2024-01-02T16:00:00");
    api.post("/match-results", &score).ok();
    let simulated = api.post_nothing("/simulate/match?seed=1").ok();
    assert_eq!(simulated["is_over"], true);
    for stream in ["match_events", "predictions", "bets", "metrics"] {
        let entries = entries(redis, stream);
        assert!(!entries.is_empty(), "{stream}");
        for entry in entries {
            wire::read(&entry.event_type, &entry.json());
        }
    }
}

#[test]
fn by_way_of_streams_the_answers_are_those_of_a_service_alone() {
    let Some(redis) = Server::start() else { return };
    let (own, other) = (folder(), folder());
    let (alone, api, _processor) = (alone(&own), api(other.path(), &redis), processor(&redis));
    let post = |path: &str, body: &Value| {
        let answers = [&alone, &api].map(|service| service.post(path, body));
        assert_eq!(answers[0], answers[1], "{path} {body}");
        answers[0].status
    };
    assert_eq!(post("/match-events", &example()), 200);
    assert_eq!(post("/match-events", &example()), 200);
    for number in 0..40 {
        let mut event = prices(&format!("m{number}"), 60 * number);
        event["market_odds_away"] = json!(1.9 + 0.2 * f64::from(number % 7));
        assert_eq!(post("/match-events", &event), 200);
        if number % 3 > 0 {
            let of_match = format!("m{}", number - 1);
            assert_eq!(
                post(
                    "/match-results",
                    &result(&of_match, [(number % 4) as u8, 1], 60 * number + 5)
                ),
                200
            );
        }
    }
    // results may be corrected, voids too
    let mut void = result("m2", [0, 0], 9000);
    void["status"] = json!("abandoned");
    let mut corrected = 0;
    for later in [result("m1", [7, 7], 9000), void] {
        assert_eq!(post("/match-results", &later), 200);
        // the answer comes again
        let answer = alone.post("/match-results", &later).ok();
        corrected += answer["corrected"].as_array().unwrap().len() as u64;
    }
    assert!(corrected > 0);
    // what cannot be used is told in the same words
    assert_eq!(post("/match-results", &result("m1", [7, 6], 8999)), 409);
    assert_eq!(
        post("/match-results", &result("nobody's", [1, 0], 9000)),
        404
    );
    assert_eq!(
        post("/match-results", &result("nobody's", [1, 0], 9000)),
        404
    );
    assert_eq!(post("/match-events", &prices("late", 1)), 409);
    assert_eq!(post("/match-events", &json!({ "match_id": "m" })), 422);
    assert_eq!(post("/predictions", &prices("m5", 9100)), 200);
    assert_eq!(shown(&alone), shown(&api));
    assert!(api.get("/bets").ok()["bets"].as_array().unwrap().len() > 20);
    assert_strict_models_read_what_was_posted(&api, &redis);
    // and the bets are in the streams
    let bets = api.get("/metrics").ok();
    let [settled, open] = ["total_bets", "open_bets"].map(|name| bets[name].as_u64().unwrap());
    assert_eq!(redis.length("bets"), 2 * settled + open + corrected);
    let health = api.get("/health").ok();
    assert_eq!(
        [&health["bus"], &health["redis"], &health["status"]],
        ["redis", "up", "ok"],
        "{health}"
    );
    assert_eq!(api.get("/streams/info").ok()["bus"], "redis");
}

#[test]
fn whoever_is_killed_everything_that_was_answered_is_there_once() {
    let Some(redis) = Server::start() else { return };
    let (own, other) = (folder(), folder());
    let whole = alone(&own);
    let expected = play(&whole, 0..40);
    let (service, trader) = (api(other.path(), &redis), processor(&redis));
    let mut answers = play(&service, 0..10);
    service.kill();
    let service = api(other.path(), &redis);
    answers.extend(play(&service, 10..20));
    trader.kill();
    let _trader = processor(&redis);
    answers.extend(play(&service, 20..30));
    assert!(service.stop());
    let service = api(other.path(), &redis);
    answers.extend(play(&service, 30..40));
    assert_eq!(answers, expected);
    assert_eq!(shown(&service), shown(&whole));
    // one that begins anew learns everything from the streams
    let third = folder();
    let anew = api(third.path(), &redis);
    let last = expected.len() as u64;
    wait_for("the new service to have read everything", || {
        (anew.get("/streams/info").ok()["accepted"] == last).then_some(())
    });
    assert_eq!(shown(&anew), shown(&whole));
}

#[test]
fn an_event_that_no_trader_takes_up_is_told_of_once_one_does() {
    let Some(redis) = Server::start() else { return };
    let (own, other) = (folder(), folder());
    let service = api(other.path(), &redis);
    let problem = service.post("/match-events", &example()).problem(503);
    assert_eq!(problem["type"], "urn:simbet:problem:no-trader");
    assert_eq!(service.get("/health").ok()["trader"], Value::Null);
    let _trader = processor(&redis);
    let told = service.post("/match-events", &example()).ok();
    assert_eq!(told, alone(&own).post("/match-events", &example()).ok());
    assert_eq!(redis.length("match_events"), 1);
}

#[test]
fn while_redis_is_away_nobody_is_kept_waiting_and_afterwards_all_goes_on() {
    let Some(mut redis) = Server::start() else {
        return;
    };
    let other = folder();
    let (service, _trader) = (api(other.path(), &redis), processor(&redis));
    let first = service.post("/match-events", &example()).ok();
    redis.kill();
    service
        .post("/match-events", &prices("m2", 60))
        .problem(503);
    wait_for("the service to see that Redis is away", || {
        (service.get("/health").status == 503).then_some(())
    });
    assert_eq!(
        service.get("/bets").ok()["bets"].as_array().unwrap().len(),
        first["bets"].as_array().unwrap().len()
    );
    redis.restart();
    let again = wait_for("the service to go on", || {
        let answer = service.post("/match-events", &prices("m2", 60));
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(again["event_id"], 2);
    assert_eq!(redis.length("match_events"), 2);
    assert_eq!(service.get("/health").status, 200);
}

/// Waits until an event is answered, for no longer than a Redis that is back may take.
fn answered_soon(service: &Service, event: &Value) -> Value {
    let start = super::driver::now();
    loop {
        let answer = service.post("/match-events", event);
        if answer.status == 200 {
            return answer.json();
        }
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(start.elapsed() < Duration::from_secs(5), "{}", answer.text);
        thread::sleep(Duration::from_millis(50));
    }
}

/// Regression: a service waited twenty seconds for a Redis that was asleep, and as long for one that was back.
#[test]
fn a_redis_that_sleeps_or_is_cut_off_is_told_of_and_is_used_once_it_is_back() {
    let Some(redis) = Server::start() else { return };
    let (other, proxy) = (folder(), Proxy::to(redis.port()));
    let mut command = command(other.path(), &["--redis", "--strategy", "kelly"]);
    command.envs(ENVIRONMENT).env("REDIS_URL", proxy.url());
    let (service, _trader) = (Service::start(command), processor(&redis));
    let event = |number: u32| prices(&format!("m{number}"), 60 * number);
    service.post("/match-events", &event(0)).ok();
    let process = redis.process().to_string();
    let signal = |signal: &str| {
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.unwrap().success());
    };
    let faults: [[&dyn Fn(); 2]; 3] = [
        [&|| signal("-STOP"), &|| signal("-CONT")],
        [&|| proxy.cut(), &|| proxy.open()],
        [&|| proxy.freeze(), &|| proxy.open()],
    ];
    for (number, [fail, mend]) in (1..).zip(faults) {
        fail();
        let start = super::driver::now();
        let answer = service.post("/match-events", &event(number));
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(start.elapsed() < Duration::from_secs(5), "{number}");
        mend();
        let answer = answered_soon(&service, &event(number));
        assert_eq!(answer["event_id"], number + 1);
    }
    assert_eq!(redis.length("match_events"), 4);
}

#[test]
fn what_others_publish_is_shown_as_well_however_their_rounds_end() {
    let Some(redis) = Server::start() else { return };
    let other = folder();
    let (service, _trader) = (api(other.path(), &redis), processor(&redis));
    let season = [
        "publish",
        "--redis",
        &redis.url(),
        "--matches",
        "60",
        "--in-play",
        "--every",
        "30",
    ];
    crate::redis::process::succeed(&[&season]);
    // entries that do not say how many they are: idle_timeouts end their rounds
    for number in 0..6 {
        let data = prices(&format!("live{number}"), 60 * (number / 2)).to_string();
        let added: String = redis.ask(&[
            "XADD",
            "match_events",
            "*",
            "event_type",
            "match_event",
            "data",
            &data,
            "timestamp",
            "2024-01-02T12:00:00Z",
        ]);
        assert!(!added.is_empty());
        if number % 2 == 1 {
            thread::sleep(Duration::from_millis(120));
        }
    }
    let _ended = processor(&redis);
    let bets = || redis.length("bets");
    wait_for("the trader to be through", || {
        (redis.done("match_events:processors") == redis.length("match_events")).then_some(())
    });
    wait_for("the service to show all bets", || {
        let metrics = service.get("/metrics").ok();
        let [settled, open] =
            ["total_bets", "open_bets"].map(|name| metrics[name].as_u64().unwrap());
        (2 * settled + open == bets()).then_some(())
    });
    assert!(bets() > 20);
    let live = service.get("/bets?match_id=live5").ok();
    let stream: Vec<Value> = redis
        .ask::<Vec<(String, Vec<String>)>>(&["XREVRANGE", "bets", "+", "-", "COUNT", "20"])
        .iter()
        .map(|(_, fields)| serde_json::from_str(&fields[3]).unwrap())
        .collect();
    for bet in live["bets"].as_array().unwrap() {
        assert!(
            stream
                .iter()
                .any(|other| other["bet_id"] == bet["bet_id"] && other["stake"] == bet["stake"]),
            "{bet}"
        );
    }
}

#[test]
fn a_service_with_other_settings_than_the_traders_does_not_start() {
    let Some(redis) = Server::start() else { return };
    let trader = processor(&redis);
    trader.wait_until_said("trades on");
    let state = || redis.ask::<Option<String>>(&["HGET", "match_events:processors", "settings"]);
    wait_for("the trader to have begun", state);
    let other = folder();
    let mut command = told(
        command(other.path(), &["--redis", "--strategy", "flat"]),
        &redis,
    );
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success()
            && said.contains("have other settings of model, staking, bankroll or history"),
        "{said}"
    );
}

#[test]
fn the_page_says_whether_redis_is_up_and_who_trades() {
    let Some(redis) = Server::start() else { return };
    let other = folder();
    let api = api(other.path(), &redis);
    let says = |name: &str, state: &str| {
        api.get("/")
            .text
            .contains(&format!("<dt>{name}</dt>{state}</div>"))
            .then_some(())
    };
    wait_for("the page to say that nobody trades", || {
        says("trader", "<dd class=\"down\">nobody trades</dd>")
    });
    wait_for("the page to say that Redis is up", || {
        says("bus", "<dd>redis</dd>").and(says("Redis", "<dd>up</dd>"))
    });
    let _processor = processor(&redis);
    wait_for("the page to name the trader", || {
        says("trader", "<dd>processor</dd>")
    });
    drop(redis);
    wait_for("the page to say that Redis is down", || {
        says("Redis", "<dd class=\"down\">down</dd>")
    });
}
