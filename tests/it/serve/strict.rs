//! The service keeps what its document says: a client that is strict reads every answer.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Service, answer, example, prices, result};
use crate::backtest::simbet;

/// A service whose answers are checked against its document.
struct Checked {
    service: Service,
    document: Value,
    _folder: tempfile::TempDir,
}

impl Checked {
    fn new(arguments: &[&str]) -> Self {
        let (service, folder) = Service::new(arguments);
        let document = service.get("/openapi.json").ok();
        Self {
            service,
            document,
            _folder: folder,
        }
    }

    /// Checks an answer by the operation that the document has under this path.
    #[track_caller]
    fn check(&self, method: &str, path: &str, answer: Answer) -> Answer {
        let operation = &self.document["paths"][path][method];
        let declared = &operation["responses"][answer.status.to_string()];
        assert!(!declared.is_null(), "{method} {path}: {answer:?}");
        let media = answer.media.split(';').next().unwrap();
        let schema = &declared["content"][media]["schema"];
        assert!(!schema.is_null(), "{method} {path}: {answer:?}");
        if media.ends_with("json") {
            let fault = Schema(&self.document).fault(schema, &answer.json(), "");
            assert_eq!(fault, None, "{method} {path}: {}", answer.text);
        }
        answer
    }

    #[track_caller]
    fn get(&self, path: &str, query: &str) -> Answer {
        let found = self.service.get(&format!("{path}{query}"));
        self.check("get", path, found)
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Answer {
        self.check("post", path, self.service.post(path, body))
    }

    /// Everything that can be asked for.
    #[track_caller]
    fn get_all(&self) {
        let paths = [
            "/bets",
            "/bets/active",
            "/bets/settled",
            "/live-matches",
            "/bankroll",
            "/metrics",
            "/streams/info",
            "/health",
        ];
        for path in paths {
            self.get(path, "").ok();
        }
    }
}

/// Schemas of a document, and values that have to fit them: without members that the schema does not name, and with all that
/// it requires.
struct Schema<'a>(&'a Value);

impl<'a> Schema<'a> {
    /// What does not fit, if anything.
    fn fault(&self, schema: &'a Value, value: &Value, at: &str) -> Option<String> {
        let mut members = Vec::new();
        if let Some(fault) = self.fault_within(schema, value, at, &mut members) {
            return Some(fault);
        }
        let (Value::Object(object), false) = (value, members.is_empty()) else {
            return None;
        };
        let unknown = object.keys().find(|name| !members.contains(&name.as_str()));
        unknown.map(|name| format!("{at}.{name} is not in the document"))
    }

    fn fault_within(
        &self,
        schema: &'a Value,
        value: &Value,
        at: &str,
        members: &mut Vec<&'a str>,
    ) -> Option<String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.0.pointer(reference.strip_prefix('#').unwrap());
            return self.fault_within(target.unwrap(), value, at, members);
        }
        if let Some(all) = schema["allOf"].as_array() {
            return all
                .iter()
                .find_map(|part| self.fault_within(part, value, at, members));
        }
        if let Some(one_of) = schema["oneOf"].as_array() {
            let fits = |part: &&'a Value| self.fault(part, value, at).is_none();
            let fitting: Vec<_> = one_of.iter().filter(fits).collect();
            let [fitting] = fitting[..] else {
                return Some(format!("{at} fits {} of {one_of:?}", fitting.len()));
            };
            return self.fault_within(fitting, value, at, members);
        }
        self.fault_of_type(schema, value, at)
            .or_else(|| self.fault_of_parts(schema, value, at, members))
    }

    fn fault_of_type(&self, schema: &Value, value: &Value, at: &str) -> Option<String> {
        let types: Vec<_> = match &schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return Some(format!("{at} has no type: {schema}")),
        };
        let fits = |name: &str| match name {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other}"),
        };
        let is_instant = schema["format"] != "date-time"
            || value
                .as_str()
                .is_none_or(|text| text.parse::<jiff::Timestamp>().is_ok());
        let is_known = schema["enum"]
            .as_array()
            .is_none_or(|known| known.contains(value));
        let is_large_enough = schema["minimum"]
            .as_f64()
            .zip(value.as_f64())
            .is_none_or(|(least, value)| value >= least);
        let does_fit = types.into_iter().any(fits) && is_instant && is_known && is_large_enough;
        (!does_fit).then(|| format!("{at} is {value}, not as {schema}"))
    }

    fn fault_of_parts(
        &self,
        schema: &'a Value,
        value: &Value,
        at: &str,
        members: &mut Vec<&'a str>,
    ) -> Option<String> {
        if let (Some(items), Some(elements)) = (schema.get("items"), value.as_array()) {
            return elements
                .iter()
                .find_map(|element| self.fault(items, element, &format!("{at}[]")));
        }
        let object = value.as_object()?;
        let required = schema["required"].as_array().into_iter().flatten();
        let missing = required
            .filter_map(Value::as_str)
            .find(|name| !object.contains_key(*name));
        if let Some(name) = missing {
            return Some(format!("{at}.{name} is missing"));
        }
        let properties = schema["properties"].as_object()?;
        members.extend(properties.keys().map(String::as_str));
        properties.iter().find_map(|(name, schema)| {
            let value = object.get(name)?;
            self.fault(schema, value, &format!("{at}.{name}"))
        })
    }
}

