//! What a sweep came to, as tables, sentences, JSON and rows.

use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::{DataSnooping, RankBy, Ranked, SweepConfig, Swept};
use crate::report::Format;
use crate::report::sheet::{Sheet, decimals, percent, thousands};
use crate::report::{significance, summary};
use crate::schema;

/// Everything that is printed.
pub fn print(
    config: &SweepConfig,
    swept: &Swept,
    format: Format,
    top: usize,
) -> io::Result<Vec<u8>> {
    // in memory first: stdout may be closed at any time
    let mut out = Vec::new();
    match format {
        Format::Json => writeln!(out, "{:#}", json(config, swept, top))?,
        Format::Csv => {
            let (header, mut rows) = table(config, swept);
            rows.truncate(top);
            crate::sink::csv::write_table(&mut out, &header, &rows)?;
            writeln!(out)?;
            plain_selection(&swept.selection).write(&mut out, format)?;
        }
        Format::Table | Format::Markdown => {
            writeln!(out, "{}\n", headline(config, swept))?;
            for sheet in sheets(config, swept, top) {
                sheet.write(&mut out, format)?;
                writeln!(out)?;
            }
            for sentence in sentences(config, swept) {
                writeln!(out, "{sentence}")?;
            }
        }
    }
    Ok(out)
}

fn count(number: u64) -> String {
    thousands(&number.to_string())
}

/// What was tried, in a line.
pub fn headline(config: &SweepConfig, swept: &Swept) -> String {
    let settings = count(config.points.len() as u64);
    let days = count(swept.selection.days);
    let until = config.hold_out.map_or_else(String::new, |day| {
        format!(" before {}", schema::format_date(day))
    });
    let by = config.rank_by.about();
    format!("{settings} settings on {days} match days{until}, ranked by {by}")
}

fn sheets(config: &SweepConfig, swept: &Swept, top: usize) -> Vec<Sheet> {
    vec![
        ranking(config, swept, top),
        selection_sheet(&swept.selection),
    ]
}

/// The best settings.
fn ranking(config: &SweepConfig, swept: &Swept, top: usize) -> Sheet {
    let figures = [
        "bets",
        "yield",
        "ROI",
        "Sharpe",
        "drawdown",
        "log growth",
        "CLV",
        "log loss",
        "profit",
    ];
    let header: Vec<String> = ["#"]
        .into_iter()
        .chain(config.names.iter().map(String::as_str))
        .chain(figures)
        .map(str::to_owned)
        .collect();
    let axes = config.names.len();
    let rows = swept
        .ranked
        .iter()
        .take(top)
        .enumerate()
        .map(|(place, ranked)| row(config, place, ranked))
        .collect();
    let at = |name: &str| {
        1 + axes
            + figures
                .iter()
                .position(|figure| *figure == name)
                .unwrap_or(0)
    };
    let by = column(config.rank_by);
    let spare = [
        "log loss",
        "profit",
        "CLV",
        "log growth",
        "drawdown",
        "ROI",
        "yield",
        "bets",
    ];
    Sheet {
        numeric: (0..header.len())
            .filter(|place| !(1..=axes).contains(place) || is_numeric(config, place - 1))
            .collect(),
        spare: spare
            .into_iter()
            .filter(|name| *name != by)
            .map(at)
            .collect(),
        header,
        rows,
        ..Sheet::default()
    }
}

/// Whether every value on an axis is a number.
fn is_numeric(config: &SweepConfig, axis: usize) -> bool {
    let labels = config
        .points
        .iter()
        .filter_map(|point| point.labels[axis].as_ref());
    labels.into_iter().all(|label| label.parse::<f64>().is_ok())
}

/// The column that holds what settings are ranked by.
const fn column(by: RankBy) -> &'static str {
    match by {
        RankBy::Sharpe => "Sharpe",
        RankBy::Yield => "yield",
        RankBy::Roi => "ROI",
        RankBy::LogGrowth => "log growth",
        RankBy::Clv => "CLV",
        RankBy::Drawdown => "drawdown",
        RankBy::LogLoss => "log loss",
    }
}

