//! The profile, as JSON and as a table for programs.

use serde_json::{Value, json};

use super::figures::{GroupProfile, SettingScore};
use super::hold_out::HeldOut;
use super::sentences::sentences;
use super::tables::{HALF_WEEK, xi_per_day};
use super::{ScoreBy, TuneConfig, TuneResult};
use crate::calendar;

/// The whole as JSON.
pub(crate) fn json(config: &TuneConfig, tuned: &TuneResult) -> Value {
    json!({
        "score": config.score,
        "settings": config.points.len(),
        "matches": tuned.together.matches,
        "match_days": tuned.together.match_days,
        "left_out": tuned.left_out,
        "best": tuned.best().map(|best| setting_json(config, 1, best)),
        "market": tuned.market,
        "hold_out": tuned.held_out.as_ref().map(|held_out| hold_out_json(config, held_out)),
        "verdict": sentences(config, tuned),
        "profile": profile_json(config, &tuned.together),
        "by_league": tuned.by_league.iter().map(|group| league_json(config, group)).collect::<Vec<_>>(),
    })
}

fn profile_json(config: &TuneConfig, group: &GroupProfile) -> Vec<Value> {
    let settings = (1..).zip(&group.settings);
    settings
        .map(|(rank, setting)| setting_json(config, rank, setting))
        .collect()
}

fn league_json(config: &TuneConfig, group: &GroupProfile) -> Value {
    json!({
        "league": group.league,
        "matches": group.matches,
        "match_days": group.match_days,
        "best_less_best_of_all": group.against_together,
        "profile": profile_json(config, group),
    })
}

fn setting_json(config: &TuneConfig, rank: usize, setting: &SettingScore) -> Value {
    let xi = config.half_life(setting.place).map(xi_per_day);
    let [log_loss, brier, rps, over] = setting.means;
    let mut value = json!({
        "rank": rank,
        "setting": labels(config, setting.place),
        "log_loss": log_loss,
        "brier": brier,
        "rps": rps,
        "over_2_5": over,
        "score": setting.score,
        "log_likelihood": setting.log_likelihood,
        "less_best": setting.against_best,
    });
    if let Some(xi) = xi {
        value["xi_per_day"] = json!(xi);
        value["xi_per_half_week"] = json!(xi * HALF_WEEK);
    }
    value
}

fn hold_out_json(config: &TuneConfig, held_out: &HeldOut) -> Value {
    json!({
        "from": calendar::format_date(held_out.from),
        "setting": labels(config, held_out.place),
        "score": held_out.score,
        "market": held_out.market,
        "looked_at_before": held_out.touched,
        "may_have_been_looked_at": held_out.is_uncertain,
    })
}

fn labels(config: &TuneConfig, place: usize) -> Value {
    let labels = config.names.iter().zip(&config.points[place].labels);
    labels
        .map(|(name, label)| (name.clone(), json!(label)))
        .collect()
}

/// The columns after the axes.
const FIGURES: [&str; 13] = [
    "matches",
    "match_days",
    "log_loss",
    "brier",
    "rps",
    "over_2_5",
    "std_error",
    "less_best",
    "less_best_std_error",
    "p",
    "log_likelihood",
    "xi_per_day",
    "xi_per_half_week",
];

/// Every setting on all matches, whose league is empty, and on those of each league.
pub(crate) fn table(config: &TuneConfig, tuned: &TuneResult) -> (Vec<String>, Vec<Vec<String>>) {
    let names = config.names.iter().map(String::as_str);
    let header = ["league", "rank"].into_iter().chain(names).chain(FIGURES);
    let groups = std::iter::once(&tuned.together).chain(&tuned.by_league);
    let rows = groups.flat_map(|group| {
        let settings = (1..).zip(&group.settings);
        settings.map(|(rank, setting)| row(config, group, rank, setting))
    });
    (header.map(str::to_owned).collect(), rows.collect())
}

fn row(
    config: &TuneConfig,
    group: &GroupProfile,
    rank: usize,
    setting: &SettingScore,
) -> Vec<String> {
    let labels = &config.points[setting.place].labels;
    let mut row = vec![group.league.clone().unwrap_or_default(), rank.to_string()];
    row.extend(labels.iter().map(|label| label.clone().unwrap_or_default()));
    row.extend([setting.score.matches, setting.score.match_days].map(|count| count.to_string()));
    let test = setting.against_best;
    let xi = config.half_life(setting.place).map(xi_per_day);
    let figures = ScoreBy::ALL
        .map(|by| setting.means[by as usize])
        .into_iter()
        .chain([
            setting.score.std_error,
            test.map(|test| test.difference),
            test.map(|test| test.std_error),
            test.map(|test| test.p),
            setting.log_likelihood,
            xi,
            xi.map(|xi| xi * HALF_WEEK),
        ]);
    row.extend(figures.map(|figure| figure.map_or_else(String::new, |figure| figure.to_string())));
    row
}
