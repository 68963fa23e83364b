//! What is asked of the models besides bets: predictions, invented matches, backtests.

use serde_json::{Value, json};

use super::{Answer, Service, answer, ended, example, path_of, prices, result, until};

const EPL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets");

#[test]
fn a_prediction_says_what_a_bet_would_be_worth_and_changes_nothing() {
    let (service, _folder) = Service::new(&[]);
    let asked = service.post("/predictions", &example()).ok();
    assert_eq!(service.post("/predictions", &example()).ok(), asked);
    assert_eq!(service.get("/streams/info").ok()["accepted"], 0);
    assert_eq!(service.get("/bankroll").ok()["reserved"], 0.0);
    let bet = service.post("/match-events", &example()).ok();
    assert_eq!(asked["prediction"], bet["prediction"]);
    let home = &asked["prices"][0];
    assert_eq!(
        (&home["selection"], &home["is_wanted"]),
        (&json!("home"), &json!(true))
    );
    assert_eq!(home["expected_value"], bet["bets"][0]["expected_value"]);
    let number = |name: &str| home[name].as_f64().unwrap();
    assert!(
        (number("probability") - asked["prediction"]["win_prob_home"].as_f64().unwrap()).abs()
            < 1e-9
    );
    assert!((number("fair_odds") * number("probability") - 1.0).abs() < 1e-8);
    assert!((number("edge") - (number("probability") - 1.0 / 2.1)).abs() < 1e-9);
    assert!((number("expected_value") - (number("probability") * 2.1 - 1.0)).abs() < 1e-9);
    assert_eq!(asked["prices"].as_array().unwrap().len(), 2);
}

#[test]
fn asking_for_predictions_does_not_move_later_bets() {
    let play = |ask: bool| {
        let (service, _folder) = Service::new(&[]);
        let mut said = Vec::new();
        for number in 0..30 {
            let id = number.to_string();
            let mut event = prices(&id, 10 * number);
            event["home_team"] = json!(format!("Team {}", number % 4));
            event["away_team"] = json!(format!("Team {}", (number + 1) % 4));
            if ask {
                service.post("/predictions", &event).ok();
            }
            said.push(service.post("/match-events", &event).ok());
            let score = [(number % 3) as u8, (number % 2) as u8];
            said.push(
                service
                    .post("/match-results", &result(&id, score, 10 * number + 5))
                    .ok(),
            );
        }
        said
    };
    assert_eq!(play(true), play(false));
}

#[test]
fn a_prediction_uses_what_the_model_has_learnt() {
    let (service, _folder) = Service::new(&[]);
    let before = service.post("/predictions", &prices("later", 0)).ok();
    for number in 0..20 {
        let mut played = result(&number.to_string(), [4, 0], number);
        played["home_team"] = json!("Home of later");
        played["away_team"] = json!(format!("Other {number}"));
        service.post("/match-results", &played).ok();
    }
    let after = service.post("/predictions", &prices("later", 30)).ok();
    let home = |answer: &Value| answer["prediction"]["win_prob_home"].as_f64().unwrap();
    assert!(home(&after) > home(&before) + 0.1, "{before} {after}");
    // one that is late is of now
    let late = service.post("/predictions", &prices("later", 0)).ok();
    assert_eq!(late["timestamp"], "2024-01-02T12:00:19+00:00");
}

#[test]
fn an_invented_match_is_played_through_the_same_bankroll() {
    let (service, _folder) = Service::new(&[]);
    let played = service
        .post_nothing("/simulate/match?home_team=Red&away_team=Blue&duration_minutes=90&seed=3")
        .ok();
    assert_eq!(
        (
            &played["home_team"],
            &played["away_team"],
            &played["is_over"]
        ),
        (&json!("Red"), &json!("Blue"), &json!(true))
    );
    // before kick-off, at it, and every five minutes
    assert_eq!(played["events"].as_array().unwrap().len(), 20);
    let bets = played["bets"].as_array().unwrap();
    assert!(!bets.is_empty() && bets.iter().all(|bet| bet["result"].is_string()));
    assert_eq!(service.get("/bankroll").ok()["current"], played["bankroll"]);
    let again = service
        .post_nothing("/simulate/match?home_team=Red&away_team=Blue&seed=3")
        .ok();
    assert_eq!(again["final_score"], played["final_score"]);
    assert_ne!(again["match_id"], played["match_id"]);
    let short = service
        .post_nothing("/simulate/match?duration_minutes=12&seed=3")
        .ok();
    assert_eq!(short["events"].as_array().unwrap().len(), 4);
    service.post_nothing("/simulate/match").ok();
}

