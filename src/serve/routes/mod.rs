//! Requests and their answers.

mod bets;
mod events;
mod health;
mod money;
mod news;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use super::state::App;

/// The document that describes the service.
#[derive(OpenApi)]
#[openapi(info(
    title = "simbet",
    description = "Bets on football matches as their prices and results come, and says what became of the bankroll."
))]
struct Document;

/// Every route, and the document that describes them.
pub fn all(app: App) -> (Router, utoipa::openapi::OpenApi) {
    let (router, api) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::health))
        .routes(routes!(events::post_match_event))
        .routes(routes!(events::post_match_result))
        .routes(routes!(bets::all))
        .routes(routes!(bets::active))
        .routes(routes!(bets::settled))
        .routes(routes!(bets::live_matches))
        .routes(routes!(money::bankroll))
        .routes(routes!(money::metrics))
        .routes(routes!(news::events))
        .split_for_parts();
    (router.merge(page::router()).with_state(app), api)
}
