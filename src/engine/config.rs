//! The settings of an engine.

use serde::Serialize;

use crate::domain::{Book, Money};
use crate::predict::{MarginMethod, ModelConfig};
use crate::strategy::StrategyConfig;

/// What an engine is made of.
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
    /// What is staked, and when.
    pub strategy: StrategyConfig,
    /// Balance at the start.
    pub bankroll: Money,
    /// Leagues that share a model; a league that is not named is a pool of its own.
    pub pools: Vec<Vec<String>>,
    /// How the market's forecast is freed of its margin.
    pub margin_method: MarginMethod,
    /// Whose 1X2 prices are the market's forecast; those that bets are struck at when `None`.
    pub market_book: Option<Book>,
}
