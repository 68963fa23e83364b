//! The summary of a run as tables and sentences.

use serde_json::Value;

use super::sheet::{Sheet, decimals, percent, thousands};
use super::significance;
use crate::config::RunConfig;
use crate::metrics::{Scores, Summary};
use crate::run::Done;
use crate::schema;

/// What was run, in a line.
pub fn headline(config: &RunConfig, done: &Done) -> String {
    let days = done.days().map_or_else(String::new, |(first, last)| {
        format!(
            ", {} to {}",
            schema::format_date(first),
            schema::format_date(last)
        )
    });
    let leagues = done.leagues();
    let leagues = if leagues.len() > 8 {
        format!("{} leagues", leagues.len())
    } else {
        leagues.join(", ")
    };
    format!("{leagues}{days}\n{}", config.describe())
}

/// The summary's tables: the bets and the bankroll, then the forecast, then skill or luck.
///
/// `coverage` says what became of the matches.
pub fn sheets(summary: &Summary, coverage: &str) -> Vec<Sheet> {
    let mut sheets = vec![money(summary, coverage)];
    sheets.extend(forecast(summary));
    sheets.extend(
        summary
            .significance
            .as_ref()
            .map(|found| significance::sheet(summary, found)),
    );
    sheets
}

fn money(summary: &Summary, coverage: &str) -> Sheet {
    let amount = |amount: crate::domain::Money| thousands(&amount.to_string());
    let count = |count: u64| thousands(&count.to_string());
    let mut rows = vec![
        ("matches", count(summary.matches), coverage.to_owned()),
        ("bets", count(summary.bets), results(summary)),
        (
            "turnover",
            amount(summary.turnover),
            format!(
                "{} refused, {} open",
                count(summary.refused),
                count(summary.open)
            ),
        ),
        (
            "profit",
            amount(summary.profit),
            format!(
                "yield {}, ROI {}",
                percent(summary.yield_on_turnover, true),
                percent(summary.roi, true)
            ),
        ),
        (
            "win rate",
            percent(summary.win_rate, false),
            format!("average odds {}", decimals(summary.average_odds, 2)),
        ),
        (
            "bankroll",
            amount(summary.final_bankroll),
            format!(
                "from {}, between {} and {}",
                amount(summary.initial_bankroll),
                amount(summary.min_bankroll),
                amount(summary.max_bankroll)
            ),
        ),
        (
            "drawdown",
            percent(Some(summary.max_drawdown), false),
            format!(
                "greatest fall from a peak, over {} days",
                thousands(&format!("{:.0}", summary.max_drawdown_days))
            ),
        ),
    ];
    if let Some(expected) = summary.expected_profit {
        let luck = amount(summary.profit - expected);
        rows.insert(
            4,
            (
                "expected profit",
                amount(expected),
                format!("at the true probabilities; luck made {luck}"),
            ),
        );
    }
    let beat = match summary.clv_n {
        0 => "no bet has a closing price".to_owned(),
        n => format!(
            "{} of {} bets beat the close",
            percent(summary.clv_beat_share, false),
            count(n)
        ),
    };
    rows.push(("closing-line value", percent(summary.clv_mean, true), beat));
    Sheet {
        header: vec!["summary".into(), "".into(), "".into()],
        rows: rows
            .into_iter()
            .map(|(name, value, note)| vec![name.to_owned(), value, note])
            .collect(),
        numeric: vec![1],
        ..Sheet::default()
    }
}

/// What became of the matches: in the period or only to learn from, predicted, without the price.
pub fn coverage(config: &RunConfig, done: &Done) -> String {
    let count = |count: u64| thousands(&count.to_string());
    let (summary, replayed) = (&done.summary, done.replayed);
    let mut parts = Vec::new();
    if replayed.in_period < replayed.played {
        parts.push(format!("{} in the period", count(replayed.in_period)));
    }
    if config.engine.model.is_some() {
        parts.push(format!("{} predicted", count(summary.predicted)));
    } else {
        parts.push("no model".to_owned());
    }
    parts.push(format!("{} without the price", count(summary.unpriced)));
    parts.join(", ")
}

