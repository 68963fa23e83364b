//! `GET /bets` and its parts, and `/live-matches`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;
use utoipa::IntoParams;

use super::events::submit;
use super::responses::{Busy, Conflicting, Invalid, Unknown, Unreadable};
use crate::domain::{MatchStatus, Score, StatusWord, Time};
use crate::schema::event::{MatchRef, MatchResult};
use crate::schema::{VISIBLE, is_id};
use crate::serve::live::LiveMatches;
use crate::serve::match_update::MatchUpdate;
use crate::serve::order::Order;
use crate::serve::params::{NoBody, Params};
use crate::serve::problem::Problem;
use crate::serve::requests::StatusText;
use crate::serve::state::App;
use crate::serve::store::{BetFilter, BetState};
use crate::serve::views::{Bets, ResultAnswer, stamp};

/// All bets, newest first
#[utoipa::path(get, path = "/bets", operation_id = "list_bets", params(BetQuery), responses((status = 200, description = "Bets", body = Bets), Invalid, Unreadable))]
pub async fn all(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    list(&app, &params, BetState::All).await
}

/// Bets without a result yet, newest first
#[utoipa::path(get, path = "/bets/active", operation_id = "list_active_bets", params(BetQuery), responses((status = 200, description = "Bets", body = Bets), Invalid, Unreadable))]
pub async fn active(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    list(&app, &params, BetState::Active).await
}

/// Bets that were settled, the latest settlement first
#[utoipa::path(get, path = "/bets/settled", operation_id = "list_settled_bets", params(BetQuery), responses((status = 200, description = "Bets", body = Bets), Invalid, Unreadable))]
pub async fn settled(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    list(&app, &params, BetState::Settled).await
}

/// Which bets.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by OpenAPI only")]
struct BetQuery {
    /// How many at most; 50 by default.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[param(pattern = "^[1-9][0-9]{0,17}$")]
    cursor: Option<String>,
    /// Only those on this match.
    #[param(
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]+$"
    )]
    match_id: Option<String>,
    /// Only those placed at or after this time; without a zone it is UTC.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only those placed at or before this time; without a zone it is UTC.
    #[param(format = DateTime)]
    to: Option<String>,
}

/// Bets on a page by default.
const PAGE: usize = 50;

async fn list(app: &App, params: &Params, state: BetState) -> Result<Response, Problem> {
    params.only(&["limit", "cursor", "match_id", "from", "to"])?;
    let filter = BetFilter {
        state,
        limit: params
            .number("limit", [1, 500], "a number from 1 to 500")?
            .unwrap_or(PAGE),
        before: params.number(
            "cursor",
            [1, 999_999_999_999_999_999],
            "the next_cursor of an answer",
        )?,
        match_id: params.id("match_id")?,
        from: params.time("from")?,
        to: params.time("to")?,
    };
    app.read(move |reads| Ok(json_of(&Bets::from(reads.bets(&filter)?))))
        .await
}

/// A large answer. It is written by the thread that has read it: those that answer requests have others to answer.
fn json_of(answer: &impl Serialize) -> Response {
    Json(answer).into_response()
}

/// How long after its last event a match without a result counts as in play, in seconds.
const LIVE_FOR: i64 = Time::DAY;

/// Matches at most.
const MOST_LIVE: usize = 200;

/// Matches in play: minute, score, odds, current probabilities, open bets
#[utoipa::path(get, path = "/live-matches", operation_id = "list_live_matches", responses(
    (status = 200, description = "Matches", body = LiveMatches), Invalid, Unreadable,
))]
pub async fn live_matches(State(app): State<App>, params: Params) -> Result<Response, Problem> {
    params.only(&[])?;
    let since = app.engine.status().time.unwrap_or_default() + -LIVE_FOR;
    app.read(move |reads| Ok(json_of(&LiveMatches::from(reads.live(since, MOST_LIVE)?))))
        .await
}

/// The final score.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by OpenAPI only")]
struct Goals {
    /// Goals of the home side; needed of a match that was played.
    #[param(minimum = 0, maximum = 99)]
    home_goals: Option<u8>,
    /// Goals of the away side; needed of a match that was played.
    #[param(minimum = 0, maximum = 99)]
    away_goals: Option<u8>,
    /// What became of it; played where it is missing.
    #[param(inline)]
    status: Option<StatusText>,
}

/// Settles a match by hand: the same as its result, known now
#[utoipa::path(post, path = "/bets/{match_id}/settle", operation_id = "settle_match", params(
    ("match_id" = String, Path, description = "The id of the match", min_length = 1, max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]+$"),
    Goals,
), responses(
    (status = 200, description = "The outcome", body = ResultAnswer), Invalid, Unknown, Conflicting, Busy,
))]
pub async fn settle(
    State(app): State<App>,
    Path(match_id): Path<String>,
    params: Params,
    _: NoBody,
) -> Result<Response, Problem> {
    params.only(&["home_goals", "away_goals", "status"])?;
    if !is_id(&match_id) {
        let found = format!("{match_id:?}");
        return Err(Problem::field("match_id", VISIBLE, &found));
    }
    let status = status(&params)?;
    let score = Score {
        home: goals(&params, "home_goals", status)?,
        away: goals(&params, "away_goals", status)?,
    };
    // by the clock of the events: a later time would make everything between late
    let time = app.engine.status().time.unwrap_or_default();
    submit(&app, by_hand(match_id, score, status, time)).await
}

/// The goals of a side; 0 where they are missing and the match has no result.
fn goals(params: &Params, name: &str, status: MatchStatus) -> Result<u8, Problem> {
    match params.number(name, [0, 99], "goals, 0 to 99")? {
        Some(goals) => Ok(goals),
        None if !status.has_result() => Ok(0),
        None => Err(Problem::field(name, "goals, 0 to 99", "nothing")),
    }
}

fn status(params: &Params) -> Result<MatchStatus, Problem> {
    let Some(code) = params.text("status") else {
        return Ok(MatchStatus::Played);
    };
    match StatusWord::of(code) {
        Some(StatusWord::Over(status)) => Ok(status),
        Some(StatusWord::NotOver) | None => {
            let codes = MatchStatus::ALL.map(MatchStatus::code).join(", ");
            let allowed = format!("one of {codes}");
            Err(Problem::field("status", &allowed, &format!("{code:?}")))
        }
    }
}

/// The result of a match that is known by hand, as a round of its own.
fn by_hand(match_id: String, score: Score, status: MatchStatus, time: Time) -> Order {
    let data = json!({
        "match_id": match_id, "home_goals": score.home, "away_goals": score.away, "status": status.code(),
        "timestamp": stamp(time), "round_size": 1,
    });
    let line = json!({ "event_type": MatchResult::TYPE, "data": data }).to_string();
    let result = MatchResult {
        about: MatchRef::of(match_id),
        time,
        score,
        status,
        statistics: None,
        dropped: Vec::new(),
        round_size: Some(1),
    };
    Order::new(MatchUpdate::Result(result), line)
}
