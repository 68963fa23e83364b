//! Faults at random instants: at the end everything is as it is without them.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::kept::shown;
use super::super::{Service, answer, prices, result};
use super::other;

/// A number that differs from run to run, or that of the environment.
fn seed() -> u64 {
    let given = std::env::var("SIMBET_SEED").ok();
    let seed = given.map_or_else(
        || std::hash::RandomState::new().build_hasher().finish(),
        |seed| seed.parse().unwrap(),
    );
    eprintln!("SIMBET_SEED={seed}");
    seed
}

fn rng(seed: u64) -> chacha20::ChaCha8Rng {
    chacha20::ChaCha8Rng::seed_from_u64(seed)
}

/// What is posted: matches of four teams, with their results.
fn requests(count: u32) -> Vec<(&'static str, Value)> {
    (0..count)
        .flat_map(|number| {
            let mut event = prices(&number.to_string(), 20 * number);
            event["home_team"] = json!(format!("Team {}", number % 4));
            event["away_team"] = json!(format!("Team {}", (number + 1) % 4));
            let goals = [(number % 3) as u8, (number % 2) as u8];
            let result = result(&number.to_string(), goals, 20 * number + 5);
            [("/match-events", event), ("/match-results", result)]
        })
        .collect()
}

/// Posts everything in order, each until it is answered.
fn post_all(service: &Service, requests: &[(&str, Value)]) -> Vec<Value> {
    requests
        .iter()
        .map(|(path, body)| service.post_until_taken(path, body, SOON))
        .collect()
}

/// More than one fault may come in between.
const SOON: Duration = Duration::from_secs(10);

/// A fault of some milliseconds.
fn disturb(service: &Service, folder: &TempDir, kind: u32, lasts: Duration) {
    let other = other(folder);
    match kind {
        0 => {
            // somebody else may be about to read
            let _ = other.busy_timeout(Duration::from_secs(2));
            if other.execute_batch("BEGIN IMMEDIATE").is_ok() {
                thread::sleep(lasts);
            }
        }
        1 => {
            other
                .execute_batch("BEGIN; SELECT count(*) FROM bets")
                .unwrap();
            thread::sleep(lasts);
        }
        _ => {
            service.limit_files("100");
            thread::sleep(lasts);
            service.limit_files("unlimited");
        }
    }
}

#[test]
fn faults_at_random_instants_change_nothing() {
    let requests = requests(60);
    let (whole, _folder) = Service::new(&[]);
    let expected = post_all(&whole, &requests);
    let (service, folder) = Service::new(&[]);
    let is_over = AtomicBool::new(false);
    let mut rng = rng(seed());
    let answers = thread::scope(|scope| {
        let posting = scope.spawn(|| {
            // slow enough for some faults to come in between
            let answers: Vec<_> = requests
                .iter()
                .map(|(path, body)| {
                    thread::sleep(Duration::from_millis(15));
                    service.post_until_taken(path, body, SOON)
                })
                .collect();
            is_over.store(true, Ordering::Relaxed);
            answers
        });
        // a thread that has failed is over, too
        while !is_over.load(Ordering::Relaxed) && !posting.is_finished() {
            thread::sleep(Duration::from_millis(rng.random_range(0..200)));
            let lasts = Duration::from_millis(rng.random_range(1..700));
            disturb(&service, &folder, rng.random_range(0..3), lasts);
        }
        posting.join().unwrap()
    });
    assert_eq!(answers, expected);
    assert_eq!(shown(&service)[..5], shown(&whole)[..5]);
    assert!(service.stop());
    let again = Service::again(&folder, &[]);
    assert_eq!(shown(&again), shown(&whole));
}

#[test]
fn kills_in_the_middle_of_faults_change_nothing() {
    let requests = requests(40);
    let (whole, _whole) = Service::new(&[]);
    let expected = post_all(&whole, &requests);
    let folder = tempfile::tempdir().unwrap();
    let mut rng = rng(seed());
    let mut answers = Vec::new();
    while answers.len() < requests.len() {
        let service = Service::again(&folder, &[]);
        let (delay, lasts) = (rng.random_range(50..500), rng.random_range(50..400));
        let kind = rng.random_range(0..3);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(delay));
                disturb(&service, &folder, kind, Duration::from_millis(lasts));
            });
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(delay + lasts / 2));
                service.signal("-KILL");
            });
            while let Some((path, body)) = requests.get(answers.len()) {
                let request = service
                    .agent
                    .post(service.url(path))
                    .content_type("application/json");
                // whoever gets no answer asks the next one
                let Ok(response) = request.send(body.to_string()) else {
                    break;
                };
                let answer = answer(response);
                if answer.status == 200 {
                    answers.push(answer.json());
                }
                thread::sleep(Duration::from_millis(15));
            }
        });
    }
    assert_eq!(answers, expected);
    let again = Service::again(&folder, &[]);
    assert_eq!(shown(&again)[..5], shown(&whole)[..5]);
}
