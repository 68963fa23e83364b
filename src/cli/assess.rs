//! `simbet assess`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::plot::Plot;
use super::{Console, apart, output, progress, signals, usage};
use crate::assess::{self, AssessConfig, Assessment, Dimension, StakesAs};
use crate::config::{Pair, amount_of, count_in, count_of, pair, share_of};
use crate::domain::Commission;
use crate::report::Format;
use crate::results::{self, Folder, Results, names};
use crate::source::{
    DateOrder, OddsFormat, OnBadRow, ResultWord, TrackedBets, TrackedConfig, read_tracked,
};

/// The arguments of `assess`.
#[derive(Debug, Args)]
#[command(
    after_help = "Columns are found by their names, in any case: date, stake, odds, result (won, lost, void, half won, half
lost, cashed out, open; or 1 and 0), or payout or profit in its place; where there are any: closing_odds,
closing_odds_other and closing_odds_third (the other sides at the close, by which its margin is removed),
closing_fair_odds, closing_probability, probability, price_probability, market, selection, line, book, tag, sport,
league, event, type, back_lay, legs, each_way, free_bet, commission, currency, bet_id. What is called otherwise is named with --map.

Examples:
  simbet assess my_bets.csv --bankroll 1000
  simbet assess my_bets.xlsx --map stake='Wager size' --map odds='My price'
  simbet backtest datasets/epl.csv --out results/ && simbet assess results/bets.csv
  simbet assess my_bets.csv --by tag,book --out assessed/
  simbet assess paris.csv --result-word Gagnant=won --result-word Rendu=void --map tag=Tipster --map tag=Sport"
)]
pub struct Assess {
    /// Tables of bets: CSV with any separator, Parquet, workbooks (.xlsx), in gz or zip; simbet's own bets.csv; - for stdin
    #[arg(required = true, value_name = "BETS")]
    inputs: Vec<String>,
    /// The bankroll before the first bet [default: none, so that drawdowns are in units of money; simbet's own tables have it]
    #[arg(long, value_name = "AMOUNT", value_parser = amount_of)]
    bankroll: Option<f64>,
    /// Commission on net winnings of bets without one of their own: a rate for all (0.02), a market (ah=0.01), a book (bfe=0.05) or both
    /// (bfe:ah=0.03), or a list
    #[arg(long, value_name = "RATES")]
    commission: Option<Commission>,
    /// The margin of closing odds whose other sides no column has, such as 0.025; it is removed by proportion
    #[arg(long, value_name = "SHARE", value_parser = share_of)]
    closing_margin: Option<f64>,
    /// Group the bets by these only [default: all that the table has, of tags and the like up to 50]
    #[arg(long, value_enum, value_delimiter = ',')]
    by: Vec<Dimension>,
    /// Bets in a year, for ratios a year [default: as the dates say]
    #[arg(long, value_name = "N", value_parser = amount_of)]
    per_year: Option<f64>,
    /// How often the future is played
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = count_in(100..=1_000_000), help_heading = "What may become of it")]
    runs: u64,
    /// Seed of what is drawn
    #[arg(long, value_parser = count_of::<u64>, default_value_t = 1, help_heading = "What may become of it")]
    seed: u64,
    /// How many days with bets are played [default: as many as the record has, at most 1,000]
    #[arg(long, value_name = "DAYS", value_parser = count_in(1..=100_000), help_heading = "What may become of it")]
    horizon: Option<u64>,
    /// What stakes follow: auto takes them for shares of the bankroll where they vary less as such
    #[arg(
        long,
        value_enum,
        default_value_t,
        help_heading = "What may become of it"
    )]
    stakes: StakesAs,
    /// What to do with a row that cannot be read: skip leaves it out and counts it
    #[arg(long, value_enum, default_value_t, help_heading = "Reading")]
    on_bad_row: OnBadRow,
    /// Which column holds what, such as 'stake=Wager size'; may be repeated
    #[arg(long, value_name = "TARGET=HEADER", value_parser = pair("stake=Wager size"), help_heading = "Reading")]
    map: Vec<Pair>,
    /// What a word of the results means: won, lost, void, half-won, half-lost, cashed-out, open or rejected; may be repeated
    #[arg(
        long,
        value_name = "WORD=OUTCOME",
        allow_hyphen_values = true,
        help_heading = "Reading"
    )]
    result_word: Vec<ResultWord>,
    /// The stake of every bet, where no column has it
    #[arg(long, value_name = "AMOUNT", value_parser = amount_of, help_heading = "Reading")]
    stake: Option<f64>,
    /// Order of day, month and year in dates such as 05/08/2023 [default: auto, judged by all dates of a table]
    #[arg(long, value_enum, default_value_t, help_heading = "Reading")]
    date_order: DateOrder,
    /// How odds are written [default: auto, judged by all cells of a column]
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Reading"
    )]
    odds_format: OddsFormat,
    /// Format of what is printed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
    /// Write a page, assessment.csv, groups.csv, summary.json and run.json to a folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    #[command(flatten)]
    plot: Plot,
}

