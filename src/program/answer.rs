//! What a program answers: `{"id":n,"forecasts":[…]}`.

use serde::Deserialize;
use serde_json::Value;

use crate::look_alike::nearest_names;
use crate::printable::excerpt;

/// An answer to a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The number of the question.
    pub id: u64,
    /// What is said of each fixture, in their order; `None` for no opinion.
    pub forecasts: Vec<Option<Forecast>>,
}

/// What is said of a fixture.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Forecast {
    /// Probabilities of home win, draw and away win.
    pub p: Option<[f64; 3]>,
    /// Expected goals of both sides over the whole match.
    pub rates: Option<[f64; 2]>,
    /// Dixon and Coles's correction of low scores, with the rates.
    pub rho: Option<f64>,
    /// Probabilities of final scores: a row for each number of home goals.
    pub grid: Option<Vec<Vec<f64>>>,
    /// Probabilities of single selections.
    pub markets: Option<Vec<Named>>,
}

/// The probability of a selection.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The market: `1x2`, `ou`, `ah` or `btts`.
    pub market: String,
    /// The side: `home`, `draw`, `away`, `over`, `under`, `yes` or `no`.
    pub selection: String,
    /// The line, the home side's for handicaps.
    #[serde(default)]
    pub line: Option<f64>,
    /// The probability that it wins.
    pub probability: f64,
    /// The probability of the scores at which the line returns the stake, or half of it.
    #[serde(default)]
    pub push: Option<f64>,
}

const ANSWER: &[&str] = &["id", "forecasts"];
const FORECAST: &[&str] = &["p", "rates", "rho", "grid", "markets"];
const NAMED: &[&str] = &["market", "selection", "line", "probability", "push"];

impl Answer {
    /// Reads a line.
    ///
    /// # Errors
    /// When it is no answer: what was expected, and what stands there.
    pub fn read(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| match std::str::from_utf8(line) {
            Ok(text) => fault(text, &error),
            Err(_) => "it is not UTF-8".to_owned(),
        })
    }
}

/// What is wrong with a line that is no answer.
fn fault(text: &str, error: &serde_json::Error) -> String {
    if text.trim().is_empty() {
        return format!("it is empty; {STDERR}");
    }
    match serde_json::from_str::<Value>(text) {
        Err(_) if !text.trim_start().starts_with(['{', '[']) => format!("it is not JSON; {STDERR}"),
        Err(error) if error.is_eof() => "its JSON ends too early".to_owned(),
        Err(_) if has_no_number(text) => {
            "NaN and Infinity are not JSON: write null for a match without an opinion".to_owned()
        }
        Err(error) => format!("it is not JSON: {error}"),
        Ok(value) => of_value(&value).unwrap_or_else(|| error.to_string()),
    }
}

const STDERR: &str = "stdout is for answers alone: print anything else to stderr";

/// Whether there is a word that some programs write for a number that is none.
fn has_no_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| matches!(word, "NaN" | "nan" | "Infinity" | "inf" | "Inf" | "NA"))
}

/// What is wrong with JSON that is no answer.
fn of_value(value: &Value) -> Option<String> {
    let Value::Object(answer) = value else {
        return Some("an answer is an object of id and forecasts".to_owned());
    };
    if let Some(problem) = unknown(answer, ANSWER) {
        return Some(problem);
    }
    match answer.get("id") {
        Some(Value::Number(number)) if number.is_u64() => {}
        found => return Some(not_as_expected("id", "the id of the question", found)),
    }
    let Some(Value::Array(forecasts)) = answer.get("forecasts") else {
        let found = answer.get("forecasts");
        return Some(not_as_expected("forecasts", "a list", found));
    };
    let mut forecasts = forecasts.iter().enumerate();
    forecasts.find_map(|(place, forecast)| {
        let problem = of_forecast(forecast)?;
        Some(format!("forecasts[{place}]: {problem}"))
    })
}

fn of_forecast(value: &Value) -> Option<String> {
    let forecast = match value {
        Value::Null => return None,
        Value::Object(forecast) => forecast,
        other => {
            return Some(format!(
                "expected an object such as {{\"p\":[0.5,0.3,0.2]}}, or null for no opinion, not {}",
                shown(other)
            ));
        }
    };
    if let Some(problem) = unknown(forecast, FORECAST) {
        return Some(problem);
    }
    let member = |name: &str| forecast.get(name).filter(|value| !value.is_null());
    let rows = || match member("grid") {
        Some(Value::Array(rows)) => rows
            .iter()
            .find_map(|row| numbers("a row of grid", row, None)),
        Some(other) => Some(not_as_expected(
            "grid",
            "a list of rows of numbers",
            Some(other),
        )),
        None => None,
    };
    let named = || match member("markets") {
        Some(Value::Array(list)) => list.iter().enumerate().find_map(|(place, named)| {
            let problem = of_named(named)?;
            Some(format!("markets[{place}]: {problem}"))
        }),
        Some(other) => Some(not_as_expected("markets", "a list", Some(other))),
        None => None,
    };
    member("p")
        .and_then(|p| numbers("p", p, Some(("home, draw and away", 3))))
        .or_else(|| member("rates").and_then(|r| numbers("rates", r, Some(("home and away", 2)))))
        .or_else(|| member("rho").and_then(|rho| number("rho", rho)))
        .or_else(rows)
        .or_else(named)
}

