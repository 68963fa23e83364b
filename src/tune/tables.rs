//! The profile as tables for people.

use super::figures::{GroupProfile, SettingScore};
use super::{ScoreBy, TuneConfig, TuneResult};
use crate::report::text_table::{TextTable, count, decimals, probability};
use crate::significance::ScoreTest;

/// Days of half a week, the unit of time of Dixon and Coles.
pub(super) const HALF_WEEK: f64 = 3.5;

/// ξ of a half-life: what a result of t days ago weighs is e^(−ξ t).
pub(super) fn xi_per_day(half_life: f64) -> f64 {
    std::f64::consts::LN_2 / half_life
}

pub(super) fn tables(config: &TuneConfig, tuned: &TuneResult, top: usize) -> Vec<TextTable> {
    let mut tables = vec![profile(config, tuned, top)];
    if !tuned.by_league.is_empty() {
        tables.push(leagues(config, tuned));
    }
    tables
}

/// The settings, the best first.
fn profile(config: &TuneConfig, tuned: &TuneResult, top: usize) -> TextTable {
    let mut header = vec!["#".to_owned()];
    header.extend(config.names.iter().cloned());
    let half_life = config.has_half_life();
    if half_life {
        header.extend(["ξ a day", "ξ a half-week"].map(str::to_owned));
    }
    let first = header.len();
    header.extend([config.score.name(), "s.e.", "vs best", "s.e.", "p"].map(str::to_owned));
    let others = others(config.score);
    header.extend(others.iter().map(|by| by.name().to_owned()));
    header.push("Σ ln P".to_owned());
    let rows = (1..)
        .zip(tuned.together.settings.iter().take(top))
        .map(|(rank, setting)| row(config, rank, setting, half_life));
    let last = header.len() - 1;
    let axes = 1..=config.names.len();
    TextTable {
        rows: rows.collect(),
        numeric: (0..header.len())
            .filter(|column| !axes.contains(column) || is_numeric(config, column - 1))
            .collect(),
        // what a narrow terminal can do without: other scores, the sum, the error of the score itself, ξ
        spare: (first + 5..last)
            .rev()
            .chain([last, first + 1])
            .chain(if half_life {
                vec![first - 1, first - 2]
            } else {
                vec![]
            })
            .collect(),
        header,
        ..TextTable::default()
    }
}

/// The scores that settings were not asked to be ordered by.
fn others(by: ScoreBy) -> Vec<ScoreBy> {
    ScoreBy::ALL
        .into_iter()
        .filter(|other| *other != by)
        .collect()
}

/// Whether every value on an axis is a number.
pub(super) fn is_numeric(config: &TuneConfig, axis: usize) -> bool {
    let points = config.points.iter();
    let mut labels = points.filter_map(|point| point.labels[axis].as_ref());
    labels.all(|label| label.parse::<f64>().is_ok())
}

fn row(config: &TuneConfig, rank: usize, setting: &SettingScore, half_life: bool) -> Vec<String> {
    let labels = config.points[setting.place].labels.iter();
    let mut row = vec![rank.to_string()];
    row.extend(labels.map(|label| label.clone().unwrap_or_else(|| "–".to_owned())));
    if half_life {
        let xi = config.half_life(setting.place).map(xi_per_day);
        row.extend([decimals(xi, 6), decimals(xi.map(|xi| xi * HALF_WEEK), 5)]);
    }
    row.extend([
        decimals(setting.score.mean, 5),
        decimals(setting.score.std_error, 5),
    ]);
    row.extend(test(setting.against_best.as_ref()));
    row.extend(
        others(config.score)
            .iter()
            .map(|by| decimals(setting.means[*by as usize], 5)),
    );
    row.push(decimals(setting.log_likelihood, 2));
    row
}

/// A difference, its error and p.
fn test(test: Option<&ScoreTest>) -> [String; 3] {
    [
        test.map_or_else(|| "–".to_owned(), |test| format!("{:+.5}", test.difference)),
        decimals(test.map(|test| test.std_error), 5),
        test.map_or_else(|| "–".to_owned(), |test| probability(test.p)),
    ]
}

/// The best setting of each league, beside the best of all.
fn leagues(config: &TuneConfig, tuned: &TuneResult) -> TextTable {
    let header = [
        "league",
        "matches",
        "best there",
        config.score.name(),
        "vs best of all",
        "s.e.",
        "p",
    ];
    TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: tuned
            .by_league
            .iter()
            .filter_map(|group| league(config, group))
            .collect(),
        numeric: vec![1, 3, 4, 5, 6],
        spare: vec![5],
        ..TextTable::default()
    }
}

fn league(config: &TuneConfig, group: &GroupProfile) -> Option<Vec<String>> {
    let best = group.settings.first()?;
    let mut row = vec![
        group.league.clone().unwrap_or_default(),
        count(group.matches),
        config.label(best.place),
        decimals(best.score.mean, 5),
    ];
    row.extend(test(group.against_together.as_ref()));
    Some(row)
}
