//! `simbet compare-models`.

use std::io::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::settings::ReplayLayers;
use super::{Console, input, usage};
use crate::config::{Purpose, RunConfig, count_of};
use crate::model_comparison::{
    self, DEFAULT_POOL_FROM, ModelComparison, compare_models, gather, model_files,
};
use crate::report::Format;
use crate::source::{Matches, ReadConfig};

/// The arguments of `compare-models`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  simbet backtest E0.csv --model dixon-coles --out a/ && simbet backtest E0.csv --model market --out b/
  simbet compare-models a/ b/
  simbet compare-models mine.csv a/ --results data/ --format json")]
pub struct CompareModels {
    /// Forecasts: folders that --out wrote, or files as --probabilities reads them
    #[arg(required = true, value_name = "FORECASTS")]
    forecasts: Vec<String>,
    /// Match files with the scores [default: those of the forecasts' own files]
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Comparison")]
    results: Vec<String>,
    /// From how many earlier matches on the weights of the pool are fitted; before it has equal ones
    #[arg(long, value_parser = count_of::<usize>, value_name = "N", default_value_t = DEFAULT_POOL_FROM, help_heading = "Comparison")]
    pool_from: usize,
    #[command(flatten)]
    layers: ReplayLayers,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

impl CompareModels {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        if self.pool_from == 0 {
            return Err(usage("--pool-from must be at least 1, not 0"));
        }
        let config = self.layers.resolve(Purpose::CompareModels, console)?;
        let files = model_files(&self.forecasts).map_err(usage)?;
        let results = self.results(&config, console)?;
        let mut gathered = gather(&files, results, &read_config(&config))?;
        for note in &gathered.notes {
            console.note(note);
        }
        gathered.contest.keep(config.replay.from, config.replay.to);
        let compared = compare_models(&gathered.contest, self.pool_from);
        ensure_comparable(&compared)?;
        let mut out = Vec::new();
        match self.format {
            Format::Json => writeln!(out, "{:#}", self.json(&compared, &files)?)?,
            Format::Csv => model_comparison::plain_table(&compared).write(&mut out, Format::Csv)?,
            Format::Table | Format::Markdown => {
                model_comparison::write_text(&mut out, &compared, self.format)?;
            }
        }
        super::print(&out, self.format)
    }

    fn results(&self, config: &RunConfig, console: Console) -> anyhow::Result<Option<Matches>> {
        if self.results.is_empty() {
            return Ok(None);
        }
        // the forecasts may need what no result does
        let mut read = config.read.clone();
        read.spelled_elsewhere = read.aliases.keys().cloned().collect();
        let matches = input::read(&self.results, &read, console)?;
        matches.ensure_results()?;
        Ok(Some(matches))
    }

    fn json(
        &self,
        compared: &ModelComparison,
        files: &[model_comparison::ModelFile],
    ) -> anyhow::Result<Value> {
        let mut value = serde_json::to_value(compared)?;
        value["files"] = json!(files);
        value["pool_from"] = json!(self.pool_from);
        value["sentences"] = json!(model_comparison::sentences(compared));
        Ok(value)
    }
}

/// How forecasts are read.
fn read_config(config: &RunConfig) -> ReadConfig {
    config.read.clone()
}

/// Checks that there is something to compare.
fn ensure_comparable(compared: &ModelComparison) -> anyhow::Result<()> {
    if compared.matches == 0 {
        let counts: Vec<String> = compared
            .models
            .iter()
            .map(|model| format!("{} has {}", model.model, model.own_matches))
            .collect();
        anyhow::bail!(
            "there is no match with a score that all models have: {}",
            counts.join(", ")
        );
    }
    if compared.models.len() < 2 && compared.market.is_empty() {
        return Err(usage(
            "one model alone, without prices of the market, has nothing to be compared with: name another",
        ));
    }
    Ok(())
}
