//! The output of a run: tables and JSON on stdout, files in a folder.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use super::layers::UsedVariables;
use super::plot::Plot;
use super::{Console, signals, usage};
use crate::domain::{MatchState, Names};
use crate::engine::EngineConfig;
use crate::metrics::Summary;
use crate::report::breakdown::{self, Group, GroupBy, GroupedBet};
use crate::report::figures::RunResults;
use crate::report::text_table::{TextTable, share, thousands};
use crate::report::{Format, forecasts, summary};
use crate::results;
use crate::results::{Folder, ResultsError, names};
use crate::schema::{BET_COLUMNS, BankrollRecord, BetRecord, BetRow, PredictionRow};
use crate::sink::memory::Memory;
use crate::sink::predictions::PredictionSink;

/// Form of the tables of bets and of forecasts in a folder of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum BetsFormat {
    /// bets.csv, predictions.csv
    #[default]
    Csv,
    /// bets.parquet, predictions.parquet
    Parquet,
}

impl BetsFormat {
    /// Fails early when this build cannot write Parquet: after the run it would be too late.
    pub fn ensure_built(self) -> anyhow::Result<()> {
        if self == Self::Parquet && cfg!(not(feature = "parquet")) {
            return Err(usage(
                "--bets-format parquet needs a simbet that was built with its default features",
            ));
        }
        Ok(())
    }
}

/// Checks before the run that the folder of --out has nothing that results would replace, but for results.
pub fn ensure_own(out: Option<&Path>, console: Console) -> anyhow::Result<()> {
    let Some(out) = out else {
        return Ok(());
    };
    let is_there = |place: &&Path| place.symlink_metadata().is_ok();
    match out.ancestors().find(is_there) {
        Some(place) if !place.is_dir() => Err(usage(format!(
            "--out must be a folder, but {} is none",
            place.display()
        ))),
        Some(_) | None => Folder::ensure_own(out, &signals::waiting(console))
            .map_err(|error| usage(format!("{:#}", anyhow::Error::new(error)))),
    }
}

/// Adds the variables of the environment that were used to the members of run.json, if there are any.
pub fn record_environment(run: &mut Value, used: &UsedVariables) {
    if !used.is_empty() {
        run["environment"] = used
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
    }
}

/// A run as it is printed.
pub struct RunOutput<'a> {
    /// What was run, in a line or two.
    pub headline: String,
    /// How many matches were read, priced and predicted.
    pub coverage: String,
    /// What else is to be said, below the tables.
    pub notes: Vec<String>,
    pub summary: &'a Summary,
    pub names: &'a Names,
    pub memory: &'a Memory,
    pub by: &'a [GroupBy],
    pub bets: bool,
}

