//! The results of a sweep, as tables for people.

use super::data_snooping::MIN_DAYS;
use super::sentences::SPENT_MARK;
use super::{DataSnooping, RankBy, Ranked, SweepConfig, SweepResult};
use crate::report::text_table::{
    TextTable, amount, count, counted, decimals, percent, probability,
};

pub(super) fn tables(config: &SweepConfig, swept: &SweepResult, top: usize) -> Vec<TextTable> {
    vec![
        ranking_table(config, swept, top),
        data_snooping_table(swept),
    ]
}

const FIGURES: [&str; 9] = [
    "bets",
    "yield",
    "growth",
    "Sharpe",
    "drawdown",
    "log growth",
    "CLV",
    "log loss",
    "profit",
];

/// The figures that a narrow terminal can do without, the least important first.
const SPARE: [&str; 8] = [
    "log loss",
    "profit",
    "CLV",
    "log growth",
    "drawdown",
    "growth",
    "yield",
    "bets",
];

/// The best settings.
fn ranking_table(config: &SweepConfig, swept: &SweepResult, top: usize) -> TextTable {
    let names = config.names.iter().map(String::as_str);
    let header = ["#"].into_iter().chain(names).chain(FIGURES);
    let header: Vec<String> = header.map(str::to_owned).collect();
    let rows = (1..)
        .zip(swept.ranked.iter().take(top))
        .map(|(rank, ranked)| row(config, rank, ranked));
    TextTable {
        numeric: numeric_columns(config),
        spare: spare_columns(config),
        header,
        rows: rows.collect(),
        ..TextTable::default()
    }
}

/// The rank, axes whose values are numbers, and the figures.
fn numeric_columns(config: &SweepConfig) -> Vec<usize> {
    let axes = config.names.len();
    (0..=axes + FIGURES.len())
        .filter(|column| !(1..=axes).contains(column) || is_numeric(config, column - 1))
        .collect()
}

/// Whether every value on an axis is a number.
fn is_numeric(config: &SweepConfig, axis: usize) -> bool {
    let mut labels = config
        .points
        .iter()
        .filter_map(|point| point.labels[axis].as_ref());
    labels.all(|label| label.parse::<f64>().is_ok())
}

/// The columns that a narrow terminal can leave out, without the figure that settings are ranked by.
fn spare_columns(config: &SweepConfig) -> Vec<usize> {
    let first = 1 + config.names.len();
    SPARE
        .into_iter()
        .filter(|name| *name != column(config.rank_by))
        .filter_map(|name| FIGURES.iter().position(|figure| *figure == name))
        .map(|place| first + place)
        .collect()
}

/// The column of the figure that settings are ranked by.
const fn column(by: RankBy) -> &'static str {
    match by {
        RankBy::Sharpe => "Sharpe",
        RankBy::Yield => "yield",
        RankBy::Growth => "growth",
        RankBy::LogGrowth => "log growth",
        RankBy::Clv => "CLV",
        RankBy::Drawdown => "drawdown",
        RankBy::LogLoss => "log loss",
    }
}

fn row(config: &SweepConfig, rank: usize, ranked: &Ranked) -> Vec<String> {
    let labels = config.points[ranked.place].labels.iter();
    let mark = if ranked.summary.spent_on.is_some() {
        SPENT_MARK
    } else {
        ""
    };
    let mut row = vec![format!("{rank}{mark}")];
    row.extend(labels.map(|label| label.clone().unwrap_or_else(|| "–".to_owned())));
    row.extend(figures(ranked));
    row
}

/// The figures in the order of their columns.
fn figures(ranked: &Ranked) -> [String; FIGURES.len()] {
    let summary = &ranked.summary;
    let has_bet = summary.bets > 0;
    [
        count(summary.bets),
        percent(summary.yield_on_turnover, true),
        percent(summary.growth.filter(|_| has_bet), true),
        decimals(ranked.sharpe, 4),
        percent(has_bet.then_some(summary.max_drawdown), false),
        decimals(ranked.log_growth, 4),
        percent(summary.clv_mean, true),
        decimals(summary.model.log_loss, 5),
        amount(summary.profit),
    ]
}

