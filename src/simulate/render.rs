//! The results of many runs, in every format.

use std::io::{self, Write as _};

use super::{QUANTILES, SimulationReport, StrategyStats, machine, sentences, tables};
use crate::config::SimulationConfig;
use crate::report::Format;
use crate::report::chart::{self, Chart, FanQuantiles, Scale};
use crate::report::summary;

/// The printed results of many runs.
pub(crate) fn render(
    config: &SimulationConfig,
    report: &SimulationReport,
    format: Format,
) -> io::Result<Vec<u8>> {
    // rendered in memory, since stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", machine::json(config, report))?,
        Format::Csv => write_csv(&mut out, report)?,
        Format::Table | Format::Markdown => write_text(&mut out, config, report, format)?,
    }
    Ok(out)
}

fn write_csv(out: &mut Vec<u8>, report: &SimulationReport) -> io::Result<()> {
    machine::figures_table(report).write(out, Format::Csv)?;
    if report.strategies.len() > 1 {
        writeln!(out)?;
        machine::differences_table(report).write(out, Format::Csv)?;
    }
    Ok(())
}

fn write_text(
    out: &mut Vec<u8>,
    config: &SimulationConfig,
    report: &SimulationReport,
    format: Format,
) -> io::Result<()> {
    let headline = sentences::headline(config, report);
    writeln!(out, "{}\n", format.prose(&headline))?;
    summary::write_first(out, &sentences::first_sentences(report))?;
    for table in tables::tables(config, report) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    for sentence in sentences::later_sentences(config, report) {
        writeln!(out, "{}", format.prose(&sentence))?;
    }
    Ok(())
}

/// The fan chart of the first strategy's bankroll.
pub(crate) fn fan_chart(config: &SimulationConfig, report: &SimulationReport) -> Chart {
    let first = &config.strategies[0];
    let points = report.strategies.first().map_or_else(Vec::new, fan_points);
    chart::fan(
        &format!("Bankroll over the matches, {}", first.name),
        &QUANTILES,
        &points,
        first.engine.bankroll.units(),
        Scale::default(),
    )
}

fn fan_points(stats: &StrategyStats) -> Vec<FanQuantiles> {
    let points = stats.fan.points();
    points
        .map(|point| FanQuantiles {
            matches: point.matches,
            quantiles: point.quantiles.to_vec(),
        })
        .collect()
}