impl RunOutput<'_> {
    pub fn print(&self, format: Format) -> anyhow::Result<()> {
        super::print(&self.render(format, &[])?, format)
    }

    /// The text that is printed. In JSON the object also has these members.
    pub fn render(&self, format: Format, members: &[(&str, Value)]) -> anyhow::Result<Vec<u8>> {
        let groups: Vec<_> = self.by.iter().map(|&by| (by, self.groups(by))).collect();
        // in memory first: stdout may be closed at any time, and csv and serde_json would hide that it was
        let mut out = Vec::new();
        match format {
            Format::Json => {
                let mut value = self.json(&groups)?;
                members
                    .iter()
                    .for_each(|(name, member)| value[*name] = member.clone());
                writeln!(out, "{value:#}")?;
            }
            Format::Csv => self.print_csv(&mut out, &groups)?,
            Format::Table | Format::Markdown => self.print_text(&mut out, &groups, format)?,
        }
        Ok(out)
    }

    fn groups(&self, by: GroupBy) -> Vec<Group> {
        let bets = self.rows();
        breakdown::break_down(bets.filter_map(|row| GroupedBet::of_row(&row)), by)
    }

    fn rows(&self) -> impl ExactSizeIterator<Item = BetRow<'_>> {
        self.memory.bets(self.names)
    }

    fn json(&self, groups: &[(GroupBy, Vec<Group>)]) -> anyhow::Result<Value> {
        let mut value = serde_json::to_value(self.summary)?;
        for (by, groups) in groups {
            value["by"][crate::config::value_name(*by)] = serde_json::to_value(groups)?;
        }
        if self.bets {
            value["bets_list"] = self.rows().map(|row| bet_json(&row)).collect();
        }
        Ok(value)
    }

    /// One table for each request, with an empty line between them; the summary when there is no request.
    fn print_csv(
        &self,
        out: &mut dyn Write,
        groups: &[(GroupBy, Vec<Group>)],
    ) -> anyhow::Result<()> {
        let mut first = true;
        for (by, groups) in groups {
            separate(out, &mut first)?;
            breakdown::plain_table(groups, *by).write(out, Format::Csv)?;
        }
        if self.bets {
            separate(out, &mut first)?;
            results::csv::write_bets(out, self.rows())?;
        }
        if first {
            summary::plain_table(self.summary).write(out, Format::Csv)?;
        }
        Ok(())
    }

    fn print_text(
        &self,
        out: &mut dyn Write,
        groups: &[(GroupBy, Vec<Group>)],
        format: Format,
    ) -> anyhow::Result<()> {
        writeln!(out, "{}\n", format.prose(&self.headline))?;
        summary::write_first(out, &summary::first_sentences(self.summary))?;
        for table in summary::tables(self.summary, &self.coverage) {
            table.write(out, format)?;
            writeln!(out)?;
        }
        for (by, groups) in groups {
            breakdown::table(groups, *by).write(out, format)?;
            writeln!(out)?;
        }
        if self.bets {
            bets_table(self.rows()).write(out, format)?;
            writeln!(out)?;
        }
        for sentence in summary::later_sentences(self.summary) {
            writeln!(out, "{}", format.prose(&sentence))?;
        }
        for note in &self.notes {
            writeln!(out, "{}", format.prose(note))?;
        }
        if groups
            .iter()
            .any(|(_, groups)| breakdown::are_many_looks(groups))
        {
            writeln!(out, "{}", breakdown::MANY_LOOKS)?;
        }
        Ok(())
    }
}

fn separate(out: &mut dyn Write, first: &mut bool) -> io::Result<()> {
    if !std::mem::take(first) {
        writeln!(out)
    } else {
        Ok(())
    }
}

/// A bet as a JSON object.
pub fn bet_json(row: &BetRow<'_>) -> Value {
    BET_COLUMNS
        .iter()
        .map(|column| (column.name.to_owned(), column.cell(row).to_json()))
        .collect()
}

/// The bets as people read them; every column is in CSV and JSON.
pub fn bets_table<'a>(rows: impl Iterator<Item = BetRow<'a>>) -> TextTable {
    let header = [
        "date", "match", "bet", "odds", "P", "EV", "stake", "result", "profit",
    ];
    TextTable {
        title: "Bets".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.map(|row| shown(&row)).collect(),
        numeric: vec![3, 4, 5, 6, 8],
        spare: vec![4, 6, 5, 0],
    }
}

fn shown(row: &BetRow<'_>) -> Vec<String> {
    let bet = BetRecord::of(row);
    let name = bet.name();
    vec![
        bet.date,
        teams(row.bet.state, &bet.home_team, &bet.away_team),
        name,
        two_decimals(Some(bet.odds)),
        share(bet.probability),
        share(bet.expected_value),
        money(bet.stake),
        bet.reason.or(bet.result).unwrap_or_default(),
        bet.profit.map_or_else(String::new, money),
    ]
}

fn money(amount: f64) -> String {
    thousands(&format!("{amount:.2}"))
}

fn two_decimals(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| format!("{number:.2}"))
}

/// The sides, and in play the minute and the score.
fn teams(state: MatchState, home: &str, away: &str) -> String {
    if state == MatchState::default() {
        return format!("{home} – {away}");
    }
    format!(
        "{home} {}–{} {away}, {}'",
        state.home_goals, state.away_goals, state.minute
    )
}

