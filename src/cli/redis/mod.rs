//! Arguments that all commands that use Redis share.

#[cfg(feature = "redis")]
mod built;
#[cfg(feature = "redis")]
pub use built::{Server, warn_once};

use clap::Args;

use super::usage;
use crate::schema::event::stream::MOST_PARTITIONS;

/// Where Redis is, and what its streams are called.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct RedisArgs {
    /// Use the streams of a Redis server [default: the environment's REDIS_URL, or redis://127.0.0.1:6379]; user and
    /// password come from the URL, or from REDIS_USERNAME and REDIS_PASSWORD; rediss:// is encrypted; redis://a:7000,b:7000
    /// are nodes of one cluster
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", help_heading = "Redis")]
    redis: Option<String>,
    /// Start of the names of all streams
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        requires = "redis",
        help_heading = "Redis"
    )]
    prefix: String,
    /// Spread matches over this many partitions, whose streams are called match_events:{0} and so on
    #[arg(long, value_name = "N", requires = "redis", help_heading = "Redis", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PARTITIONS)))]
    partitions: Option<u32>,
}

/// The name of a group, which is the last part of the names of its keys: there must be no other such.
pub fn group(text: &str) -> Result<String, String> {
    let own = ["dead", "published", "partitions", "posted"];
    let is_taken = text.is_empty() || text.contains(':') || own.contains(&text);
    (!is_taken).then(|| text.to_owned()).ok_or_else(|| {
        format!("expected a name without ':' that simbet does not use itself, not {text:?}")
    })
}

/// About how many entries a stream keeps.
#[derive(Debug, Clone, Copy, Args)]
#[group(skip)]
pub struct MaxLen {
    /// Keep about this many entries in each stream that is written [default: all]
    #[arg(long, value_name = "N", requires = "redis", help_heading = "Redis", value_parser = clap::value_parser!(u64).range(1..))]
    pub maxlen: Option<u64>,
}

impl RedisArgs {
    /// Whether a Redis is to be used.
    pub const fn is_requested(&self) -> bool {
        self.redis.is_some()
    }

    /// Over how many partitions matches are spread, if they are.
    pub const fn partitions(&self) -> Option<u32> {
        self.partitions
    }

    /// An error of a prefix that a cluster would take for the number of a partition, which stands in braces.
    #[cfg(feature = "redis")]
    fn ensure_tags(&self) -> anyhow::Result<()> {
        if self.partitions.is_some() && self.prefix.contains('{') {
            return Err(usage(format!(
                "--prefix {:?} has a brace: with --partitions a Redis Cluster goes by what stands in the first braces of a key, \
                 which must be the partition, as in match_events:{{0}}; choose another prefix",
                self.prefix
            )));
        }
        Ok(())
    }

    /// An error in a build that cannot speak to Redis.
    pub fn ensure_built(&self) -> anyhow::Result<()> {
        if self.is_requested() && cfg!(not(feature = "redis")) {
            return Err(usage(
                "this simbet was built without Redis; build it with --features redis",
            ));
        }
        Ok(())
    }
}