impl Assess {
    pub fn run(self, console: Console) -> anyhow::Result<()> {
        self.check()?;
        output::ensure_own(self.out.as_deref(), console)?;
        let (inputs, run) = self.inputs(console)?;
        apart::ensure_folder(self.out.as_deref(), &inputs)?;
        apart::ensure_file("--plot", self.plot.path(), &inputs)?;
        let bar = progress::spinner(console, "reading");
        let record = read_tracked(&inputs, &self.reading());
        bar.finish_and_clear();
        let record = record?;
        self.say(&record, console);
        ensure_paid(&record)?;
        let config = self.config();
        let bar = progress::spinner(console, "assessing");
        let found = assess::assess(&record, &config, run.as_ref());
        bar.finish_and_clear();
        let found = found?;
        let files: Vec<String> = record
            .inputs
            .iter()
            .map(|input| input.path.clone())
            .collect();
        // the result is printed even if the folder cannot be written
        let written = self.write_folder(&found, &record, &files, console);
        let drawn = self
            .plot
            .write(console, || assess::chart(&found, self.plot.chart()));
        let printed = self.print(&found, &files);
        written.and(drawn)?;
        printed
    }

    fn check(&self) -> anyhow::Result<()> {
        let is_share = |share: &f64| (0.0..1.0).contains(share);
        if self.closing_margin.is_some_and(|share| !is_share(&share)) {
            return Err(usage(
                "--closing-margin must be a share from 0 to below 1, such as 0.025 or 2.5%",
            ));
        }
        for (flag, value) in [
            ("--bankroll", self.bankroll),
            ("--stake", self.stake),
            ("--per-year", self.per_year),
        ] {
            if value.is_some_and(|value| value <= 0.0) {
                return Err(usage(format!("{flag} must be above 0")));
            }
        }
        if self.stakes == StakesAs::Shares && self.bankroll.is_none() && !self.is_own_table() {
            return Err(usage(
                "--stakes shares needs --bankroll, of which the stakes are shares",
            ));
        }
        self.check_map()?;
        self.plot.check()
    }

    /// Checks that a column is named once; of tags there may be several.
    fn check_map(&self) -> anyhow::Result<()> {
        for (at, Pair(target, header)) in self.map.iter().enumerate() {
            let mut before = self.map[..at].iter();
            let twice = before.find(|Pair(known, _)| known == target && target != "tag");
            if let Some(Pair(_, other)) = twice {
                return Err(usage(format!(
                    "--map {target}= names {other} and {header}: only tag may have several columns"
                )));
            }
        }
        Ok(())
    }

    /// Whether simbet itself may have written the table, with the bankroll in it.
    fn is_own_table(&self) -> bool {
        self.inputs.iter().any(|input| {
            let name = Path::new(input).file_stem().unwrap_or_default();
            name == names::BETS || Path::new(input).is_dir()
        })
    }

