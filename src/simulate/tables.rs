//! What many runs come to, as tables, sentences, JSON and files.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{
    Difference, Fan, FanPoint, Mean, QUANTILES, RunResult, Share, SimulationReport, Spread,
    StrategyStats,
};
use crate::config::{SimulationConfig, value_name};
use crate::report::Format;
use crate::report::chart::{self, Chart, FanQuantiles, Scale};
use crate::report::sheet::{Sheet, decimals, percent, thousands};
use crate::report::summary;
use crate::sink;
use crate::source::synthetic::Teams;

/// The league and how much of it is played, in a line.
pub fn league(config: &SimulationConfig) -> String {
    let (league, matches) = (
        &config.synthetic.league,
        thousands(&config.synthetic.matches.to_string()),
    );
    let teams = match &league.teams {
        Teams::Drawn { count, .. } => format!("{count} invented teams"),
        Teams::Given(teams) => format!("{} teams as strong as the real ones", teams.len()),
    };
    format!("{}: {teams}, {matches} simulated matches", league.name)
}

/// Model, strategies and prices, in a line.
pub fn contest(config: &SimulationConfig) -> String {
    let engine = &config.contenders[0].engine;
    let model = config
        .contenders
        .iter()
        .find_map(|contender| contender.engine.model.as_ref());
    let model = model.map_or_else(|| "no model".to_owned(), |model| value_name(model.kind));
    let noise = if config.model_noise > 0.0 {
        format!(" with noise {}", config.model_noise)
    } else {
        String::new()
    };
    let names: Vec<_> = config
        .contenders
        .iter()
        .map(|contender| contender.name.as_str())
        .collect();
    let markets: Vec<_> = engine
        .strategy
        .markets
        .iter()
        .map(|market| market.code())
        .collect();
    let bookmaker = &config.synthetic.bookmaker;
    format!(
        "{model}{noise}, {} on {} against a margin of {} and noise of {}",
        names.join(", "),
        markets.join(", "),
        percent(Some(bookmaker.margin), false),
        bookmaker.noise
    )
}

/// What was played, in two lines.
pub fn headline(config: &SimulationConfig, compared: &SimulationReport) -> String {
    let (league, runs, seed) = (
        league(config),
        runs(config, compared),
        config.synthetic.seed,
    );
    format!("{league} a run, {runs} of seed {seed}\n{}", contest(config))
}

/// How the bankroll of the first strategy spreads.
pub fn fan(config: &SimulationConfig, compared: &SimulationReport) -> Chart {
    let points: Vec<FanQuantiles> = compared.tallies.first().map_or_else(Vec::new, |tally| {
        let point = |point: FanPoint| FanQuantiles {
            matches: point.matches,
            quantiles: point.quantiles.to_vec(),
        };
        tally.fan.points().map(point).collect()
    });
    let contender = &config.contenders[0];
    let title = format!("Bankroll over the matches, {}", contender.name);
    chart::fan(
        &title,
        &QUANTILES,
        &points,
        contender.engine.bankroll.units(),
        Scale::default(),
    )
}

/// Everything that is printed of many runs.
pub fn print(
    config: &SimulationConfig,
    compared: &SimulationReport,
    format: Format,
) -> io::Result<Vec<u8>> {
    // in memory first: stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", json(config, compared))?,
        Format::Csv => {
            plain(compared).write(&mut out, format)?;
            if compared.tallies.len() > 1 {
                writeln!(out)?;
                plain_differences(compared).write(&mut out, format)?;
            }
        }
        Format::Table | Format::Markdown => {
            writeln!(out, "{}\n", headline(config, compared))?;
            for sheet in sheets(config, compared) {
                sheet.write(&mut out, format)?;
                writeln!(out)?;
            }
            for sentence in sentences(config, compared) {
                writeln!(out, "{sentence}")?;
            }
        }
    }
    Ok(out)
}

