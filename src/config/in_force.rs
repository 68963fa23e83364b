//! Which value each setting has in a run: what was given, else what is filled in for it.

use toml::Value;

use super::effect::why_idle;
use super::{ConfigError, Day, ModelSpec, Purpose, RunConfig, Settings, Stake, Timeout};
use crate::predict::{Dependence, FeatureGroup, ModelConfig, ModelKind};

/// A setting of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// Its name, with `_`.
    pub setting: String,
    /// Its value as a file of settings has it; `None` where none is given, and nothing is filled in.
    pub value: Option<Value>,
    /// Why nothing looks at it; `None` where it counts.
    pub idle: Option<String>,
}

impl RunConfig {
    /// Every setting of a run that these settings make, in the order of the options.
    ///
    /// # Errors
    /// When one of them is out of its range.
    ///
    /// ```
    /// use simbet::{RunConfig, Settings};
    /// use simbet::internals::config::Purpose;
    /// let settings = Settings::from_toml("strategy = 'kelly'\nbankroll = 500").unwrap();
    /// let settings = RunConfig::in_force(&settings, Purpose::Backtest).unwrap();
    /// let value = |name: &str| settings.iter().find(|it| it.setting == name).unwrap().value.clone();
    /// assert_eq!(value("bankroll"), Some(500.0.into()));
    /// assert_eq!(value("min_edge"), Some(0.02.into()));
    /// assert_eq!(value("max_odds"), None);
    /// ```
    pub fn in_force(given: &Settings, purpose: Purpose) -> Result<Vec<InForce>, ConfigError> {
        let config = Self::resolve(given)?;
        let values = given.over(&config.filled_in())?;
        let mut values = toml::Table::try_from(values).map_err(ConfigError::layer)?;
        let names = Settings::names().into_iter();
        Ok(names
            .map(|setting| InForce {
                value: values.remove(&setting),
                idle: why_idle(&setting, &config.engine, purpose),
                setting,
            })
            .collect())
    }

    /// The settings that have a value here whether they were given or not.
    pub(super) fn filled_in(&self) -> Settings {
        let strategy = &self.engine.strategy;
        let of_model = self.engine.model.as_ref().map(filled_in_model);
        Settings {
            pool_with: Some(self.engine.pool_with),
            margin_method: Some(self.engine.margin_method),
            strategy: Some(strategy.kind),
            bankroll: Some(self.engine.bankroll.units()),
            stake: strategy.stake.map(Stake::Number),
            min_ev: strategy.min_ev,
            min_edge: strategy.min_edge,
            kelly_fraction: Some(strategy.kelly_fraction),
            max_stake: strategy.max_stake,
            min_stake: Some(strategy.min_stake.units()),
            round_stake: Some(strategy.round_stake.units()),
            commission: Some(strategy.commission.clone()),
            credit: Some(strategy.credit),
            markets: strategy.markets.clone(),
            multiple: Some(strategy.multiple),
            book: Some(strategy.books.clone()),
            price: Some(self.replay.price),
            from: self.replay.from.map(Day),
            to: self.replay.to.map(Day),
            on_bad_row: Some(self.read.on_bad_row),
            date_order: Some(self.read.date_order),
            odds_format: Some(self.read.odds_format),
            max_rows: Some(self.read.max_rows),
            ..of_model.unwrap_or_default()
        }
    }
}

fn filled_in_model(model: &ModelConfig) -> Settings {
    Settings {
        model: Some(ModelSpec {
            kind: model.kind,
            argument: model.argument.clone(),
        }),
        learn: Some(model.learn),
        half_life: Some(model.half_life.unwrap_or(0.0)),
        window: Some(model.window.unwrap_or(0.0)),
        prior: Some(model.prior.unwrap_or(0.0)),
        min_matches: Some(model.min_matches),
        refit_every: Some(model.refit_every),
        features: features(model),
        link: Some(model.link),
        marginal: Some(model.marginal),
        dependence: model.dependence.or_else(|| named_dependence(model.kind)),
        in_play_goals: Some(model.in_play_goals),
        profile: Some(model.profile),
        model_timeout: Timeout::new(model.program.timeout),
        model_prices: Some(model.program.prices),
        ..Settings::default()
    }
}

fn features(model: &ModelConfig) -> Vec<FeatureGroup> {
    if model.kind == ModelKind::Logistic {
        model.feature_groups().to_vec()
    } else {
        model.features.clone()
    }
}

/// The dependence that the name of a model says.
fn named_dependence(kind: ModelKind) -> Option<Dependence> {
    if kind == ModelKind::Poisson {
        Some(Dependence::Independent)
    } else {
        (kind == ModelKind::DixonColes).then_some(Dependence::DixonColes)
    }
}

/// The run of settings without what no result shows: whether a usual half-life or prior was asked for, which counts only in leagues
/// without shots, and whether the usual features were named.
#[cfg(test)]
pub(super) fn without_traces(settings: &Settings) -> RunConfig {
    let mut config = super::effect::canonical(&RunConfig::resolve(settings).unwrap());
    if let Some(model) = &mut config.engine.model {
        model.asked = crate::predict::Asked::default();
        model.features = features(model);
    }
    config
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::strategy::StrategyKind;

    #[test]
    fn what_is_filled_in_changes_nothing_when_it_is_given() {
        for model in ModelKind::value_variants() {
            for strategy in StrategyKind::value_variants() {
                let argument = model.argument().map(str::to_owned);
                let settings = Settings {
                    model: Some(ModelSpec {
                        kind: *model,
                        argument,
                    }),
                    strategy: Some(*strategy),
                    ..Settings::default()
                };
                let given = RunConfig::resolve(&settings).unwrap().filled_in();
                assert_eq!(
                    without_traces(&given),
                    without_traces(&settings),
                    "{model:?} {strategy:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_given_stands_as_it_was_given() {
        let settings = Settings::from_toml("stake = '2%'\nfrom = '2024-01-01'").unwrap();
        let found = RunConfig::in_force(&settings, Purpose::Backtest).unwrap();
        let of = |name: &str| found.iter().find(|it| it.setting == name).unwrap();
        assert_eq!(of("stake").value, Some("2%".into()));
        assert_eq!(of("from").value, Some("2024-01-01".into()));
        assert_eq!(of("to").value, None);
        assert!(of("kelly_fraction").idle.is_some());
        assert_eq!(of("half_life").idle, None);
        assert_eq!(found.len(), Settings::names().len());
    }
}
