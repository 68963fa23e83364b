//! `POST /match-events` and `/match-results`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::responses::{Busy, Conflicting, InvalidBody, Unknown};
use crate::domain::Time;
use crate::schema::event::{MatchEvent, MatchResult};
use crate::serve::clock;
use crate::serve::engine_handle::{NotTaken, Order, Reply};
use crate::serve::params::{JsonBytes, Params};
use crate::serve::problem::Problem;
use crate::serve::requests::{MatchEventBody, MatchResultBody};
use crate::serve::state::App;
use crate::serve::views::{EventAnswer, ResultAnswer};

/// Takes prices of a match, and bets on them
///
/// The answer comes when the event and all that came of it are durable. The same event again gets the same answer and has no
/// further effect. An event is a round of its own unless `round_size` says of how many entries its round consists.
#[utoipa::path(post, path = "/match-events", request_body = MatchEventBody, responses(
    (status = 200, description = "What became of it", body = EventAnswer), InvalidBody, Conflicting, Busy,
), params(Keyed))]
pub async fn post_match_event(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
    JsonBytes(body): JsonBytes,
) -> Result<Response, Problem> {
    params.only(&[])?;
    take(&app, &headers, MatchEvent::TYPE, &body).await
}

/// Takes the final score of a match, and settles the bets on it
///
/// A second result of a match that says the same gets the answer of the first; one that says something else is refused.
#[utoipa::path(post, path = "/match-results", request_body = MatchResultBody, responses(
    (status = 200, description = "What became of it", body = ResultAnswer), InvalidBody, Unknown, Conflicting, Busy,
), params(Keyed))]
pub async fn post_match_result(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
    JsonBytes(body): JsonBytes,
) -> Result<Response, Problem> {
    params.only(&[])?;
    take(&app, &headers, MatchResult::TYPE, &body).await
}

async fn take(
    app: &App,
    headers: &HeaderMap,
    event_type: &'static str,
    body: &[u8],
) -> Result<Response, Problem> {
    let received = clock::instant();
    let key = idempotency_key(headers)?;
    let line = line_of(event_type, body)?;
    let order = Order::new(line, app.book, key).map_err(|error| Problem::of_event(&error))?;
    ensure_not_ahead(order.time)?;
    submit(app, Order { received, ..order }).await
}

/// Hands in an order and waits for what becomes of it.
pub(super) async fn submit(app: &App, order: Order) -> Result<Response, Problem> {
    let reply = app
        .engine
        .submit(order)?
        .await
        .map_err(|_| NotTaken::Down)?;
    match reply {
        Reply::Accepted(answer) => {
            Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
        }
        Reply::Refused(reason) => Err(Problem::of_entry(&reason)),
        Reply::KeyUsed => Err(Problem::key_used()),
        Reply::Failed => Err(NotTaken::Down.into()),
        Reply::NotYet => Err(Problem::not_yet()),
    }
}

/// How far a timestamp may be ahead of the clock, in seconds.
const AHEAD: i64 = Time::DAY;

/// Refuses what is of the future: once it were accepted, everything of the present would come late.
fn ensure_not_ahead(time: Time) -> Result<(), Problem> {
    let clock = i64::try_from(clock::microseconds() / 1_000_000).unwrap_or(i64::MAX);
    if time.seconds() > clock.saturating_add(AHEAD) {
        Err(Problem::ahead(time))
    } else {
        Ok(())
    }
}

/// The entry of a stream that a body is the data of; a round of its own unless it says otherwise.
pub(super) fn line_of(event_type: &str, body: &[u8]) -> Result<String, Problem> {
    if let Some(line) = plain_line(event_type, body) {
        return Ok(line);
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Problem::malformed(error.to_string()))?;
    let Value::Object(mut data) = value else {
        return Err(Problem::malformed("expected an object"));
    };
    if data.get("round_size").is_none_or(Value::is_null) {
        data.insert("round_size".to_owned(), 1.into());
    }
    let mut entry = Map::new();
    entry.insert("event_type".to_owned(), event_type.into());
    entry.insert("data".to_owned(), Value::Object(data));
    Ok(Value::Object(entry).to_string())
}

/// A request that may be sent again.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub(super) struct Keyed {
    /// A name for the request: sent again with the same body it gets the same answer, with another body it is refused. Not
    /// needed for that the same event has one effect.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    key: Option<String>,
}

/// The same, without building what is only written out again, of a body that is on one line and says nothing of rounds.
fn plain_line(event_type: &str, body: &[u8]) -> Option<String> {
    let members = std::str::from_utf8(body).ok()?.trim().strip_prefix('{')?;
    let is_plain = members.len() > 2
        && !members.contains(['\n', '\r', '\\'])
        && !members.contains("round_size");
    // a body that ends the object and goes on would otherwise add to the entry
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    is_plain.then(|| {
        [
            r#"{"event_type":""#,
            event_type,
            r#"","data":{"round_size":1,"#,
            members,
            "}",
        ]
        .concat()
    })
}

/// The most bytes of a key.
const MAX_KEY: usize = 255;

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else {
        return Ok(None);
    };
    let text = key.to_str().ok().filter(|text| {
        (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    });
    match text {
        Some(text) if keys.next().is_none() => Ok(Some(text.to_owned())),
        _ => {
            let allowed = "one text of 1 to 255 visible ASCII characters";
            let problem = Problem::field("Idempotency-Key", allowed, "something else");
            Err(Problem {
                status: StatusCode::BAD_REQUEST.as_u16(),
                ..problem
            })
        }
    }
}
