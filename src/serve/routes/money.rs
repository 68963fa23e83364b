//! `GET /bankroll` and `/metrics`.

use axum::Json;
use axum::extract::State;

use crate::domain::Money;
use crate::serve::params::Params;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::serve::views::{BankrollAnswer, MetricsAnswer, stamp};

/// What there is to bet with
#[utoipa::path(get, path = "/bankroll", responses((status = 200, description = "The bankroll", body = BankrollAnswer)))]
pub async fn bankroll(State(app): State<App>, params: Params) -> Result<Json<BankrollAnswer>, Problem> {
    params.only(&[])?;
    let now = app.desk.now();
    let (bankroll, initial) = (now.bankroll, app.config.engine.bankroll);
    let (current, reserved) = (bankroll.balance(), bankroll.reserved());
    Ok(Json(BankrollAnswer {
        initial: initial.units(),
        current: current.units(),
        reserved: reserved.units(),
        free: bankroll.free().units(),
        profit: (current - initial).units(),
        exposure: (current > Money::ZERO).then(|| reserved.units() / current.units()),
        timestamp: now.time.map(stamp),
    }))
}

/// What the settled bets come to, and how long things take
#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Metrics", body = MetricsAnswer)))]
pub async fn metrics(State(app): State<App>, params: Params) -> Result<Json<MetricsAnswer>, Problem> {
    params.only(&[])?;
    Ok(Json(answer(&app)))
}

fn answer(app: &App) -> MetricsAnswer {
    let now = app.desk.now();
    let metrics = now.metrics;
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
        timestamp: now.time.map(stamp),
        latency: app.desk.latencies(),
    }
}
