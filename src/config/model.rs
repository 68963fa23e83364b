//! The model that settings make.

use super::{ModelSpec, Settings};
use crate::predict::{Asked, ModelConfig, ModelKind, Outside, ProgramConfig};
use crate::strategy::Strategy;

/// The model; `None` when none is set and the staking rule needs none.
pub(super) fn model(settings: &Settings, strategy: &Strategy) -> Option<ModelConfig> {
    let kind = settings.model.as_ref().map(|spec| spec.kind);
    let defaults = ModelConfig::taught(kind.unwrap_or_default(), settings.learn);
    (settings.model.is_some() || strategy.needs_model()).then(|| ModelConfig {
        features: settings.features.clone(),
        link: settings.link.unwrap_or_default(),
        ridge: settings.ridge,
        argument: settings
            .model
            .as_ref()
            .and_then(|spec| spec.argument.clone()),
        outside: outside(settings),
        asked: asked(settings, &defaults),
        half_life: off_at_zero(settings.half_life, defaults.half_life),
        window: off_at_zero(settings.window, defaults.window),
        prior: off_at_zero(settings.prior, defaults.prior),
        min_matches: settings.min_matches.unwrap_or(defaults.min_matches),
        refit_every: settings.refit_every.unwrap_or(defaults.refit_every),
        market_book: settings.market_book,
        margin_method: settings.margin_method.unwrap_or(defaults.margin_method),
        profile: settings.profile.unwrap_or(defaults.profile),
        program: ProgramConfig {
            timeout: settings
                .model_timeout
                .map_or(defaults.program.timeout, Into::into),
            prices: settings.model_prices.unwrap_or(defaults.program.prices),
        },
        ..defaults
    })
}

/// The files of a model of files, which are to be loaded yet.
fn outside(settings: &Settings) -> Option<Outside> {
    let is_of_files = |spec: &&ModelSpec| spec.kind == ModelKind::File;
    settings
        .model
        .as_ref()
        .filter(is_of_files)
        .map(|_| Outside {
            source: settings.probabilities.clone(),
            sha256: Vec::new(),
            maker: None,
        })
}

/// Which settings are kept whatever teaches; none where only goals do.
fn asked(settings: &Settings, defaults: &ModelConfig) -> Asked {
    match defaults.teachers() {
        None => Asked::default(),
        Some(_) => Asked {
            half_life: settings.half_life.is_some(),
            prior: settings.prior.is_some(),
        },
    }
}

fn off_at_zero(setting: Option<f64>, default: Option<f64>) -> Option<f64> {
    setting.map_or(default, |value| (value != 0.0).then_some(value))
}
