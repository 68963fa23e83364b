//! Bets grouped by league, season, market, month, odds band or selection.

use std::collections::{BTreeMap, BTreeSet};

use chacha20::ChaCha8Rng;
use jiff::civil;
use rand::SeedableRng as _;
use rayon::prelude::*;
use serde::Serialize;

use super::text_table::{TextTable, decimals, percent, signed_percentage, thousands};
use crate::calendar;
use crate::domain::{Money, Outcome, Time};
use crate::rounding;
use crate::schema::{BetRecord, BetRow};
use crate::significance::{
    ClosingValue, LEVEL, MIN_BETS, Resampling, SettledBet, tell_spread, yield_interval,
};

/// Seed of the bootstrap: the same bets have the same interval in every run.
const SEED: u64 = 1;
/// Bootstrap resamples for each group. Fewer than for a whole run, since there may be many groups.
const RESAMPLES: usize = 1_000;

/// What stands in place of an interval from fewer than 30 match days.
const TOO_FEW: &str = "too few";

/// What intervals of several groups mean together.
pub const MANY_LOOKS: &str = "An interval holds for one group, chosen beforehand: in one of twenty groups the true yield lies outside, by luck alone.";

/// The attribute that bets are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GroupBy {
    /// League.
    League,
    /// Season, named by the years it spans.
    Season,
    /// Market.
    Market,
    /// Calendar month of the match.
    Month,
    /// Decimal odds taken: to 1.5, 2, 3, 5, 10, and above.
    OddsBand,
    /// Side backed.
    Selection,
}

/// The settled bets of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The name of the group.
    pub group: String,
    /// Settled bets.
    pub bets: i64,
    /// Bets won in full.
    pub won: i64,
    /// Bets half won.
    pub half_won: i64,
    /// Bets whose stake came back.
    pub void: i64,
    /// Bets half lost.
    pub half_lost: i64,
    /// Bets lost in full.
    pub lost: i64,
    /// Sum of the stakes.
    pub turnover: Money,
    /// Sum of the profits.
    pub profit: Money,
    /// Profit per turnover, a fraction.
    pub r#yield: Option<f64>,
    /// Lower end of the 95 % interval of the yield, by a bootstrap over match days; `None` with bets on fewer than 30 days,
    /// and where their odds lead to expect fewer than 10 wins or losses.
    pub yield_lower: Option<f64>,
    /// Upper end of that interval.
    pub yield_upper: Option<f64>,
    /// Won or half won bets per bet, a fraction.
    pub win_rate: Option<f64>,
    /// Mean of the odds taken.
    pub average_odds: Option<f64>,
    /// Mean closing-line value, a fraction, of the bets that have a closing price of which the margin is known.
    pub clv_mean: Option<f64>,
    /// Match days with settled bets.
    pub days: i64,
}

/// What grouping needs of a settled bet.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedBet<'a> {
    /// The league.
    pub league: &'a str,
    /// The year in which the season began.
    pub season: Option<i16>,
    /// The day of the match.
    pub day: Time,
    /// The market.
    pub market: &'a str,
    /// The side backed.
    pub selection: &'a str,
    /// Decimal odds taken.
    pub odds: f64,
    /// What was staked.
    pub stake: Money,
    /// What it made.
    pub profit: Money,
    /// How it ended.
    pub outcome: Outcome,
    /// Its closing-line value, at the close without its margin.
    pub closing_value: Option<f64>,
}

impl<'a> GroupedBet<'a> {
    /// The bet of a row, if it was settled.
    pub fn of_row(row: &BetRow<'a>) -> Option<Self> {
        let (bet, settlement) = (row.bet, row.settlement?);
        let (fixture, quote) = (&bet.fixture, &bet.edge.quote);
        Some(Self {
            league: row.names.league(fixture.league),
            season: Some(fixture.season),
            day: fixture.day,
            market: quote.selection.market().kind().code(),
            selection: quote.selection.side().code(),
            odds: quote.odds.decimal(),
            stake: bet.stake,
            profit: settlement.profit,
            outcome: settlement.outcome,
            closing_value: ClosingValue::of_settled(settlement).and_then(|value| value.fair),
        })
    }