/// A run's bets and bankroll, as pictures show them.
pub fn draw(
    plot: &Plot,
    summary: &Summary,
    names: &Names,
    memory: &Memory,
    console: Console,
) -> anyhow::Result<()> {
    if !plot.is_requested() {
        return Ok(());
    }
    let bets: Vec<BetRecord> = memory.bets(names).map(|row| BetRecord::of(&row)).collect();
    let bankroll: Vec<BankrollRecord> = memory
        .closed()
        .iter()
        .filter_map(BankrollRecord::of)
        .collect();
    let run = RunResults {
        summary,
        bets: &bets,
        bankroll: &bankroll,
    };
    plot.draw(&run, console)
}

/// The name of a run's model in its predictions; `None` of a run without a model.
pub fn model_name(config: &EngineConfig) -> Option<String> {
    let model = config.model.as_ref();
    model.map(|model| crate::config::value_name(model.kind))
}

/// The content of a folder of results.
pub struct RunFolder<'a> {
    pub summary: &'a Summary,
    pub names: &'a Names,
    pub memory: &'a Memory,
    /// The forecasts, and the name of the model that made them; `None` of a run without a model.
    pub predictions: Option<(&'a PredictionSink, String)>,
    pub format: BetsFormat,
    /// The members of `run.json`, without the version.
    pub run: Value,
}

impl RunFolder<'_> {
    /// Writes the folder.
    pub fn write(&self, path: &Path, console: Console) -> anyhow::Result<()> {
        let wait = signals::waiting(console);
        let mut folder = Folder::create(path, &wait)?;
        stage_bets(&mut folder, self.format, self.memory.bets(self.names))?;
        if let Some((predictions, model)) = &self.predictions {
            let rows = predictions.rows(model, self.names);
            stage_predictions(&mut folder, self.format, rows)?;
        }
        if let Some(report) = &self.summary.forecasts {
            folder.stage(&names::csv_file(names::FORECASTS), |out| {
                forecasts::plain_table(report).write(out, Format::Csv)
            })?;
        }
        folder.stage(&names::csv_file(names::BANKROLL), |out| {
            results::csv::write_bankroll(out, self.memory.closed())
        })?;
        // the summary of a run is the same whatever its rounds came by; only files have closing prices for every forecast
        let mut run = self.run.clone();
        if let Some(report) = &self.summary.forecasts {
            run["forecasts"] = serde_json::to_value(report)?;
        }
        let plain = Summary {
            forecasts: None,
            ..self.summary.clone()
        };
        folder.stage_summary(&plain)?;
        console.wrote(&folder.commit(&run)?);
        Ok(())
    }
}

/// Puts the table of bets into a folder.
pub fn stage_bets<'a>(
    folder: &mut Folder<'_>,
    format: BetsFormat,
    rows: impl Iterator<Item = BetRow<'a>>,
) -> Result<(), ResultsError> {
    match format {
        BetsFormat::Csv => folder.stage(&names::csv_file(names::BETS), |out| {
            results::csv::write_bets(out, rows)
        }),
        BetsFormat::Parquet => {
            let rows: Vec<_> = rows.collect();
            folder.stage(&names::parquet_file(names::BETS), |out| {
                results::parquet::write_bets(out, &rows)
            })
        }
    }
}

/// Puts the table of forecasts into a folder.
pub fn stage_predictions<'a>(
    folder: &mut Folder<'_>,
    format: BetsFormat,
    rows: impl Iterator<Item = PredictionRow<'a>>,
) -> Result<(), ResultsError> {
    match format {
        BetsFormat::Csv => folder.stage(&names::csv_file(names::PREDICTIONS), |out| {
            results::csv::write_predictions(out, rows)
        }),
        BetsFormat::Parquet => folder.stage(&names::parquet_file(names::PREDICTIONS), |out| {
            results::parquet::write_predictions(out, rows)
        }),
    }
}
