//! `simbet backtest`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::compare::{self, BaselineArgs};
use super::layers::UsedVariables;
use super::output::{self, BetsFormat, RunFolder, RunOutput};
use super::plot::Plot;
use super::settings::{self, ReplayLayers};
use super::{Console, apart, input, probabilities, progress};
use crate::backtest::{self, BacktestResult, ProbabilityCoverage};
use crate::config::{Purpose, RunConfig};
use crate::domain::{Entry, Names, Withheld};
use crate::predict::ModelConfig;
use crate::report::Format;
use crate::report::breakdown::GroupBy;
use crate::report::compare::{Comparison, Snapshot};
use crate::sink::memory::Memory;
use crate::sink::predictions::PredictionSink;
use crate::sink::withheld;
use crate::sink::{Sink, SinkError};
use crate::source::OnBadRow;

/// The arguments of `backtest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet backtest datasets/epl.csv
  simbet backtest data/ --book ps --price close --strategy kelly --kelly-fraction 0.25 --by league
  simbet backtest E0.csv --strategy flat --selections home --format json --out results/")]
pub struct Backtest {
    /// Files, folders, globs, or - for stdin: CSV as football-data.co.uk publishes it or in simbet's plain form, with any
    /// separator; Parquet; workbooks (.xlsx); each as it is or in gz or zip
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// List the bets
    #[arg(long, help_heading = "Output")]
    bets: bool,
    /// Group the bets
    #[arg(long, value_enum, value_delimiter = ',', help_heading = "Output")]
    by: Vec<GroupBy>,
    /// Write bets, predictions, bankroll.csv, summary.json and run.json to a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Format of the bets and predictions in --out
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "out",
        help_heading = "Output"
    )]
    bets_format: BetsFormat,
    #[command(flatten)]
    plot: Plot,
    #[command(flatten)]
    baseline: BaselineArgs,
}

/// The rows of a run where they are wanted, and what it says of names that are probably misspelt.
struct Rows<'a> {
    memory: Option<&'a mut Memory>,
    predictions: Option<&'a mut PredictionSink>,
    /// How many matches were withheld, by sentence.
    misspelt: BTreeMap<String, u64>,
}

impl Sink for Rows<'_> {
    fn name(&self) -> &'static str {
        "rows"
    }

    fn write(&mut self, entry: &Entry, names: &Names) -> Result<(), SinkError> {
        if let Entry::Withheld {
            fixture, reason, ..
        } = entry
            && matches!(reason, Withheld::Misspelt { .. })
        {
            let sentence = withheld::sentence(fixture, *reason, names, true);
            *self.misspelt.entry(sentence).or_default() += 1;
        }
        if let Some(predictions) = &mut self.predictions {
            predictions.write(entry, names)?;
        }
        match &mut self.memory {
            Some(memory) => memory.write(entry, names),
            None => Ok(()),
        }
    }

    fn wants_prices(&self) -> bool {
        self.predictions.is_some()
    }
}

