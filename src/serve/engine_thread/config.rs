//! What an engine in this process is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(feature = "redis")]
use super::redis_bus::RedisBus;
use crate::domain::Book;
use crate::engine::EngineConfig;
use crate::source::Matches;

/// What an engine in this process is made of.
#[derive(Debug, Clone)]
pub struct EngineThreadConfig {
    /// Models, staking and bankroll.
    pub engine: EngineConfig,
    /// Whose prices are those that name no book.
    pub book: Book,
    /// Orders that may wait, at least 1.
    pub queue: usize,
    /// What the models learn before the first event.
    pub history: Option<Arc<Matches>>,
    /// Other spellings of teams in events.
    pub aliases: BTreeMap<String, String>,
    /// The streams that events go by, and those who trade there; `None`: this process trades.
    #[cfg(feature = "redis")]
    pub bus: Option<RedisBus>,
}

impl EngineThreadConfig {
    /// Whose streams events go by.
    fn streams(&self) -> String {
        #[cfg(feature = "redis")]
        if let Some(RedisBus { layout, group, .. }) = &self.bus {
            return format!("{} of group {group}", layout.keys(0).match_events);
        }
        "none".to_owned()
    }

    /// Whether events go by the streams of a Redis.
    #[cfg(feature = "redis")]
    pub(super) const fn is_on_redis(&self) -> bool {
        self.bus.is_some()
    }

    /// Whether events go by the streams of a Redis.
    #[cfg(not(feature = "redis"))]
    pub(super) const fn is_on_redis(&self) -> bool {
        false
    }

    /// All that bets depend on.
    pub fn settings(&self) -> serde_json::Value {
        let mut settings = serde_json::to_value(&self.engine).unwrap_or_default();
        settings["book"] = self.book.as_str().into();
        let history = self
            .history
            .iter()
            .flat_map(|matches| &matches.inputs)
            .map(|input| input.sha256.as_str());
        settings["history"] = history.collect();
        if !self.aliases.is_empty() {
            settings["aliases"] = serde_json::json!(self.aliases);
        }
        settings["streams"] = self.streams().into();
        settings
    }
}
