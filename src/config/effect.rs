//! Which settings have an effect, given the others and what they are for.
//!
//! The one place that knows: flags, files, the environment, requests and grids all ask it. What a kind of model or of
//! staking uses is a method on the kind.

use toml::Table;

use super::purpose::{Part, Purpose};
use super::{ConfigError, RunConfig, Settings};
use crate::engine::EngineConfig;
use crate::predict::{FeatureGroup, ModelConfig, ModelKind, ModelSetting, ProgramConfig};
use crate::strategy::{BookChoice, StakeUnit, StrategyConfig};

/// Every setting.
const SETTINGS: [(&str, Part); 57] = [
    ("model", Part::Model),
    ("probabilities", Part::OfModel(ModelSetting::Probabilities)),
    ("learn", Part::OfModel(ModelSetting::Learn)),
    ("half_life", Part::OfModel(ModelSetting::HalfLife)),
    ("window", Part::OfModel(ModelSetting::Window)),
    ("prior", Part::OfModel(ModelSetting::Prior)),
    ("min_matches", Part::OfModel(ModelSetting::MinMatches)),
    ("refit_every", Part::OfModel(ModelSetting::RefitEvery)),
    ("features", Part::OfModel(ModelSetting::Features)),
    ("link", Part::OfModel(ModelSetting::Link)),
    ("ridge", Part::OfModel(ModelSetting::Ridge)),
    ("rho", Part::OfModel(ModelSetting::Rho)),
    ("pool_with", Part::OfModel(ModelSetting::PoolWith)),
    ("market_book", Part::OfModel(ModelSetting::MarketBook)),
    ("margin_method", Part::OfModel(ModelSetting::MarginMethod)),
    ("marginal", Part::OfModel(ModelSetting::Marginal)),
    ("dependence", Part::OfModel(ModelSetting::Dependence)),
    ("in_play_goals", Part::OfModel(ModelSetting::InPlayGoals)),
    ("profile", Part::OfModel(ModelSetting::Profile)),
    ("pool", Part::OfModel(ModelSetting::Pool)),
    ("model_timeout", Part::OfModel(ModelSetting::Program)),
    ("model_prices", Part::OfModel(ModelSetting::Program)),
    ("strategy", Part::Staking),
    ("bankroll", Part::Staking),
    ("stake", Part::Staking),
    ("min_ev", Part::Staking),
    ("min_edge", Part::Staking),
    ("kelly_fraction", Part::Staking),
    ("max_stake", Part::Staking),
    ("max_round", Part::Staking),
    ("max_exposure", Part::Staking),
    ("min_stake", Part::Staking),
    ("round_stake", Part::Staking),
    ("commission", Part::Staking),
    ("stop_drawdown", Part::Staking),
    ("selections", Part::Choice),
    ("multiple", Part::Choice),
    ("min_odds", Part::Choice),
    ("max_odds", Part::Choice),
    ("min_prob", Part::Choice),
    ("markets", Part::Markets),
    ("book", Part::Prices),
    ("price", Part::PriceTime),
    ("from", Part::From),
    ("to", Part::To),
    ("on_bad_row", Part::Reading),
    ("map", Part::Reading),
    ("goals_column", Part::Taught),
    ("weight_column", Part::Taught),
    ("date_order", Part::Reading),
    ("time_zone", Part::Reading),
    ("odds_format", Part::Reading),
    ("league", Part::Reading),
    ("status_word", Part::Reading),
    ("max_rows", Part::Reading),
    ("alias", Part::Names),
    ("credit", Part::Staking),
];

/// A setting that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// Its name, with `_`.
    pub setting: String,
    /// Why it changes nothing, and what to do.
    pub because: String,
}

impl Idle {
    /// The sentence about a setting that was given under this name.
    pub fn sentence(&self, name: &str) -> String {
        format!("{name} has no effect: {}", self.because)
    }

