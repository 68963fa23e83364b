//! Arguments that all subcommands share: settings from flags, environment and file, threads, the log.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format;

use super::layers::{self, LowerLayers, UsedVariables};
use super::recorded::Recorded;
use super::unmatched::{unmatched, unpriced};
use super::{Console, alias_file, usage};
use crate::backtest;
use crate::config::{self, ConfigError, Environment, Period, Purpose, RunConfig, Settings};
use crate::domain::MarketKind;
use crate::engine::EngineConfig;
use crate::predict::ModelConfigError;
use crate::printable::message;
use crate::program::{self, Group};
use crate::source::{Matches, load, load_trained};

/// Settings as flags, and the file they may come from.
#[derive(Debug, Args)]
pub struct Layers {
    /// TOML file with settings of model, staking, bets and reading, named like the flags with `_` for `-`; flags and
    /// environment override it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// CSV file with other spellings of teams: columns spelling, name and, where wanted, league
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    alias_file: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// The command that is understood again, of a part of its work.
    #[arg(skip)]
    recorded: Option<Recorded>,
}

impl Layers {
    /// What another machine needs to understand this command as this one does.
    pub fn record(&self, arguments: &[OsString]) -> anyhow::Result<Recorded> {
        let config = self.config.as_deref().map(|path| (path, MOST_OF_SETTINGS));
        let aliases = self.alias_file.as_deref();
        let aliases = aliases.map(|path| (path, alias_file::MOST_BYTES));
        let files: Vec<_> = config.into_iter().chain(aliases).collect();
        Recorded::new(arguments, &files)
    }

    /// Takes files of settings and the environment from a recorded command.
    pub fn take_from(&mut self, recorded: Recorded) {
        self.recorded = Some(recorded);
    }

    /// The settings of the environment.
    fn read_environment(&self) -> anyhow::Result<Environment> {
        match &self.recorded {
            Some(recorded) => recorded.environment(),
            None => Environment::read(|name| std::env::var(name).ok()).map_err(usage),
        }
    }

    /// The bytes of a file of settings.
    fn bytes(&self, path: &Path, most: u64) -> Result<Vec<u8>, String> {
        match &self.recorded {
            Some(recorded) => recorded.file(path),
            None => load(path, most).map_err(|error| error.to_string()),
        }
    }

    /// The files that settings are read from.
    pub fn files(&self) -> Vec<String> {
        let files = [&self.config, &self.alias_file].into_iter().flatten();
        let files = files.map(|path| path.display().to_string());
        files
            .chain(self.settings.probabilities.iter().cloned())
            .collect()
    }

    /// Whether the least edge is the environment's.
    pub fn edge_is_of_environment(&self) -> bool {
        self.settings.min_edge.is_none() && std::env::var_os("MIN_EDGE").is_some()
    }

    /// Flags over environment over file, without those that change nothing: what was typed and changes nothing is an error.
    pub fn settings(&self, purpose: Purpose, console: Console) -> anyhow::Result<Settings> {
        self.settings_of(purpose, console, &layers::engine_of)
    }

    /// The same where settings make several engines.
    pub fn settings_of(
        &self,
        purpose: Purpose,
        console: Console,
        engines: &dyn Fn(&Settings) -> Result<Vec<EngineConfig>, ConfigError>,
    ) -> anyhow::Result<Settings> {
        let lower = self.lower_layers()?;
        let settings = lower.judged(&self.settings, purpose, console, engines)?;
        tracing::debug!(?settings, "settings");
        Ok(settings)
    }

    /// The variables of the environment that these engines use.
    pub fn environment(&self, engines: &[&EngineConfig]) -> anyhow::Result<UsedVariables> {
        let environment = self.read_environment()?;
        let given = self.settings.given();
        Ok(layers::used_variables(environment, &given, engines))
    }

    /// The layers below the flags.
    fn lower_layers(&self) -> anyhow::Result<LowerLayers> {
        let file = self.config.as_deref();
        let file = file.map(|path| settings_of_file(path, self.bytes(path, MOST_OF_SETTINGS)));
        let file = file.transpose()?;
        let aliases = self.alias_file.as_deref();
        let aliases = aliases
            .map(|path| alias_file::spellings(path, self.bytes(path, alias_file::MOST_BYTES)));
        Ok(LowerLayers {
            environment: self.read_environment()?,
            file: file.unwrap_or_default(),
            path: self.config.clone(),
            aliases: aliases.transpose()?.unwrap_or_default(),
        })
    }
}

