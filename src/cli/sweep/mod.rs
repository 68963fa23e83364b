//! `simbet sweep`.

mod merge;
mod shard;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::grid_input::{InputReader, ensure_taught, load_probabilities};
use crate::cli::settings::{self, ReplayLayers};
use crate::cli::{Console, Typed, apart, output, probabilities, progress, signals, usage};
use crate::config::{
    Axis, Day, Grid, GridPoint, GridPoints, Purpose, Shard, StrategySpec, count_of,
};
use crate::engine::EngineConfig;
use crate::report::Format;
use crate::report::text_table::{counted, thousands};
use crate::results::names::{self, JOURNAL};
use crate::results::{self, Folder, Journal, ResultsError};
use crate::significance::BlockBootstrap;
use crate::source::PriceTime;
use crate::sweep::{self, HoldOutLook, RankBy, SweepConfig, SweepError, SweepResult};

pub use merge::merge;

/// The arguments of `sweep`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet sweep data/ --grid min_edge=0.01..0.10:0.01 --grid kelly_fraction=0.25,0.5,1 --strategy kelly
  simbet sweep data/ --grid half_life=120,240,480 --strategies ev,kelly:0.5 --hold-out 2023-08-01 --out results/
  simbet sweep data/ --grid min_ev=0.00..0.20:0.001 --shard 3/16 --out s/3     # and the others elsewhere, then: simbet merge s/*/ --out results/
  simbet sweep data/ --grid \"book='b365,avg',ps\" --grid 'markets=1x2,[1x2,ou]' --rank-by yield --top 5")]
pub struct Sweep {
    /// Files, folders, globs, or - for stdin, as for backtest
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// Values of a setting: a list (half_life=120,240,480) or a range with a step (min_edge=0.01..0.10:0.01); may be
    /// repeated, for every combination; the names are those of the flags below
    #[arg(long, value_name = "SETTING=VALUES", help_heading = "Sweep")]
    grid: Vec<Axis>,
    /// Strategies to compare: ev, kelly, flat, proportional, each optionally with its stake or Kelly fraction, such as
    /// ev,kelly,kelly:0.5,flat:50
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LIST",
        conflicts_with = "strategy",
        help_heading = "Sweep"
    )]
    strategies: Vec<StrategySpec>,
    /// What the settings are ranked by; those without the figure come last. Settings that made no money are ranked by
    /// yield behind those that did, instead of by Sharpe ratio; by a ratio, settings that bet on fewer than 30 match
    /// days come after the others; log-loss ranks forecasts, whether or not they bet
    #[arg(long, value_enum, default_value_t, help_heading = "Sweep")]
    rank_by: RankBy,
    /// First day that the search does not see; the best setting alone is then run from there on
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Sweep")]
    hold_out: Option<Day>,
    /// Resamples of the match days for the reality check
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", default_value_t = BlockBootstrap::default().resamples, help_heading = "Sweep")]
    resamples: usize,
    /// Mean length of a block of match days that are resampled together [default: the cube root of their number, at most
    /// 10]
    #[arg(long, value_name = "DAYS", help_heading = "Sweep")]
    block_length: Option<f64>,
    /// Parts into which the time is cut for the probability of overfitting, an even number up to 20
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", default_value_t = 16, help_heading = "Sweep")]
    parts: usize,
    /// Seed of the resamples
    #[arg(long, value_parser = count_of::<u64>, value_name = "N", default_value_t = 1, help_heading = "Sweep")]
    seed: u64,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// Settings that are printed; all are in --out
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", default_value_t = 10, help_heading = "Output")]
    top: usize,
    /// Run part I of N of the settings alone and keep them in --out, for `simbet merge` to put together and rank; settings
    /// that share predictions stay together
    #[arg(long, value_name = "I/N", requires = "out", help_heading = "Output")]
    shard: Option<Shard>,
    /// Write sweep.csv, sweep.parquet, summary.json and run.json to a folder, each setting as soon as it is finished:
    /// after an interruption, repeat the command to continue
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
}

