//! `simbet tune`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::grid_input::{InputReader, ensure_taught, load_probabilities};
use super::plot::Plot;
use super::settings::{self, ReplayLayers};
use super::sweep::{note_looks, note_taken_over, open, resume_hint};
use super::{Console, Typed, apart, output, probabilities, progress, signals, usage};
use crate::config::{
    Axis, Day, Grid, GridPoint, GridPoints, Purpose, Settings, count_of, is_never_used, value_name,
};
use crate::engine::EngineConfig;
use crate::predict::{ModelConfig, ModelSetting};
use crate::report::Format;
use crate::report::text_table::counted;
use crate::results::names;
use crate::results::{self, Folder, Journal};
use crate::source::OnBadRow;
use crate::tune::{self, ScoreBy, TuneConfig, TuneError, TuneResult};

/// The half-lives that are tried where no grid is given, in days: from a month to two years and more.
const HALF_LIVES: &str = "half_life=20,40,80,120,200,330,500,800";

/// The arguments of `tune`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet tune E0.csv
  simbet tune data/ --grid half_life=60..480:60 --from 2017-08-01 --to 2018-06-30 --plot profile.svg
  simbet tune data/ --grid half_life=100,200,330 --grid prior=0.2,0.3,0.4 --score rps --hold-out 2021-08-01 --out tuned/
  simbet tune data/ --grid model=poisson,dixon-coles,average --score over-2.5 --format csv")]
pub struct Tune {
    /// Files, folders, globs, or - for stdin, as for backtest; prices are not needed
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<String>,
    /// Values of a setting of the model: a list (half_life=100,200,330) or a range with a step (prior=0.1..0.5:0.1); may be
    /// repeated, for every combination; the names are those of the flags below [default: eight half-lives from 20 to 800
    /// days]
    #[arg(long, value_name = "SETTING=VALUES", help_heading = "Tuning")]
    grid: Vec<Axis>,
    /// What the settings are scored by, each match forecast from those before it; lower is better
    #[arg(long, value_enum, default_value_t, help_heading = "Tuning")]
    score: ScoreBy,
    /// First day that the choice does not see; the best setting alone is then scored from there on, once
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Tuning")]
    hold_out: Option<Day>,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed; csv and json have every score of every setting and league
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// Settings in the table that is printed
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", default_value_t = 20, help_heading = "Output")]
    top: usize,
    /// Write tune.csv, report.html, summary.json and run.json to a folder, each setting as soon as it is finished: after an
    /// interruption, repeat the command to continue
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    #[command(flatten)]
    plot: Plot,
}

