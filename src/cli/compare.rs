//! `simbet compare`, and the baseline of `simbet backtest`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::target::{Kind, Target};
use super::{Console, is_broken_pipe, signals, usage};
use crate::report::Format;
use crate::report::compare::{self, CompareError, Comparison, FailOn, Rules, Snapshot, Tolerance};

/// The arguments of `compare`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing that counts moved, 1 something did, 2 the two cannot be compared, or the
comparison cannot be written.

Examples:
  simbet compare before/ after/
  simbet compare baseline.json results/ --tolerance 'luck.*=1e-6' --format markdown
  simbet compare before/summary.json after/summary.json --fail-on metrics"
)]
pub struct Compare {
    /// What came out before: a folder of --out, its summary.json, or a baseline
    // the id of backtest's option, which the rules below ask for
    #[arg(value_name = "BASE")]
    baseline: PathBuf,
    /// What comes out now: the same
    new: PathBuf,
    #[command(flatten)]
    rules: RuleArgs,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t)]
    format: CompareFormat,
    /// List every metric and every column, not only those that moved
    #[arg(long)]
    all: bool,
}

/// In what form a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum CompareFormat {
    /// Tables to read
    #[default]
    Table,
    /// One JSON object, with every metric
    Json,
    /// For a pull request or a job summary
    Markdown,
    /// JUnit XML, which build servers show as tests
    Junit,
}

/// What may move, as flags.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// Allow a metric or a column of bets to move by this much; may be repeated, and the last that matches counts. The
    /// name may leave out its first parts (log_loss) and contain * ('luck.*', 'bets.*'); inf allows any move [default:
    /// 0]
    #[arg(
        long,
        value_name = "NAME=AMOUNT",
        requires = "baseline",
        help_heading = "Comparison"
    )]
    tolerance: Vec<Tolerance>,
    /// What counts as a failure when it moves
    #[arg(
        long,
        value_enum,
        default_value_t,
        requires = "baseline",
        help_heading = "Comparison"
    )]
    fail_on: FailOn,
    /// Compare even if the two have read different data
    #[arg(long, requires = "baseline", help_heading = "Comparison")]
    allow_input_change: bool,
    /// Write the comparison as JUnit XML to a file as well; an existing file is replaced only if it is such a file
    #[arg(
        long,
        value_name = "FILE",
        requires = "baseline",
        help_heading = "Comparison"
    )]
    junit: Option<PathBuf>,
}

impl Compare {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.rules.check()?;
        if self.all && matches!(self.format, CompareFormat::Json | CompareFormat::Junit) {
            return Err(usage(
                "--all has no effect: this --format lists every metric anyway; leave it out",
            ));
        }
        let wait = signals::waiting(console);
        let baseline = Snapshot::read(&self.baseline, &wait).map_err(incomparable)?;
        let new = Snapshot::read(&self.new, &wait).map_err(incomparable)?;
        let comparison = self.rules.compare(&baseline, &new, console)?;
        match self.print(&comparison) {
            // exit code 1 means that a figure has changed
            Err(error) if !is_broken_pipe(&error) => Err(usage(format!("{error:#}"))),
            // a closed pipe does not change the verdict
            printed => judge(&comparison).and(printed),
        }
    }

    fn print(&self, comparison: &Comparison) -> anyhow::Result<()> {
        let mut out = Vec::new();
        let format = match self.format {
            CompareFormat::Table | CompareFormat::Junit => Format::Table,
            CompareFormat::Markdown => Format::Markdown,
            CompareFormat::Json => Format::Json,
        };
        match self.format {
            CompareFormat::Table | CompareFormat::Markdown => {
                compare::write_text(&mut out, comparison, format, self.all)?
            }
            CompareFormat::Json => writeln!(out, "{:#}", serde_json::to_value(comparison)?)?,
            CompareFormat::Junit => out.extend(compare::junit(comparison).bytes()),
        }
        super::print(&out, format)
    }
}

impl RuleArgs {
    fn check(&self) -> anyhow::Result<()> {
        self.target().map_or(Ok(()), |target| target.check())
    }

