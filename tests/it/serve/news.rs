//! What happens, as it happens.

use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};

use crate::wire;

use super::{Service, example, prices, result};

/// Events as they come.
struct Listener(Box<dyn Iterator<Item = String>>);

#[derive(Debug, Clone, PartialEq)]
struct Heard {
    id: Option<u64>,
    event: String,
    data: Value,
}

impl Listener {
    fn new(service: &Service, last: Option<&str>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent();
        let mut request = agent.get(service.url("/events"));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let response = request.call().unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(Box::new(
            BufReader::new(response.into_body().into_reader())
                .lines()
                .map_while(Result::ok),
        ))
    }

    fn next(&mut self) -> Option<Heard> {
        let (mut id, mut event, mut data) = (None, String::new(), None);
        loop {
            let line = self.0.next()?;
            match line.split_once(": ") {
                Some(("id", text)) => id = text.parse().ok(),
                Some(("event", text)) => event = text.to_owned(),
                Some(("data", text)) => data = Some(serde_json::from_str(text).unwrap()),
                _ if line.is_empty() && data.is_some() => {
                    if event != "reset" {
                        wire::read(&event, data.as_ref().unwrap());
                    }
                    return Some(Heard {
                        id,
                        event,
                        data: data.unwrap(),
                    });
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<Heard> {
        (0..count).map(|_| self.next().unwrap()).collect()
    }
}

fn events(heard: &[Heard]) -> Vec<&str> {
    heard.iter().map(|heard| heard.event.as_str()).collect()
}

#[test]
fn whoever_listens_hears_what_happens_in_order() {
    let (service, _folder) = Service::new(&[]);
    let mut listener = Listener::new(&service, None);
    let answer = service.post("/match-events", &example()).ok();
    service.post("/match-events", &example()).ok();
    service
        .post("/match-results", &result("match_001", [1, 0], 0))
        .ok();
    let heard = listener.take(7);
    let expected = [
        "match_event",
        "prediction",
        "bet",
        "trading_metrics",
        "match_result",
        "bet_settled",
        "trading_metrics",
    ];
    assert_eq!(events(&heard), expected);
    assert!(heard.windows(2).all(|two| two[0].id < two[1].id));
    assert_eq!(heard[0].data["market_odds_home"], 2.1);
    assert_eq!(
        heard[1].data["win_prob_home"],
        answer["prediction"]["win_prob_home"]
    );
    assert_eq!(
        (&heard[1].data["model"], &heard[2].data["bet_id"]),
        (&json!("dixon-coles"), &answer["bets"][0]["bet_id"])
    );
    assert_eq!(
        (&heard[5].data["result"], &heard[6].data["total_bets"]),
        (&json!("win"), &json!(1))
    );
}

#[test]
fn whoever_comes_back_hears_first_what_was_missed() {
    let (service, _folder) = Service::new(&[]);
    let mut listener = Listener::new(&service, None);
    service.post("/match-events", &prices("a", 0)).ok();
    let first = listener.take(2);
    drop(listener);
    service.post("/match-events", &prices("b", 1)).ok();
    let mut again = Listener::new(&service, Some(&first[1].id.unwrap().to_string()));
    service.post("/match-events", &prices("c", 2)).ok();
    let heard = again.take(10);
    let matches: Vec<_> = heard
        .iter()
        .filter_map(|heard| heard.data["match_id"].as_str())
        .collect();
    assert_eq!(matches, ["a", "b", "b", "b", "c", "c", "c"]);
    assert_eq!(heard[0].id, first[1].id.map(|id| id + 1));
}

#[test]
fn whoever_has_missed_more_than_is_kept_is_told_to_begin_anew() {
    let (service, _folder) = Service::new(&[]);
    service.post("/match-events", &prices("a", 0)).ok();
    for last in ["1", "nonsense", "99999999999999999999"] {
        let mut listener = Listener::new(&service, Some(last));
        assert_eq!(listener.next().unwrap().event, "reset", "{last}");
    }
}

#[test]
fn listeners_do_not_keep_the_service_from_stopping() {
    let (service, _folder) = Service::new(&[]);
    let mut listener = Listener::new(&service, None);
    service.post("/match-events", &prices("a", 0)).ok();
    listener.take(1);
    assert!(service.stop());
    while listener.next().is_some() {}
}
