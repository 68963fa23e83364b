//! The scores of settings: together and by league, each against the best.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::outcome::{Outcome, TunedForecast};
use super::play::Played;
use super::{ScoreBy, TuneConfig, TuneError};
use crate::metrics::mean_of;
use crate::significance::{ScoreTest, diebold_mariano_by_day};
use crate::source::Matches;

/// Differences of scores below this are rounding errors.
const ROUNDING: f64 = 1e-9;

/// A mean score, with its error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanScore {
    /// Matches.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// The mean of a match; `None` where it is infinite.
    pub mean: Option<f64>,
    /// Its standard error, with matches of one day allowed to depend on each other; `None` of fewer than two days.
    pub std_error: Option<f64>,
}

/// How well one setting did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettingScore {
    /// Its place in the grid.
    #[serde(skip)]
    pub place: usize,
    /// By the score that was asked for.
    pub score: MeanScore,
    /// The mean of each score, in the order of [`ScoreBy::ALL`].
    #[serde(skip)]
    pub means: [Option<f64>; ScoreBy::ALL.len()],
    /// Σ ln P of home win, draw or away win, whichever happened: what Dixon and Coles maximise.
    pub log_likelihood: Option<f64>,
    /// The test of the difference to the best setting, this one less the best; `None` of the best itself.
    pub against_best: Option<ScoreTest>,
}

/// The settings on some matches.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupProfile {
    /// The league; `None` for all together.
    pub league: Option<String>,
    /// Matches that every setting has a forecast of.
    pub matches: u64,
    /// The days of those.
    pub match_days: u64,
    /// The settings, the best first; of equal ones the first in the grid.
    pub settings: Vec<SettingScore>,
    /// The test of the difference of the best here to the best of all together, on these matches; `None` where they are the same.
    pub against_together: Option<ScoreTest>,
}

/// The settings together and by league.
pub(super) struct Profile {
    pub together: GroupProfile,
    pub by_league: Vec<GroupProfile>,
    pub left_out: u64,
    pub unscored: Vec<usize>,
}

/// The forecasts of one setting, with its place in the grid.
struct Scored<'a> {
    place: usize,
    forecasts: Vec<&'a TunedForecast>,
}

impl Scored<'_> {
    /// The score of each match with its day.
    fn scores<'b>(
        &'b self,
        by: ScoreBy,
        matches: &'b Matches,
    ) -> impl Iterator<Item = (u32, i64, f64)> + 'b {
        scores(self.forecasts.iter().copied(), by, matches)
    }
}

/// The match, the day and the score of each forecast.
fn scores<'a>(
    forecasts: impl Iterator<Item = &'a TunedForecast> + 'a,
    by: ScoreBy,
    matches: &'a Matches,
) -> impl Iterator<Item = (u32, i64, f64)> + 'a {
    forecasts.filter_map(move |forecast| {
        let record = matches.records.get(forecast.record as usize)?;
        let score = forecast.score(by, record.result()?)?;
        Some((forecast.record, record.fixture.day.day(), score))
    })
}

/// The mean score of an outcome; `None` without a match.
pub(super) fn mean_score(outcome: &Outcome, by: ScoreBy, matches: &Matches) -> Option<MeanScore> {
    let all: Vec<_> = scores(outcome.forecasts.iter(), by, matches).collect();
    (!all.is_empty()).then(|| mean(&all))
}

fn mean(scores: &[(u32, i64, f64)]) -> MeanScore {
    let days: BTreeSet<i64> = scores.iter().map(|(_, day, _)| *day).collect();
    let by_day: Vec<(i64, f64)> = scores
        .iter()
        .map(|(_, day, score)| (*day, *score))
        .collect();
    MeanScore {
        matches: scores.len() as u64,
        match_days: days.len() as u64,
        mean: mean_of(scores.iter().map(|(.., score)| *score)),
        std_error: diebold_mariano_by_day(&by_day).map(|test| test.std_error),
    }
}

/// The test of the difference of two settings on the same matches, first less second.
fn difference(first: &[(u32, i64, f64)], second: &[(u32, i64, f64)]) -> Option<ScoreTest> {
    let known: BTreeMap<u32, f64> = second.iter().map(|(id, _, score)| (*id, *score)).collect();
    let differences: Vec<(i64, f64)> = first
        .iter()
        .filter_map(|(id, day, score)| Some((*day, score - known.get(id)?)))
        .map(|(day, gap)| (day, if gap.abs() < ROUNDING { 0.0 } else { gap }))
        .collect();
    diebold_mariano_by_day(&differences)
}