fn runs(config: &SimulationConfig, compared: &SimulationReport) -> String {
    match compared.runs() {
        1 => format!("run {}", config.first_run),
        runs => format!("{} runs", thousands(&runs.to_string())),
    }
}

/// Of one strategy every figure and the fan; of several what tells them apart.
fn sheets(config: &SimulationConfig, compared: &SimulationReport) -> Vec<Sheet> {
    match compared.tallies.as_slice() {
        [tally] => vec![figures_sheet(tally), fan_sheet(&tally.fan)],
        tallies => vec![
            contest_sheet(config, tallies),
            differences(compared),
            bankrolls(tallies),
        ],
    }
}

/// The figures of a strategy: name, distribution, and how it is shown.
fn figures(tally: &StrategyStats) -> [(&'static str, Spread, Shown); 7] {
    [
        (
            "final bankroll",
            tally.final_bankroll.spread(),
            Shown::Money,
        ),
        ("ROI", tally.roi.spread(), Shown::Percent),
        ("expected ROI", tally.expected_roi.spread(), Shown::Percent),
        ("yield", tally.yield_on_turnover.spread(), Shown::Percent),
        ("drawdown", tally.max_drawdown.spread(), Shown::Percent),
        (
            "days under water",
            tally.days_under_water.spread(),
            Shown::Days,
        ),
        ("log growth", tally.log_growth.spread(), Shown::Decimals),
    ]
}

#[derive(Clone, Copy)]
enum Shown {
    Money,
    Percent,
    Days,
    Decimals,
}

impl Shown {
    fn text(self, value: Option<f64>) -> String {
        match self {
            Self::Money => {
                value.map_or_else(|| "–".to_owned(), |value| thousands(&format!("{value:.2}")))
            }
            Self::Percent => percent(value, false),
            Self::Days => {
                value.map_or_else(|| "–".to_owned(), |value| thousands(&format!("{value:.0}")))
            }
            Self::Decimals => decimals(value, 4),
        }
    }
}

fn quantile_names() -> [String; QUANTILES.len()] {
    QUANTILES.map(|q| format!("{:.0} %", q * 100.0))
}

fn figures_sheet(tally: &StrategyStats) -> Sheet {
    let runs = tally.runs();
    let mut rows: Vec<_> = figures(tally)
        .into_iter()
        .map(|(name, spread, shown)| spread_row(name, spread, shown))
        .collect();
    if let Some(row) = rows.last_mut().filter(|_| tally.log_growth.mean().n < runs) {
        row[1..].fill("–".to_owned());
    }
    spread_sheet("over runs", rows)
}

/// The bankroll at the end, of several strategies.
fn bankrolls(tallies: &[StrategyStats]) -> Sheet {
    let row = |tally: &StrategyStats| {
        spread_row(&tally.name, tally.final_bankroll.spread(), Shown::Money)
    };
    spread_sheet("final bankroll", tallies.iter().map(row).collect())
}

/// A table of spreads. Of its columns the outermost quantiles can go first, then the quartiles, then the standard error.
fn spread_sheet(name: &str, rows: Vec<Vec<String>>) -> Sheet {
    let names = [name, "mean", "±"].map(str::to_owned);
    let header: Vec<String> = names.into_iter().chain(quantile_names()).collect();
    Sheet {
        numeric: (1..header.len()).collect(),
        header,
        rows,
        spare: vec![3, 9, 5, 7, 2],
        ..Sheet::default()
    }
}

fn spread_row(name: &str, spread: Spread, shown: Shown) -> Vec<String> {
    let mut row = vec![
        name.to_owned(),
        shown.text(spread.mean.mean),
        shown.text(spread.mean.standard_error),
    ];
    row.extend(spread.quantiles.map(|quantile| shown.text(quantile)));
    row
}

fn fan_sheet(fan: &Fan) -> Sheet {
    let mut header = vec!["bankroll after".to_owned(), "mean".to_owned()];
    header.extend(quantile_names());
    let points: Vec<FanPoint> = fan.points().collect();
    let step = points.len().div_ceil(11).max(1);
    let row = |point: &FanPoint| {
        let mut row = vec![format!("{} matches", thousands(&point.matches.to_string()))];
        row.push(Shown::Money.text(Some(point.mean)));
        row.extend(
            point
                .quantiles
                .map(|quantile| Shown::Money.text(Some(quantile))),
        );
        row
    };
    let rows = points.iter().step_by(step).map(row).collect();
    Sheet {
        header,
        rows,
        numeric: (1..9).collect(),
        spare: vec![2, 8, 1, 4, 6],
        ..Sheet::default()
    }
}

/// A share of the runs and its standard error, which says nothing when none or all of them are in it.
fn share(share: Share) -> String {
    if share.standard_error == Some(0.0) {
        return if share.share == Some(0.0) {
            "none".to_owned()
        } else {
            "all".to_owned()
        };
    }
    format!(
        "{} ± {}",
        percent(share.share, false),
        percent(share.standard_error, false)
    )
}

fn contest_sheet(config: &SimulationConfig, tallies: &[StrategyStats]) -> Sheet {
    let ruin = format!("fell to {:.0} %", config.ruin * 100.0);
    let header = [
        "strategy",
        "bets a run",
        "ROI",
        "expected ROI",
        "in profit",
        &ruin,
        "log growth",
    ];
    let row = |tally: &StrategyStats| {
        vec![
            tally.name.clone(),
            decimals(tally.mean_bets(), 1),
            with_error(tally.roi.mean(), Shown::Percent),
            with_error(tally.expected_roi.mean(), Shown::Percent),
            share(tally.profitable()),
            share(tally.ruined()),
            with_error(
                of_all(tally.log_growth.mean(), tally.runs()),
                Shown::Decimals,
            ),
        ]
    };
    Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows: tallies.iter().map(row).collect(),
        numeric: (1..7).collect(),
        spare: vec![1, 6, 5, 3],
        ..Sheet::default()
    }
}