fn results(summary: &Summary) -> String {
    let parts = [
        (summary.won, "won"),
        (summary.half_won, "half won"),
        (summary.void, "void"),
        (summary.half_lost, "half lost"),
        (summary.lost, "lost"),
    ];
    let shown = parts
        .iter()
        .filter(|(count, name)| *count > 0 || ["won", "lost"].contains(name));
    shown
        .map(|(count, name)| format!("{} {name}", thousands(&count.to_string())))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How well model and market forecast, where a model did.
pub fn forecast(summary: &Summary) -> Option<Sheet> {
    let row = |name: &str, scores: &Scores| {
        let n = thousands(&scores.n.to_string());
        vec![
            name.to_owned(),
            n,
            decimals(scores.log_loss, 5),
            decimals(scores.brier, 5),
            decimals(scores.rps, 5),
        ]
    };
    (summary.model.n > 0).then(|| Sheet {
        header: ["forecast", "n", "log loss", "Brier", "RPS"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![row("model", &summary.model), row("market", &summary.market)],
        numeric: vec![1, 2, 3, 4],
        ..Sheet::default()
    })
}

/// What the figures mean, in sentences: who forecast better, and what the closing line says of the bets.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let mut sentences: Vec<String> = forecast_verdict(summary).into_iter().collect();
    sentences.extend(
        summary
            .clv_mean
            .map(|mean| closing_line_verdict(summary, mean)),
    );
    sentences.extend(significance::verdict(summary));
    if summary.refused > 0
        && summary.final_bankroll.minor() * 100 < summary.initial_bankroll.minor()
    {
        sentences.push(format!(
            "The bankroll was spent: {} bets were refused.",
            thousands(&summary.refused.to_string())
        ));
    }
    sentences
}

fn closing_line_verdict(summary: &Summary, mean: f64) -> String {
    if mean == 0.0 {
        return "The bets were struck at the closing price itself, so closing-line value says nothing.".to_owned();
    }
    let side = if mean > 0.0 { "better" } else { "worse" };
    let test = summary
        .significance
        .as_ref()
        .and_then(|luck| luck.closing_value.as_ref());
    let chance = significance::may_be_chance(test.map(|test| 2.0 * test.p.min(1.0 - test.p)));
    format!(
        "On average the bets were struck at odds {} {side} than the close.{chance}",
        percent(Some(mean.abs()), false)
    )
}

fn forecast_verdict(summary: &Summary) -> Option<String> {
    let (model, market) = (summary.model.log_loss?, summary.market.log_loss?);
    let n = thousands(&summary.market.n.to_string());
    let margin = (model - market).abs();
    if margin < significance::ALIKE {
        return Some(format!(
            "Over {n} matches the model forecast as the market did: the same log loss."
        ));
    }
    let test = summary
        .significance
        .as_ref()
        .and_then(|luck| luck.log_loss.as_ref());
    let few = match summary.market.n {
        n if n < FEW => " That is too few matches to tell.".to_owned(),
        _ => significance::may_be_chance(test.map(|test| test.p)),
    };
    Some(if model > market {
        format!(
            "The market knew better: over {n} matches its log loss was {margin:.5} lower than the model's.{few}"
        )
    } else {
        format!(
            "The model forecast better than these prices: over {n} matches its log loss was {margin:.5} lower.{few}"
        )
    })
}

/// Below so many matches a difference of log losses says little: that of a good model and the market is near 0.01, its
/// standard error over n matches near 0.2 / √n.
const FEW: u64 = 400;

/// Every figure of the summary by its name in JSON.
pub fn plain_sheet(summary: &Summary) -> Sheet {
    let rows = serde_json::to_value(summary)
        .map(|value| flat(&value))
        .unwrap_or_default();
    Sheet {
        header: vec!["metric".to_owned(), "value".to_owned()],
        rows,
        ..Sheet::default()
    }
}

/// Every value of a JSON object by its path, as rows of two cells.
pub fn flat(value: &Value) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if let Value::Object(members) = value {
        members
            .iter()
            .for_each(|(name, value)| flatten(name, value, &mut rows));
    }
    rows
}

/// The members of a value, and those of their members, as rows of name and text; `null` as an empty one.
pub fn flatten(name: &str, value: &Value, rows: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                flatten(&format!("{name}.{member}"), value, rows);
            }
        }
        Value::Array(members) => {
            for (place, value) in members.iter().enumerate() {
                flatten(&format!("{name}.{place}"), value, rows);
            }
        }
        Value::Null => rows.push(vec![name.to_owned(), String::new()]),
        other => rows.push(vec![name.to_owned(), other.to_string()]),
    }
}
