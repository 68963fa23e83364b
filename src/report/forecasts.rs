//! The scores of the forecasts beside base rates, opening and closing prices.

use serde_json::{Map, Value};

use super::text_table::{TextTable, count, counted, decimals};
use crate::metrics::{ForecastGroup, ForecastOf, ForecastReport, Forecaster, ForecastsOf, Summary};
use crate::results::Results;
use crate::schema::{FORECAST_SCORE_COLUMNS, ForecastScoreRow};

/// The scores of the forecasts of a run that a folder of results holds.
pub fn of_results(results: &Results) -> Option<Box<ForecastReport>> {
    let report = results.run.as_ref()?.get("forecasts")?;
    serde_json::from_value(report.clone()).ok()
}

/// The summary of a folder of results with the scores of the forecasts and what else a run prints where it prints them.
pub fn with_report(results: &Results) -> Value {
    let of_run = |name: &str| results.run.as_ref()?.get(name).cloned();
    let Some(members) = results.summary.as_object() else {
        return results.summary.clone();
    };
    let mut all = Map::new();
    let mut add = |name: &str, member: Option<Value>| {
        all.extend(member.map(|member| (name.to_owned(), member)));
    };
    for (name, member) in members {
        // the first member that a summary has behind them
        if name == "unaffordable" {
            add("forecasts", of_run("forecasts"));
        }
        add(name, Some(member.clone()));
    }
    for name in ["probabilities", "taught_by"] {
        add(name, of_run(name));
    }
    Value::Object(all)
}

/// The log loss and the skill of each forecaster on the same matches; `None` without more than the table of 1X2 has.
pub fn table(summary: &Summary) -> Option<TextTable> {
    let group = &summary.forecasts.as_ref()?.all;
    let kinds: Vec<(ForecastOf, &ForecastsOf)> =
        group.of.iter().map(|(of, all)| (*of, all)).collect();
    let has = |who: &Forecaster| kinds.iter().any(|(_, all)| all.score(*who).is_some());
    let mut header = vec!["log loss".to_owned()];
    for (of, _) in &kinds {
        header.extend([of.name().to_owned(), "skill".to_owned()]);
    }
    let mut rows: Vec<Vec<String>> = Forecaster::ALL
        .into_iter()
        .filter(has)
        .map(|who| row(who, &kinds))
        .collect();
    rows.push(compared(&kinds));
    Some(TextTable {
        numeric: (1..header.len()).collect(),
        header,
        rows,
        ..TextTable::default()
    })
}

fn row(who: Forecaster, kinds: &[(ForecastOf, &ForecastsOf)]) -> Vec<String> {
    let mut row = vec![who.name().to_owned()];
    for (_, all) in kinds {
        let score = all.score(who);
        row.push(decimals(score.and_then(|score| score.log_loss), 5));
        let share = skill_of(all, who).map(|[share, _]| format!("{share:.1} %"));
        row.push(share.unwrap_or_else(|| "–".to_owned()));
    }
    row
}

/// How much of the gap a forecaster closes, and its standard error, in %; `None` where there is hardly a gap.
fn skill_of(all: &ForecastsOf, who: Forecaster) -> Option<[f64; 2]> {
    let score = all.score(who).filter(|_| all.has_clear_gap())?;
    Some([score.skill? * 100.0, score.skill_std_error? * 100.0])
}

fn skill(all: &ForecastsOf, who: Forecaster) -> Option<String> {
    skill_of(all, who).map(|[share, error]| format!("{share:.1} % ± {error:.1} %"))
}

/// On how many matches all are compared.
fn compared(kinds: &[(ForecastOf, &ForecastsOf)]) -> Vec<String> {
    let mut row = vec!["matches".to_owned()];
    for (_, all) in kinds {
        row.extend([count(all.compared), String::new()]);
    }
    row
}

/// How far the forecasts come from the base rates to the closing price, and what the comparison rests on.
pub fn sentences(summary: &Summary) -> Vec<String> {
    let Some(report) = &summary.forecasts else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    sentences.extend(skill_sentence(report));
    sentences.extend(without_all(&report.all));
    sentences
}

fn skill_sentence(report: &ForecastReport) -> Option<String> {
    let all = report.all.of.get(&ForecastOf::Result)?;
    all.score(Forecaster::Model)?.skill?;
    let Some(model) = skill(all, Forecaster::Model) else {
        return Some(format!(
            "The {} cannot tell the closing price{} from the base rates of the league: the skill of the model, which lies between them, \
             is not known.",
            counted(all.compared, "match", "matches"),
            source(report)
        ));
    };
    let others: Vec<String> = [Forecaster::Pool, Forecaster::Opening]
        .into_iter()
        .filter_map(|who| Some(format!(", the {} {}", who.name(), skill(all, who)?)))
        .collect();
    Some(format!(
        "Skill, from 0 % for the base rates of the league to 100 % for the closing price{}: the model {model}{} \
         (± standard error; by log loss of 1X2).",
        source(report),
        others.concat()
    ))
}

/// Whose closing prices they are.
fn source(report: &ForecastReport) -> String {
    let named = |source: &str| match source {
        "ps" => "Pinnacle's".to_owned(),
        "avg" => "the average".to_owned(),
        "offered" => "the one bet at".to_owned(),
        book => book.to_owned(),
    };
    let sources: Vec<String> = match report.closing_prices.len() {
        0 => return String::new(),
        1 => report.closing_prices.keys().map(|one| named(one)).collect(),
        _ => report
            .closing_prices
            .iter()
            .map(|(one, matches)| format!("{} in {}", named(one), count(*matches)))
            .collect(),
    };
    format!(" ({})", sources.join(", "))
}

/// How many matches lack a price that the others have.
fn without_all(group: &ForecastGroup) -> Option<String> {
    let missing: Vec<String> = group
        .of
        .iter()
        .filter(|(_, all)| all.compared < all.matches)
        .map(|(of, all)| {
            format!(
                "{} of {} in {}",
                count(all.compared),
                counted(all.matches, "match", "matches"),
                of.name()
            )
        })
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "Log losses are of the matches that every row has a forecast of: {}.",
            missing.join(", ")
        )
    })
}

/// Every score of every group.
pub fn plain_table(report: &ForecastReport) -> TextTable {
    let rows = report.groups().flat_map(ForecastScoreRow::of_group);
    TextTable {
        header: FORECAST_SCORE_COLUMNS.map(str::to_owned).to_vec(),
        rows: rows
            .map(|row| row.cells().map(|cell| cell.to_string()).to_vec())
            .collect(),
        ..TextTable::default()
    }
}
