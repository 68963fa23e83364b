//! The scores in each league and each season.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Column, MeanScore, PlayedMatch, distinct_days, mean};
use crate::calendar::season_name;
use crate::significance::{brier, log_loss, rps};

/// The scores of every model on some of the matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupScores {
    /// The league, or the season as `2023-24`.
    pub group: String,
    /// The matches that every model has.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// Each model, and the market.
    pub models: Vec<GroupScore>,
}

/// The scores of one model on some of the matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupScore {
    /// The name of the model.
    pub model: String,
    /// The matches that it was scored on.
    pub matches: u64,
    /// Log loss, in nats.
    pub log_loss: MeanScore,
    /// Brier score over all three outcomes.
    pub brier: MeanScore,
    /// Ranked probability score.
    pub rps: MeanScore,
}

pub(super) fn by_league(matches: &[PlayedMatch], columns: &[&Column]) -> Vec<GroupScores> {
    grouped(matches, columns, |one| one.league.clone())
}

/// By the year in which the season starts.
pub(super) fn by_season(matches: &[PlayedMatch], columns: &[&Column]) -> Vec<GroupScores> {
    grouped(matches, columns, |one| season_name(one.season))
}

fn grouped(
    matches: &[PlayedMatch],
    columns: &[&Column],
    group_of: impl Fn(&PlayedMatch) -> String,
) -> Vec<GroupScores> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, one) in matches.iter().enumerate() {
        groups.entry(group_of(one)).or_default().push(place);
    }
    let groups = groups.into_iter();
    groups
        .map(|(group, places)| GroupScores {
            group,
            matches: places.len() as u64,
            match_days: distinct_days(places.iter().map(|place| &matches[*place])),
            models: columns
                .iter()
                .map(|column| score(matches, column, &places))
                .collect(),
        })
        .collect()
}

fn score(matches: &[PlayedMatch], column: &Column, places: &[usize]) -> GroupScore {
    let forecasts = || {
        let places = places.iter();
        places.filter_map(|place| Some((&matches[*place], column.forecasts[*place]?)))
    };
    GroupScore {
        model: column.name.clone(),
        matches: forecasts().count() as u64,
        log_loss: mean(forecasts(), log_loss),
        brier: mean(forecasts(), brier),
        rps: mean(forecasts(), rps),
    }
}
