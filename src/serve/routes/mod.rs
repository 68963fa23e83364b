//! Requests and their answers.

mod backtests;
mod bets;
mod body;
mod docs;
mod entry_line;
mod event_body;
mod event_stream;
mod events;
mod health;
mod money;
mod predictions;
mod prometheus;
mod responses;
mod simulate;
mod streams;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body_budget::MAX_UPLOAD;
use super::page;
use super::problem::Problem;
use super::state::App;

/// The document that describes the service.
#[derive(OpenApi)]
#[openapi(
    components(schemas(Problem)),
    info(
        title = "simbet",
        description = "Bets on football matches as their prices and results arrive, and keeps the bankroll."
    )
)]
struct Document;

/// Every route, that of the document which describes them included.
pub fn all(app: App, has_token: bool) -> Router {
    let (router, api) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::health))
        .routes(routes!(events::post_match_event))
        .routes(routes!(events::post_match_result))
        .routes(routes!(bets::all))
        .routes(routes!(bets::active))
        .routes(routes!(bets::settled))
        .routes(routes!(bets::settle))
        .routes(routes!(bets::live_matches))
        .routes(routes!(predictions::predict))
        .routes(routes!(simulate::simulate_match))
        .merge(uploads())
        .routes(routes!(backtests::get, backtests::delete))
        .routes(routes!(streams::info))
        .routes(routes!(money::bankroll))
        .routes(routes!(money::metrics))
        .routes(routes!(event_stream::events))
        .split_for_parts();
    let api = docs::complete(api, has_token);
    router
        .merge(page::router())
        .merge(docs::router(&api))
        .with_state(app)
}

/// Requests that bring files.
fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(backtests::start))
        .layer(DefaultBodyLimit::max(MAX_UPLOAD))
}
