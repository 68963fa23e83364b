//! The page at `/`.

use axum::Router;
use axum::routing::get;

use super::state::App;

/// The page and what belongs to it.
pub fn router() -> Router<App> {
    Router::new().route("/", get(page))
}

async fn page() -> &'static str {
    "simbet"
}
