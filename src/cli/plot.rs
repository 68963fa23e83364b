//! A picture of a run in a file of its own.

use std::path::{Path, PathBuf};

use clap::Args;

use super::target::{self, Kind, Target};
use super::{Console, usage};
use crate::report::chart::Chart;
use crate::report::figures::{self, Figure, RunResults};

/// Pixels across a PNG: twice what a page has, for screens that are fine.
const WIDTH: u32 = 1_600;

/// The arguments of a picture.
#[derive(Debug, Args)]
pub struct Plot {
    /// Draw a picture: its name ends in .svg or .png
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    plot: Option<PathBuf>,
    /// What --plot shows of a run with bets
    #[arg(
        long,
        value_enum,
        value_name = "CHART",
        requires = "plot",
        default_value_t,
        help_heading = "Output"
    )]
    chart: Figure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Png,
}

impl Plot {
    /// Whether a picture is requested.
    pub fn is_requested(&self) -> bool {
        self.plot.is_some()
    }

    /// What it shows.
    pub const fn chart(&self) -> Figure {
        self.chart
    }

    /// Where the picture is put.
    pub fn path(&self) -> Option<&Path> {
        self.plot.as_deref()
    }

    /// Finds what cannot be drawn before any work is done.
    pub fn check(&self) -> anyhow::Result<()> {
        let Some(path) = &self.plot else {
            return Ok(());
        };
        target::place("--plot", path)?;
        let form = form(path)?;
        target(path, form).check()?;
        if form == Form::Png && cfg!(not(feature = "png")) {
            return Err(usage(
                "--plot with a .png needs a simbet that was built with its default features; .svg does not",
            ));
        }
        Ok(())
    }

    /// Draws the picture of a run with bets, if it is requested.
    pub fn draw(&self, run: &RunResults<'_>, console: Console) -> anyhow::Result<()> {
        self.write(console, || figures::draw(self.chart, run))
    }

    /// Writes a picture, if one is requested.
    pub fn write(&self, console: Console, draw: impl FnOnce() -> Chart) -> anyhow::Result<()> {
        let Some(path) = &self.plot else {
            return Ok(());
        };
        let chart = draw();
        let form = form(path)?;
        let bytes = match form {
            Form::Svg => chart.standalone().into_bytes(),
            Form::Png => chart.png(WIDTH)?,
        };
        target(path, form).write(console, |out| out.write_all(&bytes))
    }
}

const fn target(path: &Path, form: Form) -> Target<'_> {
    Target {
        option: "--plot",
        path,
        kind: match form {
            Form::Svg => Kind::Svg,
            Form::Png => Kind::Png,
        },
    }
}

fn form(path: &Path) -> anyhow::Result<Form> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("svg") => Ok(Form::Svg),
        Some("png") => Ok(Form::Png),
        _ => Err(usage(format!(
            "--plot must end in .svg or .png, not {path:?}"
        ))),
    }
}
