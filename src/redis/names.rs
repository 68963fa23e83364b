//! The names of keys, and the partition of a match.

use sha2::{Digest as _, Sha256};

use crate::schema::event::stream;

/// Which streams there are: a prefix of their names, and partitions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// The prefix of every key.
    pub prefix: String,
    /// The number of partitions; `None`: one, whose streams have plain names.
    pub partitions: Option<u32>,
}

impl Layout {
    /// The number of partitions.
    pub fn count(&self) -> u32 {
        self.partitions.unwrap_or(1).max(1)
    }

    /// The keys of a partition, counted from 0.
    pub fn keys(&self, partition: u32) -> Keys {
        let tag = self
            .partitions
            .map_or_else(String::new, |_| format!(":{{{partition}}}"));
        let [match_events, predictions, bets, metrics] = [
            stream::MATCH_EVENTS,
            stream::PREDICTIONS,
            stream::BETS,
            stream::METRICS,
        ]
        .map(|name| format!("{}{name}{tag}", self.prefix));
        Keys {
            match_events,
            predictions,
            bets,
            metrics,
        }
    }

    /// The keys of every partition, in order.
    pub fn all(&self) -> Vec<Keys> {
        (0..self.count())
            .map(|partition| self.keys(partition))
            .collect()
    }

    /// The key that says how the streams are spread.
    pub(super) fn partitions_key(&self) -> String {
        format!("{}{}:partitions", self.prefix, stream::MATCH_EVENTS)
    }

    /// The key of the traders of a group that are alive.
    pub(super) fn members(&self, group: &str) -> String {
        format!("{}{}:{group}:members", self.prefix, stream::MATCH_EVENTS)
    }

    /// The partition of a match: the first eight bytes of the SHA-256 of its id, as a big-endian number, modulo the number
    /// of partitions.
    ///
    /// ```
    /// use simbet::internals::redis::Layout;
    /// let four = Layout { partitions: Some(4), ..Layout::default() };
    /// assert_eq!(four.partition_of("match_001"), 2);
    /// assert_eq!(Layout::default().partition_of("match_001"), 0);
    /// ```
    pub fn partition_of(&self, match_id: &str) -> u32 {
        let first: [u8; 8] = std::array::from_fn({
            let digest = Sha256::digest(match_id);
            move |place| digest[place]
        });
        (u64::from_be_bytes(first) % u64::from(self.count())) as u32
    }
}

/// The keys of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Prices and results.
    pub match_events: String,
    /// Predictions.
    pub predictions: String,
    /// Bets and settlements.
    pub bets: String,
    /// Totals and latencies.
    pub metrics: String,
}

impl Keys {
    /// The stream of dead letters.
    pub fn dead(&self) -> String {
        format!("{}:dead", self.match_events)
    }

    /// How far each replay has been published: a hash.
    pub(super) fn published(&self) -> String {
        format!("{}:published", self.match_events)
    }

    /// The position and the state of a group: a hash.
    pub(super) fn state(&self, group: &str) -> String {
        format!("{}:{group}", self.match_events)
    }

    /// The idle timeouts that ended rounds: a stream whose ids are those of the entries before them.
    pub(super) fn idle_timeouts(&self, group: &str) -> String {
        format!("{}:{group}:silences", self.match_events)
    }

    /// The consumer of a group that has the lease: a string that expires.
    pub(super) fn lease(&self, group: &str) -> String {
        format!("{}:{group}:lease", self.match_events)
    }

    /// The entry id of an event that was added: a string that expires.
    pub(super) fn posted(&self, digest: &str) -> String {
        format!("{}:posted:{digest}", self.match_events)
    }

    /// The keys of a group of traders, with their types.
    pub(super) fn kinds(&self, group: &str) -> Vec<(String, &'static str)> {
        let streams = [
            self.match_events.clone(),
            self.predictions.clone(),
            self.bets.clone(),
            self.metrics.clone(),
            self.dead(),
            self.idle_timeouts(group),
        ];
        let mut kinds = streams.map(|key| (key, "stream")).to_vec();
        kinds.push((self.state(group), "hash"));
        kinds.extend([self.lease(group), self.fence(group)].map(|key| (key, "string")));
        kinds
    }

    /// The last fencing token: the number of leases that were granted.
    pub(super) fn fence(&self, group: &str) -> String {
        format!("{}:{group}:fence", self.match_events)
    }
}
