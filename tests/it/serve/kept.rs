//! What was accepted is there, once, whatever happens to the process.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Service, answer, command, prices, refusal, result};

/// Everything that the service shows of itself but for how long things take.
pub(super) fn shown(service: &Service) -> Vec<Value> {
    let mut shown: Vec<_> = [
        "/bets?limit=500",
        "/bets/active?limit=500",
        "/bets/settled?limit=500",
        "/bankroll",
        "/live-matches",
    ]
    .iter()
    .map(|path| service.get(path).ok())
    .collect();
    let mut metrics = service.get("/metrics").ok();
    metrics["latency"] = Value::Null;
    shown.push(metrics);
    shown
}

/// Matches of four teams, each with prices and all but the last with a result.
pub(super) fn play(service: &Service, numbers: std::ops::Range<u32>) -> Vec<Value> {
    let mut answers = Vec::new();
    for number in numbers {
        let (id, mut event) = (number.to_string(), prices(&number.to_string(), 20 * number));
        event["home_team"] = json!(format!("Team {}", number % 4));
        event["away_team"] = json!(format!("Team {}", (number + 1) % 4));
        answers.push(service.post("/match-events", &event).ok());
        if number > 0 {
            let before = (number - 1).to_string();
            answers.push(
                service
                    .post(
                        "/match-results",
                        &result(
                            &before,
                            [(number % 3) as u8, (number % 2) as u8],
                            20 * number + 5,
                        ),
                    )
                    .ok(),
            );
        }
        assert_eq!(
            answers.last().unwrap()["match_id"],
            if number > 0 {
                (number - 1).to_string()
            } else {
                id
            }
        );
    }
    answers
}

#[test]
fn a_service_goes_on_where_it_was_after_a_stop_and_after_a_kill() {
    let (whole, _folder) = Service::new(&[]);
    let expected = play(&whole, 0..60);
    for is_kill in [true, false] {
        let (service, folder) = Service::new(&[]);
        let mut answers = play(&service, 0..20);
        let before = shown(&service);
        if is_kill {
            service.kill()
        } else {
            assert!(service.stop())
        }
        let service = Service::again(&folder, &[]);
        wait_for(&service, &before);
        answers.extend(play(&service, 20..40));
        assert!(service.stop());
        let service = Service::again(&folder, &[]);
        answers.extend(play(&service, 40..60));
        assert_eq!(answers, expected);
        assert_eq!(shown(&service), shown(&whole));
    }
}

