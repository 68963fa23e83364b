//! Bets grouped: by league, season, market, month, odds band or selection. The grouping is polars'.

use jiff::civil;
use serde::Serialize;

use super::sheet::{Sheet, decimals, percent, thousands};
use crate::domain::Money;
use crate::wire::{self, BetRow};

/// What bets are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
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
    /// What they have in common.
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
    /// Won or half won bets per bet, a fraction.
    pub win_rate: Option<f64>,
    /// Mean of the odds taken.
    pub average_odds: Option<f64>,
    /// Mean closing-line value, a fraction, of the bets that have a closing price.
    pub clv_mean: Option<f64>,
}

/// Why bets could not be grouped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BreakdownError {
    /// The table engine refused.
    #[error("cannot group the bets: {0}")]
    Tables(String),
    /// This build has no table engine.
    #[error("this simbet was built without tables; for --by, build it with the default features")]
    NoTables,
}

/// Groups the settled bets, in order of the group's name (odds bands in order of odds).
///
/// # Errors
/// When this build has no tables.
#[cfg(feature = "parquet")]
pub fn break_down<'a>(rows: impl Iterator<Item = BetRow<'a>>, by: By) -> Result<Vec<Group>, BreakdownError> {
    polars_groups::groups(rows, by).map_err(|error| BreakdownError::Tables(error.to_string()))
}

/// Groups the settled bets: not in this build.
///
/// # Errors
/// Always.
#[cfg(not(feature = "parquet"))]
pub fn break_down<'a>(_rows: impl Iterator<Item = BetRow<'a>>, _by: By) -> Result<Vec<Group>, BreakdownError> {
    Err(BreakdownError::NoTables)
}

/// The groups as a table.
pub fn sheet(groups: &[Group], by: By) -> Sheet {
    let title = format!("By {}", crate::config::value_name(by).replace('-', " "));
    let header = [
        "", "bets", "won", "½ won", "void", "½ lost", "lost", "turnover", "profit", "yield", "win rate", "odds", "CLV",
    ];
    Sheet {
        title,
        header: header.map(str::to_owned).to_vec(),
        rows: groups.iter().map(row).collect(),
        numeric: (1..header.len()).collect(),
        spare: vec![5, 3, 4, 6, 11, 2, 12],
    }
}

fn row(group: &Group) -> Vec<String> {
    let counts = [group.bets, group.won, group.half_won, group.void, group.half_lost, group.lost];
    let mut cells = vec![group.group.clone()];
    cells.extend(counts.map(|count| thousands(&count.to_string())));
    cells.extend([group.turnover, group.profit].map(|amount| thousands(&amount.to_string())));
    cells.push(percent(group.r#yield, true));
    cells.push(percent(group.win_rate, false));
    cells.push(decimals(group.average_odds, 2));
    cells.push(percent(group.clv_mean, true));
    cells
}

/// The groups as machine-readable rows, named as in JSON.
pub fn plain_sheet(groups: &[Group], by: By) -> Sheet {
    let cells = |group: &Group| match serde_json::to_value(group) {
        Ok(serde_json::Value::Object(members)) => members.into_iter().map(|(_, value)| plain(&value)).collect(),
        _ => Vec::new(),
    };
    let header = "bets,won,half_won,void,half_lost,lost,turnover,profit,yield,win_rate,average_odds,clv_mean";
    Sheet {
        header: [crate::config::value_name(by)].into_iter().chain(header.split(',').map(str::to_owned)).collect(),
        rows: groups.iter().map(cells).collect(),
        ..Sheet::default()
    }
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) if number.is_f64() => {
            wire::rounded(number.as_f64().unwrap_or(0.0)).to_string()
        }
        other => other.to_string(),
    }
}

/// The group of a bet, and where the group stands among the others.
#[cfg_attr(not(feature = "parquet"), allow(dead_code))]
fn key(row: &BetRow<'_>, by: By) -> (i64, String) {
    let fixture = &row.bet.fixture;
    let selection = row.bet.edge.quote.selection;
    match by {
        By::League => (0, row.names.league(fixture.league).to_owned()),
        By::Season => (0, season(fixture.season)),
        By::Market => (0, selection.market().kind().code().to_owned()),
        By::Month => (0, month(wire::civil(fixture.day))),
        By::OddsBand => odds_band(row.bet.edge.quote.odds.decimal()),
        By::Selection => (0, selection.side().code().to_owned()),
    }
}

