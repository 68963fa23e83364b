//! The state of the service: events, refusals, latencies.

use maud::{Markup, html};

use super::snapshot::Snapshot;
use super::text::instant;
use crate::report::text_table::{decimals, thousands};
use crate::serve::views::{Latencies, Quantiles, stamp};

/// The time that the events have reached.
pub fn as_of(all: &Snapshot) -> Markup {
    html! { @match all.status.time {
        Some(time) => { "events up to " (instant(&stamp(time))) " UTC" },
        None => { "no events yet" },
    } }
}

/// Counts of the events by their outcome.
pub fn counts(all: &Snapshot) -> Markup {
    let streams = &all.streams;
    let waiting = format!(
        "{} of {}",
        number(streams.waiting),
        number(streams.capacity)
    );
    html! {
        (state("engine", all.is_up, "running", "down: see its log"))
        (row("bus", &streams.bus))
        @if let Some(bus) = &all.bus {
            (state("Redis", bus.is_up, "up", "down"))
            (state("trader", bus.trader.is_some(), bus.trader.as_deref().unwrap_or_default(), "nobody trades"))
        }
        (row("events accepted", &number(all.status.events)))
        (row("refused since start", &number(all.status.refused)))
        (row("repeated since start", &number(all.status.repeated)))
        (row("waiting", &waiting))
        @for stream in &streams.streams { (row(&format!("stream {}", stream.name), &number(stream.length))) }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn number(count: u64) -> String {
    thousands(&count.to_string())
}

/// A part that the service depends on: marked where it is down.
fn state(name: &str, is_well: bool, well: &str, unwell: &str) -> Markup {
    html! { div { dt { (name) } dd class=[(!is_well).then_some("down")] { @if is_well { (well) } @else { (unwell) } } } }
}

/// Quantiles, a row for each step.
pub fn latency(all: &Latencies) -> Markup {
    html! {
        (quantiles("ingestion", &all.ingestion_ms))
        (quantiles("decision", &all.decision_ms))
        (quantiles("end to end", &all.end_to_end_ms))
    }
}

fn quantiles(step: &str, of: &Quantiles) -> Markup {
    html! { tr {
        th scope="row" { (step) }
        @for quantile in [of.p50, of.p99, of.p999] { td.number { (decimals(quantile, 2)) } }
    } }
}
