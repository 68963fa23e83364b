//! The pictures of a run: which charts there are, and what of the bets each shows.

use super::breakdown::{self, By, Line};
use super::chart::{self, Chart, Labels, Marker, Unit};
use crate::domain::{
    Line as GoalLine, Market, MarketKind, Odds, OutcomeDistribution, Selection, Side, Time,
};
use crate::metrics::Summary;
use crate::schema::{self, BankrollRecord, BetRecord};
use crate::significance::{Significance, fair_distribution};

/// A picture of a run with bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Figure {
    /// The bankroll, its falls from a peak shaded.
    #[default]
    Bankroll,
    /// Profit as it added up, beside what the closing line and the model expected.
    Profit,
    /// How often what was forecast happened.
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

/// What a run left behind, as far as pictures show it.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The summary.
    pub summary: &'a Summary,
    /// The bets, in the order in which they were struck.
    pub bets: &'a [BetRecord],
    /// The bankroll at the end of each round in which money moved.
    pub bankroll: &'a [BankrollRecord],
}

/// Draws a picture of a run.
pub fn draw(figure: Figure, run: &Evidence<'_>) -> Chart {
    match figure {
        Figure::Bankroll => bankroll(run),
        Figure::Profit => profit(run.bets),
        Figure::Reliability => reliability(run.summary.significance.as_ref()),
        Figure::Clv => closing_value(run.bets),
        Figure::League => by_group(run.bets, By::League),
        Figure::Season => by_group(run.bets, By::Season),
        Figure::Market => by_group(run.bets, By::Market),
        Figure::Month => by_group(run.bets, By::Month),
        Figure::OddsBand => by_group(run.bets, By::OddsBand),
        Figure::Selection => by_group(run.bets, By::Selection),
    }
}

fn bankroll(run: &Evidence<'_>) -> Chart {
    let point = |row: &BankrollRecord| Some((schema::parse_time(&row.time)?, row.balance));
    let points: Vec<(Time, f64)> = run.bankroll.iter().filter_map(point).collect();
    chart::bankroll(&points, run.summary.initial_bankroll.units())
}

fn reliability(luck: Option<&Significance>) -> Chart {
    chart::reliability(
        luck.and_then(|luck| luck.model_calibration.as_ref()),
        luck.and_then(|luck| luck.market_calibration.as_ref()),
    )
}

/// The settled bets that have a closing price by which their worth can be told.
pub fn with_closing(bets: &[BetRecord]) -> Vec<BetRecord> {
    bets.iter()
        .filter(|bet| bet.profit.is_some() && closing_worth(bet).is_some())
        .cloned()
        .collect()
}

/// Profit as it added up; what the closing line expected is drawn where it is known of every bet.
fn profit(bets: &[BetRecord]) -> Chart {
    let mut settled: Vec<(Time, &BetRecord)> = bets
        .iter()
        .filter(|bet| bet.profit.is_some())
        .filter_map(|bet| Some((schema::parse_date(&bet.date)?, bet)))
        .collect();
    // bets are in the order in which they were struck; profit comes on the day of the match
    settled.sort_by_key(|(day, _)| *day);
    let profit = running(&settled, |bet| bet.profit);
    chart::profit(
        &profit,
        &running(&settled, closing_worth),
        &running(&settled, |bet| Some(bet.expected_value? * bet.stake)),
    )
}

/// The sum of a figure so far, after each bet; nothing where one bet lacks it.
fn running(
    bets: &[(Time, &BetRecord)],
    of: impl Fn(&BetRecord) -> Option<f64>,
) -> Vec<(Time, f64)> {
    let mut sum = 0.0;
    let add = |(day, bet): &(Time, &BetRecord)| {
        sum += of(bet)?;
        Some((*day, sum))
    };
    bets.iter()
        .map(add)
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default()
}

/// What a bet is worth at the probabilities of the closing price, in money; commission left out.
fn closing_worth(bet: &BetRecord) -> Option<f64> {
    let split = closing_split(bet)?;
    Some(bet.stake * split.expected_value(Odds::new(bet.odds).ok()?))
}

fn closing_split(bet: &BetRecord) -> Option<OutcomeDistribution> {
    fair_distribution(selection(bet)?, bet.closing_probability?)
}

/// What was backed.
fn selection(bet: &BetRecord) -> Option<Selection> {
    let (kind, side): (MarketKind, Side) = (bet.market.parse().ok()?, bet.selection.parse().ok()?);
    let line = || GoalLine::from_goals(bet.line?);
    let market = match kind {
        MarketKind::MatchOdds => Market::MatchOdds,
        MarketKind::OverUnder => Market::OverUnder(line()?),
        MarketKind::AsianHandicap => Market::AsianHandicap(line()?),
    };
    Selection::new(market, side)
}

fn closing_value(bets: &[BetRecord]) -> Chart {
    let values: Vec<f64> = bets.iter().filter_map(breakdown::closing_value).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let labels = Labels {
        title: "Closing-line value of the bets",
        axis: "odds taken / closing odds − 1",
        unit: Unit::Percent,
        counted: "bets",
    };
    chart::histogram(
        &values,
        labels,
        &[
            Marker {
                name: "mean",
                value: mean,
            },
            Marker {
                name: "none",
                value: 0.0,
            },
        ],
    )
}

fn by_group(bets: &[BetRecord], by: By) -> Chart {
    groups(
        &breakdown::break_down(bets.iter().filter_map(Line::of_record), by),
        by,
    )
}

/// The yield of each group.
pub fn groups(groups: &[breakdown::Group], by: By) -> Chart {
    let title = format!(
        "Yield by {}, 95 %",
        crate::config::value_name(by).replace('-', " ")
    );
    let labels = Labels {
        title: &title,
        axis: "yield",
        unit: Unit::Percent,
        counted: "bets",
    };
    let row = |group: &breakdown::Group| chart::Group {
        name: group.group.clone(),
        n: group.bets.unsigned_abs(),
        value: group.r#yield,
        interval: group.yield_lower.zip(group.yield_upper),
    };
    chart::groups(&groups.iter().map(row).collect::<Vec<_>>(), labels)
}