    /// Its name on the command line.
    pub fn flag(&self) -> String {
        flag(&self.setting)
    }
}

/// The flag of a setting.
pub fn flag(setting: &str) -> String {
    format!("--{}", setting.replace('_', "-"))
}

impl Settings {
    /// The names of the settings that were given.
    pub fn given(&self) -> Vec<String> {
        // settings are plain data, which serializes without errors
        let table = Table::try_from(self).unwrap_or_default();
        table.into_iter().map(|(name, _)| name).collect()
    }

    /// These settings without some of them.
    ///
    /// # Errors
    /// Never, as far as is known: what was read can be written and read again.
    pub fn without(&self, names: &[String]) -> Result<Self, ConfigError> {
        let mut table = Table::try_from(self).map_err(ConfigError::layer)?;
        table.retain(|name, _| names.iter().all(|other| other != name));
        table.try_into().map_err(ConfigError::toml)
    }

    /// Those of these settings that `purpose` does not look at, whatever their values are.
    pub(crate) fn unused(&self, purpose: Purpose) -> Vec<Idle> {
        let unused = |setting: String| {
            let (_, part) = SETTINGS.iter().find(|(name, _)| *name == setting)?;
            let because = purpose.unused_because(*part)?;
            Some(Idle { setting, because })
        };
        self.given().into_iter().filter_map(unused).collect()
    }

    /// Those of these settings that change nothing for `purpose`, whichever of the engines that they make is meant.
    ///
    /// ```
    /// use simbet::{RunConfig, Settings};
    /// use simbet::internals::config::Purpose;
    /// let settings = Settings::from_toml("strategy = 'flat'\nkelly_fraction = 0.5").unwrap();
    /// let engine = RunConfig::resolve(&settings).unwrap().engine;
    /// let idle = settings.idle(&[&engine], Purpose::Backtest);
    /// assert_eq!(idle.len(), 1);
    /// assert!(idle[0].sentence("--kelly-fraction").contains("has no effect"));
    /// ```
    pub fn idle(&self, engines: &[&EngineConfig], purpose: Purpose) -> Vec<Idle> {
        let reason = |setting: &str| {
            let reasons = engines
                .iter()
                .map(|engine| why_idle(setting, engine, purpose));
            reasons.collect::<Option<Vec<_>>>()?.into_iter().next()
        };
        let given = self.given().into_iter();
        given
            .filter_map(|setting| {
                let because = reason(&setting)?;
                Some(Idle { setting, because })
            })
            .collect()
    }
}

/// Whether an option is a setting that nothing looks at, whichever of these purposes it is given for.
pub fn is_never_used(option: &str, purposes: &[Purpose]) -> bool {
    let part = SETTINGS.iter().find(|(name, _)| *name == option);
    part.is_some_and(|(_, part)| !purposes.iter().any(|purpose| purpose.uses(*part)))
}

/// Why a setting changes nothing; `None` where it may change something.
pub(super) fn why_idle(setting: &str, engine: &EngineConfig, purpose: Purpose) -> Option<String> {
    let (_, part) = SETTINGS.iter().find(|(name, _)| *name == setting)?;
    if let Some(because) = purpose.unused_because(*part) {
        return Some(because);
    }
    match part {
        Part::OfModel(_) if purpose.fits_a_league(*part) => lone_pool(setting, engine),
        Part::OfModel(of_model) => {
            idle_of_model(*of_model, engine, purpose).or_else(|| lone_pool(setting, engine))
        }
        Part::Staking if setting == "stop_drawdown" && purpose == Purpose::Predict => Some(
            "all stakes are from the bankroll as it is, and none of it is lost yet; leave it out"
                .to_owned(),
        ),
        Part::Prices if purpose == Purpose::Features => {
            idle_of_features(ModelSetting::MarketBook, engine)
        }
        Part::Staking | Part::Choice => idle_of_staking(setting, engine),
        Part::Taught => idle_of_teaching(engine, purpose),
        Part::Model
        | Part::Prices
        | Part::Markets
        | Part::PriceTime
        | Part::From
        | Part::To
        | Part::Reading
        | Part::Names => None,
    }
}

