//! The record by month, odds band, market, book and tag.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::AssessConfig;
use super::at_odds::p_of;
use super::entries::day_of;
use super::money::Scale;
use crate::calendar;
use crate::domain::{Odds, Selection};
use crate::report::breakdown::{self, GroupedBet};
use crate::significance::fair_distribution;
use crate::source::{TrackedBet, TrackedBets};

/// What bets are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Dimension {
    /// Calendar month.
    Month,
    /// Calendar year.
    Year,
    /// Decimal odds taken: to 1.5, 2, 3, 5, 10, and above.
    OddsBand,
    /// Market.
    Market,
    /// Side backed.
    Selection,
    /// Bookmaker.
    Book,
    /// Strategy, tipster or label.
    Tag,
    /// Sport.
    Sport,
    /// League.
    League,
}

impl Dimension {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Month,
        Self::Year,
        Self::OddsBand,
        Self::Market,
        Self::Selection,
        Self::Book,
        Self::Tag,
        Self::Sport,
        Self::League,
    ];

    /// Its name in files and on the command line.
    pub fn name(self) -> String {
        crate::config::value_name(self)
    }

    /// The column that says it.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Month | Self::Year => "date",
            Self::OddsBand => "odds",
            Self::Market => "market",
            Self::Selection => "selection",
            Self::Book => "book",
            Self::Tag => "tag",
            Self::Sport => "sport",
            Self::League => "league",
        }
    }
}

/// What a table of groups is by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grouping {
    /// What bets are grouped by.
    pub by: Dimension,
    /// The column of the tags, where there are several.
    pub column: Option<Arc<str>>,
}

impl Grouping {
    /// Its name in files.
    pub fn name(&self) -> String {
        match &self.column {
            Some(column) => format!("{}:{column}", self.by.name()),
            None => self.by.name(),
        }
    }

    /// Its name in a sentence and a title.
    pub fn title(&self) -> String {
        let by = self.by.name().replace('-', " ");
        match &self.column {
            Some(column) => format!("{by} {column}"),
            None => by,
        }
    }

    /// The groupings by a dimension: by tags there is one for each kind of column that has some.
    fn of(by: Dimension, record: &TrackedBets) -> Vec<Self> {
        let columns = &record.tag_columns[..];
        if by != Dimension::Tag || columns.len() < 2 {
            return vec![Self { by, column: None }];
        }
        let name = |column: &u32| Some(record.labels.text(*column).into());
        let names = columns.iter().map(name);
        names.map(|column| Self { by, column }).collect()
    }

    /// The ranks and the names of a bet's groups: several where it has several tags, and none where it does not say it.
    fn keys(&self, record: &TrackedBets, bet: &TrackedBet) -> Vec<(i64, String)> {
        if self.by == Dimension::Tag {
            return self.tags(record, bet);
        }
        self.key(record, bet).into_iter().collect()
    }

    fn tags(&self, record: &TrackedBets, bet: &TrackedBet) -> Vec<(i64, String)> {
        let is_own = |column: u32| {
            let wanted = self.column.as_deref();
            wanted.is_none_or(|wanted| record.labels.text(column) == wanted)
        };
        let own = bet.tags.iter().filter(|tag| is_own(tag.column));
        own.map(|tag| (0, record.labels.text(tag.text).to_owned()))
            .collect()
    }

    fn key(&self, record: &TrackedBets, bet: &TrackedBet) -> Option<(i64, String)> {
        let text = |label: Option<u32>| Some((0, record.labels.text(label?).to_owned()));
        let date = || bet.day.map(calendar::civil);
        match self.by {
            Dimension::Month => date().map(|day| (0, format!("{}-{:02}", day.year(), day.month()))),
            Dimension::Year => date().map(|day| (0, day.year().to_string())),
            Dimension::OddsBand => bet.odds.map(breakdown::odds_band),
            Dimension::Market => text(bet.market),
            Dimension::Selection => text(bet.side),
            Dimension::Book => text(bet.book),
            Dimension::Tag => None,
            Dimension::Sport => text(bet.sport),
            Dimension::League => text(bet.league),
        }
    }
}