fn season(start: i16) -> String {
    format!("{start}-{:02}", (start + 1).rem_euclid(100))
}

fn month(day: civil::DateTime) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

/// Upper ends of the bands of odds, inclusive.
const BANDS: [f64; 5] = [1.5, 2.0, 3.0, 5.0, 10.0];

fn odds_band(odds: f64) -> (i64, String) {
    let place = BANDS.iter().position(|&end| odds <= end).unwrap_or(BANDS.len());
    let start = place.checked_sub(1).map_or(1.0, |below| BANDS[below]);
    let name = BANDS.get(place).map_or_else(|| format!("above {start}"), |end| format!("{start} to {end}"));
    (place as i64, name)
}

#[cfg(feature = "parquet")]
mod polars_groups {
    use polars::prelude::{
        ChunkAgg, Column, DataFrame, IntoColumn, NamedFrom, PolarsResult, Series, SortMultipleOptions,
    };

    use super::{By, Group, Money, key};
    use crate::domain::Outcome;
    use crate::wire::BetRow;

    pub fn groups<'a>(rows: impl Iterator<Item = BetRow<'a>>, by: By) -> PolarsResult<Vec<Group>> {
        let frame = frame(rows, by)?;
        let mut groups = Vec::new();
        let sorted = frame.sort(["place", "group"], SortMultipleOptions::default().with_maintain_order(true))?;
        if sorted.height() == 0 {
            return Ok(groups);
        }
        sorted.group_by_stable(["place", "group"])?.apply(|bets| {
            groups.push(group(&bets)?);
            bets.head(Some(1)).select(["group"])
        })?;
        Ok(groups)
    }

    fn frame<'a>(rows: impl Iterator<Item = BetRow<'a>>, by: By) -> PolarsResult<DataFrame> {
        let (mut places, mut names, mut stakes, mut profits) = (vec![], vec![], vec![], vec![]);
        let (mut outcomes, mut odds, mut clv) = (vec![], vec![], vec![]);
        for row in rows {
            let Some(settlement) = row.settlement else { continue };
            let (place, name) = key(&row, by);
            places.push(place);
            names.push(name);
            stakes.push(row.bet.stake.minor());
            profits.push(settlement.profit.minor());
            outcomes.push(settlement.outcome.code());
            odds.push(row.bet.edge.quote.odds.decimal());
            clv.push(settlement.closing.map(|closing| row.bet.edge.quote.odds.decimal() / closing.decimal() - 1.0));
        }
        let columns = [
            Series::new("place".into(), places),
            Series::new("group".into(), names),
            Series::new("stake".into(), stakes),
            Series::new("profit".into(), profits),
            Series::new("outcome".into(), outcomes),
            Series::new("odds".into(), odds),
            Series::new("clv".into(), clv),
        ];
        DataFrame::new(columns[0].len(), columns.map(IntoColumn::into_column).to_vec())
    }

    fn group(bets: &DataFrame) -> PolarsResult<Group> {
        let count = bets.height();
        let outcomes = bets.column("outcome")?.str()?;
        let of = |code: &str| outcomes.iter().filter(|outcome| *outcome == Some(code)).count() as i64;
        let [won, half_won, void, half_lost, lost] = Outcome::ALL.map(|outcome| of(outcome.code()));
        let sum = |column: &Column| PolarsResult::Ok(Money::from_minor(column.i64()?.sum().unwrap_or(0)));
        let (turnover, profit) = (sum(bets.column("stake")?)?, sum(bets.column("profit")?)?);
        Ok(Group {
            group: bets.column("group")?.str()?.get(0).unwrap_or_default().to_owned(),
            bets: count as i64,
            won,
            half_won,
            void,
            half_lost,
            lost,
            turnover,
            profit,
            r#yield: (turnover > Money::ZERO).then(|| profit.units() / turnover.units()),
            win_rate: (count > 0).then(|| (won + half_won) as f64 / count as f64),
            average_odds: bets.column("odds")?.f64()?.mean(),
            clv_mean: bets.column("clv")?.f64()?.mean(),
        })
    }
}
