//! The charts of a run and the data that each shows.

use super::breakdown::{self, GroupBy, GroupedBet};
use super::chart::{self, Chart, Labels, Marker, Unit};
use crate::calendar;
use crate::domain::Time;
use crate::metrics::Summary;
use crate::schema::{BankrollRecord, BetRecord};
use crate::significance::Significance;

/// A picture of a run with bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Figure {
    /// The bankroll, its falls from a peak shaded.
    #[default]
    Bankroll,
    /// Profit as it added up, beside what the closing line and the model expected.
    Profit,
    /// How often the forecast events happened.
    Reliability,
    /// The distribution of closing-line value.
    Clv,
    /// Yield by league, with intervals.
    League,
    /// Yield by season.
    Season,
    /// Yield by market.
    Market,
    /// Yield by month.
    Month,
    /// Yield by odds taken.
    OddsBand,
    /// Yield by side backed.
    Selection,
}

/// The results of a run that its charts show.
#[derive(Debug, Clone, Copy)]
pub struct RunResults<'a> {
    /// The summary.
    pub summary: &'a Summary,
    /// The bets, in the order in which they were placed.
    pub bets: &'a [BetRecord],
    /// The bankroll at the end of each round in which money moved.
    pub bankroll: &'a [BankrollRecord],
}

/// Draws a chart of a run.
pub fn draw(figure: Figure, run: &RunResults<'_>) -> Chart {
    match figure {
        Figure::Bankroll => bankroll(run),
        Figure::Profit => profit(run.bets),
        Figure::Reliability => reliability(run.summary.significance.as_deref()),
        Figure::Clv => closing_value(run.bets),
        Figure::League => by_group(run.bets, GroupBy::League),
        Figure::Season => by_group(run.bets, GroupBy::Season),
        Figure::Market => by_group(run.bets, GroupBy::Market),
        Figure::Month => by_group(run.bets, GroupBy::Month),
        Figure::OddsBand => by_group(run.bets, GroupBy::OddsBand),
        Figure::Selection => by_group(run.bets, GroupBy::Selection),
    }
}

fn bankroll(run: &RunResults<'_>) -> Chart {
    let points: Vec<(Time, f64)> = run
        .bankroll
        .iter()
        .filter_map(|row| Some((calendar::parse_time(&row.time)?, row.balance)))
        .collect();
    chart::bankroll(&points, run.summary.initial_bankroll.units())
}

fn reliability(tests: Option<&Significance>) -> Chart {
    chart::reliability(
        tests.and_then(|tests| tests.model_calibration.as_ref()),
        tests.and_then(|tests| tests.market_calibration.as_ref()),
    )
}

/// The settled bets whose expected profit at the closing price is known.
pub fn with_closing(bets: &[BetRecord]) -> Vec<BetRecord> {
    bets.iter()
        .filter(|bet| bet.profit.is_some() && closing_expected_profit(bet).is_some())
        .cloned()
        .collect()
}

/// Cumulative profit; the profit that the closing line expects is drawn where it is known for every bet.
fn profit(bets: &[BetRecord]) -> Chart {
    let mut settled: Vec<(Time, &BetRecord)> = bets
        .iter()
        .filter(|bet| bet.profit.is_some())
        .filter_map(|bet| Some((calendar::parse_date(&bet.date)?, bet)))
        .collect();
    // bets are in the order in which they were placed, but profit comes on the day of the match
    settled.sort_by_key(|(day, _)| *day);
    let profit = running_total(&settled, |bet| bet.profit);
    chart::profit(
        &profit,
        &running_total(&settled, closing_expected_profit),
        &running_total(&settled, |bet| Some(bet.expected_value? * bet.stake)),
    )
}

/// The running total of a figure after each bet; empty when one bet lacks the figure.
fn running_total(
    bets: &[(Time, &BetRecord)],
    figure: impl Fn(&BetRecord) -> Option<f64>,
) -> Vec<(Time, f64)> {
    let mut sum = 0.0;
    bets.iter()
        .map(|(day, bet)| {
            sum += figure(bet)?;
            Some((*day, sum))
        })
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default()
}

/// The expected profit of a bet if the closing prices without margin are right, commission paid.
fn closing_expected_profit(bet: &BetRecord) -> Option<f64> {
    Some(bet.stake * bet.closing_value?)
}

fn closing_value(bets: &[BetRecord]) -> Chart {
    let values: Vec<f64> = bets.iter().filter_map(breakdown::closing_value).collect();
    closing_values(&values)
}

/// How closing-line values are spread.
pub fn closing_values(values: &[f64]) -> Chart {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let labels = Labels {
        title: "Closing-line value of the bets",
        axis: "expected profit per unit at the close without margin",
        unit: Unit::Percent,
        counted: "bets",
    };
    let markers = [("mean", mean), ("zero", 0.0)].map(|(name, value)| Marker { name, value });
    chart::histogram(values, labels, &markers)
}

fn by_group(bets: &[BetRecord], by: GroupBy) -> Chart {
    groups(
        &breakdown::break_down(bets.iter().filter_map(GroupedBet::of_record), by),
        by,
    )
}

/// The yield of each group.
pub fn groups(groups: &[breakdown::Group], by: GroupBy) -> Chart {
    let rows: Vec<_> = groups.iter().map(chart_row).collect();
    yields(&crate::config::value_name(by), &rows)
}

/// The yield of each of these groups, by what they are named by.
pub fn yields(by: &str, rows: &[chart::Group]) -> Chart {
    let has_intervals = rows.iter().any(|row| row.interval.is_some());
    let title = format!(
        "Yield by {}{}",
        by.replace('-', " "),
        if has_intervals { ", 95 %" } else { "" }
    );
    let labels = Labels {
        title: &title,
        axis: "yield",
        unit: Unit::Percent,
        counted: "bets",
    };
    chart::groups(rows, labels)
}

fn chart_row(group: &breakdown::Group) -> chart::Group {
    chart::Group {
        name: group.group.clone(),
        n: group.bets.unsigned_abs(),
        value: group.r#yield,
        interval: group.yield_lower.zip(group.yield_upper),
    }
}