/// The bets of one group. Ratios are fractions; an undefined one is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordGroup {
    /// The name of the group.
    pub group: String,
    /// Settled bets.
    pub bets: i64,
    /// Won in full.
    pub won: i64,
    /// Half won.
    pub half_won: i64,
    /// Void.
    pub void: i64,
    /// Half lost.
    pub half_lost: i64,
    /// Lost in full.
    pub lost: i64,
    /// Sum of the stakes.
    pub turnover: f64,
    /// Sum of the profits.
    pub profit: f64,
    /// Profit / turnover.
    pub r#yield: Option<f64>,
    /// Lower end of the 95 % interval of the yield, by a bootstrap over days; `None` with bets on fewer than 30
    /// days, and where their odds lead to expect fewer than 10 wins or losses.
    pub yield_lower: Option<f64>,
    /// Upper end of that interval.
    pub yield_upper: Option<f64>,
    /// Won or half won bets per bet.
    pub win_rate: Option<f64>,
    /// Mean of the odds taken.
    pub average_odds: Option<f64>,
    /// Mean closing-line value at the close without its margin.
    pub clv_mean: Option<f64>,
    /// Days with settled bets.
    pub days: i64,
    /// The chance of a profit at least as far from the expected one, in either direction, if the odds taken were fair: the
    /// exact distribution of up to 5,000 bets.
    pub p: Option<f64>,
    /// The same as one of the groups of all tables (Holm 1979).
    pub p_adjusted: Option<f64>,
}

/// The most groups of a dimension that has no bound of its own.
const MOST_GROUPS: usize = 50;

/// The same of sides backed: names of teams are no groups.
const MOST_SIDES: usize = 10;

/// The groups that are asked for, or all that the table allows.
pub(super) fn all(
    record: &TrackedBets,
    bets: &[&TrackedBet],
    scale: Scale,
    config: &AssessConfig,
) -> Vec<(Grouping, Vec<RecordGroup>)> {
    let asked = if config.by.is_empty() {
        &Dimension::ALL[..]
    } else {
        &config.by
    };
    let mut tables: Vec<(Grouping, Vec<RecordGroup>)> = asked
        .iter()
        .flat_map(|&by| Grouping::of(by, record))
        .map(|by| {
            let groups = grouped_by(record, bets, &by, scale);
            (by, groups)
        })
        .filter(|(by, groups)| !config.by.is_empty() || is_worth_a_table(by.by, groups))
        .collect();
    adjust(tables.iter_mut().flat_map(|(_, groups)| groups).collect());
    tables
}

/// Whether a grouping that nobody asked for says anything.
fn is_worth_a_table(by: Dimension, groups: &[RecordGroup]) -> bool {
    let has_bound = matches!(by, Dimension::Month | Dimension::Year | Dimension::OddsBand);
    let most = if by == Dimension::Selection {
        MOST_SIDES
    } else {
        MOST_GROUPS
    };
    groups.len() > 1 && (has_bound || groups.len() <= most)
}

fn grouped_by(
    record: &TrackedBets,
    bets: &[&TrackedBet],
    by: &Grouping,
    scale: Scale,
) -> Vec<RecordGroup> {
    let mut groups: BTreeMap<(i64, String), Vec<usize>> = BTreeMap::new();
    for (place, bet) in bets.iter().enumerate() {
        let mut keys = by.keys(record, bet);
        if keys.is_empty() {
            keys.push((i64::MAX, NONE.to_owned()));
        }
        for key in keys {
            groups.entry(key).or_default().push(place);
        }
    }
    if groups.keys().all(|(_, name)| name == NONE) {
        return Vec::new();
    }
    let groups: Vec<_> = groups.into_iter().collect();
    groups
        .into_par_iter()
        .map(|((_, name), places)| group(name, bets, &places, scale))
        .collect()
}

