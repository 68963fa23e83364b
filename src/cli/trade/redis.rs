//! `simbet trade --redis`: a trader for each partition that is this process's part.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::partition::{Outcome, Trader, Turn};
use super::shares::{Place, Shared};
use super::{GroupArgs, Trade, summarise};
use crate::cli::redis::{Server, warn_once};
use crate::cli::{Console, signals};
use crate::config::RunConfig;
use crate::domain::Money;
use crate::error::Error;
use crate::redis::{Members, PartitionConfig, Patience, RedisError};
use crate::source::stream::redis::{Clock, Latencies};
use crate::source::stream::{Refused, StreamConfig};
use crate::source::{Matches, SourceError};

/// What is to be done.
pub struct Task<'a> {
    pub arguments: &'a Trade,
    pub config: &'a RunConfig,
    pub stream: StreamConfig,
    pub history: Option<Arc<Matches>>,
    pub console: Console,
}

/// How long one waits until one asks again whether a partition is free.
const TURN: Duration = Duration::from_millis(200);
/// How often the partitions are shared out anew.
const SHARING: Duration = Duration::from_secs(1);

/// Trades until the streams end, nothing comes any more, or somebody says stop.
pub fn trade(task: &Task<'_>) -> anyhow::Result<()> {
    let server = Server::new(&task.arguments.redis)?;
    let stop = signals::stop_on_signals()?;
    let note = warn_once(task.console);
    let group = Group {
        task,
        note: &note,
        consumer: consumer(&task.arguments.group),
        server,
    };
    let outcomes = group.trade(&stop)?;
    group.report(&outcomes);
    Ok(())
}

fn consumer(arguments: &GroupArgs) -> String {
    arguments.consumer.clone().unwrap_or_else(|| {
        let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        let host = if host.trim().is_empty() {
            "simbet"
        } else {
            host.trim()
        };
        format!("{host}-{}", std::process::id())
    })
}

impl Task<'_> {
    /// The clock by which entries are timed, if they are.
    pub fn clock(&self) -> Option<Clock> {
        (!self.arguments.group.no_latency).then(|| Box::new(milliseconds) as Clock)
    }

    /// Warns of an entry that is put aside, unless that was said before.
    pub fn put_aside(&self, refused: &Refused<'_>, done: u64) {
        if refused.number > done {
            self.console
                .warn(format!("entry {}: {}", refused.number, refused.reason));
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long entries take is measured; what is done with them does not depend on it"
)]
fn milliseconds() -> f64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// The traders of this process.
struct Group<'a> {
    task: &'a Task<'a>,
    note: &'a (dyn Fn(&RedisError) + Sync),
    consumer: String,
    server: Server,
}