fn row(config: &SweepConfig, place: usize, ranked: &Ranked) -> Vec<String> {
    let summary = &ranked.summary;
    let labels = config.points[ranked.place]
        .labels
        .iter()
        .map(|label| label.clone().unwrap_or_else(|| "–".to_owned()));
    let bet = summary.bets > 0;
    let figures = [
        count(summary.bets),
        percent(summary.yield_on_turnover, true),
        percent(summary.roi.filter(|_| bet), true),
        decimals(ranked.sharpe, 4),
        percent(bet.then_some(summary.max_drawdown), false),
        decimals(ranked.log_growth, 4),
        percent(summary.clv_mean, true),
        decimals(summary.model.log_loss, 5),
        thousands(&summary.profit.to_string()),
    ];
    [(place + 1).to_string()]
        .into_iter()
        .chain(labels)
        .chain(figures)
        .collect()
}

/// The corrections for having looked at many.
fn selection_sheet(selection: &DataSnooping) -> Sheet {
    let row =
        |name: &str, value: String, about: &str| vec![name.to_owned(), value, about.to_owned()];
    let sharpe = selection.sharpe.zip(selection.expected_best_sharpe);
    let expected = sharpe.map_or_else(
        || "a best is wanted whose returns differ".to_owned(),
        |(best, luck)| format!("best {best:.4}; luck alone would show {luck:.4}"),
    );
    let spa = selection.spa.map_or_else(
        || "no setting bet".to_owned(),
        |spa| {
            format!(
                "Hansen's; between {} and {}",
                p_value(spa.p_lower),
                p_value(spa.p_upper)
            )
        },
    );
    let overfitting = selection.overfitting.map_or_else(
        || "two settings that bet and two match days a part are wanted".to_owned(),
        |o| {
            format!(
                "{} splits; lost in {}",
                count(o.splits),
                percent(Some(o.loss_probability), false)
            )
        },
    );
    let rows = vec![
        row("trials", count(selection.trials), "settings that bet"),
        row(
            "deflated Sharpe ratio",
            decimals(selection.deflated_sharpe, 4),
            &expected,
        ),
        row(
            "reality check",
            optional(selection.reality_check.map(|check| check.p)),
            "p, White's, against not betting",
        ),
        row(
            "SPA",
            optional(selection.spa.map(|spa| spa.p)),
            &format!("p, {spa}"),
        ),
        row(
            "overfitting",
            percent(selection.overfitting.map(|o| o.probability), false),
            &overfitting,
        ),
    ];
    Sheet {
        header: ["best of many", "", ""].map(str::to_owned).to_vec(),
        rows,
        numeric: vec![1],
        ..Sheet::default()
    }
}

fn optional(p: Option<f64>) -> String {
    p.map_or_else(|| "–".to_owned(), p_value)
}

fn p_value(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// What the corrections say, and what came of the best afterwards.
fn sentences(config: &SweepConfig, swept: &Swept) -> Vec<String> {
    let mut sentences: Vec<String> = verdict(config, swept).into_iter().collect();
    if let Some(overfitting) = &swept.selection.overfitting {
        sentences.push(format!(
            "Chosen by one half of the time, the best setting was no better than the middling one in the other half in \
             {} of splits.",
            percent(Some(overfitting.probability), false)
        ));
    }
    sentences.extend(hold_out(config, swept));
    sentences
}

fn verdict(config: &SweepConfig, swept: &Swept) -> Option<String> {
    let best = swept.ranked.first().filter(|best| best.summary.bets > 0)?;
    let check = swept.selection.reality_check?;
    let spa = swept.selection.spa?;
    let name = config.label(best.place);
    if best.summary.profit.minor() <= 0 {
        return Some(format!("The best setting, {name}, made no money."));
    }
    let chance = |p: f64| {
        if p < 0.001 {
            "less than 0.1 %".to_owned()
        } else {
            format!("{:.1} %", p * 100.0)
        }
    };
    let sure = spa.p < 0.05
        && check.p < 0.05
        && swept
            .selection
            .deflated_sharpe
            .is_some_and(|dsr| dsr > 0.95);
    let so = if sure {
        "luck is a poor explanation"
    } else {
        "it could well be luck"
    };
    let of = if check.settings == 1 {
        "it".to_owned()
    } else {
        format!("the best of {}", count(check.settings))
    };
    Some(format!(
        "The best setting, {name}: {so}. Without any skill {of} would do as well with a chance of {} (SPA; reality check \
         {}).",
        chance(spa.p),
        chance(check.p)
    ))
}

fn hold_out(config: &SweepConfig, swept: &Swept) -> Vec<String> {
    let (Some(held_out), Some(day)) = (&swept.hold_out, config.hold_out) else {
        return config
            .hold_out
            .map(|_| unseen(swept).to_owned())
            .into_iter()
            .collect();
    };
    let summary = &held_out.summary;
    let day = schema::format_date(day);
    let figures = if summary.bets == 0 {
        "no bets".to_owned()
    } else {
        format!(
            "{} bets, yield {}, ROI {}, drawdown {}",
            count(summary.bets),
            percent(summary.yield_on_turnover, true),
            percent(summary.roi, true),
            percent(Some(summary.max_drawdown), false)
        )
    };
    let spent = match held_out.touched.len() {
        0 if held_out.is_uncertain => {
            "It may have been looked at before, which damaged lines of the journal no longer tell."
                .to_owned()
        }
        0 => "That was its one look: the hold-out is spent.".to_owned(),
        1 => "Another sweep had looked at it before: it proves nothing more.".to_owned(),
        looks => format!("{looks} other sweeps had looked at it before: it proves nothing more."),
    };
    let mut sentences = vec![format!(
        "From {day} on, which the search did not see, it made {figures}. {spent}"
    )];
    // one setting, chosen beforehand: what the statistics of luck ask for
    sentences.extend(significance::verdict(summary));
    sentences
}

/// Why the hold-out was not looked at.
fn unseen(swept: &Swept) -> &'static str {
    match swept.ranked.first() {
        Some(best) if best.summary.bets > 0 => {
            "No match of the hold-out has a price for the best setting, so it was not looked at."
        }
        _ => "No setting bet, so the hold-out was not looked at.",
    }
}

