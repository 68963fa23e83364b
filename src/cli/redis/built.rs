//! Where Redis is, in a build that can speak to it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::RedisArgs;
use crate::cli::{Console, usage};
use crate::redis::{Address, Layout, Patience, RedisError};

/// A Redis, and the streams in it that are meant.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where it is.
    pub address: Address,
    /// Its streams.
    pub layout: Layout,
}

impl Server {
    /// How long a Redis that was there may be away.
    pub const PATIENCE: Duration = Duration::from_secs(300);

    /// Arguments over the environment over the default.
    pub fn new(arguments: &RedisArgs) -> anyhow::Result<Self> {
        arguments.ensure_tags()?;
        let typed = arguments.redis.clone().filter(|url| !url.is_empty());
        let is_typed = typed.is_some();
        let url = typed
            .or_else(|| environment("REDIS_URL"))
            .unwrap_or_else(|| Address::DEFAULT.to_owned());
        let address: Address = url.parse().map_err(|error: RedisError| match is_typed {
            // a file after --redis is taken for its URL
            true if !url.contains("://") => {
                usage(format!("--redis: {error}; put files before --redis"))
            }
            true => usage(format!("--redis: {error}")),
            false => usage(format!("the environment's REDIS_URL: {error}")),
        })?;
        let address = address.with_login(
            environment("REDIS_USERNAME").as_deref(),
            environment("REDIS_PASSWORD").as_deref(),
        );
        Ok(Self {
            address,
            layout: Layout {
                prefix: arguments.prefix.clone(),
                partitions: arguments.partitions,
            },
        })
    }

    /// How long to go on trying when Redis is away.
    pub fn patience<'a>(
        stop: &Arc<AtomicBool>,
        note: &'a (dyn Fn(&RedisError) + Sync),
    ) -> Patience<'a> {
        Patience {
            total: Self::PATIENCE,
            stop: Arc::clone(stop),
            note,
        }
    }
}

/// Says what goes wrong and may pass, each thing once until it is another.
pub fn warn_once(console: Console) -> impl Fn(&RedisError) + Sync {
    let last = Mutex::new(String::new());
    move |error| {
        let text = error.to_string();
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            console.warn(format!("{text}; trying again"));
            *last = text;
        }
    }
}

/// A variable of the environment; `None` when it is empty, too.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