    /// The file of JUnit XML.
    fn target(&self) -> Option<Target<'_>> {
        let target = |path| Target {
            option: "--junit",
            path,
            kind: Kind::JUnit,
        };
        self.junit.as_deref().map(target)
    }

    /// Compares, and writes the file of JUnit XML if one is requested.
    fn compare(
        &self,
        base: &Snapshot,
        new: &Snapshot,
        console: Console,
    ) -> anyhow::Result<Comparison> {
        let rules = Rules {
            tolerances: self.tolerance.clone(),
            fail_on: self.fail_on,
            allow_input_change: self.allow_input_change,
        };
        let comparison = compare::compare(base, new, &rules).map_err(incomparable)?;
        if let Some(target) = self.target() {
            let xml = compare::junit(&comparison);
            // exit code 1 means that a figure has changed
            target
                .write(console, |out| out.write_all(xml.as_bytes()))
                .map_err(|error| usage(format!("{error:#}")))?;
        }
        Ok(comparison)
    }
}

/// Ends with exit code 2. Code 1 means that a figure has changed.
fn incomparable(error: CompareError) -> anyhow::Error {
    usage(format!("{:#}", anyhow::Error::new(error)))
}

/// An error if something moved that was not allowed to.
pub fn judge(comparison: &Comparison) -> anyhow::Result<()> {
    if comparison.failed {
        anyhow::bail!("{}", comparison.verdict);
    }
    Ok(())
}

/// The baseline of a run, as flags.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Compare with what an earlier run wrote here, and exit with 1 if something moved
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    baseline: Option<PathBuf>,
    /// Write the baseline instead
    #[arg(
        long,
        requires = "baseline",
        conflicts_with_all = ["tolerance", "fail_on", "allow_input_change", "junit"],
        help_heading = "Comparison"
    )]
    update_baseline: bool,
    #[command(flatten)]
    rules: RuleArgs,
}

impl BaselineArgs {
    /// Where the baseline is.
    pub fn path(&self) -> Option<&Path> {
        self.baseline.as_deref()
    }

    /// Where the comparison is written as XML.
    pub fn junit(&self) -> Option<&Path> {
        self.rules.junit.as_deref()
    }

    /// Whether the bets are needed.
    pub fn is_requested(&self) -> bool {
        self.baseline.is_some()
    }

    /// The baseline, read before the run, so that a missing one is an error before any work is done.
    pub fn read(&self, console: Console) -> anyhow::Result<Option<Snapshot>> {
        let Some(path) = &self.baseline else {
            return Ok(None);
        };
        self.rules.check()?;
        if path.exists() {
            let found = Snapshot::read(path, &signals::waiting(console)).map_err(incomparable);
            return if self.update_baseline {
                target(path).check().map(|()| found.ok())
            } else {
                found.map(Some)
            };
        }
        if self.update_baseline {
            return Ok(None);
        }
        Err(usage(format!(
            "there is no baseline {} yet: write it with --update-baseline",
            path.display()
        )))
    }

    /// Compares with the baseline, or writes it.
    pub fn settle(
        &self,
        base: Option<&Snapshot>,
        now: &Snapshot,
        console: Console,
    ) -> anyhow::Result<Option<Comparison>> {
        let Some(path) = &self.baseline else {
            return Ok(None);
        };
        if !self.update_baseline {
            return base
                .map(|base| self.rules.compare(base, now, console))
                .transpose();
        }
        target(path).write(console, |out| now.write_baseline(out))?;
        let rules = Rules {
            allow_input_change: true,
            ..Rules::default()
        };
        let change = base.and_then(|base| compare::compare(base, now, &rules).ok());
        let change = change.map_or_else(String::new, |comparison| {
            format!(" ({})", comparison.verdict)
        });
        console.note(format!("wrote the baseline {}{change}", path.display()));
        Ok(None)
    }
}

/// The file of a baseline.
const fn target(path: &Path) -> Target<'_> {
    Target {
        option: "--update-baseline",
        path,
        kind: Kind::Baseline,
    }
}

/// What a run prints, with what moved: after it, except on a page, where the verdict comes first and the run is folded
/// away; in JSON it is a member of the run's object already.
pub fn join(run: Vec<u8>, comparison: &Comparison, format: Format) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        Format::Json => return Ok(run),
        Format::Csv => {
            out.extend(run);
            writeln!(out)?;
            compare::plain_table(comparison).write(&mut out, Format::Csv)?;
        }
        Format::Table => {
            out.extend(run);
            writeln!(out)?;
            compare::write_text(&mut out, comparison, format, false)?;
        }
        Format::Markdown => {
            compare::write_text(&mut out, comparison, format, false)?;
            writeln!(out, "<details><summary>The run</summary>\n")?;
            out.extend(run);
            writeln!(out, "\n</details>")?;
        }
    }
    Ok(out)
}