fn differences(compared: &SimulationReport) -> Sheet {
    let first = &compared.tallies[0].name;
    let header = [
        format!("less {first}, same matches"),
        "final bankroll".into(),
        "yield".into(),
        "log growth".into(),
    ];
    let row = |(tally, difference): (&StrategyStats, &Difference)| {
        vec![
            tally.name.clone(),
            with_error(difference.final_bankroll(), Shown::Money),
            with_error(difference.yield_on_turnover(), Shown::Percent),
            with_error(
                of_all(difference.log_growth(), compared.runs()),
                Shown::Decimals,
            ),
        ]
    };
    let rows = compared.tallies[1..]
        .iter()
        .zip(&compared.differences)
        .map(row)
        .collect();
    Sheet {
        header: header.to_vec(),
        rows,
        numeric: vec![1, 2, 3],
        ..Sheet::default()
    }
}

/// A mean that is defined in every run: the log growth of the runs that did not lose everything would flatter.
fn of_all(mean: Mean, runs: u64) -> Mean {
    if mean.n == runs {
        mean
    } else {
        Mean {
            mean: None,
            standard_error: None,
            ..mean
        }
    }
}

fn with_error(mean: Mean, shown: Shown) -> String {
    format!(
        "{} ± {}",
        shown.text(mean.mean),
        shown.text(mean.standard_error)
    )
}

/// What the figures mean, and what they leave out.
fn sentences(config: &SimulationConfig, compared: &SimulationReport) -> Vec<String> {
    let mut sentences = Vec::new();
    let single = compared.tallies.len() == 1;
    for tally in &compared.tallies {
        sentences.extend(single.then(|| verdict(config, tally)));
        let lost = compared.runs() - tally.log_growth.mean().n;
        if lost > 0 {
            sentences.push(format!(
                "{} runs of {} lost everything, so that its log growth has no mean.",
                thousands(&lost.to_string()),
                tally.name
            ));
        }
        sentences.extend(
            config
                .precision
                .and_then(|precision| convergence(tally, precision)),
        );
    }
    sentences
}