impl Sweep {
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        apart::ensure_folder(self.out.as_deref(), &self.inputs)?;
        let GridPoints { points, repeated } = self.points(console)?;
        let is_single = points.len() == 1;
        let config = self.config(points);
        self.check(&config)?;
        if is_single {
            typed.refuse(
                &["rank_by", "parts", "top"],
                "the grid has a single setting, and there is nothing to rank; leave it out",
            )?;
        }
        output::ensure_own(self.out.as_deref(), console)?;
        if repeated > 0 {
            let left_out = counted(
                repeated as u64,
                "setting left out: it differs from another",
                "settings left out: they differ from others",
            );
            console.note(format!("{left_out} only in values that have no effect"));
        }
        match self.shard {
            Some(shard) => self.part(shard, config, typed, console),
            None => self.whole(config, Vec::new(), console),
        }
    }

    /// Runs every setting that the parts do not have, which is all or none, and shows them.
    fn whole(
        &self,
        mut config: SweepConfig,
        parts: Vec<Journal>,
        console: Console,
    ) -> anyhow::Result<()> {
        let mut reader = InputReader::new(&self.inputs, console);
        load_probabilities(&self.inputs, &mut config.points, &mut reader, console)?;
        ensure_taught(&config.points, &self.asked(), &mut reader)?;
        let folder = self.out.as_deref();
        let mut journal = folder.map(|folder| open(folder, console)).transpose()?;
        let swept = self.sweep(&config, &mut reader, journal.as_mut(), parts, console);
        let swept = swept.inspect_err(|error| {
            let is_missing = matches!(error.downcast_ref(), Some(SweepError::Missing { .. }));
            if let Some(journal) = journal.take_if(|_| is_missing) {
                journal.discard();
            }
        })?;
        write_notes(console, &config, &swept);
        settings::remark(engines_of(&config.points), console);
        let written = self.out.as_ref().map_or(Ok(()), |folder| {
            self.write(folder, &config, &swept, console)
        });
        let printed = sweep::render(&config, &swept, self.format, self.top)?;
        crate::cli::print(&printed, self.format)?;
        written
    }

    /// The settings that were typed or are on an axis.
    fn asked(&self) -> Vec<String> {
        let axes = self.grid.iter().map(|axis| axis.name().to_owned());
        self.layers
            .flags()
            .given()
            .into_iter()
            .chain(axes)
            .collect()
    }

    /// Every setting of the grid, checked before anything is run.
    fn points(&self, console: Console) -> anyhow::Result<GridPoints> {
        let grid = Grid::new(self.grid.clone(), &self.strategies).map_err(usage)?;
        let (lower, flags) = (self.layers.lower_layers()?, self.layers.flags());
        let resolved = grid.resolve(&flags, &|flags| {
            let settings = lower.with_flags(flags)?;
            let (settings, _) = match flags.commission {
                Some(_) => (settings, None),
                None => settings.without_unpaid_rates()?,
            };
            settings::resolve(&settings.without_idle_credit())
        });
        let resolved = resolved.map_err(usage)?;
        let settings = lower.with_flags(&flags).map_err(usage)?;
        let on_axes = grid.names();
        if !["book", "markets"]
            .iter()
            .any(|name| on_axes.contains(name))
        {
            lower.without_unpaid_rates(settings.clone(), &flags, console)?;
        }
        let engines = engines_of(&resolved.points);
        let overriding = self.overriding(&grid);
        let idle = settings.idle(&engines, Purpose::Backtest);
        lower.report(
            &flags,
            &overriding,
            &engines,
            Purpose::Backtest,
            console,
            &idle,
        )?;
        Ok(resolved)
    }

    /// The settings that flags and the grid lay over those of the environment.
    fn overriding(&self, grid: &Grid) -> Vec<String> {
        let mut names = self.layers.flags().given();
        names.extend(grid.settings());
        names
    }

    fn config(&self, points: Vec<GridPoint>) -> SweepConfig {
        let strategies = (!self.strategies.is_empty()).then(|| "strategy".to_owned());
        let names = strategies
            .into_iter()
            .chain(self.grid.iter().map(|axis| axis.name().to_owned()))
            .collect();
        SweepConfig {
            rank_by: self.rank_by,
            hold_out: self.hold_out.map(|day| day.0),
            resamples: self.resamples,
            block_length: self.block_length,
            parts: self.parts,
            seed: self.seed,
            ..SweepConfig::new(names, points)
        }
    }

    fn check(&self, config: &SweepConfig) -> anyhow::Result<()> {
        for point in &config.points {
            probabilities::ensure_apart(self.out.as_deref(), &point.config.engine)?;
        }
        let most = 1_000_000;
        if !(1..=most).contains(&self.resamples) {
            return Err(usage(format!(
                "--resamples must be between 1 and {most}, not {}",
                self.resamples
            )));
        }
        if let Some(length) = self.block_length.filter(|days| !(1.0..=1e9).contains(days)) {
            return Err(usage(format!(
                "--block-length must be at least 1 match day, not {length}"
            )));
        }
        self.check_top()?;
        self.ensure_ranked(config)?;
        if !(2..=20).contains(&self.parts) || self.parts % 2 == 1 {
            return Err(usage(format!(
                "--parts must be an even number from 2 to 20, not {}",
                self.parts
            )));
        }
        let first = &config.points[0].config.read;
        if self.inputs.iter().any(|input| input == "-")
            && config
                .points
                .iter()
                .any(|point| point.config.read != *first)
        {
            return Err(usage(
                "stdin can be read only once, but this grid reads it in several ways: give files",
            ));
        }
        config.check().map_err(usage)
    }

    fn check_top(&self) -> anyhow::Result<()> {
        if self.top == 0 {
            return Err(usage("--top must be at least 1 setting, not 0"));
        }
        Ok(())
    }

    /// Checks that the settings can have the figure that they are to be ranked by.
    fn ensure_ranked(&self, config: &SweepConfig) -> anyhow::Result<()> {
        let all = |test: fn(&GridPoint) -> bool| config.points.iter().all(test);
        match self.rank_by {
            RankBy::LogLoss if all(|point| point.config.engine.model.is_none()) => Err(usage(
                "--rank-by log-loss ranks forecasts, and no setting of this grid has a model; choose one with --model, or \
                 another figure",
            )),
            RankBy::Clv if all(|point| point.config.replay.price == PriceTime::Close) => {
                Err(usage(
                    "--rank-by clv compares odds with those at the close, and with --price close every bet is placed at these; \
                 choose --price pre, or another figure",
                ))
            }
            RankBy::Sharpe
            | RankBy::Yield
            | RankBy::Growth
            | RankBy::LogGrowth
            | RankBy::Clv
            | RankBy::Drawdown
            | RankBy::LogLoss => Ok(()),
        }
    }

    fn sweep(
        &self,
        config: &SweepConfig,
        reader: &mut InputReader<'_>,
        journal: Option<&mut Journal>,
        parts: Vec<Journal>,
        console: Console,
    ) -> anyhow::Result<SweepResult> {
        let stop = signals::stop_on_signals();
        let bar = progress::settings(console, "sweeping", config.points.len() as u64);
        let swept = sweep::merge(
            config,
            &mut |config| reader.read(config),
            journal,
            parts,
            &stop,
            &|done| bar.set_position(done as u64),
        );
        bar.finish_and_clear();
        swept.map_err(|error| self.explained(error))
    }

    /// The error of a search, with what to do.
    fn explained(&self, error: SweepError) -> anyhow::Error {
        match error {
            SweepError::Stopped { .. } => {
                anyhow::anyhow!("{error}: {}", resume_hint(self.out.as_deref()))
            }
            SweepError::HoldOut { .. } => usage(error),
            error => error.into(),
        }
    }

    /// Writes the folder.
    fn write(
        &self,
        path: &Path,
        config: &SweepConfig,
        swept: &SweepResult,
        console: Console,
    ) -> anyhow::Result<()> {
        let wait = signals::waiting(console);
        let mut folder = Folder::create(path, &wait)?;
        let header = sweep::header(config, swept);
        folder.stage(&names::csv_file(names::SWEEP), |out| {
            results::csv::write_table(out, &header, sweep::rows(config, swept))
        })?;
        if cfg!(feature = "parquet") {
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            folder.stage(&names::parquet_file(names::SWEEP), |out| {
                let rows = sweep::rows(config, swept);
                results::parquet::write_table(out, &header, rows, sweep::is_number)
            })?;
        }
        folder.stage_summary(&sweep::json(config, swept, self.top))?;
        let mut run = json!({ "headline": sweep::headline(config, swept) });
        self.describe(config, &mut run);
        run["inputs"] = json!(swept.matches.inputs);
        run["counts"] = json!(swept.matches.counts);
        let grid = Grid::new(self.grid.clone(), &self.strategies)?;
        let engines = engines_of(&config.points);
        let overriding = self.overriding(&grid);
        let environment = self.layers.environment_below(&overriding, &engines)?;
        output::record_environment(&mut run, &environment);
        console.wrote(&folder.commit(&run)?);
        Ok(())
    }
}