    /// The tables that are read, and the results that simbet wrote beside the only one.
    fn inputs(&self, console: Console) -> anyhow::Result<(Vec<String>, Option<Results>)> {
        let [input] = &self.inputs[..] else {
            return Ok((self.inputs.clone(), None));
        };
        let path = Path::new(input);
        let tables = [
            names::csv_file(names::BETS),
            names::parquet_file(names::BETS),
        ];
        let (folder, table) = if path.is_dir() && path.join(names::RUN).is_file() {
            let table = tables
                .iter()
                .map(|name| path.join(name))
                .find(|table| table.is_file());
            let Some(table) = table else {
                return Ok((self.inputs.clone(), None));
            };
            (path.to_owned(), table)
        } else {
            let is_bets = path
                .file_name()
                .is_some_and(|name| tables.iter().any(|table| name == table.as_str()));
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            let folder = if folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                folder
            };
            if !is_bets || !folder.join(names::RUN).is_file() {
                return Ok((self.inputs.clone(), None));
            }
            (folder, path.to_owned())
        };
        let table = table.to_string_lossy().into_owned();
        match Results::read(&folder, &signals::waiting(console)) {
            Ok(results) => Ok((vec![table], Some(results))),
            Err(error) => {
                console.warn(format!(
                    "the results beside {table} are not looked at, and its own rows count: {error}"
                ));
                Ok((vec![table], None))
            }
        }
    }

    fn reading(&self) -> TrackedConfig {
        TrackedConfig {
            on_bad_row: self.on_bad_row,
            map: self
                .map
                .iter()
                .map(|Pair(target, header)| (target.clone(), header.clone()))
                .collect(),
            result_words: self.result_word.clone(),
            date_order: self.date_order,
            odds_format: self.odds_format,
            flat_stake: self.stake,
            closing_margin: self.closing_margin,
            commission: self.commission.clone().unwrap_or_default(),
        }
    }

    fn config(&self) -> AssessConfig {
        AssessConfig {
            bankroll: self.bankroll,
            seed: self.seed,
            runs: self.runs,
            days: self.horizon,
            stakes: self.stakes,
            per_year: self.per_year,
            by: self.by.clone(),
        }
    }

    /// What was assumed, and which rows are none of the settled bets.
    fn say(&self, record: &TrackedBets, console: Console) {
        for assumption in &record.assumptions {
            console.note(assumption);
        }
        for (count, sentence) in record.counts.sentences() {
            let bets = if count == 1 { "bet" } else { "bets" };
            console.note(format!("{count} {bets} {sentence}"));
        }
    }

    fn print(&self, found: &Assessment, files: &[String]) -> anyhow::Result<()> {
        let mut out = Vec::new();
        match self.format {
            Format::Json => writeln!(out, "{:#}", assess::json(found)?)?,
            Format::Csv if self.by.is_empty() => {
                assess::plain_table(found)?.write(&mut out, Format::Csv)?;
            }
            Format::Csv => {
                let (header, rows) = assess::groups_csv(found);
                results::csv::write_table(&mut out, &header, &rows)?;
            }
            Format::Table | Format::Markdown => assess::write(&mut out, found, files, self.format)?,
        }
        super::print(&out, self.format)
    }

    fn write_folder(
        &self,
        found: &Assessment,
        record: &TrackedBets,
        files: &[String],
        console: Console,
    ) -> anyhow::Result<()> {
        let Some(out) = &self.out else {
            return Ok(());
        };
        let wait = signals::waiting(console);
        let mut folder = Folder::create(out, &wait)?;
        let figures = assess::plain_table(found)?;
        folder.stage_csv(names::ASSESSMENT, &figures.header, &figures.rows)?;
        let (header, rows) = assess::groups_csv(found);
        folder.stage_csv(names::GROUPS, &header, &rows)?;
        let page = results::sealed_page(assess::page(found, files));
        folder.stage(names::REPORT, |out| out.write_all(page.as_bytes()))?;
        folder.stage_summary(&assess::json(found)?)?;
        let headline = assess::headline(found, files);
        let run = json!({
            "headline": headline,
            "inputs": record.inputs,
            "counts": record.counts,
            "assumptions": record.assumptions,
        });
        console.wrote(&folder.commit(&run)?);
        Ok(())
    }
}

/// Checks that every rate of commission is that of some bet.
fn ensure_paid(record: &TrackedBets) -> anyhow::Result<()> {
    match &record.unpaid_commission {
        Some(rates) if !record.bets.is_empty() => Err(usage(format!(
            "--commission has a rate for {rates} that no bet pays: rates are for bets without a commission of their own, by the \
             columns book and market, and the most specific one holds"
        ))),
        Some(_) | None => Ok(()),
    }
}
