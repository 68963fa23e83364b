//! The page at `/`: bankroll, matches in play, bets, and how the service does, as they are now.
//!
//! Everything is rendered here, as HTML by maud and as charts of the report: the page's own script puts what it is sent
//! where it belongs, and nothing else. Everything that comes from data is escaped by maud.

mod bets;
mod feed;
mod matches;
mod money;
mod service;
mod shell;
mod snapshot;
mod text;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::sse::Sse;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Router};

use super::listener::Connection;
use super::problem::Problem;
use super::state::App;
use crate::report::{chart, page as report_page};
use feed::Feed;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page and what belongs to it.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/page/events", get(events))
        .route("/page/page.css", get(style))
        .route("/page/page.js", get(script))
        .layer(Extension(Arc::new(Feed::default())))
}

async fn page(
    State(app): State<App>,
    Extension(feed): Extension<Arc<Feed>>,
    headers: HeaderMap,
) -> Result<Html<String>, Problem> {
    let view = feed.recent(&app).await?;
    let visitor = shell::Visitor::of(&headers);
    Ok(Html(
        shell::page(&view, &app.config.describe_stream(), &visitor).into_string(),
    ))
}

/// What changes of the page, as it changes.
async fn events(
    State(app): State<App>,
    Extension(feed): Extension<Arc<Feed>>,
    Extension(connection): Extension<Arc<Connection>>,
) -> Result<impl IntoResponse, Problem> {
    let seat = connection
        .listen()
        .ok_or_else(|| Problem::crowded("listeners"))?;
    // a proxy in between that collects what it is sent would keep it from those who wait for it
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    let events = seat.held_by(feed::follow(app, feed));
    Ok((unbuffered, Sse::new(events)))
}

/// The report's style, the charts', and what only this page has.
async fn style() -> impl IntoResponse {
    let media = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (
        media,
        format!("{}{}{STYLE}", report_page::STYLE, chart::style()),
    )
}

async fn script() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        SCRIPT,
    )
}