impl Sweep {
    /// What is searched, as run.json has it.
    fn describe(&self, config: &SweepConfig, run: &mut Value) {
        let axes = self.grid.iter();
        let axes = axes.map(|axis| json!({ axis.name(): axis.labels().collect::<Vec<_>>() }));
        run["config"] = json!(config);
        run["grid"] = axes.collect();
        run["settings"] = config.points.len().into();
        run["first_setting"] = json!(config.points[0].config);
    }
}

fn engines_of(points: &[GridPoint]) -> Vec<&EngineConfig> {
    points.iter().map(|point| &point.config.engine).collect()
}

/// How a search of settings that was stopped can be resumed.
pub(super) fn resume_hint(out: Option<&Path>) -> String {
    match out {
        Some(folder) => format!(
            "they are kept in {}: repeat the command to continue",
            folder.join(JOURNAL).display()
        ),
        None => "nothing is kept: with --out DIR, repeating the command would continue".to_owned(),
    }
}

/// The journal in a folder.
pub(super) fn open(folder: &Path, console: Console) -> anyhow::Result<Journal> {
    let journal = Journal::open(folder, JOURNAL).map_err(|error| match error {
        ResultsError::NoJournal { .. } | ResultsError::OtherJournal { .. } => usage(error),
        error => error.into(),
    })?;
    match journal.damaged() {
        0 => {}
        1 => console.note(format!(
            "a line of {JOURNAL} could not be read: its setting is run again"
        )),
        many => {
            let many = thousands(&many.to_string());
            console.note(format!(
                "{many} lines of {JOURNAL} could not be read: their settings are run again"
            ));
        }
    }
    Ok(journal)
}

