//! The settings of an engine.

use serde::Serialize;

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
}
