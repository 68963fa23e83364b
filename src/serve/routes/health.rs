//! `GET /health`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::serve::state::App;

/// The state of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`; `degraded` while nothing can be written, which passes; `down` when there is no engine or no Redis.
    pub status: String,
    /// Why nothing can be written; null while all is well.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The version of simbet.
    pub version: String,
    /// Seconds since it was started.
    pub uptime_seconds: u64,
    /// The transport of events: `embedded` or `redis`.
    pub bus: String,
    /// `up`, or `down`; null without Redis.
    #[schema(required = true)]
    pub redis: Option<String>,
    /// Who trades on the streams; null while nobody does, and without Redis.
    #[schema(required = true)]
    pub trader: Option<String>,
}

/// Whether the service works; needs no token
#[utoipa::path(get, path = "/health", operation_id = "get_health", security(()), responses(
    (status = 200, description = "The service works", body = Health),
    (status = 503, description = "The engine or Redis is down, or nothing can be written now", body = Health),
))]
pub async fn health(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let (bus, is_embedded) = (
        app.engine.bus().unwrap_or_default(),
        app.engine.streams().bus == "embedded",
    );
    let is_up = app.engine.is_up() && (is_embedded || bus.is_up);
    let stall = app.engine.stall();
    let status = match &stall {
        _ if !is_up => "down",
        Some(_) => "degraded",
        None => "ok",
    };
    let health = Health {
        status: status.to_owned(),
        reason: stall.map(|stall| stall.reason.to_string()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: app.started.elapsed().as_secs(),
        bus: app.engine.streams().bus,
        redis: (!is_embedded).then(|| if bus.is_up { "up" } else { "down" }.to_owned()),
        trader: bus.trader,
    };
    (
        if status == "ok" {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(health),
    )
}
