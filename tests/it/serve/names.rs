//! Names over HTTP: as in files and in entries.

use serde_json::json;

use super::{Service, prices, result};
use crate::names::NAMES;

#[test]
fn a_name_over_http_is_what_it_is_in_a_file() {
    let (service, _folder) = Service::new(&[]);
    for (place, (name, kept)) in NAMES.into_iter().enumerate() {
        let id = format!("m{place}");
        let mut event = prices(&id, 0);
        event["home_team"] = json!(name);
        event["league"] = json!(name);
        let answer = service.post("/match-events", &event);
        match kept {
            Some(_) => assert!((200..300).contains(&answer.status), "{name:?}: {answer:?}"),
            None => {
                let problem = answer.problem(422);
                assert_eq!(problem["field"], "home_team", "{name:?}");
            }
        }
    }
    let live = service.get("/live-matches").ok().to_string();
    assert!(live.contains("Ashby") && !live.contains('\u{202e}') && !live.contains('\u{1b}'));
}

#[test]
fn an_id_over_http_is_visible() {
    let (service, _folder) = Service::new(&[]);
    for id in [
        "a\u{1b}[31m",
        "a\u{202e}b",
        "a\u{200b}",
        "a\nb",
        &"x".repeat(129),
    ] {
        for (path, event) in [
            ("/match-events", prices(id, 0)),
            ("/match-results", result(id, [1, 0], 10)),
        ] {
            let problem = service.post(path, &event).problem(422);
            assert_eq!(problem["field"], "match_id", "{id:?}");
        }
    }
    service.get("/bets?match_id=a%E2%80%AEb").problem(422);
    service
        .post_nothing("/simulate/match?home_team=a%1B")
        .problem(422);
    let long = format!("/bets?{}=1", "x".repeat(5000));
    assert!(service.get(&long).text.len() < 1500);
}
