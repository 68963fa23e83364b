//! `simbet simulate`.

mod emit;
mod report;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;
use serde_json::json;

use super::output::{self, BetsFormat, Printed, Written};
use super::plot::Plot;
use super::season::{self, SeasonArgs};
use super::settings::Layers;
use super::{Console, input, progress, signals, usage};
use crate::config::{RunConfig, Settings, SimulationConfig, SimulationSettings};
use crate::error::Error;
use crate::predict::ModelKind;
use crate::report::Format;
use crate::report::breakdown::By;
use crate::report::sheet::thousands;
use crate::results::folder::Folder;
use crate::simulate::{self, Player, RunResult, SimulationReport};
use crate::sink::Sink;
use crate::sink::memory::Memory;
use crate::sink::significance::SignificanceSink;
use crate::source::Input;
use crate::source::synthetic::LeagueConfig;

/// What was typed after `simulate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet simulate --matches 1000
  simbet simulate --matches 1000 --runs 10000 --model truth --strategies ev,kelly,kelly:0.5,flat
  simbet simulate --from datasets/epl.csv --in-play --every 10 --bets
  simbet simulate --emit matches.csv && simbet backtest matches.csv
  simbet simulate --season E0_2023-24.csv E0_2024-25.csv --as-of 2025-01-01")]
pub struct Simulate {
    #[command(flatten)]
    simulation: SimulationSettings,
    #[command(flatten)]
    season: SeasonArgs,
    #[command(flatten)]
    layers: Layers,
    /// Form of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// List the bets of a single run
    #[arg(long, help_heading = "Output")]
    bets: bool,
    /// Group the bets of a single run
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Output")]
    by: Vec<By>,
    /// Write a folder: of a single run what backtest writes, of many runs.csv, fan.csv, summary.json and run.json
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Form of the bets in --out
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    bets_format: BetsFormat,
    #[command(flatten)]
    plot: Plot,
    /// Write the matches of a single run in football-data's columns, to be read by backtest
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "in_play",
        help_heading = "Output"
    )]
    emit: Option<PathBuf>,
}

/// A league that was fitted to real matches, and the files they are from.
type Fitted = (LeagueConfig, Vec<Input>);

