//! `simbet report`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::plot::Plot;
use super::target::{Kind, Target};
use super::{Console, Typed, signals, usage};
use crate::metrics::Summary;
use crate::report::figures::RunResults;
use crate::report::{Format, forecasts, page, summary};
use crate::results::{Results, names};
use crate::schema::{BankrollRecord, BetRecord};

/// The arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet backtest datasets/epl.csv --out results/ && simbet report results/
  simbet report results/ -o monday.html
  simbet report results/ --plot calibration.png --chart reliability")]
pub struct Report {
    /// A folder that --out wrote
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The page to write, or - for stdout [default: report.html in the folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format of the summary that is printed: of a backtest; of other folders json has the figures
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    plot: Plot,
}

impl Report {
    pub fn run(self, console: Console, typed: &Typed) -> anyhow::Result<()> {
        if self
            .output
            .as_deref()
            .is_some_and(|path| path.as_os_str() == "-")
        {
            typed.refuse(
                &["format"],
                "with --output - the page is printed, and no summary; leave it out",
            )?;
        }
        self.plot.check()?;
        self.ensure_folder()?;
        let output = self
            .output
            .clone()
            .unwrap_or_else(|| self.folder.join(names::REPORT));
        let target = self.target(&output);
        if let Some(target) = &target {
            target.check()?;
        }
        let results = Results::read(&self.folder, &signals::waiting(console))?;
        let page = page::render(&results)?;
        if self.plot.is_requested() {
            self.draw(&results, console)?;
        }
        let Some(target) = target else {
            return super::print_as_it_is(page.as_bytes());
        };
        // a page of these results beside those of a later run would be taken for its page
        let is_elsewhere = self.output.is_some();
        let may_be_named = || {
            if is_elsewhere {
                Ok(())
            } else {
                results.ensure_still_there()
            }
        };
        target.write_if(console, |out| out.write_all(page.as_bytes()), may_be_named)?;
        self.print(&results, console)?;
        console.note(format!("wrote {}", output.display()));
        Ok(())
    }

    /// Where the page goes; `None` for stdout.
    fn target<'a>(&self, output: &'a Path) -> Option<Target<'a>> {
        let target = Target {
            option: "--output",
            path: output,
            kind: match self.output {
                Some(_) => Kind::Page,
                None => Kind::PageOfFolder,
            },
        };
        (output.as_os_str() != "-").then_some(target)
    }

    fn ensure_folder(&self) -> anyhow::Result<()> {
        if self.folder.is_file() {
            return Err(usage(format!(
                "report needs a folder that --out wrote, but {} is a file",
                self.folder.display()
            )));
        }
        Ok(())
    }

    fn draw(&self, results: &Results, console: Console) -> anyhow::Result<()> {
        let bets = results
            .table(names::BETS)?
            .context("--plot draws bets, but this folder has none")?;
        let bets: Vec<BetRecord> = bets.records()?;
        let bankroll: Vec<BankrollRecord> = results
            .table(names::BANKROLL)?
            .unwrap_or_default()
            .records()?;
        let run = RunResults {
            summary: &results.parsed_summary()?,
            bets: &bets,
            bankroll: &bankroll,
        };
        self.plot.draw(&run, console)
    }

    /// Prints the summary of a backtest again. That of many runs, or of a record of bets, is on the page only.
    fn print(&self, results: &Results, console: Console) -> anyhow::Result<()> {
        let mut out = Vec::new();
        if self.format == Format::Json {
            writeln!(out, "{:#}", forecasts::with_report(results))?;
        } else if let Ok(mut found) = results.parsed_summary::<Summary>() {
            found.forecasts = forecasts::of_results(results);
            write_summary(&mut out, results, &found, self.format)?;
        } else {
            console.note("the figures of this folder are on the page; --format json prints them");
        }
        super::print(&out, self.format)
    }
}

fn write_summary(
    out: &mut dyn Write,
    results: &Results,
    found: &Summary,
    format: Format,
) -> io::Result<()> {
    if format == Format::Csv {
        return summary::plain_table(found).write(out, format);
    }
    if let Some(headline) = results.run_text("headline") {
        writeln!(out, "{}\n", format.prose(headline))?;
    }
    summary::write_first(out, &summary::first_sentences(found))?;
    for table in summary::tables(found, results.run_text("coverage").unwrap_or_default()) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    for sentence in summary::later_sentences(found) {
        writeln!(out, "{}", format.prose(&sentence))?;
    }
    Ok(())
}
