//! The settings of a consumer group, and the division of its bankroll among partitions.

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
    /// The consumer group, whose consumers share state and bets.
    pub group: String,
    /// This process's name in it.
    pub consumer: String,
    /// The silence of a consumer after which another takes over.
    pub lease: Duration,
    /// How long a Redis that had been connected may be unreachable.
    pub patience: Duration,
    /// The approximate number of entries that a stream of answers keeps; `None`: all.
    pub maxlen: Option<u64>,
    /// The silence after which trading ends; `None`: only an end of the stream ends it.
    pub until_idle: Option<Duration>,
    /// Whether to wait for what comes after the end of the stream.
    pub stay: bool,
    /// The clock by which entries are timed, in milliseconds since 1970; `None`: they are not timed.
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

    /// The consumer of a partition with these settings.
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

/// A partition's share of the bankroll. The remainder goes to the first partitions, a minor unit each.
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
