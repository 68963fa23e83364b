//! The results of a sweep, as JSON and as tables for programs.

use serde_json::{Value, json};

use super::sentences::{ranked_by, sentences};
use super::{DataSnooping, HoldOutResult, Ranked, SweepConfig, SweepResult};
use crate::calendar;
use crate::config::Settings;
use crate::report::summary;
use crate::report::text_table::TextTable;

/// The whole as JSON, with the best settings.
pub(crate) fn json(config: &SweepConfig, swept: &SweepResult, top: usize) -> Value {
    let ranked: Vec<_> = (1..)
        .zip(swept.ranked.iter().take(top))
        .map(|(rank, ranked)| ranked_json(config, rank, ranked))
        .collect();
    let hold_out = swept.hold_out.as_ref();
    json!({
        "settings": config.points.len(),
        "match_days": swept.data_snooping.days,
        "rank_by": config.rank_by,
        "ranked_by": ranked_by(config, swept),
        "selection": swept.data_snooping,
        "hold_out": hold_out.map(|held_out| hold_out_json(config, held_out)),
        "verdict": sentences(config, swept),
        "ranked": ranked,
    })
}

fn ranked_json(config: &SweepConfig, rank: usize, ranked: &Ranked) -> Value {
    json!({
        "rank": rank,
        "setting": labels(config, ranked.place),
        "sharpe": ranked.sharpe,
        "log_growth": ranked.log_growth,
        "summary": ranked.summary,
    })
}

fn hold_out_json(config: &SweepConfig, held_out: &HoldOutResult) -> Value {
    json!({
        "from": calendar::format_date(held_out.from),
        "setting": labels(config, held_out.place),
        "summary": held_out.summary,
        "looked_at_before": held_out.touched,
        "may_have_been_looked_at": held_out.is_uncertain,
    })
}

fn labels(config: &SweepConfig, place: usize) -> Value {
    let labels = config.names.iter().zip(&config.points[place].labels);
    Value::Object(
        labels
            .map(|(name, label)| (name.clone(), json!(label)))
            .collect(),
    )
}

/// The columns of the table of settings: every summary has the same figures.
pub(crate) fn header(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let Some(first) = swept.ranked.first() else {
        return Vec::new();
    };
    let figures = summary::plain_table(&first.summary).rows;
    let mut header = vec!["rank".to_owned()];
    header.extend(config.names.iter().cloned());
    header.extend(["sharpe", "log_growth"].map(str::to_owned));
    header.extend(figures.into_iter().map(|mut figure| figure.swap_remove(0)));
    header
}

/// Every setting with every figure, the best first.
pub(crate) fn rows<'a>(
    config: &'a SweepConfig,
    swept: &'a SweepResult,
) -> impl Iterator<Item = Vec<String>> + 'a {
    (1..)
        .zip(&swept.ranked)
        .map(|(rank, ranked)| row(config, rank, ranked))
}

fn row(config: &SweepConfig, rank: usize, ranked: &Ranked) -> Vec<String> {
    let figures = summary::plain_table(&ranked.summary).rows;
    let labels = &config.points[ranked.place].labels;
    let mut row = vec![rank.to_string()];
    row.extend(labels.iter().map(|label| label.clone().unwrap_or_default()));
    row.extend([ranked.sharpe, ranked.log_growth].map(number));
    row.extend(
        figures
            .into_iter()
            .map(|mut figure| figure.pop().unwrap_or_default()),
    );
    row
}

fn number(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Whether a column holds numbers: all but those of the settings, which may be names.
pub(crate) fn is_number(column: &str) -> bool {
    !Settings::is_setting(column)
}

/// The corrections for having looked at many, a row for each figure.
pub(super) fn data_snooping_table(data_snooping: &DataSnooping) -> TextTable {
    let mut table = TextTable {
        header: ["figure", "value"].map(str::to_owned).to_vec(),
        ..TextTable::default()
    };
    if let Ok(value) = serde_json::to_value(data_snooping) {
        summary::flatten("selection", &value, &mut table.rows);
    }
    table
}
