//! `simbet trade --redis`.

use super::group_args::GroupArgs;
use super::messages;
use crate::cli::redis::{MaxLen, RedisArgs, Server, warn_once};
use crate::cli::{Console, signals};
use crate::config::RunConfig;
use crate::redis::RedisError;
use crate::source::Matches;
use crate::source::stream::StreamConfig;
use crate::source::stream::redis::Latencies;
use crate::trade::{GroupConfig, Notice, PartitionOutcome, trade_partitions};

/// The arguments that are about Redis.
pub struct RedisTrade<'a> {
    pub redis: &'a RedisArgs,
    pub group: &'a GroupArgs,
    pub maxlen: MaxLen,
}

impl RedisTrade<'_> {
    /// Trades until the streams end, are idle for too long, or the process is told to stop.
    pub fn run(
        &self,
        config: RunConfig,
        stream: StreamConfig,
        history: Option<Matches>,
        console: Console,
    ) -> anyhow::Result<()> {
        let group = self.group(Server::new(self.redis)?, config, stream, history);
        let stop = signals::stop_on_signals();
        let warn_of = warn_once(console);
        let outcomes =
            trade_partitions(&group, &stop, &|notice| report(console, &notice, &warn_of))?;
        summarise(console, &outcomes);
        Ok(())
    }

    fn group(
        &self,
        server: Server,
        config: RunConfig,
        stream: StreamConfig,
        history: Option<Matches>,
    ) -> GroupConfig {
        let arguments = self.group;
        GroupConfig {
            config,
            stream,
            history: history.map(std::sync::Arc::new),
            address: server.address,
            layout: server.layout,
            group: arguments.group.clone(),
            consumer: arguments.consumer.clone().unwrap_or_else(own_name),
            lease: arguments.lease,
            patience: Server::PATIENCE,
            maxlen: self.maxlen.maxlen,
            until_idle: arguments.until_idle,
            stay: arguments.stay,
            clock: (!arguments.no_latency).then_some(milliseconds as fn() -> f64),
        }
    }
}

/// Writes what happens on the streams to stderr.
fn report(console: Console, notice: &Notice<'_>, warn_of: &dyn Fn(&RedisError)) {
    match notice {
        Notice::Refused(refused) => {
            console.warn(format!("entry {}: {}", refused.number, refused.reason));
        }
        Notice::Dropped(dropped) => console.warn(messages::of_dropped("entry", dropped)),
        Notice::Withheld(sentence) => console.warn(sentence),
        // entries of Redis are reported one by one
        Notice::MoreRefused => {}
        Notice::Started {
            consumer,
            group,
            stream,
            address,
        } => console.note(format!(
            "{consumer} of group {group} trades on {stream} at {address}"
        )),
        Notice::StandsBy { stream } => {
            console.note(format!("waiting: another consumer is trading on {stream}"))
        }
        Notice::Retrying(error) => warn_of(error),
    }
}

/// Host and process.
fn own_name() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "simbet",
        host => host,
    };
    format!("{host}-{}", std::process::id())
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

fn summarise(console: Console, outcomes: &[PartitionOutcome]) {
    for outcome in outcomes {
        messages::summarise(console, &outcome.summary, outcome.counts);
    }
    let mut latencies = Latencies::default();
    outcomes
        .iter()
        .filter_map(|outcome| outcome.latencies.as_ref())
        .for_each(|other| latencies.add(other));
    if !latencies.end_to_end.is_empty() {
        console.note(describe(&latencies));
    }
}

fn describe(latencies: &Latencies) -> String {
    let stages = [
        ("to be read", &latencies.ingestion),
        ("predicted", &latencies.prediction),
        ("decided", &latencies.decision),
        ("in all", &latencies.end_to_end),
    ];
    let lines = stages.map(|(name, histogram)| stage(name, histogram));
    format!(
        "milliseconds an entry took, at p50, p99 and p99.9: {}",
        lines.join("; ")
    )
}

fn stage(name: &str, histogram: &hdrhistogram::Histogram<u64>) -> String {
    let [median, most, nearly_all] =
        [0.5, 0.99, 0.999].map(|quantile| histogram.value_at_quantile(quantile) as f64 / 1e3);
    format!("{name} {median:.2}, {most:.2}, {nearly_all:.2}")
}
