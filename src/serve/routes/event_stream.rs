//! `GET /events`: what happens, as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt as _};

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
    let stopped = app.stopping();
    let all = stream::unfold(app.broadcast.listen(since), |mut listener| async move {
        Some((listener.next().await, listener))
    });
    let all = all.flat_map(|missed| stream::iter(parts(missed)));
    let all = all.map(|part| Ok(part.map_or_else(reset, |message| shown(&message))));
    let all = all.take_until(stopped);
    let events = Sse::new(seat.held_by(all));
    Ok(events.keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Messages, or `None` for those that are missing. A listener that is too slow has missed some as one that comes back too late.
fn parts(missed: Missed) -> Vec<Option<Arc<Message>>> {
    match missed {
        Missed::Messages(messages) => messages.into_iter().map(Some).collect(),
        Missed::TooMuch => vec![None],
    }
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
