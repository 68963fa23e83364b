//! The tables of a folder of results: a row for each run, and the fan.

use std::io::{self, Write};

use super::figures::quantile_columns;
use super::{FanPoint, RunResult, SimulationReport, StrategyStats};
use crate::config::SimulationConfig;
use crate::report::summary;
use crate::results;

/// The fan of every strategy as CSV.
pub(crate) fn write_fan(out: &mut dyn Write, report: &SimulationReport) -> io::Result<()> {
    let mut header = ["strategy", "matches", "mean"].map(str::to_owned).to_vec();
    header.extend(quantile_columns());
    let rows = report.strategies.iter().flat_map(fan_rows);
    results::csv::write_table(out, header, rows)
}

fn fan_rows(stats: &StrategyStats) -> impl Iterator<Item = Vec<String>> {
    stats.fan.points().map(|point| fan_row(stats, &point))
}

fn fan_row(stats: &StrategyStats, point: &FanPoint) -> Vec<String> {
    let mut row = vec![
        stats.name.clone(),
        point.matches.to_string(),
        format!("{:.4}", point.mean),
    ];
    row.extend(point.quantiles.map(|quantile| format!("{quantile:.2}")));
    row
}

/// The table of runs: a row for each run and strategy, with every figure of its summary.
pub(crate) struct RunTable<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    names: Vec<String>,
    has_header: bool,
}

impl<'a> RunTable<'a> {
    pub fn new(out: &'a mut dyn Write, config: &SimulationConfig) -> Self {
        let names = config
            .strategies
            .iter()
            .map(|strategy| strategy.name.clone())
            .collect();
        Self {
            writer: csv::Writer::from_writer(out),
            names,
            has_header: false,
        }
    }

    /// A row for each strategy.
    pub fn write(&mut self, results: &[RunResult]) -> io::Result<()> {
        for (name, result) in self.names.iter().zip(results) {
            let figures = summary::plain_table(&result.summary).rows;
            if !self.has_header {
                let header = figures.iter().map(|row| row[0].as_str());
                self.writer
                    .write_record(["run", "strategy"].into_iter().chain(header))?;
                self.has_header = true;
            }
            let run = result.run.to_string();
            let values = figures.iter().map(|row| row[1].as_str());
            self.writer
                .write_record([run.as_str(), name].into_iter().chain(values))?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
