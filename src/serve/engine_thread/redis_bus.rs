//! The streams of a Redis that carry the events.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::unregister;

use super::error::EngineThreadError;
use super::shared::Shared;
use crate::error::Error;
use crate::redis::{
    Address, EntryId, Follower, GroupProgress, Layout, NewEvent, Patience, RedisError,
    ensure_partitions,
};
use crate::schema::event::{UtcTimestamp, field};
use crate::serve::engine_handle::BusState;
use crate::serve::order::Order;

/// The streams of a Redis, and the group of traders that is followed there.
#[derive(Debug, Clone)]
pub struct RedisBus {
    /// The address of the server.
    pub address: Address,
    /// Its streams.
    pub layout: Layout,
    /// The group of traders.
    pub group: String,
    /// A digest of everything that their bets depend on.
    pub settings: String,
}

/// An order as it is posted. Its data is written anew, so that its form does not depend on the form of the request.
pub(super) fn post_of(order: &Order) -> NewEvent {
    let value: serde_json::Value = serde_json::from_str(&order.line).unwrap_or_default();
    NewEvent {
        digest: hex::encode(order.digest),
        event_type: order.update.event_type().to_owned(),
        data: value[field::DATA].to_string(),
        timestamp: UtcTimestamp(order.update.time()).to_string(),
    }
}

/// The pause between two attempts while Redis cannot be reached.
const PAUSE: Duration = Duration::from_millis(25);

/// A connection to Redis, which may be lost at any time.
pub(super) struct Link<'a> {
    bus: &'a RedisBus,
    shared: &'a Shared,
    /// `None` while Redis cannot be reached.
    follower: Option<Follower>,
}

impl<'a> Link<'a> {
    /// Connects, to continue after an entry, or from the beginning of a stream, which must be complete then.
    pub fn open(
        bus: &'a RedisBus,
        shared: &'a Shared,
        is_beginning: bool,
        last: EntryId,
    ) -> Result<Self, EngineThreadError> {
        let mut follower = wait_for_redis(bus).map_err(failed)?;
        if is_beginning && let Some(lost @ 1..) = follower.gone().map_err(failed)? {
            let stream = bus.layout.keys(0).match_events;
            return Err(failed(RedisError::Trimmed { stream, lost }));
        }
        let link = Self {
            bus,
            shared,
            follower: None,
        };
        link.ensure_same(&follower.look(last).map_err(failed)?)?;
        Ok(Self {
            follower: Some(follower),
            ..link
        })
    }

    /// What the traders have processed after an entry; `None` while Redis cannot be reached.
    pub fn look(&mut self, last: EntryId) -> Result<Option<GroupProgress>, EngineThreadError> {
        let seen = self.ask(|follower| follower.look(last))?;
        if let Some(seen) = &seen {
            self.ensure_same(seen)?;
        }
        Ok(seen)
    }

    /// Checks that the traders, if there have been any, have the settings of this service.
    fn ensure_same(&self, seen: &GroupProgress) -> Result<(), EngineThreadError> {
        match &seen.settings {
            Some(settings) if *settings != self.bus.settings => {
                let group = self.bus.group.clone();
                Err(failed(RedisError::OtherTraders { group }))
            }
            _ => Ok(()),
        }
    }

    /// Posts events, and returns the ids of their entries, all after `last`; `None` while Redis cannot be reached.
    pub fn post(
        &mut self,
        posts: &[&NewEvent],
        last: EntryId,
    ) -> Result<Option<Vec<EntryId>>, EngineThreadError> {
        let Some(mut ids) = self.ask(|follower| follower.post(posts))? else {
            return Ok(None);
        };
        for (id, post) in ids.iter_mut().zip(posts) {
            // an entry in the past without an answer in the store was refused: the order is posted again
            if *id <= last
                && let Some(again) = self.ask(|follower| {
                    follower.forget(&post.digest)?;
                    follower.post(&[post])
                })?
            {
                *id = again[0];
            }
        }
        Ok(Some(ids))
    }

    /// Calls Redis; `None` while it cannot be reached.
    pub fn ask<T>(
        &mut self,
        act: impl FnOnce(&mut Follower) -> Result<T, RedisError>,
    ) -> Result<Option<T>, EngineThreadError> {
        if self.follower.is_none() {
            std::thread::sleep(PAUSE);
            self.follower = connect(self.bus).ok();
        }
        let Some(follower) = &mut self.follower else {
            return Ok(None);
        };
        match act(follower) {
            Ok(done) => Ok(Some(done)),
            Err(error @ (RedisError::Unreachable { .. } | RedisError::Refused { .. })) => {
                tracing::warn!("{error}");
                self.follower = None;
                self.shared.set_bus(BusState::default());
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// How long a Redis that is away at the start is waited for.
const AT_START: Duration = Duration::from_secs(300);

/// Connects, and waits for a Redis that cannot be reached, until the process is told to stop.
fn wait_for_redis(bus: &RedisBus) -> Result<Follower, RedisError> {
    let stop = Arc::new(AtomicBool::new(false));
    // nobody else listens to signals yet; where that fails, they end the process
    let signals: Vec<_> = [SIGINT, SIGTERM]
        .into_iter()
        .filter_map(|signal| flag::register(signal, Arc::clone(&stop)).ok())
        .collect();
    let patience = Patience {
        total: AT_START,
        stop,
        note: &|error| tracing::warn!("{error}; trying again"),
    };
    let follower = patience.retry(|| {
        ensure_partitions(&bus.address, &bus.layout, true)?;
        connect(bus)
    });
    for signal in signals {
        unregister(signal);
    }
    follower
}

fn connect(bus: &RedisBus) -> Result<Follower, RedisError> {
    Follower::open(&bus.address, &bus.layout, &bus.group)
}

fn failed(error: RedisError) -> EngineThreadError {
    Error::Source(error.into()).into()
}