impl Simulate {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.bets_format.ensure_built()?;
        self.plot.check()?;
        output::ensure_own(self.out.as_deref())?;
        let settings = self.layers.settings()?;
        if !self.season.season.is_empty() {
            let config = RunConfig::resolve(&settings).map_err(usage)?;
            let (runs, seed) = (self.simulation.runs, self.simulation.seed);
            return season::run(
                &self.season,
                config,
                runs,
                seed,
                self.format,
                self.out.as_deref(),
                console,
            );
        }
        let (league, inputs) = self.fitted_league(&settings, console)?.unzip();
        let inputs = inputs.unwrap_or_default();
        let edge_of_environment = self.layers.edge_is_of_environment();
        let simulation = SimulationSettings {
            edge_of_environment,
            ..self.simulation.clone()
        };
        let config = SimulationConfig::resolve(&settings, &simulation, league).map_err(usage)?;
        // --runs 1 has the shape of --runs 2: a script need not tell them apart
        let single = self.simulation.runs.is_none() && config.contenders.len() == 1;
        if !single && (self.bets || !self.by.is_empty()) {
            return Err(usage(
                "--bets and --by are of one run with one strategy: say --run and --strategy",
            ));
        }
        if self.emit.is_some() && self.simulation.runs.is_some() {
            return Err(usage("--emit writes a single run: say which with --run"));
        }
        if let Some(path) = &self.emit {
            emit::write(path, &config)?;
        }
        if single {
            self.one(&config, &inputs, console)
        } else {
            self.many(&config, &inputs, console)
        }
    }

    /// The league of `--from`, with the strengths that its matches show.
    fn fitted_league(
        &self,
        settings: &Settings,
        console: Console,
    ) -> anyhow::Result<Option<Fitted>> {
        let files = &self.simulation.from;
        if files.is_empty() {
            return Ok(None);
        }
        // a model that is told the truth, or none, is no reason not to fit one here
        let model = settings
            .model
            .filter(|kind| matches!(kind, ModelKind::Poisson | ModelKind::DixonColes));
        let config = RunConfig::resolve(&Settings {
            model,
            ..settings.clone()
        })
        .map_err(usage)?;
        let matches = input::read(files, &config.read, console)?;
        Ok(Some((
            simulate::league_like(&config.engine, &matches)?,
            matches.inputs,
        )))
    }

    /// A single run, shown like a backtest.
    fn one(
        &self,
        config: &SimulationConfig,
        inputs: &[Input],
        console: Console,
    ) -> anyhow::Result<()> {
        let mut player = Player::new(config)?;
        let mut memory = Memory::default();
        let wants_rows =
            self.bets || !self.by.is_empty() || self.out.is_some() || self.plot.is_asked();
        let mut witness = SignificanceSink::default();
        let mut sinks: Vec<&mut dyn Sink> = vec![&mut witness];
        if wants_rows {
            sinks.push(&mut memory);
        }
        let bar = progress::spinner(console, "simulating");
        let mut result =
            player.play_one(config.first_run, 0, &mut sinks, &AtomicBool::new(false))?;
        result.summary.significance = Some(witness.assess());
        bar.finish_and_clear();
        let (summary, names) = (&result.summary, player.names());
        let headline = format!(
            "{}, run {} of seed {}\n{}",
            report::league(config),
            config.first_run,
            config.synthetic.seed,
            report::contest(config)
        );
        let coverage = match &config.contenders[0].engine.model {
            Some(_) => format!("{} predicted", thousands(&summary.predicted.to_string())),
            None => "no model".to_owned(),
        };
        let run = json!({ "headline": headline, "coverage": coverage, "config": config, "inputs": inputs });
        let written = Written {
            summary,
            names,
            memory: &memory,
            format: self.bets_format,
            run,
        };
        let written = self
            .out
            .as_ref()
            .map_or(Ok(()), |folder| written.write(folder));
        let drawn = output::draw(&self.plot, summary, names, &memory);
        let printed = Printed {
            headline,
            coverage,
            summary,
            names,
            memory: &memory,
            by: &self.by,
            bets: self.bets,
        };
        printed.print(self.format)?;
        written.and(drawn)
    }

    /// Many runs, or several strategies, shown as distributions.
    fn many(
        &self,
        config: &SimulationConfig,
        inputs: &[Input],
        console: Console,
    ) -> anyhow::Result<()> {
        let stop = signals::stop_on_signals()?;
        let bar = progress::runs(console, "simulating", config.runs);
        let progress = |done| bar.set_position(done);
        let compared = match &self.out {
            None => simulate::simulate(config, &stop, &mut |_| Ok(()), &progress)?,
            Some(path) => write_folder(path, config, inputs, &stop, &progress)?,
        };
        bar.finish_and_clear();
        if compared.runs() == 0 {
            anyhow::bail!("stopped before the first run was over");
        }
        crate::cli::print(&report::print(config, &compared, self.format)?)?;
        self.plot.write(|| report::fan(config, &compared))?;
        signals::ensure_all_done(compared.runs(), config.runs)
    }
}

/// Plays the runs, writing each as it is done, then what they come to; run.json comes last and says that the rest is there.
fn write_folder(
    path: &Path,
    config: &SimulationConfig,
    inputs: &[Input],
    stop: &AtomicBool,
    progress: &(dyn Fn(u64) + Sync),
) -> anyhow::Result<SimulationReport> {
    let mut folder = Folder::create(path)?;
    let mut compared = Err(Error::Source(crate::source::SourceError::Stopped));
    folder.stage("runs.csv", |out| {
        let mut table = report::RunTable::new(out, config);
        let mut each = |results: &[RunResult]| {
            table
                .write(results)
                .map_err(|source| unwritable(path, source))
        };
        compared = simulate::simulate(config, stop, &mut each, progress);
        table.finish()
    })?;
    let compared = compared?;
    if compared.runs() == 0 {
        return Ok(compared);
    }
    folder.stage("fan.csv", |out| report::write_fan(out, &compared))?;
    let summary = report::json(config, &compared);
    folder.stage("summary.json", |out| output::write_json(out, &summary))?;
    let run = output::with_version(&json!({
        "headline": report::headline(config, &compared),
        "config": config,
        "inputs": inputs,
        "runs_done": compared.runs(),
    }));
    folder.stage("run.json", |out| output::write_json(out, &run))?;
    folder.commit(&output::RESULTS)?;
    Ok(compared)
}

fn unwritable(folder: &Path, source: io::Error) -> Error {
    Error::Sink(crate::sink::SinkError::Write {
        path: folder.join("runs.csv"),
        source,
    })
}