/// Profit, ruin, and what was luck: the bets are worth what they are worth, whatever became of them.
fn verdict(config: &SimulationConfig, tally: &StrategyStats) -> String {
    let (roi, expected, luck) = (tally.roi.mean(), tally.expected_roi.mean(), tally.luck());
    format!(
        "{} of the runs made a profit, {} fell to {:.0} % of the start or below. The mean ROI is {} ± {}; at the true \
         probabilities the bets were worth {} ± {}, and luck made the difference of {} ± {}.",
        percent(tally.profitable().share, false),
        percent(tally.ruined().share, false),
        config.ruin * 100.0,
        percent(roi.mean, true),
        percent(roi.standard_error, false),
        percent(expected.mean, true),
        percent(expected.standard_error, false),
        percent(luck.mean, true),
        percent(luck.standard_error, false),
    )
}

fn convergence(tally: &StrategyStats, precision: f64) -> Option<String> {
    let error = tally.roi.mean().standard_error?;
    let shown = |error: f64| format!("{:.4} %", error * 100.0);
    let (name, error_shown, wanted) = (&tally.name, shown(error), shown(precision));
    let said =
        format!("{name}: the standard error of the mean ROI is {error_shown}, wanted was {wanted}");
    Some(if error <= precision {
        format!("{said}: reached.")
    } else {
        format!(
            "{said}: that takes about {} runs.",
            thousands(&tally.runs_for(precision)?.to_string())
        )
    })
}

/// Every figure as one JSON object.
pub fn json(config: &SimulationConfig, compared: &SimulationReport) -> Value {
    let strategies: Vec<_> = compared
        .tallies
        .iter()
        .map(|tally| strategy_json(config, tally))
        .collect();
    let differences = compared
        .tallies
        .iter()
        .skip(1)
        .zip(&compared.differences)
        .map(|(tally, difference)| {
            json!({
                "strategy": tally.name,
                "less": compared.tallies[0].name,
                "final_bankroll": difference.final_bankroll(),
                "yield": difference.yield_on_turnover(),
                "log_growth": difference.log_growth(),
            })
        });
    json!({
        "seed": config.synthetic.seed,
        "matches": config.synthetic.matches,
        "runs": compared.runs(),
        "quantiles": QUANTILES,
        "strategies": strategies,
        "differences": differences.collect::<Vec<_>>(),
    })
}

fn strategy_json(config: &SimulationConfig, tally: &StrategyStats) -> Value {
    let fan = tally
        .fan
        .points()
        .map(|point| json!({ "matches": point.matches, "mean": point.mean, "quantiles": point.quantiles }));
    let mut value = json!({
        "strategy": tally.name,
        "initial_bankroll": tally.initial(),
        "bets": tally.mean_bets(),
        "profitable": tally.profitable(),
        "ruined": tally.ruined(),
        "ruin": config.ruin,
    });
    for (name, spread, _) in figures(tally) {
        value[name.to_lowercase().replace(' ', "_")] = json!(spread);
    }
    if let Some(precision) = config.precision {
        value["precision"] = json!({ "wanted": precision, "runs": tally.runs_for(precision) });
    }
    value["luck"] = json!(tally.luck());
    value["fan"] = fan.collect();
    value
}

