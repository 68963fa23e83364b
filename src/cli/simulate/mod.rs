//! `simbet simulate`.

mod merge;
mod shard;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;
use serde_json::{Value, json};

use shard::PartOf;

use crate::cli::layers::UsedVariables;
use crate::cli::output::{self, BetsFormat, RunFolder, RunOutput};
use crate::cli::plot::Plot;
use crate::cli::settings::{self, Layers};
use crate::cli::target::{Kind, Target};
use crate::cli::{Console, Typed, apart, input, progress, signals, usage};
use crate::config::{Purpose, RunConfig, Settings, Shard, SimulationConfig, SimulationSettings};
use crate::error::Error;
use crate::metrics::Summary;
use crate::program::{self, Group};
use crate::report::Format;
use crate::report::breakdown::GroupBy;
use crate::report::text_table::thousands;
use crate::results::{Committed, Folder, ResultsError, names};
use crate::simulate::{self, EmitError, EmittedMatches, RunSimulator, RunTable, SimulationReport};
use crate::sink::Outputs;
use crate::sink::memory::Memory;
use crate::sink::predictions::PredictionSink;
use crate::sink::significance::SignificanceSink;
use crate::source::synthetic::LeagueConfig;
use crate::source::{Input, SourceError};

/// The arguments of `simulate`.
// what --rho says there is of the league
#[derive(Debug, Args)]
#[command(mut_arg("rho", |model| model.long("model-rho").hide(true)), after_help = "Examples:
  simbet simulate --matches 1000
  simbet simulate --matches 1000 --runs 10000 --model truth --strategies ev,kelly,kelly:0.5,flat
  simbet simulate --runs 100000 --shard 3/16 --out s/3     # and the others elsewhere, then: simbet merge s/*/ --out results/
  simbet simulate --from datasets/epl.csv --in-play --every 10 --bets
  simbet simulate --emit matches.csv && simbet backtest matches.csv")]
pub struct Simulate {
    #[command(flatten)]
    simulation: SimulationSettings,
    #[command(flatten)]
    layers: Layers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// List the bets of a single run
    #[arg(long, help_heading = "Output")]
    bets: bool,
    /// Group the bets of a single run
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Output")]
    by: Vec<GroupBy>,
    /// Write a folder: for a single run what backtest writes, for many runs.csv, fan.csv, summary.json, run.json and the
    /// predictions of the first strategy in the first run
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Format of the bets in --out
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "out",
        help_heading = "Output"
    )]
    bets_format: BetsFormat,
    /// Play part I of N of the runs alone and write it to --out, for `simbet merge` to put together
    #[arg(
        long,
        value_name = "I/N",
        requires = "out",
        conflicts_with_all = ["run", "emit", "bets", "by", "plot"],
        help_heading = "Output"
    )]
    shard: Option<Shard>,
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
    /// Takes all that follows, so that the answer is the command of its own and not the first option that is unknown here
    #[arg(long, hide = true, num_args = 0.., allow_hyphen_values = true)]
    season: Option<Vec<String>>,
}

pub use merge::merge;

/// A league that was fitted to real matches, and the files they are from.
type Fitted = (LeagueConfig, Vec<Input>);

