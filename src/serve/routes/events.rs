//! `POST /match-events` and `/match-results`.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use super::body;
use super::event_body::EventBody;
use super::responses::{Busy, Conflicting, InvalidBody, Unknown};
use crate::domain::Time;
use crate::serve::clock;
use crate::serve::engine_handle::SubmitError;
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::{Order, Reply};
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::requests::{MatchEventBody, MatchResultBody};
use crate::serve::state::App;
use crate::serve::views::{EventAnswer, ResultAnswer};

/// Takes prices of a match, and bets on them
///
/// The answer comes when the event and all that came of it are durable. Sent again, the same event gets the same
/// answer and has no further effect. An event is a round of its own unless `round_size` says how many entries its
/// round has.
#[utoipa::path(post, path = "/match-events", request_body = MatchEventBody, responses(
    (status = 200, description = "The outcome", body = EventAnswer), InvalidBody, Conflicting, Busy,
), params(Keyed))]
pub async fn post_match_event(
    State(app): State<App>,
    params: Params,
    Key(key): Key,
    EventBody(body, _share): EventBody,
) -> Result<Response, Problem> {
    params.only(&[])?;
    let start = RequestStart::new(key?);
    let (prices, line) = body::prices(&body, app.book)?;
    start.submit(&app, MatchUpdate::Prices(prices), line).await
}

/// Takes what became of a match, and settles the bets on it
///
/// Without a result (`status`) its bets are void and their stakes come back. A second result of a match with the same
/// content gets the answer of the first. Another one corrects it, as long as the match is remembered: its bets are settled
/// anew, and the bankroll moves by the difference. One with an older timestamp than the last is refused.
#[utoipa::path(post, path = "/match-results", request_body = MatchResultBody, responses(
    (status = 200, description = "The outcome", body = ResultAnswer), InvalidBody, Unknown, Conflicting, Busy,
), params(Keyed))]
pub async fn post_match_result(
    State(app): State<App>,
    params: Params,
    Key(key): Key,
    EventBody(body, _share): EventBody,
) -> Result<Response, Problem> {
    params.only(&[])?;
    let start = RequestStart::new(key?);
    let (result, line) = body::result(&body, app.book)?;
    start.submit(&app, MatchUpdate::Result(result), line).await
}

/// The key of a request and the time of its arrival, read before anything else is done.
struct RequestStart {
    key: Option<String>,
    received: Instant,
}

impl RequestStart {
    fn new(key: Option<String>) -> Self {
        Self {
            received: clock::instant(),
            key,
        }
    }

    /// Submits the update of the body, unless it is of the future.
    async fn submit(
        self,
        app: &App,
        update: MatchUpdate,
        line: String,
    ) -> Result<Response, Problem> {
        ensure_not_ahead(update.time(), app.ahead)?;
        let order = Order {
            key: self.key,
            received: self.received,
            ..Order::new(update, line)
        };
        submit(app, order).await
    }
}

/// Submits an order and waits for its reply.
pub(super) async fn submit(app: &App, order: Order) -> Result<Response, Problem> {
    match app.engine.submit(order)?.await? {
        Reply::Accepted(answer) => {
            Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
        }
        Reply::Refused(reason) => Err(Problem::of_entry(&reason)),
        Reply::KeyUsed => Err(Problem::key_used()),
        Reply::Failed => Err(SubmitError::Down.into()),
        Reply::NotYet => Err(Problem::not_yet()),
        Reply::NoRedis => Err(Problem::no_redis()),
    }
}

/// Refuses an update that is further ahead of the clock than it may be: after it every update of the present would be late.
fn ensure_not_ahead(time: Time, most: Duration) -> Result<(), Problem> {
    let clock = i64::try_from(clock::microseconds() / 1_000_000).unwrap_or(i64::MAX);
    let most = i64::try_from(most.as_secs()).unwrap_or(i64::MAX);
    let latest = clock.saturating_add(most);
    if time.seconds() > latest {
        Err(Problem::ahead(time, Time::from_seconds(clock), most))
    } else {
        Ok(())
    }
}

/// A request that may be sent again.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by OpenAPI only")]
pub(super) struct Keyed {
    /// A name for the request: sent again with the same body it gets the same answer, with another body it is refused.
    /// An event has only one effect without it, too.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    key: Option<String>,
}

/// The key of a request, if that is one. What is wrong with it is said after what is wrong with the body.
#[derive(Debug)]
pub struct Key(Result<Option<String>, Problem>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(idempotency_key(&parts.headers)))
    }
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
