//! Arguments that all subcommands share: settings from flags, environment and file, threads, the log.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tracing::level_filters::LevelFilter;

use super::{alias_file, usage};
use crate::config::{ConfigError, Pair, Period, RunConfig, Settings};
use crate::domain::MarketKind;
use crate::predict::ModelConfigError;

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
}

impl Layers {
    /// Refuses flags that are about reading files, where none is read.
    pub fn ensure_no_files(&self) -> anyhow::Result<()> {
        let flags = &self.settings;
        let given = [
            ("--odds-format", flags.odds_format.is_some()),
            ("--time-zone", flags.time_zone.is_some()),
            ("--date-order", flags.date_order.is_some()),
            ("--map", !flags.map.is_empty()),
            ("--league", flags.league.is_some()),
            ("--on-bad-row", flags.on_bad_row.is_some()),
            ("--status-word", !flags.status_word.is_empty()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((name, _)) => Err(usage(format!(
                "{name} is about reading files: without --history it has no effect on entries"
            ))),
            None => Ok(()),
        }
    }

    /// Whether the least edge is the environment's.
    pub fn edge_is_of_environment(&self) -> bool {
        self.settings.min_edge.is_none() && std::env::var_os("MIN_EDGE").is_some()
    }

    /// Flags over environment over file.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let settings = self
            .lower_layers()?
            .with_flags(&self.settings)
            .map_err(usage)?;
        tracing::debug!(?settings, "settings");
        Ok(settings)
    }

    /// The layers below the flags.
    fn lower_layers(&self) -> anyhow::Result<LowerLayers> {
        let environment =
            Settings::from_environment(|name| std::env::var(name).ok()).map_err(usage)?;
        let file = self
            .config
            .as_deref()
            .map(read_settings)
            .transpose()?
            .unwrap_or_default();
        let aliases = self.alias_file.as_deref().map(alias_file::read);
        Ok(LowerLayers {
            environment,
            file,
            aliases: aliases.transpose()?.unwrap_or_default(),
        })
    }
}

/// The settings of the environment and of a file.
#[derive(Debug)]
pub struct LowerLayers {
    environment: Settings,
    file: Settings,
    /// The spellings of an alias file, which count as flags.
    aliases: Vec<Pair>,
}

impl LowerLayers {
    /// These flags over environment over file.
    pub fn with_flags(&self, flags: &Settings) -> Result<Settings, ConfigError> {
        let mut environment = self.environment.clone();
        let staking = flags.strategy.or(self.file.strategy).unwrap_or_default();
        if !staking.needs_edge() {
            // min_edge of the environment is meant for strategies that look for an edge; a betting baseline must not become one
            environment.min_edge = None;
        }
        let mut flags = flags.clone();
        flags.alias.splice(0..0, self.aliases.iter().cloned());
        flags.over(&environment.over(&self.file)?)
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
    /// Flags over environment over file over defaults.
    pub fn resolve(&self) -> anyhow::Result<RunConfig> {
        let settings = self
            .lower_layers()?
            .with_flags(&self.flags())
            .map_err(usage)?;
        resolve(&settings).map_err(usage)
    }

    /// The same, with every market where none is named.
    pub fn resolve_with_every_market(&self) -> anyhow::Result<RunConfig> {
        let mut settings = self
            .lower_layers()?
            .with_flags(&self.flags())
            .map_err(usage)?;
        if settings.markets.is_empty() {
            settings.markets = MarketKind::ALL.to_vec();
        }
        resolve(&settings).map_err(usage)
    }

    /// The given settings, without defaults and without the period.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        self.layers.settings()
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

/// What is run on real matches, of which nobody knows the truth.
pub fn resolve(settings: &Settings) -> Result<RunConfig, ConfigError> {
    tracing::debug!(?settings, "settings");
    let config = RunConfig::resolve(settings)?;
    match &config.engine.model {
        Some(model) if model.kind.knows_truth() => {
            Err(ConfigError::range(ModelConfigError::Unknowable))
        }
        _ => Ok(config),
    }
}

fn read_settings(path: &Path) -> anyhow::Result<Settings> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| usage(format!("cannot read --config {}: {error}", path.display())))?;
    Settings::from_toml(&text).map_err(|error| usage(format!("{}: {error}", path.display())))
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
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
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
