//! The layers of settings: flags over environment over file, and what is said of those that change nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Console, usage};
use crate::config::{
    ConfigError, Environment, Idle, Pair, Purpose, RunConfig, Settings, Variable, flag,
};
use crate::engine::EngineConfig;
use crate::strategy::StrategyKind;

/// The settings of the environment and of a file.
#[derive(Debug)]
pub struct LowerLayers {
    pub environment: Environment,
    pub file: Settings,
    /// Where the file is.
    pub path: Option<PathBuf>,
    /// The spellings of an alias file, which count as flags.
    pub aliases: Vec<Pair>,
}

/// The variables of the environment that are used, with their texts, as run.json has them.
pub type UsedVariables = BTreeMap<&'static str, String>;

impl LowerLayers {
    /// These flags over environment over file.
    pub fn with_flags(&self, flags: &Settings) -> Result<Settings, ConfigError> {
        let mut environment = self.environment.settings.clone();
        let staking = flags.strategy.or(self.file.strategy).unwrap_or_default();
        if !staking.needs_edge() {
            // min_edge of the environment is meant for strategies that look for an edge; a betting baseline must not become one
            environment.min_edge = None;
        }
        let mut flags = flags.clone();
        flags.alias.splice(0..0, self.aliases.iter().cloned());
        flags.over(&environment.over(&self.file)?)
    }

    /// The settings without those that change nothing: an error where one was typed, a warning where it comes from the file.
    pub fn judged(
        &self,
        flags: &Settings,
        purpose: Purpose,
        console: Console,
        engines: &dyn Fn(&Settings) -> Result<Vec<EngineConfig>, ConfigError>,
    ) -> anyhow::Result<Settings> {
        let mut settings = self.with_flags(flags).map_err(usage)?;
        if purpose.always_models() {
            settings.name_model();
        }
        let unused = settings.unused(purpose);
        refuse_typed(flags, &unused)?;
        let names: Vec<String> = unused.into_iter().map(|idle| idle.setting).collect();
        // what is not looked at cannot be wrong
        let looked_at = settings.without(&names).map_err(usage)?;
        let looked_at = self.without_unpaid_rates(looked_at, flags, console)?;
        if purpose.bets() {
            warn_of_percent(&looked_at, console);
        }
        if looked_at.commission.is_some() {
            settings.commission.clone_from(&looked_at.commission);
        }
        let engines = engines(&looked_at);
        let engines = engines.map_err(|error| usage(self.with_source(&error, flags)))?;
        let engines: Vec<&EngineConfig> = engines.iter().collect();
        let idle = settings.idle(&engines, purpose);
        self.report(flags, &flags.given(), &engines, purpose, console, &idle)?;
        let names: Vec<String> = idle.into_iter().map(|idle| idle.setting).collect();
        settings.without(&names).map_err(usage)
    }

    /// The settings without rates of commission of the file that no bet would pay; those that were typed stay, and are errors.
    pub fn without_unpaid_rates(
        &self,
        settings: Settings,
        flags: &Settings,
        console: Console,
    ) -> anyhow::Result<Settings> {
        if flags.commission.is_some() {
            return Ok(settings);
        }
        let (settings, unpaid) = settings.without_unpaid_rates().map_err(usage)?;
        if let (Some(rates), Some(path)) = (unpaid, &self.path) {
            let path = path.display();
            console.warn(format!(
                "{path}: commission has a rate for {rates} that no bet would pay"
            ));
        }
        Ok(settings)
    }

    /// An error of a setting with where it is from, unless it was typed.
    fn with_source(&self, error: &ConfigError, flags: &Settings) -> String {
        let text = error.to_string();
        let Some((setting, rest)) = text.split_once(" must be ") else {
            return text;
        };
        let setting = setting.trim_start_matches('-').replace('-', "_");
        let is_of = |settings: &Settings| settings.given().contains(&setting);
        let mut variables = self.environment.variables.iter();
        let variable = variables.find(|variable| variable.setting == setting);
        match (&self.path, variable) {
            _ if is_of(flags) => text,
            (_, Some(variable)) => format!("the environment's {} must be {rest}", variable.name),
            (Some(path), None) if is_of(&self.file) => {
                format!("{}: {setting} must be {rest}", path.display())
            }
            (Some(_) | None, None) => text,
        }
    }