fn idle_of_staking(setting: &str, engine: &EngineConfig) -> Option<String> {
    let kind = engine.strategy.kind;
    let is_kelly = kind.stake() == StakeUnit::KellyFraction;
    match setting {
        "kelly_fraction" if !is_kelly => Some(format!(
            "the strategy {} has no Kelly stake; leave it out, or choose --strategy kelly",
            kind.code()
        )),
        "stake" if is_kelly => Some(
            "the strategy kelly finds its stakes itself; give --kelly-fraction for a share of them, or --max-stake"
                .to_owned(),
        ),
        "credit" if kind.stake() != StakeUnit::Amount => Some(
            "only level stakes go on credit; leave it out, or choose --strategy flat".to_owned(),
        ),
        "multiple" if !engine.strategy.needs_model() => Some(
            "without --min-ev, --min-edge or --min-prob every price that passes the filters is backed anyway; leave it out"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Why no model learns from columns in place of goals.
fn idle_of_teaching(engine: &EngineConfig, purpose: Purpose) -> Option<String> {
    match purpose {
        Purpose::Backtest
        | Purpose::Tune
        | Purpose::Predict
        | Purpose::Fit
        | Purpose::Season
        | Purpose::Trade { .. } => match &engine.model {
            None => Some(without_model(engine)),
            Some(model) if model.kind.has_strengths() || model.kind.is_filter() => None,
            Some(model) => Some(format!(
                "the model {} does not learn the goals of teams; leave it out, or choose poisson, dixon-coles or filter",
                super::value_name(model.kind)
            )),
        },
        // the goal models are those that take long
        Purpose::Features => idle_of_features(ModelSetting::Window, engine),
        Purpose::Convert
        | Purpose::Inspect
        | Purpose::CompareModels
        | Purpose::Publish { .. }
        | Purpose::Simulate { .. } => None,
    }
}

fn without_model(engine: &EngineConfig) -> String {
    format!(
        "the strategy {} is without a model here; leave it out, or choose one with --model",
        engine.strategy.kind.code()
    )
}

/// Why a setting changes none of the features that are asked for.
fn idle_of_features(setting: ModelSetting, engine: &EngineConfig) -> Option<String> {
    let chosen = engine.model.as_ref().map(|model| &model.features[..]);
    let usual = FeatureGroup::usual();
    let groups = chosen.filter(|groups| !groups.is_empty()).unwrap_or(&usual);
    let users = || FeatureGroup::ALL.iter().filter(|group| group.uses(setting));
    (!users().any(|group| groups.contains(group))).then(|| {
        let names: Vec<String> = users().map(|group| super::value_name(*group)).collect();
        format!(
            "of the features only {} would change; leave it out, or name them with --features",
            names.join(", ")
        )
    })
}

fn idle_of_model(setting: ModelSetting, engine: &EngineConfig, purpose: Purpose) -> Option<String> {
    if purpose == Purpose::Features {
        return match setting {
            ModelSetting::Features => None,
            _ => idle_of_features(setting, engine),
        };
    }
    let is_used_besides = match setting {
        // a bet is compared with the fair price of its market, whatever the model
        ModelSetting::MarginMethod => true,
        // a forecast of any model is compared with that of this book
        ModelSetting::MarketBook => {
            engine.model.is_some() || matches!(purpose, Purpose::Publish { .. })
        }
        // the goals of a side, whichever teams play, have a distribution too
        ModelSetting::Marginal => {
            let is_average = |model: &ModelConfig| model.kind == ModelKind::Average;
            purpose == Purpose::Fit && engine.model.as_ref().is_some_and(is_average)
        }
        // an invented match has its goals in these minutes
        ModelSetting::Profile => !matches!(purpose, Purpose::Trade { .. }),
        ModelSetting::Learn
        | ModelSetting::HalfLife
        | ModelSetting::Window
        | ModelSetting::Prior
        | ModelSetting::MinMatches
        | ModelSetting::RefitEvery
        | ModelSetting::Features
        | ModelSetting::Probabilities
        | ModelSetting::Link
        | ModelSetting::Rho
        | ModelSetting::PoolWith
        | ModelSetting::Ridge
        | ModelSetting::Program
        | ModelSetting::Dependence
        | ModelSetting::InPlayGoals
        | ModelSetting::Pool => false,
    };
    if setting == ModelSetting::Probabilities {
        let is_of_files = engine
            .model
            .as_ref()
            .is_some_and(|model| model.kind.uses(setting));
        return (!is_of_files).then(|| {
            "only the model file reads probabilities; add --model file, or leave it out".to_owned()
        });
    }
    match &engine.model {
        _ if is_used_besides => None,
        None => Some(without_model(engine)),
        Some(model) if model.uses(setting) => None,
        Some(model) => Some(format!(
            "the model {} does not use it; leave it out, or choose another --model",
            super::value_name(model.kind)
        )),
    }
}

/// Every league is a pool of its own anyway.
fn lone_pool(setting: &str, engine: &EngineConfig) -> Option<String> {
    if setting != "pool" {
        return None;
    }
    if engine.model.as_ref().is_some_and(|it| it.kind.is_filter()) {
        return None;
    }
    let lone = engine.pools.iter().find(|pool| pool.len() < 2)?;
    Some(format!(
        "{} alone has a model of its own anyway; join leagues as in E0+E1, or leave it out",
        lone.concat()
    ))
}

/// The run without the settings that a backtest does not look at: two that are equal in it give the same results.
pub(super) fn canonical(config: &RunConfig) -> RunConfig {
    let is_idle = |setting: &str| why_idle(setting, &config.engine, Purpose::Backtest).is_some();
    let (mut plain, usual) = (config.clone(), StrategyConfig::default());
    let engine = &mut plain.engine;
    if is_idle("kelly_fraction") {
        engine.strategy.kelly_fraction = usual.kelly_fraction;
    }
    if is_idle("multiple") {
        engine.strategy.multiple = usual.multiple;
    }
    if is_idle("pool") {
        engine.pools = Vec::new();
    }
    if is_idle("market_book") {
        engine.market_book = None;
        plain.read.books = Some(engine.strategy.books.books().to_vec());
    }
    engine.strategy.books = alone(&engine.strategy);
    engine.strategy.commission = engine.strategy.commission.without_free();
    engine.model = engine
        .model
        .take()
        .map(|model| canonical_model(model, &is_idle));
    plain
}

/// The choice of books; the best of one book is that book. With lines only where it is the best does a book sell a side alone.
fn alone(strategy: &StrategyConfig) -> BookChoice {
    match &strategy.books {
        BookChoice::Best(books)
            if books.len() == 1 && !strategy.markets.iter().any(|kind| kind.has_line()) =>
        {
            BookChoice::Prefer(books.clone())
        }
        BookChoice::Best(_) | BookChoice::Prefer(_) => strategy.books.clone(),
    }
}

fn canonical_model(model: ModelConfig, is_idle: &dyn Fn(&str) -> bool) -> ModelConfig {
    let (model, usual) = (model.with_plain_dependence(), ModelConfig::default());
    let prior = match model.kind {
        // the average only knows whether there is a prior
        ModelKind::Average => model.prior.and(usual.prior),
        ModelKind::Poisson
        | ModelKind::DixonColes
        | ModelKind::Filter
        | ModelKind::Market
        | ModelKind::Truth
        | ModelKind::Elo
        | ModelKind::Pi
        | ModelKind::Logistic
        | ModelKind::File
        | ModelKind::Exec
        | ModelKind::Onnx => model.prior,
    };
    let is_market = model.kind.uses(ModelSetting::MarketBook);
    ModelConfig {
        learn: unless(is_idle("learn"), model.learn, usual.learn),
        half_life: unless(is_idle("half_life"), model.half_life, usual.half_life),
        window: unless(is_idle("window"), model.window, usual.window),
        prior: unless(is_idle("prior"), prior, usual.prior),
        min_matches: unless(is_idle("min_matches"), model.min_matches, usual.min_matches),
        refit_every: unless(is_idle("refit_every"), model.refit_every, usual.refit_every),
        profile: unless(is_idle("profile"), model.profile, usual.profile),
        in_play_goals: unless(
            is_idle("in_play_goals"),
            model.in_play_goals,
            usual.in_play_goals,
        ),
        rho: unless(is_idle("rho"), model.rho, usual.rho),
        features: unless(is_idle("features"), model.features, usual.features),
        link: unless(is_idle("link"), model.link, usual.link),
        ridge: unless(is_idle("ridge"), model.ridge, usual.ridge),
        market_book: model.market_book.filter(|_| is_market),
        margin_method: unless(!is_market, model.margin_method, usual.margin_method),
        // a program that answers in time answers the same
        program: ProgramConfig {
            timeout: usual.program.timeout,
            ..model.program
        },
        ..model
    }
}

fn unless<T>(is_idle: bool, own: T, usual: T) -> T {
    if is_idle { usual } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_says_what_it_is_about() {
        for name in Settings::names() {
            assert!(
                SETTINGS.iter().any(|(known, _)| *known == name),
                "{name} needs a line in SETTINGS, which says when it has an effect"
            );
        }
    }

    fn idle(toml: &str, purpose: Purpose) -> Vec<String> {
        let settings = Settings::from_toml(toml).unwrap();
        let engine = RunConfig::resolve(&settings).unwrap().engine;
        let idle = settings.idle(&[&engine], purpose).into_iter();
        idle.map(|idle| idle.setting).collect()
    }

    #[test]
    fn a_setting_is_idle_where_nothing_looks_at_it() {
        let backtest = Purpose::Backtest;
        let cases: [(&str, &[&str]); 12] = [
            ("strategy = 'kelly'\nkelly_fraction = 0.5", &[]),
            ("strategy = 'kelly'\nstake = 0.5", &["stake"]),
            ("kelly_fraction = 0.5", &["kelly_fraction"]),
            ("strategy = 'flat'\nmultiple = true", &["multiple"]),
            ("strategy = 'flat'\nmultiple = true\nmin_ev = 0.0", &[]),
            ("strategy = 'flat'\nhalf_life = 100", &["half_life"]),
            ("strategy = 'flat'\nmodel = 'average'\nhalf_life = 100", &[]),
            (
                "model = 'market'\nprior = 0.1\nmin_matches = 3",
                &["min_matches", "prior"],
            ),
            ("model = 'average'\nrefit_every = 3", &["refit_every"]),
            ("profile = 'empirical'\npool = ['E0']", &["pool", "profile"]),
            ("pool = 'none'", &[]),
            ("pool = ['E0+E1']\nmargin_method = 'power'", &[]),
        ];
        for (toml, expected) in cases {
            assert_eq!(idle(toml, backtest), expected, "{toml}");
        }
    }

    #[test]
    fn who_does_not_bet_uses_no_stakes() {
        let toml = "bankroll = 5\nhalf_life = 90\nmap = { date = 'Day' }\nfrom = '2024-01-01'";
        assert_eq!(idle(toml, Purpose::Fit), ["bankroll", "from"]);
        assert_eq!(
            idle(toml, Purpose::Inspect),
            ["bankroll", "from", "half_life"]
        );
        assert_eq!(
            idle(toml, Purpose::Trade { history: false }),
            ["from", "map"]
        );
    }
}
