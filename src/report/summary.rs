//! The summary of a run as tables and sentences.

use serde_json::Value;

use super::profit_verdict::LEVEL;
use super::significance;
use super::text_table::{TextTable, amount, count, decimals, percent, probability, thousands};
use crate::metrics::{Scores, Summary};
use crate::significance::MIN_BETS;

/// The tables of the summary: bets and bankroll, then the forecast, then skill or luck.
///
/// `coverage` is the note on the number of matches.
pub fn tables(summary: &Summary, coverage: &str) -> Vec<TextTable> {
    let mut tables = vec![overview(summary, coverage)];
    tables.extend(forecast(summary));
    tables.extend(
        summary
            .significance
            .as_ref()
            .map(|tests| significance::table(summary, tests)),
    );
    tables
}

fn overview(summary: &Summary, coverage: &str) -> TextTable {
    let mut rows = vec![
        [
            "matches".to_owned(),
            count(summary.matches),
            coverage.to_owned(),
        ],
        ["bets".to_owned(), count(summary.bets), results(summary)],
    ];
    rows.extend(withheld_rows(summary));
    rows.extend(profit_rows(summary));
    rows.extend(bankroll_rows(summary));
    rows.push(closing_line_row(summary));
    TextTable {
        header: vec!["summary".into(), "".into(), "".into()],
        rows: rows.into_iter().map(Vec::from).collect(),
        numeric: vec![1],
        ..TextTable::default()
    }
}

/// A row of the summary: name, value and note.
type SummaryRow = [String; 3];

/// What was not bet on because the model knew too little.
fn withheld_rows(summary: &Summary) -> impl Iterator<Item = SummaryRow> {
    let bets = (summary.newcomer_bets > 0).then(|| {
        [
            "bets left out".to_owned(),
            count(summary.newcomer_bets),
            "on teams of which too few matches were seen".to_owned(),
        ]
    });
    let matches = (summary.unknown_matches > 0).then(|| {
        [
            "not forecast".to_owned(),
            count(summary.unknown_matches),
            "no result of the league yet, or a name it does not know".to_owned(),
        ]
    });
    bets.into_iter().chain(matches)
}

fn profit_rows(summary: &Summary) -> Vec<SummaryRow> {
    let mut refused = format!(
        "{} refused, {} open",
        count(summary.refused),
        count(summary.open)
    );
    if summary.corrected > 0 {
        refused.push_str(&format!(", {} corrected", count(summary.corrected)));
    }
    let ratios = format!(
        "yield {}, growth {}",
        percent(summary.yield_on_turnover, true),
        percent(summary.growth, true)
    );
    let mut rows = vec![
        ["turnover".to_owned(), amount(summary.turnover), refused],
        ["profit".to_owned(), amount(summary.profit), ratios],
    ];
    rows.extend(summary.expected_profit.map(|expected| {
        let luck = amount(summary.profit - expected);
        [
            "expected profit".to_owned(),
            amount(expected),
            format!("at the true probabilities; luck made {luck}"),
        ]
    }));
    rows
}

fn bankroll_rows(summary: &Summary) -> [SummaryRow; 3] {
    let odds = format!("average odds {}", decimals(summary.average_odds, 2));
    let range = format!(
        "from {}, between {} and {}",
        amount(summary.initial_bankroll),
        amount(summary.min_bankroll),
        amount(summary.max_bankroll)
    );
    let days = thousands(&format!("{:.0}", summary.max_drawdown_days));
    [
        [
            "win rate".to_owned(),
            percent(summary.win_rate, false),
            odds,
        ],
        ["bankroll".to_owned(), amount(summary.final_bankroll), range],
        [
            "drawdown".to_owned(),
            percent(Some(summary.max_drawdown), false),
            format!("greatest fall from a peak, over {days} days"),
        ],
    ]
}

fn closing_line_row(summary: &Summary) -> SummaryRow {
    let beat = match summary.clv_n {
        0 => "no bet has a closing price".to_owned(),
        n => format!(
            "{} of {} bets beat the close",
            percent(summary.clv_beat_share, false),
            count(n)
        ),
    };
    [
        "closing-line value".to_owned(),
        percent(summary.clv_mean, true),
        beat,
    ]
}

