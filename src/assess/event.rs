//! Bets that stand on one event, and what is known of how they end together: bets on one selection end alike, and of the sides
//! of one market one wins. Of other bets on one event nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Market, Outcome, Selection, Time};
use crate::significance::ProfitDistribution;
use crate::source::TrackedBet;

/// An event of a day by its number; an event of that name on another day is another one.
pub(super) type Event = (Option<Time>, u32);

/// The event of a bet, where the record names it.
pub(super) fn event_of(bet: &TrackedBet) -> Option<Event> {
    Some((bet.day, bet.event?))
}

/// What a bet is on, so far as it can be compared with what others are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// A side of a market that simbet has.
    Known(Selection),
    /// A side of another market, by the numbers of their names.
    Named(u32, u32),
    /// Something that the record does not say.
    Unknown,
}

impl On {
    pub(super) fn of(bet: &TrackedBet) -> Self {
        match (bet.selection, bet.market, bet.side) {
            (Some(selection), _, _) => Self::Known(selection),
            (None, Some(market), Some(side)) if !bet.multiple => Self::Named(market, side),
            _ => Self::Unknown,
        }
    }
}

/// A settled bet whose odds are known, with the chances at which these odds would be fair.
#[derive(Debug, Clone)]
pub(super) struct FairBet {
    /// The number of the time at which it was settled.
    pub period: usize,
    pub event: Option<Event>,
    pub on: On,
    pub outcome: Outcome,
    pub chances: [f64; 5],
    pub profits: [f64; 5],
    pub profit: f64,
    pub won: bool,
}

impl FairBet {
    pub(super) fn distribution(&self) -> ProfitDistribution {
        ProfitDistribution {
            chances: self.chances,
            profits: self.profits,
        }
    }

    /// The place of its side in a market that simbet has.
    pub(super) fn place(&self) -> usize {
        match self.on {
            On::Known(selection) => selection.place(),
            On::Named(..) | On::Unknown => 0,
        }
    }

    /// The chance of winning where the stake does not come back.
    pub(super) fn win_chance(&self) -> f64 {
        let void = self.chances[Outcome::Void as usize];
        let won = self.chances[0] + self.chances[1];
        if void < 1.0 {
            (won / (1.0 - void)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// Bets that end together.
#[derive(Debug, Clone)]
pub(super) struct Together {
    pub event: Option<Event>,
    /// The last period in which one of them was settled.
    pub period: usize,
    pub distribution: ProfitDistribution,
    /// What they made.
    pub profit: f64,
}

/// Bets, those put together that are known to end together, in the order of their settlement.
#[derive(Debug)]
pub(super) struct Joint {
    pub parts: Vec<Together>,
    /// How many stand on an event with others, of which it is not known how they end together.
    pub shared: usize,
}

impl Joint {
    pub(super) fn of(bets: &[FairBet]) -> Self {
        let mut parts: Vec<Together> = groups(bets)
            .into_iter()
            .flat_map(|group| match together(&group) {
                Some(one) => vec![one],
                None => group.into_iter().map(alone).collect(),
            })
            .collect();
        parts.sort_by_key(|part| part.period);
        Self {
            shared: sharing(parts.iter().map(|part| part.event)),
            parts,
        }
    }

    pub(super) fn distributions(&self) -> Vec<ProfitDistribution> {
        self.parts.iter().map(|part| part.distribution).collect()
    }

    /// Whether so many stand on one event that what comes in order cannot be known: see [`hang_together`].
    pub(super) fn is_unknown(&self) -> bool {
        hang_together(self.shared, self.parts.len())
    }

    /// How many times the variance of the profit is that of independent parts.
    pub(super) fn design_effect(&self) -> f64 {
        let unexpected = |part: &Together| part.profit - part.distribution.mean();
        design_effect(self.parts.iter().map(|part| (part.event, unexpected(part))))
    }
}

/// Whether so many of these bets share an event with another that they cannot be taken for independent. One in twenty moves the
/// figures of a record by less than the spread that they say themselves.
pub(super) const fn hang_together(sharing: usize, bets: usize) -> bool {
    20 * sharing > bets
}

/// How many of these stand on an event with others.
pub(super) fn sharing(events: impl Iterator<Item = Option<Event>>) -> usize {
    let mut counts: BTreeMap<Event, usize> = BTreeMap::new();
    for event in events.flatten() {
        *counts.entry(event).or_default() += 1;
    }
    counts.into_values().filter(|count| *count > 1).sum()
}

/// Whether two of these stand on one event.
pub(super) fn is_shared(events: impl Iterator<Item = Option<Event>>) -> bool {
    let mut seen = BTreeSet::new();
    events.flatten().any(|event| !seen.insert(event))
}

/// How many times the variance of a sum is that of independent terms, by the sums of the unexpected over each event.
///
/// # Formula
/// ```text
/// d = max(1, Σ_events (Σ xᵢ)² / Σ xᵢ²)     Kish (1965), Survey sampling, section 8.2
/// ```
pub(super) fn design_effect(unexpected: impl Iterator<Item = (Option<Event>, f64)>) -> f64 {
    let mut sums: BTreeMap<Event, f64> = BTreeMap::new();
    let (mut alone, mut together) = (0.0, 0.0);
    for (event, value) in unexpected {
        alone += value * value;
        match event {
            Some(event) => *sums.entry(event).or_default() += value,
            None => together += value * value,
        }
    }
    together += sums.values().map(|sum| sum * sum).sum::<f64>();
    // sums of the same terms differ by rounding alone
    if together > alone * (1.0 + 1e-9) {
        together / alone
    } else {
        1.0
    }
}

/// What bets on one event have in common where they end together.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Common {
    Market(Market),
    Named(u32, u32),
}

/// The bets by what may end together, in the order of the first of each.
fn groups(bets: &[FairBet]) -> Vec<Vec<&FairBet>> {
    let mut places: BTreeMap<(Event, Common), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&FairBet>> = Vec::with_capacity(bets.len());
    for bet in bets {
        let common = match bet.on {
            On::Known(selection) => Some(Common::Market(selection.market())),
            On::Named(market, side) => Some(Common::Named(market, side)),
            On::Unknown => None,
        };
        let next = groups.len();
        let place = match bet.event.zip(common) {
            Some(key) => *places.entry(key).or_insert(next),
            None => next,
        };
        match groups.get_mut(place) {
            Some(group) => group.push(bet),
            None => groups.push(vec![bet]),
        }
    }
    groups
}

fn alone(bet: &FairBet) -> Together {
    Together {
        event: bet.event,
        period: bet.period,
        distribution: bet.distribution(),
        profit: bet.profit,
    }
}

/// The bets as one; `None` where their results contradict each other, so that they were not on one event.
fn together(bets: &[&FairBet]) -> Option<Together> {
    if let [bet] = bets {
        return Some(alone(bet));
    }
    let (first, others) = bets.split_first()?;
    let distribution = match first.on {
        On::Known(selection) if selection.market().kind().is_two_way() => two_way(bets),
        On::Known(selection) => one_of(bets, selection.market().kind().sides().len()),
        On::Named(..) | On::Unknown => others
            .iter()
            .all(|bet| bet.outcome == first.outcome)
            .then(|| same(bets)),
    }?;
    Some(Together {
        event: first.event,
        period: bets.iter().map(|bet| bet.period).max()?,
        distribution,
        profit: bets.iter().map(|bet| bet.profit).sum(),
    })
}

/// Bets on one side: the chances are such that the profit expected of all of them stays what it was.
fn same(bets: &[&FairBet]) -> ProfitDistribution {
    let weight = |bet: &FairBet| (bet.profits[0] - bet.profits[4]).max(f64::MIN_POSITIVE);
    let whole: f64 = bets.iter().map(|bet| weight(bet)).sum();
    let mean = |of: &dyn Fn(&FairBet) -> f64| bets.iter().map(|bet| of(bet)).sum::<f64>();
    ProfitDistribution {
        chances: std::array::from_fn(|end| mean(&|bet| bet.chances[end] * weight(bet)) / whole),
        profits: std::array::from_fn(|end| mean(&|bet| bet.profits[end])),
    }
}

/// The bets of each side of a market.
fn sides<'a>(bets: &[&'a FairBet], count: usize) -> Vec<Vec<&'a FairBet>> {
    (0..count)
        .map(|place| {
            let on_side = bets.iter().filter(|bet| bet.place() == place);
            on_side.copied().collect()
        })
        .collect()
}