fn of_named(value: &Value) -> Option<String> {
    let Value::Object(named) = value else {
        let expected = "an object of market, selection and probability";
        return Some(format!("expected {expected}, not {}", shown(value)));
    };
    if let Some(problem) = unknown(named, NAMED) {
        return Some(problem);
    }
    for name in ["market", "selection"] {
        match named.get(name) {
            Some(Value::String(_)) => {}
            found => return Some(not_as_expected(name, "a text", found)),
        }
    }
    match named.get("probability") {
        Some(probability) => number("probability", probability),
        None => Some(not_as_expected("probability", "a number", None)),
    }
    .or_else(|| {
        ["line", "push"].iter().find_map(|name| {
            let value = named.get(*name).filter(|value| !value.is_null());
            value.and_then(|value| number(name, value))
        })
    })
}

/// A member that is not known, with the one that was probably meant.
fn unknown(object: &serde_json::Map<String, Value>, known: &[&str]) -> Option<String> {
    let name = object.keys().find(|name| !known.contains(&name.as_str()))?;
    let meant = nearest_names(name, known.iter().copied())
        .first()
        .map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    Some(format!(
        "unknown member \"{}\", expected {}{meant}",
        excerpt(name),
        known.join(", ")
    ))
}

/// What is wrong with a list of numbers; with `what` it has so many.
fn numbers(name: &str, value: &Value, what: Option<(&str, usize)>) -> Option<String> {
    let Value::Array(list) = value else {
        return Some(not_as_expected(name, "a list of numbers", Some(value)));
    };
    if let Some((sides, count)) = what.filter(|(_, count)| list.len() != *count) {
        return Some(format!(
            "{name} must have {count} numbers, for {sides}, not {}",
            list.len()
        ));
    }
    list.iter().find_map(|one| number(name, one))
}

fn number(name: &str, value: &Value) -> Option<String> {
    (!value.is_number()).then(|| not_as_expected(name, "a number", Some(value)))
}

fn not_as_expected(name: &str, expected: &str, found: Option<&Value>) -> String {
    match found {
        Some(found) => format!("{name} must be {expected}, not {}", shown(found)),
        None => format!("{name} is missing: {expected}"),
    }
}

fn shown(value: &Value) -> String {
    excerpt(&value.to_string()).chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn problem(line: &str) -> String {
        Answer::read(line.as_bytes()).unwrap_err()
    }

    #[test]
    fn every_form_of_an_answer_is_read() {
        let line = r#"{"id":7,"forecasts":[null,{"p":[0.5,0.3,0.2]},{"rates":[1.5,1],"rho":-0.05},
            {"grid":[[0.5,0.5]]},{"p":null,"markets":[{"market":"ou","selection":"over","line":2.5,"probability":0.5}]}]}"#;
        let answer = Answer::read(line.as_bytes()).unwrap();
        assert_eq!((answer.id, answer.forecasts.len()), (7, 5));
        assert_eq!(answer.forecasts[0], None);
        let rates = answer.forecasts[2].clone().unwrap();
        assert_eq!((rates.rates, rates.rho), (Some([1.5, 1.0]), Some(-0.05)));
    }

    #[test]
    fn what_is_no_answer_is_named() {
        for (line, expected) in [
            (
                "",
                "it is empty; stdout is for answers alone: print anything else to stderr",
            ),
            (
                "Loading",
                "it is not JSON; stdout is for answers alone: print anything else to stderr",
            ),
            ("[1]", "an answer is an object of id and forecasts"),
            (r#"{"id":1,"forecasts":["#, "its JSON ends too early"),
            (
                r#"{"id":1,"forecasts":[{"p":[NaN,0.5,0.5]}]}"#,
                "NaN and Infinity are not JSON: write null for a match without an opinion",
            ),
            (
                r#"{"forecasts":[]}"#,
                "id is missing: the id of the question",
            ),
            (
                r#"{"id":"1","forecasts":[]}"#,
                r#"id must be the id of the question, not "1""#,
            ),
            (r#"{"id":1}"#, "forecasts is missing: a list"),
            (
                r#"{"id":1,"forecast":[]}"#,
                "unknown member \"forecast\", expected id, forecasts; did you mean forecasts?",
            ),
            (
                r#"{"id":1,"forecasts":[null,{"rate":[1,1]}]}"#,
                "forecasts[1]: unknown member \"rate\", expected p, rates, rho, grid, markets; did you mean rates?",
            ),
            (
                r#"{"id":1,"forecasts":[{"p":[0.5,0.5]}]}"#,
                "forecasts[0]: p must have 3 numbers, for home, draw and away, not 2",
            ),
            (
                r#"{"id":1,"forecasts":[{"p":["0.5",0.3,0.2]}]}"#,
                r#"forecasts[0]: p must be a number, not "0.5""#,
            ),
            (
                r#"{"id":1,"forecasts":[[0.5,0.3,0.2]]}"#,
                "forecasts[0]: expected an object such as {\"p\":[0.5,0.3,0.2]}, or null for no opinion, not [0.5,0.3,0.2]",
            ),
            (
                r#"{"id":1,"forecasts":[{"markets":[{"market":"ou","selection":"over"}]}]}"#,
                "forecasts[0]: markets[0]: probability is missing: a number",
            ),
        ] {
            assert_eq!(problem(line), expected, "{line}");
        }
        assert_eq!(
            Answer::read(b"{\"id\":\xff}").unwrap_err(),
            "it is not UTF-8"
        );
        assert!(problem(r#"{"id":1,"id":1,"forecasts":[]}"#).contains("duplicate field `id`"));
    }
}