impl Backtest {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.bets_format.ensure_built()?;
        self.plot.check()?;
        output::ensure_own(self.out.as_deref(), console)?;
        self.ensure_apart()?;
        let mut config = self.layers.resolve(Purpose::Backtest, console)?;
        leave_out_unseen(&mut config);
        // the files are named by their digests in what is kept of a run
        config.read.digests = self.out.is_some() || self.baseline.is_requested();
        probabilities::ensure_apart(self.out.as_deref(), &config.engine)?;
        let environment = self.layers.environment(&[&config.engine])?;
        let baseline = self.baseline.read(console)?;
        let read = |config: &_| input::read(&self.inputs, config, console);
        let (files, mut matches) =
            probabilities::read_beside(&config.engine, &config.read, &self.inputs, console, read)?;
        let loaded = probabilities::load(files.as_ref(), &mut config, &mut matches, console)?;
        self.layers.ensure_matched(&config, &matches, console)?;
        self.layers.ensure_priced(&config, &matches, console)?;
        let markets = &config.engine.strategy.markets;
        let said = loaded.map(|loaded| loaded.coverage(&matches, &config.replay, markets));
        let said = said.transpose()?;
        let needs_rows = self.plot.is_requested() || self.baseline.is_requested();
        let wants_rows = self.bets || !self.by.is_empty() || self.out.is_some() || needs_rows;
        let mut memory = Memory::default();
        let mut predictions = PredictionSink::default();
        let wants_predictions = self.out.is_some() && config.engine.model.is_some();
        let mut rows = Rows {
            memory: wants_rows.then_some(&mut memory),
            predictions: wants_predictions.then_some(&mut predictions),
            misspelt: BTreeMap::new(),
        };
        let bar = progress::spinner(console, "predicting and betting");
        let done = backtest::backtest(
            &config.engine,
            config.replay,
            matches,
            Some(&mut rows),
            &mut |rounds| bar.set_position(rounds as u64),
        )?;
        bar.finish_and_clear();
        settings::remark([&config.engine], console);
        for (sentence, count) in rows.misspelt {
            let matches = if count == 1 { "match" } else { "matches" };
            console.warn(format!("{sentence} ({count} {matches})"));
        }
        tracing::info!(
            matches = done.replayed.played,
            offered = done.replayed.offered,
            bets = done.summary.bets,
            "replayed"
        );
        // the result is printed even if the folder cannot be written
        let written = self.out.as_ref().map_or(Ok(()), |folder| {
            let rows = (&memory, &predictions);
            self.run_folder(&config, &done, rows, &environment, said.as_ref())
                .write(folder, console)
        });
        let drawn = output::draw(&self.plot, &done.summary, done.names(), &memory, console);
        let compared = self.compared(&config, &done, &memory, baseline.as_ref(), console);
        let comparison = compared.as_ref().ok().and_then(Option::as_ref);
        let printed = self.printed(&config, &done, &memory, comparison, said.as_ref())?;
        let printed = super::print(&printed, self.format);
        // a closed pipe does not change the verdict
        written.and(drawn)?;
        compared?.as_ref().map_or(Ok(()), compare::judge)?;
        printed?;
        // the system takes hundreds of thousands of matches back faster than they can be freed one by one
        std::mem::forget((done.matches, memory, predictions, files, config));
        Ok(())
    }

    /// Checks that no file that is written is among those that are read.
    fn ensure_apart(&self) -> anyhow::Result<()> {
        apart::ensure_folder(self.out.as_deref(), &self.inputs)?;
        let inputs = [&self.inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--plot", self.plot.path(), &inputs)?;
        apart::ensure_file("--baseline", self.baseline.path(), &inputs)?;
        apart::ensure_file("--junit", self.baseline.junit(), &inputs)
    }

    /// The output of the run, with its comparison.
    fn printed(
        &self,
        config: &RunConfig,
        done: &BacktestResult,
        memory: &Memory,
        comparison: Option<&Comparison>,
        said: Option<&ProbabilityCoverage>,
    ) -> anyhow::Result<Vec<u8>> {
        let output = RunOutput {
            headline: headline(config, done, said),
            notes: said.map_or_else(Vec::new, ProbabilityCoverage::sentences),
            coverage: backtest::coverage(config, done),
            summary: &done.summary,
            names: done.names(),
            memory,
            by: &self.by,
            bets: self.bets,
        };
        let mut members = Vec::new();
        if let Some(said) = said {
            members.push(("probabilities", serde_json::to_value(said)?));
        }
        if let Some(teachers) = backtest::teachers(config, &done.matches) {
            members.push(("taught_by", serde_json::to_value(teachers)?));
        }
        let Some(comparison) = comparison else {
            return output.render(self.format, &members);
        };
        members.push(("comparison", serde_json::to_value(comparison)?));
        let run = output.render(self.format, &members)?;
        Ok(compare::join(run, comparison, self.format)?)
    }

    /// The comparison with the baseline, if there is one to compare with.
    fn compared(
        &self,
        config: &RunConfig,
        done: &BacktestResult,
        memory: &Memory,
        baseline: Option<&Snapshot>,
        console: Console,
    ) -> anyhow::Result<Option<Comparison>> {
        if !self.baseline.is_requested() {
            return Ok(None);
        }
        let (config, summary) = (
            serde_json::to_value(config)?,
            serde_json::to_value(&done.summary)?,
        );
        let now = Snapshot::of_run(
            config,
            &done.matches.inputs,
            summary,
            memory.bets(done.names()),
        );
        self.baseline.settle(baseline, &now, console)
    }

    fn run_folder<'a>(
        &self,
        config: &RunConfig,
        done: &'a BacktestResult,
        (memory, predictions): (&'a Memory, &'a PredictionSink),
        environment: &UsedVariables,
        said: Option<&ProbabilityCoverage>,
    ) -> RunFolder<'a> {
        let headline = headline(config, done, said);
        let coverage = backtest::coverage(config, done);
        let mut run = json!({ "headline": headline, "coverage": coverage, "config": config, "inputs": done.matches.inputs, "counts": done.matches.counts });
        if let Some(said) = said {
            run["probabilities"] = json!(said);
        }
        if let Some(teachers) = backtest::teachers(config, &done.matches) {
            run["taught_by"] = json!(teachers);
        }
        output::record_environment(&mut run, environment);
        RunFolder {
            summary: &done.summary,
            names: done.names(),
            memory,
            predictions: output::model_name(&config.engine).map(|model| (predictions, model)),
            format: self.bets_format,
            run,
        }
    }
}

/// What was run, and what files of probabilities say of it.
fn headline(
    config: &RunConfig,
    done: &BacktestResult,
    said: Option<&ProbabilityCoverage>,
) -> String {
    let headline = backtest::headline(config, done);
    match said {
        Some(said) => format!("{headline}\n{}", said.headline()),
        None => headline,
    }
}

/// Leaves out of the files what nobody looks at, which takes time to read: the last prices of a match are its closing prices, which
/// forecasts are scored beside. Where anything unusual is an error everything is read.
fn leave_out_unseen(config: &mut RunConfig) {
    let model = config.engine.model.as_ref();
    let is_strict = config.read.on_bad_row == OnBadRow::Error;
    config.read.statistics = is_strict || model.is_some_and(ModelConfig::observes_statistics);
    config.read.last_prices = model.is_some();
}
