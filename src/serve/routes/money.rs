//! `GET /bankroll` and `/metrics`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::prometheus;
use super::responses::{Invalid, Unreadable};
use crate::domain::Money;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::serve::views::{BankrollAnswer, MetricsAnswer, stamp};

/// The bankroll: balance, reserved and free
#[utoipa::path(get, path = "/bankroll", operation_id = "get_bankroll", responses(
    (status = 200, description = "The bankroll", body = BankrollAnswer), Invalid, Unreadable,
))]
pub async fn bankroll(
    State(app): State<App>,
    params: Params,
) -> Result<Json<BankrollAnswer>, Problem> {
    params.only(&[])?;
    app.ensure_store()?;
    let status = app.engine.status();
    let (bankroll, initial) = (status.bankroll, app.config.engine.bankroll);
    let (current, reserved) = (bankroll.balance(), bankroll.reserved());
    Ok(Json(BankrollAnswer {
        initial: initial.units(),
        current: current.units(),
        reserved: reserved.units(),
        free: bankroll.free().units(),
        profit: (current - initial).units(),
        exposure: (current > Money::ZERO).then(|| reserved.units() / current.units()),
        timestamp: status.time.map(stamp),
    }))
}

/// The totals of the settled bets, and how long things take
///
/// JSON, or the text of Prometheus with `Accept: text/plain`.
#[utoipa::path(get, path = "/metrics", operation_id = "get_metrics", responses(
    (status = 200, description = "Metrics", content((MetricsAnswer = "application/json"), (String = "text/plain"))),
    Invalid, Unreadable,
))]
pub async fn metrics(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    params.only(&[])?;
    app.ensure_store()?;
    let metrics = answer(&app);
    if !wants_text(&headers) {
        return Ok(Json(metrics).into_response());
    }
    let media = (
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    );
    Ok(([media], prometheus::text(&metrics)).into_response())
}

/// Whether text is wanted rather than JSON.
fn wants_text(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let mut medias = accept
        .split(',')
        .map(|media| media.split(';').next().unwrap_or_default().trim());
    let known = [
        "application/json",
        "text/plain",
        "application/openmetrics-text",
        "*/*",
        "application/*",
    ];
    let first = medias.find(|media| known.contains(media));
    first.is_some_and(|media| media == "text/plain" || media == "application/openmetrics-text")
}

fn answer(app: &App) -> MetricsAnswer {
    let status = app.engine.status();
    let metrics = status.metrics;
    MetricsAnswer {
        total_bets: metrics.total_bets,
        winning_bets: metrics.winning_bets,
        total_staked: metrics.total_staked,
        total_payout: metrics.total_payout,
        roi: metrics.roi,
        win_rate: metrics.win_rate,
        average_odds: metrics.average_odds,
        open_bets: metrics.open_bets,
        bankroll: metrics.bankroll,
        timestamp: status.time.map(stamp),
        latency: app.engine.latencies(),
    }
}