    /// The bet of a record, if it was settled and its cells can be parsed.
    pub fn of_record(record: &'a BetRecord) -> Option<Self> {
        let result = record.result.as_deref()?;
        Some(Self {
            league: &record.league,
            season: record.season.map(|year| year as i16),
            day: calendar::parse_date(&record.date)?,
            market: &record.market,
            selection: &record.selection,
            odds: record.odds,
            stake: Money::from_units(record.stake)?,
            profit: Money::from_units(record.profit?)?,
            outcome: Outcome::ALL
                .into_iter()
                .find(|outcome| outcome.code() == result)?,
            closing_value: closing_value(record),
        })
    }

    /// The same bet as the bootstrap takes it.
    fn settled(&self) -> SettledBet {
        SettledBet {
            day: self.day.day(),
            stake: self.stake.units(),
            profit: self.profit.units(),
        }
    }

    /// The group of a bet: its rank among the groups, and its name.
    fn key(&self, by: GroupBy) -> (i64, String) {
        match by {
            GroupBy::League => (0, self.league.to_owned()),
            GroupBy::Season => (
                0,
                self.season
                    .map_or_else(|| "–".to_owned(), calendar::season_name),
            ),
            GroupBy::Market => (0, self.market.to_owned()),
            GroupBy::Month => (0, month(calendar::civil(self.day))),
            GroupBy::OddsBand => odds_band(self.odds),
            GroupBy::Selection => (0, self.selection.to_owned()),
        }
    }
}

/// The closing-line value of a settled bet from a results folder, at the close without its margin.
pub fn closing_value(bet: &BetRecord) -> Option<f64> {
    bet.profit.and(bet.closing_value)
}

/// Groups settled bets. The groups are in order of name, odds bands in order of odds.
pub fn break_down<'a>(bets: impl Iterator<Item = GroupedBet<'a>>, by: GroupBy) -> Vec<Group> {
    let mut groups: BTreeMap<(i64, String), Vec<GroupedBet<'a>>> = BTreeMap::new();
    for bet in bets {
        groups.entry(bet.key(by)).or_default().push(bet);
    }
    let groups: Vec<_> = groups.into_iter().collect();
    groups
        .into_par_iter()
        .map(|((_, name), bets)| group(calendar_year(by, &bets).unwrap_or(name), &bets))
        .collect()
}