fn results(summary: &Summary) -> String {
    let parts = [
        (summary.won, "won"),
        (summary.half_won, "half won"),
        (summary.void, "void"),
        (summary.half_lost, "half lost"),
        (summary.lost, "lost"),
    ];
    parts
        .into_iter()
        .filter(|(bets, name)| *bets > 0 || ["won", "lost"].contains(name))
        .map(|(bets, name)| format!("{} {name}", count(bets)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The scores of model and market; `None` without a forecast.
pub fn forecast(summary: &Summary) -> Option<TextTable> {
    (summary.model.n > 0).then(|| TextTable {
        header: ["forecast", "n", "log loss", "Brier", "RPS"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            score_row("model", &summary.model),
            score_row("market", &summary.market),
        ],
        numeric: vec![1, 2, 3, 4],
        ..TextTable::default()
    })
}

fn score_row(name: &str, scores: &Scores) -> Vec<String> {
    vec![
        name.to_owned(),
        count(scores.n),
        decimals(scores.log_loss, 5),
        decimals(scores.brier, 5),
        decimals(scores.rps, 5),
    ]
}

/// The verdict in sentences: on the forecast, the closing line and the money.
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
            count(summary.refused)
        ));
    }
    sentences
}

fn closing_line_verdict(summary: &Summary, mean: f64) -> String {
    if mean == 0.0 {
        return "The bets were placed at the closing price itself, so closing-line value says nothing.".to_owned();
    }
    let side = if mean > 0.0 { "better" } else { "worse" };
    let test = summary
        .significance
        .as_ref()
        .and_then(|tests| tests.closing_value.as_ref());
    // the test is one-sided, and the sentence is about either side
    let chance = significance::may_be_chance(test.map(|test| 2.0 * test.p.min(1.0 - test.p)));
    format!(
        "On average the bets were placed at odds {} {side} than the close.{chance}",
        percent(Some(mean.abs()), false)
    )
}

fn forecast_verdict(summary: &Summary) -> Option<String> {
    let (model, market) = (summary.model.log_loss?, summary.market.log_loss?);
    let n = count(summary.market.n);
    let margin = (model - market).abs();
    if margin < significance::NEGLIGIBLE {
        return Some(format!(
            "Over {n} matches the model forecast as the market did: the same log loss."
        ));
    }
    let (better, than) = if model > market {
        ("market", "the model's")
    } else {
        ("model", "that of these prices")
    };
    let fact = format!("the {better}'s log loss was {margin:.5} lower than {than}");
    let tests = summary.significance.as_ref();
    let days = tests.map_or(0, |tests| tests.forecast_days);
    if summary.market.n < MIN_MATCHES || days < MIN_BETS {
        return Some(format!("Over {n} matches, too few to tell, {fact}."));
    }
    let Some(test) = tests.and_then(|tests| tests.log_loss.as_ref()) else {
        return Some(format!(
            "Over {n} matches {fact}, which no test can tell from chance."
        ));
    };
    let p = probability(test.p);
    Some(match (test.p < LEVEL, model > market) {
        (false, _) => format!("Over {n} matches {fact}, which may be chance (p {p})."),
        (true, true) => format!("The market knew better: over {n} matches {fact}."),
        (true, false) => format!(
            "The model forecast better than these prices: over {n} matches {fact}. This holds for one try, chosen beforehand."
        ),
    })
}

/// The fewest matches for a verdict on log losses. The difference of a good model and the market is near 0.01, and its
/// standard error over n matches near 0.2 / √n.
const MIN_MATCHES: u64 = 400;

/// Every figure of the summary by its JSON name.
pub fn plain_table(summary: &Summary) -> TextTable {
    let rows = serde_json::to_value(summary)
        .map(|value| flat(&value))
        .unwrap_or_default();
    TextTable {
        header: vec!["metric".to_owned(), "value".to_owned()],
        rows,
        ..TextTable::default()
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
            for (index, value) in members.iter().enumerate() {
                flatten(&format!("{name}.{index}"), value, rows);
            }
        }
        Value::Null => rows.push(vec![name.to_owned(), String::new()]),
        other => rows.push(vec![name.to_owned(), other.to_string()]),
    }
}