    /// Says what has no effect and what the environment does. `overriding` are the settings above the environment.
    pub fn report(
        &self,
        flags: &Settings,
        overriding: &[String],
        engines: &[&EngineConfig],
        purpose: Purpose,
        console: Console,
        idle: &[Idle],
    ) -> anyhow::Result<()> {
        refuse_typed(flags, idle)?;
        if let Some(names) = idle
            .iter()
            .find(|idle| idle.setting == "alias" && !self.aliases.is_empty())
        {
            return Err(usage(names.sentence("--alias-file")));
        }
        self.warn_of_file(idle, overriding, console);
        if purpose.bets() {
            for variable in &self.environment.variables {
                self.report_variable(variable, overriding, engines, console);
            }
        }
        Ok(())
    }

    /// One warning for all settings of the file that have no effect for the same reason.
    fn warn_of_file(&self, idle: &[Idle], overriding: &[String], console: Console) {
        let Some(path) = &self.path else {
            return;
        };
        let given = self.file.given();
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for idle in idle {
            if given.contains(&idle.setting) && !overriding.contains(&idle.setting) {
                names.entry(&idle.because).or_default().push(&idle.setting);
            }
        }
        for (because, names) in names {
            let verb = if names.len() == 1 { "has" } else { "have" };
            let names = names.join(", ");
            let path = path.display();
            console.warn(format!("{path}: {names} {verb} no effect: {because}"));
        }
    }

    fn report_variable(
        &self,
        variable: &Variable,
        overriding: &[String],
        engines: &[&EngineConfig],
        console: Console,
    ) {
        let Variable {
            name,
            setting,
            text,
        } = variable;
        let option = flag(setting);
        if overriding.iter().any(|over| over == setting) {
            console.note(format!(
                "{name}={text} of the environment is not used: {option} overrides it"
            ));
        } else if is_unwanted(variable, engines) {
            console.warn(format!(
                "{name}={text} of the environment has no effect: only strategies that look for an edge use it; give {option} \
                 to filter bets of others"
            ));
        } else {
            let over = if self.file.given().iter().any(|given| given == setting) {
                ", over that of the file"
            } else {
                ""
            };
            console.note(format!(
                "{name}={text} of the environment is used as {option}{over}"
            ));
        }
    }
}

/// Warns of a least expected value that is probably percent: a higher one than the stake is asked of few prices, and no error.
fn warn_of_percent(settings: &Settings, console: Console) {
    let Some(least) = settings.min_ev.filter(|least| *least > 1.0) else {
        return;
    };
    console.warn(format!(
        "min_ev {least} asks for an expected profit above {:.0} % of the stake, which hardly any price has: 0.05 is 5 %",
        least * 100.0
    ));
}

/// The variables of the environment that these engines use. `overriding` are the settings above the environment.
pub fn used_variables(
    environment: Environment,
    overriding: &[String],
    engines: &[&EngineConfig],
) -> UsedVariables {
    let used = environment.variables.into_iter().filter(|variable| {
        let is_over = overriding.iter().any(|over| over == variable.setting);
        !is_over && !is_unwanted(variable, engines)
    });
    used.map(|variable| (variable.name, variable.text))
        .collect()
}

/// Refuses a setting that was typed and changes nothing.
fn refuse_typed(flags: &Settings, idle: &[Idle]) -> anyhow::Result<()> {
    let typed = flags.given();
    match idle.iter().find(|idle| typed.contains(&idle.setting)) {
        Some(idle) => Err(usage(idle.sentence(&idle.flag()))),
        None => Ok(()),
    }
}

/// Whether none of the strategies looks for the edge that the environment asks for.
fn is_unwanted(variable: &Variable, engines: &[&EngineConfig]) -> bool {
    let mut kinds = engines.iter().map(|engine| engine.strategy.kind);
    variable.setting == "min_edge" && !kinds.any(StrategyKind::needs_edge)
}

/// The engine of settings for what is run alone.
pub fn engine_of(settings: &Settings) -> Result<Vec<EngineConfig>, ConfigError> {
    RunConfig::resolve(&settings.clone().without_idle_credit()).map(|config| vec![config.engine])
}
