//! `GET /health`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::serve::state::App;

/// How the service is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`, or `down` when there is no engine.
    pub status: String,
    /// The version of simbet.
    pub version: String,
    /// Seconds since it was started.
    pub uptime_seconds: u64,
    /// What carries events: `embedded`.
    pub bus: String,
    /// `up`, or `down`; null without Redis.
    pub redis: Option<String>,
}

/// Whether the service works; needs no token
#[utoipa::path(get, path = "/health", operation_id = "get_health", security(()), responses(
    (status = 200, description = "It does", body = Health),
    (status = 503, description = "The engine is down", body = Health),
))]
pub async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let is_up = app.desk.is_up();
    let health = Health {
        status: if is_up { "ok" } else { "down" }.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: app.started.elapsed().as_secs(),
        bus: app.desk.streams().bus,
        redis: app.desk.redis().map(|is_up| if is_up { "up" } else { "down" }.to_owned()),
    };
    (if is_up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(health))
}
