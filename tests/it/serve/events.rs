//! Events in, bets out.

use serde_json::{Value, json};

use super::{Answer, Service, answer, example, prices, result};

#[test]
fn an_event_leads_to_a_bet_and_the_result_settles_it() {
    let (service, _folder) = Service::new(&[]);
    let answer = service.post("/match-events", &example()).ok();
    assert_eq!(answer["event_id"], 1);
    assert_eq!(answer["is_round_over"], true);
    let bet = &answer["bets"][0];
    assert_eq!(
        (&bet["selection"], &bet["stake"], &bet["odds_taken"]),
        (&json!("home"), &json!(100.0), &json!(2.1))
    );
    let result = json!({ "match_id": "match_001", "home_goals": 2, "away_goals": 1, "timestamp": "2024-01-01T16:50:00Z" });
    let settled = service.post("/match-results", &result).ok();
    assert_eq!(settled["profit"], 110.0);
    assert_eq!(settled["bankroll"], 10_110.0);
    assert_eq!(settled["settled"][0]["bet_id"], bet["bet_id"]);
    assert_eq!(settled["settled"][0]["result"], "win");
}

#[test]
fn the_same_event_again_has_the_same_answer_and_one_effect() {
    let (service, folder) = Service::new(&[]);
    let first = service.post("/match-events", &example());
    let same = r#" {"timestamp": "2024-01-01T16:30:00+01:00", "market_odds_draw": null, "market_odds_away": 1.80,
        "match_id": "match_001", "home_team": "Arsenal", "away_team": "Chelsea", "minute": 45.0, "home_goals": 1,
        "away_goals": 0, "market_odds_home": 2.1, "unknown": "member"} "#;
    assert_eq!(service.post("/match-events", &example()), first);
    assert_eq!(
        service.post_text("/match-events", "application/json; charset=utf-8", same),
        first
    );
    service
        .post("/match-results", &result("match_001", [1, 1], 0))
        .ok();
    // even once it would come late
    assert_eq!(service.post("/match-events", &example()), first);
    assert_eq!(
        service.get("/bets").ok()["bets"].as_array().unwrap().len(),
        1
    );
    assert_eq!(service.get("/streams/info").ok()["accepted"], 2);
    service.kill();
    let service = Service::again(&folder, &[]);
    assert_eq!(service.post("/match-events", &example()), first);
    assert_eq!(
        service.get("/bets").ok()["bets"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn a_second_result_that_says_the_same_gets_the_first_answer_and_another_one_corrects_it() {
    let (service, folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    let first = service.post("/match-results", &result("a", [2, 0], 60));
    assert_eq!(
        service.post("/match-results", &result("a", [2, 0], 90)),
        first
    );
    let problem = service
        .post("/match-results", &result("a", [2, 1], 30))
        .problem(409);
    assert_eq!(
        (&problem["field"], &problem["type"]),
        (&json!("match_id"), &json!("urn:simbet:problem:other-score"))
    );
    assert_eq!(
        service.get("/bankroll").ok()["current"],
        first.json()["bankroll"]
    );
    let won = &first.ok()["settled"][0];
    let corrected = service.post("/match-results", &result("a", [0, 1], 120));
    assert_eq!(
        service.post("/match-results", &result("a", [0, 1], 120)),
        corrected
    );
    let answer = corrected.ok();
    assert_eq!(answer["settled"], json!([]));
    assert_eq!(answer["corrected"][0]["bet_id"], won["bet_id"]);
    assert_eq!(answer["corrected"][0]["result"], "loss");
    let payout = won["payout"].as_f64().unwrap();
    assert_eq!(answer["profit"], -payout);
    assert_eq!(
        answer["bankroll"],
        10_000.0 - won["stake"].as_f64().unwrap()
    );
    let bets = service.get("/bets").ok();
    assert_eq!(bets["bets"].as_array().unwrap().len(), 1);
    assert_eq!(bets["bets"][0]["result"], "loss");
    assert_eq!(service.get("/metrics").ok()["winning_bets"], 0);
    service.kill();
    let service = Service::again(&folder, &[]);
    assert_eq!(service.get("/bankroll").ok()["current"], answer["bankroll"]);
    let mut void = result("a", [0, 1], 150);
    void["status"] = json!("abandoned");
    let answer = service.post("/match-results", &void).ok();
    assert_eq!(answer["corrected"][0]["result"], "void");
    assert_eq!(answer["bankroll"], 10_000.0);
}

#[test]
fn a_statistic_that_cannot_be_true_is_named_in_the_answer_and_costs_no_result() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    let mut wrong = result("a", [2, 0], 60);
    wrong["statistics"] =
        json!({ "home_shots": -3, "away_shots": 9, "home_corners": 7, "away_corners": 2 });
    let answer = service.post("/match-results", &wrong).ok();
    assert_eq!(answer["settled"][0]["result"], "win");
    let dropped = json!(["home_shots: expected a count, 0 to 80, found -3"]);
    assert_eq!(answer["dropped_statistics"], dropped);
    // what was counted comes later, and settles nothing anew
    let mut right = result("a", [2, 0], 90);
    right["statistics"] = json!({ "home_shots": 13, "away_shots": 9 });
    let later = service.post("/match-results", &right).ok();
    assert_eq!(
        (&later["settled"], &later["corrected"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(later["event_id"], 3);
    assert_eq!(later["bankroll"], answer["bankroll"]);
    assert_eq!(later.get("dropped_statistics"), None);
}

#[test]
fn a_match_that_is_abandoned_gives_its_stakes_back() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    service.post("/match-events", &prices("b", 1)).ok();
    let mut void = result("a", [0, 0], 60);
    let members = void.as_object_mut().unwrap();
    members.remove("home_goals");
    members.remove("away_goals");
    let problem = service.post("/match-results", &void).problem(422);
    assert_eq!(problem["field"], "home_goals");
    void["status"] = json!("abandoned");
    let answer = service.post("/match-results", &void).ok();
    let bet = &answer["settled"][0];
    assert_eq!(
        (&bet["result"], &bet["payout"]),
        (&json!("void"), &bet["stake"])
    );
    assert_eq!(answer["profit"], 0.0);
    let by_hand = service.post_nothing("/bets/b/settle?status=postponed").ok();
    assert_eq!(by_hand["settled"][0]["result"], "void");
    let bankroll = service.get("/bankroll").ok();
    assert_eq!(bankroll["free"], 10_000.0);
    let problem = service
        .post_nothing("/bets/b/settle?status=live")
        .problem(422);
    assert_eq!(problem["field"], "status");
}

pub(super) fn with_key(service: &Service, path: &str, key: &str, body: &Value) -> Answer {
    let request = service
        .agent
        .post(service.url(path))
        .header("Idempotency-Key", key);
    answer(
        request
            .content_type("application/json")
            .send(body.to_string())
            .unwrap(),
    )
}

#[test]
fn an_idempotency_key_stands_for_one_request() {
    let (service, folder) = Service::new(&[]);
    let first = with_key(&service, "/match-events", "one", &prices("a", 0));
    assert_eq!(first.status, 200);
    assert_eq!(
        with_key(&service, "/match-events", "one", &prices("a", 0)),
        first
    );
    let problem = with_key(&service, "/match-events", "one", &prices("b", 0)).problem(422);
    assert_eq!(problem["field"], "Idempotency-Key");
    // a key that came with a repetition is bound as well
    assert_eq!(
        with_key(&service, "/match-events", "two", &prices("a", 0)),
        first
    );
    with_key(&service, "/match-results", "two", &result("a", [0, 0], 5)).problem(422);
    // one that came with a request that was refused is not
    with_key(&service, "/match-results", "three", &result("b", [0, 0], 5)).problem(404);
    assert_eq!(
        with_key(&service, "/match-results", "three", &result("a", [0, 0], 5)).status,
        200
    );
    with_key(&service, "/match-events", "", &prices("c", 10)).problem(400);
    with_key(
        &service,
        "/match-events",
        &"x".repeat(256),
        &prices("c", 10),
    )
    .problem(400);
    service.kill();
    let service = Service::again(&folder, &[]);
    with_key(&service, "/match-events", "one", &prices("b", 10)).problem(422);
}

#[test]
fn what_does_not_fit_is_named_with_what_is_allowed() {
    let (service, _folder) = Service::new(&[]);
    let changes = [
        ("match_id", json!("")),
        ("match_id", json!(7)),
        ("home_team", Value::Null),
        ("away_team", json!("a\u{7}b")),
        ("away_team", json!("Arsenal")),
        ("minute", json!(-3)),
        ("minute", json!(131)),
        ("minute", json!(1.5)),
        ("home_goals", json!(100)),
        ("away_goals", json!("1")),
        ("market_odds_home", json!(0.9)),
        ("market_odds_home", json!(1)),
        ("market_odds_away", Value::Null),
        ("market_odds_draw", json!("3.4")),
        ("timestamp", json!("15:30")),
        ("timestamp", json!(1_704_123_000)),
        ("league", json!([])),
        ("kickoff", json!("yesterday")),
        ("date", json!("2024-13-01")),
        ("season", json!(1)),
        ("book", json!("a book with a name that is too long")),
        ("closing", json!("yes")),
        ("round_size", json!(0)),
    ];
    for (member, value) in changes {
        let mut event = example();
        event[member] = value.clone();
        for path in ["/match-events", "/predictions"] {
            let problem = service.post(path, &event).problem(422);
            assert_eq!(problem["field"], member, "{value} {problem}");
            assert!(!problem["allowed"].as_str().unwrap().is_empty());
        }
    }
    let priced = |quote: Value| {
        let mut event = example();
        event["quotes"] = json!([quote]);
        service.post("/match-events", &event).problem(422)["field"].clone()
    };
    assert_eq!(
        priced(json!({ "market": "corners", "selection": "home", "odds": 2 })),
        "quotes[0].market"
    );
    assert_eq!(
        priced(json!({ "market": "ou", "selection": "home", "line": 2.5, "odds": 2 })),
        "quotes[0].selection"
    );
    assert_eq!(
        priced(json!({ "market": "ou", "selection": "over", "line": 2.6, "odds": 2 })),
        "quotes[0].line"
    );
    assert_eq!(
        priced(json!({ "market": "1x2", "selection": "home", "odds": 1 })),
        "quotes[0].odds"
    );
    assert_eq!(service.get("/streams/info").ok()["accepted"], 0);
}

#[test]
fn what_is_no_event_at_all_is_refused_by_its_kind() {
    let (service, _folder) = Service::new(&[]);
    let json = "application/json";
    // read as a part of an entry it would be one
    let trailing = format!("{},\"more\":{{}}", example());
    for path in ["/match-events", "/match-results", "/predictions"] {
        for body in [
            "",
            "{",
            "nonsense",
            "[]",
            "[\"match_001\"]",
            "null",
            "7",
            "{\"minute\":1,\"minute\":2}",
            "\u{feff}{}",
        ] {
            let answer = service.post_text(path, json, body);
            assert!(
                [400, 422].contains(&answer.status),
                "{path} {body:?} {answer:?}"
            );
            answer.problem(answer.status);
        }
        for body in ["{", "[]", &trailing] {
            service.post_text(path, json, body).problem(400);
        }
        let problem = service
            .post_text(path, "text/plain", &example().to_string())
            .problem(415);
        assert_eq!(problem["field"], "Content-Type");
        service
            .post_text(
                path,
                "application/x-www-form-urlencoded",
                &example().to_string(),
            )
            .problem(415);
        service
            .post_text(
                path,
                json,
                &format!("{{\"match_id\":\"{}\"}}", "x".repeat(70_000)),
            )
            .problem(413);
    }
    let untyped = format!(
        "POST /match-events HTTP/1.1\nHost: localhost\nContent-Length: {}\nConnection: close\n\n{}",
        example().to_string().len(),
        example()
    );
    assert!(service.raw(&untyped).starts_with("HTTP/1.1 415"));
}

#[test]
fn what_comes_at_the_wrong_time_or_of_the_wrong_match_is_refused() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 100)).ok();
    let problem = service.post("/match-events", &prices("b", 99)).problem(409);
    assert_eq!(
        (&problem["type"], &problem["field"]),
        (&json!("urn:simbet:problem:late"), &json!("timestamp"))
    );
    let problem = service
        .post("/match-results", &result("unheard", [0, 0], 200))
        .problem(404);
    assert_eq!(problem["field"], "match_id");
    let mut other = prices("a", 101);
    other["home_team"] = json!("Another");
    assert_eq!(
        service.post("/match-events", &other).problem(409)["type"],
        "urn:simbet:problem:other-teams"
    );
    let mut ahead = prices("c", 0);
    ahead["timestamp"] = json!("2999-01-01T00:00:00Z");
    assert_eq!(
        service.post("/match-events", &ahead).problem(409)["type"],
        "urn:simbet:problem:ahead"
    );
    // nothing of that has any effect
    let answer = service.post("/match-events", &prices("d", 100)).ok();
    assert_eq!(answer["event_id"], 2);
}

#[test]
fn a_result_of_a_match_that_was_never_priced_teaches_the_model_if_it_names_the_teams() {
    let (service, _folder) = Service::new(&[]);
    let mut played = result("a", [3, 0], 0);
    (played["home_team"], played["away_team"]) = (json!("Arsenal"), json!("Chelsea"));
    let answer = service.post("/match-results", &played).ok();
    assert_eq!(
        (&answer["event_id"], &answer["settled"]),
        (&json!(1), &json!([]))
    );
}

#[test]
fn a_round_that_says_how_many_entries_it_has_is_bet_on_when_the_last_one_is_there() {
    let (service, _folder) = Service::new(&[]);
    let of_two = |match_id| {
        let mut event = prices(match_id, 0);
        event["round_size"] = json!(2);
        event
    };
    let first = service.post("/match-events", &of_two("a"));
    assert_eq!(
        (&first.ok()["is_round_over"], &first.ok()["bets"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(service.get("/bets").ok()["bets"], json!([]));
    let second = service.post("/match-events", &of_two("b")).ok();
    assert_eq!(second["is_round_over"], true);
    // those of the whole round: no other answer has them
    let of_round: Vec<_> = second["bets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bet| bet["match_id"].clone())
        .collect();
    assert_eq!(of_round, ["a", "b"]);
    let ends = |match_id| {
        let mut result = result(match_id, [2, 0], 600);
        result["round_size"] = json!(2);
        result
    };
    let first_end = service.post("/match-results", &ends("a")).ok();
    assert_eq!(first_end["settled"], json!([]));
    let last_end = service.post("/match-results", &ends("b")).ok();
    assert_eq!(last_end["settled"].as_array().unwrap().len(), 2);
    assert_eq!(last_end["profit"], 2.0 * first_profit(&last_end));
    assert_eq!(
        service.get("/bets").ok()["bets"].as_array().unwrap().len(),
        2
    );
    assert_eq!(service.post("/match-events", &of_two("a")), first);
}

fn first_profit(answer: &Value) -> f64 {
    let number = |name: &str| answer["settled"][0][name].as_f64().unwrap();
    number("payout") - number("stake")
}

#[test]
fn a_match_is_settled_by_hand() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a/b c", 0)).ok();
    let path = |query: &str| format!("/bets/a%2Fb%20c/settle{query}");
    for (query, field) in [
        ("", "home_goals"),
        ("?home_goals=1", "away_goals"),
        ("?home_goals=x&away_goals=0", "home_goals"),
    ] {
        assert_eq!(
            service.post_nothing(&path(query)).problem(422)["field"],
            field
        );
    }
    assert_eq!(
        service
            .post_nothing(&path("?home_goals=1&away_goals=0&x=1"))
            .problem(422)["field"],
        "x"
    );
    service
        .post_nothing("/bets/unheard/settle?home_goals=1&away_goals=0")
        .problem(404);
    let settled = service.post_nothing(&path("?home_goals=1&away_goals=0"));
    assert_eq!(settled.ok()["settled"][0]["result"], "win");
    assert_eq!(
        service.post_nothing(&path("?home_goals=1&away_goals=0")),
        settled
    );
    let corrected = service
        .post_nothing(&path("?home_goals=1&away_goals=1"))
        .ok();
    assert_eq!(corrected["corrected"][0]["result"], "loss");
    // it made nothing late
    service.post("/match-events", &prices("c", 1)).ok();
}

#[test]
fn bets_that_were_wanted_and_not_placed_are_told_with_the_reason() {
    let (service, _folder) = Service::new(&["--max-exposure", "0.015"]);
    service.post("/match-events", &prices("a", 0)).ok();
    service.post("/match-events", &prices("b", 1)).ok();
    let answer = service.post("/match-events", &prices("c", 2)).ok();
    assert_eq!(answer["bets"], json!([]));
    assert_eq!(answer["refused"][0]["reason"], "max_exposure");
}

#[test]
fn values_in_a_body_that_nobody_reads_are_refused_and_not_left_out() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &example()).ok();
    let before = service.get("/bankroll").ok();
    for path in ["/simulate/match", "/bets/match_001/settle"] {
        let problem = service
            .post(
                path,
                &json!({ "home_goals": 2, "away_goals": 0, "seed": 7 }),
            )
            .problem(400);
        assert!(
            problem["detail"].as_str().unwrap().contains("?name=value"),
            "{problem}"
        );
    }
    assert_eq!(service.get("/bankroll").ok(), before);
}

#[test]
fn a_settlement_by_hand_that_goes_back_to_the_first_takes_effect() {
    let (service, folder) = Service::new(&[
        "--strategy",
        "flat",
        "--stake",
        "100",
        "--selections",
        "home",
    ]);
    service.post("/match-events", &prices("a", 0)).ok();
    let settle = |service: &Service, query: &str| {
        let answer = service.post_nothing(&format!("/bets/a/settle?{query}"));
        answer.ok()["bankroll"].as_f64().unwrap()
    };
    let won = settle(&service, "home_goals=1&away_goals=0");
    assert_eq!(settle(&service, "status=Abandoned"), 10_000.0);
    assert_eq!(settle(&service, "home_goals=1&away_goals=0"), won);
    assert_eq!(service.get("/bankroll").ok()["current"], won);
    let events = service.get("/streams/info").ok()["accepted"].clone();
    // the same again is a repetition
    assert_eq!(settle(&service, "home_goals=1&away_goals=0"), won);
    assert_eq!(service.get("/streams/info").ok()["accepted"], events);
    assert_eq!(settle(&service, "status=PST"), 10_000.0);
    assert_eq!(settle(&service, "home_goals=1&away_goals=0"), won);
    service.kill();
    let service = Service::again(
        &folder,
        &[
            "--strategy",
            "flat",
            "--stake",
            "100",
            "--selections",
            "home",
        ],
    );
    assert_eq!(service.get("/bankroll").ok()["current"], won);
}

#[test]
fn a_result_of_the_same_time_that_goes_back_takes_effect_and_one_sent_again_does_not() {
    let (service, _folder) = Service::new(&[
        "--strategy",
        "flat",
        "--stake",
        "100",
        "--selections",
        "home",
    ]);
    service.post("/match-events", &prices("a", 0)).ok();
    let end = |score, seconds| {
        service
            .post("/match-results", &result("a", score, seconds))
            .ok()
    };
    let first = end([1, 0], 60);
    end([0, 0], 60);
    assert_eq!(end([1, 0], 60)["bankroll"], first["bankroll"]);
    let last = end([0, 0], 90);
    assert_eq!(service.get("/bankroll").ok()["current"], last["bankroll"]);
    // older than the last
    end([1, 0], 60);
    assert_eq!(service.get("/bankroll").ok()["current"], last["bankroll"]);
}

#[test]
fn prices_of_a_match_that_is_over_have_a_reason() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    service
        .post("/match-results", &result("a", [1, 0], 60))
        .ok();
    let problem = service
        .post("/match-events", &prices("a", 120))
        .problem(409);
    assert_eq!(problem["type"], "urn:simbet:problem:over");
}

#[test]
fn a_question_before_the_first_event_knows_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("past.csv");
    let mut csv = "league,date,home_team,away_team,home_goals,away_goals\n".to_owned();
    for month in 1..=12 {
        csv += &format!(
            "L,2023-{month:02}-01,Ashby,Corfield,2,0\nL,2023-{month:02}-02,Corfield,Ashby,1,1\n"
        );
    }
    std::fs::write(&path, csv).unwrap();
    let (service, _folder) = Service::new(&["--history", path.to_str().unwrap()]);
    let mut asked = prices("a", 0);
    (asked["home_team"], asked["away_team"]) = (json!("Ashby"), json!("Corfield"));
    asked["league"] = json!("L");
    let before = service.post("/predictions", &asked).ok();
    assert!(
        before["prediction"].is_object() && before["reason"].is_null(),
        "{before}"
    );
    // what it learned for the question is not there for an event of an earlier time
    let mut early = asked.clone();
    early["timestamp"] = json!("2023-01-01T12:00:00");
    let answer = service.post("/predictions", &early).ok();
    assert_ne!(answer["prediction"], before["prediction"]);
    service.post("/match-events", &asked).ok();
    assert_eq!(
        service.post("/predictions", &asked).ok()["prediction"],
        before["prediction"]
    );
}