/// The corrections for having looked at many.
fn data_snooping_table(swept: &SweepResult) -> TextTable {
    let snooping = &swept.data_snooping;
    let bettors = bettors(swept);
    let reality_check = snooping.reality_check.map(|check| check.p);
    let overfitting = snooping
        .overfitting
        .map(|overfitting| overfitting.probability);
    let rows = [
        [
            "trials".to_owned(),
            count(snooping.trials),
            trials_note(snooping, bettors),
        ],
        [
            "deflated Sharpe ratio".to_owned(),
            optional_p(snooping.deflated_sharpe),
            sharpe_note(snooping),
        ],
        [
            "reality check".to_owned(),
            optional_p(reality_check),
            format!("p over {}, White's, against not betting", tested(snooping)),
        ],
        [
            "SPA".to_owned(),
            optional_p(snooping.spa.map(|spa| spa.p)),
            format!(
                "p over {}, {}",
                tested(snooping),
                spa_note(snooping, bettors)
            ),
        ],
        [
            "overfitting".to_owned(),
            percent(overfitting, false),
            overfitting_note(snooping),
        ],
    ];
    TextTable {
        header: ["best of many", "", ""].map(str::to_owned).to_vec(),
        rows: rows.map(Vec::from).into(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// Which settings are tested.
fn tested(snooping: &DataSnooping) -> String {
    let sample = snooping.sample;
    sample.map_or_else(
        || "all".to_owned(),
        |sample| format!("a sample of {}", count(sample)),
    )
}

/// The number of settings that bet.
fn bettors(swept: &SweepResult) -> u64 {
    let summaries = swept.ranked.iter().map(|ranked| &ranked.summary);
    summaries.filter(|summary| summary.bets > 0).count() as u64
}

/// What counts as a trial, and why not all settings that bet are one.
fn trials_note(snooping: &DataSnooping, bettors: u64) -> String {
    if snooping.trials == bettors {
        "settings that bet".to_owned()
    } else if snooping.days < 2 {
        "settings need two match days".to_owned()
    } else {
        format!(
            "settings with returns of their own, of {} that bet",
            count(bettors)
        )
    }
}

fn sharpe_note(snooping: &DataSnooping) -> String {
    snooping
        .sharpe
        .zip(snooping.expected_best_sharpe)
        .map_or_else(
            || "needs a first setting whose returns differ".to_owned(),
            |(best, by_chance)| format!("first {best:.4}; luck alone would show {by_chance:.4}"),
        )
}

fn spa_note(snooping: &DataSnooping, bettors: u64) -> String {
    let reason = if bettors == 0 {
        "no setting bet".to_owned()
    } else if snooping.days < MIN_DAYS {
        format!("Hansen's; needs {MIN_DAYS} match days")
    } else {
        "Hansen's; needs a setting whose returns differ".to_owned()
    };
    snooping.spa.map_or(reason, |spa| {
        format!("Hansen's{}", between(spa.p_lower, spa.p_upper))
    })
}

/// Between which bounds a p lies; nothing where they print alike.
fn between(lower: f64, upper: f64) -> String {
    let [lower, upper] = [lower, upper].map(probability);
    if lower == upper {
        return String::new();
    }
    format!("; between {lower} and {upper}")
}

fn overfitting_note(snooping: &DataSnooping) -> String {
    snooping.overfitting.map_or_else(
        || "needs two settings that bet and two match days a part".to_owned(),
        |overfitting| {
            let loss = percent(Some(overfitting.loss_probability), false);
            let splits = counted(overfitting.splits, "split", "splits");
            format!("{splits}; lost in {loss}")
        },
    )
}

fn optional_p(p: Option<f64>) -> String {
    p.map_or_else(|| "–".to_owned(), probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_print_alike_are_none() {
        assert_eq!(between(0.2, 0.3), "; between 0.200 and 0.300");
        assert_eq!(between(0.9997, 0.9999), "");
        assert_eq!(between(0.0, 0.0001), "");
    }
}