impl Simulate {
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        if self.season.is_some() {
            return Err(usage(
                "--season is a separate command: simbet season FILE...",
            ));
        }
        self.bets_format.ensure_built()?;
        self.plot.check()?;
        output::ensure_own(self.out.as_deref(), console)?;
        self.ensure_apart()?;
        let settings = self.settings(console)?;
        let (league, inputs) = self.fitted_league(&settings, console)?.unzip();
        let inputs = inputs.unwrap_or_default();
        let config = self.config(&settings, league.clone())?;
        // --runs 1 has the shape of --runs 2: a script need not tell them apart
        let is_single = self.simulation.runs.is_none() && config.strategies.len() == 1;
        self.check(is_single, typed)?;
        self.check_shard(is_single, typed)?;
        if let Some(path) = &self.emit {
            emit(path, &config, console)?;
        }
        let done = if let Some(shard) = self.shard {
            self.part(
                shard,
                &config,
                &PartOf {
                    league,
                    inputs,
                    typed,
                },
                console,
            )
        } else if is_single {
            self.one(&config, &inputs, console)
        } else {
            self.many(&config, &inputs, console)
        };
        let engines = config.strategies.iter().map(|strategy| &strategy.engine);
        settings::remark(engines, console);
        done
    }

    /// The settings that some strategy uses, or the league.
    fn settings(&self, console: Console) -> anyhow::Result<Settings> {
        let purpose = Purpose::Simulate {
            fitted: !self.simulation.from.is_empty(),
            in_play: self.simulation.in_play,
        };
        self.layers.settings_of(purpose, console, &|settings| {
            let simulation = self.simulation();
            let settings = simulation.without_idle_credit(settings);
            let config = SimulationConfig::resolve(&settings, &simulation, None)?;
            let strategies = config.strategies.into_iter();
            Ok(strategies.map(|strategy| strategy.engine).collect())
        })
    }

    fn simulation(&self) -> SimulationSettings {
        SimulationSettings {
            edge_of_environment: self.layers.edge_is_of_environment(),
            ..self.simulation.clone()
        }
    }

    /// Checks that no file that is written is among those that are read.
    fn ensure_apart(&self) -> anyhow::Result<()> {
        let inputs = &self.simulation.from;
        apart::ensure_folder(self.out.as_deref(), inputs)?;
        let inputs = [&inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--emit", self.emit.as_deref(), &inputs)?;
        apart::ensure_file("--plot", self.plot.path(), &inputs)?;
        self.emit
            .as_deref()
            .map_or(Ok(()), |path| emitted(path).check())
    }

    fn config(
        &self,
        settings: &Settings,
        league: Option<LeagueConfig>,
    ) -> anyhow::Result<SimulationConfig> {
        let config = SimulationConfig::resolve(settings, &self.simulation(), league);
        let mut config = config.map_err(usage)?;
        for strategy in &mut config.strategies {
            program::load(&mut strategy.engine, Group::Own).map_err(usage)?;
        }
        Ok(config)
    }

    /// The variables of the environment that a strategy uses.
    fn environment(&self, config: &SimulationConfig) -> anyhow::Result<UsedVariables> {
        let strategies = config.strategies.iter();
        let engines: Vec<_> = strategies.map(|strategy| &strategy.engine).collect();
        self.layers.environment(&engines)
    }

    /// What only a single run can do.
    fn check(&self, is_single: bool, typed: &Typed) -> anyhow::Result<()> {
        if is_single {
            typed.refuse(&["precision", "ruin"], "it is about many runs; give --runs")?;
        } else {
            typed.refuse(
                &["chart"],
                "many runs have one picture, that of their balances; leave it out",
            )?;
            typed.refuse(
                &["bets_format"],
                "many runs keep no bets; give --run for one of them",
            )?;
        }
        if !is_single && (self.bets || !self.by.is_empty()) {
            return Err(usage(
                "--bets and --by need a single run with a single strategy: give --run and --strategy",
            ));
        }
        if self.emit.is_some() && self.simulation.runs.is_some() {
            return Err(usage("--emit writes a single run: choose it with --run"));
        }
        Ok(())
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
        // the league is fitted here even if the run itself uses the true model or none
        let model = settings
            .model
            .clone()
            .filter(|spec| spec.kind.has_strengths());
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
        let mut simulator = RunSimulator::new(config)?;
        let (summary, memory, predictions) = self.play(config, &mut simulator, console)?;
        let (summary, names) = (&summary, simulator.names());
        let headline = simulate::headline_of_run(config);
        let coverage = coverage(config, summary);
        let mut run = json!({ "headline": headline, "coverage": coverage, "config": config, "inputs": inputs });
        output::record_environment(&mut run, &self.environment(config)?);
        let folder = RunFolder {
            summary,
            names,
            memory: &memory,
            predictions: output::model_name(&config.strategies[0].engine)
                .map(|model| (&predictions, model)),
            format: self.bets_format,
            run,
        };
        let written = self
            .out
            .as_ref()
            .map_or(Ok(()), |path| folder.write(path, console));
        let drawn = output::draw(&self.plot, summary, names, &memory, console);
        let output = RunOutput {
            notes: Vec::new(),
            headline,
            coverage,
            summary,
            names,
            memory: &memory,
            by: &self.by,
            bets: self.bets,
        };
        output.print(self.format)?;
        written.and(drawn)
    }

    /// Plays the first run; its rows are kept only where something is made of them.
    fn play(
        &self,
        config: &SimulationConfig,
        simulator: &mut RunSimulator,
        console: Console,
    ) -> anyhow::Result<(Summary, Memory, PredictionSink)> {
        let wants_rows =
            self.bets || !self.by.is_empty() || self.out.is_some() || self.plot.is_requested();
        let mut outputs = Outputs {
            significance: Some(SignificanceSink::default()),
            memory: wants_rows.then(Memory::default),
            predictions: self.out.as_ref().map(|_| PredictionSink::default()),
            ..Outputs::default()
        };
        let bar = progress::spinner(console, "simulating");
        let result =
            simulator.play_one(config.first_run, 0, &mut outputs, &AtomicBool::new(false))?;
        bar.finish_and_clear();
        let summary = Summary {
            significance: outputs.significance.map(|sink| Box::new(sink.assess())),
            ..result.summary
        };
        Ok((
            summary,
            outputs.memory.unwrap_or_default(),
            outputs.predictions.unwrap_or_default(),
        ))
    }

    /// Many runs, or several strategies, shown as distributions.
    fn many(
        &self,
        config: &SimulationConfig,
        inputs: &[Input],
        console: Console,
    ) -> anyhow::Result<()> {
        let stop = signals::stop_on_signals();
        let bar = progress::runs(console, "simulating", config.runs);
        let (report, written) = match &self.out {
            None => {
                let report = simulate::simulate(config, &stop, &mut |_| Ok(()), &|done| {
                    bar.set_position(done);
                })?;
                (report, None)
            }
            Some(path) => {
                let environment = self.environment(config)?;
                let run = json!({ "inputs": inputs });
                let wait = signals::waiting(console);
                let folder = Folder::create(path, &wait)?;
                write_folder(folder, config, (run, &environment), &stop, &|done| {
                    bar.set_position(done);
                })?
            }
        };
        bar.finish_and_clear();
        written.iter().for_each(|folder| console.wrote(folder));
        if report.runs() == 0 {
            anyhow::bail!("stopped before the first run was over");
        }
        crate::cli::print(
            &simulate::render(config, &report, self.format)?,
            self.format,
        )?;
        self.plot
            .write(console, || simulate::fan_chart(config, &report))?;
        signals::ensure_all_done(report.runs(), config.runs)
    }
}

