//! `GET /bets` and its parts, and `/live-matches`.

use axum::Json;
use axum::extract::State;

use crate::domain::Time;
use crate::serve::live::LiveMatches;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::serve::store::{BetFilter, BetState};
use crate::serve::views::Bets;

/// All bets, newest first
#[utoipa::path(get, path = "/bets", responses((status = 200, description = "Bets", body = Bets)))]
pub async fn all(State(app): State<App>, params: Params) -> Result<Json<Bets>, Problem> {
    list(&app, &params, BetState::All).await
}

/// Bets without a result yet, newest first
#[utoipa::path(get, path = "/bets/active", responses((status = 200, description = "Bets", body = Bets)))]
pub async fn active(State(app): State<App>, params: Params) -> Result<Json<Bets>, Problem> {
    list(&app, &params, BetState::Active).await
}

/// Bets that were settled, settled last first
#[utoipa::path(get, path = "/bets/settled", responses((status = 200, description = "Bets", body = Bets)))]
pub async fn settled(State(app): State<App>, params: Params) -> Result<Json<Bets>, Problem> {
    list(&app, &params, BetState::Settled).await
}

/// Bets on a page, unless another number is asked for.
const PAGE: usize = 50;

async fn list(app: &App, params: &Params, state: BetState) -> Result<Json<Bets>, Problem> {
    params.only(&["limit", "cursor", "match_id", "from", "to"])?;
    let filter = BetFilter {
        state,
        limit: params.number("limit", [1, 500], "a number from 1 to 500")?.unwrap_or(PAGE),
        before: params.number("cursor", [1, i64::MAX], "the next_cursor of an answer")?,
        match_id: params.name("match_id")?,
        from: params.time("from")?,
        to: params.time("to")?,
    };
    app.read(move |reads| reads.bets(&filter)).await.map(Json)
}

/// How long after it was last heard of a match without a result counts as in play, in seconds.
const LIVE_FOR: i64 = Time::DAY;

/// Matches at most.
const MOST_LIVE: usize = 200;

/// Matches in play: minute, score, odds, current probabilities, open bets
#[utoipa::path(get, path = "/live-matches", responses((status = 200, description = "Matches", body = LiveMatches)))]
pub async fn live_matches(State(app): State<App>, params: Params) -> Result<Json<LiveMatches>, Problem> {
    params.only(&[])?;
    let since = app.desk.now().time.unwrap_or_default() + -LIVE_FOR;
    app.read(move |reads| reads.live(since, MOST_LIVE)).await.map(Json)
}