impl Group<'_> {
    fn trade(&self, stop: &Arc<AtomicBool>) -> anyhow::Result<Vec<Outcome>> {
        let count = self.server.layout.count();
        let traders: Vec<_> = (0..count)
            .map(|partition| self.trader(partition, count))
            .collect();
        // a mistake in the address should be said at once, not after minutes of trying
        let once = Patience {
            total: Duration::ZERO,
            stop: Arc::clone(stop),
            note: &|_| {},
        };
        traders[0].connect(&once)?;
        self.task.console.note(format!(
            "{} of group {} trades on {} at {}",
            self.consumer,
            self.task.arguments.group.group,
            self.server.layout.keys(0).match_events,
            self.server.address
        ));
        let shared = Shared::new(count);
        thread::scope(|scope| {
            let workers: Vec<_> = traders
                .iter()
                .map(|trader| scope.spawn(|| self.supervise(trader, &shared)))
                .collect();
            self.keep_order(stop, &shared);
            let outcomes: Result<Vec<_>, Error> = workers
                .into_iter()
                .map(|worker| {
                    worker
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect();
            Ok(outcomes?.into_iter().flatten().collect())
        })
    }

    fn trader(&self, partition: u32, count: u32) -> Trader<'_> {
        let mut config = self.task.config.clone();
        config.engine.bankroll = part(config.engine.bankroll, partition, count);
        let arguments = &self.task.arguments.group;
        let consumer = PartitionConfig {
            address: self.server.address.clone(),
            layout: self.server.layout.clone(),
            group: arguments.group.clone(),
            consumer: self.consumer.clone(),
            lease: arguments.lease,
            settings: config.trading_digest(
                self.task.stream.book,
                self.task.history.as_deref(),
                count,
            ),
            maxlen: self.task.arguments.maxlen.maxlen,
        };
        Trader {
            task: self.task,
            config,
            consumer,
            partition,
            until_idle: arguments.until_idle,
            stay: arguments.stay,
        }
    }

    /// Takes turns at a partition until it is over; what this process saw of it, if anything.
    fn supervise(&self, trader: &Trader<'_>, shared: &Shared) -> Result<Option<Outcome>, Error> {
        let result = self.take_turns(trader, shared.place(trader.partition), shared);
        shared.leave(result.is_err());
        result
    }

    fn take_turns(
        &self,
        trader: &Trader<'_>,
        place: &Place,
        shared: &Shared,
    ) -> Result<Option<Outcome>, Error> {
        let (mut seen, mut stands_by) = (None, false);
        while !shared.is_stopping() {
            if !shared.reserve(place) {
                thread::sleep(TURN);
                continue;
            }
            let turn = self.turn(trader, place);
            let was_to_yield = shared.free(place);
            match turn {
                Ok(Turn::Over(outcome)) if !was_to_yield => return Ok(Some(*outcome)),
                Ok(Turn::Over(outcome)) => {
                    seen = Some(*outcome);
                    // whoever lacks a partition should have the time to take it
                    thread::sleep(2 * SHARING);
                }
                Ok(Turn::Elsewhere) => {
                    if !std::mem::replace(&mut stands_by, true) {
                        let key = self.server.layout.keys(trader.partition).match_events;
                        self.task
                            .console
                            .note(format!("stands by: another consumer is at work on {key}"));
                    }
                    thread::sleep(TURN);
                }
                Err(error) => self.recover(error)?,
            }
        }
        Ok(seen)
    }

    fn turn(&self, trader: &Trader<'_>, place: &Place) -> Result<Turn, Error> {
        let patience = Server::patience(&place.stop, self.note);
        let link = trader.connect(&patience).map_err(SourceError::from)?;
        trader.take_turn(link, &place.stop)
    }

    /// Lets a connection that broke, and a lease that was lost, be nothing but the end of a turn.
    fn recover(&self, error: Error) -> Result<(), Error> {
        match error {
            Error::Source(SourceError::Redis(error)) if error.ends_a_turn() => {
                (self.note)(&error);
                thread::sleep(TURN);
                Ok(())
            }
            error => Err(error),
        }
    }

    /// Passes on that somebody said stop, and shares out the partitions, until every trader is through.
    fn keep_order(&self, stop: &AtomicBool, shared: &Shared) {
        let (mut members, mut since) = (None, SHARING);
        while !shared.are_all_through() {
            if stop.load(Ordering::Relaxed) {
                shared.stop();
            }
            if since >= SHARING && self.server.layout.count() > 1 {
                members = self.share_out(members, shared);
                since = Duration::ZERO;
            }
            thread::sleep(TURN / 4);
            since += TURN / 4;
        }
        if let Some(members) = members {
            // whoever is not told finds out when nothing is heard any more
            let _ = members.leave();
        }
    }

    /// Finds out how many partitions are this process's part; while Redis is away, it stays what it was.
    fn share_out(&self, members: Option<Members>, shared: &Shared) -> Option<Members> {
        let Server { address, layout } = &self.server;
        let group = &self.task.arguments.group.group;
        let mut members =
            members.or_else(|| Members::open(address, layout, group, &self.consumer).ok())?;
        shared.share_out(members.share().ok()?);
        Some(members)
    }

    fn report(&self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            summarise(self.task.console, &outcome.summary, outcome.counts);
        }
        let mut latencies = Latencies::default();
        outcomes
            .iter()
            .filter_map(|outcome| outcome.latencies.as_ref())
            .for_each(|other| latencies.add(other));
        if !latencies.end_to_end.is_empty() {
            self.task.console.note(describe(&latencies));
        }
    }
}

/// The part of the bankroll that falls to a partition; what cannot be divided falls to the first ones.
fn part(bankroll: Money, partition: u32, count: u32) -> Money {
    let (partition, count) = (i64::from(partition), i64::from(count));
    let rest = i64::from(partition < bankroll.minor() % count);
    Money::from_minor(bankroll.minor() / count + rest)
}

fn describe(latencies: &Latencies) -> String {
    let Latencies {
        ingestion,
        prediction,
        decision,
        end_to_end,
    } = latencies;
    let stages = [
        ("to be read", ingestion),
        ("predicted", prediction),
        ("decided", decision),
        ("in all", end_to_end),
    ];
    let line = |(name, histogram): &(&str, &hdrhistogram::Histogram<u64>)| {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
        format!("{name} {:.2}, {:.2}, {:.2}", at(0.5), at(0.99), at(0.999))
    };
    let lines: Vec<_> = stages.iter().map(line).collect();
    format!(
        "milliseconds an entry took, at p50, p99 and p99.9: {}",
        lines.join("; ")
    )
}
