//! An assessment as tables for programs.

use super::Assessment;
use super::json::json;
use crate::report::summary;
use crate::report::text_table::TextTable;

/// Every figure by its JSON name.
///
/// # Errors
/// When a part cannot be serialised.
pub fn plain_table(found: &Assessment) -> serde_json::Result<TextTable> {
    Ok(TextTable {
        header: vec!["metric".to_owned(), "value".to_owned()],
        rows: summary::flat(&json(found)?),
        ..TextTable::default()
    })
}

/// The groups of every dimension in one table, for a file.
pub fn groups_csv(found: &Assessment) -> (Vec<String>, Vec<Vec<String>>) {
    let header = "by,group,bets,won,half_won,void,half_lost,lost,turnover,profit,yield,yield_lower,yield_upper,win_rate,average_odds,clv_mean,days,p,p_adjusted";
    let rows = found.groups.iter().flat_map(|(by, groups)| {
        groups.iter().map(|group| {
            let mut cells = vec![by.name()];
            if let serde_json::Value::Object(members) =
                serde_json::to_value(group).unwrap_or_default()
            {
                cells.extend(members.into_iter().map(|(_, value)| text(&value)));
            }
            cells
        })
    });
    (
        header.split(',').map(str::to_owned).collect(),
        rows.collect(),
    )
}

fn text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
