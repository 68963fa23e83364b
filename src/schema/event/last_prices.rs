//! The last prices of a match, among the members of the `statistics` of its result.

use serde::ser::SerializeMap;

use super::EventError;
use super::members::Members;
use super::plausible::check_set;
use super::raw_value::RawValue;
use crate::domain::{LastPrices, Odds, PriceSource};

const RESULT: [&str; 3] = ["last_odds_home", "last_odds_draw", "last_odds_away"];
const RESULT_SOURCE: &str = "last_odds_source";
const TOTALS: [&str; 2] = ["last_odds_over", "last_odds_under"];
const TOTALS_SOURCE: &str = "last_totals_source";

/// What is expected of a source.
const SOURCES: &str = "pinnacle-close, average-close, average-pre or bet365-pre";

pub(super) fn write<M: SerializeMap>(prices: &LastPrices, map: &mut M) -> Result<(), M::Error> {
    if let Some((source, odds)) = prices.result {
        write_set(RESULT, odds, map)?;
        map.serialize_entry(RESULT_SOURCE, source.code())?;
    }
    if let Some((source, odds)) = prices.totals {
        write_set(TOTALS, odds, map)?;
        map.serialize_entry(TOTALS_SOURCE, source.code())?;
    }
    Ok(())
}

fn write_set<M: SerializeMap, const SIDES: usize>(
    names: [&'static str; SIDES],
    odds: [Odds; SIDES],
    map: &mut M,
) -> Result<(), M::Error> {
    names
        .into_iter()
        .zip(odds)
        .try_for_each(|(name, odds)| map.serialize_entry(name, &odds.decimal()))
}

/// Takes the prices out of the members. As in files a set that is not complete, or that no book can have offered, teaches nothing;
/// one without a source is the best there is.
pub(super) fn read(members: &mut Members<'_>) -> Option<LastPrices> {
    let mut prices = LastPrices::default();
    if let Some((source, odds)) = read_set(RESULT, RESULT_SOURCE, members) {
        prices.add_result(source, odds);
    }
    if let Some((source, odds)) = read_set(TOTALS, TOTALS_SOURCE, members) {
        prices.add_totals(source, odds);
    }
    Some(prices).filter(|prices| !prices.is_empty())
}

fn read_set<const SIDES: usize>(
    names: [&'static str; SIDES],
    source: &'static str,
    members: &mut Members<'_>,
) -> Option<(PriceSource, [Odds; SIDES])> {
    let set = names.map(|name| {
        let found = members.take(name)?;
        members.keep(found.odds(name))
    });
    let named = members.take(source);
    let source = match named {
        Some(found) => members.keep(source_of(&found, source)),
        None => Some(PriceSource::PinnacleClose),
    };
    if set.iter().any(Option::is_none) {
        return None;
    }
    members.keep(check_set(&names, &set))?;
    Some((source?, set.map(|odds| odds.unwrap_or(Odds::LIMITS[0]))))
}

fn source_of(found: &RawValue<'_>, member: &'static str) -> Result<PriceSource, EventError> {
    let named = |text: &str| {
        let mut all = PriceSource::ALL.into_iter();
        all.find(|source| source.code() == text)
    };
    match found {
        RawValue::Text(text) if let Some(source) = named(text) => Ok(source),
        _ => found.refused(member, SOURCES),
    }
}