/// The whole as JSON, with the best settings.
pub fn json(config: &SweepConfig, swept: &Swept, top: usize) -> Value {
    let one = |(place, ranked): (usize, &Ranked)| {
        json!({
            "rank": place + 1,
            "setting": labels(config, ranked.place),
            "sharpe": ranked.sharpe,
            "log_growth": ranked.log_growth,
            "summary": ranked.summary,
        })
    };
    let hold_out = swept.hold_out.as_ref().map(|held_out| {
        json!({
            "from": schema::format_date(held_out.from),
            "setting": labels(config, held_out.place),
            "summary": held_out.summary,
            "looked_at_before": held_out.touched,
            "may_have_been_looked_at": held_out.is_uncertain,
        })
    });
    json!({
        "settings": config.points.len(),
        "match_days": swept.selection.days,
        "rank_by": config.rank_by,
        "selection": swept.selection,
        "hold_out": hold_out,
        "verdict": sentences(config, swept),
        "ranked": swept.ranked.iter().take(top).enumerate().map(one).collect::<Vec<_>>(),
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

/// Every setting with every figure.
pub fn table(config: &SweepConfig, swept: &Swept) -> (Vec<String>, Vec<Vec<String>>) {
    let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    let (mut header, mut rows) = (Vec::new(), Vec::new());
    for (place, ranked) in swept.ranked.iter().enumerate() {
        let figures = summary::plain_sheet(&ranked.summary).rows;
        if header.is_empty() {
            let names = config.names.iter().cloned();
            let own = ["sharpe", "log_growth"].map(str::to_owned);
            let figures = figures.iter().map(|figure| figure[0].clone());
            header = [RANK.to_owned()]
                .into_iter()
                .chain(names)
                .chain(own)
                .chain(figures)
                .collect();
        }
        let labels = config.points[ranked.place]
            .labels
            .iter()
            .map(|label| label.clone().unwrap_or_default());
        let own = [number(ranked.sharpe), number(ranked.log_growth)];
        let figures = figures
            .into_iter()
            .map(|mut figure| figure.pop().unwrap_or_default());
        rows.push(
            [(place + 1).to_string()]
                .into_iter()
                .chain(labels)
                .chain(own)
                .chain(figures)
                .collect(),
        );
    }
    (header, rows)
}

const RANK: &str = "rank";

/// Whether a column holds numbers: all but those of the settings, which may be names.
pub fn is_number(column: &str) -> bool {
    !crate::config::Settings::is_setting(column)
}

fn plain_selection(selection: &DataSnooping) -> Sheet {
    let mut sheet = Sheet {
        header: ["figure", "value"].map(str::to_owned).to_vec(),
        ..Sheet::default()
    };
    if let Ok(value) = serde_json::to_value(selection) {
        summary::flatten("selection", &value, &mut sheet.rows);
    }
    sheet
}
