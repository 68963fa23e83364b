//! The strategy that settings make.

use super::{ConfigError, Settings};
use crate::domain::Money;
use crate::strategy::StrategyConfig;

/// The strategy of these settings.
pub(super) fn strategy(settings: &Settings) -> Result<StrategyConfig, ConfigError> {
    let defaults = StrategyConfig::default();
    let kind = settings.strategy.unwrap_or(defaults.kind);
    let stake = settings.stake.map(|stake| stake.of(kind)).transpose()?;
    Ok(StrategyConfig {
        kind,
        stake: stake.flatten(),
        min_ev: settings.min_ev,
        min_edge: settings.min_edge,
        kelly_fraction: settings.kelly_fraction.unwrap_or(defaults.kelly_fraction),
        max_stake: settings.max_stake,
        markets: if settings.markets.is_empty() {
            defaults.markets
        } else {
            settings.markets.clone()
        },
        selections: Some(settings.selections.clone()).filter(|sides| !sides.is_empty()),
        multiple: settings.multiple.unwrap_or(defaults.multiple),
        books: settings.book.clone().unwrap_or(defaults.books),
        min_odds: settings.min_odds,
        max_odds: settings.max_odds,
        min_prob: settings.min_prob,
        max_round: settings.max_round,
        max_exposure: settings.max_exposure,
        min_stake: amount_or("--min-stake", settings.min_stake, defaults.min_stake)?,
        round_stake: amount_or("--round-stake", settings.round_stake, defaults.round_stake)?,
        commission: settings.commission.clone().unwrap_or(defaults.commission),
        stop_drawdown: settings.stop_drawdown,
        credit: settings.credit.unwrap_or(defaults.credit),
    })
}

fn amount_or(setting: &str, units: Option<f64>, default: Money) -> Result<Money, ConfigError> {
    units.map_or(Ok(default), |units| amount(setting, units))
}

pub(super) fn amount(setting: &str, units: f64) -> Result<Money, ConfigError> {
    let money = Money::from_units(units).filter(|money| *money >= Money::ZERO);
    let expected = format!("an amount between 0 and {:e}", Money::LIMIT.units());
    money.ok_or_else(|| ConfigError::value(setting, &expected, units))
}