/// Bets on a market of which one side wins what the other loses. The odds of both sides leave a margin, which is taken off in
/// equal parts.
fn two_way(bets: &[&FairBet]) -> Option<ProfitDistribution> {
    let end = |bet: &FairBet| match bet.place() {
        0 => bet.outcome as usize,
        _ => 4 - bet.outcome as usize,
    };
    if bets.iter().any(|bet| end(bet) != end(bets[0])) {
        return None;
    }
    let sides = sides(bets, 2);
    match (sides[0].is_empty(), sides[1].is_empty()) {
        (false, true) => Some(same(&sides[0])),
        (true, _) => Some(same(&sides[1])),
        (false, false) => {
            let (one, other) = (same(&sides[0]), same(&sides[1]));
            Some(ProfitDistribution {
                chances: std::array::from_fn(|end| {
                    f64::midpoint(one.chances[end], other.chances[4 - end])
                }),
                profits: std::array::from_fn(|end| one.profits[end] + other.profits[4 - end]),
            })
        }
    }
}

/// Bets on a market of which one side wins and all others lose. Where the odds of the sides backed leave a margin, or none is
/// left over, their chances are scaled to 1.
fn one_of(bets: &[&FairBet], count: usize) -> Option<ProfitDistribution> {
    let may_end = |way: usize| {
        bets.iter()
            .all(|bet| (bet.place() == way) == (bet.outcome as usize == 0))
    };
    let sides: Vec<_> = sides(bets, count);
    let backed: Vec<usize> = (0..count).filter(|side| !sides[*side].is_empty()).collect();
    if !(0..count).any(may_end) {
        return None;
    }
    let one: Vec<ProfitDistribution> = backed.iter().map(|side| same(&sides[*side])).collect();
    let (mut chances, mut profits) = ([0.0; 5], [0.0; 5]);
    for way in 0..=one.len() {
        profits[way] = one
            .iter()
            .enumerate()
            .map(|(side, one)| one.profits[if side == way { 0 } else { 4 }])
            .sum();
        chances[way] = one.get(way).map_or(0.0, |one| one.chances[0]);
    }
    let sum: f64 = chances.iter().sum();
    if one.len() == count || sum > 1.0 {
        chances = chances.map(|chance| chance / sum);
    } else {
        chances[one.len()] = 1.0 - sum;
    }
    Some(ProfitDistribution { chances, profits })
}