#[test]
fn an_invented_match_makes_no_real_event_late() {
    let (service, _folder) = Service::new(&[]);
    service.post_nothing("/simulate/match?seed=1").ok();
    service.post("/match-events", &prices("a", 0)).ok();
    let played = service.post_nothing("/simulate/match?seed=2").ok();
    assert_eq!(played["is_over"], true);
    service.post("/match-events", &prices("b", 0)).ok();
    assert_eq!(
        service.get("/bankroll").ok()["timestamp"],
        "2024-01-02T12:00:00+00:00"
    );
}

#[test]
fn an_invented_match_is_played_at_its_pace() {
    let (service, _folder) = Service::new(&[]);
    let begun = service.post_nothing("/simulate/match?seed=3&pace=200");
    assert_eq!(
        (begun.status, &begun.json()["is_over"]),
        (202, &json!(false))
    );
    let id = begun.json()["match_id"].as_str().unwrap().to_owned();
    let settled = || {
        service.get(&format!("/bets/settled?match_id={id}")).ok()["bets"]
            .as_array()
            .unwrap()
            .len()
    };
    until("a settled bet", || settled() > 0);
    assert_eq!(service.get("/bets/active").ok()["bets"], json!([]));
}

#[test]
fn a_match_that_is_being_played_is_played_to_its_end_when_the_service_stops() {
    let (service, folder) = Service::new(&[]);
    service.post_nothing("/simulate/match?seed=3&pace=0.1").ok();
    until("a bet", || service.get("/bets").ok()["bets"] != json!([]));
    assert!(service.stop());
    let service = Service::again(&folder, &[]);
    assert_eq!(service.get("/bets/active").ok()["bets"], json!([]));
    assert_ne!(service.get("/bets/settled").ok()["bets"], json!([]));
}

#[test]
fn what_cannot_be_simulated_is_named() {
    let (service, _folder) = Service::new(&[]);
    let wrong = [
        ("duration_minutes=0", "duration_minutes"),
        ("duration_minutes=131", "duration_minutes"),
        ("home_team=", "home_team"),
        ("home_team=a&away_team=a", "away_team"),
        ("seed=-1", "seed"),
        ("pace=0", "pace"),
        ("pace=NaN", "pace"),
        ("pace=1e9", "pace"),
        ("speed=2", "speed"),
    ];
    for (query, field) in wrong {
        assert_eq!(
            service
                .post_nothing(&format!("/simulate/match?{query}"))
                .problem(422)["field"],
            field,
            "{query}"
        );
    }
}

fn finished(service: &Service, started: &Answer) -> Value {
    ended(service, &path_of(started))
}

/// The summary of the same backtest on the command line.
fn of_the_command_line(arguments: &[&str]) -> Value {
    let mut command = crate::backtest::simbet();
    let output = command
        .args(["backtest", "datasets/epl.csv", "--format", "json", "-q"])
        .args(arguments)
        .output()
        .unwrap();
    serde_json::from_slice::<Value>(&output.stdout).unwrap()
}

#[test]
fn a_backtest_over_http_is_that_of_the_command_line() {
    let (service, _folder) = Service::new(&["--datasets", EPL]);
    let expected = of_the_command_line(&["--strategy", "kelly", "--kelly-fraction", "0.25"]);
    let settings = json!({ "strategy": "kelly", "kelly_fraction": 0.25 });
    let started = service.post(
        "/backtests",
        &json!({ "dataset": "epl.csv", "settings": settings }),
    );
    let done = finished(&service, &started);
    assert_eq!(
        (&done["status"], &done["summary"]),
        (&json!("done"), &expected)
    );
    assert!(done["rounds"].as_u64().unwrap() > 100);
    // the same file, uploaded
    let csv = std::fs::read_to_string(format!("{EPL}/epl.csv")).unwrap();
    let boundary = "a-boundary";
    let part = |head: &str, content: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let body = [
        part("name=\"settings\"", &settings.to_string()),
        part("name=\"file\"; filename=\"../../epl.csv\"", &csv),
        format!("--{boundary}--\r\n"),
    ];
    let media = format!("multipart/form-data; boundary={boundary}");
    let started = service.post_text("/backtests", &media, &body.concat());
    assert_eq!(finished(&service, &started)["summary"], expected);
    let started = service.post("/backtests", &json!({ "csv": csv, "settings": settings }));
    assert_eq!(finished(&service, &started)["summary"], expected);
}

#[test]
fn a_backtest_that_fails_says_why() {
    let (service, _folder) = Service::new(&[]);
    let done = finished(
        &service,
        &service.post("/backtests", &json!({ "csv": "no,columns\n1,2\n" })),
    );
    assert_eq!(done["status"], "failed");
    assert!(done["error"].as_str().unwrap().contains("column"), "{done}");
}

