//! The parts of the page that change. They are rendered once for all viewers, and not more often than is worth it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::sse::Event;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::snapshot::Snapshot;
use super::{bets, matches, money, service};
use crate::serve::broadcast::Listener;
use crate::serve::clock;
use crate::serve::giving_way::giving_way;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// The least time from one rendering to the next.
const PAUSE: Duration = Duration::from_millis(250);
/// Rendering takes at most one part in this many of the time: a large store is read less often.
const SHARE: u32 = 10;
/// The longest silence. A page that receives nothing for several of these treats its connection as lost, see `page.js`.
const BEAT: Duration = Duration::from_secs(5);
/// The pause before a page whose connection was lost tries again.
const RETRY: Duration = Duration::from_millis(1_000);

/// The parts of the page that change, by the id of their place.
#[derive(Debug)]
pub struct View {
    parts: [(&'static str, String); 10],
    /// Whether nothing has happened yet.
    pub is_empty: bool,
}

impl View {
    /// That of this instant. Whoever looks at the page takes no time from those who are to be answered.
    async fn now(app: &App) -> Result<Self, Problem> {
        let (theirs, latencies) = (app.clone(), app.engine.latencies());
        let render = move || Ok(Self::of(&Snapshot::take(&theirs, latencies)?));
        app.read(|_| giving_way(render)?).await
    }

    fn of(all: &Snapshot) -> Self {
        let stored = &all.stored;
        let parts = [
            ("as-of", service::as_of(all)),
            ("tiles", money::tiles(all)),
            ("curve", money::curve(all)),
            ("matches", matches::cards(all)),
            ("open", bets::open(&stored.open.bets)),
            (
                "open-count",
                bets::count(&stored.open, all.status.metrics.open_bets),
            ),
            (
                "settled",
                bets::settled(&stored.settled.bets, &stored.scores),
            ),
            (
                "settled-count",
                bets::count(&stored.settled, all.status.metrics.total_bets),
            ),
            ("service", service::counts(all)),
            ("latency", service::latency(&all.latencies)),
        ];
        Self {
            parts: parts.map(|(place, part)| (place, part.into_string())),
            is_empty: all.status.events == 0,
        }
    }

    /// The content of a place.
    pub fn part(&self, place: &str) -> &str {
        self.parts
            .iter()
            .find(|part| part.0 == place)
            .map_or("", |part| &part.1)
    }

    /// The parts that have changed, as JSON.
    fn changes(&self, before: Option<&Self>) -> Value {
        let parts: Map<_, _> = self
            .parts
            .iter()
            .filter(|(place, part)| before.is_none_or(|before| before.part(place) != part))
            .map(|(place, part)| ((*place).to_owned(), part.as_str().into()))
            .collect();
        json!({ "parts": parts, "empty": self.is_empty })
    }
}

/// The view that was rendered last.
#[derive(Debug, Default)]
pub struct Feed(Mutex<Option<Rendered>>);

#[derive(Debug)]
struct Rendered {
    view: Arc<View>,
    begun: Instant,
    /// The earliest time of the next rendering.
    next: Instant,
}

impl Feed {
    /// A view that is recent enough to open the page with.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recent(&self, app: &App) -> Result<Arc<View>, Problem> {
        self.since(app, clock::instant().checked_sub(PAUSE)).await
    }

    /// A view of the state at this instant or later. It may have to be waited for.
    async fn current(&self, app: &App) -> Result<Arc<View>, Problem> {
        self.since(app, Some(clock::instant())).await
    }

    async fn since(&self, app: &App, instant: Option<Instant>) -> Result<Arc<View>, Problem> {
        // those who wait here share the rendering of the first one
        let mut last = self.0.lock().await;
        if let Some(rendered) = &*last {
            if instant.is_none_or(|instant| rendered.begun >= instant) {
                return Ok(Arc::clone(&rendered.view));
            }
            sleep(rendered.next.saturating_duration_since(clock::instant())).await;
        }
        let begun = clock::instant();
        let view = Arc::new(View::now(app).await?);
        let next = clock::instant() + PAUSE.max(begun.elapsed() * SHARE);
        *last = Some(Rendered {
            view: Arc::clone(&view),
            begun,
            next,
        });
        Ok(view)
    }
}

/// A viewer of the page.
struct Follower {
    app: App,
    feed: Arc<Feed>,
    messages: Listener,
    shown: Option<Arc<View>>,
}

/// The events that a viewer of the page is sent: everything first, then each change, and a sign of life when nothing changes.
pub fn follow(app: App, feed: Arc<Feed>) -> impl Stream<Item = Result<Event, Infallible>> {
    let stopped = app.stopping();
    let messages = app.broadcast.listen(None);
    let version = Event::default()
        .event("version")
        .data(env!("CARGO_PKG_VERSION"))
        .retry(RETRY);
    let follower = Follower {
        app,
        feed,
        messages,
        shown: None,
    };
    let changes = stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await;
        Some((event, follower))
    });
    stream::once(async { version })
        .chain(changes)
        .map(Ok)
        .take_until(stopped)
}

impl Follower {
    async fn next(&mut self) -> Event {
        if self.shown.is_some() {
            // look again after a while without messages, too, and after having lagged behind them
            let _ = timeout(BEAT, self.messages.next()).await;
            self.messages.skip();
        }
        match self.feed.current(&self.app).await {
            Ok(view) => {
                let changes = view.changes(self.shown.as_deref());
                self.shown = Some(view);
                Event::default().event("change").data(changes.to_string())
            }
            // it was logged where it happened; the page shows what it has, and that it hears nothing new
            Err(_) => {
                sleep(BEAT).await;
                Event::default().comment("the store cannot be read")
            }
        }
    }
}