#[test]
fn a_season_is_read_as_the_document_says() {
    let api = Checked::new(&["--strategy", "kelly", "--markets", "1x2,ou,ah"]);
    api.get_all();
    let season = [
        "publish",
        "--matches",
        "60",
        "--in-play",
        "--every",
        "15",
        "--markets",
        "1x2,ou,ah",
    ];
    let lines = simbet().args(season).assert().success();
    let lines = String::from_utf8(lines.get_output().stdout.clone()).unwrap();
    let mut bets = 0;
    for (number, line) in lines.lines().enumerate() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let data = &entry["data"];
        match entry["event_type"].as_str().unwrap() {
            "match_event" => {
                if number % 10 == 0 {
                    api.post("/predictions", data).ok();
                }
                let answer = api.post("/match-events", data).ok();
                bets += answer["bets"].as_array().unwrap().len();
            }
            "match_result" => drop(api.post("/match-results", data).ok()),
            _ => {}
        }
        if number % 40 == 0 {
            api.get_all();
        }
    }
    assert!(bets > 20, "{bets}");
    api.get("/bets/settled", "?limit=5").ok();
}

#[test]
fn without_a_model_answers_are_what_the_document_says() {
    let api = Checked::new(&["--strategy", "flat"]);
    let bet = api.post("/match-events", &prices("a", 0)).ok();
    assert_eq!(bet["bets"][0]["expected_value"], Value::Null);
    api.post("/predictions", &prices("b", 1)).ok();
    api.get_all();
    api.post("/match-results", &result("a", [1, 0], 9000)).ok();
    api.get_all();
}

#[test]
fn what_is_asked_besides_bets_is_answered_as_the_document_says() {
    let datasets = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets");
    let api = Checked::new(&["--datasets", datasets]);
    let simulate = "/simulate/match";
    let played = api.service.post_nothing("/simulate/match?seed=3");
    api.check("post", simulate, played).ok();
    let begun = api.service.post_nothing("/simulate/match?seed=4&pace=1000");
    api.check("post", simulate, begun).ok();
    let wanted = json!({ "dataset": "epl.csv", "settings": { "strategy": "flat" } });
    let started = api.post("/backtests", &wanted).ok();
    let template = "/backtests/{id}";
    let path = format!("/backtests/{}", started["id"]);
    let done = loop {
        let found = api.check("get", template, api.service.get(&path)).ok();
        if found["status"] != "running" {
            break found;
        }
        thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(done["status"], "done");
    let deleted = answer(
        api.service
            .agent
            .delete(api.service.url(&path))
            .call()
            .unwrap(),
    );
    assert_eq!(deleted.status, 204);
    api.check("get", template, api.service.get(&path))
        .problem(404);
    let text = api
        .service
        .agent
        .get(api.service.url("/metrics"))
        .header("Accept", "text/plain");
    api.check("get", "/metrics", answer(text.call().unwrap()));
}

#[test]
fn problems_are_what_the_document_says() {
    let api = Checked::new(&[]);
    api.post("/match-events", &example()).ok();
    api.post("/match-events", &json!({ "match_id": "m" }))
        .problem(422);
    api.post("/match-events", &json!([1])).problem(400);
    api.post("/match-events", &prices("late", 0)).ok();
    api.post("/match-events", &example_at("2023-01-01T00:00:00Z"))
        .problem(409);
    api.post("/match-results", &result("nobody's", [1, 0], 9000))
        .problem(404);
    api.get("/bets", "?limit=0").problem(422);
}

fn example_at(time: &str) -> Value {
    let mut event = example();
    event["match_id"] = json!("another");
    event["timestamp"] = json!(time);
    event
}

/// Whatever fits nothing else is found by the check itself.
#[test]
fn a_value_that_does_not_fit_is_found() {
    let document = json!({ "components": { "schemas": { "Bet": {
        "type": "object",
        "required": ["id", "line"],
        "properties": { "id": { "type": "string" }, "line": { "type": ["number", "null"] } },
    } } } });
    let bet = json!({ "$ref": "#/components/schemas/Bet" });
    let fault = |value: Value| Schema(&document).fault(&bet, &value, "");
    assert_eq!(fault(json!({ "id": "1", "line": null })), None);
    assert!(fault(json!({ "id": null, "line": null })).is_some());
    assert!(fault(json!({ "id": "1" })).is_some());
    assert!(fault(json!({ "id": "1", "line": "2" })).is_some());
    assert!(fault(json!({ "id": "1", "line": 2.5, "more": 1 })).is_some());
}

/// Prices that no book can have offered together are refused in the words of the stream.
#[test]
fn impossible_prices_are_refused() {
    let api = Checked::new(&[]);
    let mut american = prices("american", 0);
    for (side, odds) in [("home", 120), ("draw", 230), ("away", 240)] {
        american[format!("market_odds_{side}")] = json!(odds);
    }
    let words = "market_odds_home, _draw, _away: 120, 230, 240 leave a margin of -98 %: these are no decimal odds";
    for path in ["/match-events", "/predictions"] {
        let problem = api.post(path, &american).problem(422);
        assert_eq!(problem["detail"], words, "{path}");
        assert_eq!(problem["field"], "market_odds_home", "{path}");
    }
    assert_eq!(api.get("/streams/info", "").ok()["accepted"], 0);
    assert_eq!(api.get("/bets", "").ok()["bets"], json!([]));
}