/// The same for what replays real matches.
#[derive(Debug, Args)]
pub struct ReplayLayers {
    #[command(flatten)]
    layers: Layers,
    #[command(flatten)]
    period: Period,
}

impl ReplayLayers {
    /// The files that settings are read from.
    pub fn files(&self) -> Vec<String> {
        self.layers.files()
    }

    /// Flags over environment over file over defaults; what was typed and changes nothing is an error.
    pub fn resolve(&self, purpose: Purpose, console: Console) -> anyhow::Result<RunConfig> {
        resolve(&self.settings(purpose, console)?).map_err(usage)
    }

    /// The same for another form of the matches, with every market where none is named.
    pub fn resolve_for_convert(&self, console: Console) -> anyhow::Result<RunConfig> {
        let mut settings = self.settings(Purpose::Convert, console)?;
        if settings.markets.is_empty() {
            settings.markets = MarketKind::ALL.to_vec();
        }
        resolve(&settings).map_err(usage)
    }

    /// The given settings, without defaults and without those that change nothing.
    pub fn settings(&self, purpose: Purpose, console: Console) -> anyhow::Result<Settings> {
        let lower = self.lower_layers()?;
        lower.judged(&self.flags(), purpose, console, &layers::engine_of)
    }

    /// The variables of the environment that these engines use.
    pub fn environment(&self, engines: &[&EngineConfig]) -> anyhow::Result<UsedVariables> {
        self.layers.environment(engines)
    }

    /// The same where more than the flags is above the environment.
    pub fn environment_below(
        &self,
        overriding: &[String],
        engines: &[&EngineConfig],
    ) -> anyhow::Result<UsedVariables> {
        let environment = self.layers.read_environment()?;
        Ok(layers::used_variables(environment, overriding, engines))
    }

    /// What another machine needs to understand this command as this one does.
    pub fn record(&self, arguments: &[OsString]) -> anyhow::Result<Recorded> {
        self.layers.record(arguments)
    }

    /// Takes files of settings and the environment from a recorded command.
    pub fn take_from(&mut self, recorded: Recorded) {
        self.layers.take_from(recorded);
    }

    /// Says which settings name what the matches do not have: an error where one was typed, else a warning.
    pub fn ensure_matched(
        &self,
        config: &RunConfig,
        matches: &Matches,
        console: Console,
    ) -> anyhow::Result<()> {
        let typed = self.flags().given();
        for idle in unmatched(config, matches) {
            if typed.contains(&idle.setting) {
                return Err(usage(idle.sentence(&idle.flag())));
            }
            console.warn(idle.sentence(&idle.setting));
        }
        Ok(())
    }

    /// Says which books and markets no match has a price of: an error where one was typed, else a warning.
    pub fn ensure_priced(
        &self,
        config: &RunConfig,
        matches: &Matches,
        console: Console,
    ) -> anyhow::Result<()> {
        let wanted = backtest::wanted_prices(&config.engine, &config.replay);
        let typed = self.flags().given();
        for unpriced in unpriced(wanted, matches.records.iter(), "match") {
            if typed.iter().any(|typed| typed == unpriced.setting) {
                return Err(usage(unpriced.sentence));
            }
            console.warn(unpriced.sentence);
        }
        Ok(())
    }

    /// The same of fixtures. A market without a price has fair odds all the same, and a book may have none this week: what
    /// no file has of a book is an error.
    pub fn ensure_fixtures_priced(
        &self,
        config: &RunConfig,
        matches: &Matches,
        console: Console,
    ) -> anyhow::Result<()> {
        let wanted = backtest::wanted_prices(&config.engine, &config.replay);
        let typed = self.flags().given();
        if typed.iter().any(|typed| typed == "book") {
            let mut of_no_match = unpriced(wanted, matches.records.iter(), "match").into_iter();
            if let Some(book) = of_no_match.find(|unpriced| unpriced.setting == "book") {
                return Err(usage(book.sentence));
            }
        }
        for unpriced in unpriced(wanted, matches.fixtures(), "fixture") {
            console.warn(unpriced.sentence);
        }
        Ok(())
    }

    /// The settings given by flags.
    pub fn flags(&self) -> Settings {
        Settings {
            from: self.period.from,
            to: self.period.to,
            ..self.layers.settings.clone()
        }
    }