/// The figures of every strategy as one table.
fn plain(compared: &SimulationReport) -> Sheet {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut rows = Vec::new();
    for tally in &compared.tallies {
        for (name, spread, _) in figures(tally) {
            let mut row = vec![
                tally.name.clone(),
                name.to_lowercase().replace(' ', "_"),
                spread.mean.n.to_string(),
            ];
            row.extend([spread.mean.mean, spread.mean.standard_error].map(number));
            row.extend(spread.quantiles.map(number));
            rows.push(row);
        }
        for (name, share) in [
            ("profitable", tally.profitable()),
            ("ruined", tally.ruined()),
        ] {
            let mut row = vec![
                tally.name.clone(),
                name.to_owned(),
                tally.runs().to_string(),
            ];
            row.extend([share.share, share.standard_error].map(number));
            row.resize(5 + QUANTILES.len(), String::new());
            rows.push(row);
        }
    }
    let mut header: Vec<String> = ["strategy", "figure", "n", "mean", "standard_error"]
        .map(str::to_owned)
        .to_vec();
    header.extend(quantile_columns());
    Sheet {
        header,
        rows,
        ..Sheet::default()
    }
}

/// How the strategies differ from the first, as one table.
fn plain_differences(compared: &SimulationReport) -> Sheet {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let rows = compared
        .tallies
        .iter()
        .skip(1)
        .zip(&compared.differences)
        .flat_map(|(tally, difference)| {
            let figures = [
                ("final_bankroll", difference.final_bankroll()),
                ("yield", difference.yield_on_turnover()),
                ("log_growth", difference.log_growth()),
            ];
            figures.map(|(figure, mean)| {
                let names = [
                    tally.name.clone(),
                    compared.tallies[0].name.clone(),
                    figure.to_owned(),
                    mean.n.to_string(),
                ];
                names
                    .into_iter()
                    .chain([mean.mean, mean.standard_error].map(number))
                    .collect()
            })
        });
    let header = ["strategy", "less", "figure", "n", "mean", "standard_error"]
        .map(str::to_owned)
        .to_vec();
    Sheet {
        header,
        rows: rows.collect(),
        ..Sheet::default()
    }
}

fn quantile_columns() -> [String; QUANTILES.len()] {
    QUANTILES.map(|q| format!("p{:.0}", q * 100.0))
}

/// The fan of every strategy as CSV.
pub fn write_fan(out: &mut dyn Write, compared: &SimulationReport) -> io::Result<()> {
    let mut header = vec![
        "strategy".to_owned(),
        "matches".to_owned(),
        "mean".to_owned(),
    ];
    header.extend(quantile_columns());
    let rows = compared.tallies.iter().flat_map(|tally| {
        tally.fan.points().map(|point| {
            let mut row = vec![
                tally.name.clone(),
                point.matches.to_string(),
                format!("{:.4}", point.mean),
            ];
            row.extend(point.quantiles.map(|quantile| format!("{quantile:.2}")));
            row
        })
    });
    sink::csv::write_table(out, header, rows)
}

/// The table of runs: a row for each run and strategy, with every figure of its summary.
pub struct RunTable<'a> {
    writer: csv::Writer<&'a mut dyn Write>,
    names: Vec<String>,
    begun: bool,
}

impl<'a> RunTable<'a> {
    pub fn new(out: &'a mut dyn Write, config: &SimulationConfig) -> Self {
        let names = config
            .contenders
            .iter()
            .map(|contender| contender.name.clone())
            .collect();
        Self {
            writer: csv::Writer::from_writer(out),
            names,
            begun: false,
        }
    }

    /// A row for each strategy.
    pub fn write(&mut self, results: &[RunResult]) -> io::Result<()> {
        for (name, result) in self.names.iter().zip(results) {
            let figures = summary::plain_sheet(&result.summary).rows;
            if !self.begun {
                let header = figures.iter().map(|row| row[0].as_str());
                self.writer
                    .write_record(["run", "strategy"].into_iter().chain(header))?;
                self.begun = true;
            }
            let run = result.run.to_string();
            self.writer.write_record(
                [run.as_str(), name]
                    .into_iter()
                    .chain(figures.iter().map(|row| row[1].as_str())),
            )?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