#[test]
fn a_backtest_can_be_cancelled_and_there_are_only_so_many_at_once() {
    let (service, _folder) = Service::new(&["--datasets", EPL]);
    let slow = json!({ "dataset": "epl.csv", "settings": { "window": 0, "prior": 0.2 } });
    let running: Vec<_> = (0..2).map(|_| service.post("/backtests", &slow)).collect();
    assert!(running.iter().all(|started| started.status == 202));
    let third = service.post("/backtests", &slow);
    assert_eq!(third.problem(429)["type"], "urn:simbet:problem:too-many");
    for started in &running {
        let path = path_of(started);
        let gone = answer(service.agent.delete(service.url(&path)).call().unwrap());
        assert_eq!((gone.status, gone.text.as_str()), (204, ""));
        service.get(&path).problem(404);
        answer(service.agent.delete(service.url(&path)).call().unwrap()).problem(404);
    }
    until("a free place", || {
        service
            .post("/backtests", &json!({ "dataset": "epl.csv" }))
            .status
            == 202
    });
}

#[test]
fn what_cannot_be_backtested_is_named() {
    let (service, _folder) = Service::new(&["--datasets", EPL]);
    let wrong = [
        (json!({}), "csv"),
        (json!({ "csv": "a", "dataset": "epl.csv" }), "csv"),
        (json!({ "csv": 7 }), "csv"),
        (json!({ "dataset": ["epl.csv"] }), "dataset"),
        (json!({ "dataset": "other.csv" }), "dataset"),
        (json!({ "csv": "a", "settings": [] }), "settings"),
        (
            json!({ "csv": "a", "settings": { "strateg": "kelly" } }),
            "settings.strateg",
        ),
        (
            json!({ "csv": "a", "settings": { "strategy": "luck" } }),
            "settings.strategy",
        ),
        (
            json!({ "csv": "a", "settings": { "half_life": "long" } }),
            "settings.half_life",
        ),
        (
            json!({ "csv": "a", "settings": { "kelly_fraction": 7 } }),
            "settings.kelly_fraction",
        ),
        (
            json!({ "csv": "a", "settings": { "model": "truth" } }),
            "settings.model",
        ),
        (
            json!({ "csv": "a", "settings": { "kelly_fraction": 0.5 } }),
            "settings.kelly_fraction",
        ),
        (
            json!({ "csv": "a", "settings": { "model": "market", "half_life": 9 } }),
            "settings.half_life",
        ),
        (
            json!({ "csv": "a", "settings": { "from": "01/08/2023" } }),
            "settings.from",
        ),
    ];
    for (body, field) in wrong {
        assert_eq!(
            service.post("/backtests", &body).problem(422)["field"],
            field,
            "{body}"
        );
    }
    service
        .post_text("/backtests", "application/json", "[]")
        .problem(400);
    service
        .post_text("/backtests", "text/csv", "date,home_team")
        .problem(415);
    service
        .post_text("/backtests", "multipart/form-data", "x")
        .problem(400);
    service
        .post_text("/backtests", "multipart/form-data; boundary=x", "nonsense")
        .problem(400);
    service.get("/backtests/x").problem(422);
    service.get("/backtests/1").problem(404);
    let large = json!({ "csv": "x".repeat(17 << 20) });
    service.post("/backtests", &large).problem(413);
}

#[test]
fn a_misspelt_team_has_no_prediction_and_the_answer_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = "league,date,home_team,away_team,home_goals,away_goals\n".to_owned();
    for day in 1..=5 {
        csv += &format!("L,2023-12-0{day},Northgate,Ashby,{},1\n", day % 3);
    }
    let past = folder.path().join("past.csv");
    std::fs::write(&past, csv).unwrap();
    let (service, _folder) = Service::new(&["--history", past.to_str().unwrap()]);
    // history is learned once there is an event
    service.post("/match-events", &example()).ok();
    let ask = |home: &str| {
        let mut event = example();
        event["match_id"] = json!("next");
        event["league"] = json!("L");
        event["home_team"] = json!(home);
        event["away_team"] = json!("Ashby");
        service.post("/predictions", &event).ok()
    };
    let known = ask("Northgate");
    assert!(known["prediction"].is_object(), "{known}");
    assert_eq!(known["reason"], Value::Null);
    let misspelt = ask("North Gate");
    assert_eq!(misspelt["prediction"], Value::Null);
    let reason = misspelt["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("\"North Gate\" is not known in L, did you mean \"Northgate\"?"),
        "{reason}"
    );
    let prices = misspelt["prices"].as_array().unwrap().iter();
    assert!(prices.clone().count() > 0 && prices.clone().all(|price| price["is_wanted"] == false));
}
