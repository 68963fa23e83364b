//! The parts of the page that do not change while it is viewed.

use axum::http::{HeaderMap, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use utoipa::PartialSchema as _;
use utoipa::openapi::{RefOr, Schema};

use super::bets::{self, Column};
use super::feed::View;
use crate::serve::requests::MatchEventBody;

/// How a viewer of the page reaches the service.
#[derive(Debug)]
pub struct Visitor {
    host: String,
    has_token: bool,
}

impl Visitor {
    /// The sender of a request.
    pub fn of(headers: &HeaderMap) -> Self {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("127.0.0.1:8000");
        Self {
            host: host.to_owned(),
            has_token: headers.contains_key(header::AUTHORIZATION),
        }
    }
}

/// The page with its present content.
pub fn page(view: &View, described: &str, visitor: &Visitor) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-version=(env!("CARGO_PKG_VERSION")) {
            (head())
            body {
                a.skip href="#main" { "Skip to the figures" }
                header.top {
                    div {
                        h1 { "simbet" }
                        p.what { (described) }
                    }
                    div.state {
                        p #connection role="status" data-state="connecting" { "connecting …" }
                        (live(view, "p", "as-of"))
                    }
                }
                main #main tabindex="-1" {
                    noscript { p.verdict { "This page updates itself with JavaScript. Without it, reload the page to see the latest." } }
                    (empty(view, visitor))
                    (live(view, "div", "tiles"))
                    div.columns {
                        div.first { (curve(view)) (matches(view)) (open(view)) (settled(view)) }
                        div.second { (simulate()) (service(view)) }
                    }
                }
                footer { p.note {
                    "simbet " (env!("CARGO_PKG_VERSION")) " · " a href="/docs" { "the API" } " · "
                    a href="/openapi.json" { "OpenAPI" } " · " a href="/metrics" { "metrics" } " · " a href="/health" { "health" }
                } }
            }
        }
    }
}

fn head() -> Markup {
    html! { head {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { "simbet: live" }
        link rel="icon" href="data:,";
        link rel="stylesheet" href="/page/page.css";
        script src="/page/page.js" defer {}
    } }
}

/// An element whose content changes.
fn live(view: &View, element: &str, place: &str) -> Markup {
    // safe without escaping: element and place are constants of this page
    PreEscaped(format!(
        "<{element} id=\"{place}\" data-live>{}</{element}>",
        view.part(place)
    ))
}

fn section(id: &str, title: &Markup, content: &Markup) -> Markup {
    let (panel, heading) = (format!("{id}-panel"), format!("{id}-title"));
    html! { section.panel id=(panel) aria-labelledby=(heading) { h2 id=(heading) { (title) } (content) } }
}

/// What to do when nothing has happened yet.
fn empty(view: &View, visitor: &Visitor) -> Markup {
    html! { section #empty.verdict aria-labelledby="empty-title" hidden[!view.is_empty] {
        h2 #empty-title { "Nothing has happened yet" }
        p { "Send the first prices of a match, and this page will show what the model and the strategy make of them:" }
        pre tabindex="0" role="group" aria-label="Example of a request" { code { (example(visitor)) } }
        p { a href="#simulate" { "Or simulate a match" } ", and watch how it is played and bet on. " a href="/docs" { "Everything else is in the API." } }
    } }
}

fn example(visitor: &Visitor) -> String {
    let token = if visitor.has_token {
        " \\\n  -H \"Authorization: Bearer $SIMBET_API_TOKEN\""
    } else {
        ""
    };
    format!(
        "curl http://{}/match-events{token} \\\n  -H 'Content-Type: application/json' \\\n  -d '{}'",
        visitor.host,
        body()
    )
}

/// The body that the document of the API shows.
fn body() -> String {
    match MatchEventBody::schema() {
        RefOr::T(Schema::Object(object)) => object
            .example
            .map_or_else(String::new, |example| example.to_string()),
        _ => String::new(),
    }
}

fn curve(view: &View) -> Markup {
    // the chart has a title of its own
    section(
        "curve",
        &html! { span.unseen { "Bankroll" } },
        &live(view, "figure", "curve"),
    )
}

fn matches(view: &View) -> Markup {
    section(
        "matches",
        &html! { "Matches in play" },
        &html! {
            div.tall tabindex="0" role="group" aria-label="Matches in play" { (live(view, "div", "matches")) }
            details { summary { "What the columns mean" } p.note {
                "Market: the price's probability without its margin. Model: that of the model, from the score and the minute. "
                "Edge: the model's probability minus 1 / odds. EV: what a unit of stake is expected to win."
            } }
        },
    )
}

fn open(view: &View) -> Markup {
    table(view, "open", "Open bets", &bets::OPEN)
}

fn settled(view: &View) -> Markup {
    table(view, "settled", "Settled bets", &bets::SETTLED)
}

/// A table whose rows change, which scrolls on its own where it is too wide.
fn table(view: &View, place: &str, title: &str, columns: &[Column]) -> Markup {
    let count = live(view, "span", &format!("{place}-count"));
    let rows = html! {
        div.wide.tall tabindex="0" role="group" aria-label=(title) {
            table {
                caption.unseen { (title) ", the newest first" }
                thead { tr { @for (name, is_number) in columns {
                    th.number[*is_number] scope="col" { (name) }
                } } }
                (live(view, "tbody", place))
            }
        }
    };
    section(place, &html! { (title) " " (count) }, &rows)
}

fn service(view: &View) -> Markup {
    section(
        "service",
        &html! { "Service" },
        &html! {
            (live(view, "dl", "service"))
            table {
                caption { "Milliseconds that an event takes" }
                thead { tr {
                    th scope="col" { "step" }
                    @for name in ["median", "99 %", "99.9 %"] { th.number scope="col" { (name) } }
                } }
                (live(view, "tbody", "latency"))
            }
        },
    )
}

/// The paces of a simulated match: minutes of play a second, empty for at once, each with its label.
const PACES: [(&str, &str); 4] = [
    ("1", "1 minute of play a second"),
    ("5", "5 minutes of play a second"),
    ("15", "15 minutes of play a second"),
    ("", "at once"),
];

fn simulate() -> Markup {
    section(
        "simulate",
        &html! { "Simulate a match" },
        &html! {
            form #simulate action="/simulate/match" method="post" {
                (text("home_team", "Home team", "Rovers"))
                (text("away_team", "Away team", "Wanderers"))
                label for="pace" { "Pace" }
                select #pace name="pace" { @for (pace, label) in PACES {
                    option value=(pace) selected[pace == "5"] { (label) }
                } }
                label for="seed" { "Seed " span.remark { "optional: the same seed gives the same match" } }
                input #seed name="seed" inputmode="numeric" pattern="[0-9]{1,19}" title="a whole number" autocomplete="off";
                button type="submit" { "Play the match" }
                output #played for="home_team away_team pace seed" {}
            }
            p.note { "It is invented, and bet on with the same bankroll as everything else." }
        },
    )
}

fn text(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label for=(name) { (label) }
        input id=(name) name=(name) value=(value) required maxlength="128" autocomplete="off";
    }
}
