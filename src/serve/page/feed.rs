//! What changes of the page, rendered once for all who look at it, and no more often than it pays.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::response::sse::Event;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, broadcast};
use tokio::time::{sleep, timeout};

use super::snapshot::Snapshot;
use super::{bets, matches, money, service};
use crate::serve::broadcast::Message;
use crate::serve::clock;
use crate::serve::problem::Problem;
use crate::serve::state::App;

/// The least time from one rendering to the next.
const PAUSE: Duration = Duration::from_millis(250);
/// Rendering takes at most one part of so many of the time: a store that has grown large is read less often.
const SHARE: u32 = 10;
/// A page that hears nothing for some of these takes its connection for lost, see `page.js`.
const BEAT: Duration = Duration::from_secs(5);
/// After so many milliseconds a page whose connection was lost tries again.
const RETRY: Duration = Duration::from_millis(1_000);

/// The parts of the page that change, by the id of their place.
#[derive(Debug)]
pub struct View {
    parts: [(&'static str, String); 10],
    /// Whether nothing has happened yet.
    pub is_empty: bool,
}

impl View {
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
                bets::count(&stored.open, all.now.metrics.open_bets),
            ),
            (
                "settled",
                bets::settled(&stored.settled.bets, &stored.scores),
            ),
            (
                "settled-count",
                bets::count(&stored.settled, all.now.metrics.total_bets),
            ),
            ("service", service::counts(all)),
            ("latency", service::latency(&all.latencies)),
        ];
        Self {
            parts: parts.map(|(place, part)| (place, part.into_string())),
            is_empty: all.now.events == 0,
        }
    }

    /// What belongs into a place.
    pub fn part(&self, place: &str) -> &str {
        self.parts
            .iter()
            .find(|part| part.0 == place)
            .map_or("", |part| &part.1)
    }

    /// The parts that are not what they were, as JSON.
    fn changes(&self, before: Option<&Self>) -> Value {
        let is_new =
            |part: &&(&str, String)| before.is_none_or(|before| before.part(part.0) != part.1);
        let parts: Map<_, _> = self
            .parts
            .iter()
            .filter(is_new)
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
    /// Not before this is it rendered again.
    next: Instant,
}

impl Feed {
    /// A view that is as good as new.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn recent(&self, app: &App) -> Result<Arc<View>, Problem> {
        self.since(app, clock::instant().checked_sub(PAUSE)).await
    }

    /// A view of how things are at this instant or later; it may have to be waited for.
    async fn current(&self, app: &App) -> Result<Arc<View>, Problem> {
        self.since(app, Some(clock::instant())).await
    }

    async fn since(&self, app: &App, instant: Option<Instant>) -> Result<Arc<View>, Problem> {
        // whoever waits here is served by the rendering of whoever came first
        let mut last = self.0.lock().await;
        if let Some(rendered) = &*last {
            if instant.is_none_or(|instant| rendered.begun >= instant) {
                return Ok(Arc::clone(&rendered.view));
            }
            sleep(rendered.next.saturating_duration_since(clock::instant())).await;
        }
        let begun = clock::instant();
        let snapshot = Snapshot::take(app).await?;
        let view = Arc::new(View::of(&snapshot));
        let next = clock::instant() + PAUSE.max(begun.elapsed() * SHARE);
        *last = Some(Rendered {
            view: Arc::clone(&view),
            begun,
            next,
        });
        Ok(view)
    }
}

/// Somebody who looks at the page.
struct Follower {
    app: App,
    feed: Arc<Feed>,
    news: broadcast::Receiver<Arc<Message>>,
    shown: Option<Arc<View>>,
}

/// What somebody is sent who looks at the page: everything, then what changes, and a sign of life when nothing does.
pub fn follow(app: App, feed: Arc<Feed>) -> impl Stream<Item = Result<Event, Infallible>> {
    let stopped = app.stopping();
    let (_, news) = app.broadcast.listen(None);
    let version = Event::default()
        .event("version")
        .data(env!("CARGO_PKG_VERSION"))
        .retry(RETRY);
    let follower = Follower {
        app,
        feed,
        news,
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
            // nothing for a while, or a lag behind the news, is reason enough to look
            let _ = timeout(BEAT, self.news.recv()).await;
            self.news = self.news.resubscribe();
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
