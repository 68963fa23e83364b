//! `GET /events`: what happens, as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio_stream::wrappers::BroadcastStream;

use super::responses::Crowded;
use crate::serve::broadcast::{Message, Missed};
use crate::serve::listener::Connection;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// The idle time after which a comment shows that the connection is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events: match events and results, predictions, bets, settlements, metrics
///
/// The types and the data are those of streams. With `Last-Event-ID`, what was missed comes first; if that is more
/// than is kept, there is an event `reset` instead: after it, load everything again.
#[utoipa::path(get, path = "/events", operation_id = "listen_to_events", responses((status = 200, description = "The events", content_type = "text/event-stream", body = String), Crowded))]
pub async fn events(
    State(app): State<App>,
    Extension(connection): Extension<Arc<Connection>>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let seat = connection
        .listen()
        .ok_or_else(|| Problem::crowded("listeners"))?;
    let since = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let since = since.map(|id| id.parse().unwrap_or(u64::MAX));
    let (missed, receiver) = app.broadcast.listen(since);
    let first = match missed {
        Missed::Messages(messages) => messages.iter().map(shown).collect(),
        Missed::TooMuch => vec![reset()],
    };
    // a listener that is too slow for the buffer has missed messages, too
    let then = BroadcastStream::new(receiver)
        .map(|message| message.map_or_else(|_| reset(), |message| shown(&message)));
    let stopped = app.stopping();
    let all = stream::iter(first).chain(then).map(Ok).take_until(stopped);
    let events = Sse::new(seat.held_by(all));
    Ok(events.keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

fn shown(message: &Arc<Message>) -> Event {
    Event::default()
        .id(message.id.to_string())
        .event(message.event)
        .data(&message.data)
}

fn reset() -> Event {
    Event::default().event("reset").data("{}")
}