/// Why no setting placed a bet.
fn cause(swept: &SweepResult) -> &'static str {
    let mut summaries = swept.ranked.iter().map(|ranked| &ranked.summary);
    if summaries.clone().any(|summary| summary.refused > 0) {
        "every stake was refused, see --min-stake, --round-stake and the caps"
    } else if summaries.any(|summary| summary.matches > summary.unpriced) {
        "no price passed the filters, such as --min-ev, --min-edge, --min-odds and --min-matches"
    } else {
        "no match has a price, see --book, --price, --from and --to"
    }
}

/// Says how many of all settings an earlier run had finished.
pub(super) fn note_taken_over(console: Console, all: usize, taken_over: usize) {
    if taken_over == 0 {
        return;
    }
    let all = counted(all as u64, "setting", "settings");
    let taken = counted(
        taken_over as u64,
        &format!("of {all} was finished before: its results come"),
        &format!("of {all} were finished before: their results come"),
    );
    console.note(format!("{taken} from {JOURNAL}"));
}

/// Says what is known of earlier looks at a hold-out.
pub(super) fn note_looks(console: Console, is_uncertain: bool, touched: &[HoldOutLook]) {
    if is_uncertain {
        console.note(format!(
            "this hold-out may have been looked at before: a line of {JOURNAL} that could not be read may have \
             recorded it"
        ));
    }
    for touch in touched {
        console.note(format!(
            "this hold-out was looked at before: the one from {}, with {}",
            touch.from, touch.setting
        ));
    }
}

/// Notes that qualify the results.
fn write_notes(console: Console, config: &SweepConfig, swept: &SweepResult) {
    note_taken_over(console, config.points.len(), swept.taken_over);
    if swept.ranked.iter().all(|ranked| ranked.summary.bets == 0) {
        console.note(format!("no setting placed a bet: {}", cause(swept)));
    }
    if let Some(held_out) = &swept.hold_out {
        note_looks(console, held_out.is_uncertain, &held_out.touched);
    }
}