/// How many matches of a single run were predicted.
fn coverage(config: &SimulationConfig, summary: &Summary) -> String {
    match &config.strategies[0].engine.model {
        Some(_) => format!("{} predicted", thousands(&summary.predicted.to_string())),
        None => "no model".to_owned(),
    }
}

/// The file of invented matches, which replaces no real ones.
const fn emitted(path: &Path) -> Target<'_> {
    Target {
        option: "--emit",
        path,
        kind: Kind::Emitted,
    }
}

/// Writes the matches of the first run as a file that `backtest` reads.
fn emit(path: &Path, config: &SimulationConfig, console: Console) -> anyhow::Result<()> {
    let mut matches = EmittedMatches::new(config).map_err(|error| match error {
        EmitError::Synthetic(error) => error.into(),
        error => usage(error),
    })?;
    let mut failed = None;
    let written = emitted(path).write(console, |out| {
        matches.write(out)?.map_err(|error| {
            failed = Some(error);
            io::Error::other("a match cannot be invented")
        })
    });
    failed.map_or(written, |error| Err(error.into()))
}

/// Plays the runs and writes each as it is done, then the report on all of them.
fn write_folder(
    mut folder: Folder<'_>,
    config: &SimulationConfig,
    (run, environment): (Value, &UsedVariables),
    stop: &AtomicBool,
    progress: &(dyn Fn(u64) + Sync),
) -> anyhow::Result<(SimulationReport, Option<Committed>)> {
    let mut report = Err(Error::Source(SourceError::Stopped));
    folder.stage(&names::csv_file(names::RUNS), |out| {
        let mut table = RunTable::new(out, config);
        report = simulate::simulate(
            config,
            stop,
            &mut |results| {
                let written = table.write(results);
                written.map_err(unwritable)
            },
            progress,
        );
        table.finish()
    })?;
    let report = report?;
    if report.runs() == 0 {
        return Ok((report, None));
    }
    stage_first_predictions(&mut folder, config, stop)?;
    let written = finish(folder, config, &report, (run, environment))?;
    Ok((report, Some(written)))
}

/// Writes the report on all runs, and what the command says of itself.
fn finish(
    mut folder: Folder<'_>,
    config: &SimulationConfig,
    report: &SimulationReport,
    (mut run, environment): (Value, &UsedVariables),
) -> anyhow::Result<Committed> {
    folder.stage(&names::csv_file(names::FAN), |out| {
        simulate::write_fan(out, report)
    })?;
    folder.stage_summary(&simulate::json(config, report))?;
    run["headline"] = json!(simulate::headline(config, report));
    run["config"] = json!(config);
    run["runs_done"] = json!(report.runs());
    output::record_environment(&mut run, environment);
    Ok(folder.commit(&run)?)
}

/// Plays the first run of the first strategy again, for its predictions: those of all runs would be too many.
fn stage_first_predictions(
    folder: &mut Folder<'_>,
    config: &SimulationConfig,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    let Some(model) = output::model_name(&config.strategies[0].engine) else {
        return Ok(());
    };
    let mut simulator = RunSimulator::new(config)?;
    let mut outputs = Outputs {
        predictions: Some(PredictionSink::default()),
        ..Outputs::default()
    };
    match simulator.play_one(config.first_run, 0, &mut outputs, stop) {
        Err(Error::Source(SourceError::Stopped)) => return Ok(()),
        played => played?,
    };
    let predictions = outputs.predictions.unwrap_or_default();
    let rows = predictions.rows(&model, simulator.names());
    Ok(output::stage_predictions(folder, BetsFormat::Csv, rows)?)
}

fn unwritable(source: io::Error) -> Error {
    Error::Results(ResultsError::Write {
        path: names::csv_file(names::RUNS).into(),
        source,
    })
}
