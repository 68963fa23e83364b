//! The model that settings make.

use super::{ModelSpec, Settings};
use crate::predict::{
    Asked, Dependence, Learn, Marginal, ModelConfig, ModelKind, Outside, ProgramConfig,
};
use crate::strategy::Strategy;

/// The model; `None` when none is set and the staking rule needs none.
pub(super) fn model(settings: &Settings, strategy: &Strategy) -> Option<ModelConfig> {
    let kind = settings
        .model
        .as_ref()
        .map_or_else(|| usual_kind(settings), |spec| spec.kind);
    let learn = settings.learn.or_else(|| plain_teachers(settings, kind));
    let defaults = ModelConfig::taught(kind, learn);
    (settings.model.is_some() || strategy.needs_model()).then(|| ModelConfig {
        marginal: settings.marginal.unwrap_or_default(),
        dependence: settings.dependence,
        in_play_goals: settings.in_play_goals.unwrap_or_default(),
        features: settings.features.clone(),
        link: settings.link.unwrap_or_default(),
        ridge: settings.ridge,
        rho: settings.rho,
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

impl Settings {
    /// Names the model that is used where none is named.
    pub(crate) fn name_model(&mut self) {
        let usual = usual_kind(self);
        self.model.get_or_insert_with(|| usual.into());
    }
}

/// What teaches a goal model without a prior: goals alone, whose maximum of the likelihood is what anybody else finds.
fn plain_teachers(settings: &Settings, kind: ModelKind) -> Option<Learn> {
    (settings.prior == Some(0.0) && kind.has_strengths()).then_some(Learn::GOALS)
}

/// The model where none is named: that of a dependence, where one is.
fn usual_kind(settings: &Settings) -> ModelKind {
    match settings.dependence {
        None | Some(Dependence::DixonColes) => ModelKind::default(),
        Some(Dependence::Independent | Dependence::BivariatePoisson | Dependence::Frank) => {
            ModelKind::Poisson
        }
    }
}

/// What a description says of a model's goals, where they are not those of its name.
pub(super) fn family(model: &ModelConfig) -> String {
    let marginal =
        (model.marginal != Marginal::default()).then(|| super::value_name(model.marginal));
    let named: Vec<String> = marginal
        .into_iter()
        .chain(model.dependence.map(super::value_name))
        .collect();
    if named.is_empty() || !model.kind.has_strengths() {
        return String::new();
    }
    format!(" ({})", named.join(", "))
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