/// What is known is known once the events of the store have been folded.
#[track_caller]
fn wait_for(service: &Service, expected: &[Value]) {
    for _ in 0..200 {
        if shown(service) == expected {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(shown(service), expected);
}

#[test]
fn a_round_that_waited_for_its_last_entry_still_does_after_a_kill_and_after_a_stop() {
    for is_kill in [true, false] {
        let (service, folder) = Service::new(&[]);
        let of_two = |id| {
            let mut event = prices(id, 0);
            event["round_size"] = json!(2);
            event
        };
        service.post("/match-events", &of_two("a")).ok();
        if is_kill {
            service.kill()
        } else {
            assert!(service.stop())
        }
        let service = Service::again(&folder, &[]);
        assert_eq!(service.get("/bets").ok()["bets"], json!([]));
        service.post("/match-events", &of_two("b")).ok();
        assert_eq!(
            service.get("/bets").ok()["bets"].as_array().unwrap().len(),
            2
        );
    }
}

/// Posts events of a thread's own until the service is gone; those that were answered, with their answers.
fn post_until_gone(
    service: &Service,
    thread: u32,
    is_over: &AtomicBool,
    kept: &Mutex<BTreeMap<String, Value>>,
) {
    for number in 0..100_000 {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let id = format!("{thread}-{number}");
        let request = service
            .agent
            .post(service.url("/match-events"))
            .content_type("application/json");
        // whoever gets no answer does not know
        let Ok(response) = request.send(prices(&id, 0).to_string()) else {
            return;
        };
        let answer = answer(response);
        if answer.status == 200 {
            kept.lock().unwrap().insert(id, answer.json());
        }
    }
}

#[test]
fn every_event_that_was_answered_is_there_once_after_a_kill_under_load() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Mutex::new(BTreeMap::new());
    for round in 0..5 {
        let service = Service::again(&folder, &["--bankroll", "1000000"]);
        let is_over = AtomicBool::new(false);
        let pid = service.child.id().to_string();
        thread::scope(|scope| {
            for thread in 0..8 {
                let (service, kept, is_over) = (&service, &kept, &is_over);
                scope.spawn(move || post_until_gone(service, 100 * round + thread, is_over, kept));
            }
            thread::sleep(Duration::from_millis(300 + 170 * u64::from(round)));
            std::process::Command::new("kill")
                .args(["-KILL", &pid])
                .status()
                .unwrap();
            is_over.store(true, Ordering::Relaxed);
        });
    }
    let kept = kept.into_inner().unwrap();
    assert!(kept.len() > 200, "hardly any load: {}", kept.len());
    let service = Service::again(&folder, &["--bankroll", "1000000"]);
    let mut bets = BTreeMap::new();
    let mut query = "?limit=500".to_owned();
    loop {
        let page = service.get(&format!("/bets{query}")).ok();
        for bet in page["bets"].as_array().unwrap() {
            let before = bets.insert(bet["bet_id"].clone().to_string(), bet.clone());
            assert_eq!(before, None, "a bet is there twice");
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=500&cursor={cursor}");
    }
    for (id, answer) in &kept {
        assert_eq!(&service.post("/match-events", &prices(id, 0)).ok(), answer);
        for bet in answer["bets"].as_array().unwrap() {
            assert_eq!(bets.get(&bet["bet_id"].to_string()), Some(bet));
        }
    }
    // the numbers of the events have no gap and nobody has another's
    let numbers: std::collections::BTreeSet<_> = kept
        .values()
        .map(|answer| answer["event_id"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers.len(), kept.len());
    let reserved: f64 = bets
        .values()
        .map(|bet| bet["stake"].as_f64().unwrap())
        .sum();
    assert!((service.get("/bankroll").ok()["reserved"].as_f64().unwrap() - reserved).abs() < 1e-6);
}

#[test]
fn requests_under_way_are_answered_when_the_service_is_stopped() {
    let (service, folder) = Service::new(&[]);
    let kept = Mutex::new(BTreeMap::new());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..4 {
            let (service, kept, is_over) = (&service, &kept, &is_over);
            scope.spawn(move || post_until_gone(service, thread, is_over, kept));
        }
        thread::sleep(Duration::from_millis(300));
        service.signal("-TERM");
        thread::sleep(Duration::from_millis(300));
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(service.stop_was_clean());
    let service = Service::again(&folder, &[]);
    let kept = kept.into_inner().unwrap();
    assert!(!kept.is_empty());
    assert!(
        service.get("/streams/info").ok()["accepted"]
            .as_u64()
            .unwrap()
            >= kept.len() as u64
    );
    for (id, answer) in &kept {
        assert_eq!(&service.post("/match-events", &prices(id, 0)).ok(), answer);
    }
}

#[test]
fn a_store_is_not_gone_on_with_under_other_settings() {
    let (service, folder) = Service::new(&["--store", "mine.db"]);
    service.post("/match-events", &prices("a", 0)).ok();
    assert!(service.stop());
    for (arguments, what) in [
        (["--store", "mine.db", "--bankroll", "7"], "bankroll"),
        (["--store", "mine.db", "--strategy", "kelly"], "strategy"),
        (["--store", "mine.db", "--model", "poisson"], "model"),
    ] {
        let said = refusal(command(folder.path(), &arguments));
        assert!(
            said.contains(what) && said.contains("--store") && said.contains("mine.db"),
            "{said}"
        );
    }
    let service = Service::again(&folder, &["--store", "mine.db"]);
    assert_eq!(service.get("/streams/info").ok()["accepted"], 1);
}

fn change(folder: &tempfile::TempDir, sql: &str) {
    let store = rusqlite::Connection::open(folder.path().join("simbet.db")).unwrap();
    assert!(store.execute(sql, []).unwrap() > 0, "{sql} changes nothing");
}

#[test]
fn a_start_after_a_stop_folds_nothing_again() {
    let (service, folder) = Service::new(&[]);
    play(&service, 0..20);
    let before = shown(&service);
    assert!(service.stop());
    change(&folder, "UPDATE events SET line = 'unreadable'");
    let service = Service::again(&folder, &[]);
    assert_eq!(shown(&service), before);
    play(&service, 20..25);
}

#[test]
fn a_state_that_cannot_be_read_is_made_again_from_the_events() {
    let (service, folder) = Service::new(&[]);
    play(&service, 0..20);
    let before = shown(&service);
    assert!(service.stop());
    change(&folder, "UPDATE checkpoint SET state = x'00'");
    let service = Service::again(&folder, &[]);
    assert_eq!(shown(&service), before);
    play(&service, 20..25);
}

#[test]
fn a_store_whose_events_lead_elsewhere_is_refused() {
    let (service, folder) = Service::new(&[]);
    play(&service, 0..20);
    service.kill();
    change(&folder, "UPDATE bankroll SET balance = balance + 1");
    let said = refusal(command(folder.path(), &[]));
    assert!(
        said.contains("damaged") && said.contains("balance"),
        "{said}"
    );
}

#[test]
fn a_store_has_one_service() {
    let (_service, folder) = Service::new(&[]);
    let said = refusal(command(folder.path(), &[]));
    assert!(
        said.contains("in use") && said.contains("simbet.db"),
        "{said}"
    );
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(
        &path,
        "these are notes, and rather many of them".repeat(100),
    )
    .unwrap();
    let said = refusal(command(folder.path(), &["--store", "notes.txt"]));
    assert!(said.contains("notes.txt"), "{said}");
    assert!(
        std::fs::read_to_string(path)
            .unwrap()
            .starts_with("these are notes")
    );
}

#[test]
fn an_address_in_use_is_said() {
    let (service, folder) = Service::new(&[]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_simbet"));
    command
        .args(["serve", "--store", "other.db", "--listen", &service.address])
        .current_dir(folder.path());
    assert!(refusal(command).contains(&service.address));
}