    /// The layers below the flags.
    pub fn lower_layers(&self) -> anyhow::Result<LowerLayers> {
        self.layers.lower_layers()
    }
}

/// Hides the options of settings that are refused for all of these purposes; a file of settings may have them all the same.
pub fn hide_idle(purposes: &[Purpose]) -> impl Fn(clap::Arg) -> clap::Arg {
    |option| {
        let is_idle = config::is_never_used(option.get_id().as_str(), purposes);
        let is_hidden = is_idle || option.is_hide_set();
        option.hide(is_hidden)
    }
}

/// What is run on real matches, of which nobody knows the truth.
pub fn resolve(settings: &Settings) -> Result<RunConfig, ConfigError> {
    tracing::debug!(?settings, "settings");
    let mut config = RunConfig::resolve(settings)?;
    load_trained(&mut config.engine).map_err(ConfigError::range)?;
    program::load(&mut config.engine, Group::Own).map_err(ConfigError::range)?;
    match &config.engine.model {
        Some(model) if model.kind.knows_truth() => {
            Err(ConfigError::range(ModelConfigError::Unknowable))
        }
        _ => Ok(config),
    }
}

/// Says what a user should know of a model from outside simbet, once a run is over.
pub fn remark<'a>(engines: impl IntoIterator<Item = &'a EngineConfig>, console: Console) {
    let models = engines
        .into_iter()
        .filter_map(|engine| engine.model.as_ref());
    let makers = models.filter_map(|model| model.outside.as_ref()?.maker.as_ref());
    let remarks: BTreeSet<String> = makers.flat_map(|maker| maker.remarks()).collect();
    for remark in remarks {
        console.warn(remark);
    }
}

/// The most bytes of a file of settings.
const MOST_OF_SETTINGS: u64 = 1 << 20;

fn settings_of_file(path: &Path, read: Result<Vec<u8>, String>) -> anyhow::Result<Settings> {
    let unreadable = |problem: String| {
        usage(format!(
            "cannot read --config {}: {problem}",
            path.display()
        ))
    };
    let bytes = read.map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    Settings::from_toml(&text).map_err(|error| usage(format!("{}: {error}", path.display())))
}

/// The log: a line that cannot be written, on a full disk or to a reader that went away, is dropped and stops nothing.
struct Forgiving(std::io::Stderr);

impl Write for Forgiving {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

/// Starts the log on stderr: warnings, and more with `-v` or `LOG_LEVEL`.
pub fn start_log(quiet: bool, verbose: u8) -> anyhow::Result<()> {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => level_of_environment()?,
        (false, 1) => LevelFilter::INFO,
        (false, 2) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr())
        && std::env::var_os("NO_COLOR").is_none();
    // what others wrote is in many a message, and a terminal obeys what it is sent
    let fields = format::debug_fn(|out, field, value| match field.name() {
        "message" => write!(out, "{}", message(format!("{value:?}"))),
        name => write!(out, "{name}={}", message(format!("{value:?}"))),
    });
    tracing_subscriber::fmt()
        .fmt_fields(fields.delimited(" "))
        // a stderr that is gone or full is no reason to panic
        .with_writer(|| Forgiving(std::io::stderr()))
        .log_internal_errors(false)
        .with_max_level(level)
        .with_ansi(colours)
        .without_time()
        .with_target(false)
        .try_init()
        .map_err(|error| anyhow::anyhow!(error))
        .context("cannot start the log")
}

fn level_of_environment() -> anyhow::Result<LevelFilter> {
    let Ok(text) = std::env::var("LOG_LEVEL") else {
        return Ok(LevelFilter::WARN);
    };
    let level = if text.eq_ignore_ascii_case("warning") {
        "warn"
    } else {
        &text
    };
    level.parse().map_err(|_| {
        usage(format!("the environment's LOG_LEVEL must be off, error, warn, info, debug or trace, not {text:?}"))
    })
}

/// More threads than any machine has use for would only be slow to start.
const MAX_THREADS: usize = 256;

/// Sets how many threads predict and read.
pub fn use_threads(threads: Option<usize>) -> anyhow::Result<()> {
    let Some(threads) = threads else {
        return Ok(());
    };
    if !(1..=MAX_THREADS).contains(&threads) {
        return Err(usage(format!(
            "--threads must be between 1 and {MAX_THREADS}, not {threads}"
        )));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .context("cannot start the threads")
}
