//! What the traders of a consumer group have in common, and how a bankroll is divided among partitions.

use std::sync::Arc;
use std::time::Duration;

use crate::config::RunConfig;
use crate::domain::Money;
use crate::redis::{Address, Layout, PartitionConfig};
use crate::source::Matches;
use crate::source::stream::StreamConfig;

/// How a process trades on the streams of a Redis.
#[derive(Debug, Clone)]
pub struct GroupConfig {
    /// Models, staking and prices, with the bankroll of all partitions together.
    pub config: RunConfig,
    /// How streams are read.
    pub stream: StreamConfig,
    /// Matches whose results the models learn before the stream begins.
    pub history: Option<Arc<Matches>>,
    /// Where Redis is.
    pub address: Address,
    /// Its streams.
    pub layout: Layout,
    /// The consumer group: those in it share what it knows and has bet.
    pub group: String,
    /// This process's name in it.
    pub consumer: String,
    /// How long nothing is heard of a consumer until another takes over.
    pub lease: Duration,
    /// How long a Redis that was there may be away.
    pub patience: Duration,
    /// About how many entries a stream of answers keeps; `None`: all.
    pub maxlen: Option<u64>,
    /// After how long a silence trading ends; `None`: only an end of the stream ends it.
    pub until_idle: Option<Duration>,
    /// Whether to wait for what comes after the end of the stream.
    pub stay: bool,
    /// Milliseconds since 1970, by which entries are timed, if they are.
    pub clock: Option<fn() -> f64>,
}

impl GroupConfig {
    /// The settings of one partition, with its part of the bankroll.
    pub(super) fn config_of(&self, partition: u32) -> RunConfig {
        let mut config = self.config.clone();
        let bankroll = &mut config.engine.bankroll;
        *bankroll = bankroll_of(*bankroll, partition, self.layout.count());
        config
    }

    /// Who consumes a partition that is traded on with these settings.
    pub(super) fn consumer_of(&self, config: &RunConfig) -> PartitionConfig {
        let history = self.history.as_deref();
        PartitionConfig {
            address: self.address.clone(),
            layout: self.layout.clone(),
            group: self.group.clone(),
            consumer: self.consumer.clone(),
            lease: self.lease,
            settings: config.trading_digest(self.stream.book, history, self.layout.count()),
            maxlen: self.maxlen,
        }
    }
}

/// The part of the bankroll that falls to a partition; what cannot be divided falls to the first ones.
fn bankroll_of(bankroll: Money, partition: u32, partitions: u32) -> Money {
    let (partition, partitions) = (i64::from(partition), i64::from(partitions));
    let rest = i64::from(partition < bankroll.minor() % partitions);
    Money::from_minor(bankroll.minor() / partitions + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bankroll_are_all_of_it_and_differ_by_a_cent() {
        for (bankroll, partitions) in [(1_000_003, 4), (7, 16), (0, 3), (5_000, 1)] {
            let parts: Vec<i64> = (0..partitions)
                .map(|one| bankroll_of(Money::from_minor(bankroll), one, partitions).minor())
                .collect();
            assert_eq!(parts.iter().sum::<i64>(), bankroll);
            assert!(parts.is_sorted_by(|one, next| one >= next));
            assert!(parts[0] - parts[parts.len() - 1] <= 1, "{parts:?}");
        }
    }
}