/// Scores every setting on the matches that all have.
pub(super) fn profile(config: &TuneConfig, played: &Played) -> Result<Profile, TuneError> {
    let (by, matches) = (config.score, &*played.matches);
    let all: Vec<Scored<'_>> = played
        .outcomes
        .iter()
        .enumerate()
        .map(|(place, outcome)| Scored {
            place,
            forecasts: outcome.forecasts.iter().collect(),
        })
        .collect();
    let (mut scored, unscored): (Vec<Scored<'_>>, Vec<Scored<'_>>) = all
        .into_iter()
        .partition(|one| one.scores(by, matches).next().is_some());
    if scored.is_empty() {
        return Err(without_scores(by));
    }
    let left_out = keep_common(&mut scored, by, matches);
    let together = group(None, &scored, by, matches, None);
    let best = together.settings.first().map(|best| best.place);
    Ok(Profile {
        by_league: by_league(&scored, by, matches, best),
        together,
        left_out,
        unscored: unscored.into_iter().map(|one| one.place).collect(),
    })
}

fn without_scores(by: ScoreBy) -> TuneError {
    match by {
        ScoreBy::Over => TuneError::Unscored {
            what: "over 2.5",
            advice: "this model says nothing of goals; choose another --model, or another --score",
        },
        ScoreBy::LogLoss | ScoreBy::Brier | ScoreBy::Rps => TuneError::Unscored {
            what: "home win, draw and away win",
            advice: "see --from and --to; the first matches of a league are not forecast, since nothing is known of it",
        },
    }
}

/// Keeps the matches that every setting has a score of; returns how many were left out.
fn keep_common(scored: &mut [Scored<'_>], by: ScoreBy, matches: &Matches) -> u64 {
    let mut settings: BTreeMap<u32, usize> = BTreeMap::new();
    for one in scored.iter() {
        for (record, ..) in one.scores(by, matches) {
            *settings.entry(record).or_default() += 1;
        }
    }
    let every = scored.len();
    let left_out = settings.values().filter(|count| **count < every).count();
    for one in scored.iter_mut() {
        one.forecasts
            .retain(|forecast| settings.get(&forecast.record) == Some(&every));
    }
    left_out as u64
}

/// The profile of each league, where there are several.
fn by_league(
    scored: &[Scored<'_>],
    by: ScoreBy,
    matches: &Matches,
    best: Option<usize>,
) -> Vec<GroupProfile> {
    let league = |forecast: &TunedForecast| {
        let record = &matches.records[forecast.record as usize];
        matches.names.league(record.fixture.league)
    };
    let first = scored.first().map_or(&[][..], |one| &one.forecasts[..]);
    let leagues: BTreeSet<&str> = first.iter().map(|one| league(one)).collect();
    if leagues.len() < 2 {
        return Vec::new();
    }
    let of_league = |name: &str| -> Vec<Scored<'_>> {
        let mut of_league = Vec::with_capacity(scored.len());
        for one in scored {
            let forecasts = one.forecasts.iter().copied();
            of_league.push(Scored {
                place: one.place,
                forecasts: forecasts.filter(|one| league(one) == name).collect(),
            });
        }
        of_league
    };
    leagues
        .into_iter()
        .map(|name| group(Some(name.to_owned()), &of_league(name), by, matches, best))
        .collect()
}

fn group(
    league: Option<String>,
    scored: &[Scored<'_>],
    by: ScoreBy,
    matches: &Matches,
    together: Option<usize>,
) -> GroupProfile {
    let each: Vec<Vec<(u32, i64, f64)>> = scored
        .iter()
        .map(|one| one.scores(by, matches).collect())
        .collect();
    let mut settings: Vec<(usize, SettingScore)> = scored
        .iter()
        .enumerate()
        .map(|(number, one)| (number, setting(one, mean(&each[number]), matches)))
        .collect();
    // the sort is stable, so that equal settings stay in the order of the grid; one that is infinite comes last
    settings.sort_by(|(_, one), (_, other)| {
        let value = |one: &SettingScore| one.score.mean.unwrap_or(f64::INFINITY);
        value(one).total_cmp(&value(other))
    });
    let best = settings.first().map(|(number, _)| *number);
    for (number, setting) in &mut settings {
        setting.against_best = best
            .filter(|best| best != number)
            .and_then(|best| difference(&each[*number], &each[best]));
    }
    let known = scored.iter().position(|one| Some(one.place) == together);
    let against_together = best
        .zip(known)
        .filter(|(best, known)| best != known)
        .and_then(|(best, known)| difference(&each[best], &each[known]));
    let first = settings.first().map(|(_, best)| best.score);
    GroupProfile {
        league,
        matches: first.map_or(0, |score| score.matches),
        match_days: first.map_or(0, |score| score.match_days),
        settings: settings.into_iter().map(|(_, setting)| setting).collect(),
        against_together,
    }
}

fn setting(one: &Scored<'_>, score: MeanScore, matches: &Matches) -> SettingScore {
    let means = ScoreBy::ALL.map(|by| mean_of(one.scores(by, matches).map(|(.., score)| score)));
    let log_loss = means[ScoreBy::LogLoss as usize];
    SettingScore {
        place: one.place,
        score,
        means,
        log_likelihood: log_loss.map(|log_loss| -log_loss * one.forecasts.len() as f64),
        against_best: None,
    }
}