/// The group of bets that do not say theirs.
const NONE: &str = "–";

fn group(name: String, bets: &[&TrackedBet], places: &[usize], scale: Scale) -> RecordGroup {
    let grouped: Vec<GroupedBet<'_>> = places
        .iter()
        .map(|&place| grouped(bets, place, scale))
        .collect();
    let own: Vec<&TrackedBet> = places.iter().map(|&place| bets[place]).collect();
    let odds: Vec<f64> = own.iter().filter_map(|bet| bet.odds).collect();
    let found = breakdown::group(name, &grouped);
    RecordGroup {
        bets: found.bets,
        won: found.won,
        half_won: found.half_won,
        void: found.void,
        half_lost: found.half_lost,
        lost: found.lost,
        turnover: scale.amount(found.turnover),
        profit: scale.amount(found.profit),
        r#yield: found.r#yield,
        yield_lower: found.yield_lower,
        yield_upper: found.yield_upper,
        win_rate: found.win_rate,
        average_odds: if odds.len() == own.len() {
            found.average_odds
        } else {
            (!odds.is_empty()).then(|| odds.iter().sum::<f64>() / odds.len() as f64)
        },
        clv_mean: found.clv_mean,
        days: found.days,
        p: p_of(&own),
        p_adjusted: None,
        group: found.group,
    }
}

fn grouped<'a>(bets: &[&TrackedBet], place: usize, scale: Scale) -> GroupedBet<'a> {
    let bet = bets[place];
    GroupedBet {
        league: "",
        season: None,
        day: day_of(bets, place),
        market: "",
        selection: "",
        odds: bet.odds.unwrap_or_default(),
        stake: scale.money(bet.stake),
        profit: scale.money(bet.profit),
        outcome: bet.outcome,
        closing_value: closing_value(bet),
    }
}

/// The closing-line value of a bet at the close without its margin.
pub(super) fn closing_value(bet: &TrackedBet) -> Option<f64> {
    if bet.closing_value.is_some() {
        return bet.closing_value;
    }
    let odds = Odds::new(bet.odds?).ok()?;
    let net = odds.after_commission(bet.commission);
    let selection = bet.selection.unwrap_or(Selection::HOME);
    Some(fair_distribution(selection, bet.closing_probability?)?.expected_value(net))
}

/// Adjusts the p of the groups of all tables for how many there are, since one is picked from among them all.
///
/// # Formula
/// ```text
/// p₍ᵢ₎' = max_{j ≤ i} min(1, (m − j + 1)·p₍ⱼ₎)     Holm (1979), Scandinavian Journal of Statistics 6
/// ```
fn adjust(mut groups: Vec<&mut RecordGroup>) {
    let mut order: Vec<usize> = (0..groups.len())
        .filter(|&at| groups[at].p.is_some())
        .collect();
    order.sort_by(|a, b| {
        let p = |at: usize| groups[at].p.unwrap_or(1.0);
        p(*a).total_cmp(&p(*b)).then(a.cmp(b))
    });
    let (m, mut least) = (order.len(), 0.0_f64);
    for (rank, &at) in order.iter().enumerate() {
        let p = groups[at].p.unwrap_or(1.0);
        least = least.max(((m - rank) as f64 * p).min(1.0));
        groups[at].p_adjusted = Some(least);
    }
}

/// Groups with a profit that their odds do not explain, even as one of so many.
pub(super) fn beyond_luck(groups: &[(Grouping, Vec<RecordGroup>)]) -> BTreeSet<(Grouping, String)> {
    let all = groups
        .iter()
        .flat_map(|(by, groups)| groups.iter().map(move |group| (by, group)));
    all.filter(|(_, group)| {
        group.p_adjusted.is_some_and(|p| p < 0.05) && group.bets >= 30 && group.profit > 0.0
    })
    .map(|(by, group)| (by.clone(), group.group.clone()))
    .collect()
}
