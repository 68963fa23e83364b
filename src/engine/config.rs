//! The settings of an engine.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::domain::{Book, Money};
use crate::predict::{MarginMethod, ModelConfig};
use crate::strategy::StrategyConfig;

/// The settings of an engine.
///
/// ```
/// use simbet::{EngineConfig, Money, RunConfig, Settings};
/// let config = RunConfig::resolve(&Settings::default()).unwrap().engine;
/// assert_eq!(config.bankroll, Money::from_minor(1_000_000));
/// assert!(config.model.is_some());
/// let smaller = EngineConfig { bankroll: Money::from_minor(50_000), ..config };
/// assert_eq!(smaller.bankroll.to_string(), "500.00");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EngineConfig {
    /// The model of every pool; `None` for staking that needs no opinion.
    pub model: Option<ModelConfig>,
    /// The staking rule, its filters and caps.
    pub strategy: StrategyConfig,
    /// Balance at the start.
    pub bankroll: Money,
    /// Leagues that share a model; a league that is not named is a pool of its own.
    pub pools: Vec<Vec<String>>,
    /// How the margin is removed from the market's prices.
    pub margin_method: MarginMethod,
    /// The book whose 1X2 prices are the market's forecast; `None`: the prices at which bets are placed.
    pub market_book: Option<Book>,
    /// What the model's forecasts are pooled with.
    #[serde(skip_serializing_if = "PoolWith::is_none")]
    pub pool_with: PoolWith,
}

impl EngineConfig {
    /// Whether the prices of matches that are not bet on teach something.
    pub(crate) const fn wants_lessons(&self) -> bool {
        !self.pool_with.is_none()
    }
}

/// What forecasts are pooled with.
///
/// ```
/// use simbet::{PoolWith, RunConfig, Settings};
/// let settings = Settings::from_toml("pool_with = 'open'").unwrap();
/// assert_eq!(RunConfig::resolve(&settings).unwrap().engine.pool_with, PoolWith::Open);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PoolWith {
    /// Nothing: forecasts are the model's own.
    #[default]
    None,
    /// The price that is bet at, its margin removed.
    Open,
}

impl PoolWith {
    /// Whether forecasts are the model's own.
    pub(crate) const fn is_none(&self) -> bool {
        match self {
            Self::None => true,
            Self::Open => false,
        }
    }
}