/// The name of a season whose bets are all on matches of the year in which it starts, also in the first half of it: such a
/// season is the year.
fn calendar_year(by: GroupBy, bets: &[GroupedBet<'_>]) -> Option<String> {
    let year = bets.first().filter(|_| by == GroupBy::Season)?.season?;
    let dates = || bets.iter().map(|bet| calendar::civil(bet.day).date());
    let is_year = dates().all(|date| date.year() == year) && dates().any(|date| date.month() < 7);
    is_year.then(|| year.to_string())
}

/// The figures of the bets of one group.
pub fn group(name: String, bets: &[GroupedBet<'_>]) -> Group {
    let count = bets.len() as i64;
    let [won, half_won, void, half_lost, lost] =
        Outcome::ALL.map(|outcome| bets.iter().filter(|bet| bet.outcome == outcome).count() as i64);
    let turnover: Money = bets.iter().map(|bet| bet.stake).sum();
    let profit: Money = bets.iter().map(|bet| bet.profit).sum();
    let days = distinct_days(bets);
    let results = bets.iter().map(|bet| {
        let odds = Some(bet.odds).filter(|odds| *odds >= 1.0);
        (odds, bet.profit.units())
    });
    let is_enough = days >= MIN_BETS as i64 && tell_spread(results);
    let interval = is_enough.then(|| interval(bets)).flatten();
    let values: Vec<f64> = bets.iter().filter_map(|bet| bet.closing_value).collect();
    Group {
        group: name,
        bets: count,
        won,
        half_won,
        void,
        half_lost,
        lost,
        turnover,
        profit,
        r#yield: (turnover > Money::ZERO).then(|| profit.units() / turnover.units()),
        yield_lower: interval.map(|(lower, _)| lower),
        yield_upper: interval.map(|(_, upper)| upper),
        win_rate: (count > 0).then(|| (won + half_won) as f64 / count as f64),
        average_odds: mean(&bets.iter().map(|bet| bet.odds).collect::<Vec<_>>()),
        clv_mean: mean(&values),
        days,
    }
}

fn distinct_days(bets: &[GroupedBet<'_>]) -> i64 {
    let days: BTreeSet<i64> = bets.iter().map(|bet| bet.day.day()).collect();
    days.len() as i64
}

fn interval(bets: &[GroupedBet<'_>]) -> Option<(f64, f64)> {
    let resampling = Resampling {
        resamples: RESAMPLES,
        level: LEVEL,
    };
    let bets: Vec<SettledBet> = bets.iter().map(GroupedBet::settled).collect();
    let interval = yield_interval(&bets, resampling, &mut ChaCha8Rng::seed_from_u64(SEED))?;
    Some((interval.lower, interval.upper))
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Whether several groups have an interval.
pub fn are_many_looks(groups: &[Group]) -> bool {
    groups
        .iter()
        .filter(|group| group.yield_lower.is_some())
        .count()
        > 1
}

/// The groups as a table.
pub fn table(groups: &[Group], by: GroupBy) -> TextTable {
    let title = format!("By {}", crate::config::value_name(by).replace('-', " "));
    let header = [
        "", "bets", "won", "½ won", "void", "½ lost", "lost", "turnover", "profit", "yield",
        "95 %", "win rate", "odds", "CLV",
    ];
    TextTable {
        title,
        header: header.map(str::to_owned).to_vec(),
        rows: groups.iter().map(row).collect(),
        numeric: (1..header.len()).collect(),
        spare: vec![5, 3, 4, 10, 6, 12, 2, 13],
    }
}

fn row(group: &Group) -> Vec<String> {
    let counts = [
        group.bets,
        group.won,
        group.half_won,
        group.void,
        group.half_lost,
        group.lost,
    ];
    let mut cells = vec![group.group.clone()];
    cells.extend(counts.map(|count| thousands(&count.to_string())));
    cells.extend([group.turnover, group.profit].map(|amount| thousands(&amount.to_string())));
    cells.push(percent(group.r#yield, true));
    cells.push(match (group.yield_lower, group.yield_upper) {
        (Some(lower), Some(upper)) => {
            let [lower, upper] = [lower, upper].map(|end| signed_percentage(end, 1));
            format!("{lower} to {upper} %")
        }
        _ => TOO_FEW.to_owned(),
    });
    cells.push(percent(group.win_rate, false));
    cells.push(decimals(group.average_odds, 2));
    cells.push(percent(group.clv_mean, true));
    cells
}

/// The groups as machine-readable rows, named as in JSON.
pub fn plain_table(groups: &[Group], by: GroupBy) -> TextTable {
    let header = "bets,won,half_won,void,half_lost,lost,turnover,profit,yield,yield_lower,yield_upper,win_rate,average_odds,clv_mean,days";
    TextTable {
        header: [crate::config::value_name(by)]
            .into_iter()
            .chain(header.split(',').map(str::to_owned))
            .collect(),
        rows: groups.iter().map(plain_row).collect(),
        ..TextTable::default()
    }
}

/// The values of a group in the order of its fields.
fn plain_row(group: &Group) -> Vec<String> {
    match serde_json::to_value(group) {
        Ok(serde_json::Value::Object(members)) => members
            .into_iter()
            .map(|(_, value)| plain(&value))
            .collect(),
        _ => Vec::new(),
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) if number.is_f64() => {
            rounding::rounded(number.as_f64().unwrap_or(0.0)).to_string()
        }
        other => other.to_string(),
    }
}

fn month(day: civil::DateTime) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

/// Upper ends of the bands of odds, inclusive.
const BANDS: [f64; 5] = [1.5, 2.0, 3.0, 5.0, 10.0];

/// The band of decimal odds: its rank and its name.
pub fn odds_band(odds: f64) -> (i64, String) {
    let band = BANDS
        .iter()
        .position(|&end| odds <= end)
        .unwrap_or(BANDS.len());
    let start = band.checked_sub(1).map_or(1.0, |below| BANDS[below]);
    let name = BANDS.get(band).map_or_else(
        || format!("above {start}"),
        |end| format!("{start} to {end}"),
    );
    (band as i64, name)
}