impl Tune {
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        typed.refuse(
            &["chart"],
            "tune has one picture, the profile; leave it out",
        )?;
        self.plot.check()?;
        apart::ensure_folder(self.out.as_deref(), &self.inputs)?;
        let inputs = [&self.inputs[..], &self.layers.files()].concat();
        apart::ensure_file("--plot", self.plot.path(), &inputs)?;
        let grid = self.grid()?;
        let GridPoints { points, repeated } = self.points(&grid, console)?;
        let mut config = TuneConfig {
            names: grid.names().into_iter().map(str::to_owned).collect(),
            points,
            score: self.score,
            hold_out: self.hold_out.map(|day| day.0),
        };
        for point in &config.points {
            probabilities::ensure_apart(self.out.as_deref(), &point.config.engine)?;
        }
        leave_out_unseen(&mut config.points);
        self.check(&config)?;
        output::ensure_own(self.out.as_deref(), console)?;
        if repeated > 0 {
            let left_out = counted(
                repeated as u64,
                "setting left out: it differs from another",
                "settings left out: they differ from others",
            );
            console.note(format!("{left_out} only in values that have no effect"));
        }
        let journal = self.out.as_deref().map(|folder| open(folder, console));
        let mut journal = journal.transpose()?;
        let mut reader = InputReader::new(&self.inputs, console);
        load_probabilities(&self.inputs, &mut config.points, &mut reader, console)?;
        ensure_taught(&config.points, &self.overriding(&grid), &mut reader)?;
        let tuned = self.tune(&config, &mut reader, journal.as_mut(), console)?;
        write_notes(console, &config, &tuned);
        settings::remark(engines_of(&config.points), console);
        let written = self.out.as_ref().map_or(Ok(()), |folder| {
            self.write(folder, &grid, &config, &tuned, console)
        });
        let drawn = self.plot.write(console, || tune::chart(&config, &tuned));
        let printed = tune::render(&config, &tuned, self.format, self.top)?;
        super::print(&printed, self.format)?;
        written.and(drawn)
    }

    /// The settings that are tried.
    fn grid(&self) -> anyhow::Result<Grid> {
        let axes = if self.grid.is_empty() {
            vec![self.half_lives()?]
        } else {
            self.grid.clone()
        };
        let grid = Grid::new(axes, &[]).map_err(usage)?;
        for name in grid.names() {
            if is_never_used(name, &[Purpose::Tune]) || name == "min_matches" {
                return Err(usage(format!(
                    "{name} has no effect on forecasts, which tune scores without bets; leave it out of the grid, or use sweep"
                )));
            }
        }
        Ok(grid)
    }

    fn half_lives(&self) -> anyhow::Result<Axis> {
        if let Some(days) = self.layers.flags().half_life {
            return Err(usage(format!(
                "one value leaves nothing to choose from; give several, such as --grid half_life={days},{}",
                days * 2.0
            )));
        }
        HALF_LIVES.parse().map_err(usage)
    }

    /// Every setting of the grid, checked before anything is run.
    fn points(&self, grid: &Grid, console: Console) -> anyhow::Result<GridPoints> {
        let (lower, flags) = (self.layers.lower_layers()?, self.layers.flags());
        let with_model = |flags: &Settings| {
            let mut settings = lower.with_flags(flags)?;
            settings.name_model();
            Ok(settings.without_idle_credit())
        };
        let model = settings::resolve(&with_model(&flags).map_err(usage)?).map_err(usage)?;
        if self.grid.is_empty()
            && let Some(model) = &model.engine.model
            && !model.uses(ModelSetting::HalfLife)
        {
            return Err(usage(format!(
                "the model {} has no half-life to choose; name other settings with --grid, or choose another --model",
                value_name(model.kind)
            )));
        }
        let resolved = grid.resolve(&flags, &|flags| settings::resolve(&with_model(flags)?));
        let resolved = resolved.map_err(usage)?;
        let settings = with_model(&flags).map_err(usage)?;
        let engines = engines_of(&resolved.points);
        let idle = settings.idle(&engines, Purpose::Tune);
        let overriding = self.overriding(grid);
        lower.report(&flags, &overriding, &engines, Purpose::Tune, console, &idle)?;
        Ok(resolved)
    }

    /// The settings that flags and the grid lay over those of the environment.
    fn overriding(&self, grid: &Grid) -> Vec<String> {
        let mut names = self.layers.flags().given();
        names.extend(grid.settings());
        names
    }

    fn check(&self, config: &TuneConfig) -> anyhow::Result<()> {
        if self.top == 0 {
            return Err(usage("--top must be at least 1 setting, not 0"));
        }
        let first = &config.points[0].config.read;
        let reads_alike = config
            .points
            .iter()
            .all(|point| point.config.read == *first);
        if self.inputs.iter().any(|input| input == "-") && !reads_alike {
            return Err(usage(
                "stdin can be read only once, but this grid reads it in several ways: give files",
            ));
        }
        config.check().map_err(usage)
    }

    fn tune(
        &self,
        config: &TuneConfig,
        reader: &mut InputReader<'_>,
        journal: Option<&mut Journal>,
        console: Console,
    ) -> anyhow::Result<TuneResult> {
        let stop = signals::stop_on_signals();
        let bar = progress::settings(console, "tuning", config.points.len() as u64);
        let tuned = tune::tune(
            config,
            &mut |config| reader.read(config),
            journal,
            &stop,
            &|done| bar.set_position(done as u64),
        );
        bar.finish_and_clear();
        tuned.map_err(|error| match error {
            TuneError::Stopped { .. } => {
                anyhow::anyhow!("{error}: {}", resume_hint(self.out.as_deref()))
            }
            TuneError::HoldOut(_) => usage(error),
            error => error.into(),
        })
    }

    /// Writes the folder.
    fn write(
        &self,
        path: &Path,
        grid: &Grid,
        config: &TuneConfig,
        tuned: &TuneResult,
        console: Console,
    ) -> anyhow::Result<()> {
        let wait = signals::waiting(console);
        let mut folder = Folder::create(path, &wait)?;
        let (header, rows) = tune::table(config, tuned);
        folder.stage_csv(names::TUNE, &header, &rows)?;
        let page = results::sealed_page(tune::page(config, tuned));
        folder.stage(names::REPORT, |out| out.write_all(page.as_bytes()))?;
        folder.stage_summary(&tune::json(config, tuned))?;
        let mut run = json!({
            "headline": tune::headline(config, tuned),
            "config": config,
            "settings": config.points.len(),
            "first_setting": config.points[0].config,
            "inputs": tuned.matches.inputs,
            "counts": tuned.matches.counts,
        });
        let engines = engines_of(&config.points);
        let overriding = self.overriding(grid);
        let environment = self.layers.environment_below(&overriding, &engines)?;
        output::record_environment(&mut run, &environment);
        console.wrote(&folder.commit(&run)?);
        Ok(())
    }
}

/// Leaves out of the files what none of the models looks at, which takes time to read.
fn leave_out_unseen(points: &mut [GridPoint]) {
    let models = points
        .iter()
        .filter_map(|point| point.config.engine.model.as_ref());
    let statistics = models.clone().any(ModelConfig::observes_statistics);
    let last_prices = models.clone().any(ModelConfig::observes_last_prices);
    for point in points.iter_mut() {
        let read = &mut point.config.read;
        read.statistics = statistics || read.on_bad_row == OnBadRow::Error;
        read.last_prices = last_prices;
    }
}

fn engines_of(points: &[GridPoint]) -> Vec<&EngineConfig> {
    points.iter().map(|point| &point.config.engine).collect()
}

/// Notes that qualify the results.
fn write_notes(console: Console, config: &TuneConfig, tuned: &TuneResult) {
    note_taken_over(console, config.points.len(), tuned.taken_over);
    if let Some(held_out) = &tuned.held_out {
        note_looks(console, held_out.is_uncertain, &held_out.touched);
    }
}
