//! What can be asked for.

use serde_json::{Value, json};

use super::{Service, example, prices, result, time};

fn ids(bets: &Value) -> Vec<String> {
    bets["bets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bet| bet["match_id"].as_str().unwrap().to_owned())
        .collect()
}

/// A service with a bet on each of the matches 0 to 6, at that many minutes, of which those before the fourth are settled, the
/// first of them last.
fn with_bets() -> (Service, tempfile::TempDir) {
    let (service, folder) = Service::new(&[]);
    for number in 0..7 {
        let answer = service
            .post("/match-events", &prices(&number.to_string(), 60 * number))
            .ok();
        assert_eq!(answer["bets"].as_array().unwrap().len(), 1);
    }
    for number in (0..3).rev() {
        service
            .post("/match-results", &result(&number.to_string(), [1, 0], 3600))
            .ok();
    }
    (service, folder)
}

#[test]
fn bets_are_listed_newest_first_page_by_page() {
    let (service, _folder) = with_bets();
    assert_eq!(
        ids(&service.get("/bets").ok()),
        ["6", "5", "4", "3", "2", "1", "0"]
    );
    assert_eq!(ids(&service.get("/bets/active").ok()), ["6", "5", "4", "3"]);
    assert_eq!(ids(&service.get("/bets/settled").ok()), ["0", "1", "2"]);
    for (path, expected) in [
        ("/bets", "6543210"),
        ("/bets/active", "6543"),
        ("/bets/settled", "012"),
    ] {
        let (mut seen, mut query) = (String::new(), String::new());
        loop {
            let page = service.get(&format!("{path}?limit=2{query}")).ok();
            assert!(ids(&page).len() <= 2);
            seen.extend(ids(&page));
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            query = format!("&cursor={cursor}");
        }
        assert_eq!(seen, expected, "{path}");
    }
}

#[test]
fn bets_are_found_by_match_and_by_time() {
    let (service, _folder) = with_bets();
    assert_eq!(ids(&service.get("/bets?match_id=3").ok()), ["3"]);
    assert_eq!(
        ids(&service.get("/bets?match_id=none").ok()),
        [] as [&str; 0]
    );
    let between = format!("from={}&to={}", time(60), time(240));
    assert_eq!(
        ids(&service.get(&format!("/bets?{between}")).ok()),
        ["4", "3", "2", "1"]
    );
    assert_eq!(
        ids(&service.get(&format!("/bets/settled?{between}")).ok()),
        ["1", "2"]
    );
    assert_eq!(
        ids(&service.get(&format!("/bets/active?{between}&limit=1")).ok()),
        ["4"]
    );
    // a time without a zone is UTC
    assert_eq!(
        ids(&service.get("/bets?from=2024-01-02T12:06:00").ok()),
        ["6"]
    );
}

#[test]
fn what_is_asked_wrongly_is_named() {
    let (service, _folder) = Service::new(&[]);
    let wrong = [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("cursor=-1", "cursor"),
        ("cursor=abc", "cursor"),
        ("from=noon", "from"),
        ("to=12", "to"),
        ("match_id=", "match_id"),
        ("mach_id=7", "mach_id"),
        ("limit=1&limit=2", "limit"),
    ];
    for path in ["/bets", "/bets/active", "/bets/settled"] {
        for (query, field) in wrong {
            let problem = service.get(&format!("{path}?{query}")).problem(422);
            assert_eq!(problem["field"], field, "{query}");
            assert!(problem["allowed"].is_string());
        }
    }
    for path in ["/live-matches", "/bankroll", "/metrics", "/streams/info"] {
        assert_eq!(
            service.get(&format!("{path}?verbose=1")).problem(422)["field"],
            "verbose"
        );
    }
}

#[test]
fn matches_in_play_have_minute_score_prices_probabilities_and_open_bets() {
    let (service, _folder) = Service::new(&[]);
    assert_eq!(service.get("/live-matches").ok(), json!({ "matches": [] }));
    let mut event = example();
    let answer = service.post("/match-events", &event).ok();
    service.post("/match-events", &prices("later", 0)).ok();
    let live = service.get("/live-matches").ok();
    let found: Vec<_> = live["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["match_id"])
        .collect();
    assert_eq!(found, ["later", "match_001"]);
    let one = &live["matches"][1];
    assert_eq!(
        (&one["minute"], &one["home_goals"], &one["away_goals"]),
        (&json!(45), &json!(1), &json!(0))
    );
    assert_eq!(
        (&one["odds"][0]["odds"], &one["odds"][1]["odds"]),
        (&json!(2.1), &json!(1.8))
    );
    assert_eq!(
        (&one["prediction"], &one["bets"]),
        (&answer["prediction"], &answer["bets"])
    );
    event["timestamp"] = json!("2024-01-02T15:31:00");
    (event["minute"], event["market_odds_home"]) = (json!(60), json!(1.5));
    service.post("/match-events", &event).ok();
    let one = service.get("/live-matches").ok()["matches"][0].clone();
    assert_eq!(
        (&one["minute"], &one["odds"][0]["odds"]),
        (&json!(60), &json!(1.5))
    );
    service
        .post("/match-results", &result("match_001", [1, 1], 20_000))
        .ok();
    assert_eq!(
        service.get("/live-matches").ok()["matches"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_bankroll_says_what_there_is_and_what_is_tied_up() {
    let (service, _folder) = Service::new(&["--bankroll", "500"]);
    let before = service.get("/bankroll").ok();
    assert_eq!(
        (&before["current"], &before["timestamp"]),
        (&json!(500.0), &Value::Null)
    );
    service.post("/match-events", &example()).ok();
    let open = service.get("/bankroll").ok();
    assert_eq!(
        (&open["current"], &open["reserved"], &open["free"]),
        (&json!(500.0), &json!(5.0), &json!(495.0))
    );
    assert_eq!(open["exposure"], 0.01);
    service
        .post("/match-results", &result("match_001", [0, 1], 0))
        .ok();
    let after = service.get("/bankroll").ok();
    assert_eq!(
        (&after["initial"], &after["profit"], &after["reserved"]),
        (&json!(500.0), &json!(-5.0), &json!(0.0))
    );
}

#[test]
fn metrics_come_as_json_or_as_the_text_of_prometheus() {
    let (service, _folder) = with_bets();
    let metrics = service.get("/metrics").ok();
    assert_eq!(
        (&metrics["total_bets"], &metrics["open_bets"]),
        (&json!(3), &json!(4))
    );
    assert_eq!(
        metrics["bankroll"],
        service.get("/bankroll").ok()["current"]
    );
    assert_eq!(metrics["latency"]["end_to_end_ms"]["count"], 10);
    assert!(metrics["latency"]["end_to_end_ms"]["p99"].as_f64().unwrap() > 0.0);
    let request = service
        .agent
        .get(service.url("/metrics"))
        .header("Accept", "text/plain");
    let text = super::answer(request.call().unwrap());
    assert!(text.media.starts_with("text/plain; version=0.0.4"));
    for line in [
        "simbet_bets_settled_total 3",
        "simbet_bets_open 4",
        "simbet_end_to_end_milliseconds_count 10",
    ] {
        assert!(
            text.text.lines().any(|other| other == line),
            "{line} is not in {}",
            text.text
        );
    }
}

#[test]
fn health_and_streams_say_how_the_service_is() {
    let (service, _folder) = Service::new(&["--queue", "7"]);
    let health = service.get("/health").ok();
    assert_eq!(
        (&health["status"], &health["bus"], &health["redis"]),
        (&json!("ok"), &json!("embedded"), &Value::Null)
    );
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    service.post("/match-events", &example()).ok();
    service.post("/match-events", &example()).ok();
    service.post("/match-events", &prices("late", 0)).ok();
    let mut late = example();
    late["minute"] = json!(46);
    service.post("/match-events", &late).problem(409);
    let streams = service.get("/streams/info").ok();
    assert_eq!(
        (
            &streams["accepted"],
            &streams["repeated"],
            &streams["refused"]
        ),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(
        (&streams["capacity"], &streams["waiting"]),
        (&json!(7), &json!(0))
    );
}

#[test]
fn the_service_describes_itself() {
    let (service, _folder) = Service::new(&[]);
    let document = service.get("/openapi.json").ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    let expected = [
        "/health",
        "/match-events",
        "/match-results",
        "/live-matches",
        "/bets",
        "/bets/active",
        "/bets/settled",
        "/bets/{match_id}/settle",
        "/metrics",
        "/bankroll",
        "/predictions",
        "/simulate/match",
        "/backtests",
        "/backtests/{id}",
        "/streams/info",
        "/events",
    ];
    for path in expected {
        assert!(paths.contains_key(path), "{path} is not described");
    }
    let quotes = document["components"]["schemas"]["QuoteBody"].to_string();
    for kind in simbet::MarketKind::ALL {
        assert!(
            quotes.contains(&format!("\"{kind}\"")),
            "{kind} in {quotes}"
        );
    }
    let page = service.get("/docs/");
    assert_eq!((page.status, page.media.as_str()), (200, "text/html"));
    for file in [
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-initializer.js",
    ] {
        assert_eq!(service.get(&format!("/docs/{file}")).status, 200, "{file}");
    }
    assert!(
        !page.text.contains("http://") && !page.text.contains("https://"),
        "the page needs the internet"
    );
}

/// The JSON that stands in the book, on the page of the service, below a mark.
fn of_the_book(mark: &str) -> Value {
    let page = include_str!("../../../docs/src/service.md");
    let (_, rest) = page
        .split_once(&format!("<!-- {mark} -->\n```json\n"))
        .unwrap();
    serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
}

#[test]
fn the_book_shows_what_is_answered() {
    let mut event = example();
    event["league"] = "E0".into();
    assert_eq!(of_the_book("event"), event);
    let history = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv");
    let (service, _folder) = Service::new(&["--history", history]);
    let answer = service.post("/match-events", &event).ok();
    assert_eq!(of_the_book("answer"), answer, "it should be:\n{answer:#}");
}

#[test]
fn a_bet_has_the_members_that_it_has_on_a_stream() {
    let (service, _folder) = Service::new(&[]);
    let bet = service.post("/match-events", &example()).ok()["bets"][0].clone();
    let stream = crate::backtest::simbet()
        .args(["trade", "-", "-q", "--min-matches", "0"])
        .write_stdin(line())
        .output()
        .unwrap()
        .stdout;
    let said = String::from_utf8(stream).unwrap();
    let told = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|said| said["event_type"] == "bet");
    for (name, value) in told.unwrap()["data"].as_object().unwrap() {
        assert_eq!(&bet[name], value, "{name}");
    }
}

fn line() -> String {
    let mut data = example();
    data["round_size"] = json!(1);
    format!(
        "{}\n",
        json!({ "event_type": "match_event", "data": data, "timestamp": "2024-01-01T15:30:00" })
    )
}

#[test]
fn what_is_not_there_and_what_does_nothing_are_problems_too() {
    let (service, _folder) = Service::new(&[]);
    for path in [
        "/nothing",
        "/bets/a/b/c",
        "/docs/nothing",
        "/backtests/",
        "/../etc/passwd",
        "/%00",
    ] {
        service.get(path).problem(404);
    }
    let put = super::answer(
        service
            .agent
            .put(service.url("/bets"))
            .send_empty()
            .unwrap(),
    );
    put.problem(405);
    let raw = service.raw("DELETE /bankroll HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    assert!(
        raw.starts_with("HTTP/1.1 405") && raw.contains("allow: GET,HEAD"),
        "{raw}"
    );
}
